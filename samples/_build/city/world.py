"""The city's world: what the generator makes of the map, kept small, a stadium, and the simulators."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.map import FRAME, write_heights, write_map
from city.plan import HALF_M, STADIUM, blocks, ground
from city.roads import edge, write_buses, write_cars, write_network
from city.settings import twin_settings
from city.stadium import WALK_HIGH, WALK_LOW, stadium, walk
from taixu.assets.gltf import write_glb
from taixu.generate.places.mapped.generator import MappedCityGenerator
from taixu.generate.places.mapped.spec import MapSpec
from taixu.generate.places.world_text import quaternion_towards, world_text
from taixu.generate.request import Request

__all__ = ["build_city", "simulators"]

CROWD = 6000
_CELL_M, _WALL_M = 8.0, 6.0
_LEVEL_M = -2.75
"""How high water stands in the low street at the beginning: it has rained."""
_X, _Z = STADIUM[0], -STADIUM[1]
_LEFT_OUT = ("collider", "environment", "light")


def build_city(folder: Path, keep: Callable[[Path, bytes], None]) -> None:
    """Write the sample's world and assets; `keep` writes an asset with its sidecar."""
    assets = folder / "assets"
    (assets / "map").mkdir(parents=True, exist_ok=True)
    (folder / "worlds").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        made = Path(place)
        for name, write in (("district.geojson", write_map), ("heights.tif", write_heights)):
            write(made / name)
            keep(assets / "map" / name, (made / name).read_bytes())
        write_network(made / "streets.net.xml")
        write_cars(made / "cars.rou.xml", made / "streets.net.xml")
        write_buses(made / "buses.rou.xml")
        for name in ("streets.net.xml", "cars.rou.xml", "buses.rou.xml"):
            keep(assets / name, (made / name).read_bytes())
        for name, grid in (("ground", heights()), ("bed", heights() + _WALL_M * built())):
            file = BytesIO()
            np.save(file, grid.astype(np.float32))
            keep(assets / f"{name}.npy", file.getvalue())
        for name, model in (("stadium", stadium()), ("walk", walk())):
            write_glb(model, made / f"{name}.glb")
            keep(assets / f"{name}.glb", (made / f"{name}.glb").read_bytes())
        entities = _district(made, assets, keep)
    entities |= _added() | simulators(CROWD)
    settings = {"physics": {"backend": "rapier"}, "twin": twin_settings()}
    (folder / "worlds" / "main.world.json").write_text(world_text(entities, settings=settings), encoding="utf-8")


def heights() -> NDArray[np.float64]:
    """The ground at the middles of the water's cells."""
    east, north = _middles()
    return ground(east, north)


def built() -> NDArray[np.bool_]:
    """Where buildings hold water off."""
    import shapely

    east, north = _middles()
    whole = shapely.union_all([shapely.Polygon(each.corners) for each in blocks()])
    shapely.prepare(whole)
    found: NDArray[np.bool_] = shapely.contains_xy(whole, east, north)
    return found


def simulators(crowd: int) -> dict[str, dict[str, Any]]:
    """Weather, water, traffic and people, and the control room whose orders they hear; entities by name."""
    corner = [-HALF_M, 0.0, -HALF_M]
    pairs = [((6, 6), (6, 7)), ((6, 7), (6, 8)), ((6, 6), (7, 6)), ((7, 6), (8, 6)), ((7, 5), (7, 6))]
    closed = [edge(*pair) for pair in pairs] + [edge(end, start) for start, end in pairs]
    crossed = [f"{name}_0" for name in closed]
    west = [[-10.0, 0.0, _Z + z] for z in range(-60, 61, 12)]
    south = [[_X + x, float(ground(np.array([_X]), np.array([-94.0]))[0]), 94.0] for x in (-5, 0, 5)]
    north, east = [[_X + x, 0.0, -338.0] for x in range(-60, 61, 12)], [[330.0, 0.0, _Z + z] for z in range(-60, 61, 12)]
    inside = [_X - 54, _Z - 36, _X + 54, _Z + 36]
    goals = [west + south, south, west + south + north + east, north]
    groups = [{"count": crowd - 3 if not k else 1, "area": inside, "goals": each} for k, each in enumerate(goals)]
    return {
        "weather": {"simulation": {"kind": "weather", "settings": {
            "secs": [0, 600, 1500, 2700, 3600], "rain": [30, 80, 80, 30, 10], "drain": [4e-6] * 5,
        }}},
        "water": {"transform": {"position": corner}, "simulation": {
            "kind": "water", "told": {"rain": "weather.rain", "drain": "weather.drain"},
            "settings": {"ground": "assets/bed.npy", "cell": _CELL_M, "manning": 0.03, "level": _LEVEL_M},
        }},
        "control room": {
            "transform": {"position": [_X + 128.0, 2.5, _Z + 128.0]}, "shape": {"kind": "box", "size": [9.0, 5.0, 9.0]},
            "device": {"key": "room", "kind": "control room"}, "orders": {},
            "simulation": {"kind": "fields", "name": "orders", "settings": {"leave": "orders.exits", "closed": "orders.closed"}},
        },
        "traffic": {"simulation": {
            "kind": "traffic", "told": {
                "pace": {"of": ["orders.closed", "water.depth"], "by": "closed_roads", "lanes": closed},
                "held": {"of": "people.place", "by": "crossed_roads", "lanes": crossed, "within": 1.5},
            },
            "settings": {"network": "assets/streets.net.xml", "demand": ["assets/cars.rou.xml", "assets/buses.rou.xml"],
                         "ground": "assets/ground.npy", "ground_cell": _CELL_M, "ground_corner": [-HALF_M, -HALF_M]},
        }},
        "people": {"simulation": {
            "kind": "people", "settings": {"groups": groups},
            "told": {"leave": "orders.leave", "slow": {"of": "water.depth", "by": "flooded_floors"}},
        }},
    }  # fmt: skip


def _middles() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north of the water's cells: rows from north to south, columns from west to east."""
    along = np.arange(-HALF_M + _CELL_M / 2, HALF_M, _CELL_M)
    east, south = np.meshgrid(along, along)
    return east, -south


def _added() -> dict[str, dict[str, Any]]:
    """The stadium, what people walk on, areas that are counted, the sky, and where one looks from."""
    eye, target = np.array([-190.0, 170.0, 250.0]), np.array([_X - 20, 0.0, _Z + 30])
    ring = [[round(113 * np.cos(a), 2), round(97 * np.sin(a), 2)] for a in np.linspace(0, 2 * np.pi, 24, endpoint=False)]
    square = [[-147.0, -147.0], [147.0, -147.0], [147.0, 147.0], [-147.0, 147.0]]
    middle = {"position": [_X, 0.0, _Z]}
    return {
        "The stadium": {"transform": middle, "model": {"source": "assets/stadium.glb"}},
        "walkable ground": {"transform": {}, "collider": {"shape": "mesh", "source": "assets/walk.glb"}},
        "navigation": {"navigation": {"cell_m": 0.75, "agent_radius_m": 0.2, "low": WALK_LOW, "high": WALK_HIGH}},
        "Stadium": {"transform": middle, "fence": {"points": ring, "bottom_m": -5.0, "top_m": 30.0}},
        "Square": {"transform": middle, "fence": {"points": square, "bottom_m": -5.0, "top_m": 30.0}},
        "sky": {"air": {"hour": 16.5, "latitude_rad": float(np.radians(FRAME.latitude_deg)), "moonlight": 0.02, "haze": 2.0},
                "device": {"key": "sky", "kind": "sky"}},
        "view": {"transform": {"position": eye.tolist(), "rotation": quaternion_towards(target - eye)},
                 "camera": {"fov_y_rad": 0.8, "near_m": 0.5, "far_m": 5000.0}},
    }  # fmt: skip


def _district(made: Path, assets: Path, keep: Callable[[Path, bytes], None]) -> dict[str, dict[str, Any]]:
    """What the generator makes of the map, without what only bodies meet; gives entities by the names of the generator."""
    out = made / "place"
    out.mkdir()
    spec = MapSpec(origin=f"{FRAME.latitude_deg},{FRAME.longitude_deg}", full_m=0.0, plants=0.4, texture_px=64)
    request = Request("", 1, spec, out, parents=(made / "district.geojson", made / "heights.tif"))
    MappedCityGenerator().generate(request, lambda *_, **__: None)
    found: dict[str, dict[str, Any]] = {}
    used: set[str] = set()
    for each in json.loads((out / "place.world.json").read_text())["entities"].values():
        name = each["name"]["text"]
        if name in found:
            name = f"{name} {each.get('map_feature', {}).get('key', len(found))}"
        entity = {key: value for key, value in each.items() if key not in (*_LEFT_OUT, "name")}
        if entity and "camera" not in entity:
            found[name] = _moved(entity, out, used)
    for name in sorted(used):
        data = (out / name).read_bytes()
        if name.endswith(".gltf"):
            parts = json.loads(data)
            data = json.dumps(parts, separators=(",", ":")).encode()
            for part in (part for kind in ("buffers", "images") for part in parts.get(kind, ()) if "uri" in part):
                (assets / part["uri"]).write_bytes((out / part["uri"]).read_bytes())  # belongs to the model, and has no record
        keep(assets / name, data)
    return found


def _moved(entity: dict[str, Any], out: Path, used: set[str]) -> dict[str, Any]:
    """With files in the sample's folder."""
    for fields in entity.values():
        for field, value in fields.items() if isinstance(fields, dict) else ():
            if isinstance(value, str) and value and (out / value).is_file():
                used.add(value)
                fields[field] = f"assets/{value}"
    return entity
