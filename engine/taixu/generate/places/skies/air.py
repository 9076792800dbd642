"""Light in clear air: scattered once along every ray, and more often by a table.

Single scattering after Nishita et al., "Display of the Earth taking into account atmospheric scattering", 1993; all further orders
after Hillaire, "A Scalable and Production Ready Sky and Atmosphere Rendering Technique", 2020, whose constants these are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EYE_M", "GROUND_M", "SUN", "Air", "directions", "solid_angles"]

GROUND_M, TOP_M, EYE_M = 6.360e6, 6.460e6, 60.0
SUN = np.array([1.0, 0.96, 0.92])
_AIR, _AIR_HEIGHT_M = np.array([5.802e-6, 13.558e-6, 33.1e-6]), 8000.0
_HAZE_SCATTER, _HAZE_ABSORB, _HAZE_HEIGHT_M = 3.996e-6, 0.44e-6, 1200.0
_OZONE = np.array([0.650e-6, 1.881e-6, 0.085e-6])
_ALBEDO = 0.25
_NOON_LEVEL = 3.4
Array = NDArray[Any]


def directions(width: int, height: int) -> Array:
    """Where the pixels of an equirectangular picture look, float64[height, width, 3]."""
    theta = (np.arange(height) + 0.5) / height * np.pi
    phi = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    s = np.sin(theta)[:, None]
    return np.stack(np.broadcast_arrays(s * np.cos(phi), np.cos(theta)[:, None], s * np.sin(phi)), -1)


def solid_angles(width: int, height: int) -> Array:
    """Of a pixel of each row, steradians."""
    edge = np.cos(np.arange(height + 1) / height * np.pi)
    result: Array = (edge[:-1] - edge[1:]) * (2 * np.pi / width)
    return result


class Air:
    """An atmosphere of a haze.

    Attributes
    ----------
    scale
        Makes irradiance at noon the renderer's.
    """

    def __init__(self, haze: float) -> None:
        self._haze = max(haze - 1.0, 0.0) * 0.9 + 0.2
        self._heights = (np.arange(32) / 31.0) ** 2 * (TOP_M - GROUND_M)
        self._cosines = np.sinh(np.linspace(-4.0, 5.0, 128)) / np.sinh(5.0)
        r, mu = np.meshgrid(GROUND_M + self._heights + 1.0, self._cosines, indexing="ij")
        self._clear = self._transmittance(r, mu)
        self._again = self._further_orders()
        noon = np.array([np.sin(np.radians(50.0))])
        level = float(self.clear(np.array([GROUND_M + EYE_M]), noon)[0, 1] * SUN[1] * noon[0] * 1.25)
        self.scale = _NOON_LEVEL / level

    def clear(self, r: Array, mu: Array) -> Array:
        """Share of light that comes through from space to radius `r` (metres), from a cosine `mu` with the vertical; [n, 3]."""
        return self._look_up(self._clear, r, mu)

    def scattered(self, d: Array, sun: Array, *, steps: int = 28) -> Array:
        """Radiance along directions [n, 3] that look up, of a sun of irradiance `SUN` in space; [n, 3]."""
        eye = GROUND_M + EYE_M
        length = _to_top(np.full(len(d), eye), d[:, 1])
        cosine = d @ sun
        air_phase = 3.0 / (16.0 * np.pi) * (1.0 + cosine * cosine)
        g = 0.78
        haze_phase = 3 / (8 * np.pi) * (1 - g * g) * (1 + cosine**2) / ((2 + g * g) * (1 + g * g - 2 * g * cosine) ** 1.5)
        seen, light = np.zeros((len(d), 3)), np.zeros((len(d), 3))
        for i in range(steps):
            t = length * ((i + 0.5) / steps) ** 2
            weight = (length * (((i + 1) / steps) ** 2 - (i / steps) ** 2))[:, None]
            p = d * t[:, None] + (0.0, eye, 0.0)
            r = np.sqrt((p * p).sum(1))
            mu = (p @ sun) / r
            air, haze = self._scatter(r)
            out = self._extinction(r) * weight
            reach = np.exp(-np.minimum(seen + 0.5 * out, 80.0)) * weight
            lit = self.clear(r, mu)
            light += reach * (lit * (air * air_phase[:, None] + haze * haze_phase[:, None]) + (air + haze) * self.again(r, mu))
            seen += out
        return light * SUN

    def again(self, r: Array, mu: Array) -> Array:
        """What has been scattered more than once, per steradian; [n, 3]."""
        return self._look_up(self._again, r, mu)

    def _look_up(self, table: Array, r: Array, mu: Array) -> Array:
        rows, columns = table.shape[:2]
        y = np.sqrt(np.clip((r - GROUND_M) / (TOP_M - GROUND_M), 0.0, 1.0)) * (rows - 1)
        x = np.clip((np.arcsinh(mu * np.sinh(5.0)) + 4.0) / 9.0, 0.0, 1.0) * (columns - 1)
        i, j = np.minimum(y.astype(np.int64), rows - 2), np.minimum(x.astype(np.int64), columns - 2)
        fy, fx = (y - i)[:, None], (x - j)[:, None]
        result: Array = (table[i, j] * (1 - fx) + table[i, j + 1] * fx) * (1 - fy) + (
            table[i + 1, j] * (1 - fx) + table[i + 1, j + 1] * fx
        ) * fy
        return result

    def _scatter(self, r: Array) -> tuple[Array, Array]:
        h = np.maximum(r - GROUND_M, 0.0)
        air = np.exp(-h / _AIR_HEIGHT_M)[..., None] * _AIR
        haze = (np.exp(-h / _HAZE_HEIGHT_M) * (self._haze * _HAZE_SCATTER))[..., None]
        return air, haze

    def _extinction(self, r: Array) -> Array:
        air, haze = self._scatter(r)
        ozone = np.maximum(0.0, 1.0 - np.abs(r - GROUND_M - 25e3) / 15e3)[..., None] * _OZONE
        result: Array = air + haze * (1 + _HAZE_ABSORB / _HAZE_SCATTER) + ozone
        return result

    def _transmittance(self, r: Array, mu: Array) -> Array:
        length, steps = _to_top(r, mu), 32
        total = np.zeros((*r.shape, 3))
        for i in range(steps):
            t = length * ((i + 0.5) / steps) ** 2
            weight = length * (((i + 1) / steps) ** 2 - (i / steps) ** 2)
            total += self._extinction(np.sqrt(r * r + t * t + 2 * r * t * mu)) * weight[..., None]
        lowest = np.where(mu < 0, r * np.sqrt(np.maximum(1.0 - mu * mu, 0.0)), r) - GROUND_M
        result: Array = np.exp(-np.minimum(total, 80.0)) * np.clip(0.5 + lowest / 2000.0, 0.0, 1.0)[..., None]
        return result

    def _further_orders(self) -> Array:
        """Hillaire's table on this one's heights and cosines, every fourth, made full again."""
        heights, cosines = self._heights[::4], self._cosines[::4]
        points = 48
        k = np.arange(points) + 0.5  # a spiral over the sphere
        y = 1 - 2 * k / points
        turn = k * np.pi * (3 - np.sqrt(5.0))
        d = np.stack([np.sqrt(1 - y * y) * np.cos(turn), y, np.sqrt(1 - y * y) * np.sin(turn)], 1)
        r0, mu0 = np.meshgrid(GROUND_M + np.maximum(heights, 10.0), np.clip(cosines, -1, 1), indexing="ij")
        r0, mu0 = r0.ravel(), mu0.ravel()
        sun = np.stack([np.sqrt(1 - mu0 * mu0), mu0, np.zeros_like(mu0)], 1)
        second, share = np.zeros((len(r0), 3)), np.zeros((len(r0), 3))
        for direction in d:
            mu = np.full(len(r0), direction[1])
            below = r0 * r0 * (mu * mu - 1) + GROUND_M**2
            meets = (mu < 0) & (below > 0)
            length = np.where(meets, -r0 * mu - np.sqrt(np.maximum(below, 0)), _to_top(r0, mu))
            seen = np.zeros((len(r0), 3))
            steps = 12
            for i in range(steps):
                t = length * ((i + 0.5) / steps)
                p = direction * t[:, None]
                p[:, 1] += r0
                r = np.sqrt((p * p).sum(1))
                air, haze = self._scatter(r)
                out = self._extinction(r) * (length / steps)[:, None]
                reach = np.exp(-np.minimum(seen + 0.5 * out, 80)) * (length / steps)[:, None] * (air + haze)
                second += reach * self.clear(r, (p * sun).sum(1) / r) / (4 * np.pi)
                share += reach
                seen += out
            p = direction * length[:, None]
            p[:, 1] += r0
            r = np.sqrt((p * p).sum(1))
            mu_ground = (p * sun).sum(1) / r
            ground = self.clear(r, mu_ground) * np.maximum(mu_ground, 0)[:, None] * _ALBEDO / np.pi
            second += ground * np.exp(-np.minimum(seen, 80)) * meets[:, None]
        second, share = second / points, np.minimum(share / points, 0.95)
        coarse = (second / (1 - share)).reshape(len(heights), len(cosines), 3)
        result: Array = _finer(coarse, len(self._heights), len(self._cosines))
        return result


def _finer(table: Array, rows: int, columns: int) -> Array:
    y, x = np.linspace(0, len(table) - 1, rows), np.linspace(0, table.shape[1] - 1, columns)
    i, j = np.minimum(y.astype(int), len(table) - 2), np.minimum(x.astype(int), table.shape[1] - 2)
    fy, fx = (y - i)[:, None, None], (x - j)[None, :, None]
    top = table[i][:, j] * (1 - fx) + table[i][:, j + 1] * fx
    low = table[i + 1][:, j] * (1 - fx) + table[i + 1][:, j + 1] * fx
    result: Array = top * (1 - fy) + low * fy
    return result


def _to_top(r: Array, mu: Array) -> Array:
    return -r * mu + np.sqrt(np.maximum(r * r * (mu * mu - 1.0) + TOP_M**2, 0.0))
