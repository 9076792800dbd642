"""S1: boxes that all move in every frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taixu.bench.drawn_boxes import measure_scene
from taixu.bench.measure import Options

__all__ = ["defaults", "measure"]

defaults = Options(n=10_000)


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield this engine's result and those of peers."""
    yield from measure_scene("S1", options)
