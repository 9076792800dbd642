"""Point clouds: real surveys are read and thinned, become ground and models; what lies about its size is one sentence."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import numpy as np
import pytest
from mutations import damaged

from taixu.assets.geodata import POINT_SUFFIXES, Area, MapData, ground_of, read_points
from taixu.assets.geodata.point_cloud import GROUND, local_points, read_point_model
from taixu.assets.importers import import_model
from taixu.errors import TaixuError

laspy = pytest.importorskip("laspy")
pytest.importorskip("pyproj")


@pytest.fixture(scope="module")
def surveys(content: Path) -> Path:
    return content / "pointcloud"


def _write(path: Path, points: np.ndarray, classes: np.ndarray, *, version: str = "1.2") -> Path:
    header = laspy.LasHeader(point_format=3, version=version)
    header.offsets, header.scales = points.min(0), np.full(3, 0.001)
    made = laspy.LasData(header)
    made.x, made.y, made.z = points.T
    made.classification = classes
    made.write(path)
    return path


def test_real_surveys_are_read(surveys: Path) -> None:
    las, packed, copc = (read_points(surveys / name, most=10**6) for name in ("simple.las", "autzen_trim.laz", "simple.copc.laz"))
    assert (las.total, copc.total, packed.total) == (1065, 1065, 110_000)
    np.testing.assert_allclose(np.sort(las.points[:, 0]), np.sort(copc.points[:, 0]), atol=0.02)
    assert copc.crs == "EPSG:2991" and las.colors is not None and {1, 2} <= set(packed.classes.tolist())
    # Heights of the second are feet in its file, and the metres of the same ground here.
    assert packed.unit_m == pytest.approx(0.3048, rel=1e-4) and 100 < packed.points[:, 2].min() < 140


def test_thinned_points_are_spread_over_all(surveys: Path) -> None:
    whole, few = (read_points(surveys / "autzen_trim.laz", most=most) for most in (10**6, 500))
    assert len(few.points) == 500 and few.total == whole.total
    for part in (0.1, 0.5, 0.9):
        apart = np.abs(np.quantile(few.points, part, axis=0) - np.quantile(whole.points, part, axis=0))
        assert (apart < 0.15 * np.ptp(whole.points, axis=0)).all()


def test_ground_is_what_was_classed_so(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    east, north = draw.uniform(0, 100, (2, 4000))
    points = np.stack([500_000 + east, 5_300_000 + north, 40 + 0.1 * east], 1)
    trees = points[::3] + np.array((0.0, 0.0, 12.0))
    file = _write(tmp_path / "a.las", np.concatenate([points, trees]), np.repeat([GROUND, 5], [len(points), len(trees)]))
    ground = ground_of(read_points(file, most=10**5, classes=(GROUND,)))
    found = ground.at(500_000 + np.array([20.0, 50.0, 80.0]), np.full(3, 5_300_050.0))
    np.testing.assert_allclose(found, [42.0, 45.0, 48.0], atol=0.3)
    with pytest.raises(TaixuError, match=r"a\.las: it holds no points of class 9"):
        read_points(file, most=10, classes=(9,))


def test_millimetres_stay_far_from_the_origin(tmp_path: Path) -> None:
    points = np.array([[500_000.001, 5_300_000.002, 40.003], [500_000.004, 5_300_000.001, 40.0], [500_010.0, 5_300_010.0, 41.0]])
    positions, where = local_points(read_points(_write(tmp_path / "a.las", points, np.zeros(3, np.uint8)), most=10))
    np.testing.assert_allclose(positions.astype(np.float32)[1] - positions[0], [0.003, -0.003, 0.001], atol=2e-5)
    assert where["origin"] == [500_005.0, 5_300_005.0, 40.0]


def test_a_survey_is_a_model_of_points(surveys: Path) -> None:
    model = import_model(surveys / "simple.copc.laz")
    (primitive,) = (part for mesh in model.meshes for part in mesh.primitives)
    assert primitive.indices is None and primitive.vertex_count == 1065 and "COLOR_0" in primitive.attributes
    assert model.nodes[0].extras["points"] == 1065 and model.nodes[0].extras["crs"] == "EPSG:2991"


def test_a_place_stands_on_a_survey(tmp_path: Path) -> None:
    pytest.importorskip("shapely")
    from taixu.generate.places.mapped import MapSpec
    from taixu.generate.places.mapped.siting import positions_of, site_of

    grid = np.stack(np.meshgrid(np.arange(0.0, 60.0, 2.0), np.arange(0.0, 60.0, 2.0)), -1).reshape(-1, 2)
    points = np.column_stack([500_000 + grid[:, 0], 5_300_000 + grid[:, 1], 300 + 0.2 * grid[:, 0]])
    file = _write(tmp_path / "g.las", points, np.full(len(points), GROUND))
    ring = np.array([[500_020.0, 5_300_020.0], [500_030, 5_300_020], [500_030, 5_300_030], [500_020, 5_300_030]])
    spec = MapSpec(crs="EPSG:25832")
    site = site_of([("m", MapData(crs="EPSG:25832", areas=[Area("a", "building", (ring,))]))], spec,
                   elevations=[("g.las", ground_of(read_points(file, most=10**5)))])  # fmt: skip
    low, high = site.heights_at(np.array([-5.0, 5.0]), np.zeros(2))
    assert high - low == pytest.approx(2.0, abs=0.2)
    placed = positions_of(site, read_points(file, most=10**5), spec)
    near = placed[np.isfinite(placed).all(1)]
    assert len(near) and np.abs(near[:, [0, 2]]).max() <= 1.25 * site.reach_m


@pytest.mark.parametrize(("name", "rounds"), [("simple.las", 60), ("simple.copc.laz", 5)])
def test_damaged_surveys_are_read_or_refused(surveys: Path, tmp_path: Path, name: str, rounds: int) -> None:
    """On some packed bytes the decoder ends the process that it is in."""
    data, file = (surveys / name).read_bytes(), tmp_path / f"x{Path(name).suffix}"
    for number in range(rounds):
        file.write_bytes(damaged(data, random.Random(number)))
        try:
            read_point_model(file)
        except TaixuError as error:
            assert "\n" not in str(error) and file.name in str(error)


def test_headers_that_promise_too_much_are_refused(surveys: Path, tmp_path: Path) -> None:
    data = bytearray((surveys / "simple.las").read_bytes())
    struct.pack_into("<I", data, 107, 4_000_000_000)
    (tmp_path / "x.las").write_bytes(data)
    with pytest.raises(TaixuError, match=r"x\.las: its header promises more than its 36,437 bytes hold"):
        read_points(tmp_path / "x.las", most=10)
    (tmp_path / "y.las").write_bytes(b"LASF")
    with pytest.raises(TaixuError, match=r"y\.las: it is no LAS file"):
        read_points(tmp_path / "y.las", most=10)
    assert POINT_SUFFIXES == (".las", ".laz")
