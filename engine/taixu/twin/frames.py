"""Frames: where a source's coordinates lie in the world.

A world's ground is a plane that touches the earth at its origin: x goes east, y up, z south. A frame is either geographic (a
coordinate system that PROJ knows, such as ``EPSG:4326`` or ``EPSG:25832``) or local: turned and moved against the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, isfinite, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError

__all__ = ["Frame", "Georeference", "geographic_frame", "local_frame", "read_frames", "read_georeference"]

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Georeference:
    """Where the world's origin lies on the earth: degrees, and metres above the WGS 84 ellipsoid."""

    latitude_deg: float
    longitude_deg: float
    height_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Source coordinates to the world's, in float64.

    Attributes
    ----------
    matrix
        ``float64[3, 4]``, world from local, in metres; what geographic coordinates go through after PROJ.
    transformer
        Of pyproj, to metres east, north and up of the world's origin; None for local frames.
    """

    matrix: Points
    transformer: Any = None

    def to_world(self, points: Points) -> Points:
        """World positions of source coordinates.

        Parameters
        ----------
        points
            ``float64[3, n]``. Geographic ones in the order longitude, latitude, height (or easting, northing, height).

        Returns
        -------
        ndarray
            ``float64[3, n]`` in metres; NaN where there is no such place.
        """
        if self.transformer is not None:
            points = np.stack(self.transformer.transform(*points, errcheck=False))
            points[:, ~np.isfinite(points).all(axis=0)] = np.nan
        if np.array_equal(self.matrix, _SAME):
            return points
        return self.matrix[:, :3] @ points + self.matrix[:, 3:]


_SAME = np.eye(3, 4)
_WORLD_FROM_ENU = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0]])


def geographic_frame(crs: str, origin: Georeference) -> Frame:
    """A frame of a coordinate system that PROJ knows.

    Raises
    ------
    TaixuError
        When PROJ does not know it.
    """
    try:
        from pyproj import CRS, Transformer
        from pyproj.exceptions import ProjError
    except ImportError:
        raise MachineError('geographic frames need pyproj; pip install "taixu[twin]" brings it') from None
    if len(crs) > 4096:
        raise TaixuError("the name of a coordinate system is too long")
    place = f"+lat_0={origin.latitude_deg!r} +lon_0={origin.longitude_deg!r} +h_0={origin.height_m!r}"
    try:
        # PROJ's topocentric conversion is EPSG method 9837: exact on the ellipsoid, metres along the tangent plane.
        to_geocentric = Transformer.from_crs(CRS.from_user_input(crs).to_3d(), "EPSG:4978", always_xy=True)
        to_plane = Transformer.from_pipeline(f"+proj=topocentric +ellps=WGS84 {place}")
    except ProjError as error:
        raise TaixuError(f"PROJ knows no coordinate system {crs[:80]!r}: {str(error).splitlines()[0][:160]}") from None
    return Frame(_WORLD_FROM_ENU, _Chain((to_geocentric, to_plane)))


@dataclass(frozen=True, slots=True)
class _Chain:
    steps: tuple[Any, ...]

    def transform(self, *points: Any, errcheck: bool = False) -> Any:
        for step in self.steps:
            points = step.transform(*points, errcheck=errcheck)
        return points


def local_frame(
    *, origin_m: tuple[float, float, float] = (0.0, 0.0, 0.0), heading_deg: float = 0.0, up: str = "z"
) -> Frame:
    """A frame that stands somewhere in the world.

    Parameters
    ----------
    origin_m
        Its origin, in the world.
    heading_deg
        How far it is turned clockwise, seen from above.
    up
        Its axis that points upwards: "z" (x to the right, y ahead: most plants and robots) or "y" (as the world).
    """
    turn = -radians(heading_deg)  # clockwise from above is negative about +Y
    turned = np.array([[cos(turn), 0, sin(turn)], [0, 1, 0], [-sin(turn), 0, cos(turn)]])
    matrix = np.empty((3, 4))
    matrix[:, :3] = turned @ _WORLD_FROM_ENU[:, :3] if up == "z" else turned
    matrix[:, 3] = origin_m
    return Frame(matrix)


def read_frames(raw: Any, georeference: Any = None) -> dict[str, Frame]:
    """Frames by name, of a world's settings: ``{"site": {"origin_m": [..], "heading_deg": .., "up": "z"}, "gps": {"crs": ..}}``.

    Raises
    ------
    TaixuError
        When something in them is wrong.
    """
    origin = read_georeference(georeference) if georeference is not None else None
    if not isinstance(raw, Mapping) or len(raw) > 256:
        raise TaixuError("twin.frames takes at most 256 frames by name")
    frames = {"": local_frame(up="y"), "world": local_frame(up="y")}
    for name, facts in raw.items():
        where = f"twin.frames.{str(name)[:60]}"
        if not isinstance(facts, Mapping):
            raise TaixuError(f"{where} takes an object")
        if "crs" in facts:
            if origin is None:
                raise TaixuError(f"{where} is geographic; say in twin.georeference where the world's origin lies")
            if not isinstance(facts["crs"], str):
                raise TaixuError(f"{where}.crs takes a name such as \"EPSG:4326\"")
            frames[name] = geographic_frame(facts["crs"], origin)
            continue
        place, up = facts.get("origin_m", (0.0, 0.0, 0.0)), facts.get("up", "z")
        if not (isinstance(place, (list, tuple)) and len(place) == 3 and all(map(_is_number, place))):
            raise TaixuError(f"{where}.origin_m takes three numbers")
        if not _is_number(facts.get("heading_deg", 0.0)) or up not in ("y", "z"):
            raise TaixuError(f"{where} takes heading_deg as a number, and up as \"y\" or \"z\"")
        frames[name] = local_frame(origin_m=tuple(place), heading_deg=facts.get("heading_deg", 0.0), up=up)
    return frames


def read_georeference(raw: Any) -> Georeference:
    """Where a world's origin lies, of its settings.

    Raises
    ------
    TaixuError
        When it is nowhere.
    """
    names = ("latitude_deg", "longitude_deg", "height_m")
    if not isinstance(raw, Mapping) or not all(_is_number(raw.get(name, 0.0)) for name in names):
        raise TaixuError("twin.georeference takes latitude_deg, longitude_deg and height_m")
    found = Georeference(*(float(raw.get(name, 0.0)) for name in names))
    if abs(found.latitude_deg) > 90 or abs(found.longitude_deg) > 360:
        raise TaixuError(f"twin.georeference: there is no latitude {found.latitude_deg} and longitude {found.longitude_deg}")
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
