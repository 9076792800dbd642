"""Fits of lobes that are put together from round ones: ``shaders/common/environment.glsl``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from environment_light import integral, slab
from fitting import Array, Probe, mean_of, random_sky, random_views, shown, solve

from taixu.gpu import Device
from taixu.render.environment import make_environment
from taixu.render.reflectance.transmission import transmission_roughness

__all__ = ["FITS", "LobeFit", "lobe_glsl", "refit"]


@dataclass(frozen=True, slots=True)
class LobeFit:
    """A model in GLSL with parameters, where it is asked, and what it should say.

    Attributes
    ----------
    model
        ``vec3 model(vec3 n, vec3 v, vec3 t, float x, float y)`` that reads ``par[]``.
    committed
        What the shader has in its place: an expression of n, v, t, x, y.
    start
        Parameters from which steps are taken.
    pick
        What two even random numbers [count] each say of the surface: x, y [count].
    exact
        ``(sky, n, v, t, x, y)`` of one place: [3].
    """

    model: str
    committed: str
    start: Array
    pick: Callable[[Array, Array], tuple[Array, Array]]
    exact: Callable[[Array, Array, Array, Array, float, float], Array]


_REFLECTION = """
float poly(int first, float r, float m) {
    float sum = 0.0, power = 1.0;
    for (int j = 0; j < 3; ++j) {
        int i = first + 4 * j;
        sum += power * (par[i] + r * (par[i + 1] + r * (par[i + 2] + r * par[i + 3])));
        power *= m;
    }
    return sum;
}
vec3 model(vec3 n, vec3 v, vec3 t, float x, float y) {
    float r = max(x, 0.1), m = clamp(dot(n, v), 0.03, 1.0), askew = 1.0 - m * m;
    float share = clamp(0.5 + poly(48, r, m), 0.0, 1.0);
    vec2 width = clamp(1.0 + askew * vec2(poly(24, r, m), poly(36, r, m)), 0.04, 1.6) * x * x;
    vec3 mirror = reflect(-v, n);
    return mix(environment_lobe(atlas, mix(mirror, n, x * x * poly(12, r, m)), width.y),
        environment_lobe(atlas, mix(mirror, n, x * x * poly(0, r, m)), width.x), share);
}
"""
_ANISOTROPY = """
vec3 model(vec3 n, vec3 v, vec3 t, float x, float y) {
    vec3 b = cross(n, t);
    vec2 seen = vec2(dot(v, t), max(dot(v, n), 1e-3));
    float hidden_view = length(vec3(x * seen.x, y * dot(v, b), seen.y)) / seen.y;
    float stretch = sqrt(max(square(x) - par[1] * square(y), 0.0));
    int taps = int(clamp(ceil(1.7 * x / y), 3.0, 12.0));
    float share = 1.0 / float(taps), rest, weight = 0.0;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < taps; ++i) {
        float u = (2.0 * float(i) + 1.0) * share - 1.0;
        float q = u * inversesqrt(1.0 - u * u);
        float slope = par[2] * q * stretch;
        vec3 h = normalize(n + slope * t);
        float v_dot_h = dot(v, h);
        vec3 l = 2.0 * v_dot_h * h - v;
        float n_dot_l = dot(n, l);
        float hidden_light = length(vec3(x * dot(l, t), y * dot(l, b), n_dot_l)) / max(n_dot_l, 1e-3);
        float w = max(seen.y + seen.x * slope, 0.0) / (1.0 + hidden_view + hidden_light);
        w *= smoothstep(-0.1, 0.1, n_dot_l) * step(0.0, v_dot_h);
        float flatter = 1.0 / (1.0 + slope * slope), wider = 1.0 + q * q;
        float across = par[0] * y * sqrt(wider * flatter) * mix(1.0, v_dot_h, par[3]);
        float between = 0.95 * stretch * wider * sqrt(wider) * flatter * share;
        float wide = clamp(length(vec2(across, between)), 1e-4, 1.0);
        vec4 lean = environment_lean(max(v_dot_h, 1e-3), sqrt(wide), rest);
        sum += w * environment_lobe(atlas, mix(l, h, min(mix(lean.y, lean.x, rest), 1.0)), mix(lean.w, lean.z, rest));
        weight += w;
    }
    return sum / max(weight, 1e-5);
}
"""
_REFRACTION = """
vec3 model(vec3 n, vec3 v, vec3 t, float x, float y) {
    float m = clamp(dot(n, v), 0.0, 1.0), askew = 1.0 - m;
    float lean = askew * clamp(x * (par[0] + x * par[1]) + askew * x * (par[2] + x * par[3]), 0.0, 1.0);
    float width = 1.0 + x * (par[4] + x * (par[5] + x * par[6])) + askew * (par[7] + x * par[8] + askew * (par[9] + x * par[10]));
    return environment_lobe(atlas, mix(-v, -n, lean), x * x * clamp(width, 0.3, 2.0));
}
"""


def _through(sky: Array, n: Array, v: Array, t: Array, x: float, y: float) -> Array:
    return slab(sky, n, v, float(x / transmission_roughness(np.array(1.0), y, thin=False)) ** 2, y)


def _rough_panes(a: Array, b: Array) -> tuple[Array, Array]:
    ior = 1.2 + 0.8 * np.random.default_rng(len(a)).permutation(b)
    return np.array([transmission_roughness(0.1 + 0.9 * r, i, thin=False) for r, i in zip(a, ior)]), ior


FITS = {
    "reflection": LobeFit(
        _REFLECTION,
        "environment_reflection(atlas, n, v, x)",
        np.array([[[-0.3], [0], [0]], [[0.3], [0], [0]], [[-0.3], [0], [0]], [[-0.3], [0], [0]], [[0], [0], [0]]]) * np.eye(4)[0],
        lambda a, b: (0.1 + 0.9 * a, b),
        lambda sky, n, v, t, x, y: integral(sky, n, v, (x * x, x * x), edge=100),
    ),
    "anisotropy": LobeFit(
        _ANISOTROPY, "environment_anisotropic(atlas, n, v, t, vec2(x, y))", np.array([0.9, 1.0, 1.0, 0.3]),
        lambda a, b: ((0.2 + 0.6 * a) ** 2 * (1 - (0.3 + 0.7 * b) ** 2) + (0.3 + 0.7 * b) ** 2, (0.2 + 0.6 * a) ** 2),
        lambda sky, n, v, t, x, y: integral(sky, n, v, (x, y), t=t),
    ),
    "refraction": LobeFit(
        _REFRACTION, "environment_refraction(atlas, n, v, -v, y, x)", np.array([0.3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        _rough_panes, _through,
    ),
}  # fmt: skip


def refit(device: Device, fit: LobeFit, *, skies: int, places: int, steps: int = 20) -> tuple[Array, float, float]:
    """Parameters over so many skies and places in each, and the root mean square error that they and the shader leave."""
    committed = f"vec3 model(vec3 n, vec3 v, vec3 t, float x, float y) {{ return {fit.committed}; }}"
    cases = []
    for seed in range(skies):
        sky = random_sky(seed)
        n, v, t = random_views(places, 100 + seed)
        x, y = fit.pick(*np.random.default_rng(200 + seed).uniform(size=(2, places)))
        exact = np.array([fit.exact(sky.astype(float), n[i], v[i], t[i], x[i], y[i]) for i in range(places)])
        probes = [Probe(device, code, n, v, t, x, y) for code in (fit.model, committed)]
        cases.append((*probes, make_environment(device, sky), exact, mean_of(sky)))

    def residual(parameters: Array, *, which: int = 0) -> Array:
        parts = []
        for *probes, maps, exact, mean in cases:
            said = np.maximum(probes[which](maps.atlas, parameters), 0)
            parts.append((shown(said, mean) - shown(exact, mean)).ravel())
        return np.concatenate(parts)

    found, error = solve(residual, fit.start, steps=steps)
    shader = float(np.sqrt(np.square(residual(np.zeros(1), which=1)).mean()))
    for case in cases:
        case[2].release()
    return found, error, shader


def lobe_glsl(name: str, parameters: Array) -> str:
    """The numbers as the shader writes them."""
    if name != "reflection":
        return ", ".join(f"{p:.3f}" for p in parameters)
    p = parameters.reshape(5, 3, 4)
    lines = [f"p{j}: r^{i}: vec4({', '.join(f'{p[k, j, i]:.3f}' for k in range(4))})" for j in range(3) for i in range(4)]
    return "\n".join(lines + [f"w{j}: {', '.join(f'{c:.3f}' for c in p[4, j])}" for j in range(3)])
