"""Fronts of houses: four storeys by four bays in a picture, as colour, normal and surface."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from noise import fractal
from numpy.typing import NDArray
from textures import normals

from taixu.assets.image import encode_jpeg

__all__ = ["BAY_M", "FACADES", "facade_pictures"]

Array = NDArray[np.float64]
BAY_M = 3.6
"""A bay's width and a storey's height."""
_BAYS, _SIZE = 4, 512


class _Front:
    """A front in the making; places within a bay go from 0 to 1, the first row of pixels is the lowest."""

    def __init__(self, color: tuple[float, float, float], roughness: float, *, seed: int) -> None:
        place = (np.arange(_SIZE) + 0.5) / _SIZE * _BAYS
        self.x, self.y = np.meshgrid(place % 1.0, place % 1.0)
        column, row = np.meshgrid(place.astype(int), place.astype(int))
        self.chance = np.random.default_rng(seed).random((_BAYS, _BAYS))[row, column]
        grime = fractal((_SIZE, _SIZE), (6, 6), octaves=5, seed=seed)
        self.color = np.asarray(color) * (0.9 + 0.2 * grime)[..., None]
        self.height = np.full((_SIZE, _SIZE), 0.6)
        self.roughness = np.full((_SIZE, _SIZE), roughness) + 0.1 * (grime - 0.5)
        self.metallic = np.zeros((_SIZE, _SIZE))

    def box(self, x0: float, x1: float, y0: float, y1: float) -> NDArray[np.bool_]:
        """Which pixels lie in a rectangle of each bay."""
        return (self.x > x0) & (self.x < x1) & (self.y > y0) & (self.y < y1)

    def glaze(self, where: NDArray[np.bool_], tint: tuple[float, float, float]) -> None:
        """Panes: dark rooms behind, some with blinds; smooth."""
        blind = (self.chance > 0.62)[..., None]
        room = np.asarray(tint) * (0.5 + 0.7 * self.chance)[..., None]
        shade = np.array([0.5, 0.5, 0.47]) * (0.75 + 0.3 * self.chance)[..., None]
        drawn = blind & (self.y > 1.35 - self.chance * 0.9)[..., None]
        self.color = np.where(where[..., None], np.where(drawn, shade * 0.8, room), self.color)
        self.roughness = np.where(where, 0.07, self.roughness)
        self.height = np.where(where, 0.35, self.height)

    def lay(
        self, where: NDArray[np.bool_], color: tuple[float, float, float], *, height: float, roughness: float, metallic: float = 0.0
    ) -> None:
        """Something of one stuff."""
        self.color = np.where(where[..., None], np.asarray(color), self.color)
        self.height, self.roughness = np.where(where, height, self.height), np.where(where, roughness, self.roughness)
        self.metallic = np.where(where, metallic, self.metallic)


def _glass() -> _Front:
    front = _Front((0.3, 0.34, 0.37), 0.3, seed=1)
    front.glaze(front.box(0.02, 0.98, 0.2, 1.0), (0.06, 0.12, 0.17))
    front.lay(front.box(0.0, 1.0, 0.0, 0.2), (0.13, 0.2, 0.25), height=0.45, roughness=0.12)
    bars = front.box(-1, 0.03, -1, 2) | front.box(0.97, 2, -1, 2) | front.box(0.49, 0.51, 0.2, 1) | front.box(-1, 2, 0.19, 0.22)
    front.lay(bars, (0.55, 0.57, 0.58), height=0.7, roughness=0.35, metallic=1.0)
    return front


def _concrete() -> _Front:
    front = _Front((0.58, 0.56, 0.52), 0.8, seed=2)
    front.glaze(front.box(0.16, 0.84, 0.24, 0.84), (0.07, 0.09, 0.1))
    front.lay(front.box(0.49, 0.51, 0.24, 0.84), (0.3, 0.3, 0.3), height=0.45, roughness=0.4)
    front.lay(front.box(0.13, 0.87, 0.2, 0.24), (0.66, 0.64, 0.6), height=0.8, roughness=0.75)
    front.lay(front.box(-1, 2, 0.0, 0.02), (0.4, 0.38, 0.36), height=0.5, roughness=0.9)
    return front


def _brick() -> _Front:
    front = _Front((0.43, 0.22, 0.15), 0.85, seed=3)
    courses, bricks = front.y * 40 % 1.0, (front.x * 14 + (np.floor(front.y * 40) % 2) * 0.5) % 1.0
    front.lay((courses < 0.12) | (bricks < 0.05), (0.5, 0.44, 0.38), height=0.5, roughness=0.9)
    front.lay(front.box(0.22, 0.78, 0.2, 0.82), (0.75, 0.73, 0.69), height=0.7, roughness=0.6)
    front.glaze(front.box(0.27, 0.73, 0.25, 0.78), (0.06, 0.08, 0.1))
    front.lay(front.box(0.49, 0.51, 0.25, 0.78) | front.box(0.27, 0.73, 0.56, 0.58), (0.8, 0.79, 0.76), height=0.55, roughness=0.5)
    return front


def _balconies() -> _Front:
    front = _Front((0.72, 0.7, 0.66), 0.75, seed=4)
    front.glaze(front.box(0.05, 0.95, 0.12, 0.86), (0.09, 0.1, 0.1))
    front.lay(front.box(0.32, 0.35, 0.12, 0.86) | front.box(0.66, 0.69, 0.12, 0.86), (0.85, 0.84, 0.82), height=0.5, roughness=0.5)
    front.lay(front.box(-1, 2, 0.0, 0.12), (0.82, 0.8, 0.77), height=0.95, roughness=0.7)
    rails = front.box(-1, 2, 0.12, 0.42) & ((front.x * 30 % 1.0 < 0.22) | (front.y > 0.39))
    front.lay(rails, (0.2, 0.2, 0.21), height=0.9, roughness=0.4, metallic=0.6)
    return front


FACADES: dict[str, Callable[[], _Front]] = {"glass": _glass, "concrete": _concrete, "brick": _brick, "balconies": _balconies}


def facade_pictures(name: str) -> dict[str, bytes]:
    """A front's pictures as JPEG: ``color``, ``normal``, ``surface``."""
    front = FACADES[name]()
    surface = np.stack([np.ones_like(front.roughness), front.roughness, front.metallic], -1)
    srgb = np.where(front.color <= 0.0031308, front.color * 12.92, 1.055 * np.maximum(front.color, 1e-6) ** (1 / 2.4) - 0.055)
    pictures = {"color": srgb, "normal": normals(front.height, 3.0), "surface": surface}
    return {kind: encode_jpeg((np.clip(each, 0, 1) * 255 + 0.5).astype(np.uint8), quality=85) for kind, each in pictures.items()}
