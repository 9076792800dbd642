"""Heights of GeoTIFFs: sampled between cells, NaN where there are none; broken files are a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.geodata import Area, MapData, read_elevation
from taixu.errors import TaixuError
from taixu.generate.places.mapped import MapSpec
from taixu.generate.places.mapped.siting import site_of

rasterio = pytest.importorskip("rasterio")
pytest.importorskip("pyproj")
pytest.importorskip("shapely")


def _write(path: Path, heights: Any, *, crs: str = "EPSG:25832", west: float = 500_000.0, north: float = 5_316_000.0) -> Path:
    data = np.asarray(heights)
    transform = rasterio.transform.from_origin(west, north, 10.0, 10.0)
    with rasterio.open(path, "w", driver="GTiff", height=data.shape[0], width=data.shape[1], count=1, dtype=data.dtype, crs=crs,
                       transform=transform, nodata=-9999) as out:  # fmt: skip
        out.write(data, 1)
    return path


def test_heights_lie_at_the_middles_of_cells(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:40, 0:30]
    found = read_elevation(_write(tmp_path / "h.tif", (100 + 2.0 * columns - rows).astype(np.float32)))
    assert found.crs == "EPSG:25832"
    np.testing.assert_allclose(found.at([500_005.0, 500_105.0], [5_315_995.0, 5_315_990.0]), [100.0, 119.5])
    assert np.isnan(found.at([499_000.0, np.nan], [5_315_990.0, 5_315_990.0])).all()


def test_cells_without_heights(tmp_path: Path) -> None:
    heights = np.full((10, 10), 50.0, np.float32)
    heights[4, 4], heights[0, 0] = -9999, 1e30
    found = read_elevation(_write(tmp_path / "h.tif", heights))
    assert np.isnan(found.heights[[4, 0], [4, 0]]).all()
    assert found.at([500_085.0], [5_315_915.0])[0] == 50.0
    with pytest.raises(TaixuError, match="holds no heights"):
        read_elevation(_write(tmp_path / "n.tif", np.full((4, 4), -9999, np.float32)))


def test_what_is_no_geotiff_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"II*\0" + b"\xff" * 64)
    with pytest.raises(TaixuError, match=r"x\.tif: it cannot be read as a GeoTIFF"):
        read_elevation(tmp_path / "x.tif")
    (tmp_path / "v.tif").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    with pytest.raises(TaixuError, match="cannot be read as a GeoTIFF"):
        read_elevation(tmp_path / "v.tif")


def test_a_place_stands_on_them(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:200, 0:200]
    slope = (500 + 0.1 * columns + 0 * rows).astype(np.float32)
    model = read_elevation(_write(tmp_path / "h.tif", slope, west=499_000, north=5_317_000))
    ring = np.array([[500_000.0, 5_316_000.0], [500_010.0, 5_316_000.0], [500_010.0, 5_316_010.0]])
    maps = [("m", MapData(crs="EPSG:25832", areas=[Area("a", "building", (ring,))]))]
    site = site_of(maps, MapSpec(), elevations=[("h", model)])
    assert site.frame is not None and abs(site.frame.height_m - 510.0) < 0.2
    found = site.heights_at(np.array([0.0, 100.0, 5000.0]), np.zeros(3))
    assert found[1] - found[0] == pytest.approx(1.0, abs=0.02) and np.isnan(found[2])
    away = read_elevation(_write(tmp_path / "f.tif", np.ones((4, 4), np.float32), west=400_000))
    told = site_of(maps, MapSpec(), elevations=[("f", away)])
    assert not told.elevations and "f has no heights under the place" in told.features.findings[-1].message
    with pytest.raises(TaixuError, match="heights only"):
        site_of([], MapSpec(), elevations=[("h", model)])
