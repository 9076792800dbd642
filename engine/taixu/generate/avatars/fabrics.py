"""Fabrics: materials by the material generator, in any colour."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Sheen
from taixu.generate.avatars.paints import Paint, Picture

__all__ = ["FABRICS", "fabric"]

_SIZE = 192
_GREY = (0.4, 0.4, 0.4)
FABRICS = {
    "cotton": ("", 0.016, 0.85, 0.25), "wool": ("knit", 0.16, 0.9, 0.35), "denim": ("denim", 0.10, 0.85, 0.1),
    "leather": ("leather", 0.30, 0.45, 0.0), "velvet": ("velvet", 0.4, 0.9, 0.6), "silk": ("", 0.006, 0.38, 0.15),
    "canvas": ("", 0.028, 0.9, 0.1), "rubber": ("", 0.02, 0.55, 0.0), "plate": ("hammered metal", 0.6, 0.35, 0.0),
    "camouflage": ("camouflage", 0.5, 0.85, 0.1),
}  # fmt: skip
"""Family of materials, how wide its square is on a body in metres, roughness, sheen. A plain weave has no family."""


def fabric(name: str, color: tuple[float, float, float]) -> Paint:
    """A fabric in a colour, linear."""
    family, size_m, roughness, sheen = FABRICS[name]
    picture, normal = _pictures(family) if family else (None, _weave())
    soft = tuple(sheen * (0.15 + 0.85 * part) * 0.6 for part in color)
    is_metal = name == "plate"
    return Paint(
        f"{name} {color[0]:.3f} {color[1]:.3f} {color[2]:.3f}", (*color, 1.0), 1.0 if is_metal else 0.0, roughness, picture, normal,
        0.6 if name in ("silk", "rubber", "cotton") else 1.0, tiling=(1.0 / size_m, 1.0 / size_m), double_sided=True,
        sheen=Sheen((soft[0], soft[1], soft[2]), roughness=0.4) if sheen else None
    )  # fmt: skip


@cache
def _pictures(family: str) -> tuple[Picture, Picture]:
    """Brightness about the mean, and relief, of a family's material."""
    from taixu.generate.materials.family import family_named
    from taixu.generate.materials.maps import material_maps

    sliders: dict[str, Any] = {"color": _GREY} if "color" in family_named(family).sliders else {}
    maps = material_maps(family, _SIZE, seed=1, **sliders).maps
    colors = maps["base_color"]
    if family != "camouflage":
        grey = colors.mean(-1, keepdims=True)
        colors = np.repeat(np.clip(grey / np.percentile(grey, 92), 0.0, 1.0), 3, -1)
    shown = np.where(colors <= 0.0031308, colors * 12.92, 1.055 * np.maximum(colors, 1e-9) ** (1 / 2.4) - 0.055)
    return (Picture(f"{family} color", pixels=_bytes(shown)),
            Picture(f"{family} normal", pixels=_bytes(maps["normal"] * 0.5 + 0.5)))


@cache
def _weave() -> Picture:
    """Threads over and under each other."""
    size, threads = 128, 16
    t = (np.arange(size) + 0.5) / size * threads
    x, y = np.meshgrid(t, t)
    over = (np.floor(x) + np.floor(y)) % 2
    across, down = np.abs(np.sin(np.pi * x)), np.abs(np.sin(np.pi * y))
    height = np.where(over > 0, across * (0.6 + 0.4 * down), down * (0.6 + 0.4 * across))
    dx, dy = np.roll(height, -1, 1) - np.roll(height, 1, 1), np.roll(height, -1, 0) - np.roll(height, 1, 0)
    normal = np.stack([-dx, dy, np.full_like(dx, 1.6)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return Picture("weave normal", pixels=_bytes(normal * 0.5 + 0.5))


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8))
