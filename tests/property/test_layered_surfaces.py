"""Whatever layers are put together: no light comes of nothing, and no layer makes numbers that are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.render.reflectance import LayeredSurface, directional_albedo, view_direction

units = st.floats(0.0, 1.0)
colors = st.tuples(units, units, units)
rough = st.floats(0.3, 1.0)
angles = st.floats(0.0, 6.3)

surfaces = st.builds(
    LayeredSurface,
    base_color=colors,
    metallic=units,
    roughness=rough,
    ior=st.floats(1.0, 3.0),
    specular=units,
    specular_color=st.tuples(*[st.floats(0.0, 20.0)] * 3),
    clearcoat=units,
    clearcoat_roughness=rough,
    sheen_color=colors,
    sheen_roughness=units,
    iridescence=units,
    iridescence_ior=st.floats(1.0, 2.5),
    iridescence_thickness_nm=st.floats(0.0, 2000.0),
    anisotropy=units,
    anisotropy_rotation_rad=angles,
)
views = st.builds(view_direction, st.floats(0.02, 1.0), angles)


@settings(max_examples=150, deadline=None)
@given(surfaces, views)
def test_an_even_environment_is_never_outshone(surface: LayeredSurface, v: np.ndarray) -> None:
    albedo = surface.albedo(v[None])
    assert np.isfinite(albedo).all()
    assert albedo.min() >= 0.0
    assert albedo.max() <= 1.0 + 1e-6
    assert 0.0 <= surface.emission_share(v[None]).min() <= surface.emission_share(v[None]).max() <= 1.0


@settings(max_examples=40, deadline=None)
@given(surfaces, views)
def test_single_lights_together_send_back_no_more_than_they_sent(surface: LayeredSurface, v: np.ndarray) -> None:
    integral = directional_albedo(surface.reflect, v, alpha=0.09, steps=64)
    assert np.isfinite(integral).all()
    assert integral.min() >= 0.0
    assert integral.max() <= 1.02


@settings(max_examples=60, deadline=None)
@given(surfaces, views)
def test_a_coat_hides_and_cloth_darkens_what_is_below(surface: LayeredSurface, v: np.ndarray) -> None:
    bare = replace(surface, clearcoat=0.0, sheen_color=(0.0, 0.0, 0.0))
    coated = replace(bare, clearcoat=1.0)
    black = replace(coated, base_color=(0.0, 0.0, 0.0), specular=0.0, iridescence=0.0, metallic=0.0)
    below = coated.albedo(v[None]) - black.albedo(v[None])
    assert (below <= bare.albedo(v[None]) + 1e-6).all()
    assert coated.emission_share(v[None]).max() < 1.0
    assert bare.emission_share(v[None]).min() == 1.0
