"""Makes everything in `samples/` that is not written by hand: ``python samples/_build`` from the checkout's root.

The same code gives the same bytes, so a change shows in git only where something really changed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import models
from airspace.city import city
from airspace.drone import drone
from airspace.world import build_airspace
from airspace.world import twin_settings as airspace_settings
from city.world import build_city
from courtyard import build_courtyard
from factory.assets import MODELS, TEXTS
from factory.settings import twin_settings as factory_settings
from factory.world import build_factory
from gallery import build_gallery
from playground import build_playground
from sounds import RATE, SOUNDS
from starter import build_starter, starter_settings
from textures import TEXTURES
from village import build_village

from taixu import __version__
from taixu.assets.audio_clip import AudioClip, write_wav
from taixu.assets.gltf import write_glb
from taixu.assets.image import encode_jpeg
from taixu.assets.model import ModelData
from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar
from taixu.defaults import App, World
from taixu.defaults.projects import enter_project
from taixu.edit import WorldSettings, read_project
from taixu.twin.plugin import TwinPlugin

SAMPLES = Path(__file__).parent.parent
LICENCE = "Apache-2.0"


def main() -> None:
    """Make all samples."""
    pictures = _textures()
    for name, build, wanted in (
        ("playground", build_playground, ("planks", "felt", "painted")),
        ("gallery", build_gallery, ("planks", "painted")),
    ):
        assets = SAMPLES / name / "assets"
        assets.mkdir(parents=True, exist_ok=True)
        for picture, data in pictures.items():
            if picture.split("_")[0] in wanted:
                _keep(assets / f"{picture}.jpg", data, f"textures.{picture.split('_')[0]}")
        if name == "playground":
            _models_and_sounds(assets, pictures)
        _world(SAMPLES / name, build)
    (SAMPLES / "mods" / "worlds").mkdir(exist_ok=True)
    _world(SAMPLES / "mods", build_courtyard)
    build_village(SAMPLES / "village", lambda path, data: _keep(path, data, "village"))
    build_city(SAMPLES / "city", lambda path, data: _keep(path, data, "city"))
    _twin(SAMPLES / "factory", MODELS, TEXTS, build_factory, factory_settings())
    _twin(SAMPLES / "airspace", {"city": city, "drone": drone}, {}, build_airspace, airspace_settings())
    _twin(SAMPLES.parent / "assets" / "templates" / "factory", {}, {}, build_starter, starter_settings())


def _textures() -> dict[str, bytes]:
    found = {}
    for name, make in TEXTURES.items():
        maps = make()
        rough = np.clip(maps["roughness"], 0, 1)
        surface = np.stack([np.ones_like(rough), rough, np.zeros_like(rough)], -1)
        for kind, values in (("color", maps["color"]), ("normal", maps["normal"]), ("surface", surface)):
            pixels = (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
            found[f"{name}_{kind}"] = encode_jpeg(pixels, quality=88)
    return found


def _models_and_sounds(assets: Path, pictures: dict[str, bytes]) -> None:
    for name, model in (("robot", models.robot()), ("crate", models.crate(pictures.__getitem__))):
        write_glb(model, assets / f"{name}.glb")
        _describe(assets / f"{name}.glb", f"models.{name}")
    for name, sound in SOUNDS.items():
        clip = AudioClip((sound()[:, None] * 32767).astype(np.int16), RATE)
        write_wav(assets / f"{name}.wav", clip)
        _describe(assets / f"{name}.wav", f"sounds.{name}")


def _twin(
    folder: Path, models: Mapping[str, Callable[[], ModelData]], texts: Mapping[str, Callable[[], str]],
    build: Callable[[World, Any], Any], settings: Mapping[str, Any],
) -> None:  # fmt: skip
    """A sample whose world devices feed."""
    name, assets = folder.name, folder / "assets"
    if models or texts:
        assets.mkdir(parents=True, exist_ok=True)
    for model, make in models.items():
        write_glb(make(), assets / f"{model}.glb")
        _describe(assets / f"{model}.glb", f"{name}.{model}")
    for file, text in texts.items():
        _keep(assets / file, text().encode(), f"{name}.{file}")
    (folder / "worlds").mkdir(exist_ok=True)
    with App.headless(trust=False, plugins=(TwinPlugin(),)) as app:
        enter_project(app.world, read_project(folder), trust=False)
        build(app.scene, app.components)
        app.resource(WorldSettings).values["twin"] = settings
        app.save(folder / "worlds" / "main.world.json")


def _keep(path: Path, data: bytes, maker: str) -> None:
    path.write_bytes(data)
    _describe(path, maker)


def _describe(path: Path, maker: str) -> None:
    write_sidecar(path, Sidecar(licence=LICENCE, provenance=Provenance(generator=f"taixu {__version__} {maker}")))


def _world(folder: Path, build: Callable[[World], Any]) -> None:
    with App.headless(trust=False) as app:
        enter_project(app.world, read_project(folder), trust=False)
        build(app.scene)
        app.save(folder / "worlds" / "main.world.json")


if __name__ == "__main__":
    main()
