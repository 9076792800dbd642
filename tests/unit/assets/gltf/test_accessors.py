from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gltf_files import COMPONENTS, FileBuilder

from taixu.assets.gltf import GltfError, Limits, read_gltf_bytes
from taixu.assets.gltf.accessors import normalize
from taixu.assets.model import ModelData

POINTS = np.arange(12, dtype=np.float32).reshape(4, 3)


def read(builder: FileBuilder, attributes: dict[str, int], limits: Limits | None = None, **primitive: Any) -> ModelData:
    mesh = {"primitives": [{"attributes": attributes, "mode": 0, **primitive}]}
    return read_gltf_bytes(builder.glb(meshes=[mesh]), name="a.glb", limits=limits)


def attribute(builder: FileBuilder, attributes: dict[str, int], name: str) -> np.ndarray:
    return read(builder, attributes).meshes[0].primitives[0].attributes[name]


def test_a_packed_float_accessor_is_a_view_of_the_file() -> None:
    builder = FileBuilder()
    values = attribute(builder, {"POSITION": builder.accessor(POINTS)}, "POSITION")
    np.testing.assert_array_equal(values, POINTS)
    assert not values.flags.writeable
    assert values.base is not None


@pytest.mark.parametrize("code", ["i1", "u1", "i2", "u2"])
def test_normalised_integers(code: str) -> None:
    dtype = np.dtype(f"<{code}")
    info = np.iinfo(dtype)
    stored = np.array([info.min, info.max, 0, 1], dtype).repeat(4).reshape(4, 4)
    builder = FileBuilder()
    color = builder.accessor(stored, normalized=True)
    values = attribute(builder, {"POSITION": builder.accessor(POINTS), "COLOR_0": color}, "COLOR_0")
    low = -1.0 if info.min else 0.0
    np.testing.assert_allclose(values[:, 0], [low, 1.0, 0.0, 1.0 / info.max], rtol=1e-6)
    np.testing.assert_array_equal(values, normalize(stored))


def test_unnormalised_integers_are_plain_numbers() -> None:
    builder = FileBuilder()
    stored = np.array([[-300, 20, 7, 0]] * 3, np.int16)
    view = builder.view(stored.tobytes(), byteStride=8)
    builder.root["accessors"].append({"bufferView": view, "componentType": 5122, "count": 3, "type": "VEC3"})
    np.testing.assert_array_equal(attribute(builder, {"POSITION": 0}, "POSITION"), [[-300, 20, 7]] * 3)


def test_interleaved_accessors() -> None:
    rows = np.zeros(4, np.dtype([("p", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 4)]))
    rows["p"], rows["n"], rows["c"] = POINTS, POINTS + 100, 255
    builder = FileBuilder()
    view = builder.view(rows.tobytes(), byteStride=rows.itemsize)
    accessors = builder.root["accessors"]
    accessors.append({"bufferView": view, "componentType": 5126, "count": 4, "type": "VEC3"})
    accessors.append({"bufferView": view, "byteOffset": 12, "componentType": 5126, "count": 4, "type": "VEC3"})
    accessors.append({"bufferView": view, "byteOffset": 24, "componentType": 5121, "count": 4, "type": "VEC4", "normalized": True})
    primitive = read(builder, {"POSITION": 0, "NORMAL": 1, "COLOR_0": 2}).meshes[0].primitives[0]
    np.testing.assert_array_equal(primitive.attributes["POSITION"], POINTS)
    np.testing.assert_array_equal(primitive.attributes["NORMAL"], POINTS + 100)
    np.testing.assert_array_equal(primitive.attributes["COLOR_0"], 1.0)


@pytest.mark.parametrize("code", ["u1", "u2", "u4"])
def test_sparse_accessors_replace_elements(code: str) -> None:
    builder = FileBuilder()
    indices = builder.view(np.array([1, 3], f"<{code}").tobytes())
    values = builder.view(np.array([[9, 8, 7], [6, 5, 4]], np.float32).tobytes())
    sparse = {
        "count": 2,
        "indices": {"bufferView": indices, "componentType": COMPONENTS[code]},
        "values": {"bufferView": values},
    }
    base = builder.accessor(POINTS, sparse=sparse)
    expected = POINTS.copy()
    expected[[1, 3]] = [[9, 8, 7], [6, 5, 4]]
    np.testing.assert_array_equal(attribute(builder, {"POSITION": base}, "POSITION"), expected)
    builder.root["accessors"].append({"componentType": 5126, "count": 4, "type": "VEC3", "sparse": sparse})
    expected[[0, 2]] = 0
    np.testing.assert_array_equal(attribute(builder, {"POSITION": base + 1}, "POSITION"), expected)


def test_without_a_buffer_view_all_is_zero() -> None:
    builder = FileBuilder()
    builder.root["accessors"].append({"componentType": 5126, "count": 5, "type": "VEC3"})
    np.testing.assert_array_equal(attribute(builder, {"POSITION": 0}, "POSITION"), np.zeros((5, 3)))


@pytest.mark.parametrize(
    ("kind", "code", "rows", "step"),
    [("MAT2", "u1", 2, 4), ("MAT3", "u1", 3, 4), ("MAT3", "u2", 3, 8), ("MAT4", "f4", 4, 16)],
)
def test_columns_of_matrices_are_aligned(kind: str, code: str, rows: int, step: int) -> None:
    dtype = np.dtype(f"<{code}")
    expected = np.arange(2 * rows * rows).reshape(2, rows * rows).astype(dtype)
    padded = np.zeros((2, rows, step // dtype.itemsize), dtype)
    padded[:, :, :rows] = expected.reshape(2, rows, rows)
    builder = FileBuilder()
    view = builder.view(padded.tobytes())
    # The stride of padded columns is the element's size, with the last column whole.
    builder.root["bufferViews"][view]["byteStride"] = rows * step
    builder.root["accessors"].append({"bufferView": view, "componentType": COMPONENTS[code], "count": 2, "type": kind})
    points = builder.accessor(POINTS[:2])
    np.testing.assert_array_equal(attribute(builder, {"POSITION": points, "_M": 0}, "_M"), expected)


@pytest.mark.parametrize("code", ["u1", "u2", "u4"])
def test_indices_of_every_width(code: str) -> None:
    builder = FileBuilder()
    points, indices = builder.accessor(POINTS), builder.accessor(np.array([0, 3, 2], f"<{code}"))
    primitive = read(builder, {"POSITION": points}, indices=indices).meshes[0].primitives[0]
    assert primitive.indices is not None
    assert primitive.indices.dtype == np.uint32
    assert primitive.indices.tolist() == [0, 3, 2]


def refused(builder: FileBuilder, limits: Limits | None = None, **primitive: Any) -> str:
    with pytest.raises(GltfError) as caught:
        read(builder, {"POSITION": 0}, limits, **primitive)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 5}, "ends at byte 60 of a buffer view of 48"),
        ({"count": 2**52}, "ends at byte"),
        ({"count": 0}, "count"),
        ({"count": -1}, "count"),
        ({"count": 1.5}, "whole number"),
        ({"count": "4"}, "whole number"),
        ({"byteOffset": 4}, "ends at byte"),
        ({"byteOffset": 2**60}, "byteOffset"),
        ({"byteOffset": -4}, "byteOffset"),
        ({"bufferView": 7}, "bufferViews 7"),
        ({"componentType": 5124}, "componentType"),
        ({"type": "VEC5"}, "VEC5"),
        ({"type": "VEC2"}, "3 components"),
        ({"sparse": {"count": 9, "indices": {}, "values": {}}}, "sparse/count"),
        ({"sparse": {"count": 1}}, "sparse"),
    ],
)
def test_accessors_that_leave_their_bytes_are_refused(change: dict[str, Any], message: str) -> None:
    builder = FileBuilder()
    builder.accessor(POINTS)
    builder.root["accessors"][0].update(change)
    assert message in refused(builder)


def test_sparse_indices_past_the_end_are_refused() -> None:
    builder = FileBuilder()
    indices = builder.view(np.array([4], np.uint32).tobytes())
    values = builder.view(POINTS[:1].tobytes())
    sparse = {"count": 1, "indices": {"bufferView": indices, "componentType": 5125}, "values": {"bufferView": values}}
    builder.accessor(POINTS, sparse=sparse)
    assert "element 4 of 4" in refused(builder)


def test_strides_shorter_than_an_element_are_refused() -> None:
    builder = FileBuilder()
    builder.accessor(POINTS)
    builder.root["bufferViews"][0]["byteStride"] = 8
    assert "stride" in refused(builder)


def test_views_past_their_buffer_are_refused() -> None:
    builder = FileBuilder()
    builder.accessor(POINTS)
    builder.root["bufferViews"][0]["byteLength"] = 4096
    assert "/bufferViews/0" in refused(builder)


def test_indices_past_the_vertices_are_refused() -> None:
    builder = FileBuilder()
    builder.accessor(POINTS)
    indices = builder.accessor(np.array([0, 1, 4], np.uint16))
    assert "an index is 4, but there are 4 vertices" in refused(builder, indices=indices)
    signed = builder.accessor(np.array([0, 1, 2], np.int16))
    assert "unsigned" in refused(builder, indices=signed)


def test_numbers_that_are_not_finite_become_zero() -> None:
    builder = FileBuilder()
    broken = POINTS.copy()
    broken[1] = (np.nan, np.inf, -np.inf)
    values = attribute(builder, {"POSITION": builder.accessor(broken)}, "POSITION")
    assert values[1].tolist() == [0, 0, 0]
    assert values[2].tolist() == POINTS[2].tolist()


def test_decoding_stays_within_the_budget() -> None:
    builder = FileBuilder()
    builder.root["accessors"].append({"componentType": 5126, "count": 10**9, "type": "VEC3"})
    assert "more memory" in refused(builder)
    small = Limits(decoded_bytes=10_000, decoded_ratio=0)
    builder.root["accessors"][0]["count"] = 1000
    assert "more memory" in refused(builder, small)


def test_shared_accessors_share_their_array() -> None:
    builder = FileBuilder()
    points, color = builder.accessor(POINTS), builder.accessor(np.full((4, 3), 255, np.uint8), normalized=True)
    builder.root["bufferViews"][1].pop("byteStride", None)
    part = {"attributes": {"POSITION": points, "COLOR_0": color}, "mode": 0}
    model = read_gltf_bytes(builder.glb(meshes=[{"primitives": [part, part]}]), name="a.glb")
    first, second = model.meshes[0].primitives
    assert first.attributes["COLOR_0"] is second.attributes["COLOR_0"]
    assert first.attributes["COLOR_0"].shape == (4, 4)
