"""A surface of one's own may be glass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.ecs import Color3, field
from taixu.render import ViewCamera
from taixu.scene import surface

GLASS = """void surface(in Fragment f, inout SurfaceInputs s) {
    s.base_color = parameters(f.material).color;
    s.roughness = 0.0;
    s.transmission = 1.0;
    s.thickness = 0.5;
    s.attenuation_distance = 0.5;
    s.attenuation_color = vec3(0.5);
}
"""


def test_glass_of_one_s_own(tmp_path: Path) -> None:
    (tmp_path / "tinted.glsl").write_text(GLASS)

    @surface("tinted", glsl=tmp_path / "tinted.glsl", layers=("transmission", "volume"))
    class Tinted:
        color: Color3 = field(default=(1.0, 0.5, 0.25))

    with tx.App.headless(size=(32, 32)) as app:
        app.drawing.attach(shared_device())
        app.register_component(Tinted)
        app.scene.spawn("wall", tx.Shape("box", size=(6.0, 6.0, 0.1)), tx.Material(base_color=(1.0, 1.0, 1.0, 1.0), unlit=True),
                        position=(0, 0, -2))  # fmt: skip
        app.scene.spawn("pane", tx.Shape("box"), Tinted())
        app.run(ticks=1)
        camera = ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=2.0)
        settings = {"background": "transparent", "occlusion": False, "shadows": False}
        pixels = np.asarray(app.picture(camera=camera, samples=1, linear=True, settings=settings).pixels)
    color = pixels[16, 16]
    assert color[3] == 1.0
    ratio = color[:3] / color[0]
    assert ratio[1] == pytest.approx(0.5, abs=0.08)
    assert ratio[2] == pytest.approx(0.25, abs=0.08)
    assert color[0] < pixels[1, 1, 0] * 0.7  # the wall itself is brighter
