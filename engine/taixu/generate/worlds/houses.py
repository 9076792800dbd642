"""Houses of a world: forms of the styles of buildings, shared by those that are alike; rooms near the middle, doors that open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.generator import Made
from taixu.generate.places.buildings.building import Building, make_building
from taixu.generate.places.buildings.doors import door_key, door_leaf, door_rotation
from taixu.generate.places.buildings.lights import light_windows
from taixu.generate.places.buildings.model import bare, building_model, model_of
from taixu.generate.places.buildings.plans import chance, clean_footprint
from taixu.generate.places.buildings.style import Style, read_style
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.props.staging import Stage, turned

if TYPE_CHECKING:
    from taixu.generate.places.buildings.facades import DoorPlace

__all__ = ["StandingHouse", "house_plan", "house_size", "write_houses"]

Array = NDArray[Any]
_ROOMS = 260_000
"""Triangles that houses with rooms may have in all; those farther from the middle have none."""
_INNER_BELOW_M = 7.0
"""Inner doors above the second storey stand open for good, without leaves of their own."""


@dataclass(frozen=True)
class StandingHouse:
    """A house where it stands.

    Attributes
    ----------
    plan
        Polygon of the plan (x, -z) about its own origin, the front towards -y of it; floats of a shape of shapely.
    turn
        About y; unturned it looks to +z.
    floor_m, base_m, pad_m
        Where its ground floor lies, how far its walls reach below that, and where its level ground lies.
    neighbours
        Plans and heights of houses that it touches, in its own plan.
    """

    style: str
    seed: int
    plan: Any
    x: float
    z: float
    turn: float
    floor_m: float
    base_m: float
    pad_m: float = 0.0
    storeys: int = 0
    front: tuple[float, float] = (0.0, -1.0)
    neighbours: tuple[tuple[Any, float], ...] = field(default=())

    @property
    def ground_plan(self) -> Array:
        """Corners of its plan on the ground, float64[n, 2] of x and z."""
        points = np.asarray(self.plan.exterior.coords)[:-1] * (1.0, -1.0)
        c, s = np.cos(self.turn), np.sin(self.turn)
        return np.stack([self.x + points[:, 0] * c + points[:, 1] * s, self.z - points[:, 0] * s + points[:, 1] * c], 1)

    @property
    def form(self) -> tuple[Any, ...]:
        """Houses of the same form share their model."""
        beside = tuple((plan.wkb, round(high, 3)) for plan, high in self.neighbours)
        return self.style, self.seed, self.storeys, self.plan.wkb, round(self.base_m, 2), self.front, beside


def house_size(style: str, seed: int) -> tuple[float, float]:
    """Width and depth in metres of the house of a seed."""
    facts = read_style(style)
    wide, deep = (low + (high - low) * chance(seed, what) for what, (low, high) in (("wide", facts.width), ("deep", facts.depth)))
    return round(wide * 2) / 2, round(deep * 2) / 2


def house_plan(style: str, seed: int, wide: float, deep: float) -> Any:
    """The plan of the house of a seed within its box: some have a wing, at one back corner."""
    facts = read_style(style)
    w, d = wide / 2, deep / 2
    corners = [(-w, -d), (w, -d), (w, d), (-w, d)]
    if len(facts.parts) == 1 and not facts.numbers["party"] and min(wide, deep) > 8.4 and chance(seed, "wing") < 0.5:
        u, v = wide * (0.1 - 0.22 * chance(seed, "wing", "wide")), 0.12 * deep
        if chance(seed, "wing", "side") < 0.5:
            corners = [(-w, -d), (w, -d), (w, v), (-u, v), (-u, d), (-w, d)]
        else:
            corners = [(-w, -d), (w, -d), (w, d), (u, d), (u, v), (-w, v)]
    return clean_footprint(np.array(corners))


def write_houses(
    stage: Stage, houses: Sequence[StandingHouse], palette: Palette, *, middle: tuple[float, float], lit: bool
) -> None:
    """Put houses on a stage: a model and a collider a form, and their doors.

    Parameters
    ----------
    middle
        Houses near it have rooms; the others look the same from outside.
    lit
        Whether lamps burn behind windows.
    """
    forms: dict[tuple[Any, ...], tuple[str, str, list[DoorPlace]]] = {}
    leaves: dict[str, str] = {}
    written = 0
    near = sorted(houses, key=lambda house: (house.x - middle[0]) ** 2 + (house.z - middle[1]) ** 2)
    for number, house in enumerate(near, 1):
        if house.form not in forms:
            building = _build(house, inside=written < _ROOMS)
            written += building.levels[0].triangle_count
            if lit:
                building.levels[0] = light_windows(building.levels[0], house.seed)
            name = f"house_{len(forms) + 1}"
            model = write_shared(stage, name, building_model(building, palette, seed=house.seed))
            solid = stage.write(f"{name}_collider", model_of([bare(building.collider)], Palette(0), name=name))
            forms[house.form] = (model, solid, building.doors)
        model, solid, doors = forms[house.form]
        at = {"position": [house.x, house.floor_m, house.z], "rotation": turned(house.turn)}
        stage.add(read_style(house.style).title.casefold(), {
            "transform": at, "model": {"source": model}, "collider": {"shape": "mesh", "source": solid},
        })  # fmt: skip
        for k, door in enumerate(door for door in doors if door.is_outer or door.position[1] < _INNER_BELOW_M):
            key = door_key(door)
            if key not in leaves:
                leaves[key] = write_shared(stage, f"door_{key}", model_of([door_leaf(door)], palette, name=key))
            _hang(stage, house, door, leaves[key], chance(house.seed, number, "door", k))


def write_shared(stage: Stage, name: str, model: Any) -> str:
    """Write a model whose pictures lie beside it, so that models share them; gives its file's name."""
    from taixu.assets.gltf import write_gltf

    file = stage.folder / f"{name}.gltf"
    before = set(stage.folder.iterdir())
    write_gltf(model, file)
    stage.files.append(Made(file, name))
    stage.files += [Made(each, each.stem) for each in sorted(set(stage.folder.iterdir()) - before) if each != file]
    return file.name


def _build(house: StandingHouse, *, inside: bool) -> Building:
    style: Style = read_style(house.style)
    return make_building(style, house.plan, house.seed, front=house.front, storeys=house.storeys, neighbours=house.neighbours,
        base_m=house.base_m, inside=inside)  # fmt: skip


def _hang(stage: Stage, house: StandingHouse, door: DoorPlace, source: str, at: float) -> None:
    """A door's leaf on its hinge: outer ones are shut or open and stand in the way, inner ones are ajar."""
    c, s = np.cos(house.turn), np.sin(house.turn)
    x, y, z = (float(value) for value in door.position)
    place = [house.x + x * c + z * s, house.floor_m + y, house.z - x * s + z * c]
    is_shut = door.is_outer and at > 0.35
    rotation = _times(turned(house.turn), door_rotation(door, 0.0 if is_shut else 1.45 if door.is_outer else 1.2 + 0.5 * at))
    parts: dict[str, Any] = {
        "transform": {"position": [float(value) for value in place], "rotation": rotation}, "model": {"source": source},
    }  # fmt: skip
    if door.is_outer:
        high = door.high_m
        # A hand's breadth over the floor: steps and sills are no obstacle to it.
        parts["collider"] = {
            "shape": "box", "size": [door.wide_m - 0.04, high - 0.12, 0.06], "offset": [door.wide_m / 2, high / 2, 0.0],
        }  # fmt: skip
        parts["rigid_body"] = {"kind": "kinematic"}
        parts["script"] = {"path": "door.py", "fields": {"is_open": not is_shut, "swing_rad": _swing(door)}}
    stage.add("door" if door.is_outer else "inner door", parts)


def _swing(door: DoorPlace) -> float:
    """By how much a shut door turns about y when it is opened."""
    shut, opened = door_rotation(door, 0.0), door_rotation(door, 1.45)
    turn = 2 * np.arctan2(opened[1] * shut[3] - opened[3] * shut[1], opened[3] * shut[3] + opened[1] * shut[1])
    return round(float((turn + np.pi) % (2 * np.pi) - np.pi), 4)


def _times(a: list[float], b: list[float]) -> list[float]:
    """One turn about y after another."""
    return [0.0, a[3] * b[1] + a[1] * b[3], 0.0, a[3] * b[3] - a[1] * b[1]]
