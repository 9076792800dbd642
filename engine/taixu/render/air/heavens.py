"""Where sun and moon stand at an hour, and what of their light comes down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.scene import Air

from .medium import GROUND_M, Medium

__all__ = ["EYE_M", "SUN_COLOR", "Heavens", "air_of", "heavens_of", "light_scale", "turned_back", "world_from_equatorial"]

EYE_M = 300.0
SUN_COLOR = np.array([1.0, 0.96, 0.92])
_TILT = np.radians(23.44)
_LEVEL = 3.4  # irradiance of a level surface under a high sun, in scene units: about pi
Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Heavens:
    """Sun and moon over a place.

    Attributes
    ----------
    sun, moon : float64[3]
        Unit vectors towards them.
    moon_share
        The moon's light before the air, beside the sun's.
    """

    sun: Array
    moon: Array
    moon_share: float

    def rounded(self) -> Heavens:
        """To half a degree: what pictures of the sky are made for, so that a moving sun asks for few."""
        return Heavens(_unit(self.sun.round(2)), _unit(self.moon.round(2)), round(self.moon_share, 4))

    def irradiance(self, medium: Medium) -> tuple[Array, Array]:
        """Of a surface that faces the sun, and the moon: [3] each, in scene units."""
        towards = np.array([self.sun[1], self.moon[1]])
        sun, moon = medium.sunlight(np.full(2, GROUND_M + EYE_M), towards) * SUN_COLOR * light_scale(medium)
        return sun, moon * self.moon_share

    def brightest(self, medium: Medium) -> tuple[Array, Array]:
        """Direction and irradiance of which of both gives more light."""
        sun, moon = self.irradiance(medium)
        return (self.sun, sun) if sun.max() >= moon.max() else (self.moon, moon)


def air_of(world: World) -> Air | None:
    """The world's air, where it has some that is in use."""
    for table in world.query(Air):
        if table.count:
            found = world.get(int(table.entities[0]), Air)
            return found if found.enabled else None
    return None


def heavens_of(air: Air) -> Heavens:
    """Sun and moon of an hour, a day and a latitude.

    The sun goes about the ecliptic evenly, the moon with it by its phase: a degree or two beside an almanac.
    """
    sun_longitude = 2 * np.pi * (float(air.day) - 80.0) / 365.25
    moon_longitude = sun_longitude + 2 * np.pi * float(air.moon_phase)
    sun_rise, sun_height = _equatorial(sun_longitude)
    moon_rise, moon_height = _equatorial(moon_longitude)
    hour_angle = (float(air.hour) - 12.0) / 12.0 * np.pi
    latitude = float(air.latitude_rad)
    sun = _horizontal(hour_angle, sun_height, latitude)
    moon = _horizontal(hour_angle + sun_rise - moon_rise, moon_height, latitude)
    lit = 0.5 - 0.5 * np.cos(2 * np.pi * float(air.moon_phase))
    return Heavens(sun, moon, float(air.moonlight) * float(lit) ** 1.5)


def world_from_equatorial(air: Air) -> Array:
    """How the stars' sphere is turned: a matrix [3, 3] from equatorial places (X the vernal equinox, Z the pole) to the world."""
    sun_rise, _ = _equatorial(2 * np.pi * (float(air.day) - 80.0) / 365.25)
    sidereal = sun_rise + (float(air.hour) - 12.0) / 12.0 * np.pi
    c, s, latitude = np.cos(sidereal), np.sin(sidereal), float(air.latitude_rad)
    meridian, pole = np.array([c, s, 0.0]), np.array([0.0, 0.0, 1.0])
    up = np.sin(latitude) * pole + np.cos(latitude) * meridian
    north = np.cos(latitude) * pole - np.sin(latitude) * meridian
    return np.stack([np.array([-s, c, 0.0]), up, -north])


def light_scale(medium: Medium) -> float:
    """Scene units for a sun of irradiance 1: a white, level surface looks about white at noon and exposure 0."""
    mu = np.sin(np.radians(50.0))
    noon = medium.sunlight(np.array([GROUND_M + EYE_M]), np.array([mu]))[0, 1] * SUN_COLOR[1] * mu * 1.25
    return float(_LEVEL / max(noon, 1e-6))


def _unit(v: Array) -> Array:
    result: Array = v / np.linalg.norm(v)
    return result


def _equatorial(longitude: float) -> tuple[float, float]:
    """Right ascension and declination of a place on the ecliptic."""
    return (
        float(np.arctan2(np.cos(_TILT) * np.sin(longitude), np.cos(longitude))),
        float(np.arcsin(np.sin(_TILT) * np.sin(longitude))),
    )


def _horizontal(hour_angle: float, declination: float, latitude: float) -> Array:
    """Towards it in the world: east is +X, north is -Z."""
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    north = np.cos(latitude) * np.sin(declination) - np.sin(latitude) * np.cos(declination) * np.cos(hour_angle)
    east = -np.cos(declination) * np.sin(hour_angle)
    return np.array([east, up, -north])


def turned_back(towards: NDArray[np.floating[Any]], turn: float) -> NDArray[np.floating[Any]]:
    """From the frame of the sky's picture to the world, as shaders' `sky_from_world` has it the other way."""
    c, s = np.cos(turn), np.sin(turn)
    return np.array([c * towards[0] + s * towards[2], towards[1], c * towards[2] - s * towards[0]])
