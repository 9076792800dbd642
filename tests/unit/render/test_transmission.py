"""Light through surfaces: the reference in numpy against what it is taken from, and GLSL on the device against that."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.gpu import StructLayout
from taixu.render.environment import make_dfg_texture
from taixu.render.lighting import UNITS
from taixu.render.reflectance.base import specular_energy
from taixu.render.reflectance.diffuse_transmission import leaked_albedo, leaked_light
from taixu.render.reflectance.tables import lookup_energy
from taixu.render.reflectance.transmission import (
    through_and_back,
    transmission_light,
    transmission_lobe,
    transmission_roughness,
)
from taixu.render.reflectance.volume import dispersed_iors, passage_through, refract, volume_transmittance
from taixu.render.renderer import Renderer

COUNT = 2048
CASE = StructLayout(
    "Case",
    [
        ("v", "f4", (3,)), ("thickness", "f4"), ("l", "f4", (3,)), ("roughness", "f4"), ("base_color", "f4", (3,)), ("ior", "f4"),
        ("attenuation_color", "f4", (3,)), ("attenuation_distance", "f4"), ("diffuse_transmission_color", "f4", (3,)),
        ("diffuse_transmission", "f4"), ("transmission", "f4"), ("metallic", "f4"), ("curvature", "f4"), ("dispersion", "f4"),
    ],
)  # fmt: skip
FIELDS = [name for name in CASE.dtype.names if name not in ("v", "l")]
PROGRAM = """
layout(local_size_x = 64) in;
#include "common/lighting.glsl"
{block}
layout(std430, binding = 1) writeonly buffer Results {{ vec4 results[]; }};
void main() {{
    Case k = cases[gl_GlobalInvocationID.x];
    Fragment f;
    f.position = vec3(0.0);
    f.view = k.v;
    f.normal = vec3(0.0, 0.0, 1.0);
    SurfaceInputs s = default_surface(f);
    {fields}
    Core c = core_of(f, s);
    vec4 result = vec4(0.0);
    {body}
    results[gl_GlobalInvocationID.x] = result;
}}
"""


def make_cases() -> np.ndarray:
    random = np.random.default_rng(5)
    cases = CASE.zeros(COUNT)
    for name in FIELDS:
        cases[name] = random.uniform(0.0, 1.0, cases[name].shape)
    for name, sign in (("v", 1), ("l", -1)):
        z, turn = random.uniform(0.05, 1.0, COUNT), random.uniform(0, 2 * np.pi, COUNT)
        r = np.sqrt(1 - z * z)
        cases[name] = np.stack([r * np.cos(turn), r * np.sin(turn), z * sign], -1)
    cases["roughness"] = random.uniform(0.2, 1.0, COUNT)
    cases["ior"] = random.uniform(1.05, 2.5, COUNT)
    cases["curvature"] = random.uniform(-1.0, 4.0, COUNT)
    cases["attenuation_distance"] = np.where(random.uniform(size=COUNT) < 0.2, 0.0, random.uniform(0.1, 3.0, COUNT))
    return cases


CASES = make_cases()
GIVEN = {name: CASES[name].astype(float) for name in CASE.dtype.names}
UP = np.broadcast_to((0.0, 0.0, 1.0), (COUNT, 3))


def on_gpu(body: str, *layers: str) -> np.ndarray:
    """`body` computes ``result`` from ``f, s, c, k``."""
    device = shared_device()
    Renderer(device)  # which makes the blocks and numbers of all its parts known
    path = f"test/transmission_{abs(hash((body, layers)))}.comp"
    fields = " ".join(f"s.{name} = k.{name};" for name in FIELDS)
    block = CASE.storage_block("Cases", binding=0, array="cases")
    device.shaders.add_source(path, PROGRAM.format(block=block, fields=fields, body=body))
    pipeline = device.compute_pipeline(path, defines={f"LAYER_{name.upper()}": True for name in layers})
    results, table = device.buffer(COUNT * 16), make_dfg_texture(device)
    device.bind_storage(0, device.buffer(CASES))
    device.bind_storage(1, results)
    device.bind_texture(UNITS["DFG"], table, device.sampler(mip="none", wrap="clamp"))
    device.dispatch(pipeline, COUNT // 64)
    device.barrier()
    return results.read(np.float32).reshape(COUNT, 4).astype(float)


def assert_close(found: np.ndarray, expected: np.ndarray, *, relative: float = 4e-3, absolute: float = 3e-4) -> None:
    error = np.abs(found - expected) / (absolute + relative * np.abs(expected))
    assert np.isfinite(found).all()
    assert error.max() < 1.0, (np.unravel_index(error.argmax(), error.shape), error.max())


def energies() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the dielectric sends back [n, 1], its f0 [n, 1], and what enters [n]."""
    f0 = np.square((GIVEN["ior"] - 1) / (GIVEN["ior"] + 1))[:, None]
    dfg = lookup_energy(np.clip(GIVEN["v"][:, 2], 1e-3, 1), GIVEN["roughness"])
    back = specular_energy(f0, 1.0, dfg).total
    return back, f0, (1 - GIVEN["metallic"]) * (1 - back[:, 0])


# -- the reference ---------------------------------------------------------------------------------------------------


def test_a_pane_shifts_and_does_not_bend() -> None:
    out, travel, path = passage_through(UP, GIVEN["v"], ior=GIVEN["ior"], thickness=GIVEN["thickness"], curvature=np.zeros(COUNT))
    assert np.allclose(out, -GIVEN["v"], atol=1e-6)
    steep = path < GIVEN["thickness"] * 3.99
    assert np.allclose(travel[steep, 2], -GIVEN["thickness"][steep], atol=1e-6)
    assert np.allclose(np.linalg.norm(travel, axis=1), path)


def test_a_ball_bends_as_two_refractions_at_a_sphere_do() -> None:
    """Against a ray traced through a sphere of radius 1/2 by intersection."""
    v, ior = GIVEN["v"], GIVEN["ior"]
    out, travel, path = passage_through(UP, v, ior=ior, thickness=np.ones(COUNT), curvature=np.full(COUNT, 2.0))
    d = refract(-v, UP, 1 / ior[:, None])
    centre = np.array((0.0, 0.0, -0.5))
    chord = -2 * (d * -centre).sum(1)  # the second meeting of a ray that starts on the sphere
    assert np.allclose(path, chord, atol=1e-6)
    assert np.allclose(travel, d * chord[:, None], atol=1e-6)
    outwards = (d * chord[:, None] - centre) / 0.5
    assert np.allclose(out, refract(d, -outwards, ior[:, None]), atol=1e-6)


def test_light_is_absorbed_as_the_extension_says() -> None:
    color = np.array([[0.5, 0.25, 1.0]])
    assert np.allclose(volume_transmittance(color, np.array([2.0]), np.array([4.0])), color**2)
    assert np.allclose(volume_transmittance(color, np.array([0.0]), np.array([4.0])), 1.0)


def test_colours_are_dispersed_by_abbe_s_number() -> None:
    """Crown glass: n_d 1.517 and V_d 64.2; the extension spreads (n - 1) / V from red to blue."""
    red, green, blue = dispersed_iors(np.array([1.517]), np.array([20 / 64.2]))[0]
    assert green == 1.517
    assert blue - red == pytest.approx(0.517 / 64.2, rel=1e-6)


def test_a_closed_thing_without_absorption_gives_back_all_light() -> None:
    returned = np.linspace(0.0, 0.999, 50)
    through, back = through_and_back(returned, np.ones(50))
    assert np.allclose(returned + back + through, 1.0)
    dimmed, less = through_and_back(returned, np.full(50, 0.5))
    assert (returned + less + 0.5 * dimmed <= 1.0).all()
    assert (less[1:] < back[1:]).all()


@pytest.mark.parametrize("roughness", [0.3, 0.6])
def test_what_is_let_through_is_what_is_not_sent_back(roughness: float) -> None:
    """White furnace by quadrature: reflection above and transmission below add up to all light, but for what bounces between
    facets, which the lookup for the environment adds and a single light does not."""
    steps = 700
    z, turn = ((np.arange(steps) + 0.5) / steps, (np.arange(180) + 0.5) / 180 * 2 * np.pi)
    z, turn = (x.ravel() for x in np.meshgrid(z, turn))
    r = np.sqrt(1 - z * z)
    below = np.stack([r * np.cos(turn), r * np.sin(turn), -z], -1)
    for n_dot_v in (0.3, 0.9):
        v = np.broadcast_to((np.sqrt(1 - n_dot_v**2), 0.0, n_dot_v), below.shape)
        through = transmission_light(v, below, base_color=np.ones(3), f0=np.array(0.04), f90=np.array(1.0),
                                     roughness=np.full(len(below), roughness), ior=np.full(len(below), 1.5), thin=True)  # fmt: skip
        sent = 2 * np.pi * through[:, 0].mean()
        scale, bias = lookup_energy(np.array([n_dot_v]), np.array([roughness]))[0, :2]
        single = 0.04 * scale + bias
        assert sent == pytest.approx(scale + bias - single, abs=0.01)


def test_thin_walls_are_reciprocal() -> None:
    v, to_light = GIVEN["v"], GIVEN["l"]
    alpha = np.square(GIVEN["roughness"])
    there, _ = transmission_lobe(v, to_light, alpha)
    flip = np.array((1.0, 1.0, -1.0))
    back, _ = transmission_lobe(to_light * flip, v * flip, alpha)
    assert np.allclose(there / -to_light[:, 2], back / v[:, 2], rtol=1e-6)


def test_what_does_not_bend_does_not_blur() -> None:
    roughness = np.array([0.0, 0.5, 1.0])
    assert np.allclose(transmission_roughness(roughness, 1.0, thin=False), 0.0)
    assert np.allclose(transmission_roughness(roughness, 1.0, thin=True), roughness)
    assert (np.diff([transmission_roughness(np.array(0.5), ior, thin=False) for ior in (1.0, 1.33, 1.5, 2.4)]) > 0).all()


# -- shaders ---------------------------------------------------------------------------------------------------------


def test_passage_on_the_device() -> None:
    out, travel, path = passage_through(
        UP, GIVEN["v"], ior=GIVEN["ior"], thickness=GIVEN["thickness"], curvature=GIVEN["curvature"]
    )
    call = "Passage p = passage_through(f.normal, f.view, s.ior, s.thickness, s.curvature);"
    found = on_gpu(call + "result = vec4(p.direction, p.path);", "transmission", "volume")
    # Where a ray is nearly caught inside, a rounding decides.
    sure = np.abs(out - found[:, :3]).max(1) < 0.01
    assert sure.mean() > 0.995
    assert_close(found[sure], np.concatenate([out, path[:, None]], 1)[sure], absolute=2e-3)
    assert_close(on_gpu(call + "result.xyz = p.travel;", "transmission", "volume")[:, :3], travel)
    left = volume_transmittance(GIVEN["attenuation_color"], GIVEN["attenuation_distance"], GIVEN["thickness"])
    call = "result.xyz = volume_transmittance(s.attenuation_color, s.attenuation_distance, s.thickness);"
    assert_close(on_gpu(call, "transmission", "volume")[:, :3], left)


def test_dispersion_on_the_device() -> None:
    found = on_gpu("result.xyz = dispersed_iors(s.ior, s.dispersion);", "transmission", "volume", "dispersion")
    assert_close(found[:, :3], dispersed_iors(GIVEN["ior"], GIVEN["dispersion"]))


@pytest.mark.parametrize("thin", [True, False])
def test_a_light_behind_on_the_device(thin: bool) -> None:
    _, f0, _ = energies()
    light = transmission_light(
        GIVEN["v"], GIVEN["l"], base_color=GIVEN["base_color"], f0=f0, f90=np.array(1.0), roughness=GIVEN["roughness"],
        ior=GIVEN["ior"], thin=thin,
    )  # fmt: skip
    light *= (GIVEN["transmission"] * (1 - GIVEN["metallic"]))[:, None]
    if not thin:
        light *= volume_transmittance(GIVEN["attenuation_color"], GIVEN["attenuation_distance"], GIVEN["thickness"])
    layers = ("transmission",) if thin else ("transmission", "volume")
    found = on_gpu("result.xyz = punctual_light(f, s, c, k.l);", *layers)[:, :3]
    narrow = np.square(transmission_roughness(GIVEN["roughness"], GIVEN["ior"], thin=thin)) < 0.02  # float32 at its peaks
    assert_close(found[~narrow], light[~narrow], relative=1e-2)


def test_what_is_seen_through_on_the_device() -> None:
    back, _, _ = energies()
    clear = GIVEN["base_color"] * (GIVEN["transmission"] * (1 - GIVEN["metallic"]))[:, None]
    assert_close(on_gpu("result.xyz = c.through;", "transmission")[:, :3], clear * (1 - back))
    kept = GIVEN["base_color"] * volume_transmittance(GIVEN["attenuation_color"], GIVEN["attenuation_distance"], GIVEN["thickness"])
    through, more = through_and_back(back, kept)
    assert_close(on_gpu("result.xyz = c.through;", "transmission", "volume")[:, :3], clear * through)
    sends = on_gpu("result.xyz = c.energy.single + c.energy.multiple;", "transmission", "volume")[:, :3]
    plain = on_gpu("result.xyz = c.energy.single + c.energy.multiple;", "transmission")[:, :3]
    assert_close(sends - plain, more * (GIVEN["transmission"] * (1 - GIVEN["metallic"]))[:, None], absolute=1e-3)


def test_leaves_on_the_device() -> None:
    *_, entering = energies()
    scattered = entering * (1 - GIVEN["transmission"])
    albedo = leaked_albedo(GIVEN["diffuse_transmission_color"], GIVEN["diffuse_transmission"], scattered)
    found = on_gpu("result.xyz = punctual_light(f, s, c, k.l);", "diffuse_transmission")[:, :3]
    assert_close(found, leaked_light(albedo, GIVEN["l"]))
    plain = on_gpu("result.xyz = c.diffuse;")[:, :3]
    found = on_gpu("result.xyz = c.diffuse;", "diffuse_transmission")[:, :3]
    assert_close(found, plain * (1 - GIVEN["diffuse_transmission"])[:, None])
