from __future__ import annotations

import sys

import numpy as np
import pytest
from gltf_files import FileBuilder

from taixu.assets.gltf import GltfError, read_gltf_bytes

POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.5]], np.float32)
FACES = np.array([[0, 1, 2], [1, 3, 2]], np.uint32)


def compressed(data: bytes, *, fallback: bool = False, ids: dict[str, int] | None = None) -> bytes:
    builder = FileBuilder()
    view = builder.view(data)
    if fallback:
        position, indices = builder.accessor(POINTS), builder.accessor(FACES.reshape(-1))
    else:
        accessors = builder.root["accessors"]
        accessors.append({"componentType": 5126, "count": 4, "type": "VEC3"})
        accessors.append({"componentType": 5125, "count": 6, "type": "SCALAR"})
        position, indices = 0, 1
    name = "KHR_draco_mesh_compression"
    part = {
        "attributes": {"POSITION": position},
        "indices": indices,
        "extensions": {name: {"bufferView": view, "attributes": ids or {"POSITION": 0}}},
    }
    return builder.glb(meshes=[{"primitives": [part]}], extensionsUsed=[name])


def packed() -> bytes:
    draco = pytest.importorskip("DracoPy", reason="DracoPy is not installed")
    return draco.encode(POINTS, FACES, quantization_bits=14)


def test_compressed_primitives_are_read() -> None:
    primitive = read_gltf_bytes(compressed(packed()), name="a.glb").meshes[0].primitives[0]
    corners = primitive.attributes["POSITION"].reshape(-1, 3, 3)
    expected = POINTS[FACES]
    np.testing.assert_allclose(sorted(corners.mean(axis=1).tolist()), sorted(expected.mean(axis=1).tolist()), atol=1e-3)


def test_damaged_data_is_refused() -> None:
    data = packed()
    for broken in (data[: len(data) // 2], b"DRACO" + bytes(40), bytes(20)):
        with pytest.raises(GltfError, match="KHR_draco_mesh_compression"):
            read_gltf_bytes(compressed(broken), name="a.glb")
    with pytest.raises(GltfError, match="no attribute 9"):
        read_gltf_bytes(compressed(data, ids={"POSITION": 9}), name="a.glb")


def test_without_the_decoder_the_fallback_is_read_or_the_package_named(monkeypatch) -> None:
    monkeypatch.setattr("taixu.assets.gltf.meshes.has_draco", lambda: False)
    monkeypatch.setattr("taixu.assets.gltf.draco.has_draco", lambda: False)
    monkeypatch.setitem(sys.modules, "DracoPy", None)
    primitive = read_gltf_bytes(compressed(b"anything", fallback=True), name="a.glb").meshes[0].primitives[0]
    np.testing.assert_array_equal(primitive.attributes["POSITION"], POINTS[FACES].reshape(-1, 3))
    with pytest.raises(GltfError, match=r"taixu\[models\]"):
        read_gltf_bytes(compressed(b"anything"), name="a.glb")
