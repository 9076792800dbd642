from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.render import Renderer, View, ViewCamera
from taixu.render.reflectance import dfg_table, ggx_distribution, smith_visibility


def integrate(n_dot_v: float, alpha: float, *, steps: int = 1500) -> tuple[float, float]:
    """Scale and bias by plain quadrature over half vectors, evenly in the polar angle's warp."""
    t = (np.arange(steps) + 0.5) / steps
    theta = np.arctan(alpha * np.tan(np.clip(t, 0, 1 - 1e-9) * np.pi / 2) ** 1.5)
    edges = np.arctan(alpha * np.tan(np.clip(np.arange(steps + 1) / steps, 0, 1 - 1e-9) * np.pi / 2) ** 1.5)
    phi = (np.arange(400) + 0.5) / 400 * 2 * np.pi
    n_dot_h = np.cos(theta)[:, None]
    v_dot_h = np.sqrt(1 - n_dot_v**2) * np.sin(theta)[:, None] * np.cos(phi) + n_dot_v * n_dot_h
    n_dot_l = 2 * v_dot_h * n_dot_h - n_dot_v
    seen = (n_dot_l > 0) & (v_dot_h > 0)
    n_dot_l, v_dot_h = np.where(seen, n_dot_l, 0.5), np.where(seen, v_dot_h, 0.5)
    solid = (np.cos(edges[:-1]) - np.cos(edges[1:]))[:, None] * 2 * np.pi / 400
    lobe = ggx_distribution(n_dot_h, alpha) * smith_visibility(np.float64(n_dot_v), n_dot_l, alpha)
    value = np.where(seen, lobe * n_dot_l * 4 * v_dot_h, 0.0) * solid
    fresnel = (1 - v_dot_h) ** 5
    return float((value * (1 - fresnel)).sum()), float((value * fresnel).sum())


def test_energy_table_is_the_integral() -> None:
    table = dfg_table(32)
    for row, column in ((3, 20), (8, 8), (16, 3), (16, 28), (24, 16), (31, 31)):
        scale, bias = integrate((column + 0.5) / 32, ((row + 0.5) / 32) ** 2)
        assert table[row, column, 0] == pytest.approx(scale, abs=6e-3)
        assert table[row, column, 1] == pytest.approx(bias, abs=6e-3)


def test_energy_table_never_gains() -> None:
    table = dfg_table(32)
    assert table.min() >= 0.0
    assert table.sum(-1).max() <= 1.0 + 1e-6
    assert (np.diff(table.sum(-1)[:, -1]) < 1e-3).all()  # rougher surfaces lose more in one bounce


@pytest.mark.parametrize(("metallic", "roughness"), [(0.0, 0.0), (0.0, 0.5), (0.0, 1.0), (1.0, 0.0), (1.0, 0.6), (1.0, 1.0)])
def test_white_furnace(metallic: float, roughness: float) -> None:
    """A white ball under an even white sky sends back all that falls on it: it cannot be seen."""
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.ones((16, 32, 3), np.float32))
    scene = SmallWorld()
    material = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=metallic, roughness=roughness)
    scene.spawn(1, scene.mesh("sphere", (2, 2, 2), material=material))
    scene.propagate()
    view = View(
        ViewCamera.looking((0, 0, 4), (0, 0, 0)),
        (48, 48),
        settings={"background": "transparent", "encoding": "linear", "occlusion": False},
    )
    renderer.render(scene.world, [view])
    pixels = renderer.read(view)
    ball = pixels[pixels[..., 3] > 0.5][:, :3]
    assert len(ball) > 300
    assert np.abs(ball - 1.0).max() < 0.02
