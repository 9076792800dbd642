"""From a spec and a seed to a sky: the picture, and what shines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.skies.air import EYE_M, GROUND_M, SUN, Air, directions, solid_angles
from taixu.generate.places.skies.clouds import Slab, slab_of, veil_of
from taixu.generate.places.skies.night import MOON_RADIUS_RAD, moon_disk, star_picture
from taixu.generate.places.skies.spec import SkySpec

__all__ = ["Sky", "make_sky"]

Array = NDArray[Any]
_SUN_RADIUS_RAD, _SUN_GAIN = 0.0105, 12.0  # as the renderer shows its own sun
_MOONLIGHT = np.array([0.62, 0.78, 1.0]) * 0.06
_MARCH_WIDTH = 256


@dataclass(frozen=True)
class Sky:
    """A sky.

    Attributes
    ----------
    image : float32[height, width, 3]
        Equirectangular radiance, u = atan2(z, x)/2pi + 1/2, v = acos(y)/pi from the top.
    direction
        Towards what shines: the sun, or the moon at night.
    color, intensity
        Of the `Light` that shines from there; its largest share of red, green and blue is 1.
    level : float64[3]
        Irradiance of level ground, from the sky and from the light.
    exposure_ev
        At which it looks well.
    """

    image: NDArray[np.float32]
    direction: tuple[float, float, float]
    color: tuple[float, float, float]
    intensity: float
    level: tuple[float, float, float]
    exposure_ev: float

    def entities(self, source: str) -> dict[str, dict[str, Any]]:
        """Entities of a world: ``sky`` with the picture named `source`, and ``sun``."""
        from taixu.generate.places.world_text import quaternion_towards

        return {
            "sky": {
                "environment": {
                    "sky": source, "sun_direction": list(self.direction), "tonemap": "neutral",
                    "exposure_ev": round(self.exposure_ev, 2),
                }
            },
            "sun": {
                "transform": {"rotation": quaternion_towards([-value for value in self.direction])},
                "light": {"color": list(self.color), "intensity": self.intensity, "range_m": 160.0},
            },
        }  # fmt: skip


def make_sky(spec: SkySpec, seed: int) -> Sky:
    """Make a sky; the same spec and seed give the same bytes.

    Raises
    ------
    TaixuError
        Where the spec cannot be made.
    """
    spec = spec.check()
    seed &= 0x7FFFFFFF
    width, height = spec.width_px, spec.width_px // 2
    elevation, azimuth = spec.sun_degrees
    sun = _towards(elevation, azimuth)
    air = Air(spec.haze)
    d = directions(width, height)[: height // 2].reshape(-1, 3)
    by_moon = elevation < -6.0
    shining = _towards(34.0, azimuth + 75.0) if by_moon else sun
    source = _MOONLIGHT * (0.25 + 0.75 * spec.moon) * (spec.moon > 0) if by_moon else np.ones(3)
    clear = _clear(air, shining, d, width) * source * air.scale
    if by_moon:
        clear = clear * 1.6 + _twilight(air, sun, d, width) + np.array([0.0035, 0.005, 0.009])
    elif elevation < 4.0:
        clear = clear + np.array([0.014, 0.026, 0.058]) * np.clip((4.0 - elevation) / 6.0, 0,
            1) * (0.4 + 0.6 * np.clip(d[:, 1:2] * 2, 0, 1))
    eye = np.array([GROUND_M + EYE_M])
    direct = air.clear(eye, shining[1:2])[0] * SUN * source * air.scale
    slab = slab_of(spec.clouds, spec.cover, seed)
    if slab is not None and spec.clouds == "cumulus" and spec.cover < 0.62:
        slab = _parted(slab, shining)
    around = float(solid_angles(width, height)[: height // 2].sum() * width)
    angles = np.repeat(solid_angles(width, height)[: height // 2], width)
    mean = (clear * angles[:, None]).sum(0) / around
    aloft = air.clear(np.array([GROUND_M + 2000.0]), shining[1:2])[0] * SUN * source * air.scale
    aloft = aloft + (float(aloft.mean()) - aloft) * 0.35 * float(np.clip((6.0 - elevation) / 6.0, 0, 1)) * (not by_moon)
    behind = clear + _bodies(spec, shining, sun, direct, d, seed, by_moon=by_moon, shape=(width, height))
    veil = veil_of(max(spec.cirrus, spec.cover if spec.clouds == "cirrus" else 0.0), seed)
    if veil is not None:
        hides = (veil.opacity(d) * _nearness(d))[:, None]
        cosine = (d @ shining)[:, None]
        behind = behind * (1 - hides) + hides * (aloft * (0.16 + 0.35 * np.clip(cosine, 0, 1) ** 6) + 0.9 * mean)
    passes = 1.0
    if slab is not None:
        level = mean * np.pi + direct * max(float(shining[1]), 0.02)
        ambient = mean * 0.55 + level * (0.13 + 0.07 * spec.cover)
        radiance, through = slab.march(d.astype(np.float32), shining.astype(np.float32), aloft / np.pi, ambient,
            pixel_rad=np.pi / height)
        near = _nearness(d, reach_m=26_000.0 if spec.clouds == "cumulus" else 220_000.0, height_m=slab.low_m)
        covered = (1 - through) * near
        behind = behind * (1 - covered)[:, None] + radiance * near[:, None]
        disc = d @ shining > np.cos(0.05)
        passes = float(1 - covered[disc].mean()) if disc.any() else 1.0
    up = d[:, 1]
    total = (behind * (up * angles)[:, None]).sum(0) + direct * passes * max(float(shining[1]), 0.0)
    ground = total / np.pi * np.array([0.24, 0.23, 0.2])
    upper = behind.reshape(height // 2, width, 3)
    image = np.concatenate([upper, _below(upper, ground, height - height // 2)]).astype(np.float32)
    light = np.maximum(direct * passes, 0.0)
    light = light + (float(light.mean()) - light) * 0.3 * float(np.clip((8.0 - elevation) / 8.0, 0, 1)) * (not by_moon)
    intensity = float(light.max())
    color = light / intensity if intensity > 1e-6 else np.ones(3)
    bright = float(np.maximum(total, 1e-4) @ (0.2126, 0.7152, 0.0722))
    exposure = float(np.clip(0.62 * np.log2(3.4 / bright), -0.2, 2.3 if by_moon else 3.2))
    return Sky(
        image, _tuple(shining), _tuple(color), round(intensity, 4), _tuple(total), round(exposure, 3)
    )


def _tuple(values: Array) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 6) for value in values)
    return x, y, z


def _towards(elevation_deg: float, azimuth_deg: float) -> Array:
    e, a = np.radians(elevation_deg), np.radians(azimuth_deg)
    return np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])


def _clear(air: Air, shining: Array, d: Array, width: int) -> Array:
    """Clear air along all directions, marched on fewer columns: it changes slowly around the horizon."""
    rows = len(d) // width
    few = min(width, _MARCH_WIDTH)
    coarse = directions(few, 2 * rows)[:rows].reshape(-1, 3)
    made = air.scattered(coarse, shining).reshape(rows, few, 3)
    if few == width:
        return made.reshape(-1, 3)
    at = (np.arange(width) + 0.5) * few / width - 0.5
    first = np.floor(at).astype(int)
    t = (at - first)[None, :, None]
    result: Array = (made[:, first % few] * (1 - t) + made[:, (first + 1) % few] * t).reshape(-1, 3)
    return result


def _twilight(air: Air, sun: Array, d: Array, width: int) -> Array:
    """What is left of the sun where it is not long gone."""
    if sun[1] < -0.3:
        return np.zeros_like(d)
    return _clear(air, sun, d, width) * air.scale


def _parted(slab: Slab, shining: Array) -> Slab:
    """The slab moved so that the light comes through a gap."""
    rise = max(float(shining[1]), 0.1)
    best, found = 2.0, slab
    t = np.linspace(0.05, 0.95, 6)
    for number in range(40):
        moved = replace(slab, shift=(4100.0 * number, 2300.0 * number))
        away = (slab.low_m + t * (slab.high_m - slab.low_m)) / rise
        spread = np.array([-0.07, 0.0, 0.07])[:, None]
        cloud = moved.cloud_at(shining[0] * away + spread * away, shining[2] * away + spread * away, np.broadcast_to(t, (3, 6)))
        if float(cloud.mean()) < best - 1e-6:
            best, found = float(cloud.mean()), moved
        if best < 1e-3:
            break
    return found


def _bodies(
    spec: SkySpec, shining: Array, sun: Array, direct: Array, d: Array, seed: int, *, by_moon: bool, shape: tuple[int, int]
) -> Array:
    """Sun or moon and stars, as radiance; what they cover of the air is so little that it is not taken away."""
    if not by_moon:
        edge = np.clip((d @ sun - np.cos(_SUN_RADIUS_RAD * 1.15)) / (np.cos(_SUN_RADIUS_RAD) - np.cos(_SUN_RADIUS_RAD * 1.15)), 0,
            1)
        result: Array = edge[:, None] * direct * _SUN_GAIN
        return result
    width, height = shape
    horizon = np.clip(d[:, 1] / 0.25, 0, 1)[:, None]
    stars = star_picture(width, height, seed)[: height // 2].reshape(-1, 3) * spec.stars * horizon * 0.5
    if spec.moon <= 0:
        return stars
    opacity, bright = moon_disk(d, shining, sun, spec.moon, seed)
    halo = np.clip((d @ shining - np.cos(0.35)) / (1 - np.cos(0.35)), 0, 1) ** 6 * 0.02 * spec.moon
    moon = (opacity * bright)[:, None] * np.array([1.0, 0.97, 0.9]) * 1.1 + halo[:, None] * np.array([0.7, 0.85, 1.0])
    away = d @ shining < np.cos(MOON_RADIUS_RAD)
    return stars * away[:, None] + moon


def _nearness(d: Array, *, reach_m: float = 90_000.0, height_m: float = 9000.0) -> Array:
    """How little the air between hides of what hangs at a height."""
    away = height_m / np.maximum(d[:, 1] + 0.01, 0.01)
    result: Array = np.exp(-away / reach_m)
    return result


def _below(upper: Array, ground: Array, rows: int) -> Array:
    """What lies below the horizon: the ground, fading into the haze above it."""
    below = (np.arange(rows) + 0.5) / rows * np.pi / 2
    plain = (1.0 - np.exp(-np.sin(below) / 0.06))[:, None, None]
    result: Array = upper[-1:] * (1.0 - plain) + ground * plain
    return result
