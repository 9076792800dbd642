"""The sky by sun and moon as an equirectangular picture: what is behind everything, and what the world is lit by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render import equirect

from .heavens import EYE_M, SUN_COLOR, Heavens, light_scale
from .medium import Medium, look_up

__all__ = ["NIGHT", "make_sky"]

NIGHT = np.array([0.6, 0.8, 1.3]) * 4e-4
"""Radiance of a sky without sun and moon, in scene units: like the moon's light, more than in life."""
_AROUND, _UP = 72, 80
Array = NDArray[np.floating[Any]]


def make_sky(heavens: Heavens, medium: Medium, ground_color: Array, *, height: int = 256) -> NDArray[np.float32]:
    """Radiance around: float32 [height, 2 * height, 3], top row first, without the disks of sun and moon."""
    d = equirect.directions(2 * height, height)[: height // 2]
    scale = light_scale(medium)
    share = (SUN_COLOR * scale, SUN_COLOR * (scale * heavens.moon_share))
    sky = sum((_dome(medium, body, d) * color for body, color in zip((heavens.sun, heavens.moon), share, strict=True)),
              np.zeros(3))  # fmt: skip
    sky = sky + NIGHT
    angles = equirect.solid_angles(2 * height, height)[: height // 2, None, None]
    level = (sky * d[..., 1:2] * angles).sum((0, 1))
    for body, light in zip((heavens.sun, heavens.moon), heavens.irradiance(medium), strict=True):
        level = level + light * max(float(body[1]), 0.0)
    return np.concatenate([sky, _below(sky, ground_color * level / np.pi)]).astype(np.float32)


def _dome(medium: Medium, body: Array, d: Array) -> Array:
    """What a body of irradiance 1 makes of the directions `d` [rows, columns, 3] above the horizon.

    Half a dome is marched (the other half is its mirror image), finest near the horizon and about the body.
    """
    azimuth = (np.arange(_AROUND) / (_AROUND - 1.0)) ** 2 * np.pi
    rise = (np.arange(_UP) / (_UP - 1.0)) ** 2 * (np.pi / 2)
    up, level = np.sin(rise)[:, None], np.cos(rise)[:, None]
    sun_up = float(body[1])
    sun_level = float(np.hypot(body[0], body[2]))
    towards = np.clip(up * sun_up + level * sun_level * np.cos(azimuth), -1.0, 1.0)
    light = medium.seen(EYE_M, sun_up, np.broadcast_to(up, towards.shape).ravel(), towards.ravel())
    around = np.arctan2(d[..., 2], d[..., 0]) - np.arctan2(body[2], body[0])
    around = np.abs((around + np.pi) % (2 * np.pi) - np.pi)
    y = np.sqrt(np.arcsin(np.clip(d[..., 1], 0.0, 1.0)) / (np.pi / 2)) * (_UP - 1)
    x = np.sqrt(around / np.pi) * (_AROUND - 1)
    result: Array = look_up(light.reshape(_UP, _AROUND, 3), y.ravel(), x.ravel()).reshape(*d.shape)
    return result


def _below(sky: Array, color: Array) -> Array:
    """What lies below the horizon: the ground, fading into the haze of the horizon above it."""
    rows = len(sky)
    depth = (np.arange(rows) + 0.5) / rows * np.pi / 2
    clear = (1.0 - np.exp(-np.sin(depth) / 0.06))[:, None, None]
    result: Array = sky[-1:] * (1.0 - clear) + color * clear
    return result
