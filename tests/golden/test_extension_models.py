"""Khronos' test models of the layers that reflect: each shows its extension, and looks other without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.assets.image import read_image
from taixu.cli.staging import open_thing
from taixu.render import Renderer
from taixu.render.fidelity import orbit_camera, read_scenarios
from taixu.scene.library import MaterialLibrary

WITHOUT: dict[str, tuple[dict[str, Any], float]] = {
    "AnisotropyBarnLamp": ({"anisotropy": None}, 0.05),
    "AnisotropyStrengthTest": ({"anisotropy": None}, 0.03),
    "ClearCoatTest": ({"clearcoat": None}, 0.01),
    "IridescentDishWithOlives": ({"iridescence": None}, 0.02),
    "SheenChair": ({"sheen": None}, 0.1),
    "SpecularTest": ({"specular": None}, 0.02),
    "ToyCar": ({"clearcoat": None, "sheen": None}, 0.1),
}


def strip(library: MaterialLibrary, fields: dict[str, Any]) -> int:
    """Take layers off all materials; the number of materials that had one."""
    found = 0
    for number in range(1, len(library)):
        entry = library[number]
        if any(getattr(entry.material, name) is not None for name in fields):
            library.replace(number, replace(entry, material=replace(entry.material, **fields)))
            found += 1
    return found


@pytest.mark.parametrize("name", WITHOUT)
def test_model_shows_its_extension(content: Path, name: str) -> None:
    fields, least = WITHOUT[name]
    folder = content / "fidelity"
    if not folder.is_dir():
        pytest.skip("no scenarios that say where to look from")
    scenario = next(s for s in read_scenarios(folder) if s["name"] == f"khronos-{name}")
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(read_image(folder / scenario["lighting"]))
    size = scenario["goldenDimensions"]["width"] // 2, scenario["goldenDimensions"]["height"] // 2
    settings = {"background": (0.2, 0.2, 0.2), "tonemap": "aces", "occlusion": False}
    pictures = []
    with tx.App.headless() as app:
        open_thing(app, folder / scenario["model"])
        app.settle()
        camera = orbit_camera(scenario)
        pictures.append(renderer.picture(app.world, camera=camera, size=size, samples=1, settings=settings).pixels)
        assert strip(app.world.resource(MaterialLibrary), fields)
        pictures.append(renderer.picture(app.world, camera=camera, size=size, samples=1, settings=settings).pixels)
    renderer.release()
    layered, bare = (np.asarray(p)[..., :3].astype(int) for p in pictures)
    assert (np.abs(layered - bare).max(-1) > 8).mean() > least
    assert_golden(layered.astype(np.uint8), f"models/layers/{name}")
