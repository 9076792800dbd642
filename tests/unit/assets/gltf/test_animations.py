from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gltf_files import FileBuilder

from taixu.assets.gltf import GltfError, read_gltf_bytes
from taixu.assets.model import Animation

TIMES = np.array([0, 1, 2], np.float32)


def read(builder: FileBuilder, samplers: list[Any], targets: list[Any], **lists: Any) -> Animation:
    channels = [{"sampler": min(index, len(samplers) - 1), "target": target} for index, target in enumerate(targets)]
    data = builder.glb(animations=[{"samplers": samplers, "channels": channels}], **{"nodes": [{}, {}], **lists})
    return read_gltf_bytes(data, name="a.glb").animations[0]


def test_linear_and_step_channels() -> None:
    builder = FileBuilder()
    moved = np.arange(9, dtype=np.float32).reshape(3, 3)
    times, values = builder.accessor(TIMES), builder.accessor(moved)
    clip = read(
        builder,
        [{"input": times, "output": values}, {"input": times, "output": values, "interpolation": "STEP"}],
        [{"node": 0, "path": "translation"}, {"node": 1, "path": "scale"}],
    )
    assert [(part.node, part.path, part.interpolation) for part in clip.channels] == [
        (0, "translation", "LINEAR"),
        (1, "scale", "STEP"),
    ]
    np.testing.assert_array_equal(clip.channels[0].values, moved)
    assert clip.channels[0].times is clip.channels[1].times or np.shares_memory(clip.channels[0].times, clip.channels[1].times)
    assert clip.duration_secs == 2.0


def test_cubic_splines_come_apart() -> None:
    builder = FileBuilder()
    rows = np.arange(27, dtype=np.float32).reshape(9, 3)
    sampler = {"input": builder.accessor(TIMES), "output": builder.accessor(rows), "interpolation": "CUBICSPLINE"}
    channel = read(builder, [sampler], [{"node": 0, "path": "translation"}]).channels[0]
    assert channel.in_tangents is not None
    assert channel.out_tangents is not None
    np.testing.assert_array_equal(channel.in_tangents, rows[0::3])
    np.testing.assert_array_equal(channel.values, rows[1::3])
    np.testing.assert_array_equal(channel.out_tangents, rows[2::3])


def test_normalised_rotations_are_unit() -> None:
    builder = FileBuilder()
    stored = np.array([[0, 0, 0, 127], [0, 90, 0, 90], [0, 127, 0, 0]], np.int8)
    sampler = {"input": builder.accessor(TIMES), "output": builder.accessor(stored, normalized=True)}
    channel = read(builder, [sampler], [{"node": 0, "path": "rotation"}]).channels[0]
    np.testing.assert_allclose(np.linalg.norm(channel.values, axis=1), 1, atol=1e-6)


def test_weights_have_a_column_for_each_target() -> None:
    builder = FileBuilder()
    points = builder.accessor(np.zeros((3, 3), np.float32))
    mesh = {"primitives": [{"attributes": {"POSITION": points}, "mode": 0, "targets": [{"POSITION": points}] * 2}]}
    values = np.arange(6, dtype=np.float32)
    sampler = {"input": builder.accessor(TIMES), "output": builder.accessor(values)}
    clip = read(builder, [sampler], [{"node": 0, "path": "weights"}], meshes=[mesh], nodes=[{"mesh": 0}])
    np.testing.assert_array_equal(clip.channels[0].values, values.reshape(3, 2))


def pointer(path: str) -> dict[str, Any]:
    return {"path": "pointer", "extensions": {"KHR_animation_pointer": {"pointer": path}}}


def test_pointers() -> None:
    builder = FileBuilder()
    times = builder.accessor(TIMES)
    colors = np.arange(12, dtype=np.float32).reshape(3, 4) / 12
    scalar = np.array([1, 2, 3], np.float32)
    clip = read(
        builder,
        [
            {"input": times, "output": builder.accessor(colors)},
            {"input": times, "output": builder.accessor(scalar)},
            {"input": times, "output": builder.accessor(colors[:, :3].copy())},
        ],
        [
            pointer("/materials/0/pbrMetallicRoughness/baseColorFactor"),
            pointer("/materials/0/pbrMetallicRoughness/roughnessFactor"),
            pointer("/nodes/1/translation"),
        ],
        extensionsUsed=["KHR_animation_pointer"],
    )
    first, second, third = clip.channels
    assert (first.path, first.node, first.values.shape) == ("pointer", None, (3, 4))
    assert first.pointer == "/materials/0/pbrMetallicRoughness/baseColorFactor"
    assert second.values.shape == (3, 1)
    assert (third.path, third.node, third.pointer) == ("translation", 1, "")


def test_times_that_go_back_are_left_out() -> None:
    builder = FileBuilder()
    times = builder.accessor(np.array([0, 2, 1, 2, 3], np.float32))
    values = np.arange(15, dtype=np.float32).reshape(5, 3)
    sampler = {"input": times, "output": builder.accessor(values)}
    channel = read(builder, [sampler], [{"node": 0, "path": "translation"}]).channels[0]
    assert channel.times.tolist() == [0, 2, 3]
    np.testing.assert_array_equal(channel.values, values[[0, 1, 4]])


def test_channels_without_a_target_or_twice_are_left_out() -> None:
    builder = FileBuilder()
    sampler = {"input": builder.accessor(TIMES), "output": builder.accessor(np.ones((3, 3), np.float32))}
    target = {"node": 0, "path": "scale"}
    clip = read(builder, [sampler], [target, target, {"path": "scale"}, {"node": 0, "path": "weights"}])
    assert len(clip.channels) == 1


@pytest.mark.parametrize(
    ("sampler", "target"),
    [
        ({"output": 1}, {"node": 0, "path": "scale"}),
        ({"input": 0, "output": 2}, {"node": 0, "path": "scale"}),
        ({"input": 0, "output": 1}, {"node": 0, "path": "rotation"}),
        ({"input": 0, "output": 1, "interpolation": "CUBICSPLINE"}, {"node": 0, "path": "scale"}),
        ({"input": 1, "output": 1}, {"node": 0, "path": "scale"}),
        ({"input": 0, "output": 1}, {"node": 9, "path": "scale"}),
    ],
)
def test_samplers_that_do_not_fit_are_refused(sampler: dict[str, Any], target: dict[str, Any]) -> None:
    builder = FileBuilder()
    builder.accessor(TIMES)
    builder.accessor(np.ones((3, 3), np.float32))
    with pytest.raises(GltfError, match=r"/animations/0|/accessors/1"):
        read(builder, [sampler], [target])
