"""From coordinates of the earth to the metres of a world, and back, in float64.

East and north are those of the plane that touches the earth at the world's origin (PROJ's topocentric conversion, EPSG method
9837), as a twin's georeference has it, so that a place and the GPS of a vehicle in it agree. Heights are levels above the
origin's: water stays level, where the plane alone would leave the ground (8 cm at 1 km, 2 m at 5 km).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError

__all__ = ["LocalFrame", "check_crs"]

Points = NDArray[np.float64]
_GEOGRAPHIC = "EPSG:4326"


@dataclass(frozen=True)
class LocalFrame:
    """The metres of a world, around a place of the earth.

    Parameters
    ----------
    latitude_deg, longitude_deg
        Of the world's origin, WGS 84.
    height_m
        Of the world's origin, in the data's heights.
    """

    latitude_deg: float
    longitude_deg: float
    height_m: float = 0.0
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def around(cls, points: Points, crs: str, *, height_m: float = 0.0) -> LocalFrame:
        """A frame whose origin is the middle of points ``[n, 2]``, at whole millionths of a degree.

        Raises
        ------
        TaixuError
            Where the points are no places of that coordinate system.
        """
        low, high = points.min(0), points.max(0)
        lon, lat = _transformer(crs, _GEOGRAPHIC).transform(*((low + high) / 2).tolist(), errcheck=False)
        if not np.isfinite((lon, lat)).all() or abs(lat) > 90:
            raise TaixuError(
                f"its coordinates, about {low[0]:.7g} and {low[1]:.7g}, are no place in {crs}; say which system they are in, "
                "as --set crs=EPSG:25832"
            )
        return cls(round(float(lat), 6), round(float(lon), 6), height_m)

    @classmethod
    def around_geocentric(cls, points: Points) -> LocalFrame:
        """A frame at the first of earth-centred points ``[n, 3]`` (EPSG:4978), as low as the lowest of them."""
        lon, lat, height = _transformer("EPSG:4978", "EPSG:4979").transform(*np.asarray(points, np.float64).T)
        return cls(round(float(lat[0]), 6), round(float(lon[0]), 6), round(float(np.min(height)), 3))

    def to_local(self, points: Points, crs: str) -> Points:
        """East, north and up in metres of points ``[n, 2 or 3]`` of a coordinate system; NaN where there is no such place.

        Heights that are not there stay 0.
        """
        flat = np.asarray(points, np.float64)
        lon, lat = self._pipe(crs).transform(flat[:, 0], flat[:, 1], errcheck=False)
        east, north = self._plane(lon, lat)
        up = flat[:, 2] - self.height_m if flat.shape[1] > 2 else np.zeros(len(flat))
        found = np.stack([east, north, up], 1)
        found[~np.isfinite(found[:, :2]).all(1)] = np.nan
        return found

    def to_geographic(self, positions: Points) -> Points:
        """Longitude, latitude (WGS 84, degrees) and height of world positions ``[n, 3]`` (x east, y up, z south)."""
        p = np.atleast_2d(np.asarray(positions, np.float64))
        geocentric = self._topocentric().transform(p[:, 0], -p[:, 2], self._sag(p[:, 0], p[:, 2]), direction="INVERSE")
        lon, lat, _ = _transformer("EPSG:4978", "EPSG:4979").transform(*geocentric)
        return np.stack([lon, lat, p[:, 1] + self.height_m], 1)

    def to_crs(self, positions: Points, crs: str) -> Points:
        """Coordinates of a system (east, north, height) of world positions ``[n, 3]``."""
        found = self.to_geographic(positions)
        x, y = _transformer(_GEOGRAPHIC, crs).transform(found[:, 0], found[:, 1])
        return np.stack([x, y, found[:, 2]], 1)

    def from_geocentric(self, points: Points) -> Points:
        """World positions ``[n, 3]`` (x east, y up, z south) of earth-centred ones (EPSG:4978); NaN where there is none."""
        flat = np.atleast_2d(np.asarray(points, np.float64))
        lon, lat, height = _transformer("EPSG:4978", "EPSG:4979").transform(*flat.T, errcheck=False)
        east, north = self._plane(lon, lat)
        found = np.stack([east, np.asarray(height) - self.height_m, -np.asarray(north)], 1)
        found[~np.isfinite(found).all(1)] = np.nan
        return found

    def to_geocentric(self, positions: Points) -> Points:
        """Earth-centred coordinates (EPSG:4978) ``[n, 3]`` of world positions ``[n, 3]``."""
        found = self.to_geographic(positions)
        return np.stack(_transformer("EPSG:4979", "EPSG:4978").transform(*found.T), 1)

    def axes(self) -> Points:
        """The world's x (east), y (up) and z (south) in earth-centred coordinates, as rows ``[3, 3]``."""
        lon, lat = np.radians([self.longitude_deg, self.latitude_deg])
        east = np.array([-np.sin(lon), np.cos(lon), 0.0])
        up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        return np.stack([east, up, np.cross(east, up)])

    def settings(self) -> dict[str, Any]:
        """What a world's settings say of it (`twin.georeference`)."""
        return {"latitude_deg": self.latitude_deg, "longitude_deg": self.longitude_deg, "height_m": self.height_m}

    def _plane(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        geocentric = _transformer("EPSG:4979", "EPSG:4978").transform(lon, lat, np.zeros_like(lon), errcheck=False)
        east, north, _ = self._topocentric().transform(*geocentric, errcheck=False)
        return east, north

    def _sag(self, x: Points, z: Points) -> Points:
        """How far below the touching plane the ellipsoid's surface lies, to the second order of the distance.

        With the radii of curvature along the meridian and across it (Torge, Geodesy, 2001, eq. 4.13) it is good to 1 mm at 10 km.
        """
        a, e2 = 6378137.0, 0.0066943799901413165
        w2 = 1.0 - e2 * np.sin(np.radians(self.latitude_deg)) ** 2
        across, along = a / np.sqrt(w2), a * (1.0 - e2) / w2**1.5
        found: Points = -(x * x / across + z * z / along) / 2.0
        return found

    def _pipe(self, crs: str) -> Any:
        return _transformer(crs, _GEOGRAPHIC, kept=self._kept)

    def _topocentric(self) -> Any:
        if "" not in self._kept:
            from pyproj import Transformer

            self._kept[""] = Transformer.from_pipeline(
                f"+proj=topocentric +ellps=WGS84 +lat_0={self.latitude_deg!r} +lon_0={self.longitude_deg!r} +h_0=0"
            )
        return self._kept[""]


def check_crs(name: str) -> str:
    """A coordinate system's name as PROJ knows it, horizontal part alone.

    Raises
    ------
    TaixuError
        Where PROJ does not know it.
    MachineError
        Without pyproj.
    """
    return str(_crs(name).to_string()) if len(name) <= 4096 else _unknown(name)


def _crs(name: str) -> Any:
    try:
        from pyproj import CRS
        from pyproj.exceptions import CRSError
    except ImportError:
        raise MachineError('places on the earth need pyproj; pip install "taixu[city]" brings it') from None
    if len(name) > 4096:
        _unknown(name)
    try:
        found = CRS.from_user_input(name)
    except CRSError:
        _unknown(name)
    flat = found.sub_crs_list[0] if found.is_compound else found
    return flat if flat.is_geographic or flat.is_projected else _unknown(name)


def _unknown(name: str) -> Any:
    raise TaixuError(f"PROJ knows no coordinate system {name[:60]!r}; name one such as EPSG:25832")


def _transformer(source: str, target: str, *, kept: dict[str, Any] | None = None) -> Any:
    if kept is not None and source in kept:
        return kept[source]
    a = _crs(source) if source not in ("EPSG:4978", "EPSG:4979") else source
    b = _crs(target) if target not in ("EPSG:4978", "EPSG:4979") else target
    from pyproj import Transformer

    made = Transformer.from_crs(a, b, always_xy=True)
    if kept is not None:
        kept[source] = made
    return made
