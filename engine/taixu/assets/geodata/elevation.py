"""Models of heights as GeoTIFF (rasterio): metres over a grid of a coordinate system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError

__all__ = ["ELEVATION_SUFFIXES", "Elevation", "read_elevation"]

ELEVATION_SUFFIXES = (".tif", ".tiff")
_MOST_EDGE = 4096
"""Larger grids are read more coarsely."""
_MOST_PIXELS = 4_000_000_000
_MOST_M = 12_000.0
"""What is farther from the sea's level than the highest mountain and the deepest trench is no height."""


@dataclass(frozen=True)
class Elevation:
    """Heights of a grid.

    Attributes
    ----------
    crs
        As PROJ knows it; empty where the file says none.
    heights : float32[rows, columns]
        Metres; NaN where there are none.
    inverse : float64[2, 3]
        Column and row (of the middles of cells) of coordinates of the system.
    """

    crs: str
    heights: NDArray[np.float32]
    inverse: NDArray[np.float64]

    def at(self, x: Any, y: Any) -> NDArray[np.float64]:
        """Heights at coordinates of the system, between the four around each; NaN outside and where one of them lacks."""
        points = np.stack([np.asarray(x, np.float64), np.asarray(y, np.float64)])
        column, row = self.inverse[:, :2] @ points + self.inverse[:, 2:]
        rows, columns = self.heights.shape
        with np.errstate(invalid="ignore"):
            is_in = (column >= -0.5) & (column <= columns - 0.5) & (row >= -0.5) & (row <= rows - 0.5)
        column, row = np.where(is_in, column, 0.0).clip(0, columns - 1), np.where(is_in, row, 0.0).clip(0, rows - 1)
        i, j = np.minimum(column.astype(int), max(columns - 2, 0)), np.minimum(row.astype(int), max(rows - 2, 0))
        u, v = column - i, row - j
        h = self.heights.astype(np.float64)
        k, m = np.minimum(i + 1, columns - 1), np.minimum(j + 1, rows - 1)
        low, high = h[j, i] * (1 - u) + h[j, k] * u, h[m, i] * (1 - u) + h[m, k] * u
        found: NDArray[np.float64] = np.where(is_in, low * (1 - v) + high * v, np.nan)
        return found


def read_elevation(path: Path) -> Elevation:
    """A GeoTIFF's first band.

    Raises
    ------
    TaixuError
        When it cannot be read, lies nowhere, or holds no heights.
    MachineError
        Without rasterio.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError:
        raise MachineError('GeoTIFF needs rasterio; pip install "taixu[city]" brings it') from None
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # One driver alone: names of other formats may lead to other files and to the network.
            with rasterio.open(path, driver="GTiff") as raster:
                rows, columns = raster.shape
                if not 1 < rows * columns <= _MOST_PIXELS:
                    raise TaixuError(f"{path.name}: it has {rows:,} by {columns:,} pixels; such grids are not read")
                step = max(1.0, max(rows, columns) / _MOST_EDGE)
                shape = (max(int(rows / step), 1), max(int(columns / step), 1))
                band = raster.read(1, out_shape=shape, masked=True)
                crs = raster.crs.to_string() if raster.crs is not None else ""
                world = np.array([*tuple(raster.transform)[:6], 0.0, 0.0, 1.0]).reshape(3, 3)
                world = world @ np.diag([columns / shape[1], rows / shape[0], 1.0])
                if raster.transform.is_identity or not np.isfinite(world).all() or abs(np.linalg.det(world)) < 1e-18:
                    raise TaixuError(f"{path.name}: it does not say where it lies on the earth")
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise TaixuError(f"{path.name}: it cannot be read as a GeoTIFF ({str(error)[:120]})") from None
    heights = np.ma.filled(band.astype(np.float32), np.nan)
    with np.errstate(invalid="ignore"):
        heights[~(np.abs(heights) < _MOST_M)] = np.nan
    if not np.isfinite(heights).any():
        raise TaixuError(f"{path.name}: it holds no heights")
    # rasterio counts from the corners of cells, `at` from their middles.
    inverse = np.linalg.inv(world)[:2]
    inverse[:, 2] -= 0.5
    return Elevation(crs, heights, inverse)
