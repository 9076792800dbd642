"""What stands in streets and parks: trees, lamps, benches, bins; where the map has them, and where such places have them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.geodata import Area, MapData
from taixu.assets.geodata.features import metres
from taixu.assets.geodata.land_cover import LAND_COVER
from taixu.generate.places.buildings.model import model_of
from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.mapped.land import Land, painted
from taixu.generate.places.mapped.spec import MapSpec
from taixu.generate.places.plants import KINDS, PlantSpec, plant_model
from taixu.generate.places.settlements import furniture

__all__ = ["plant_trees", "stand_furniture"]

_AWAY_M2 = {"forest": 55.0, "grass": 420.0}
"""Ground for each tree that the map does not name."""
_MOST_TREES = 40_000
_ROW_M = 9.0
_SPECIES = {"betula": "birch", "populus": "birch", "picea": "spruce", "abies": "spruce", "pinus": "pine", "larix": "pine",
            "phoenix": "palm", "washingtonia": "palm"}  # fmt: skip

Entities = dict[str, dict[str, Any]]
Rows = dict[str, list[tuple[float, float, float, float]]]
"""East, north, turn and scale of trees by their kind."""


def plant_trees(
    folder: Path, features: MapData, land: Land, spec: MapSpec, seed: int, blocked: Array
) -> tuple[list[tuple[Path, str]], Entities, int]:
    """Trees of the map, and in woods and parks others; files, entities, and how many were sown.

    Parameters
    ----------
    blocked : bool[n, n]
        Where something stands or runs already, on the land's grid.
    """
    from taixu.assets.gltf import write_gltf
    from taixu.scene.scatter import write_places

    rows: Rows = {}
    for spot in features.spots:
        if spot.kind == "tree":
            _add(rows, spot.point[0], spot.point[1], spot.attributes, spot.id)
    for way in features.ways:
        if way.kind == "tree":
            for number, at in enumerate(_along(way.points, _ROW_M)):
                _add(rows, at[0], at[1], way.attributes, f"{way.id}/{number}")
    sown = _sow(rows, features, land, spec, seed, blocked)
    files: list[tuple[Path, str]] = []
    entities: Entities = {}
    ground = land.ground()
    for kind, found in sorted(rows.items()):
        table = np.array(found)
        table = table[np.abs(table[:, :2]).max(1) < land.size_m / 2 - 1]
        if not len(table):
            continue
        y = ground.height_at(table[:, 0], table[:, 1]) - 0.05
        places = np.column_stack([table[:, 0], y, -table[:, 1], table[:, 2], table[:, 3]])
        model, column = folder / f"tree_{kind}.glb", folder / f"tree_{kind}_places.npy"
        write_gltf(plant_model(PlantSpec(kind, season=spec.season, texture_px=min(spec.texture_px, 256)), seed + len(kind)), model)
        write_places(column, places)
        files += [(model, f"tree_{kind}"), (column, f"tree_{kind}_places")]
        entities[f"trees: {kind}"] = {"transform": {}, "scatter": {"source": column.name, "model": model.name, "fine_m": 30.0,
            "coarse_m": 110.0, "reach_m": 1600.0}}  # fmt: skip
    return files, entities, sown


def _add(rows: Rows, east: float, north: float, tags: Mapping[str, Any], key: str) -> None:
    genus = str(tags.get("genus", tags.get("species", ""))).lower().partition(" ")[0]
    kind = _SPECIES.get(genus, "")
    if not kind:
        is_needle = str(tags.get("leaf_type", "")).startswith("needle")
        often, seldom, share = ("pine", "spruce", 0.5) if is_needle else ("oak", "birch", 0.22)
        kind = seldom if chance("tree", key) < share else often
    high = metres(tags.get("height"))
    usual = KINDS[kind].height_m
    scale = min(max(high / usual, 0.25), 2.2) if not math.isnan(high) and high > 1 else 0.55 + 0.4 * chance("tall", key)
    rows.setdefault(kind, []).append((float(east), float(north), 2 * math.pi * chance("turn", key), scale))


def _along(points: Array, step: float) -> Array:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.arange(step / 2, max(float(lengths[-1]), step / 2 + 0.1), step)
    return np.stack([np.interp(at, lengths, points[:, k]) for k in (0, 1)], 1)


def _sow(rows: Rows, features: MapData, land: Land, spec: MapSpec, seed: int, blocked: Array) -> int:
    """Trees at a jittered grid in woods, fewer on grass; none where something stands."""
    n, sown = len(land.heights), 0
    cell = land.size_m / (n - 1)
    is_known = [area.attributes.get("source") == LAND_COVER for area in features.areas]
    others = _shapes(area for area, known in zip(features.areas, is_known) if not known and area.kind != "building")
    named = painted(others, land) > 0.5 if any(is_known) else np.zeros((n, n), bool)
    for kind, away in _AWAY_M2.items():
        wooded = [
            (area, known) for area, known in zip(features.areas, is_known) if area.kind == kind
            and area.attributes.get("leisure") != "pitch" and area.attributes.get("landuse") not in ("residential", "orchard")
        ]  # fmt: skip
        if not wooded or spec.plants <= 0:
            continue
        mask = painted(_shapes(area for area, known in wooded if not known), land) > 0.5
        # Land cover's meadows are without trees, or it would say so; its woods lie where the maps name nothing else.
        if kind == "forest" and any(known for _, known in wooded):
            mask |= (painted(_shapes(area for area, known in wooded if known), land) > 0.5) & ~named
        mask &= ~blocked
        wanted = min(round(float(mask.sum()) * cell * cell / away * spec.plants), _MOST_TREES - sown)
        places = np.argwhere(mask)
        if wanted < 1 or not len(places):
            continue
        random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, len(kind)]))
        step = math.sqrt(away / spec.plants)
        taken: set[tuple[int, int]] = set()
        for number in random.permutation(len(places))[: 3 * wanted].tolist():
            r, c = places[number]
            east, north = (c / (n - 1) - 0.5) * land.size_m, (0.5 - r / (n - 1)) * land.size_m
            east, north = east + cell * (random.random() - 0.5), north + cell * (random.random() - 0.5)
            key = (int(east // (0.8 * step)), int(north // (0.8 * step)))
            if key in taken:
                continue
            taken.add(key)
            is_needle = kind == "forest" and random.random() < 0.25
            _add(rows, east, north, {"leaf_type": "needleleaved"} if is_needle else {}, f"{kind}{number}")
            sown += 1
            if len(taken) >= wanted:
                break
    return sown


def _shapes(areas: Iterable[Area]) -> list[Any]:
    import shapely

    return [shapely.make_valid(shapely.Polygon(area.rings[0], [ring for ring in area.rings[1:] if len(ring) > 2]))
            for area in areas if len(area.rings[0]) > 2]  # fmt: skip


def stand_furniture(
    folder: Path, features: MapData, land: Land, lamps: list[tuple[float, float, float, float]], palette: Palette
) -> tuple[list[tuple[Path, str]], Entities]:
    """Lamps (those of the map; where it names none, those that stand along roads), benches and bins."""
    from taixu.assets.gltf import write_gltf
    from taixu.scene.scatter import write_places

    ground = land.ground()

    def rows_of(test: Any) -> list[tuple[float, float, float, float]]:
        found = [spot for spot in features.spots if test(spot) and float(np.abs(spot.point[:2]).max()) < land.size_m / 2 - 1]
        heights = ground.height_at([spot.point[0] for spot in found], [spot.point[1] for spot in found]) if found else []
        return [(float(spot.point[0]), float(y), float(-spot.point[1]), 2 * math.pi * chance("turn", spot.id))
                for spot, y in zip(found, heights)]  # fmt: skip

    named = rows_of(lambda spot: spot.kind == "lamp")
    sets = {
        "lamp": (named or lamps, furniture.lamp_post("modern"), 400.0),
        "bench": (rows_of(lambda spot: spot.attributes.get("amenity") == "bench"), furniture.bench(), 160.0),
        "bin": (rows_of(lambda spot: spot.attributes.get("amenity") in ("waste_basket", "recycling")), furniture.bin_(), 120.0),
    }
    files: list[tuple[Path, str]] = []
    entities: Entities = {}
    for name, (rows, soup, reach) in sets.items():
        if not rows:
            continue
        model, column = folder / f"{name}.gltf", folder / f"{name}_places.npy"
        write_gltf(model_of([soup], palette, name=name), model)
        write_places(column, np.array([(*row, 1.0) for row in rows], np.float32))
        files += [(model, name), (column, f"{name}_places")]
        entities[f"{name}s" if name != "bench" else "benches"] = {"transform": {}, "scatter": {"source": column.name,
            "model": model.name, "fine_m": reach * 0.3, "coarse_m": reach * 0.7, "reach_m": reach}}  # fmt: skip
    return files, entities
