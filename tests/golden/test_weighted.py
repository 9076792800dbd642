"""Sheets of glass that go through each other: no order of whole sheets is right, a weighted mean is smooth and knows no order."""

from __future__ import annotations

from typing import Any

import numpy as np
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Environment

SIZE = (144, 96)
BEFORE = ViewCamera.looking((0, 1.1, 4.2), (0, 0.9, 0), fov_y_rad=0.7)
COLORS = ((0.9, 0.1, 0.08, 0.55), (0.08, 0.6, 0.15, 0.55), (0.1, 0.2, 0.95, 0.55))


def sheets(renderer: Renderer, order: tuple[int, ...], **settings: Any) -> NDArray[Any]:
    """Three sheets through one middle, spawned in this order."""
    scene = SmallWorld()
    floor = scene.material(base_color=(0.4, 0.4, 0.38, 1.0), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (30, 0.2, 30), material=floor), translation=(0, -0.1, 0))
    for number in order:
        pane = scene.material(base_color=COLORS[number], alpha_mode="BLEND", metallic=0.0, roughness=0.4)
        turn = np.pi * (number / 3.0 + 0.12) / 2
        scene.spawn(1, scene.mesh("box", (2.2, 1.6, 0.02), material=pane), translation=(0, 0.9, 0),
                    rotation=(0.0, float(np.sin(turn)), 0.0, float(np.cos(turn))))  # fmt: skip
    scene.world.spawn(Environment(sun_direction=(0.4, 0.7, 0.5), turbidity=3.0))
    scene.propagate()
    wanted = {"exposure_ev": 0.0, "shadow_distance_m": 10.0, **settings}
    return render_still(renderer, scene.world, BEFORE, size=SIZE, samples=2, settings=wanted).pixels


def test_sheets_that_go_through_each_other() -> None:
    renderer = Renderer(shared_device())
    weighted = sheets(renderer, (0, 1, 2), transparency="weighted")
    assert_golden(weighted, "glass/weighted")
    ordered = sheets(renderer, (0, 1, 2))
    assert np.abs(weighted.astype(int) - ordered)[20:70, 40:104, :3].mean() > 4
    # Whoever comes first: the picture is the same.
    np.testing.assert_allclose(weighted.astype(int), sheets(renderer, (2, 0, 1), transparency="weighted").astype(int), atol=1)
    # Where there is one sheet, both are the same.
    one, other = (sheets(renderer, (1,), transparency=t).astype(int) for t in ("weighted", "sorted"))
    np.testing.assert_allclose(one, other, atol=24)
    assert np.abs(one - other).mean() < 1.5
    renderer.release()
