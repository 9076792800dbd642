"""Moon and stars."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.noise import fbm

__all__ = ["MOON_RADIUS_RAD", "moon_disk", "star_picture"]

Array = NDArray[Any]
MOON_RADIUS_RAD = 0.0135
"""Three times the real one: a moon in a picture that wide looks small."""


def star_picture(width: int, height: int, seed: int) -> Array:
    """Stars and the band of the galaxy, radiance of about 1 for the brightest; float64[height, width, 3]."""
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 31]))
    picture = np.zeros((height, width, 3))
    count = 3400
    d = random.normal(size=(count, 3))
    pole = np.array([0.35, 0.55, -0.76])
    pole /= np.linalg.norm(pole)
    band = np.arange(count) % 3 == 0  # a third of them lies near the band
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    d[band] -= 0.85 * (d[band] @ pole)[:, None] * pole
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    bright = 0.03 + 1.4 * random.power(0.3, count) ** 3
    warm = random.normal(0, 0.16, count)
    colors = np.clip(np.stack([1 + warm, np.ones(count), 1 - warm], 1), 0.5, 1.4)
    u = ((np.arctan2(d[:, 2], d[:, 0]) / (2 * np.pi) + 0.5) * width).astype(int) % width
    v = np.minimum((np.arccos(np.clip(d[:, 1], -1, 1)) / np.pi * height).astype(int), height - 1)
    # Towards the poles pixels are narrow: a star there is smeared over several, each the fainter.
    share = np.clip(np.sqrt(np.maximum(1 - d[:, 1] ** 2, 1e-4)) * (width / 1024) ** 2, 0.1, 4.0)
    np.add.at(picture, (v, u), colors * (bright * share)[:, None])
    theta = (np.arange(height) + 0.5) / height * np.pi
    phi = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    away = np.sin(theta)[:, None] * (np.cos(phi) * pole[0] + np.sin(phi) * pole[2]) + np.cos(theta)[:, None] * pole[1]
    x = (np.cos(phi)[None] * np.sin(theta)[:, None] * 5).astype(np.float32)
    z = (np.sin(phi)[None] * np.sin(theta)[:, None] * 5 + np.cos(theta)[:, None] * 3).astype(np.float32)
    dust = np.clip(0.6 + 0.7 * fbm(x, z, seed + 5, octaves=5), 0, 1.4)
    picture += (np.exp(-((away / 0.16) ** 2)) * dust * 0.012)[..., None] * np.array([0.85, 0.92, 1.1])
    return picture


def moon_disk(d: Array, moon: Array, sun: Array, lit: float, seed: int) -> tuple[Array, Array]:
    """Opacity [n] and brightness (0 to 1) [n] of the moon along directions [n, 3]; the side towards the sun is lit."""
    cosine = d @ moon
    opacity = np.clip((cosine - np.cos(MOON_RADIUS_RAD)) / (0.12 * (1 - np.cos(MOON_RADIUS_RAD))), 0, 1)
    right = np.cross(moon, (0.0, 1.0, 0.0))
    right /= max(float(np.linalg.norm(right)), 1e-9)
    above = np.cross(right, moon)
    x, y = d @ right / MOON_RADIUS_RAD, d @ above / MOON_RADIUS_RAD
    depth = np.sqrt(np.maximum(1 - x * x - y * y, 0.0))
    towards = np.array([sun @ right, sun @ above])
    towards /= max(float(np.linalg.norm(towards)), 1e-9)
    angle = np.arccos(np.clip(2 * lit - 1, -1, 1))  # between the sun and the eye, seen from the moon
    light = np.array([towards[0] * np.sin(angle), towards[1] * np.sin(angle), np.cos(angle)])
    shade = np.clip(x * light[0] + y * light[1] + depth * light[2], 0, 1) ** 0.6
    near = opacity > 0
    seas = np.ones(len(d))
    seas[near] = 1 - 0.35 * np.clip(0.4 + fbm((x[near] * 1.6).astype(np.float32), (y[near] * 1.6).astype(np.float32), seed), 0, 1)
    return opacity, shade * seas + 0.006
