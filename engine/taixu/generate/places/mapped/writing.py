"""Buildings and streets in squares of the ground, and an entity for every building with what the map says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from taixu.assets.geodata import MapData, Solid
from taixu.generate.places.buildings.building import Building
from taixu.generate.places.buildings.doors import door_key, door_leaf, door_rotation
from taixu.generate.places.buildings.model import bare, building_model, draw_facades, model_of
from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.buildings.style import read_style
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.mapped.heights import STOREY_M, Height
from taixu.generate.places.mapped.houses import MappedHouse
from taixu.generate.places.mapped.shells import dress_solid, faces_of
from taixu.generate.places.mapped.streets import thinned
from taixu.generate.places.mapped.styling import fitted, style_for
from taixu.generate.places.mapped.surfaces import lay_surface, surface_look
from taixu.generate.places.roads import RoadLayer
from taixu.generate.places.roads.surfaces import RoadPart, build_junction, build_row
from taixu.generate.places.settlements.plan import House
from taixu.generate.places.settlements.writing import build_house, house_levels

__all__ = ["Chunks", "Mapped", "Model", "add_houses", "add_roads", "add_solids"]

_MOST_CELLS = 80
_SIDES_M = (128.0, 192.0, 256.0, 384.0, 512.0, 768.0, 1024.0, 2048.0)

Entities = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Mapped:
    """What the map says of a building that was modelled."""

    key: str
    position: tuple[float, float, float]
    height_m: float
    storeys: int
    lod: float
    guessed: tuple[str, ...]
    attributes: Any


Model = tuple[str, Any]
"""A file's name, without its ending, and the model that goes into it."""


class Chunks:
    """Squares of the ground, each with levels of detail and what bodies meet.

    Parameters
    ----------
    places : float64[n, 2]
        Where things will be put, east and north: the side of the squares is chosen so that there are not too many.
    """

    def __init__(self, places: Array) -> None:
        fits = (side for side in _SIDES_M if len(np.unique(np.floor(places / side), axis=0)) <= _MOST_CELLS)
        self.side_m = next(fits, _SIDES_M[-1])
        self._soups: dict[tuple[int, int], list[Soup]] = {}

    def soups(self, east: float, north: float) -> tuple[list[Soup], Array]:
        """The soups of a place: near, far, solid; and the middle of its square."""
        cell = (int(np.floor(east / self.side_m)), int(np.floor(north / self.side_m)))
        found = self._soups.setdefault(cell, [Soup(), Soup(), Soup()])
        return found, self.middle(cell)

    def middle(self, cell: tuple[int, int]) -> Array:
        """East and north of a square's middle."""
        found: Array = (np.array(cell) + 0.5) * self.side_m
        return found

    def put(self, east: float, north: float, height: float, levels: Sequence[Soup], solid: Soup | None) -> None:
        """Add what was made around a place."""
        soups, middle = self.soups(east, north)
        frame = _at(east - middle[0], height, north - middle[1])
        for soup, level in zip(soups, levels):
            soup.extend(level, frame=frame)
        if solid is not None:
            soups[2].extend(solid, frame=frame)

    def write(self, name: str, palette: Palette, write: Callable[[Any, str], str], *, shadow: bool = True) -> Entities:
        """Write every square's model and collider; gives their entities."""
        entities: Entities = {}
        for cell, (near, far, solid) in sorted(self._soups.items()):
            label = f"{name}_{cell[0]}_{cell[1]}".replace("-", "m")
            middle = self.middle(cell)
            levels = [near, far] if far.triangle_count else [near]
            if not near.triangle_count:
                continue
            model: dict[str, Any] = {"source": write(model_of(levels, palette, name=label), label)}
            if not shadow:
                model["cast_shadow"] = False
            entity: dict[str, Any] = {"transform": {"position": [float(middle[0]), 0.0, float(-middle[1])]}, "model": model}
            if solid.triangle_count:
                source = write(model_of([bare(solid)], Palette(0), name=label), f"{label}_collider")
                entity["collider"] = {"shape": "mesh", "source": source}
            entities[f"{name} {cell[0]} {cell[1]}"] = entity
        return entities


def add_houses(
    chunks: Chunks, houses: Sequence[MappedHouse], palette: Palette, *, is_full: Callable[[House], bool],
    write: Callable[[Any, str], str], progress: Callable[[float], None], doubt: Callable[[str, str], None],
) -> Entities:  # fmt: skip
    """Build houses into squares, those that are `is_full` as models of their own; an entity each.

    What the grammar cannot build is told and left out.
    """
    entities: Entities = {}
    leaves: dict[str, str] = {}
    for number, mapped in enumerate(houses):
        house = mapped.house
        if number % 32 == 0:
            progress(number / max(len(houses), 1))
        at = house.middle
        entity = _entity(mapped.key, (float(at[0]), house.floor_m, float(-at[1])), mapped)
        try:
            if is_full(house):
                building = _whole(house, palette)
                entity["model"] = {"source": write(building_model(building, palette, seed=house.seed), f"house_{number}")}
                solid = model_of([bare(building.collider)], Palette(0), name=f"house_{number}")
                entity["collider"] = {"shape": "mesh", "source": write(solid, f"house_{number}_collider")}
                entities.update(_doors(building, mapped.key, entity["transform"]["position"], house.seed, palette, leaves, write))
            else:
                near, far = house_levels(house)
                draw_facades(palette, read_style(house.style.name), house.style.looks(house.seed), [near])
                chunks.put(float(at[0]), float(at[1]), house.floor_m, (near, far), far)
        except (ValueError, IndexError, ZeroDivisionError, ArithmeticError) as error:
            doubt(mapped.key, f"its roof or walls could not be built ({str(error)[:60]}), and it was left out")
            continue
        entities[f"building {mapped.key}"] = entity
    return entities


def _whole(house: House, palette: Palette) -> Building:
    """A house with windows in depth, and rooms behind them."""
    building = build_house(house, inside=True)
    draw_facades(palette, read_style(house.style.name), house.style.looks(house.seed), building.levels)
    return building


def _doors(
    building: Building, key: str, position: Sequence[float], seed: int, palette: Palette, leaves: dict[str, str],
    write: Callable[[Any, str], str],
) -> Entities:  # fmt: skip
    """Leaves of doors: outer ones shut, inner ones open."""
    found: Entities = {}
    for number, door in enumerate(building.doors):
        name = door_key(door)
        if name not in leaves:
            leaves[name] = write(model_of([door_leaf(door)], palette, name=name), f"door_{name}")
        at = (np.asarray(position) + door.position).tolist()
        turn = door_rotation(door, 0.0 if door.is_outer else 1.25 + 0.5 * chance(seed, "door", number))
        found[f"door {key} {number + 1}"] = {"transform": {"position": at, "rotation": turn}, "model": {"source": leaves[name]}}
    return found


def add_solids(chunks: Chunks, features: MapData, palette: Palette, progress: Callable[[float], None]) -> Entities:
    """Dress buildings that were modelled with their roofs, and lay surveyed surfaces; an entity for each building and bridge."""
    entities: Entities = {}
    for number, solid in enumerate(features.solids):
        if number % 64 == 0:
            progress(number / max(len(features.solids), 1))
        middle = solid.points[:, :2].mean(0)
        if solid.kind == "building":
            if solid.lod < 2.0:
                continue
            mapped = _dressed(chunks, features, solid, middle, palette)
            if mapped is not None:
                entities[f"building {solid.id}"] = _entity(solid.id, mapped.position, mapped)
        elif solid.kind != "water":
            soups, origin = chunks.soups(float(middle[0]), float(middle[1]))
            soup = Soup()
            lay_surface(soup, solid, surface_look(solid.kind, solid.attributes))
            frame = _at(-origin[0], 0.0, -origin[1])
            for target in soups:
                target.extend(soup, frame=frame)
            if solid.kind == "bridge":
                low, high = float(solid.points[:, 2].min()), float(solid.points[:, 2].max())
                found = Mapped(solid.id, (float(middle[0]), low, float(-middle[1])), high - low, 0, solid.lod, (), solid.attributes)
                entities[f"bridge {solid.id}"] = _entity(solid.id, found.position, found, kind="bridge")
    return entities


def _dressed(chunks: Chunks, features: MapData, solid: Solid, middle: Array, palette: Palette) -> Mapped | None:
    low, high = float(solid.points[:, 2].min()), float(solid.points[:, 2].max())
    centred = replace(solid, points=solid.points - (middle[0], middle[1], low))
    faces, empty = faces_of(centred)
    if empty:
        features.doubt(solid.id, f"{empty} of its surfaces enclose nothing and were left out")
    if not faces:
        features.doubt(solid.id, "none of its surfaces encloses anything, and it was left out")
        return None
    sloped = [face for face in faces if face.kind == "roof"]
    area = sum(float(face.shape.area) * max(face.rise, 0.0) for face in sloped) or 1.0
    rims = [float(face.frame.at([[*point, 0.0] for point in face.shape.exterior.coords])[:, 1].min()) for face in sloped]
    eave = float(np.median(rims)) if rims else high - low
    storeys = max(1, round(max(eave, 2.0) / STOREY_M))
    height = Height(high - low, storeys, True, ("storeys",))
    style = style_for(solid.attributes, area, height, in_row=True, key=solid.id)
    seed = sum(solid.id.encode()) % 12
    style = fitted(style, solid.attributes, storeys=storeys, eave_m=max(eave, 2.0), roof=style.roof)
    looks = style.looks(seed)
    near, far = dress_solid(faces, style, looks, ground_m=0.0, storey_m=max(eave, 2.0) / storeys)
    draw_facades(palette, read_style(style.name), looks, [near])
    chunks.put(float(middle[0]), float(middle[1]), low, (near, far), far)
    place = (float(middle[0]), low, float(-middle[1]))
    return Mapped(solid.id, place, high - low, storeys, solid.lod, ("storeys",), solid.attributes)


def add_roads(chunks: Chunks, layer: RoadLayer) -> None:
    """Rows and junctions of roads by the squares that they lie in."""
    layout = layer.layout
    parts: list[tuple[Array, RoadPart]] = [(row.points.mean(0), build_row(layout, thinned(row))) for row in layout.rows]
    parts += [(layer.graph.nodes[each.node], build_junction(layout, each)) for each in layout.junctions]
    for place, part in parts:
        soups, origin = chunks.soups(float(place[0]), float(place[1]))
        frame = _at(-origin[0], 0.0, -origin[1])
        soups[0].extend(part.surface, frame=frame)
        soups[2].extend(part.collider, frame=frame)


def _entity(key: str, position: tuple[float, float, float], said: Any, *, kind: str = "building") -> dict[str, Any]:
    feature: dict[str, Any] = {"key": key, "kind": kind, "height_m": round(float(said.height_m), 2)}
    if said.storeys:
        feature["storeys"] = said.storeys
    if said.lod:
        feature["lod"] = said.lod
    if said.guessed:
        feature["guessed"] = ", ".join(said.guessed)
    if said.attributes:
        feature["attributes"] = dict(said.attributes)
    name = {"text": _called(key, said.attributes, kind)}
    return {"name": name, "transform": {"position": list(position)}, "map_feature": feature}


def _called(key: str, tags: Any, kind: str) -> str:
    """A name, an address, or what it is and its id."""
    if tags.get("name"):
        return str(tags["name"])
    if tags.get("addr:street") and tags.get("addr:housenumber"):
        return f"{tags['addr:street']} {tags['addr:housenumber']}"
    return f"{kind} {key}"


def _at(east: float, height: float, north: float) -> Frame:
    axes = np.eye(3)
    return Frame(np.array([east, height, -north]), axes[0], axes[1], axes[2])
