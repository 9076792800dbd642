"""What a surface under a sky sends to the eye: by shaders' lookups, and by integrals over the sky."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, Texture
from taixu.render import equirect
from taixu.render.octahedron import tiles_glsl

__all__ = ["frames", "integral", "integral_by_texels", "probe", "slab"]

Array = NDArray[np.float64]
_SHADER = """#include "common/environment.glsl"
#include "common/openness.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) uniform sampler2D atlas;
layout(std430, binding = 0) readonly buffer In { vec4 asked[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 found[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= COUNTu) return;
    vec3 n = asked[3u * i].xyz, v = asked[3u * i + 1u].xyz, t = asked[3u * i + 2u].xyz;
    float x = asked[3u * i].w, y = asked[3u * i + 1u].w;
    found[i] = vec4(EXPRESSION, 1.0);
}
"""


def probe(device: Device, atlas: Texture, expression: str, n: Array, v: Array, x: Array | float, *, t: Array | None = None,
          y: Array | float = 0.0) -> Array:  # fmt: skip
    """What a GLSL expression of atlas, n, v, t [count, 3] and numbers x, y [count] says: [count, 3]."""
    count = len(n)
    device.shaders.add_source("generated/environment.glsl", tiles_glsl())
    path = f"tests/environment_{abs(hash(expression))}_{count}.comp"
    device.shaders.add_source(path, _SHADER.replace("EXPRESSION", expression).replace("COUNT", str(count)))
    asked = np.zeros((count, 3, 4), np.float32)
    asked[:, 0, :3], asked[:, 1, :3] = n, v
    if t is not None:
        asked[:, 2, :3] = t
    asked[:, 0, 3], asked[:, 1, 3] = x, y
    given, answer = device.buffer(asked), device.buffer(count * 16)
    device.bind(device.bind_group(storages={0: given, 1: answer}, textures={0: (atlas, device.sampler(mip="none", wrap="clamp"))}))
    device.dispatch(device.compute_pipeline(path), (count + 63) // 64)
    device.barrier()
    found = np.frombuffer(answer.read(), np.float32).reshape(count, 4)[:, :3].astype(np.float64)
    given.release()
    answer.release()
    return found


def frames(count: int, n_dot_v: float, *, seed: int = 3) -> tuple[Array, Array, Array]:
    """Random unit normals, views at this cosine from them, and tangents: [count, 3] each."""
    rng = np.random.default_rng(seed)
    n = rng.normal(size=(count, 3))
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    t = np.cross(n, rng.normal(size=(count, 3)))
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    around = rng.uniform(0, 2 * np.pi, (count, 1))
    side = np.cos(around) * t + np.sin(around) * np.cross(n, t)
    return n, n_dot_v * n + np.sqrt(1 - n_dot_v**2) * side, t


def integral_by_texels(image: Array, weigh: Callable[[Array], Array]) -> Array:
    """The mean of `image` under ``weigh(directions [count, 3])``: [3]."""
    height, width = image.shape[:2]
    angle = np.repeat(equirect.solid_angles(width, height), width)
    weight = weigh(equirect.directions(width, height).reshape(-1, 3)) * angle
    result: Array = weight @ image.reshape(-1, 3) / weight.sum()
    return result


def integral(image: Array, n: Array, v: Array, alpha: tuple[float, float], *, t: Array | None = None, edge: int = 160) -> Array:
    """The light that a GGX surface sends to `v`, with reflectance 1, divided by what it would of even light: [3].

    Wide lobes are summed over all texels of the sky. Of narrow ones only the wings are; near the mirror's direction
    `edge` by `edge` visible normals are sampled: Heitz, "Sampling the GGX Distribution of Visible Normals", 2018.
    """
    t = np.cross(n, [0.3, 0.5, 0.81]) if t is None else t
    t = t / np.linalg.norm(t)
    frame = np.stack([t, np.cross(n, t), n])
    ax, ay = alpha
    view = frame @ v

    def masked(d: Array) -> Array:
        """Smith's lambda."""
        result: Array = (np.sqrt(1 + ((ax * d[..., 0]) ** 2 + (ay * d[..., 1]) ** 2) / d[..., 2] ** 2) - 1) / 2
        return result

    def lobe(light: Array) -> Array:
        """D G2 / (4 n.v)."""
        weight = np.zeros(len(light))
        seen = light @ n > 1e-9
        light = light[seen] @ frame.T
        h = light + view
        h /= np.linalg.norm(h, axis=1, keepdims=True)
        bump = 1.0 / (np.pi * ax * ay * np.square((h[:, 0] / ax) ** 2 + (h[:, 1] / ay) ** 2 + h[:, 2] ** 2))
        weight[seen] = bump / (1 + masked(view) + masked(light)) / (4 * view[2])
        return weight

    if min(alpha) >= 0.03:
        return integral_by_texels(image, lobe)
    u = (np.stack(np.meshgrid(np.arange(edge), np.arange(edge)), -1).reshape(-1, 2) + 0.5) / edge
    stretched = np.array([ax, ay, 1.0]) * view
    stretched /= np.linalg.norm(stretched)
    a = np.cross([0, 0, 1.0], stretched) if stretched[2] < 0.9999 else np.array([1.0, 0, 0])
    a /= np.linalg.norm(a)
    b = np.cross(stretched, a)
    radius, phi = np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1]
    p, q = radius * np.cos(phi), radius * np.sin(phi)
    s = 0.5 * (1 + stretched[2])
    q = (1 - s) * np.sqrt(1 - p * p) + s * q
    h = p[:, None] * a + q[:, None] * b + np.sqrt(np.maximum(1 - p * p - q * q, 0))[:, None] * stretched
    h = np.stack([ax * h[:, 0], ay * h[:, 1], np.maximum(h[:, 2], 0)], -1)
    h /= np.linalg.norm(h, axis=1, keepdims=True)
    light = 2 * (h @ view)[:, None] * h - view
    light = light[light[:, 2] > 1e-6]
    weight = (1 + masked(view)) / (1 + masked(view) + masked(light))  # G2 / G1
    light = light @ frame
    core = np.cos(10 * max(alpha))
    mirror = 2 * view[2] * n - v
    albedo = weight.sum() / len(u)
    near = light @ mirror > core
    seen = equirect.lookup(image, light[near])
    height, width = image.shape[:2]
    towards = equirect.directions(width, height).reshape(-1, 3)
    wings = np.repeat(equirect.solid_angles(width, height), width)
    wings = np.where(towards @ mirror > core, 0.0, lobe(towards) * wings)
    result: Array = (weight[near] @ seen / len(u) + wings @ image.reshape(-1, 3)) / albedo
    return result


def slab(image: Array, n: Array, v: Array, alpha: float, ior: float, *, count: int = 16000) -> Array:
    """The light that comes to `v` through a clear pane with two rough sides, divided by what would of even light: [3].

    Visible normals of both sides are sampled at the points of a four-dimensional Kronecker sequence; rays that turn back
    inside are left out.
    """
    ratio = 1.16730397826142  # root of x^5 = x + 1: the best even spread in four dimensions
    u = (np.arange(1, count + 1)[:, None] * ratio ** -np.arange(1.0, 5.0) + 0.5) % 1.0
    t = np.cross(n, [0.3, 0.5, 0.81])
    t /= np.linalg.norm(t)
    frame = np.stack([t, np.cross(n, t), n])
    view = np.repeat((frame @ v)[None], count, 0)
    inside, enters = _refracted(view, _visible_normals(view, alpha, u[:, :2]), 1.0 / ior, alpha)
    down = np.where(enters[:, None] > 0, inside, -view)
    out, leaves = _refracted(-down, _visible_normals(-down, alpha, u[:, 2:]), ior, alpha)
    weight = enters * leaves
    through = weight > 0
    seen = equirect.lookup(image, out[through] @ frame)
    result: Array = weight[through] @ seen / weight[through].sum()
    return result


def _refracted(view: Array, h: Array, eta: float, alpha: float) -> tuple[Array, Array]:
    """Where rays to `view` come from through facets `h`, and what each weighs: Fresnel's share that is let through, G2 / G1."""

    def hidden(z: Array) -> Array:
        result: Array = (np.sqrt(1 + alpha * alpha * (1 - z * z) / np.maximum(z * z, 1e-12)) - 1) / 2
        return result

    cosine = np.clip((view * h).sum(1), 1e-6, 1.0)
    k = 1 - eta * eta * (1 - cosine * cosine)
    bent = np.sqrt(np.maximum(k, 0.0))
    d = (eta * cosine - bent)[:, None] * h - eta * view
    parallel = (eta * bent - cosine) / (eta * bent + cosine)
    perpendicular = (eta * cosine - bent) / (eta * cosine + bent)
    masked = 1 + hidden(view[:, 2])
    weight = (1 - (parallel**2 + perpendicular**2) / 2) * masked / (masked + hidden(d[:, 2]))
    return d / np.linalg.norm(d, axis=1, keepdims=True), np.where((k > 0) & (d[:, 2] < -1e-4), weight, 0.0)


def _visible_normals(view: Array, alpha: float, u: Array) -> Array:
    """Heitz, 2018; about z."""
    stretched = view * (alpha, alpha, 1.0)
    stretched /= np.linalg.norm(stretched, axis=1, keepdims=True)
    a = np.stack([-stretched[:, 1], stretched[:, 0], np.zeros(len(view))], 1)
    length = np.linalg.norm(a, axis=1, keepdims=True)
    a = np.where(length > 1e-6, a / np.maximum(length, 1e-9), [1.0, 0.0, 0.0])
    radius, phi = np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1]
    p, share = radius * np.cos(phi), 0.5 * (1 + stretched[:, 2])
    q = (1 - share) * np.sqrt(1 - p * p) + share * radius * np.sin(phi)
    up = np.sqrt(np.maximum(1 - p * p - q * q, 0.0))
    h = (p[:, None] * a + q[:, None] * np.cross(stretched, a) + up[:, None] * stretched) * (alpha, alpha, 1.0)
    h[:, 2] = np.maximum(h[:, 2], 1e-6)
    return h / np.linalg.norm(h, axis=1, keepdims=True)
