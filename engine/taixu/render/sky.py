"""Skies made by code: a clear atmosphere with a sun, and a photographer's studio.

The atmosphere is single scattering by air and haze with ozone's absorption, marched once in numpy, and an even share of
what scattered more than once; constants from Hillaire, "A Scalable and Production Ready Sky and Atmosphere Rendering
Technique", 2020. Radiance is scaled so that a white, level surface under sun and sky looks about white at exposure 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import equirect
from .disk_cache import content_key, find_array, has_array, keep_array

__all__ = ["Atmosphere", "is_known", "make_atmosphere", "make_studio"]

_GROUND_M, _TOP_M, _EYE_M = 6.360e6, 6.460e6, 300.0
_AIR = np.array([5.802e-6, 13.558e-6, 33.1e-6])
_HAZE_SCATTER, _HAZE_ABSORB = 3.996e-6, 4.4e-6
_OZONE = np.array([0.650e-6, 1.881e-6, 0.085e-6])
_AIR_HEIGHT_M, _HAZE_HEIGHT_M = 8000.0, 1200.0
_SUN = np.array([1.0, 0.96, 0.92])
_LEVEL = 3.4  # irradiance of a level surface under a high sun, in scene units: about pi
_VERSION = 4
_SKY_GAIN = 1.5  # skies look darker than they are beside a ground in full sun


@dataclass(frozen=True)
class Atmosphere:
    """A sky without its sun, and the sun as a directional light.

    Attributes
    ----------
    image : float32[h, w, 3]
        Equirectangular radiance.
    sun_direction : float64[3]
        Unit, towards the sun.
    sun_irradiance : float64[3]
        What a surface that faces the sun gets.
    """

    image: NDArray[np.float32]
    sun_direction: NDArray[np.float64]
    sun_irradiance: NDArray[np.float64]


def make_atmosphere(
    sun_direction: ArrayLike, *, turbidity: float = 2.5, ground_color: ArrayLike = (0.3, 0.29, 0.27), height: int = 256,
    keep: bool = True,
) -> Atmosphere:
    """The sky of a clear day.

    Parameters
    ----------
    sun_direction
        Towards the sun, any length.
    turbidity
        Haze: 1 none, 2.5 clear, 6 hazy.
    ground_color
        Linear albedo of what lies below the horizon.
    height
        Rows of the picture.
    keep
        Whether it is kept on disk for the next time.
    """
    sun = np.asarray(sun_direction, np.float64)
    sun = sun / max(float(np.linalg.norm(sun)), 1e-9)
    ground = np.asarray(ground_color, np.float64)
    key = _key(sun, turbidity, ground, height)
    packed = find_array("sky", key)
    if packed is None:
        packed = _march(sun, turbidity, ground, height)
        if keep:
            keep_array("sky", key, packed)
    return Atmosphere(packed[:-1].copy(), sun, packed[-1, 0].astype(np.float64))


def is_known(sun_direction: ArrayLike, *, turbidity: float, ground_color: ArrayLike, height: int = 256) -> bool:
    """Whether such a sky is kept on disk, and is there at once."""
    sun, ground = np.asarray(sun_direction, np.float64), np.asarray(ground_color, np.float64)
    return has_array("sky", _key(sun / max(float(np.linalg.norm(sun)), 1e-9), turbidity, ground, height))


def _key(sun: NDArray[np.float64], turbidity: float, ground: NDArray[np.float64], height: int) -> str:
    return content_key("atmosphere", _VERSION, sun.round(4), round(turbidity, 3), ground.round(4), height)


def make_studio(height: int = 256) -> NDArray[np.float32]:
    """A bright room with three soft boxes: what lights a model that comes without a sky. Equirectangular radiance."""
    d = equirect.directions(2 * height, height)
    up = d[..., 1]
    wall = 0.30 + 0.16 * np.clip(up, 0.0, 1.0) - 0.16 * np.clip(-up, 0.0, 1.0)
    image = wall[..., None] * np.array([1.0, 1.0, 1.0])
    boxes = (  # azimuth and elevation of the centre in degrees, half width, half height, radiance, colour
        (52.0, 42.0, 0.36, 0.30, 7.5, (1.0, 0.97, 0.92)),
        (158.0, 28.0, 0.30, 0.42, 1.8, (0.93, 0.97, 1.0)),
        (-78.0, 34.0, 0.50, 0.16, 3.6, (1.0, 0.99, 0.97)),
    )
    for azimuth, elevation, half_width, half_height, radiance, color in boxes:
        a, e = np.radians(azimuth), np.radians(elevation)
        towards = np.array([np.cos(e) * np.cos(a), np.sin(e), np.cos(e) * np.sin(a)])
        right = np.array([-np.sin(a), 0.0, np.cos(a)])
        above = np.cross(right, towards) * -1.0
        depth = np.maximum(d @ towards, 1e-3)
        x, y = np.abs(d @ right) / depth, np.abs(d @ above) / depth
        mask = _soft(half_width - x, 0.05) * _soft(half_height - y, 0.05) * (d @ towards > 0.05)
        image += (mask * radiance)[..., None] * np.array(color)
    result: NDArray[np.float32] = image.astype(np.float32)
    return result


def _soft(x: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    t = np.clip(0.5 + 0.5 * x / width, 0.0, 1.0)
    result: NDArray[np.float64] = t * t * (3.0 - 2.0 * t)
    return result


def _distance_to_top(r: NDArray[np.float64], mu: NDArray[np.float64]) -> NDArray[np.float64]:
    return -r * mu + np.sqrt(np.maximum(r * r * (mu * mu - 1.0) + _TOP_M**2, 0.0))


def _extinction(r: NDArray[np.float64], haze: float) -> NDArray[np.float64]:
    h = np.maximum(r - _GROUND_M, 0.0)
    air, mist = np.exp(-h / _AIR_HEIGHT_M), np.exp(-h / _HAZE_HEIGHT_M)
    ozone = np.maximum(0.0, 1.0 - np.abs(h - 25e3) / 15e3)
    result: NDArray[np.float64] = (
        air[..., None] * _AIR + (mist * haze * (_HAZE_SCATTER + _HAZE_ABSORB))[..., None] + ozone[..., None] * _OZONE
    )
    return result


def _transmittance(r: NDArray[np.float64], mu: NDArray[np.float64], haze: float) -> NDArray[np.float64]:
    """From radius `r` to space, towards the cosine `mu` with the vertical; dark where the planet is in the way."""
    length = _distance_to_top(r, mu)
    steps = 24
    total = np.zeros((*np.broadcast(r, mu).shape, 3))
    for i in range(steps):
        t = length * ((i + 0.5) / steps) ** 2
        weight = length * (((i + 1) / steps) ** 2 - (i / steps) ** 2)
        total += _extinction(np.sqrt(r * r + t * t + 2 * r * t * mu), haze) * weight[..., None]
    lowest = np.where(mu < 0, r * np.sqrt(np.maximum(1.0 - mu * mu, 0.0)), r) - _GROUND_M
    result: NDArray[np.float64] = np.exp(-np.minimum(total, 80.0)) * np.clip(0.5 + lowest / 2000.0, 0.0, 1.0)[..., None]
    return result


class _SunlightTable:
    """`_transmittance` by height and cosine, looked up linearly: what the march asks a million times."""

    def __init__(self, haze: float) -> None:
        self._heights = (np.arange(40) / 39.0) ** 2 * (_TOP_M - _GROUND_M)
        self._cosines = np.sinh(np.linspace(-3.0, 5.0, 160)) / np.sinh(5.0)  # dense about the horizon
        r = np.repeat(_GROUND_M + self._heights[:, None], 160, axis=1)
        self._values = _transmittance(r, np.broadcast_to(self._cosines, r.shape), haze)

    def __call__(self, r: NDArray[np.float64], mu: NDArray[np.float64]) -> NDArray[np.float64]:
        y = np.sqrt(np.clip((r - _GROUND_M) / (_TOP_M - _GROUND_M), 0.0, 1.0)) * 39.0
        x = np.clip((np.arcsinh(mu * np.sinh(5.0)) + 3.0) / 8.0, 0.0, 1.0) * 159.0
        i, j = np.minimum(y.astype(int), 38), np.minimum(x.astype(int), 158)
        fy, fx = (y - i)[:, None], (x - j)[:, None]
        v = self._values
        result: NDArray[np.float64] = (v[i, j] * (1 - fx) + v[i, j + 1] * fx) * (1 - fy) + (
            v[i + 1, j] * (1 - fx) + v[i + 1, j + 1] * fx
        ) * fy
        return result


def _march(sun: NDArray[np.float64], turbidity: float, ground: NDArray[np.float64], height: int) -> NDArray[np.float32]:
    """Rows of the sky, then a row that starts with the sun's irradiance."""
    haze = max(turbidity - 1.0, 0.0) * 0.9 + 0.2
    d = equirect.directions(2 * height, height)[: height // 2].reshape(-1, 3)
    eye = _GROUND_M + _EYE_M
    length = _distance_to_top(np.full(len(d), eye), d[:, 1].astype(np.float64))
    cosine = d @ sun
    air_phase = 3.0 / (16.0 * np.pi) * (1.0 + cosine * cosine)
    g = 0.76
    haze_phase = 3.0 / (8.0 * np.pi) * (1 - g * g) * (1 + cosine**2) / ((2 + g * g) * (1 + g * g - 2 * g * cosine) ** 1.5)
    steps = 24
    table = _SunlightTable(haze)
    seen, light = np.zeros((len(d), 3)), np.zeros((len(d), 3))
    for i in range(steps):
        t = length * ((i + 0.5) / steps) ** 2
        weight = length * (((i + 1) / steps) ** 2 - (i / steps) ** 2)
        p = d * t[:, None] + (0.0, eye, 0.0)
        r = np.linalg.norm(p, axis=1)
        h = np.maximum(r - _GROUND_M, 0.0)
        air = np.exp(-h / _AIR_HEIGHT_M)[:, None] * _AIR
        mist = (np.exp(-h / _HAZE_HEIGHT_M) * haze * _HAZE_SCATTER)[:, None]
        out = _extinction(r, haze) * weight[:, None]
        reach = np.exp(-np.minimum(seen + 0.5 * out, 80.0)) * weight[:, None]
        sunlight = table(r, (p @ sun) / r)
        again = 0.07 * sunlight + 0.035 * np.clip(sun[1] + 0.15, 0.0, 1.0)  # what scattered more than once, even
        light += reach * (air * (air_phase[:, None] * sunlight + again) + mist * (haze_phase[:, None] * sunlight + again))
        seen += out
    sky = (light * _SUN * _SKY_GAIN).reshape(height // 2, 2 * height, 3)
    direct = _transmittance(np.array([eye]), np.array([sun[1]]), haze)[0] * _SUN
    angles = equirect.solid_angles(2 * height, height)[: height // 2, None, None]
    up = equirect.directions(2 * height, height)[: height // 2, :, 1:2]
    level = (sky * up * angles).sum((0, 1)) + direct * max(sun[1], 0.0)
    below = _ground(sky, ground * level / np.pi)
    scale = _LEVEL / max(_noon_level(haze), 1e-6)
    packed = np.zeros((height + 1, 2 * height, 3), np.float32)
    packed[:height] = np.concatenate([sky, below]) * scale
    packed[height, 0] = direct * scale
    return packed


def _noon_level(haze: float) -> float:
    """Green irradiance of a level surface under a sun 50 degrees high, without the sky's part (a quarter or so)."""
    mu = np.sin(np.radians(50.0))
    return float(_transmittance(np.array([_GROUND_M + _EYE_M]), np.array([mu]), haze)[0, 1] * _SUN[1] * mu * 1.25)


def _ground(sky: NDArray[np.float64], color: NDArray[np.float64]) -> NDArray[np.float64]:
    """What lies below the horizon: the ground, fading into the haze of the horizon above it."""
    rows = len(sky)
    below = (np.arange(rows) + 0.5) / rows * np.pi / 2
    clear = 1.0 - np.exp(-np.sin(below) / 0.06)
    return sky[-1:] * (1.0 - clear)[:, None, None] + color * clear[:, None, None]
