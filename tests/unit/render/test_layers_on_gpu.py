"""GLSL of the layers, evaluated on the device, against numpy over random inputs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.gpu import StructLayout
from taixu.render.environment import make_dfg_texture
from taixu.render.lighting import UNITS
from taixu.render.reflectance import LayeredSurface
from taixu.render.reflectance.anisotropy import anisotropic_distribution, anisotropic_visibility
from taixu.render.reflectance.iridescence import film_reflectance
from taixu.render.reflectance.sheen import charlie_distribution, sheen_visibility
from taixu.render.renderer import Renderer

COUNT = 2048
CASE = StructLayout(
    "Case",
    [
        ("v", "f4", (3,)), ("metallic", "f4"), ("l", "f4", (3,)), ("roughness", "f4"), ("base_color", "f4", (3,)), ("ior", "f4"),
        ("specular_color", "f4", (3,)), ("specular", "f4"), ("sheen_color", "f4", (3,)), ("sheen_roughness", "f4"),
        ("clearcoat_normal", "f4", (3,)), ("clearcoat", "f4"), ("clearcoat_roughness", "f4"), ("iridescence", "f4"),
        ("iridescence_ior", "f4"), ("iridescence_thickness_nm", "f4"), ("anisotropy", "f4"), ("rotation_rad", "f4"),
    ],
)  # fmt: skip
FIELDS = [name for name in CASE.dtype.names if name not in ("v", "l", "rotation_rad")]

PROGRAM = """
layout(local_size_x = 64) in;
#include "common/lighting.glsl"
{block}
layout(std430, binding = 1) writeonly buffer Results {{ vec4 results[]; }};
void main() {{
    uint i = gl_GlobalInvocationID.x;
    Case k = cases[i];
    Fragment f;
    f.position = vec3(0.0);
    f.view = k.v;
    f.normal = vec3(0.0, 0.0, 1.0);
    SurfaceInputs s = default_surface(f);
    s.tangent = vec3(1.0, 0.0, 0.0);
    s.bitangent = vec3(0.0, 1.0, 0.0);
    {fields}
    s.anisotropy_direction = vec2(cos(k.rotation_rad), sin(k.rotation_rad));
    Core c = core_of(f, s);
    vec4 result = vec4(0.0);
    {body}
    results[i] = result;
}}
"""


def random_directions(random: np.random.Generator, *, least: float = 0.02) -> np.ndarray:
    z = random.uniform(least, 1.0, COUNT)
    turn, r = random.uniform(0, 2 * np.pi, COUNT), np.sqrt(1 - z * z)
    return np.stack([r * np.cos(turn), r * np.sin(turn), z], -1)


@cache
def random_cases() -> np.ndarray:
    random = np.random.default_rng(11)
    cases = CASE.zeros(COUNT)
    for name in FIELDS:
        cases[name] = random.uniform(0.0, 1.0, cases[name].shape)
    cases["v"], cases["l"] = random_directions(random), random_directions(random)
    cases["metallic"] = np.clip(random.uniform(-0.5, 1.5, COUNT), 0, 1)  # many are wholly one or the other
    cases["roughness"] = random.uniform(0.15, 1.0, COUNT)
    cases["clearcoat_roughness"] = random.uniform(0.15, 1.0, COUNT)
    cases["ior"], cases["iridescence_ior"] = random.uniform(1.0, 2.5, COUNT), random.uniform(1.0, 2.2, COUNT)
    cases["iridescence_thickness_nm"] = random.uniform(0.0, 1200.0, COUNT)
    cases["rotation_rad"] = random.uniform(0.0, 2 * np.pi, COUNT)
    tilted = np.array((0.0, 0.0, 2.0)) + random.normal(size=(COUNT, 3)) * 0.3
    cases["clearcoat_normal"] = tilted / np.linalg.norm(tilted, axis=1, keepdims=True)
    return cases


def on_gpu(body: str, layers: tuple[str, ...]) -> np.ndarray:
    """`body` computes ``result`` from ``f, s, c, k``; layers that are not named keep their neutral values."""
    device = shared_device()
    Renderer(device)  # which makes the blocks and numbers of all its parts known
    device.shaders.add_source(
        "test/layers.comp",
        PROGRAM.format(
            block=CASE.storage_block("Cases", binding=0, array="cases"),
            fields=" ".join(f"s.{name} = k.{name};" for name in FIELDS),
            body=body,
        ),
    )
    defines = {f"LAYER_{name.upper()}": True for name in layers} | {"BODY": abs(hash(body))}
    pipeline = device.compute_pipeline("test/layers.comp", defines=defines)
    results, table = device.buffer(COUNT * 16), make_dfg_texture(device)
    device.bind_storage(0, device.buffer(random_cases()))
    device.bind_storage(1, results)
    device.bind_texture(UNITS["DFG"], table, device.sampler(mip="none", wrap="clamp"))
    device.dispatch(pipeline, COUNT // 64)
    device.barrier()
    return results.read(np.float32).reshape(COUNT, 4).astype(float)


def surface_of(layers: tuple[str, ...]) -> LayeredSurface:
    cases = random_cases().astype(random_cases().dtype)
    values = {name: cases[name].astype(float) for name in FIELDS}
    values["anisotropy_rotation_rad"] = cases["rotation_rad"].astype(float)
    neutral = {"clearcoat": "clearcoat", "sheen": "sheen_color", "iridescence": "iridescence", "anisotropy": "anisotropy"}
    for layer, name in neutral.items():
        if layer not in layers:
            values[name] = np.zeros_like(values[name])
    return LayeredSurface(**values)


def directions() -> tuple[np.ndarray, np.ndarray]:
    return random_cases()["v"].astype(float), random_cases()["l"].astype(float)


def assert_close(found: np.ndarray, expected: np.ndarray, *, relative: float = 4e-3, absolute: float = 2e-4) -> None:
    error = np.abs(found - expected) / (absolute + relative * np.abs(expected))
    assert np.isfinite(found).all()
    assert error.max() < 1.0, (np.unravel_index(error.argmax(), error.shape), error.max())


ALL = ("clearcoat", "sheen", "iridescence", "anisotropy")


@pytest.mark.parametrize("layers", [(), *((name,) for name in ALL), ("sheen", "clearcoat"), ("iridescence", "anisotropy"), ALL])
def test_light_from_one_direction(layers: tuple[str, ...]) -> None:
    v, to_light = directions()
    found = on_gpu("result.rgb = punctual_light(f, s, c, k.l);", layers)[:, :3]
    assert_close(found, surface_of(layers).reflect(v, to_light))


@pytest.mark.parametrize("layers", [(), *((name,) for name in ALL), ALL])
def test_energy_that_the_environment_is_weighed_with(layers: tuple[str, ...]) -> None:
    body = """
    vec3 light = c.diffuse + c.energy.single + c.energy.multiple;
    #ifdef LAYER_SHEEN
    light = light * c.cloth.passes + c.cloth.albedo;
    #endif
    #ifdef LAYER_CLEARCOAT
    light = light * c.coat.passes + c.coat.albedo;
    #endif
    result = vec4(light, 1.0);
    s.emissive = vec3(1.0);
    result.a = emitted_light(s, c).x;
    """
    surface, (v, _) = surface_of(layers), directions()
    found = on_gpu(body, layers)
    assert_close(found[:, :3], surface.albedo(v))
    assert_close(found[:, 3:], np.broadcast_to(surface.emission_share(v), (COUNT, 1)))


def test_lobes_by_themselves() -> None:
    cases, (v, to_light) = random_cases(), directions()
    h = v + to_light
    h /= np.linalg.norm(h, axis=1, keepdims=True)
    alpha = np.maximum(cases["roughness"].astype(float) ** 2, 2e-3)
    film = on_gpu("result.rgb = film_on(s, k.base_color, f.view.z);", ("iridescence",))[:, :3]
    expected = film_reflectance(
        cases["base_color"].astype(float),
        v[:, 2],
        film_ior=cases["iridescence_ior"],
        thickness_nm=cases["iridescence_thickness_nm"],
    )
    assert_close(film, expected, absolute=1e-3)
    body = "c.cloth.color = vec3(1.0 / c.cloth.fit); result.rgb = sheen_lobe(c.cloth, k.v.z, k.l.z, normalize(k.v + k.l).z);"
    cloth = on_gpu(body, ("sheen",))[:, 0]
    sheen_alpha = np.maximum(cases["sheen_roughness"].astype(float), 0.07) ** 2
    assert_close(cloth, charlie_distribution(h[:, 2], sheen_alpha) * sheen_visibility(v[:, 2], to_light[:, 2], sheen_alpha))
    brushed = on_gpu(
        "c.brush.along = vec3(1.0, 0.0, 0.0); c.brush.across = vec3(0.0, 1.0, 0.0);"
        "result.x = anisotropic_lobe(c.brush, s.normal, k.v, k.v.z, k.l, k.l.z, normalize(k.v + k.l));",
        ("anisotropy",),
    )[:, 0]
    along = alpha + (1 - alpha) * cases["anisotropy"].astype(float) ** 2
    assert_close(brushed, anisotropic_distribution(h, along, alpha) * anisotropic_visibility(v, to_light, along, alpha))
