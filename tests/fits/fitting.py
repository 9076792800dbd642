"""What all fits share: skies made up by chance, GLSL with parameters on the device, and Gauss and Newton's steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, Texture
from taixu.render import equirect
from taixu.render.octahedron import tiles_glsl

__all__ = ["Probe", "mean_of", "random_sky", "random_views", "shown", "solve"]

Array = NDArray[np.float64]
_SHADER = """#include "common/environment.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) uniform sampler2D atlas;
layout(std430, binding = 0) readonly buffer In { vec4 asked[]; };
layout(std430, binding = 1) writeonly buffer Out { vec4 found[]; };
layout(std430, binding = 2) readonly buffer Parameters { float par[]; };
MODEL
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= COUNTu) return;
    vec3 n = asked[3u * i].xyz, v = asked[3u * i + 1u].xyz, t = asked[3u * i + 2u].xyz;
    found[i] = vec4(model(n, v, t, asked[3u * i].w, asked[3u * i + 1u].w), 1.0);
}
"""


def random_sky(seed: int, *, height: int = 128) -> NDArray[np.float32]:
    """A ground, a sky, and four to thirteen lamps of all sizes."""
    rng = np.random.default_rng(seed)
    d = equirect.directions(2 * height, height)
    sky = 0.4 + 0.4 * np.clip(3 * d[..., 1:2], -1, 1) * np.array([0.6, 0.8, 1.0]) * rng.uniform(0, 0.7)
    for _ in range(rng.integers(4, 14)):
        axis = rng.normal(size=3)
        sharpness, light = 10 ** rng.uniform(1, 3.3), rng.uniform(0.05, 1.2)
        spot = np.exp(sharpness * (d @ axis / np.linalg.norm(axis) - 1))[..., None]
        sky = sky + spot * (light * sharpness / 6) * rng.uniform(0.4, 1, 3)
    return np.maximum(sky, 0.02).astype(np.float32)


def random_views(count: int, seed: int) -> tuple[Array, Array, Array]:
    """Normals, views at even cosines from them, and tangents: [count, 3] each."""
    rng = np.random.default_rng(seed)
    n = rng.normal(size=(count, 3))
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    t = np.cross(n, rng.normal(size=(count, 3)))
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    cosine, around = rng.uniform(0.03, 1, (count, 1)), rng.uniform(0, 2 * np.pi, (count, 1))
    side = np.cos(around) * t + np.sin(around) * np.cross(n, t)
    return n, cosine * n + np.sqrt(1 - cosine**2) * side, t


def mean_of(sky: NDArray[np.float32]) -> float:
    """Mean radiance."""
    return float((sky.mean(-1) * equirect.solid_angles(sky.shape[1], sky.shape[0])[:, None]).sum() / (4 * np.pi))


def shown(radiance: Array, mean: float) -> Array:
    """As an eye that is used to `mean` sees it: dark places count, and lamps end at white."""
    result: Array = (radiance / (radiance + mean)) ** (1 / 2.2)
    return result


class Probe:
    """``vec3 model(vec3 n, vec3 v, vec3 t, float x, float y)`` in GLSL over ``atlas`` and ``par[]``, at fixed places."""

    def __init__(self, device: Device, model: str, n: Array, v: Array, t: Array, x: Array, y: Array) -> None:
        self._device, self._count = device, len(n)
        device.shaders.add_source("generated/environment.glsl", tiles_glsl())
        path = f"fits/{abs(hash(model))}_{len(n)}.comp"
        device.shaders.add_source(path, _SHADER.replace("MODEL", model).replace("COUNT", str(len(n))))
        asked = np.zeros((len(n), 3, 4), np.float32)
        asked[:, 0, :3], asked[:, 1, :3], asked[:, 2, :3], asked[:, 0, 3], asked[:, 1, 3] = n, v, t, x, y
        self._asked, self._found = device.buffer(asked), device.buffer(len(n) * 16)
        self._pipeline = device.compute_pipeline(path)

    def __call__(self, atlas: Texture, parameters: Array) -> Array:
        """What the model says under this light: [count, 3]."""
        device, given = self._device, self._device.buffer(np.ascontiguousarray(parameters, np.float32))
        sampler = device.sampler(mip="none", wrap="clamp")
        storages = {0: self._asked, 1: self._found, 2: given}
        device.bind(device.bind_group(storages=storages, textures={0: (atlas, sampler)}))
        device.dispatch(self._pipeline, (self._count + 63) // 64)
        device.barrier()
        found = np.frombuffer(self._found.read(), np.float32).reshape(-1, 4)[:, :3].astype(np.float64)
        given.release()
        return found


def solve(residual: Callable[[Array], Array], start: Array, *, steps: int = 20, damping: float = 1e-2) -> tuple[Array, float]:
    """Parameters of the least squares from `start` on, by Levenberg and Marquardt, and the root mean square left."""
    at = np.array(start, np.float64).ravel()
    now = residual(at)
    for _ in range(steps):
        slopes = np.stack([(residual(at + step) - now) / 1e-2 for step in np.eye(len(at)) * 1e-2], 1)
        curvature, gradient = slopes.T @ slopes, slopes.T @ now
        for _ in range(6):
            tried = at - np.linalg.solve(curvature + damping * np.diag(np.diag(curvature) + 1e-3), gradient)
            then = residual(tried)
            if then @ then < now @ now:
                break
            damping *= 4
        else:
            break
        gain, at, now, damping = 1 - (then @ then) / (now @ now), tried, then, max(damping / 3, 1e-6)
        if gain < 1e-4:
            break
    return at, float(np.sqrt(np.square(now).mean()))
