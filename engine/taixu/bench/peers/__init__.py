"""Other engines on the same scenes, written by us the way each one's manual recommends.

    python -m taixu.bench.peers NAME --scene S1 --variant nodes --n 10000 --frames 60 --size 640x360

prints one JSON object: ``peer``, ``variant``, ``fps``, ``frame_ms``, ``p95_ms``, ``rss_peak_mb``, and the engine's own
version; or ``peer``, ``variant`` and ``skipped`` with the reason. Times include reading the picture back, except where
the driver draws nothing.
"""

from __future__ import annotations

__all__ = ["MODEL_PEERS", "PEERS", "variants_of"]

PEERS: dict[str, tuple[str, ...]] = {
    "panda3d": ("nodes", "instances"),
    "godot3": ("nodes", "multimesh"),
    "pygfx": ("nodes", "instances"),
    "pyvista": ("actors", "glyphs"),
}
"""Variants by engine, of boxes (S1 and S2)."""
MODEL_PEERS: dict[str, tuple[str, ...]] = {"panda3d": ("model",), "godot3": ("model",), "pygfx": ("model",), "pyvista": ("model",)}
"""Of the model (S3)."""


def variants_of(scene: str) -> dict[str, tuple[str, ...]]:
    """Variants by engine of a scene."""
    return MODEL_PEERS if scene == "S3" else PEERS
