"""An atmosphere like the Earth's: what it takes of light and what it sends on, by height and by the sun's place.

Constants and the sum over all orders of scattering are those of Hillaire, "A Scalable and Production Ready Sky and
Atmosphere Rendering Technique", 2020: air and haze thin out exponentially, ozone is a layer. Lengths are metres.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["AIR", "AIR_HEIGHT_M", "GROUND_M", "HAZE_ABSORB", "HAZE_G", "HAZE_HEIGHT_M", "HAZE_SCATTER", "TOP_M", "Medium",
           "air_phase", "haze_phase", "look_up"]  # fmt: skip

GROUND_M, TOP_M = 6.360e6, 6.460e6
AIR = np.array([5.802e-6, 13.558e-6, 33.1e-6])
HAZE_SCATTER, HAZE_ABSORB = 3.996e-6, 4.4e-6
OZONE = np.array([0.650e-6, 1.881e-6, 0.085e-6])
AIR_HEIGHT_M, HAZE_HEIGHT_M = 8000.0, 1200.0
HAZE_G = 0.76
_SUN_WIDTH = 0.0093  # radians
_HEIGHTS, _COSINES = 40, 160
_AGAIN_HEIGHTS, _AGAIN_COSINES = 16, 32
Array = NDArray[np.floating[Any]]


def air_phase(cosine: Array) -> Array:
    """Rayleigh's."""
    return 3.0 / (16.0 * np.pi) * (1.0 + cosine * cosine)


def haze_phase(cosine: Array) -> Array:
    """Cornette and Shanks'."""
    g = HAZE_G
    result: Array = 3.0 / (8.0 * np.pi) * (1 - g * g) * (1 + cosine**2) / ((2 + g * g) * (1 + g * g - 2 * g * cosine) ** 1.5)
    return result


class Medium:
    """The atmosphere with this much haze (1 is a clear day), over a ground of this albedo."""

    def __init__(self, haze: float, *, ground: float = 0.3) -> None:
        self.haze, self.ground = haze, ground

    def scattering(self, height: Array) -> tuple[Array, Array]:
        """Of air [..., 3] and of haze [..., 1] at a height above the ground, 1/m."""
        h = np.maximum(height, 0.0)[..., None]
        return np.exp(-h / AIR_HEIGHT_M) * AIR, np.exp(-h / HAZE_HEIGHT_M) * (self.haze * HAZE_SCATTER)

    def extinction(self, height: Array) -> Array:
        """What is lost in a metre: [..., 3]."""
        air, haze = self.scattering(height)
        ozone = np.maximum(0.0, 1.0 - np.abs(height - 25e3) / 15e3)
        result: Array = air + haze * (1.0 + HAZE_ABSORB / HAZE_SCATTER) + ozone[..., None] * OZONE
        return result

    def transmittance(self, r: Array, mu: Array) -> Array:
        """From radius `r` to space, towards the cosine `mu` with the vertical; dark where the planet is in the way."""
        length = distance_to_top(r, mu)
        steps = 24
        total = np.zeros((*np.broadcast(r, mu).shape, 3))
        for i in range(steps):
            t, weight = _step(length, i, steps)
            total += self.extinction(np.sqrt(r * r + t * t + 2 * r * t * mu) - GROUND_M) * weight[..., None]
        horizon = -np.sqrt(np.maximum(1.0 - np.square(GROUND_M / np.maximum(r, GROUND_M)), 0.0))
        shown = np.clip(0.5 + (mu - horizon) / _SUN_WIDTH, 0.0, 1.0)  # the sun sets bit by bit
        result: Array = np.exp(-np.minimum(total, 80.0)) * shown[..., None]
        return result

    @cached_property
    def sunlight_table(self) -> Array:
        """`transmittance` by the square root of height and by cosine, densest about the horizon: [40, 160, 3]."""
        heights = (np.arange(_HEIGHTS) / (_HEIGHTS - 1.0)) ** 2 * (TOP_M - GROUND_M)
        cosines = np.sinh(np.linspace(-3.0, 5.0, _COSINES)) / np.sinh(5.0)
        r = np.repeat(GROUND_M + heights[:, None], _COSINES, axis=1)
        return self.transmittance(r, np.broadcast_to(cosines, r.shape))

    def sunlight(self, r: Array, mu: Array) -> Array:
        """`transmittance` out of its table, [n, 3]."""
        y = np.sqrt(np.clip((r - GROUND_M) / (TOP_M - GROUND_M), 0.0, 1.0)) * (_HEIGHTS - 1)
        x = np.clip((np.arcsinh(mu * np.sinh(5.0)) + 3.0) / 8.0, 0.0, 1.0) * (_COSINES - 1)
        return look_up(self.sunlight_table, y, x)

    @cached_property
    def again_table(self) -> Array:
        """What light that scattered twice and oftener brings from all sides, for a sun of irradiance 1: mean radiance by
        the square root of height and by the sun's cosine, evenly: [16, 32, 3]. Hillaire's equations 5 to 10.
        """
        heights = ((np.arange(_AGAIN_HEIGHTS) + 0.5) / _AGAIN_HEIGHTS) ** 2 * (TOP_M - GROUND_M) * 0.8
        cosines = (np.arange(_AGAIN_COSINES) / (_AGAIN_COSINES - 1.0)) * 2 - 1
        ups, steps = (np.arange(8) + 0.5) / 4 - 1, 16
        around = (np.arange(4) + 0.5) / 4 * np.pi  # the other half is the same
        h, mu, up, phi = (a.ravel() for a in np.meshgrid(heights, cosines, ups, around, indexing="ij"))
        level, sun_level = np.sqrt(1 - up * up), np.sqrt(np.maximum(1 - mu * mu, 0.0))
        towards = up * mu + level * np.cos(phi) * sun_level
        r = GROUND_M + h
        below = r * r * (up * up - 1) + GROUND_M**2
        meets = (up < 0) & (below > 0)
        length = np.where(meets, -r * up - np.sqrt(np.maximum(below, 0.0)), distance_to_top(r, up))
        seen, twice, once = (np.zeros((len(h), 3)) for _ in range(3))
        for i in range(steps):
            t, weight = _step(length, i, steps)
            here = np.sqrt(r * r + t * t + 2 * r * t * up)
            air, haze = self.scattering(here - GROUND_M)
            out = self.extinction(here - GROUND_M) * weight[:, None]
            sends = np.exp(-np.minimum(seen + 0.5 * out, 80.0)) * weight[:, None] * (air + haze)
            twice += sends * self.sunlight(here, (r * mu + t * towards) / here) / (4 * np.pi)
            once += sends
            seen += out
        facing = np.maximum((r * mu + length * towards) / GROUND_M, 0.0) * meets
        bounced = self.sunlight(np.full(len(h), GROUND_M), facing) * (facing * self.ground / np.pi)[:, None]
        twice += np.exp(-np.minimum(seen, 80.0)) * bounced
        shape = (_AGAIN_HEIGHTS, _AGAIN_COSINES, -1, 3)
        result: Array = twice.reshape(shape).mean(2) / (1.0 - once.reshape(shape).mean(2))
        return result

    def again(self, r: Array, mu: Array) -> Array:
        """Out of `again_table`, [n, 3]."""
        y = np.sqrt(np.clip((r - GROUND_M) / (TOP_M - GROUND_M) / 0.8, 0.0, 1.0)) * _AGAIN_HEIGHTS - 0.5
        return look_up(self.again_table, np.clip(y, 0, _AGAIN_HEIGHTS - 1), (mu + 1) * 0.5 * (_AGAIN_COSINES - 1))

    def seen(self, eye_m: float, sun_mu: float, up: Array, towards: Array, *, steps: int = 40) -> Array:
        """Radiance of the sky for a sun of irradiance 1.

        Parameters
        ----------
        eye_m
            Height of the eye.
        sun_mu
            Cosine between sun and vertical.
        up, towards
            Cosines between directions [n] and the vertical, and the sun. None goes below the horizon.

        Returns
        -------
        numpy.ndarray
            [n, 3].
        """
        r0 = GROUND_M + eye_m
        length = distance_to_top(np.full(len(up), r0), up)
        phase_air, phase_haze = air_phase(towards)[:, None], haze_phase(towards)[:, None]
        lost, light = np.zeros((len(up), 3)), np.zeros((len(up), 3))
        for i in range(steps):
            t, weight = _step(length, i, steps)
            r = np.sqrt(r0 * r0 + t * t + 2 * r0 * t * up)
            mu = (r0 * sun_mu + t * towards) / r
            air, haze = self.scattering(r - GROUND_M)
            out = np.maximum(self.extinction(r - GROUND_M), 1e-12)
            gone = out * weight[:, None]
            # The integral over a step in which nothing but the loss changes.
            reach = np.exp(-np.minimum(lost, 80.0)) * (1.0 - np.exp(-gone)) / out
            light += reach * (
                (air * phase_air + haze * phase_haze) * self.sunlight(r, mu) + (air + haze) * self.again(r, mu)
            )
            lost += gone
        return light


def distance_to_top(r: Array, mu: Array) -> Array:
    """Where a ray leaves the atmosphere."""
    result: Array = -r * mu + np.sqrt(np.maximum(r * r * (mu * mu - 1.0) + TOP_M**2, 0.0))
    return result


def _step(length: Array, i: int, steps: int) -> tuple[Array, Array]:
    """Middle and length of a step; they grow with the distance."""
    return length * ((i + 0.5) / steps) ** 2, length * (((i + 1) / steps) ** 2 - (i / steps) ** 2)


def look_up(table: Array, y: Array, x: Array) -> Array:
    """Between the rows `y` [n] and columns `x` [n] of a table [rows, columns, 3]: [n, 3]."""
    i, j = np.minimum(y.astype(int), table.shape[0] - 2), np.minimum(x.astype(int), table.shape[1] - 2)
    fy, fx = (y - i)[:, None], (x - j)[:, None]
    top = table[i, j] * (1 - fx) + table[i, j + 1] * fx
    result: Array = top * (1 - fy) + (table[i + 1, j] * (1 - fx) + table[i + 1, j + 1] * fx) * fy
    return result
