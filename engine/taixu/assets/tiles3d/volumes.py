"""Bounding volumes of tiles: boxes, spheres and regions of the earth, all as boxes with axes of their own.

https://github.com/CesiumGS/3d-tiles/tree/main/specification#bounding-volumes
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["Box", "boxes_of_regions", "check_region", "geocentric", "read_box", "read_region"]

Array = NDArray[np.float64]

_A, _E2 = 6378137.0, 0.0066943799901413165
_FARTHEST = 1e9
"""Metres beyond which nothing lies: farther than the moon."""
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box.

    Attributes
    ----------
    center : float64[3]
    axes : float64[3, 3]
        Half its edges, a row each; a degenerate box has axes of no length.
    """

    center: Array
    axes: Array

    def moved(self, matrix: Array) -> Box:
        """The box seen from where a 4x4 matrix leads."""
        return Box(matrix[:3, :3] @ self.center + matrix[:3, 3], self.axes @ matrix[:3, :3].T)

    def corners(self) -> Array:
        """Its eight corners, ``[8, 3]``."""
        signs = np.array([[1 - 2 * (k & 1), 1 - (k & 2), 1 - (k & 4) // 2] for k in range(8)], np.float64)
        found: Array = self.center + signs @ self.axes
        return found


def geocentric(lon: Any, lat: Any, height: Any) -> Array:
    """Earth-centred coordinates of radians and metres over the WGS 84 ellipsoid, ``[..., 3]``."""
    lon, lat, height = np.broadcast_arrays(lon, lat, height)
    across = _A / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    flat = (across + height) * np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), (across * (1.0 - _E2) + height) * np.sin(lat)], -1)


def read_region(raw: Mapping[str, Any]) -> tuple[float, ...] | None:
    """West, south, east, north in radians, lowest and highest; None where the volume is no region."""
    return _numbers(raw["region"], 6, "region") if "region" in raw else None


def read_box(raw: object, where: str) -> Box:
    """A volume's box; a region's is one of the earth, whatever the tile's transform.

    Raises
    ------
    TaixuError
        Where it is none.
    """
    try:
        if not isinstance(raw, Mapping):
            raise TaixuError("it has no bounding volume")
        if "box" in raw:
            values = np.array(_numbers(raw["box"], 12, "box"))
            return Box(values[:3], values[3:].reshape(3, 3))
        if "sphere" in raw:
            *center, radius = _numbers(raw["sphere"], 4, "sphere")
            return Box(np.array(center), np.eye(3) * abs(radius))
        region = read_region(raw)
        if region is not None:
            middles, halves = boxes_of_regions(check_region(region)[None])
            return Box(middles[0], halves[0])
        raise TaixuError("its bounding volume is neither box nor sphere nor region")
    except TaixuError as error:
        raise TaixuError(f"{where}: {error}") from None


def boxes_of_regions(regions: Array) -> tuple[Array, Array]:
    """Middles ``[n, 3]`` and half edges ``[n, 3, 3]`` of boxes around regions ``[n, 6]``."""
    parts = [_boxes(regions[at : at + _AT_ONCE]) for at in range(0, max(len(regions), 1), _AT_ONCE)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _boxes(regions: Array) -> tuple[Array, Array]:
    west, south, east, north, low, high = regions.T
    steps = np.linspace(0.0, 1.0, 5)
    lon = west[:, None] + (east - west)[:, None] * steps
    lat = south[:, None] + (north - south)[:, None] * steps
    levels = np.stack([low, high], 1)
    points = geocentric(lon[:, :, None, None], lat[:, None, :, None], levels[:, None, None, :]).reshape(len(regions), -1, 3)
    x, y = (west + east) / 2, (south + north) / 2
    up = np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], 1)
    right = np.stack([-np.sin(x), np.cos(x), np.zeros_like(x)], 1)
    frames = np.stack([right, np.cross(up, right), up], 1)
    local = np.einsum("nij,npj->npi", frames, points)
    # Between two samples the earth rises over their chord by less than a step's square over eight radii.
    step = np.maximum(east - west, north - south)[:, None] / 4
    bulge = _A * step * step / 8
    least, most = local.min(1) - bulge, local.max(1) + bulge
    return np.einsum("ni,nij->nj", (least + most) / 2, frames), (most - least)[:, :, None] / 2 * frames


def check_region(region: tuple[float, ...]) -> Array:
    """A region whose east is not west of its west, ``[6]``.

    Raises
    ------
    TaixuError
        Where it is no part of the earth.
    """
    west, south, east, north, low, high = region
    if not (abs(south) <= 1.6 and abs(north) <= 1.6 and south <= north and abs(west) < 10 and abs(east) < 10 and low <= high):
        raise TaixuError("its region is no part of the earth; it takes west, south, east and north in radians, lowest and highest")
    wide = (east - west) % math.tau if east < west else min(east - west, math.tau)
    return np.array([west, south, west + wide, north, low, high])


def _numbers(raw: object, count: int, name: str) -> tuple[float, ...]:
    good = isinstance(raw, list) and len(raw) == count and all(
        isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) < _FARTHEST for each in raw)  # fmt: skip
    if not good or not isinstance(raw, list):
        raise TaixuError(f"its {name} takes {count} numbers")
    return tuple(float(each) for each in raw)
