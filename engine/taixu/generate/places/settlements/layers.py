"""The layers of a settlement over a block of the ground: levelled ground, masks, and a thing for each house, garden and street."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers, Thing
from taixu.generate.places.buildings.doors import door_leaf, door_rotation
from taixu.generate.places.buildings.making_things import PICTURE_PX, collider_of, soup_thing
from taixu.generate.places.buildings.model import building_model, model_of
from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.buildings.surfaces import shared_palette
from taixu.generate.places.roads.layers import flattened, read_roads, road_things
from taixu.generate.places.settlements.grounds import lay_garden, lay_park, lay_square
from taixu.generate.places.settlements.plan import Ground, House, pads
from taixu.generate.places.settlements.planning import SettlementPlan, spec_of
from taixu.generate.places.settlements.spec import CitySpec
from taixu.generate.places.settlements.village import radius_of
from taixu.generate.places.settlements.writing import build_house
from taixu.scene.terrain import height_on_triangles

__all__ = ["bounds_of", "make_settlement_layers"]

_AROUND_M = 48.0
"""How far beyond a block gardens and parks of its houses may reach."""
_EDGE_M = 60.0


def bounds_of(parameters: Any, frame: Any) -> Bounds:
    """A box around all of it."""
    at, spec = np.asarray(frame, np.float64), spec_of(parameters)
    what = "city" if isinstance(spec, CitySpec) else "village"
    roads = [road for road in read_roads(parameters.roads, at, what=what) if len(road.points)]
    x, z = float(at[0, 3]), float(at[2, 3])
    if isinstance(spec, CitySpec):
        reach = spec.district_m * (0.72 if not roads else 0.0) + _EDGE_M
    else:
        reach = max(radius_of(spec) * (2.0 if not roads else 1.8), 60.0) + _EDGE_M
    box = Bounds(x - reach, z - reach, x + reach, z + reach)
    if not roads:
        return box
    points = np.concatenate([np.asarray(road.points) for road in roads]) * (1.0, -1.0)
    drawn = Bounds.of(points, margin_m=_EDGE_M)
    return Bounds(min(box.x0, drawn.x0), min(box.z0, drawn.z0), max(box.x1, drawn.x1), max(box.z1, drawn.z1))


def make_settlement_layers(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Ground with streets and lots levelled into it, masks of them, and things."""
    del seed
    plan: SettlementPlan = inputs.plan
    margin = min(math.ceil(_AROUND_M / block.spacing_m), int(64.0 / block.spacing_m)) if _has_green(plan, block) else 0
    before = np.asarray(inputs.grid("heights", margin), np.float32)
    x, z = block.lines(margin)
    heights, roads = flattened(plan.roads, before, block, margin)
    box = block.bounds.grown(margin * block.spacing_m)
    houses, squares = _near(plan, box)
    level = [(house.footprint, house.pad_m) for house in houses] + [(shape, high - 0.12) for shape, high in squares]
    heights, covered = pads(heights, roads, x, -z, level)
    made = _Ground(heights, block, margin)
    things = road_things(plan.roads, block, inputs, lamp=plan.lamp)
    for number in plan.pieces.within(block.bounds):
        things += _things_of(plan, number, block, inputs, made)
    inner = slice(margin, len(z) - margin)
    keep = (inner, inner)
    lots = np.where(roads[keep] > 0.5, 0.0, covered[keep]).clip(0, 1).astype(np.float32)
    return {"heights": heights[keep], "mask.road": roads[keep], "mask.lot": lots, "things": things}


class _Ground:
    """The levelled ground of a block and around it."""

    def __init__(self, heights: Any, block: Block, margin: int) -> None:
        self._heights, self._block, self._margin = heights, block, margin
        self._box = block.bounds.grown(margin * block.spacing_m)

    def ground(self) -> Ground:
        """As gardens ask for it."""
        box, heights = self._box, self._heights
        size = (box.x1 - box.x0, box.z1 - box.z0)
        middle_x, middle_z = (box.x0 + box.x1) / 2, (box.z0 + box.z1) / 2

        def height_at(east: Any, north: Any) -> Any:
            x, z = np.clip(np.atleast_1d(east), box.x0, box.x1 - 1e-6), np.clip(-np.atleast_1d(north), box.z0, box.z1 - 1e-6)
            return np.asarray(height_on_triangles(heights, size, x - middle_x, z - middle_z), np.float64)

        return Ground(height_at, lambda east, north: np.full(np.shape(np.atleast_1d(east)), -1e9), 1e6)

    def key(self, shape: Any) -> bytes:
        """The heights below a shape of the plan."""
        low_e, low_n, high_e, high_n = shape.bounds
        step, box = self._block.spacing_m, self._box
        rows = slice(max(int((-high_n - box.z0) / step) - 2, 0), max(int((-low_n - box.z0) / step) + 4, 0))
        columns = slice(max(int((low_e - box.x0) / step) - 2, 0), max(int((high_e - box.x0) / step) + 4, 0))
        return hashlib.blake2b(np.ascontiguousarray(self._heights[rows, columns]).tobytes(), digest_size=16).digest()


def _has_green(plan: SettlementPlan, block: Block) -> bool:
    """Whether gardens or parks lie about a block: they ask for the ground around it."""
    houses = len(plan.houses)
    return any(k >= houses or plan.houses[k].style.numbers["fence"] > 0 for k in plan.pieces.within(block.bounds))


def _near(plan: SettlementPlan, box: Bounds) -> tuple[list[House], list[tuple[Any, float]]]:
    first, second = len(plan.houses), len(plan.houses) + len(plan.squares)
    near = plan.pieces.within(box)
    return [plan.houses[k] for k in near if k < first], [plan.squares[k - first] for k in near if first <= k < second]


def _things_of(plan: SettlementPlan, number: int, block: Block, inputs: Inputs, made: _Ground) -> list[Thing]:
    """Of a house, a square or a park whose middle lies in a block."""
    first, second, key = len(plan.houses), len(plan.houses) + len(plan.squares), plan.pieces.keys[number]
    if number < first:
        house = plan.houses[number]
        if not _is_in(house.middle, block):
            return []
        inside = bool(inputs.parameters.inside)
        found = inputs.once("house", key + bytes([inside]), partial(_house_things, house, inside))
        if house.lot is None or house.style.numbers["fence"] <= 0:
            return found
        return found + inputs.once("garden", key + made.key(house.lot.shape), partial(_garden_things, house, made))
    shape = plan.squares[number - first][0] if number < second else plan.parks[number - second]
    middle = np.array(shape.centroid.coords[0])
    if not _is_in(middle, block):
        return []
    if number < second:
        level = plan.squares[number - first][1]
        return inputs.once("square", key, partial(_laid, "square", middle, level, partial(lay_square, shape=shape, level=level)))
    ground = made.ground()
    high = float(ground.height_at(*middle[:, None])[0])

    def lay(shown: Soup, solid: Soup) -> None:
        lay_park(shown, shape, ground)

    return inputs.once("park", key + made.key(shape), partial(_laid, "park", middle, high, lay))


def _is_in(middle: Any, block: Block) -> bool:
    return bool(block.holds(np.array([middle[0]]), np.array([-middle[1]]))[0])


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("|".join(parts).encode(), digest_size=7).digest(), "little")


def _laid(name: str, middle: Any, high: float, lay: Callable[[Soup, Soup], None]) -> list[Thing]:
    shown, solid = Soup(), Soup()
    lay(shown, solid)
    if not shown.triangle_count:
        return []
    number = _number(name, f"{middle[0]:.0f}:{middle[1]:.0f}")
    return [soup_thing(number, name, (float(middle[0]), high, float(-middle[1])), [shown], solid)]


def _garden_things(house: House, made: _Ground) -> list[Thing]:
    shown = Soup()
    lay_garden(shown, house, made.ground())
    if not shown.triangle_count or house.lot is None:
        return []
    at = house.middle
    return [soup_thing(_number("garden", house.lot.key), "garden", (float(at[0]), house.pad_m, float(-at[1])), [shown], Soup())]


def _house_things(house: House, inside: bool) -> list[Thing]:
    """A house, with its doors below it where one can go in; its number hangs on its lot."""
    building = build_house(house, inside=inside, levels=(0, 1, 2) if inside else (1, 2))
    palette = shared_palette(PICTURE_PX)
    doors = []
    for k, door in enumerate(building.doors if inside else ()):
        is_shut = door.is_outer and chance(house.seed, "shut", k) >= 0.4
        open_rad = 0.0 if is_shut else 1.25 + 0.5 * chance(house.seed, "door", k)
        x, y, z, w = door_rotation(door, open_rad)
        at = np.round(np.asarray(door.position, np.float64), 3)
        leaf = model_of([door_leaf(door)], palette, name="door")
        doors.append(Thing(k + 1, "door", (float(at[0]), float(at[1]), float(at[2])), (x, y, z, w), model=leaf))
    model = building_model(building, palette, seed=house.seed)
    at = house.middle
    place = (float(at[0]), float(house.floor_m), float(-at[1]))
    solid = collider_of(building.collider if inside else building.levels[-1])
    number = _number("house", house.name if house.lot is None else house.lot.key)
    return [Thing(number, house.style.name.replace("_", " "), place, model=model, components=solid, children=tuple(doors))]
