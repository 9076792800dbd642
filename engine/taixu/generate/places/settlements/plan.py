"""What a settlement is before anything is drawn: roads, squares, lots, and which building stands where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.plans import Array
from taixu.generate.places.roads import RoadLayer
from taixu.generate.places.settlements.lots import Lot

if TYPE_CHECKING:
    from taixu.generate.places.buildings.style import Style

__all__ = ["Ground", "House", "Settlement", "pads"]


@dataclass(frozen=True)
class Ground:
    """Ground as settlements ask for it, at east and north of points.

    Attributes
    ----------
    height_at, water_at
        Metres; water lies far below where there is none.
    reach_m
        Half the edge of the square that there is.
    """

    height_at: Callable[[Any, Any], Any]
    water_at: Callable[[Any, Any], Any]
    reach_m: float

    @classmethod
    def of_landscape(cls, land: Any) -> Ground:
        """The ground of a `Landscape`."""

        def of(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
            return lambda east, north: np.asarray(
                function(np.atleast_1d(np.asarray(east, np.float32)), np.atleast_1d(-np.asarray(north, np.float32))), np.float64
            )

        return cls(of(land.height_at), of(land.water_at), land.spec.size_m / 2)

    def is_dry(self, shape: Any, *, above_m: float = 0.6) -> bool:
        """Whether no water is near the corners of a shape."""
        points = np.asarray(shape.exterior.coords)
        points = np.concatenate([points, points.mean(0)[None]])
        ground, water = self.height_at(points[:, 0], points[:, 1]), self.water_at(points[:, 0], points[:, 1])
        return bool((ground > water + above_m).all()) and bool((np.abs(points) < self.reach_m - 8).all())

    def fall_of(self, shape: Any) -> float:
        """How much higher the highest corner of a shape lies than its lowest."""
        points = np.asarray(shape.exterior.coords)
        return float(np.ptp(self.height_at(points[:, 0], points[:, 1])))


@dataclass(frozen=True)
class House:
    """A building that shall stand.

    Attributes
    ----------
    footprint
        Of the plan, in the settlement's space.
    floor_m
        Where its ground floor lies.
    base_m
        How far its walls reach below that.
    """

    name: str
    style: Style
    footprint: Any
    front: Array
    storeys: int
    seed: int
    floor_m: float
    base_m: float
    lot: Lot | None = None
    neighbours: tuple[tuple[Any, float], ...] = ()
    pad_m: float = 0.0

    @cached_property
    def middle(self) -> Array:
        """Where its model's origin lies in the plan."""
        middle = np.array(self.footprint.centroid.coords[0]).round(2)
        middle.setflags(write=False)
        return middle

    @cached_property
    def key(self) -> bytes:
        """All that its looks hang on. It is asked for at every change of a city, of thousands of houses that did not change."""
        import shapely

        text = f"{self.style.name}|{self.storeys}|{self.seed}|{self.floor_m:.4f}|{self.base_m:.4f}|{self.front.tobytes().hex()}"
        beside = b"".join(shapely.to_wkb(plan) + f"{high:.4f}".encode() for plan, high in self.neighbours)
        return hashlib.blake2b(text.encode() + shapely.to_wkb(self.footprint) + beside, digest_size=16).digest()


@dataclass
class Settlement:
    """A village, a town or a district of a city.

    Attributes
    ----------
    squares
        Paved places with the height that they lie at.
    spawns
        Where people may stand, rows of x, y, z of the world.
    """

    middle: Array
    layer: RoadLayer
    houses: list[House] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    squares: list[tuple[Any, float]] = field(default_factory=list)
    parks: list[Any] = field(default_factory=list)
    spawns: list[tuple[float, float, float]] = field(default_factory=list)

    def street_graph(self) -> tuple[Array, list[tuple[int, int, Array]]]:
        """Nodes [n, 3] of the world, and for each road its nodes and its points [k, 3]."""
        layout = self.layer.layout
        nodes = np.column_stack(
            [self.layer.graph.nodes[:, 0], np.zeros(len(self.layer.graph.nodes)), -self.layer.graph.nodes[:, 1]]
        )
        for junction in layout.junctions:
            nodes[junction.node, 1] = junction.height
        edges = []
        for row in layout.rows:
            edge = self.layer.graph.edges[row.edge]
            edges.append((edge.start, edge.end, np.column_stack([row.points[:, 0], row.heights, -row.points[:, 1]])))
        for node in layout.dead_ends:
            for start, end, points in edges:
                if node in (start, end):
                    nodes[node, 1] = points[0 if node == start else -1, 1]
        return nodes, edges


def pads(
    heights: Array, mask: Array, east: Array, north: Array, shapes: list[tuple[Any, float]], *, blend_m: float = 3.5
) -> tuple[Array, Array]:
    """Level ground under shapes, led back around them; what is road stays as it is.

    Returns
    -------
    heights : float32[r, c]
    covered : float32[r, c]
        1 where something stands or runs.
    """
    import shapely

    made, covered = np.asarray(heights, np.float64).copy(), mask.copy()
    rising = len(north) < 2 or north[1] > north[0]
    spots = shapely.points(*np.meshgrid(east, north))
    for shape, level in shapes:
        x0, y0, x1, y1 = shape.bounds
        c0, c1 = np.searchsorted(east, (x0 - blend_m - 1, x1 + blend_m + 1))
        row = north if rising else north[::-1]
        r0, r1 = np.searchsorted(row, (y0 - blend_m - 1, y1 + blend_m + 1))
        if not rising:
            r0, r1 = len(north) - r1, len(north) - r0
        if c1 <= c0 or r1 <= r0:
            continue
        part = (slice(r0, r1), slice(c0, c1))
        away = shapely.distance(shape, spots[part])
        t = np.clip((away - 0.9) / blend_m, 0, 1)
        t = t * t * (3 - 2 * t)
        keep = np.clip(mask[part] * 1.5, 0, 1)
        t = np.maximum(t, keep)
        made[part] = level * (1 - t) + made[part] * t
        covered[part] = np.maximum(covered[part], np.clip(1.2 - away / 1.2, 0, 1))
    return made.astype(np.float32), covered.astype(np.float32)
