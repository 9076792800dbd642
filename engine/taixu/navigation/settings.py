"""What a navigation mesh is made by."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, isfinite, pi

from taixu.errors import TaixuError

__all__ = ["MOST_CELLS", "TILE_CELLS", "MeshSettings"]

TILE_CELLS = 96
"""Cells along the edge of a tile: what is made anew together when a collider moves."""
MOST_CELLS = 9_000_000
"""Columns of a mesh at most; what would have more is cut around its middle."""


@dataclass(frozen=True, slots=True)
class MeshSettings:
    """Who walks on a mesh, and how finely the world is looked at.

    Attributes
    ----------
    agent_radius_m, agent_height_m : float
        The mesh keeps this far from walls and edges, and has this much room above.
    step_m : float
        The highest step that is climbed.
    slope_rad : float
        The steepest ground that is walked on.
    cell_m : float
        Edge of a cell: walls are known to half of it.
    low, high : tuple of float
        Corners of the box that the mesh lies in, m; all of the world where they are equal.
    """

    agent_radius_m: float = 0.25
    agent_height_m: float = 1.8
    step_m: float = 0.4
    slope_rad: float = 0.8
    cell_m: float = 0.15
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        numbers = {
            "agent_radius_m": (self.agent_radius_m, 0.0, 10.0), "agent_height_m": (self.agent_height_m, 0.05, 50.0),
            "step_m": (self.step_m, 0.0, 10.0), "slope_rad": (self.slope_rad, 0.0, pi / 2), "cell_m": (self.cell_m, 0.02, 10.0),
        }  # fmt: skip
        for name, (value, low, high) in numbers.items():
            if not (isfinite(value) and low <= value <= high):
                raise TaixuError(f"navigation: {name} is {value:g}; give a number from {low:g} to {high:g}")
        if not all(isfinite(value) and abs(value) < 1e7 for value in (*self.low, *self.high)):
            raise TaixuError("navigation: low and high are corners in metres within 10,000 km; some of these are not")

    @property
    def is_bounded(self) -> bool:
        """Whether the mesh lies in a box that somebody gave."""
        return all(high > low for low, high in zip(self.low, self.high))

    @property
    def border_cells(self) -> int:
        """How far beyond its own cells a tile looks, so that neighbours agree on what lies between them."""
        return int(self.agent_radius_m / self.cell_m) + 3

    @property
    def tile_m(self) -> float:
        """Edge of a tile."""
        return TILE_CELLS * self.cell_m

    @property
    def least_up(self) -> float:
        """The least upward part of a walkable surface's normal."""
        return cos(self.slope_rad)
