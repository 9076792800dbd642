from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.render.tonemap import TONEMAPS, encode, tonemap

SHADER = """
#include "common/tonemap.glsl"
#include "common/color.glsl"
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Colors { vec4 colors[]; };
layout(std430, binding = 1) writeonly buffer Results { vec4 results[]; };
layout(std140, binding = 0) uniform Params { uint curve; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < uint(colors.length())) results[i] = vec4(srgb_from_linear(tonemap(curve, colors[i].rgb)), 1.0);
}
"""


@pytest.mark.parametrize("curve", TONEMAPS)
def test_glsl_and_numpy_agree(curve: str) -> None:
    device = shared_device()
    device.shaders.add_source("test/tonemap.comp", SHADER)
    colors = np.zeros((300, 4), np.float32)
    colors[:, :3] = np.random.default_rng(1).exponential(1.0, (300, 3)) * np.logspace(-3, 1.5, 300)[:, None]
    source, target = device.buffer(colors), device.buffer(colors.nbytes)
    device.bind_storage(0, source)
    device.bind_storage(1, target)
    device.push_uniform(0, np.array([TONEMAPS[curve], 0, 0, 0], np.uint32))
    device.dispatch(device.compute_pipeline("test/tonemap.comp"), 5)
    found = target.read(np.float32).reshape(-1, 4)[:, :3]
    expected = encode(tonemap(colors[:, :3].astype(np.float64), curve))
    assert np.abs(found - expected).max() < 2e-3


@pytest.mark.parametrize("curve", TONEMAPS)
def test_curves_rise_and_stay_in_range(curve: str) -> None:
    grey = np.repeat(np.linspace(0.0, 20.0, 400)[:, None], 3, 1)
    out = tonemap(grey, curve)
    assert out.min() >= 0.0
    assert out.max() <= 1.0
    assert (np.diff(out.mean(1)) >= -1e-3).all()
    # Greys stay grey, to the four digits in which the matrices of ACES and AgX are published.
    assert np.ptp(out, axis=1).max() < 2e-3


def test_neutral_keeps_base_colours() -> None:
    """Below the shoulder the curve takes away the 4 % that a dielectric reflects, and nothing else."""
    color = np.array([[0.5, 0.3, 0.2]])
    assert np.allclose(tonemap(color + 0.04, "neutral"), color, atol=1e-6)


def test_aces_hits_published_points() -> None:
    """Middle grey through Hill's fit with the pre-scale of 1 / 0.6."""
    v = 0.18 / 0.6
    fitted = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081)
    assert np.allclose(tonemap(np.full((1, 3), 0.18), "aces"), fitted, atol=2e-3)


def test_encoding() -> None:
    assert np.allclose(encode(np.array([0.0, 0.0031308, 1.0])), [0.0, 0.04045, 1.0], atol=1e-5)
    assert np.allclose(encode(np.array([0.25]), gamma=2.0), 0.5)
