"""Land without an end as a world: its materials, its plants, and a stack of modifiers that makes the rest while somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Made, Progress
from taixu.generate.places.endless import LOOKS, EndlessLand, EndlessSpec
from taixu.generate.places.layers import layer_pictures
from taixu.generate.places.plants import KINDS, PlantSpec, plant_model
from taixu.generate.places.settings import camera_at, save_picture, sky_of
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.world_text import entity_id, quaternion_towards, world_text
from taixu.generate.request import Request

__all__ = ["look_of", "stack_seed", "write_endless"]

_LAYERS = ("grass", "earth", "cliff", "sand", "snow")
_PLANTS = ("oak", "birch", "pine", "spruce", "palm", "dead", "shrub", "grass", "dry_grass", "rock")
_STYLES = {"alps": "alps", "hills": "hills", "plains": "plains", "desert": "desert", "islands": "islands", "coast": "islands",
           "fjord": "alps", "volcanic": "alps", "canyon": "desert"}  # fmt: skip
_HAZE_M = 12000.0


def look_of(spec: TerrainSpec) -> EndlessSpec:
    """Endless land of a style."""
    values = dict(LOOKS[_STYLES.get(spec.style, "mixed")])
    if spec.relief_m:
        values["relief_m"] = spec.relief_m
        values["hills_m"] = min(spec.relief_m, 600.0) * 0.4
    if spec.season == "winter":
        values["temperature"] = values.get("temperature", 13.0) - 16.0
    if spec.snow > 0:
        values["temperature"] = values.get("temperature", 13.0) - 20.0 * min(spec.snow, 1.0)
    return EndlessSpec(**values, roughness=spec.roughness).check()


def stack_seed(seed: int) -> int:
    """The chance of the land's step in such a world, as its stack has it."""
    from taixu.generate.modifiers.stacks import digest

    return int(digest("seed", seed, int(entity_id("land"), 16), 0)[:15], 16)


def write_endless(request: Request, progress: Progress) -> Sequence[Made]:
    """The world first; then pictures of the ground and models of plants."""
    spec: TerrainSpec = request.parameters
    spec.check()
    look, seed = look_of(spec), request.seed & 0x7FFFFFFFFFFF
    files, ground = _ground(request, spec, progress)
    grown, models = _plants(request, spec, progress)
    home = {"entity": entity_id("ground")}
    eye, target = _view(look, seed)
    entities: dict[str, dict[str, Any]] = {
        "ground": {
            "transform": {},
            "modifiers": {"seed": seed, "endless": True, "spacing_m": 1.0, "reach_m": 8000.0},
            "terrain_ground": {**ground, "haze_m": _HAZE_M},
            "water_surface": {"wave_m": 5.0, "roughness": 0.14, "foam": 0.3, "haze_m": _HAZE_M},
        },
        "land": {
            "transform": {}, "parent": home, "modifier": {"order": 0},
            "endless_terrain": {name: getattr(look, name) for name in EndlessSpec.__dataclass_fields__},
        },
        "clearing": {
            "transform": {}, "parent": home, "modifier": {"order": 1},
            "mask_brush": {"mask": "clearing", "strokes": [{"points": _clearing(eye, target), "radius_m": 14.0, "amount": 1.0}]},
        },
        "plants": {
            "transform": {}, "parent": home, "modifier": {"order": 2},
            "biome_plants": {"models": models, "density": min(spec.plants, 4.0), "keep_off": "road path lot clearing"},
        },
    }  # fmt: skip
    entities = {**entities, **sky_of(spec), **camera_at(eye, target)}
    spawn = [float(eye[0]), float(eye[1] - 2.2), float(eye[2])]
    entities["spawn"] = {"transform": {"position": spawn, "rotation": quaternion_towards((target - eye) * np.array([1, 0, 1]))}}
    file = request.folder / "place.world.json"
    write_atomic(file, world_text(entities, settings={"physics": {"backend": "rapier"}}).encode())
    return [Made(file), *files, *grown]


def _ground(request: Request, spec: TerrainSpec, progress: Progress) -> tuple[list[Made], dict[str, Any]]:
    files: list[Made] = []
    ground: dict[str, Any] = {}
    for number, name in enumerate(_LAYERS, start=1):
        progress(0.4 * number / len(_LAYERS), "ground")
        colors, normals = layer_pictures(name, spec.texture_px, seed=request.seed)
        files += [save_picture(request, f"ground_{name}", colors), save_picture(request, f"ground_{name}_normal", normals)]
        ground[f"color_{number}"], ground[f"normal_{number}"] = f"ground_{name}.png", f"ground_{name}_normal.png"
    return files, ground


def _plants(request: Request, spec: TerrainSpec, progress: Progress) -> tuple[list[Made], dict[str, str]]:
    from taixu.assets.gltf import write_gltf

    files, models = [], {}
    for number, kind in enumerate(_PLANTS if spec.plants > 0 else ("rock",)):
        if kind not in KINDS:
            continue
        progress(0.4 + 0.55 * number / len(_PLANTS), "plants")
        model = plant_model(PlantSpec(kind, season=spec.season, texture_px=min(spec.texture_px, 256)), request.seed + number)
        file = request.folder / f"plant_{kind}.glb"
        write_gltf(model, file)
        files.append(Made(file, f"plant_{kind}"))
        models[kind] = file.name
    return files, models


def _clearing(eye: Any, target: Any) -> list[list[float]]:
    """Where nothing grows, so that the first look is free: a lane before the eye."""
    ahead = (target - eye)[[0, 2]] / max(float(np.hypot(*(target - eye)[[0, 2]])), 1e-6)
    return [[float(eye[0] + away * ahead[0]), float(eye[2] + away * ahead[1])] for away in (0.0, 16.0)]


def _view(look: EndlessSpec, seed: int) -> tuple[Any, Any]:
    """A dry place near the middle from which land lies open, and what is seen from there."""
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 5]))
    best, found = -1e9, (np.array([0.0, 300.0, 0.0]), np.array([100.0, 280.0, 0.0]))
    chance = stack_seed(seed)
    for _ in range(48):
        x, z = random.uniform(-900.0, 900.0, 2)
        turn = random.uniform(0, 2 * np.pi) + np.linspace(-0.4, 0.4, 9)
        far = np.geomspace(10.0, 2200.0, 24)
        px = np.concatenate([[x], (x + np.sin(turn)[:, None] * far).ravel()])
        pz = np.concatenate([[z], (z - np.cos(turn)[:, None] * far).ravel()])
        land = EndlessLand.at(px, pz, look, chance)
        ground = float(land.heights[0])
        if ground < float(land.water[0]) + 0.8:
            continue
        seen = np.maximum(land.heights, np.where(land.water_m < 5, land.water, -1e9))[1:].reshape(9, 24)
        slope = (seen - ground - 2.2) / far
        visible = slope >= np.maximum.accumulate(slope, axis=1) - 1e-6
        wet = (land.heights < land.water)[1:].reshape(9, 24)
        value = float(visible.mean()) + 1.2 * float((visible & (far > 300)).mean()) + float((visible & wet).mean())
        value += 2.0 * float(np.clip(slope.max(1), 0, 0.3).mean()) - 3.0 * float((slope[:, :8] > 0.12).mean())
        if value > best:
            best = value
            eye, heading = np.array([x, ground + 2.2, z]), float(turn[4])
            tilt = float(np.clip(np.median(slope[:, 12:].max(1)) * 0.5 - 0.02, -0.3, 0.2))
            found = eye, eye + 100.0 * np.array([np.sin(heading), tilt, -np.cos(heading)])
    return found
