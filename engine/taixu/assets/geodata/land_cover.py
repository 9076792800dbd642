"""Maps of land cover as GeoTIFF (rasterio): classes of what grows and lies on each cell become areas of ground.

Read are ESA WorldCover (https://esa-worldcover.org), Esri's Land Cover (Impact Observatory), the NLCD of the USGS, and CORINE,
by the numbers of their classes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.features import Area
from taixu.errors import MachineError, TaixuError

__all__ = ["COVERS", "LAND_COVER", "is_land_cover", "read_land_cover"]

LAND_COVER = "land cover"
"""What `Area.attributes["source"]` says."""
_MOST_EDGE = 2048
"""Cells along an edge of the part that is read; larger parts are read more coarsely."""
_MOST_PIXELS = 400_000_000_000
_MOST_AREAS = 20_000
_SPECK_CELLS = 4
"""Smaller spots go to what is around them."""
_LOOK = 256
_CORINE = (
    111, 112, 121, 122, 123, 124, 131, 132, 133, 141, 142, 211, 212, 213, 221, 222, 223, 231, 241, 242, 243, 244, 311, 312, 313,
    321, 322, 323, 324, 331, 332, 333, 334, 335, 411, 412, 421, 422, 423, 511, 512, 521, 522, 523,
)  # fmt: skip


def _corine(code: int) -> str:
    if code >= 500:
        return "water"
    if code in (131, 132, 133, 332, 333, 334):
        return "earth"
    if code == 331:
        return "sand"
    if 311 <= code <= 313:
        return "forest"
    if code in (141, 142, 231) or 321 <= code <= 324 or 400 <= code < 500:
        return "grass"
    return "farm" if 200 <= code < 300 else ""


COVERS: dict[str, Mapping[int, str]] = {
    "worldcover": {10: "forest", 20: "grass", 30: "grass", 40: "farm", 50: "", 60: "earth", 70: "", 80: "water", 90: "grass",
                   95: "forest", 100: "grass"},
    "esri": {1: "water", 2: "forest", 4: "grass", 5: "farm", 7: "", 8: "earth", 9: "", 10: "", 11: "grass"},
    "nlcd": {11: "water", 12: "", 21: "grass", 22: "", 23: "", 24: "", 31: "earth", 41: "forest", 42: "forest", 43: "forest",
             51: "grass", 52: "grass", 71: "grass", 72: "grass", 73: "grass", 74: "grass", 81: "grass", 82: "farm", 90: "forest",
             95: "grass"},
    "corine": {number: _corine(code) for number, code in enumerate(_CORINE, 1)} | {code: _corine(code) for code in _CORINE},
}  # fmt: skip
"""Kinds of ground by schemes and their classes; empty where others know better (buildings, snow, clouds)."""


def is_land_cover(path: Path) -> bool:
    """Whether a GeoTIFF holds classes of a known scheme rather than heights: whole numbers in bytes, or with a palette."""
    with _opened(path) as raster:
        if np.dtype(raster.dtypes[0]).kind != "u" and not _has_palette(raster):
            return False
        return bool(_scheme_of(_looked_at(raster)))


def read_land_cover(
    path: Path, corners: Callable[[str], NDArray[np.float64]], *, scheme: str = ""
) -> tuple[str, list[Area]]:  # fmt: skip
    """Areas of a part of a map of land cover, the largest ones first, and its coordinate system.

    Parameters
    ----------
    corners
        Gives points ``[n, 2]`` about the part, in a coordinate system.
    scheme
        One of `COVERS`; without one it is known by its classes.

    Raises
    ------
    TaixuError
        When it cannot be read, does not lie there, or its classes are of no scheme that is known.
    """
    from rasterio import features
    from rasterio.enums import Resampling
    from rasterio.transform import from_bounds
    from rasterio.windows import Window
    from rasterio.windows import from_bounds as window_of

    with _opened(path) as raster:
        system = raster.crs.to_string() if raster.crs is not None else ""
        if not system or raster.transform.is_identity:
            raise TaixuError(f"{path.name}: it does not say where it lies on the earth")
        classes = COVERS.get(scheme or _scheme_of(_looked_at(raster)))
        if classes is None:
            known = ", ".join(COVERS)
            raise TaixuError(f"{path.name}: its classes are those of no land cover that is known; --set cover= one of {known}")
        points = corners(system)
        if not np.isfinite(points).all():
            raise TaixuError(f"{path.name}: the place lies outside of its coordinate system")
        (west, south), (east, north) = points.min(0), points.max(0)
        wanted = window_of(west, south, east, north, raster.transform).round_offsets().round_lengths(pixel_precision=0)
        whole = Window(0, 0, raster.width, raster.height)
        if wanted.col_off >= raster.width or wanted.row_off >= raster.height or wanted.col_off + wanted.width <= 0 or (
            wanted.row_off + wanted.height <= 0 or wanted.width < 1 or wanted.height < 1):  # fmt: skip
            raise TaixuError(f"{path.name}: it does not lie at the place; is it another tile?")
        part = wanted.intersection(whole)
        step = max(1.0, max(part.width, part.height) / _MOST_EDGE)
        shape = (max(int(part.height / step), 1), max(int(part.width / step), 1))
        found = raster.read(1, window=part, out_shape=shape, resampling=Resampling.nearest).astype(np.int32)
        bounds = raster.window_bounds(part)
    kinds = sorted({kind for kind in classes.values() if kind})
    numbers = np.zeros_like(found, np.uint8)
    for code, kind in classes.items():
        if kind:
            numbers[found == code] = kinds.index(kind) + 1
    numbers = features.sieve(numbers, _SPECK_CELLS)
    place = from_bounds(*bounds, shape[1], shape[0])
    cell = max(abs(place.a), abs(place.e))
    areas: list[tuple[float, str, Any]] = []
    import shapely

    for outline, number in features.shapes(numbers, mask=numbers > 0, transform=place):
        polygon = shapely.Polygon(outline["coordinates"][0], outline["coordinates"][1:]).simplify(0.75 * cell)
        for one in shapely.get_parts(shapely.make_valid(polygon)):
            if one.geom_type == "Polygon" and not one.is_empty:
                areas.append((float(one.area), kinds[int(number) - 1], one))
    areas.sort(key=lambda each: -each[0])
    made = []
    for count, (_, kind, one) in enumerate(areas[:_MOST_AREAS]):
        rings = tuple(np.asarray(ring.coords)[:-1] for ring in (one.exterior, *one.interiors))
        made.append(Area(f"{path.stem}/{count}", kind, rings, {"source": LAND_COVER}))
    return system, made


def _scheme_of(values: NDArray[np.int64]) -> str:
    """The scheme that has all of some classes; 0 and the highest byte say that there is none."""
    found = set(values.tolist()) - {0, 255}
    return next((name for name, classes in COVERS.items() if found and found <= classes.keys()), "")


def _looked_at(raster: Any) -> NDArray[np.int64]:
    from rasterio.enums import Resampling

    shape = (min(raster.height, _LOOK), min(raster.width, _LOOK))
    band = raster.read(1, out_shape=shape, resampling=Resampling.nearest)
    return np.unique(band).astype(np.int64) if band.dtype.kind in "iu" else np.zeros(0, np.int64)


def _has_palette(raster: Any) -> bool:
    from rasterio.enums import ColorInterp

    return bool(raster.colorinterp and raster.colorinterp[0] == ColorInterp.palette)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError:
        raise MachineError('GeoTIFF needs rasterio; pip install "taixu[city]" brings it') from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # One driver alone: names of other formats may lead to other files and to the network.
            with rasterio.open(path, driver="GTiff") as raster:
                if not 1 < raster.width * raster.height <= _MOST_PIXELS:
                    raise TaixuError(f"{path.name}: it has {raster.height:,} by {raster.width:,} pixels; such grids are not read")
                yield raster
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise TaixuError(f"{path.name}: it cannot be read as a GeoTIFF ({str(error)[:120]})") from None
