"""Godot 3 reads glTF in its editor alone: a program of it has no model to show that was not imported there."""

from __future__ import annotations

from typing import Any

from taixu.bench.peers.common import Request, Skipped

__all__ = ["measure"]


def measure(request: Request) -> dict[str, Any]:
    """Say why it is left out."""
    raise Skipped("Godot 3 imports glTF in its editor alone, so that a program cannot be given the model")
