"""The generator of terrain: a folder with a world that opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.endless_world import write_endless
from taixu.generate.places.grids import gradient, resample
from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.layers import layer_pictures
from taixu.generate.places.noise import fbm
from taixu.generate.places.plants import KINDS, PlantSpec, plant_model
from taixu.generate.places.scattering import rules_of, sow
from taixu.generate.places.settings import camera_at, save_picture, sky_of, sun_of
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.viewpoints import find_view
from taixu.generate.places.water_mesh import water_model
from taixu.generate.places.words import parameters_of_words
from taixu.generate.places.world_text import entity_id, quaternion_towards, world_text
from taixu.generate.request import Request

__all__ = ["TerrainGenerator", "before_eye", "sky_of", "sun_of", "write_ground", "write_plants"]

_MOST_MAP = 2049
_WADE_M = 0.5


class TerrainGenerator(Generator):
    """Land with water, light and things that grow, as a folder with a world."""

    name, makes, suffix, version = "terrain", "terrain", ".json", 4
    summary = "land as a world: alps, hills, desert, islands, canyon, coast, volcano, plains, fjord"
    parameters = TerrainSpec
    needs = Needs(memory_mb=8192)
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Style, water, season and time of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first; then heights, what lies on the ground, and water."""
        spec: TerrainSpec = request.parameters
        if spec.endless:
            return write_endless(request, progress)
        land = make_landscape(spec, request.seed, lambda fraction, text: progress(0.6 * fraction, text))
        progress(0.45, "ground", _look(land))
        files, entities = write_ground(request, land)
        progress(0.75, "plants")
        view = find_view(land, sun_of(spec))
        grown, sown = write_plants(request, land, view, lambda done: progress(0.75 + 0.24 * done, "plants"))
        files, entities = [*files, *grown], {**entities, **sown}
        return [_write_world(request, land, entities, view), *files]


def write_ground(request: Request, land: Landscape) -> tuple[list[Made], dict[str, dict[str, Any]]]:
    """Write a landscape's pictures and models; gives the files, and the entities that use them."""
    heights = land.heights
    low, high = float(heights.min()), float(heights.max())
    high = max(high, low + 0.01)
    files = [save_picture(request, "heights", np.rint((heights - low) / (high - low) * 65535).astype(np.uint16)[..., None])]
    size = min(_MOST_MAP, len(heights))
    weights = np.stack([resample(land.weights[..., k], size) for k in range(4)], -1)
    files.append(save_picture(request, "weights", np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8)))
    files.append(save_picture(request, "relief", _relief(land, size)))
    ground: dict[str, Any] = {"weights": "weights.png", "relief": "relief.png"}
    made: dict[str, int] = {}
    for number, layer in enumerate(land.style.cover.layers, start=1):
        name = "autumn_grass" if layer in ("grass", "meadow") and land.spec.season == "autumn" else layer
        if name not in made:
            made[name] = number
            colors, normals = layer_pictures(name, land.spec.texture_px, seed=request.seed)
            files += [save_picture(request, f"ground_{name}", colors), save_picture(request, f"ground_{name}_normal", normals)]
        ground[f"color_{number}"], ground[f"normal_{number}"] = f"ground_{name}.png", f"ground_{name}_normal.png"
    edge = land.spec.size_m
    entities: dict[str, dict[str, Any]] = {
        "ground": {
            "transform": {},
            "terrain": {"source": "heights.png", "size": [edge, edge], "low_m": low, "high_m": high},
            "terrain_ground": ground,
            "collider": {"shape": "heightfield", "friction": 0.8},
        }
    }
    water = water_model(land)
    if water is not None:
        model = request.folder / "water.glb"
        from taixu.assets.gltf import write_gltf

        write_gltf(water, model)
        files.append(Made(model, "water"))
        sea = land.sea_m is not None
        entities["water"] = {
            "transform": {}, "model": {"source": "water.glb", "cast_shadow": False},
            "water_surface": {"wave_m": 11.0, "roughness": 0.16} if sea else {"wave_m": 3.0, "roughness": 0.12, "foam": 0.25},
        }  # fmt: skip
    if land.sea_m is not None and low < land.sea_m - _WADE_M:
        deep = land.sea_m - _WADE_M - low + 1.0
        entities["deep water"] = {  # nobody finds a way over the bottom of the sea
            "name": {"text": "Deep water"}, "transform": {"position": [0.0, low - 1.0 + deep / 2, 0.0]},
            "navigation_area": {"kind": "blocked", "size": [edge, deep, edge]},
        }  # fmt: skip
    return files, entities


def write_plants(
    request: Request, land: Landscape, view: tuple[Any, Any], progress: Callable[[float], None]
) -> tuple[list[Made], dict[str, dict[str, Any]]]:
    """Write what grows and lies on a landscape: a model a kind, and the places of each; gives the files, and the entities."""
    from taixu.assets.gltf import write_gltf
    from taixu.scene.scatter import write_places

    files: list[Made] = []
    entities: dict[str, dict[str, Any]] = {}
    rules = rules_of(land)
    for number, rule in enumerate(rules):
        progress(number / len(rules))
        seed = (request.seed * 1000003 + number * 7919 + 17) & 0x7FFFFFFF
        places = sow(land, rule, seed=seed).places
        if KINDS[rule.kind].form not in ("tuft", "stone"):
            places = places[~before_eye(places, *view, tall_m=KINDS[rule.kind].height_m)]
        if not len(places):
            continue
        model = plant_model(
            PlantSpec(rule.kind, season=land.spec.season, texture_px=min(land.spec.texture_px, 256)), request.seed + number
        )
        file, column = request.folder / f"plant_{rule.kind}.glb", request.folder / f"plant_{rule.kind}_places.npy"
        write_gltf(model, file)
        write_places(column, places)
        files += [Made(file, f"plant_{rule.kind}"), Made(column, f"plant_{rule.kind}_places", said={"count": len(places)})]
        entities[f"plants: {rule.kind}"] = {
            "transform": {},
            "scatter": {
                "source": column.name, "model": file.name, "ground": entity_id("ground"), "fine_m": rule.fine_m,
                "coarse_m": rule.coarse_m, "reach_m": rule.reach_m, "cast_shadow": rule.cast_shadow, "sways": rule.kind != "rock",
            },
        }  # fmt: skip
    return files, entities


def before_eye(places: Any, eye: Any, target: Any, *, tall_m: float) -> Any:
    """Which places would hide what is looked at: a clearing around the eye, and a lane before it."""
    ahead = (target - eye)[[0, 2]]
    ahead = ahead / max(float(np.linalg.norm(ahead)), 1e-6)
    away = places[:, [0, 2]] - eye[[0, 2]]
    along, across = away @ ahead, np.abs(away @ np.array([-ahead[1], ahead[0]]))
    clearing = np.hypot(along, across) < 4.0 + 0.5 * tall_m
    return clearing | ((along > 0) & (along < 6.0 * tall_m) & (across < 2.0 + 0.3 * along))


def _write_world(request: Request, land: Landscape, entities: dict[str, dict[str, Any]], view: tuple[Any, Any]) -> Made:
    eye, target = view
    entities = {**entities, **sky_of(land.spec), **camera_at(eye, target)}
    spawn = [float(eye[0]), float(land.height_at(eye[:1], eye[2:])[0]), float(eye[2])]
    entities["spawn"] = {"transform": {"position": spawn, "rotation": quaternion_towards((target - eye) * np.array([1, 0, 1]))}}
    file = request.folder / "place.world.json"
    write_atomic(file, world_text(entities, settings={"physics": {"backend": "rapier"}}).encode())
    return Made(file)


def _relief(land: Landscape, size: int) -> Any:
    """Normal along x and z, openness, and patches, uint8[size, size, 4]."""
    dx, dz = gradient(land.heights, land.spacing_m)
    q = 1 / np.sqrt(1 + dx * dx + dz * dz)
    line = np.linspace(0, 40, size, dtype=np.float32)
    z, x = np.meshgrid(line, line, indexing="ij")
    coarse = fbm(x[::4, ::4], z[::4, ::4], (land.seed & 0x7FFFFFFF) + 601, octaves=5, gain=0.6) * 0.5 + 0.5
    parts = [
        resample(-dx * q, size) * 0.5 + 0.5,
        resample(-dz * q, size) * 0.5 + 0.5,
        resample(land.openness, size),
        resample(coarse, size),
    ]
    return np.rint(np.clip(np.stack(parts, -1), 0, 1) * 255).astype(np.uint8)


def _look(land: Landscape) -> Any:
    """From above, for whoever waits: uint8[h, w, 3]."""
    step = max(1, len(land.heights) // 256)
    h = land.heights[::step, ::step]
    dx, dz = gradient(h, land.spacing_m * step)
    light = np.clip((dx * -0.6 + dz * -0.4 + 0.7) / np.sqrt(1 + dx * dx + dz * dz), 0, 1)
    colors = np.array([[0.2, 0.32, 0.1], [0.3, 0.24, 0.15], [0.42, 0.4, 0.38], [0.6, 0.55, 0.42], [0.95, 0.95, 1.0]])
    w = land.weights[::step, ::step]
    mixed = (1 - w.sum(-1))[..., None] * colors[0] + w @ colors[1:]
    line = (np.arange(len(h)) * step * land.spacing_m - land.spec.size_m / 2).astype(np.float32)
    z, x = np.meshgrid(line, line, indexing="ij")
    shown = np.where((land.water_at(x, z) > h)[..., None], (0.1, 0.22, 0.35), mixed * light[..., None] * 1.4)
    return np.rint(np.clip(shown, 0, 1) ** 0.6 * 255).astype(np.uint8)
