"""Pictures that all people share: fabrics with creases, strands and ends of hair, lashes; ``assets/avatars/look_*``.

Fabrics are the material generator's; the rest is drawn here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_jpeg, encode_png
from taixu.generate.avatars.fabrics import CREASES_M, FABRICS
from taixu.generate.avatars.hair import BEYOND

__all__ = ["shared_pictures"]

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
_QUALITY = 86
_SIZE = 192
_GREY = (0.4, 0.4, 0.4)
_CREASES_PX = 512
_THREADS = {"cotton": (128, 0.05), "canvas": (128, 0.10), "silk": (128, 0.0), "rubber": (128, 0.0)}
"""Of plain weaves: threads in a square of creases, and how steep they are."""


def shared_pictures() -> dict[str, bytes]:
    """Files by name."""
    strands, strands_normal = _strands(False)
    solid, solid_normal = _strands(True)
    found: dict[str, Pixels] = {
        "hair_cap": _cap(), "hair_short": _short_hairs(), "lashes": _hairs(), "strands": strands, "strands_normal": strands_normal,
        "strands_solid": solid, "strands_solid_normal": solid_normal,
    }  # fmt: skip
    for name, (family, _, _, _, creases) in FABRICS.items():
        if family:
            found[f"{name}_color"] = _colors(family)
        found[f"{name}_normal"] = _relief(name) if creases else _maps(family)[1]
    return {
        f"look_{name}.{'png' if pixels.shape[-1] == 4 else 'jpg'}":
        encode_png(pixels, level=9) if pixels.shape[-1] == 4 else encode_jpeg(pixels, quality=_QUALITY)
        for name, pixels in found.items()
    }  # fmt: skip


@cache
def _maps(family: str) -> tuple[Floats, NDArray[np.uint8]]:
    """Colours, linear, and the normal map of a family's material."""
    from taixu.generate.materials.family import family_named
    from taixu.generate.materials.maps import material_maps

    sliders: dict[str, Any] = {"color": _GREY} if "color" in family_named(family).sliders else {}
    maps = material_maps(family, _SIZE, seed=1, **sliders).maps
    return np.asarray(maps["base_color"], np.float64), _bytes(maps["normal"] * 0.5 + 0.5)


@cache
def _colors(family: str) -> Pixels:
    """Brightness about the mean."""
    colors = _maps(family)[0]
    if family != "camouflage":
        grey = colors.mean(-1, keepdims=True)
        colors = np.repeat(np.clip(grey / np.percentile(grey, 92), 0.0, 1.0), 3, -1)
    shown = np.where(colors <= 0.0031308, colors * 12.92, 1.055 * np.maximum(colors, 1e-9) ** (1 / 2.4) - 0.055)
    return _bytes(shown)


@cache
def _relief(name: str) -> Pixels:
    """Threads, or the relief of the family's material, with creases over them: slopes add up."""
    family, size_m, _, _, creases = FABRICS[name]
    x, y = (creases * slope for slope in _creases())
    if family:
        normal = _maps(family)[1].astype(np.float64) / 127.5 - 1.0
        at = (np.arange(_CREASES_PX) * (CREASES_M / size_m) / _CREASES_PX % 1.0 * len(normal)).astype(np.int64)
        fine = normal[at[:, None], at[None, :]]
        x, y = x + fine[..., 0] / np.maximum(fine[..., 2], 0.2), y + fine[..., 1] / np.maximum(fine[..., 2], 0.2)
    elif _THREADS[name][1]:
        across, down = _weave(*_THREADS[name])
        x, y = x + across, y + down
    z = 1.0 / np.sqrt(1.0 + x * x + y * y)
    return _bytes(np.stack([x * z, y * z, z], -1) * 0.5 + 0.5)


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


def _short_hairs() -> Pixels:
    """Short fine strokes; toward the lower edge they get fewer and fainter."""
    chance = np.random.Generator(np.random.PCG64(13))
    size = 256
    alpha, tone = np.zeros((size, size)), np.full((size, size), 0.5)
    for _ in range(1900):
        at_x, at_y = chance.uniform(0, size), chance.uniform(-8.0, size / BEYOND)
        edge = at_y / size * BEYOND
        if edge > 0.35 and chance.uniform() < (edge - 0.35) * 1.45:
            continue
        lean, length, bright = chance.normal(0, 0.30), chance.uniform(8, 18), chance.uniform(0.35, 1.0)
        columns = np.arange(int(at_x) - 8, int(at_x) + 9)
        rows = np.arange(max(0, int(at_y)), min(size, int(at_y + length) + 2))
        dx, dy = columns[None, :] + 0.5 - at_x, rows[:, None] + 0.5 - at_y
        gap = np.abs(dx - lean * dy)
        body = np.clip(1.7 - gap, 0.0, 1.0) * (dy > 0) * (dy < length)
        window = np.ix_(rows, columns % size)
        tone[window] = np.where(body > 0.3, bright, tone[window])
        alpha[window] = np.maximum(alpha[window], body * 0.9)
    down = ((np.arange(size) + 0.5) / size * BEYOND)[:, None]
    alpha *= np.clip((1.0 - down) / 0.30, 0.0, 1.0)
    grey = np.clip(tone, 0, 1) ** (1 / 2.2)
    return np.rint(np.stack([grey, grey, grey, alpha], -1) * 255).astype(np.uint8)


def _cap() -> Pixels:
    """Solid above; toward the lower edge single hairs, fewer and fewer."""
    chance = np.random.Generator(np.random.PCG64(12))
    width, height = 256, 160
    v = ((np.arange(height) + 0.5) / height)[:, None] * BEYOND
    ends = np.repeat(chance.beta(2.0, 2.2, width // 2) * 0.72 + 0.24, 2)[None, :]
    alpha = np.clip((ends - v) / 0.16 + 0.5, 0.0, 1.0)
    alpha = np.maximum(alpha, np.clip((0.62 - v) / 0.30, 0.0, 1.0))
    tone = np.clip(0.62 + 0.25 * chance.normal(0, 1, (1, width)) + 0.12 * chance.normal(0, 1, (height, width)), 0.2,
                   1.0) ** (1 / 2.2)
    pixels = np.stack([tone, tone, tone, alpha], -1)
    return np.rint(pixels * 255).astype(np.uint8)


def _strands(solid: bool) -> tuple[Pixels, Pixels]:
    """Strands along v: brightness varies from strand to strand, the ends are ragged; and their relief."""
    chance = np.random.Generator(np.random.PCG64(11))
    width, height = 128, 256
    x = (np.arange(width) + 0.5) / width
    v = ((np.arange(height) + 0.5) / height)[:, None]
    bright, relief, alpha = np.zeros((height, width)), np.zeros((height, width)), np.zeros((height, width))
    for _strand in range(90):
        at, thick = chance.uniform(0.0, 1.0), chance.uniform(0.008, 0.022)
        bend, phase = chance.uniform(0.0, 0.02), chance.uniform(0, 6.28)
        end, tone, begin = chance.uniform(0.62, 1.0), chance.uniform(0.45, 1.0), chance.uniform(-0.02, 0.09)
        if abs(at - 0.5) > 0.36:
            end *= chance.uniform(0.6, 0.95)
        middle = at + bend * np.sin(3.0 * v + phase)
        gap = (x[None, :] - middle) / (thick * np.clip((end - v) / 0.25 + 0.15, 0.12, 1.0))
        body = np.clip(1.0 - gap**2, 0.0, 1.0) * (v < end) * np.clip((v - begin) / 0.04 + 0.5, 0.0, 1.0)
        nearer = body > relief
        bright = np.where(nearer, tone * (0.55 + 0.45 * body), bright)
        relief = np.maximum(relief, body)
        alpha = np.maximum(alpha, np.minimum(1.0, 2.2 * body))
    edge = np.clip(np.minimum(x, 1.0 - x) / 0.04, 0.0, 1.0)[None, :]
    alpha = alpha * edge if not solid else np.ones_like(alpha)
    bright = np.where(bright > 0, bright, 0.45)
    root = 0.62 + 0.38 * np.clip(v / 0.35, 0.0, 1.0)
    grey = np.clip(1.25 * bright * root, 0.0, 1.0) ** (1 / 2.2)
    pixels = np.stack([grey, grey, grey, alpha], -1) if not solid else np.stack([grey] * 3, -1)
    dx = np.roll(relief, -1, 1) - np.roll(relief, 1, 1)
    normal = np.stack([-0.8 * dx, np.zeros_like(dx), np.ones_like(dx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.rint(pixels * 255).astype(np.uint8), np.rint((normal * 0.5 + 0.5) * 255).astype(np.uint8)


def _hairs() -> Pixels:
    """Curved hairs from the lower edge, tapering, as opacity over white; the picture repeats across."""
    chance = np.random.Generator(np.random.PCG64(7))
    width, height = 256, 64
    alpha = np.zeros((height, width))
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for _ in range(42):
        root, lean = chance.uniform(0, width), chance.uniform(-14, 14)
        tall, thick = chance.uniform(0.6, 1.0) * height, chance.uniform(1.0, 1.7)
        up = (height - y) / tall
        middle = root + lean * up**1.6
        gap = np.abs((x[None, :] - middle[:, None] + width / 2) % width - width / 2)
        body = np.clip(1.0 - gap / (thick * np.clip(1.15 - up, 0.0, 1.0)[:, None] + 1e-6), 0.0, 1.0)
        alpha = np.maximum(alpha, np.minimum(1.0, 1.6 * body) * (up <= 1.0)[:, None])
    alpha = np.maximum(alpha, 0.92 * np.clip((y - 0.84 * height) / 4.0, 0.0, 1.0)[:, None])
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., 3] = np.rint(alpha * 255)
    return pixels
