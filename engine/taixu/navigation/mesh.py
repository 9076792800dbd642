"""`NavigationMesh`: the floors and polygons of all tiles, joined; what everybody asks about walking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.navigation.areas import Area
from taixu.navigation.fields import Field, solve_fields
from taixu.navigation.floor_grid import FloorGrid, join_floors
from taixu.navigation.funnel import find_route
from taixu.navigation.graph import Graph, make_graph
from taixu.navigation.islands import Passages, label_islands
from taixu.navigation.pieces import Piece
from taixu.navigation.portals import Portals, find_portals
from taixu.navigation.settings import MeshSettings
from taixu.navigation.tiles import Tile, make_tile
from taixu.navigation.walking import cast_rays

__all__ = ["Link", "NavigationMesh", "Route", "join_tiles", "make_mesh", "tiles_of"]

Array = NDArray[Any]
_REACH_M = 3.0
_KEPT_FIELDS = 64


@dataclass(frozen=True, slots=True)
class Link:
    """A way off the mesh: a ladder, a jump, a door that is no collider.

    Attributes
    ----------
    start, end : tuple of float
        Where it leads from and to, in the world, m.
    cost : float
        In metres of usual ground; below 0 its length.
    """

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    two_way: bool = True
    cost: float = -1.0
    kind: str = "jump"


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A way.

    Attributes
    ----------
    points : float64 [n, 3]
        Where to turn, from the start on the mesh to the end; empty where neither is near the mesh.
    complete : bool
        Whether it leads to the goal; otherwise it ends at the nearest place that can be reached.
    length_m : float
    links : tuple of int
        Numbers of the off-mesh links that it takes, in order.
    """

    points: NDArray[np.float64]
    complete: bool
    links: tuple[int, ...] = ()

    @property
    def length_m(self) -> float:
        """Length of the way."""
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())


class NavigationMesh:
    """Where one can walk. It never changes: who changes the world gets another.

    Attributes
    ----------
    settings : MeshSettings
    floors : FloorGrid
        Every place to stand, by cells.
    portals : Portals
        Borders between polygons.
    graph : Graph
        Points on them.
    islands : int32 [polygons]
        Equal for polygons between which there is a way; island 0 is the largest.
    passages : Passages
        Ways between islands that do not lead back.
    links : tuple of Link
        Off-mesh links; those whose ends are nowhere near the mesh lead nowhere.
    """

    def __init__(
        self, settings: MeshSettings, floors: FloorGrid, portals: Portals, graph: Graph, islands: NDArray[np.int32],
        passages: Passages, areas: tuple[Area, ...], links: tuple[Link, ...],
    ) -> None:
        self.settings, self.floors, self.portals, self.graph = settings, floors, portals, graph
        self.islands, self.passages, self.areas, self.links = islands, passages, areas, links
        self._fields: dict[tuple[float, ...], Field] = {}

    @property
    def polygon_count(self) -> int:
        """How many polygons there are."""
        return len(self.islands)

    @property
    def area_m2(self) -> float:
        """Ground that one can stand on, seen from above."""
        return len(self.floors) * self.settings.cell_m**2

    # Places

    def locate(self, points: ArrayLike, *, reach_m: float = 1.0) -> NDArray[np.int32]:
        """The floors on which points [n, 3] stand, at most so far above or below them; -1 where there is none."""
        return self.floors.locate(_points(points), reach_m)

    def nearest_floors(self, points: ArrayLike, *, reach_m: float = _REACH_M) -> NDArray[np.int32]:
        """The floors nearest to points [n, 3], at most so far away; -1 where there is none."""
        return self.floors.nearest(_points(points), reach_m)

    def nearest(self, points: ArrayLike, *, reach_m: float = _REACH_M) -> NDArray[np.float64]:
        """The places on the mesh nearest to points [n, 3]; not a number where none is within reach."""
        places = _points(points)
        return self.floors.places(self.nearest_floors(places, reach_m=reach_m), places)

    def heights(self, points: ArrayLike) -> NDArray[np.float64]:
        """Heights of the ground under points [n, 3]; not a number beside the mesh."""
        places = _points(points)
        return self.floors.heights(self.floors.locate(places, self.settings.agent_height_m), places)

    def random_points(self, count: int, *, seed: int = 0, near: ArrayLike | None = None) -> NDArray[np.float64]:
        """Places [count, 3] from which there is a way to each other: on the largest island, or on that of a place.

        Raises
        ------
        TaixuError
            When there is nothing to stand on there.
        """
        island = 0
        if near is not None:
            floor = int(self.nearest_floors(_points(near))[0])
            if floor < 0:
                raise TaixuError("a random place was asked for near a place that is not near the navigation mesh")
            island = int(self.islands[self.floors.polygon[floor]])
        if not len(self.floors):
            raise TaixuError("a random place was asked for on a navigation mesh on which nobody can stand; give the world a floor")
        mine = np.flatnonzero(self.islands[self.floors.polygon] == island)
        chance = np.random.default_rng(seed)
        chosen = mine[chance.integers(0, len(mine), count)]
        points = self.floors.centres(chosen)
        points[:, [0, 2]] += chance.uniform(-0.45, 0.45, (count, 2)) * self.settings.cell_m
        points[:, 1] = self.floors.heights(chosen.astype(np.int32), points)
        return points

    def raycast(self, starts: ArrayLike, ends: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Walk straight from starts [n, 3] towards ends [n, 3]: who gets there, bool [n], and where each comes to, [n, 3].

        Who does not start on the mesh gets nowhere.
        """
        return cast_rays(self.floors, _points(starts), _points(ends))

    # Ways

    def field(self, goal: ArrayLike) -> Field | None:
        """The ways to a goal from everywhere; None where it is not near the mesh. Kept for the next who asks."""
        place = _points(goal)
        key = tuple(np.round(place[0], 3).tolist())
        found = self._fields.get(key)
        if found is None:
            floor = self.nearest_floors(place)
            if floor[0] < 0:
                return None
            polygon = int(self.floors.polygon[floor[0]])
            found = solve_fields(self.graph, self.floors.places(floor, place), [polygon])[0]
            if len(self._fields) >= _KEPT_FIELDS:
                self._fields.pop(next(iter(self._fields)))
            self._fields[key] = found
        return found

    def path(self, start: ArrayLike, goal: ArrayLike) -> Route:
        """The way from a place [3] to another.

        Returns
        -------
        Route
            Where there is no way, that to the place nearest to the goal, with `complete` False.
        """
        return find_route(self, _points(start), _points(goal))


def _points(values: ArrayLike) -> NDArray[np.float64]:
    try:
        places = np.asarray(values, np.float64).reshape(-1, 3)
    except (TypeError, ValueError):
        raise TaixuError("a navigation mesh was asked about what are no places; give rows of x, y, z in metres") from None
    if not np.isfinite(places).all():
        raise TaixuError("a navigation mesh was asked about a place that is not finite; give metres")
    return places


def tiles_of(low: ArrayLike, high: ArrayLike, settings: MeshSettings) -> list[tuple[int, int]]:
    """Places in the grid of the tiles that a box looks into, row by row."""
    (x0, _, z0), (x1, _, z1) = np.asarray(low, np.float64), np.asarray(high, np.float64)
    if x1 < x0 or z1 < z0:
        return []
    first_x, last_x = int(np.floor(x0 / settings.tile_m)), int(np.floor(x1 / settings.tile_m))
    first_z, last_z = int(np.floor(z0 / settings.tile_m)), int(np.floor(z1 / settings.tile_m))
    return [(x, z) for z in range(first_z, last_z + 1) for x in range(first_x, last_x + 1)]


def make_mesh(
    pieces: Sequence[Piece], settings: MeshSettings | None = None, *, areas: Sequence[Area] = (), links: Sequence[Link] = ()
) -> NavigationMesh:
    """A mesh over pieces, at once.

    Raises
    ------
    TaixuError
        When they reach over more ground than a mesh has room for.
    """
    from taixu.navigation.limits import fit_bounds

    wanted = settings or MeshSettings()
    low, high = fit_bounds(pieces, wanted, None)
    border = wanted.border_cells * wanted.cell_m
    made = {}
    for x, z in tiles_of(low, high, wanted):
        near = pieces_near(pieces, wanted, x, z, border)
        if near:
            made[x, z] = make_tile(near, areas, wanted, x, z)
    return join_tiles(made, wanted, areas=areas, links=links)


def pieces_near(pieces: Sequence[Piece], settings: MeshSettings, x: int, z: int, border_m: float) -> list[Piece]:
    """The pieces that a tile is made of."""
    edge = settings.tile_m
    low_x, low_z = x * edge - border_m, z * edge - border_m
    high_x, high_z = (x + 1) * edge + border_m, (z + 1) * edge + border_m
    return [
        piece for piece in pieces
        if piece.bounds[0, 0] <= high_x and piece.bounds[1, 0] >= low_x
        and piece.bounds[0, 2] <= high_z and piece.bounds[1, 2] >= low_z
    ]  # fmt: skip


def join_tiles(
    tiles: Mapping[tuple[int, int], Tile], settings: MeshSettings, *, areas: Sequence[Area] = (), links: Sequence[Link] = ()
) -> NavigationMesh:
    """One mesh of tiles by their places in the grid."""
    floors, first_line, last_line, kinds = join_floors(tiles, settings)
    portals = find_portals(
        column=floors.column, row=floors.row, y=floors.y, polygon=floors.polygon, east=floors.links[1], south=floors.links[3],
        first_line=first_line, last_line=last_line, cell_m=settings.cell_m,
    )  # fmt: skip
    portals, costs, two_way = _with_links(portals, floors, links)
    prices = np.ones(256, np.float32)
    for number, area in enumerate(areas[:250], start=1):
        prices[number] = area.cost
    graph = make_graph(portals, prices[kinds], costs, two_way)
    sizes = np.bincount(floors.polygon, minlength=len(kinds))
    both = (portals.link < 0) | (two_way[np.maximum(portals.link, 0)] if len(two_way) else True)
    islands = label_islands(portals.polygons[both], sizes)
    passages = Passages(islands[portals.polygons[~both]])
    return NavigationMesh(settings, floors, portals, graph, islands, passages, tuple(areas), tuple(links))


def _with_links(portals: Portals, floors: FloorGrid, links: Sequence[Link]) -> tuple[Portals, Array, Array]:
    """Borders, and after them the links whose ends stand on the mesh; what each costs, and whether it leads back."""
    costs, two_way = np.zeros(len(links), np.float32), np.zeros(len(links), bool)
    if not links:
        return portals, costs, two_way
    ends = np.array([[link.start, link.end] for link in links], np.float64).reshape(-1, 3)
    found = floors.nearest(ends, 1.5).reshape(-1, 2)
    places = floors.places(found.ravel(), ends).reshape(-1, 2, 3)
    length = np.linalg.norm(places[:, 0] - places[:, 1], axis=1)
    for i, link in enumerate(links):
        costs[i], two_way[i] = (link.cost if link.cost >= 0 else length[i]), link.two_way
    good = np.flatnonzero((found >= 0).all(axis=1))
    polygons = floors.polygon[found[good]]
    joined = Portals(
        np.concatenate([portals.polygons, polygons]), np.concatenate([portals.left, places[good, 0].astype(np.float32)]),
        np.concatenate([portals.right, places[good, 1].astype(np.float32)]), np.concatenate([portals.link, good.astype(np.int32)]),
    )  # fmt: skip
    return joined, costs, two_way


