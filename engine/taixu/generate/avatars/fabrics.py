"""Fabrics: materials by the material generator, in any colour, with the soft creases that worn cloth has."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Sheen
from taixu.generate.avatars.paints import Paint, Picture

__all__ = ["FABRICS", "fabric"]

Floats = NDArray[np.float64]
_SIZE = 192
_GREY = (0.4, 0.4, 0.4)
FABRICS = {
    "cotton": ("", 0.0, 0.88, 0.20, 0.085), "wool": ("knit", 0.16, 0.92, 0.35, 0.05), "denim": ("denim", 0.107, 0.88, 0.08, 0.075),
    "leather": ("leather", 0.32, 0.48, 0.0, 0.07), "velvet": ("velvet", 0.4, 0.92, 0.6, 0.05), "silk": ("", 0.0, 0.58, 0.25, 0.08),
    "canvas": ("", 0.0, 0.92, 0.1, 0.06), "rubber": ("", 0.0, 0.62, 0.0, 0.07), "plate": ("hammered metal", 0.6, 0.35, 0.0, 0.0),
    "camouflage": ("camouflage", 0.5, 0.88, 0.1, 0.075),
}  # fmt: skip
"""Family of materials, how wide its square is on a body in metres, roughness, sheen, how steep creases are. A plain weave has no
family."""
_THREADS = {"cotton": (100, 0.10), "canvas": (76, 0.22), "silk": (100, 0.0), "rubber": (100, 0.0)}
"""Of plain weaves: threads in a square of creases, and how steep they are."""
_CREASES_M = 0.32
_CREASES_PX = 512


def fabric(name: str, color: tuple[float, float, float]) -> Paint:
    """A fabric in a colour, linear."""
    family, size_m, roughness, sheen, creases = FABRICS[name]
    soft = tuple(sheen * (0.15 + 0.85 * part) * 0.6 for part in color)
    is_metal = name == "plate"
    return Paint(
        f"{name} {color[0]:.3f} {color[1]:.3f} {color[2]:.3f}", (*color, 1.0), 1.0 if is_metal else 0.0, roughness,
        _colors(family) if family else None, _relief(name) if creases else Picture(f"{name} normal", pixels=_maps(family)[1]),
        tiling=(1.0 / size_m, 1.0 / size_m) if size_m else (1.0, 1.0),
        normal_tiling=(1.0 / _CREASES_M, 1.0 / _CREASES_M) if creases else None, double_sided=True,
        sheen=Sheen((soft[0], soft[1], soft[2]), roughness=0.4) if sheen else None
    )  # fmt: skip


@cache
def _maps(family: str) -> tuple[Floats, NDArray[np.uint8]]:
    """Colours, linear, and the normal map of a family's material."""
    from taixu.generate.materials.family import family_named
    from taixu.generate.materials.maps import material_maps

    sliders: dict[str, Any] = {"color": _GREY} if "color" in family_named(family).sliders else {}
    maps = material_maps(family, _SIZE, seed=1, **sliders).maps
    return np.asarray(maps["base_color"], np.float64), _bytes(maps["normal"] * 0.5 + 0.5)


@cache
def _colors(family: str) -> Picture:
    """Brightness about the mean."""
    colors = _maps(family)[0]
    if family != "camouflage":
        grey = colors.mean(-1, keepdims=True)
        colors = np.repeat(np.clip(grey / np.percentile(grey, 92), 0.0, 1.0), 3, -1)
    shown = np.where(colors <= 0.0031308, colors * 12.92, 1.055 * np.maximum(colors, 1e-9) ** (1 / 2.4) - 0.055)
    return Picture(f"{family} color", pixels=_bytes(shown))


@cache
def _relief(name: str) -> Picture:
    """Threads, or the relief of the family's material, with creases over them: slopes add up."""
    family, size_m, _, _, creases = FABRICS[name]
    x, y = (creases * slope for slope in _creases())
    if family:
        normal = _maps(family)[1].astype(np.float64) / 127.5 - 1.0
        at = (np.arange(_CREASES_PX) * (_CREASES_M / size_m) / _CREASES_PX % 1.0 * len(normal)).astype(np.int64)
        fine = normal[at[:, None], at[None, :]]
        x, y = x + fine[..., 0] / np.maximum(fine[..., 2], 0.2), y + fine[..., 1] / np.maximum(fine[..., 2], 0.2)
    elif _THREADS[name][1]:
        across, down = _weave(*_THREADS[name])
        x, y = x + across, y + down
    z = 1.0 / np.sqrt(1.0 + x * x + y * y)
    return Picture(f"{name} normal", pixels=_bytes(np.stack([x * z, y * z, z], -1) * 0.5 + 0.5))


@cache
def _creases() -> tuple[Floats, Floats]:
    """Slopes of soft folds that repeat, of unit strength: ridges of noise with wavelengths of some centimetres."""
    chance = np.random.Generator(np.random.PCG64(3))
    n = _CREASES_PX // 2
    wave_x, wave_y = np.fft.fftfreq(n, 1.0 / n)[None, :], np.fft.fftfreq(n, 1.0 / n)[:, None]
    turned = 0.9 * wave_x + 0.35 * wave_y, 0.75 * wave_y - 0.3 * wave_x
    high = np.zeros((n, n))
    for middle, weight in ((3.2, 1.0), (6.5, 0.55), (13.0, 0.25)):
        reach = np.hypot(1.35 * turned[0], turned[1])
        band = np.exp(-(((reach - middle) / (0.35 * middle)) ** 2))
        noise = np.fft.ifft2(np.fft.fft2(chance.normal(0.0, 1.0, (n, n))) * band).real
        noise /= noise.std()
        high += weight / middle * (1.6 - np.sqrt(noise * noise + 0.05))
    dx = 0.5 * (np.roll(high, -1, 1) - np.roll(high, 1, 1))
    dy = 0.5 * (np.roll(high, -1, 0) - np.roll(high, 1, 0))
    strength = float(np.sqrt((dx * dx + dy * dy).mean()))
    return tuple(np.repeat(np.repeat(each / strength, 2, 0), 2, 1) for each in (-dx, dy))  # type: ignore[return-value]


def _weave(threads: int, steep: float) -> tuple[Floats, Floats]:
    """Slopes of threads over and under each other."""
    t = (np.arange(_CREASES_PX) + 0.5) / _CREASES_PX * threads
    x, y = np.meshgrid(t, t)
    over = (np.floor(x) + np.floor(y)) % 2 > 0
    return np.where(over, np.cos(np.pi * (x % 1.0)), 0.0) * -steep, np.where(over, 0.0, np.cos(np.pi * (y % 1.0))) * steep


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8))
