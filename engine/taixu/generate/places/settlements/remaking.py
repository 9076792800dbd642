"""Cities that are made again when a road moves: everything is kept under what it hangs on, so that only what changed is made.

A road between two junctions hangs on its points and heights, a junction on its arms, a block on its outline, a house on its lot
and neighbours, a square of houses on them. All keys are contents, never names or times: what is moved back is found again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.roads import Road, RoadLayer, make_graph
from taixu.generate.places.roads.layout import make_layout
from taixu.generate.places.roads.planning import junction_key, row_key
from taixu.generate.places.roads.profiles import make_profiles
from taixu.generate.places.roads.surfaces import RoadPart, build_junction, build_row
from taixu.generate.places.settlements.city import block_houses
from taixu.generate.places.settlements.layouts import street_plan
from taixu.generate.places.settlements.lots import blocks_of
from taixu.generate.places.settlements.plan import Ground, House, Settlement
from taixu.generate.places.settlements.spec import CitySpec

__all__ = ["CityCell", "CityMaker", "district_to_bend", "measure_edit"]

T = TypeVar("T")


@dataclass(frozen=True)
class CityCell:
    """Houses of a square: façades as pictures, blocks, and the middle of the plan that they lie around."""

    key: bytes
    levels: tuple[Soup, Soup]
    middle: Any


@dataclass
class CityMaker:
    """Makes a district of roads, again and again.

    Attributes
    ----------
    made
        How many of each sort were made by the last call; what was found is not counted.
    """

    ground: Ground
    spec: CitySpec
    seed: int
    made: dict[str, int] = field(default_factory=dict)
    _kept: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _used: dict[str, set[Any]] = field(default_factory=dict)

    def plan(self, roads: Sequence[Road]) -> Settlement:
        """Roads with surfaces, blocks, lots and houses.

        Raises
        ------
        TaixuError
            Where a road cannot be read.
        """
        import shapely

        self.made = {}
        curves: dict[bytes, Any] = self._kept.setdefault("curves", {})
        graph = make_graph(roads, curves=curves)
        profiles = make_profiles(graph, self.ground.height_at, self.ground.water_at)
        layout = make_layout(graph, profiles, known=self._kept.setdefault("rows", {}))
        whole = RoadPart()
        for number, row in enumerate(layout.rows):
            whole.take(self._of("roads", row_key(layout, number), partial(build_row, layout, row)))
        for junction in layout.junctions:
            whole.take(self._of("junctions", junction_key(layout, junction), partial(build_junction, layout, junction)))
        corridor = shapely.MultiPolygon()
        made = Settlement(np.zeros(2), RoadLayer(graph, layout, whole.surface, whole.collider, whole.beside, corridor))
        for block in blocks_of(graph, known=self._kept.setdefault("faces", {})):
            lots, houses, is_park = self._of(
                "blocks", shapely.to_wkb(block), partial(block_houses, block, self.ground, self.spec, self.seed)
            )
            if is_park:
                made.parks.append(block)
            made.lots += lots
            made.houses += houses
        self._sweep("roads", "junctions", "blocks")
        return made

    def cells(self, houses: Sequence[House]) -> dict[tuple[int, int], CityCell]:
        """Houses by squares of the ground, as they look from some distance."""
        from taixu.generate.places.settlements.writing import house_levels, merged_levels, squares_of

        found = {}
        for cell, members in sorted(squares_of(houses).items()):
            keys = [house.key for house in members]

            def make(members: list[House] = members, keys: list[bytes] = keys) -> CityCell:
                built = [
                    self._of("houses", key, partial(house_levels, house))
                    for key, house in zip(keys, members, strict=True)
                ]
                levels, middle = merged_levels(members, built)
                return CityCell(hashlib.blake2b(b"".join(keys), digest_size=16).digest(), levels, middle)

            found[cell] = self._of("squares", (cell, tuple(keys)), make)
        self._used.setdefault("houses", set()).update(house.key for house in houses)
        self._sweep("houses", "squares")
        return found

    def _of(self, sort: str, key: Any, make: Callable[[], T]) -> T:
        kept = self._kept.setdefault(sort, {})
        self._used.setdefault(sort, set()).add(key)
        if key not in kept:
            self.made[sort] = self.made.get(sort, 0) + 1
            kept[key] = make()
        found: T = kept[key]
        return found

    def _sweep(self, *sorts: str) -> None:
        """Forget what the last two makings did not use, but little by little: what is moved back is there still."""
        for sort in sorts:
            kept, used = self._kept.get(sort, {}), self._used.get(sort, set())
            if len(kept) > 2 * len(used) + 256:
                self._kept[sort] = {key: value for key, value in kept.items() if key in used}
            self._used[sort] = set()


def district_to_bend(size_m: float, *, seed: int = 3, block_m: float = 88.0) -> tuple[list[Road], int, Road]:
    """Streets of a district on a grid, the number of one of them between two crossings, and that one bent by some metres."""
    roads = street_plan("grid", size_m=size_m, block_m=block_m, seed=seed)
    edges = make_graph(roads).edges
    streets = [edge for edge in edges if edge.kind.name == "street"]
    moved = min(streets, key=lambda edge: float(np.hypot(*(edge.points.mean(0) - size_m * 0.2))))
    roads, at = [road for road in roads if road.name != moved.name], 0
    for number, edge in enumerate(edges):
        if edge.name == moved.name:
            at = len(roads) if edge is moved else at
            roads.append(Road(edge.points[[0, -1]], edge.kind.name, False, f"{edge.name}.{number}"))
    ends = np.asarray(roads[at].points)
    d = np.diff(ends, axis=0)[0]
    bent = np.stack([ends[0], ends.mean(0) + np.array([-d[1], d[0]]) / np.hypot(*d) * 5.0, ends[1]])
    return roads, at, replace(roads[at], points=bent, is_curved=True)


def measure_edit(size_m: float = 2000.0, *, seed: int = 3, block_m: float = 88.0) -> dict[str, float]:
    """Make a district, bend one of its roads by some metres, make it again.

    Returns
    -------
    first_secs, again_secs
        CPU seconds of the first making and of the one after the road was moved, houses in squares included.
    houses, roads, houses_again, roads_again
        How many there are, and how many were made again.
    """
    from time import process_time

    flat = Ground(
        lambda east, north: 0.004 * np.atleast_1d(east), lambda east, north: np.full(np.shape(np.atleast_1d(east)), -1e9), size_m
    )
    spec = CitySpec(layout="grid", district_m=size_m, block_m=block_m)
    roads, at, bent = district_to_bend(size_m, seed=seed, block_m=block_m)
    maker = CityMaker(flat, spec, seed)
    start = process_time()
    first = maker.plan(roads)
    maker.cells(first.houses)
    first_secs = process_time() - start
    made = dict(maker.made)
    roads[at] = bent
    start = process_time()
    maker.cells(maker.plan(roads).houses)
    return {
        "first_secs": first_secs, "again_secs": process_time() - start, "houses": float(len(first.houses)),
        "roads": float(made["roads"]),
        "houses_again": float(maker.made.get("houses", 0)), "roads_again": float(maker.made.get("roads", 0)),
    }  # fmt: skip
