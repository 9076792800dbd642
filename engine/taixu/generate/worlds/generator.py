"""The generator of worlds: a project's folder that opens and plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.assets.hdr import encode_hdr
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.dungeons.generator import stage_dungeon
from taixu.generate.places.dungeons.layout import lay_out_dungeon
from taixu.generate.places.dungeons.spec import DungeonSpec
from taixu.generate.places.props.staging import Stage, turned
from taixu.generate.places.skies import SkySpec, make_sky
from taixu.generate.places.terrain_generator import write_ground
from taixu.generate.places.world_text import quaternion_towards, world_text
from taixu.generate.request import Request
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.furniture import furnish
from taixu.generate.worlds.kinds import KINDS
from taixu.generate.worlds.people import settle_people, walkable_spots, write_faces
from taixu.generate.worlds.planting import plant
from taixu.generate.worlds.player import DOOR_SCRIPT, WALK_SCRIPT, manifest
from taixu.generate.worlds.sites import Site, make_site
from taixu.generate.worlds.spec import FALLING, MISSING, MISTS, WEATHERS, WorldSpec
from taixu.generate.worlds.views import find_eye, sun_azimuth
from taixu.generate.worlds.words import plan_of_words

__all__ = ["WorldGenerator"]

_FINER, _WIDEST_PX = 2, 4096
"""A star is a pixel of the sky: nights are drawn finer."""
_DARK = ("dawn", "evening", "sunset", "dusk", "night")
_WORLD = "place.world.json"
_WALKED_M = 62.0
"""How far from the middle people go at the most."""
_MIRRORED_M, _THICK_M = 400.0, 1.5
"""How far water looks for what it mirrors, and how thick things are taken to be: houses and trees, not tables."""


class WorldGenerator(Generator):
    """Whole worlds."""

    name, makes, suffix, version = "world", "world", ".json", 7
    summary = "worlds that play: land, water, houses, streets, things, plants, sky, lamps, people who walk"
    parameters = WorldSpec
    needs = Needs(modules=("shapely", "mapbox_earcut"), extra="models", memory_mb=8192)
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Kind, season, time, weather and people of a prompt."""
        return plan_of_words(prompt).values

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first; then the manifest, the script to walk with, and everything that it uses."""
        spec: WorldSpec = request.parameters.check()
        unknown = plan_of_words(request.prompt).unknown if request.prompt else ()
        if unknown:
            progress(0.01, f"not understood: {', '.join(unknown)}")
        stage = _dungeon(request, spec, progress) if spec.kind == "dungeon" else _settled(request, spec, progress)
        if any("water_surface" in parts for parts in stage.entities.values()):
            stage.add("mirrors", {"screen_reflections": {"distance_m": _MIRRORED_M, "thickness_m": _THICK_M}})
        file = request.folder / _WORLD
        write_atomic(file, world_text(stage.entities, settings={"physics": {"backend": "rapier"}}).encode())
        toml, script, door = (request.folder / name for name in ("taixu.toml", "walk.py", "door.py"))
        write_atomic(toml, manifest(request.prompt or KINDS[spec.kind].title, _WORLD).encode())
        write_atomic(script, WALK_SCRIPT.encode())
        write_atomic(door, DOOR_SCRIPT.encode())
        said: dict[str, Any] = {"entities": len(stage.entities)}
        if unknown:
            said["not_understood"] = list(unknown)
        if spec.weather in MISSING and spec.kind != "dungeon":
            said["not_made"] = MISSING[spec.weather]
            progress(0.99, f"{spec.weather}: {MISSING[spec.weather]}")
        return [Made(file, said=said), Made(toml, "manifest"), Made(script, "script"), Made(door, "door"), *stage.files]


def _dungeon(request: Request, spec: WorldSpec, progress: Progress) -> Stage:
    progress(0.1, "rooms and corridors")
    layout = lay_out_dungeon(DungeonSpec(spec.dungeon, flooded=spec.flooded, texture_px=spec.texture_px), request.seed)
    stage = Stage(request.folder)
    spawn, ahead = stage_dungeon(stage, layout, request.seed)
    progress(0.7, "who plays")
    faces = write_faces(stage, 1, "medieval" if spec.dungeon != "base" else "work", request.seed, lambda done: None)
    _player(stage, faces[0]["source"], spawn, float(np.arctan2(ahead[0], ahead[2])))
    return stage


def _settled(request: Request, spec: WorldSpec, progress: Progress) -> Stage:
    kind, seed = KINDS[spec.kind], request.seed
    site = make_site(spec, seed, lambda fraction, text: progress(0.35 * fraction, text))
    lit = spec.time in _DARK
    stage = Stage(request.folder, lit=lit)
    progress(0.3, "ground")
    files, entities = write_ground(request, site.land)
    stage.files += files
    stage.entities.update(entities)
    progress(0.4, "houses and things")
    furnisher = Furnisher(stage, site, kind, seed, lit=lit, texture_px=min(spec.texture_px, 256), rocks=spec.rocks)
    furnish(furnisher, spec.kind)
    eye, target = find_eye(site, furnisher.taken)
    progress(0.6, "plants")
    plant(stage, site, kind, eye, target, furnisher.taken, seed, lambda done: progress(0.6 + 0.15 * done, "plants"))
    progress(0.75, "sky")
    _sky(stage, spec, seed, eye, target)
    stage.add("view", {
        "transform": {"position": eye.tolist(), "rotation": quaternion_towards(target - eye)},
        "camera": {"fov_y_rad": 0.95, "near_m": 0.15},
    })  # fmt: skip
    count = kind.people if spec.people < 0 else spec.people
    faces = write_faces(stage, max(1, min(spec.faces, count + 1)), kind.clothes, seed,
        lambda done: progress(0.8 + 0.18 * done, "people"))
    if count > 0:
        stage.add("navigation", {"navigation": _walked(site)})
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 401]))
    ahead = (target - eye)[[0, 2]] / max(float(np.hypot(*(target - eye)[[0, 2]])), 1e-6)
    before = eye[[0, 2]] + ahead * 12.0
    settle_people(stage, site, kind, faces[1:] or faces, count, furnisher.taken, seed, talk_at=(float(before[0]), float(before[1])))
    near = walkable_spots(site, furnisher.taken, 30, random) or [(site.middle[0], furnisher.ground(*site.middle), site.middle[1])]
    spawn = min(near, key=lambda spot: (spot[0] - before[0]) ** 2 + (spot[2] - before[1]) ** 2)
    _player(stage, faces[0]["source"], spawn, float(np.arctan2(site.layout.square[0] - spawn[0], site.layout.square[1] - spawn[2])))
    return stage


def _walked(site: Site) -> dict[str, Any]:
    """Where people walk: about the streets, not in the whole land."""
    x0, z0, radius = site.layout.square
    points = np.concatenate([*(street.line for street in site.layout.streets),
        [[x0 - radius, z0 - radius], [x0 + radius, z0 + radius]]])
    near = np.hypot(*(points - np.array(site.middle)).T) < _WALKED_M
    low, high = points[near].min(0) - 5.0, points[near].max(0) + 5.0
    line = [np.linspace(low[axis], high[axis], 24) for axis in (0, 1)]
    x, z = np.meshgrid(*line)
    heights = site.land.height_at(x.ravel().astype(np.float32), z.ravel().astype(np.float32))
    bottom, top = float(heights.min()) - 2.0, float(heights.max()) + 6.0
    return {"cell_m": 0.25, "low": [float(low[0]), bottom, float(low[1])], "high": [float(high[0]), top, float(high[1])]}


def _sky(stage: Stage, spec: WorldSpec, seed: int, eye: Any, target: Any) -> None:
    clouds, cover, cirrus, haze = WEATHERS[spec.weather]
    low = spec.time in ("dawn", "sunset", "dusk", "evening")
    azimuth = sun_azimuth(eye, target, low=low) - (75.0 if spec.time == "night" else 0.0)
    width_px = min((_FINER if spec.time == "night" else 1) * spec.sky_px, _WIDEST_PX)
    sky = make_sky(SkySpec(spec.time, azimuth_deg=azimuth, haze=haze, clouds=clouds, cover=cover, cirrus=cirrus,
        width_px=width_px), seed)
    file = stage.folder / "sky.hdr"
    write_atomic(file, encode_hdr(sky.image))
    stage.files.append(Made(file, "sky"))
    stage.entities.update(sky.entities("sky.hdr"))
    if spec.weather in FALLING:
        rain, snow, wind = FALLING[spec.weather]
        stage.add("weather", {"weather": {"rain": rain, "snow": snow, "wind": [wind, 0.0, 0.4 * wind]}})
    if spec.weather in MISTS:
        density, falloff_m = MISTS[spec.weather]
        stage.add("mist", {"fog": {"density": density, "level_m": round(float(eye[1]), 1), "falloff_m": falloff_m}})


def _player(stage: Stage, source: str, at: tuple[float, float, float], turn: float) -> None:
    stage.add("spawn", {"transform": {"position": list(at), "rotation": turned(turn + np.pi)}})
    stage.add("player", {
        "transform": {"position": list(at), "rotation": turned(turn)}, "model": {"source": source}, "motion": {"seed": 1},
        "face": {},
        "character": {"radius_m": 0.28, "height_m": 1.15}, "script": {"path": "walk.py"},
    })  # fmt: skip
