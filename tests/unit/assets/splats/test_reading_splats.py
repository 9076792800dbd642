"""Files of Gaussian splats: what is read is what was written, and what is damaged is one sentence."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mutations import damaged
from small_splats import ply_bytes, ring, spz_bytes, write_ply

from taixu.assets.splats import SplatCloud, read_splats
from taixu.assets.splats.cloud import turned_over
from taixu.errors import TaixuError


def _same(a: SplatCloud, b: SplatCloud, *, place: float, turn: float, scale: float, color: float) -> None:
    np.testing.assert_allclose(a.positions, b.positions, atol=place)
    np.testing.assert_allclose(a.scales, b.scales, rtol=scale)
    assert (np.abs((a.rotations * b.rotations).sum(1)) > 1 - turn).all()  # q and -q are one
    np.testing.assert_allclose(a.opacities, b.opacities, atol=color)
    np.testing.assert_allclose(a.harmonics, b.harmonics, atol=5 * color)


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_a_ply_is_turned_upright(tmp_path: Path, degree: int) -> None:
    cloud = ring(40, degree=degree)
    read = read_splats(write_ply(tmp_path / "c.ply", turned_over(cloud)))
    assert read.degree == degree and read.left_out == 0
    _same(read, cloud, place=1e-6, turn=1e-6, scale=1e-5, color=1e-5)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_spz_of_each_version(tmp_path: Path, version: int) -> None:
    cloud = ring(40, degree=2)
    (tmp_path / "c.spz").write_bytes(spz_bytes(cloud, version=version))
    read = read_splats(tmp_path / "c.spz")
    _same(read, cloud, place=6e-4 if version == 1 else 2e-4, turn=2e-3, scale=0.04, color=6e-3)


def _gltf(path: Path, cloud: SplatCloud, node: dict[str, object]) -> Path:
    names = {"POSITION": cloud.positions, "KHR_gaussian_splatting:ROTATION": cloud.rotations,
             "KHR_gaussian_splatting:SCALE": cloud.scales, "KHR_gaussian_splatting:OPACITY": cloud.opacities[:, None]}  # fmt: skip
    for number in range(cloud.harmonics.shape[1]):
        degree = int(number**0.5)
        names[f"KHR_gaussian_splatting:SH_DEGREE_{degree}_COEF_{number - degree * degree}"] = cloud.harmonics[:, number]
    views, accessors, data = [], [], b""
    for number, values in enumerate(names.values()):
        part = np.ascontiguousarray(values, "<f4").tobytes()
        views.append({"buffer": 0, "byteOffset": len(data), "byteLength": len(part)})
        kind = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}[values.shape[1]]
        accessors.append({"bufferView": number, "componentType": 5126, "count": len(values), "type": kind})
        data += part
    accessors[0] |= {"min": cloud.positions.min(0).tolist(), "max": cloud.positions.max(0).tolist()}
    path.with_suffix(".bin").write_bytes(data)
    splatting = {"kernel": "ellipse", "colorSpace": "lin_rec709_display" if cloud.is_linear else "srgb_rec709_display"}
    drawn = {"mode": 0, "attributes": {name: number for number, name in enumerate(names)},
            "extensions": {"KHR_gaussian_splatting": splatting}}  # fmt: skip
    document = {"asset": {"version": "2.0"}, "extensionsUsed": ["KHR_gaussian_splatting"], "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, **node}], "meshes": [{"primitives": [drawn]}], "accessors": accessors, "bufferViews": views,
        "buffers": [{"uri": path.with_suffix(".bin").name, "byteLength": len(data)}]}  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def test_gltf_with_splats_under_a_node(tmp_path: Path) -> None:
    cloud = ring(30, degree=1)
    _same(read_splats(_gltf(tmp_path / "c.gltf", cloud, {})), cloud, place=1e-6, turn=1e-6, scale=1e-6, color=1e-6)
    moved = read_splats(_gltf(tmp_path / "m.gltf", cloud, {"translation": [1, 2, 3], "scale": [2, 2, 2]}))
    np.testing.assert_allclose(moved.positions, cloud.positions * 2 + (1, 2, 3), atol=1e-5)
    np.testing.assert_allclose(moved.scales, cloud.scales * 2, rtol=1e-5)
    assert moved.degree == 1
    turned = read_splats(_gltf(tmp_path / "t.gltf", cloud, {"rotation": [0, 1, 0, 0]}))
    np.testing.assert_allclose(turned.positions, cloud.positions * (-1, 1, -1), atol=1e-5)
    assert turned.degree == 0  # what depends on the direction of sight does not turn with it
    linear = read_splats(_gltf(tmp_path / "l.gltf", replace(cloud, is_linear=True), {}))
    assert linear.is_linear and not moved.is_linear
    with pytest.raises(TaixuError, match="stretches them"):
        read_splats(_gltf(tmp_path / "s.gltf", cloud, {"scale": [1, 2, 1]}))


def test_covariances_are_those_of_turned_axes() -> None:
    cloud = ring(5)
    for number in range(5):
        x, y, z, w = cloud.rotations[number].astype(float)
        axes = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                         [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                         [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])  # fmt: skip
        whole = axes @ np.diag(cloud.scales[number].astype(float) ** 2) @ axes.T
        np.testing.assert_allclose(cloud.covariances()[number], whole[np.triu_indices(3)], rtol=1e-4, atol=1e-8)


def test_splats_that_are_none_are_left_out(tmp_path: Path) -> None:
    cloud = ring(6)
    cloud.positions[0] = np.nan
    cloud.positions[1] = 1e9
    cloud.rotations[2] = 0
    cloud.scales[3] = np.inf
    cloud.harmonics[4, 0] = np.inf
    read = read_splats(write_ply(tmp_path / "c.ply", cloud))
    assert len(read) == 1 and read.left_out == 5
    cloud.positions[5] = np.inf
    with pytest.raises(TaixuError, match="none of its 6 splats can be drawn"):
        read_splats(write_ply(tmp_path / "n.ply", cloud))


_HEAD = b"ply\nformat binary_little_endian 1.0\nelement vertex "


@pytest.mark.parametrize(("name", "data", "sentence"), [
    ("a.ply", b"solid", "no PLY"), ("a.txt", b"", "holds no splats"), ("a.spz", b"xx", "no SPZ"),
    ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n", "little-endian binary"),
    ("a.ply", _HEAD + b"99999999999\nproperty float x\nend_header\n", "99,999,999,999"),
    ("a.ply", b"ply\nformat binary_little_endian 1.0\nelement chunk 4\nend_header\n", "compressed PLY"),
    ("a.ply", _HEAD + b"1\nproperty list uchar int x\nend_header\n", "splats have not"),
    ("a.ply", _HEAD + b"1\nproperty float x\nend_header\n1234", "no f_dc_0"),
    ("a.ply", ply_bytes(ring(5))[:-1], "ends before the last"), ("a.spz", spz_bytes(ring(5))[:-30], "ends before|damaged"),
])  # fmt: skip
def test_what_is_none_is_one_sentence(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TaixuError, match=sentence):
        read_splats(tmp_path / name)


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    chance = random.Random(3)
    for suffix, data in ((".ply", ply_bytes(ring(20))), (".spz", spz_bytes(ring(20)))):
        file = tmp_path / f"d{suffix}"
        for _ in range(40):
            file.write_bytes(damaged(data, chance))
            try:
                cloud = read_splats(file)
            except TaixuError as error:
                assert "\n" not in str(error)
            else:
                assert np.isfinite(cloud.covariances()).all() and np.isfinite(cloud.harmonics).all()


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    import gzip

    head = np.array([0x5053474E, 2, 10], "<u4").tobytes() + bytes([0, 12, 0, 0])
    (tmp_path / "b.spz").write_bytes(gzip.compress(head + bytes(64 << 20)))
    assert len(read_splats(tmp_path / "b.spz")) == 10


def test_captures_of_others(content: Path) -> None:
    robot, train = read_splats(content / "splat" / "playbot_lod4.ply"), read_splats(content / "splat" / "train-1000.ply")
    assert (len(robot), robot.degree, len(train), train.degree) == (8406, 2, 1000, 3)
    assert -0.1 < robot.bounds()[0, 1] < 0.0 and 1.0 < robot.bounds()[1, 1] < 1.2  # it stands on the ground
