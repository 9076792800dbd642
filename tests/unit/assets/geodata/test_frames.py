"""Local metres: exact to a millimetre, far from the origin too, and the same as a twin's georeference."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.assets.geodata import LocalFrame
from taixu.assets.geodata.frames import check_crs
from taixu.errors import TaixuError
from taixu.twin.frames import Georeference, geographic_frame

pytest.importorskip("pyproj")


def _world(local: np.ndarray) -> np.ndarray:
    return np.stack([local[:, 0], local[:, 2], -local[:, 1]], 1)


@pytest.mark.parametrize("away_deg", [0.0, 0.01, 0.1])
def test_there_and_back(away_deg: float) -> None:
    frame = LocalFrame(52.0, 4.36, 3.0)
    points = np.array([[4.36 + away_deg, 52.0 - away_deg, 7.0], [4.361, 52.002 + away_deg, 3.0]])
    back = frame.to_geographic(_world(frame.to_local(points, "EPSG:4326")))
    np.testing.assert_allclose(back[:, :2], points[:, :2], atol=1e-8)  # a millimetre
    np.testing.assert_allclose(back[:, 2], points[:, 2], atol=1e-9)


def test_a_twin_puts_its_vehicles_in_the_same_place() -> None:
    frame = LocalFrame(52.0, 4.36, 0.0)
    points = np.array([[4.37, 52.01, 0.0], [4.35, 51.99, 0.0]])
    twin = geographic_frame("EPSG:4979", Georeference(52.0, 4.36, 0.0)).to_world(points.T.copy()).T
    np.testing.assert_allclose(_world(frame.to_local(points, "EPSG:4326"))[:, [0, 2]], twin[:, [0, 2]], atol=1e-6)


def test_lengths_are_those_of_the_ground() -> None:
    frame = LocalFrame(48.0, 11.0)
    local = frame.to_local(np.array([[11.0, 48.0], [11.0, 48.001]]), "EPSG:4326")
    assert float(np.linalg.norm(local[1] - local[0])) == pytest.approx(111.19, abs=0.02)  # a minute of latitude there is 1,853.2 m


def test_around_points_and_where_they_are_none() -> None:
    # The tower of Amersfoort, which the Dutch grid is laid around (RDNAPTRANS 2018).
    frame = LocalFrame.around(np.array([[154900.0, 462900.0], [155100.0, 463100.0]]), "EPSG:7415")
    assert abs(frame.latitude_deg - 52.155174) < 2e-5 and abs(frame.longitude_deg - 5.387206) < 2e-5
    assert np.isnan(frame.to_local(np.array([[np.inf, 0.0]]), "EPSG:28992")).all()
    with pytest.raises(TaixuError, match="no place in EPSG:4326; say which system"):
        LocalFrame.around(np.array([[84616.0, 447422.0], [85140.0, 447750.0]]), "EPSG:4326")
    for name in ("EPSG:1", "nonsense", "x" * 300):
        with pytest.raises(TaixuError, match="knows no coordinate system"):
            check_crs(name)
