"""Clouds: slabs of air between two heights, filled by noise that repeats, marched through and lit by one light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.noise import billow, fbm
from taixu.generate.places.skies.air import EYE_M, GROUND_M

__all__ = ["Slab", "Veil", "slab_of"]

Array = NDArray[Any]
_TILE = 512
_FINE_M = (14.0, 120.0)
"""What a pixel covers where the finest of a cloud begins to fade, and where it is gone."""


@dataclass(frozen=True)
class Slab:
    """A layer of clouds.

    Attributes
    ----------
    low_m, high_m
        Between which heights.
    density
        Optical depth of a kilometre of full cloud.
    threshold
        What noise must pass to be cloud.
    wide_m
        After how many metres its noise repeats.
    flat
        From heaps (0) to one even blanket (1).
    dark
        How much light is lost in it on the way down.
    """

    shape: Array
    detail: Array
    low_m: float
    high_m: float
    density: float
    threshold: float
    wide_m: float
    flat: float
    dark: float
    shift: tuple[float, float] = (0.0, 0.0)
    soft: Array | None = None

    def cloud_at(self, x: Array, z: Array, t: Array, far: Array | float = 0.0) -> Array:
        """How much cloud there is, 0 to 1, at metres and at a share of the slab's height.

        Parameters
        ----------
        far
            From 0, all that there is, to 1, where a pixel covers more than the finest of it: that would only flicker.
        """
        u, v = (x + self.shift[0]) / self.wide_m, (z + self.shift[1]) / self.wide_m
        body = _tiled(self.shape, u, v)
        fine = _tiled(self.detail, u * 5 + t * 0.23, v * 5 - t * 0.31)
        fine = 0.5 + (fine - 0.5) * (1 - far)
        if self.soft is not None:
            body = body + (_tiled(self.soft, u, v) - body) * far
        profile = np.clip(t / 0.12, 0, 1) * (1 - (1 - self.flat) * t**1.5 * 0.85)
        # Heaps: what is tall stands where noise is high.
        value = body - self.threshold - (1 - self.flat) * 0.34 * t + 0.16 * (fine - 0.5) * (0.35 + t)
        return np.clip(value * 3.4, 0, 1) * profile

    def march(self, d: Array, light: Array, glow: Array, ambient: Array, *, steps: int = 22,
        pixel_rad: float = 0.0) -> tuple[Array, Array]:
        """Radiance and transmittance along directions [n, 3] that look up; distances fade elsewhere.

        Parameters
        ----------
        light, glow
            Towards what shines, and its irradiance there.
        ambient
            Radiance of what else is around.
        pixel_rad
            How much of the sky a direction stands for.
        """
        near, far = _distance(d[:, 1], self.low_m), _distance(d[:, 1], self.high_m)
        far = np.minimum(far, near + 6.0 * (self.high_m - self.low_m))
        through, radiance = np.ones(len(d), np.float32), np.zeros((len(d), 3), np.float32)
        cosine = d @ light
        phase = 0.8 * _lobe(cosine, 0.62) + 0.32 * _lobe(cosine, -0.15)
        rise = max(float(light[1]), 0.12)
        step = (far - near) / steps
        jitter = 0.5
        for i in range(steps):
            away = near + step * (i + jitter)
            x, z = d[:, 0] * away, d[:, 2] * away
            height = away * d[:, 1] + away * away * (1 - d[:, 1] ** 2) / (2 * GROUND_M)
            t = np.clip((height - self.low_m) / (self.high_m - self.low_m), 0, 1)
            far = np.clip((away * pixel_rad - _FINE_M[0]) / (_FINE_M[1] - _FINE_M[0]), 0.0, 1.0)
            cloud = self.cloud_at(x, z, t, far)
            some = np.flatnonzero((cloud > 0.002) & (through > 0.01))
            if not len(some):
                continue
            thick = self.high_m - self.low_m
            depth = np.zeros(len(some))
            for reach in (0.14, 0.5):
                up = t[some] + reach
                side = reach * thick / rise
                more = self.cloud_at(x[some] + light[0] * side, z[some] + light[2] * side, np.clip(up, 0, 1), far[some])
                depth += np.where(up < 1.15, more, 0) * (0.3 if reach < 0.2 else 0.55)
            tau = depth * self.density * thick / 1000.0 / max(rise, 0.35)
            direct = phase[some] * (np.exp(-tau) * 0.9 + 0.35 * np.exp(-0.28 * tau) + 0.22 * np.exp(-0.06 * tau))
            powder = 1 - 0.45 * np.exp(-2.2 * cloud[some] - tau)
            u, v = (x[some] + self.shift[0]) / self.wide_m, (z[some] + self.shift[1]) / self.wide_m
            sags = 1.35 - 0.8 * _tiled(self.shape, u * 2, v * 2) if self.flat > 0 else 1.0  # a blanket's underside
            lost = (0.45 + 0.55 * t[some]) * (1 - self.dark) * sags
            lit = direct[:, None] * powder[:, None] * glow * (1 - 0.7 * self.dark) + lost[:, None] * ambient
            alpha = 1 - np.exp(-cloud[some] * self.density * step[some] / 1000.0)
            radiance[some] += (through[some] * alpha)[:, None] * lit
            through[some] *= 1 - alpha
        return radiance, through


@dataclass(frozen=True)
class Veil:
    """Ice high above, thin and drawn out by wind."""

    picture: Array
    amount: float
    height_m: float = 9000.0

    def opacity(self, d: Array) -> Array:
        """How much of what is behind it hides, 0 to 1."""
        away = _distance(d[:, 1], self.height_m)
        x, z = d[:, 0] * away / 60_000.0, d[:, 2] * away / 60_000.0
        streaks = _tiled(self.picture, x * 0.8 + z * 0.3, z * 2.6 - x * 0.5)
        wisps = _tiled(self.picture, x * 3.1, z * 7.0 + x * 0.7)
        value = np.clip((streaks - 0.72 + 0.3 * self.amount) * 1.9, 0, 1) * (0.35 + 0.65 * wisps)
        return np.clip(value * self.amount * 1.1, 0, 0.75)


def slab_of(kind: str, cover: float, seed: int) -> Slab | None:
    """The layer of a kind of clouds; None where there is none to be seen."""
    if kind in ("none", "cirrus") or cover <= 0.01:
        return None
    line = np.arange(_TILE, dtype=np.float32) / np.float32(_TILE)
    z, x = np.meshgrid(line, line, indexing="ij")
    soft = fbm(x * 8, z * 8, seed + 11, octaves=6, period=8, gain=0.5)
    heaps = 1 - billow(x * 12, z * 12, seed + 23, octaves=5, period=12)
    shape = _even(soft * 0.75 + heaps * (0.5 if kind == "cumulus" else 0.15))
    detail = _even(1 - billow(x * 16, z * 16, seed + 37, octaves=4, period=16))
    share, blunt = 1 - cover, _blunt(shape)
    if kind == "cumulus":
        return Slab(shape, detail, 1300.0, 1300.0 + 900.0 + 900.0 * cover, 30.0, share, 34_000.0, 0.0, 0.0, soft=blunt)
    if kind == "storm":
        return Slab(shape, detail, 750.0, 2600.0, 26.0, share * 0.55 - 0.12, 30_000.0, 0.45, 0.55, soft=blunt)
    return Slab(shape, detail, 1100.0, 1900.0, 14.0, share * 0.7 - 0.25, 26_000.0, 0.8, 0.12, soft=blunt)


def veil_of(amount: float, seed: int) -> Veil | None:
    """Cirrus; None where there is none."""
    if amount <= 0.01:
        return None
    line = np.arange(_TILE, dtype=np.float32) / np.float32(_TILE)
    z, x = np.meshgrid(line, line, indexing="ij")
    return Veil(_even(fbm(x * 6, z * 6, seed + 51, octaves=7, period=6, gain=0.6)), amount)


def _blunt(picture: Array) -> Array:
    """The same without what is smaller than some hundred metres; it repeats as before."""
    made = picture
    for axis in (0, 1):
        for step in (1, 2):
            made = (np.roll(made, step, axis) + 2 * made + np.roll(made, -step, axis)) / 4
    return made


def _even(field: Array) -> Array:
    """Values by rank, 0 to 1: a threshold is then a share of the sky."""
    order = np.argsort(field, axis=None, kind="stable")
    ranks = np.empty(field.size, np.float32)
    ranks[order] = np.linspace(0, 1, field.size, dtype=np.float32)
    return ranks.reshape(field.shape)


def _tiled(picture: Array, u: Array, v: Array) -> Array:
    """Bilinear, repeated; `u` and `v` count whole pictures."""
    n = len(picture)
    x, y = u * n, v * n
    i, j = np.floor(x), np.floor(y)
    fx, fy = x - i, y - j
    i, j = i.astype(np.int32) & (n - 1), j.astype(np.int32) & (n - 1)  # a picture's edge is a power of two
    i1, row, row1 = (i + 1) & (n - 1), j * n, ((j + 1) & (n - 1)) * n
    flat = picture.ravel()
    top, low = flat[row + i], flat[row1 + i]
    top += (flat[row + i1] - top) * fx
    low += (flat[row1 + i1] - low) * fx
    result: Array = top + (low - top) * fy
    return result


def _distance(sine: Array, height_m: float) -> Array:
    """From the eye to a shell above the ground."""
    r, h = GROUND_M + EYE_M, height_m - EYE_M
    result: Array = -r * sine + np.sqrt(np.maximum(r * r * sine * sine + 2 * r * h + h * h, 0.0))
    return result


def _lobe(cosine: Array, g: float) -> Array:
    """Henyey and Greenstein's phase, times pi: an even one is a quarter."""
    result: Array = (1 - g * g) / (4 * (1 + g * g - 2 * g * cosine) ** 1.5)
    return result
