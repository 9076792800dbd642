"""Soups as things of a stack: around their own place, with what bodies meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taixu.generate.modifiers.layers import Thing
from taixu.generate.places.buildings.model import bare, model_of
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.buildings.surfaces import shared_palette

__all__ = ["PICTURE_PX", "around", "collider_of", "soup_thing"]

PICTURE_PX = 128
"""Edge of the pictures of what stacks build."""


def around(soup: Soup, at: Any) -> Soup:
    """A soup in the frame of a place."""
    axes, moved = np.eye(3), Soup()
    moved.extend(soup, frame=Frame(-np.asarray(at, np.float64), axes[0], axes[1], axes[2]))
    return moved


def collider_of(soup: Soup, *, friction: float = 0.9) -> dict[str, Any]:
    """Components of what bodies meet; none where there is nothing."""
    found = list(bare(soup).arrays().values())
    if not found:
        return {}
    points, _, _, triangles = found[0]
    data = {"points": np.round(points, 4).tolist(), "triangles": triangles.tolist()}
    return {"collider": {"shape": "mesh", "data": data, "friction": friction}}


def soup_thing(
    number: int, name: str, at: Sequence[float], shown: Sequence[Soup], solid: Soup, *, components: dict[str, Any] | None = None
) -> Thing:
    """A thing that shows soups of the stack's frame, finest first."""
    where = np.round(np.asarray(at, np.float64), 2)
    model = model_of([around(soup, where) for soup in shown], shared_palette(PICTURE_PX), name=name or "thing")
    place = (float(where[0]), float(where[1]), float(where[2]))
    return Thing(number, name, place, model=model, components={**collider_of(around(solid, where)), **(components or {})})
