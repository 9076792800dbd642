"""What modifiers give: grids, places of equal things, and things of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData

__all__ = ["GRIDS", "Layer", "Layers", "Places", "Thing", "is_grid"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Equal things in many places.

    Attributes
    ----------
    kind
        What people call it.
    rows : float32[n, 5]
        x, y above the ground, z (metres of the stack's frame), turn about the vertical, scale.
    numbers : uint32[n]
        A number for each that hangs on its place, never on how many there are: pins go by it. No two of a block are equal.
    fields
        Of the `Scatter` that shows them: model, fine_m, coarse_m, reach_m, cast_shadow.
    """

    kind: str
    rows: NDArray[np.float32]
    numbers: NDArray[np.uint32]
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One thing that stands somewhere: a house, a bridge, a stretch of road.

    Attributes
    ----------
    number
        Hangs on what and where it is, never on how many there are; no two of a block are equal. 0 to 2^63.
    position, rotation, scale
        In the stack's frame; y is the height itself, not above the ground.
    model
        What it looks like; None for a thing without looks.
    components
        What else it has, as in documents: name -> field -> value.
    children
        Things in its own frame (doors, colliders); their numbers are theirs.
    """

    number: int
    name: str = ""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    model: ModelData | None = None
    components: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    children: tuple[Thing, ...] = ()


Layer = NDArray[Any] | list[Places] | list[Thing]
Layers = dict[str, Layer]
"""By name. Grids: ``heights`` (float32[rows, columns], metres), ``weights`` (float32[rows, columns, 4], shares of the ground's
second to fifth material), ``water`` (float32[rows, columns], its surface's height) and
``mask.<name>`` (float32[rows, columns], 0 to 1). What stands: ``places`` and ``things``."""
GRIDS = ("heights", "weights", "water")


def is_grid(name: str) -> bool:
    """Whether a layer is a grid, of which the latest modifier's counts; what stands adds up."""
    return name in GRIDS or name.startswith("mask.")
