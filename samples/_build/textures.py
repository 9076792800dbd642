"""The samples' textures: planks, felt and painted wood, as colour, normal and roughness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from noise import fractal, value_noise
from numpy.typing import NDArray

__all__ = ["TEXTURES"]

Array = NDArray[Any]
_SIZE = 1024


def planks() -> dict[str, Array]:
    """A floor of oak planks, eight boards wide, two long."""
    boards, size = 8, _SIZE
    row = np.arange(size) * boards // size
    across = (np.arange(size) * boards / size) % 1.0
    rng = np.random.default_rng(7)
    shift, tone = rng.integers(0, size, boards), rng.random((boards, 2))
    color, height = np.empty((size, size, 3)), np.empty((size, size))
    grain = fractal((size, size), (128, 4), octaves=4, seed=11)
    wave = fractal((size, size), (16, 3), octaves=3, seed=23)
    for board in range(boards):
        rows = np.flatnonzero(row == board)
        x = (np.arange(size) + shift[board]) % size
        figure = grain[rows][:, x] * 0.55 + 0.45 * (0.5 + 0.5 * np.sin(wave[rows][:, x] * 46 + board * 2))
        half = (x >= size // 2).astype(int)
        base = np.array([0.70, 0.49, 0.30]) * (0.86 + 0.24 * tone[board][half])[None, :, None]
        color[rows] = base * (0.80 + 0.30 * figure[..., None]) * (1, 0.985 + 0.03 * tone[board, 0], 0.97)
        ends = np.minimum(np.abs(x - size // 2), np.minimum(x, size - x)) / 3.0
        sides = np.minimum(across[rows], 1 - across[rows]) * size / boards / 3.0
        gap = np.clip(np.minimum(sides[:, None], ends[None]), 0, 1)
        height[rows] = gap * (1 + 0.03 * figure)
        color[rows] *= (0.45 + 0.55 * gap)[..., None]
    roughness = 0.50 + 0.18 * (1 - grain)
    return {"color": color, "normal": normals(height, 2.0), "roughness": roughness}


def felt() -> dict[str, Array]:
    """Woollen felt: soft, matt, a little uneven."""
    shape = (512, 512)
    cloud, hair = fractal(shape, (6, 6), octaves=5, seed=3), value_noise(shape, (256, 256), seed=5)
    tone = 0.82 + 0.22 * cloud + 0.12 * (hair - 0.5)
    normal = normals(hair * 0.4 + cloud, 1.2)
    return {"color": np.repeat(tone[..., None], 3, 2), "normal": normal, "roughness": np.full(shape, 0.95)}


def painted() -> dict[str, Array]:
    """Painted wood, nearly white so that a base colour tints it: brush marks and a few rubbed spots."""
    shape = (512, 512)
    brush = fractal(shape, (96, 3), octaves=3, seed=31)
    worn = np.clip((fractal(shape, (9, 9), octaves=5, seed=37) - 0.66) * 9, 0, 1)
    tone = (0.93 + 0.07 * brush) * (1 - 0.12 * worn)
    return {
        "color": np.repeat(tone[..., None], 3, 2),
        "normal": normals(brush * 0.5 - worn * 0.3, 0.5),
        "roughness": 0.38 + 0.12 * brush + 0.2 * worn,
    }


def normals(height: Array, strength: float) -> Array:
    """A tangent-space normal map (green up, as in glTF) of a tileable height map."""
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * strength
    up = (np.roll(height, 1, 0) - np.roll(height, -1, 0)) * strength
    vectors = np.stack([-right, -up, np.ones_like(height)], -1)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True) * 0.5 + 0.5


TEXTURES: dict[str, Callable[[], dict[str, Array]]] = {"planks": planks, "felt": felt, "painted": painted}
