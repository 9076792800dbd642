from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

from taixu import App
from taixu.assets.image import read_image
from taixu.cli.staging import open_thing
from taixu.render import Renderer
from taixu.render.fidelity import median_psnr, orbit_camera, psnr, read_scenarios, score_scenario


def open_model(path: Path) -> App:
    """The whole engine with a model in it, at rest: skins and morphs are deformed as the file says."""
    app = App.headless()
    open_thing(app, path)
    app.settle()
    return app


def test_camera_of_a_scenario() -> None:
    scenario = {"target": {"x": 0, "y": 0.3, "z": 0}, "orbit": {"theta": 90, "phi": 60, "radius": 2}, "verticalFoV": 45}
    pose = orbit_camera(scenario).world_from_camera
    assert np.allclose(pose[:3, 3], (2 * np.sin(np.pi / 3), 1.3, 0))
    assert np.allclose(-pose[:3, 2], (-np.sin(np.pi / 3), -0.5, 0))


def test_psnr() -> None:
    a = np.zeros((4, 4, 3))
    assert psnr(a, a + 0.1) == pytest.approx(20.0)


def test_median_against_the_path_tracer(content: Path) -> None:
    """The scenes on which path tracers agree reach a median of 24 dB; three.js has 25.3 by the same recipe."""
    folder = content / "fidelity"
    if not folder.is_dir():
        pytest.skip("no fidelity scenarios")
    renderer = Renderer(shared_device())
    skies: dict[str, np.ndarray] = {}
    scores = []
    for scenario in read_scenarios(folder):
        if (scenario["agreement"] or 0) < 25:
            continue
        sky = scenario["lighting"]
        renderer.lighting.use_sky(skies.setdefault(sky, read_image(folder / sky)))
        with open_model(folder / scenario["model"]) as app:
            scores.append(score_scenario(renderer, app.world, scenario, folder, samples=2))
    assert len(scores) == 16
    assert median_psnr(scores) >= 24.0, {s.name: round(s.psnr_db, 2) for s in scores}
    assert min(s.psnr_db for s in scores) > 14.0
