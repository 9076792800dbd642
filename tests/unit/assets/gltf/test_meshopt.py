from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gltf_files import make_json

from taixu.assets.gltf import read_gltf_bytes
from taixu.assets.gltf.meshopt import MeshoptError, decode_meshopt

# Random data of our own, compressed and decompressed by the reference implementation (meshoptimizer 0.25).
VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("meshopt_vectors.json").read_text())
TYPES = {4: np.int8, 8: np.int16}


def decode(vector: dict[str, Any], packed: bytes | None = None) -> np.ndarray:
    data = base64.b64decode(vector["packed"]) if packed is None else packed
    parameters = {name: vector[name] for name in ("count", "stride", "mode")}
    return decode_meshopt(memoryview(data), **parameters, filtering=vector["filter"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"v{v['version']}-{v['mode']}-{v['filter']}-{v['stride']}")
def test_agrees_with_the_reference(vector: dict[str, Any]) -> None:
    found = decode(vector)
    plain = np.frombuffer(base64.b64decode(vector["plain"]), np.uint8)
    if not plain.size:  # a long run of zeros
        plain = np.zeros(vector["count"] * vector["stride"], np.uint8)
    if vector["filter"] in ("OCTAHEDRAL", "QUATERNION", "COLOR"):
        kind: Any = TYPES[vector["stride"]]
        if vector["filter"] == "COLOR":
            kind = np.dtype(kind).str.replace("i", "u")
        # Filters round: one unit in the last place is the reference's own uncertainty.
        assert np.abs(found.view(kind).astype(int) - plain.view(kind)).max() <= 1
    elif vector["mode"] == "TRIANGLES":
        kind = np.uint16 if vector["stride"] == 2 else np.uint32
        np.testing.assert_array_equal(found.view(kind), plain.view(kind))
    else:
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"v{v['version']}-{v['mode']}-{v['filter']}-{v['stride']}")
def test_damage_is_noticed_or_harmless(vector: dict[str, Any]) -> None:
    packed = base64.b64decode(vector["packed"])
    size = vector["count"] * vector["stride"]
    random = np.random.default_rng(5)
    for _ in range(60):
        damaged = bytearray(packed)
        damaged[random.integers(len(damaged))] ^= 1 << int(random.integers(8))
        cut = int(random.integers(len(damaged) + 1))
        for data in (bytes(damaged), packed[:cut]):
            try:
                assert decode(vector, data).nbytes == size
            except MeshoptError:
                continue


def test_small_streams_cannot_claim_giants() -> None:
    with pytest.raises(MeshoptError, match="too short"):
        decode_meshopt(memoryview(b"\xa0" + bytes(100)), count=10**9, stride=4, mode="ATTRIBUTES", filtering="NONE")
    with pytest.raises(MeshoptError, match="too short"):
        decode_meshopt(memoryview(b"\xd1" + bytes(100)), count=10**9, stride=4, mode="INDICES", filtering="NONE")
    with pytest.raises(MeshoptError, match="stride"):
        decode_meshopt(memoryview(b"\xa0" + bytes(100)), count=1, stride=3, mode="ATTRIBUTES", filtering="NONE")


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_compressed_buffer_views_are_read(name: str) -> None:
    vector = next(v for v in VECTORS if v["stride"] == 12)
    packed = base64.b64decode(vector["packed"])
    size = vector["count"] * 12
    compression = {
        "buffer": 0, "byteLength": len(packed), "byteStride": 12, "count": vector["count"], "mode": "ATTRIBUTES"
    }  # fmt: skip
    data = make_json(
        extensionsUsed=[name],
        extensionsRequired=[name],
        buffers=[
            {"byteLength": len(packed), "uri": f"data:application/octet-stream;base64,{vector['packed']}"},
            {"byteLength": size, "extensions": {name: {"fallback": True}}},
        ],
        bufferViews=[{"buffer": 1, "byteLength": size, "byteStride": 12, "extensions": {name: compression}}],
        accessors=[{"bufferView": 0, "componentType": 5122, "count": vector["count"], "type": "VEC3"}],
        meshes=[{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]}],
    )
    plain = np.frombuffer(base64.b64decode(vector["plain"]), np.int16).reshape(-1, 6)[:, :3]
    positions = read_gltf_bytes(data, name="a.gltf").meshes[0].primitives[0].attributes["POSITION"]
    np.testing.assert_array_equal(positions, plain)
