"""What a settlement of a stack is before any block is made: roads, lots, which house stands where, each with a key."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.places.buildings.plans import Array
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.roads import Road, RoadLayer
from taixu.generate.places.roads.layers import ground_of, read_roads
from taixu.generate.places.roads.planning import Piece, Pieces, RoadPlan, piece_of, plan_roads
from taixu.generate.places.roads.surfaces import Furniture
from taixu.generate.places.settlements.city import block_houses
from taixu.generate.places.settlements.cultures import CULTURES
from taixu.generate.places.settlements.layouts import street_plan
from taixu.generate.places.settlements.lots import blocks_of
from taixu.generate.places.settlements.plan import Ground, House
from taixu.generate.places.settlements.spec import CitySpec, VillageSpec
from taixu.generate.places.settlements.village import plan_village, radius_of, roads_of_village

__all__ = ["PAD_M", "SettlementPlan", "middle_of", "plan_city", "plan_village_of", "roads_in_hand", "spec_of"]

PAD_M = 6.0
"""How far beside houses the ground gives way."""
_MOST_KNOWN = 4000
_EASED_M = 1.0
"""How far a road that is taken in hand may run beside where it ran."""
_NO_WATER = -1e9


@dataclass
class SettlementPlan:
    """A settlement that is decided.

    Attributes
    ----------
    pieces
        Houses, then squares, then parks.
    lamp
        What lights its streets.
    """

    roads: RoadPlan
    houses: list[House]
    squares: list[tuple[Any, float]]
    parks: list[Any]
    pieces: Pieces
    lamp: str = "old"
    lines: list[Road] = field(default_factory=list)
    """Its roads as they were drawn or laid."""
    known: dict[str, dict[bytes, Any]] = field(default_factory=dict)

    def part(self, box: Bounds) -> bytes | None:
        """A key of what matters in a box."""
        roads, own = self.roads.part(box), self.pieces.part(box)
        return None if roads is None and own is None else (roads or b"") + b"|" + (own or b"") + self.lamp.encode()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "known": {}}


def spec_of(parameters: Any) -> VillageSpec | CitySpec:
    """The spec of a component.

    Raises
    ------
    TaixuError
        Where a field is out of its range.
    """
    if hasattr(parameters, "culture"):
        spec = VillageSpec(
            culture=str(parameters.culture), houses=int(parameters.houses), ways=int(parameters.ways),
            radius_m=float(parameters.radius_m), gardens=float(parameters.gardens), inside=bool(parameters.inside),
        ).check()  # fmt: skip
        # Ways are laid for dozens of houses, so that one more house leaves them as they are.
        return spec if spec.radius_m else replace(spec, radius_m=radius_of(_by_dozens(spec)))
    return CitySpec(
        character=str(parameters.character), layout=str(parameters.layout), district_m=float(parameters.district_m),
        block_m=float(parameters.block_m), parks=float(parameters.parks), inside=bool(parameters.inside),
    ).check()  # fmt: skip


def _by_dozens(spec: VillageSpec) -> VillageSpec:
    return replace(spec, houses=min(math.ceil(spec.houses / 12) * 12, 400))


def middle_of(frame: Any) -> Array:
    """Where an entity stands in the plan (east, north)."""
    return np.array([frame[0, 3], -frame[2, 3]], np.float64)


def plan_village_of(block: Block, inputs: Inputs, seed: int, before: SettlementPlan | None) -> SettlementPlan:
    """Decide a village."""
    own, frame = inputs.parameters, np.asarray(inputs.frame, np.float64)
    spec, middle = spec_of(own), middle_of(frame)
    assert isinstance(spec, VillageSpec)
    ground = _ground(inputs, block)
    known: dict[str, dict[bytes, Any]] = {} if before is None else before.known
    roads = read_roads(own.roads, frame, what="village")
    if not roads:
        look = f"{middle.tolist()}|{radius_of(spec)}|{_by_dozens(spec).houses}|{spec.ways}|{spec.culture}|{seed}".encode()
        grown = partial(roads_of_village, ground, _by_dozens(spec), seed, middle)
        roads = _kept(known, "ways", look + _ground_key(inputs, block, block.bounds), grown)
    layer, planned = _layer(roads, ground, block, before)
    made = plan_village(ground, spec, seed, middle=middle, layer=layer)
    pieces = [_house_piece(house, block.spacing_m) for house in made.houses]
    return _plan(planned, roads, made.houses, pieces, made.squares, [], block, known, CULTURES[spec.culture].lamp)


def plan_city(block: Block, inputs: Inputs, seed: int, before: SettlementPlan | None) -> SettlementPlan:
    """Decide a district of a city."""
    import shapely

    own, frame = inputs.parameters, np.asarray(inputs.frame, np.float64)
    spec, middle = spec_of(own), middle_of(frame)
    assert isinstance(spec, CitySpec)
    ground = _ground(inputs, block)
    known: dict[str, dict[bytes, Any]] = {} if before is None else before.known
    roads = read_roads(own.roads, frame, what="city") or streets_of(spec, seed, frame)
    layer, planned = _layer(roads, ground, block, before)
    houses: list[House] = []
    parks: list[Any] = []
    pieces: list[Piece] = []
    look = f"{spec}|{seed}|{middle.tolist()}".encode()
    for face in blocks_of(layer.graph, known=known.setdefault("faces", {})):
        low_e, low_n, high_e, high_n = face.bounds
        box = Bounds(low_e, -high_n, high_e, -low_n).grown(block.spacing_m)
        key = hashlib.blake2b(look + shapely.to_wkb(face) + _ground_key(inputs, block, box), digest_size=16).digest()
        found, is_park, mine = _kept(known, "blocks", key, partial(_block, face, ground, spec, seed, middle, block.spacing_m))
        houses += found
        pieces += mine
        parks += [face] if is_park else []
    return _plan(planned, roads, houses, pieces, [], parks, block, known, "modern" if spec.character == "modern" else "old")


def streets_of(spec: CitySpec, seed: int, frame: Any) -> list[Road]:
    """The street plan of a district, where its entity stands and as it is turned."""
    turn = np.array([[frame[0, 0], -frame[0, 2]], [-frame[2, 0], frame[2, 2]]])
    found = street_plan(spec.layout, size_m=spec.district_m, block_m=spec.block_m, seed=seed)
    return [replace(road, points=np.asarray(road.points, np.float64) @ turn.T + middle_of(frame)) for road in found]


def roads_in_hand(plan: SettlementPlan, frame: Any) -> list[dict[str, Any]]:
    """The roads of a settlement as its component has them, with as few points as show where they run."""
    import shapely

    inverse, found = np.linalg.inv(np.asarray(frame, np.float64)), []
    for road in plan.lines:
        line = np.asarray(shapely.LineString(np.asarray(road.points, np.float64)).simplify(_EASED_M).coords)
        at = np.column_stack([line[:, 0], np.zeros(len(line)), -line[:, 1]]) @ inverse[:3, :3].T + inverse[:3, 3]
        points = np.round(at[:, [0, 2]], 2).tolist()
        found.append({"points": points, "kind": road.kind, "curved": road.is_curved, "name": road.name})
    return found


def _ground(inputs: Inputs, block: Block) -> Ground:
    box = inputs.area or block.bounds
    reach = min(-box.x0, box.x1, -box.z0, box.z1) if box.x0 < 0 < box.x1 and box.z0 < 0 < box.z1 else 1e6
    return Ground(ground_of(inputs, block.bounds), lambda east, north: np.full(np.shape(np.atleast_1d(east)), _NO_WATER), reach)


def _ground_key(inputs: Inputs, block: Block, box: Bounds) -> bytes:
    """The heights that lie below a box."""
    grid, step = inputs.grid("heights"), block.spacing_m
    rows = slice(max(int((box.z0 - block.z0) / step) - 1, 0), max(int((box.z1 - block.z0) / step) + 3, 0))
    columns = slice(max(int((box.x0 - block.x0) / step) - 1, 0), max(int((box.x1 - block.x0) / step) + 3, 0))
    return hashlib.blake2b(np.ascontiguousarray(grid[rows, columns]).tobytes(), digest_size=16).digest()


def _layer(roads: list[Road], ground: Ground, block: Block, before: SettlementPlan | None) -> tuple[RoadLayer, RoadPlan]:
    import shapely

    former = None if before is None else before.roads
    planned = plan_roads(roads, ground.height_at, spacing_m=block.spacing_m, before=former)
    return RoadLayer(planned.graph, planned.layout, Soup(), Soup(), Furniture(), shapely.MultiPolygon()), planned


def _kept(known: dict[str, dict[bytes, Any]], sort: str, key: bytes, make: Any) -> Any:
    kept = known.setdefault(sort, {})
    if len(kept) > _MOST_KNOWN:
        kept.clear()
    if key not in kept:
        kept[key] = make()
    return kept[key]


def _block(
    face: Any, ground: Ground, spec: CitySpec, seed: int, middle: Array, spacing_m: float
) -> tuple[list[House], bool, list[Piece]]:
    _, houses, is_park = block_houses(face, ground, spec, seed, origin=middle)
    return houses, is_park, [_house_piece(house, spacing_m) for house in houses]


def _house_piece(house: House, spacing_m: float) -> Piece:
    import shapely

    outline = np.asarray(house.footprint.exterior.coords)
    lot = b"" if house.lot is None else shapely.to_wkb(house.lot.shape) + house.lot.gate.tobytes()
    key = hashlib.blake2b(house.key + lot + np.float64(house.pad_m).tobytes(), digest_size=16).digest()
    return piece_of(outline, PAD_M + spacing_m, key)


def _plan(
    roads: RoadPlan, lines: list[Road], houses: list[House], pieces: list[Piece], squares: list[tuple[Any, float]],
    parks: list[Any], block: Block, known: dict[str, dict[bytes, Any]], lamp: str,
) -> SettlementPlan:  # fmt: skip
    import shapely

    reach, found = PAD_M + block.spacing_m, list(pieces)
    for shape, level in squares:
        key = b"square" + shapely.to_wkb(shape) + np.float64(level).tobytes()
        found.append(piece_of(np.asarray(shape.exterior.coords), reach, key))
    for park in parks:
        found.append(piece_of(np.asarray(park.exterior.coords), 0.0, b"park" + shapely.to_wkb(park)))
    return SettlementPlan(roads, houses, squares, parks, Pieces.of(found), lamp, lines, known)
