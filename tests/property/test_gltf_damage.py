"""Damaged copies of good files: read, or refused with one sentence, within a second and a little memory."""

from __future__ import annotations

import base64
import json
import tracemalloc
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from gltf_files import FileBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.assets.gltf import GltfError, Limits, read_gltf_bytes
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.reader import read_document

LIMITS = Limits(decoded_bytes=32 << 20)
MOST_BYTES = 160 << 20


def good_file() -> bytes:
    """One of everything, some kilobytes."""
    builder = FileBuilder()
    points = np.arange(36, dtype=np.float32).reshape(12, 3)
    sparse = {
        "count": 2,
        "indices": {"bufferView": builder.view(np.array([1, 3], np.uint16).tobytes()), "componentType": 5123},
        "values": {"bufferView": builder.view(points[:2].tobytes())},
    }
    position = builder.accessor(points, min=[0, 1, 2], max=[33, 34, 35], sparse=sparse)
    attributes = {
        "POSITION": position,
        "COLOR_0": builder.accessor(np.full((12, 4), 200, np.uint8), normalized=True),
        "JOINTS_0": builder.accessor(np.zeros((12, 4), np.uint8)),
        "WEIGHTS_0": builder.accessor(np.tile(np.array([1, 0, 0, 0], np.float32), (12, 1))),
    }
    indices = builder.accessor(np.arange(12, dtype=np.uint16))
    times = builder.accessor(np.array([0, 1], np.float32))
    moves = builder.accessor(points[:6])
    matrices = builder.accessor(np.tile(np.eye(4, dtype=np.float32).reshape(16), (2, 1)))
    part = {"attributes": attributes, "indices": indices, "material": 0, "targets": [{"POSITION": position}]}
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
    return builder.glb(
        extensionsUsed=["KHR_materials_clearcoat", "EXT_mesh_gpu_instancing", "KHR_lights_punctual"],
        extensions={"KHR_lights_punctual": {"lights": [{"type": "spot", "spot": {}}]}},
        scene=0,
        scenes=[{"nodes": [0]}],
        nodes=[
            {"mesh": 0, "skin": 0, "children": [1], "weights": [0.5]},
            {
                "matrix": np.eye(4).reshape(-1).tolist(),
                "camera": 0,
                "extensions": {"KHR_lights_punctual": {"light": 0}},
            },
            {"mesh": 0, "extensions": {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": moves}}}},
        ],
        meshes=[{"primitives": [part, {**part, "mode": 5}]}],
        skins=[{"joints": [0, 1], "inverseBindMatrices": matrices}],
        cameras=[{"type": "perspective", "perspective": {"yfov": 1, "znear": 0.1}}],
        materials=[{"extensions": {"KHR_materials_clearcoat": {"clearcoatTexture": {"index": 0}}}}],
        textures=[{"source": 0, "sampler": 0}],
        samplers=[{"magFilter": 9729}],
        images=[{"uri": f"data:image/png;base64,{png}"}],
        animations=[
            {
                "samplers": [{"input": times, "output": moves, "interpolation": "CUBICSPLINE"}],
                "channels": [{"sampler": 0, "target": {"node": 1, "path": "translation"}}],
            }
        ],
    )


GOOD = good_file()
JSON_SIZE = int.from_bytes(GOOD[12:16], "little")


def read_or_refuse(data: bytes) -> None:
    """Read a file, and check it: neither may raise anything but a `GltfError`, nor take long, nor much."""
    tracemalloc.start()
    try:
        try:
            read_gltf_bytes(data, name="damaged.glb", limits=LIMITS)
        except GltfError as error:
            assert str(error).startswith("damaged.glb: ")
            assert "\n" not in str(error)
        with suppress(GltfError):
            read_document(data, resolver=None, limits=LIMITS, report=Report(tolerant=True))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def test_the_file_is_good() -> None:
    report = Report()
    model = read_document(GOOD, resolver=None, limits=LIMITS, report=report)
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    assert (len(model.nodes), len(model.meshes[0].primitives), len(model.animations[0].channels)) == (3, 2, 1)


@settings(max_examples=300)
@given(cut=st.integers(0, len(GOOD) - 1))
def test_truncated_files(cut: int) -> None:
    with pytest.raises(GltfError):
        read_gltf_bytes(GOOD[:cut], name="damaged.glb", limits=LIMITS)


@settings(max_examples=600)
@given(bits=st.lists(st.integers(0, 8 * len(GOOD) - 1), min_size=1, max_size=8))
def test_flipped_bits(bits: list[int]) -> None:
    data = bytearray(GOOD)
    for bit in bits:
        data[bit // 8] ^= 1 << bit % 8
    read_or_refuse(bytes(data))


@settings(max_examples=600)
@given(
    places=st.lists(st.tuples(st.integers(20, 19 + JSON_SIZE), st.sampled_from(b'0123456789-.e"[]{},:tn ')), max_size=6)
)
def test_changed_characters_of_the_json(places: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, character in places:
        data[place] = character
    read_or_refuse(bytes(data))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.just([]), st.just({}),
    st.sampled_from([-1, 0, 1, 2**31, 2**32, 2**53, 2**63, 2**64, 10**30, 1e308, -1e308, 5126, 0.5]),
    st.lists(st.integers(-5, 5), max_size=4),
)  # fmt: skip


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places_of(item, (*path, key))
    return found


ROOT = json.loads(GOOD[20 : 20 + JSON_SIZE])
PLACES = places_of(ROOT)


@settings(max_examples=1200)
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_values_replaced_by_junk(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    root = json.loads(GOOD[20 : 20 + JSON_SIZE])
    for path, junk in changes:
        holder = root
        try:
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = junk
        except (LookupError, TypeError):
            continue
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    binary = GOOD[20 + JSON_SIZE :]
    size = 20 + len(text) + len(binary)
    head = b"glTF" + (2).to_bytes(4, "little") + size.to_bytes(4, "little")
    read_or_refuse(head + len(text).to_bytes(4, "little") + b"JSON" + text + binary)
