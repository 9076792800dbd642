"""Settlements as files and entities of a world: a model a house, doors that open, colliders, lamps, places to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from taixu.generate.places.buildings.building import Building, make_building
from taixu.generate.places.buildings.doors import door_key, door_leaf, door_rotation
from taixu.generate.places.buildings.model import bare, building_model, draw_facades, model_of
from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.settlements import furniture
from taixu.generate.places.settlements.grounds import lay_garden, lay_park, lay_square
from taixu.generate.places.settlements.plan import Ground, House, Settlement

__all__ = ["CELL_M", "build_cell", "build_house", "house_levels", "merged_levels", "squares_of", "write_settlement"]

CELL_M = 128.0
_DOORS_BELOW_M = 7.0
"""Inner doors above the second storey stand open for good, without leaves of their own."""

Entities = dict[str, dict[str, Any]]


def build_house(house: House, *, inside: bool, levels: tuple[int, ...] = (0, 1, 2)) -> Building:
    """A house's building, around the middle of its footprint."""
    import shapely

    middle = house.middle
    local = shapely.transform(house.footprint, lambda at: at - middle)
    neighbours = [(shapely.transform(plan, lambda at: at - middle), high) for plan, high in house.neighbours]
    return make_building(house.style, local, house.seed, front=house.front, storeys=house.storeys, neighbours=neighbours,
                         base_m=house.base_m, levels=levels, inside=inside)  # fmt: skip


def write_settlement(
    folder: Path, made: Settlement, ground: Ground, palette: Palette, *, inside: bool, lamp: str = "old",
    is_full: Callable[[House], bool] = lambda house: True,
    progress: Callable[[float, str], None] = lambda done, text: None,
) -> tuple[list[tuple[Path, str]], Entities]:  # fmt: skip
    """Write all models of a settlement into a folder; gives files with their roles, and entities.

    Houses that are not `is_full` are merged by squares of `CELL_M`, with façades as pictures.
    """
    from taixu.assets.gltf import write_gltf

    files: list[tuple[Path, str]] = []
    entities: Entities = {}

    def write(model: Any, name: str) -> str:
        file = folder / f"{name}.gltf"
        write_gltf(model, file)
        files.append((file, name))
        return file.name

    streets, solid = Soup(), Soup()
    streets.extend(made.layer.surface)
    solid.extend(made.layer.collider)
    for house in made.houses:
        lay_garden(streets, house, ground)
    for park in made.parks:
        lay_park(streets, park, ground)
    for shape, level in made.squares:
        lay_square(streets, solid, shape, level)
    entities["roads"] = {
        "transform": {}, "model": {"source": write(model_of([streets], palette, name="roads"), "roads"), "cast_shadow": True},
        "collider": {"shape": "mesh", "source": write(model_of([bare(solid)], Palette(0), name="roads"), "roads_collider"),
            "friction": 0.9},
    }  # fmt: skip
    doors: dict[str, str] = {}
    rest = [house for house in made.houses if not is_full(house)]
    for number, house in enumerate(house for house in made.houses if is_full(house)):
        progress(number / max(len(made.houses), 1), house.name)
        building = build_house(house, inside=inside)
        name = house.name.replace(" ", "_")
        at = house.middle
        where = [float(at[0]), house.floor_m, float(-at[1])]
        entities[house.name] = {
            "transform": {"position": where},
            "model": {"source": write(building_model(building, palette, seed=house.seed), name)},
            "collider": {
                "shape": "mesh",
                "source": write(model_of([bare(building.collider)], Palette(0), name=name), f"{name}_collider"),
            },
        }
        for k, door in enumerate(door for door in building.doors if door.is_outer or door.position[1] < _DOORS_BELOW_M):
            key = door_key(door)
            if key not in doors:
                doors[key] = write(model_of([door_leaf(door)], palette, name=key), f"door_{key}")
            open_rad = (
                1.25 + 0.5 * chance(house.seed, "door", k) if not door.is_outer or chance(house.seed, "shut", k) < 0.4 else 0.0
            )
            position = np.asarray(where) + door.position
            entities[f"door {number + 1}.{k + 1}"] = {
                "transform": {"position": position.tolist(), "rotation": door_rotation(door, open_rad)},
                "model": {"source": doors[key]},
            }
    for cell, houses in sorted(squares_of(rest).items()):
        progress(0.9, f"block {cell[0]} {cell[1]}")
        levels, solid_cell, middle = build_cell(houses, palette)
        name = f"block_{cell[0]}_{cell[1]}".replace("-", "m")
        entities[f"block {cell[0]} {cell[1]}"] = {
            "transform": {"position": [float(middle[0]), 0.0, float(-middle[1])]},
            "model": {"source": write(model_of(levels, palette, name=name), name)},
            "collider": {"shape": "mesh", "source": write(model_of([solid_cell], Palette(0), name=name), f"{name}_collider")},
        }
    if made.layer.beside.lamps:
        from taixu.scene.scatter import write_places

        rows = np.array([(*row, 1.0) for row in made.layer.beside.lamps], np.float32)
        write_places(folder / "lamps_places.npy", rows)
        files.append((folder / "lamps_places.npy", "lamps_places"))
        entities["lamps"] = {
            "transform": {},
            "scatter": {"source": "lamps_places.npy", "model": write(model_of([furniture.lamp_post(lamp)], palette,
                name="lamp"), "lamp"),
                        "fine_m": 120.0, "coarse_m": 300.0, "reach_m": 500.0},
        }  # fmt: skip
    return files, entities


def squares_of(houses: Sequence[House]) -> dict[tuple[int, int], list[House]]:
    """Houses by squares of `CELL_M`."""
    cells: dict[tuple[int, int], list[House]] = {}
    for house in houses:
        at = house.middle
        cells.setdefault((int(at[0] // CELL_M), int(at[1] // CELL_M)), []).append(house)
    return cells


def house_levels(house: House) -> tuple[Soup, Soup]:
    """A house as it looks from some distance, and from far away."""
    building = build_house(house, inside=False, levels=(1, 2))
    return building.levels[0], building.levels[1]


def merged_levels(houses: Sequence[House], built: Sequence[tuple[Soup, Soup]]) -> tuple[tuple[Soup, Soup], Any]:
    """Houses of a square in one, around a middle of the plan."""
    middle = np.floor(houses[0].middle / CELL_M) * CELL_M + CELL_M / 2
    levels = (Soup(), Soup())
    axes = np.eye(3)
    for house, parts in zip(houses, built, strict=True):
        at = house.middle - middle
        frame = Frame(np.array([at[0], house.floor_m, -at[1]]), axes[0], axes[1], axes[2])
        for level, soup in zip(levels, parts, strict=True):
            level.extend(soup, frame=frame)
    return levels, middle


def build_cell(houses: Sequence[House], palette: Palette) -> tuple[list[Soup], Soup, Any]:
    """Houses of a square as two levels, façades as pictures and blocks, around a middle of the plan; and what bodies meet."""
    levels, middle = merged_levels(houses, [house_levels(house) for house in houses])
    for house in houses:
        draw_facades(palette, house.style, house.style.looks(house.seed), [levels[0]])
    return list(levels), bare(levels[1]), middle
