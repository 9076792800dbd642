from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from gltf_files import FileBuilder, make_json

from taixu.assets.gltf import GltfError, Limits, read_gltf_bytes
from taixu.assets.gltf.transforms import decompose
from taixu.assets.model import ModelData, Node


def read(**lists: Any) -> ModelData:
    return read_gltf_bytes(make_json(**lists), name="a.gltf")


def rotation_matrix(quaternion: np.ndarray) -> np.ndarray:
    return Node(rotation=quaternion.astype(np.float32)).parent_from_local()[:3, :3].astype(np.float64)


def affine(quaternion: np.ndarray, scale: Any, translation: Any) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_matrix(quaternion) * scale
    matrix[:3, 3] = translation
    return matrix


@pytest.mark.parametrize("scale", [(1, 1, 1), (2, 3, 0.5), (-1, 1, 1), (1, -2, 3), (1e-6, 1e-6, 2e-6), (1e8, 2e8, 1e8)])
def test_matrices_come_apart_and_together(scale: tuple[float, float, float]) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        quaternion = random.normal(size=4)
        quaternion /= np.linalg.norm(quaternion)
        matrix = affine(quaternion, scale, random.normal(size=3))
        translation, rotation, factors, shears = decompose(matrix)
        assert not shears
        assert abs(np.linalg.norm(rotation) - 1) < 1e-6
        again = Node(translation=translation, rotation=rotation, scale=factors).parent_from_local()
        np.testing.assert_allclose(again, matrix, rtol=1e-5, atol=2e-6 * max(np.abs(scale)))


def test_shear_keeps_the_matrix() -> None:
    sheared = np.eye(4)
    sheared[0, 1] = 0.5
    node = read(nodes=[{"matrix": sheared.T.reshape(-1).tolist()}]).nodes[0]
    assert node.matrix is not None
    np.testing.assert_array_equal(node.matrix, sheared)
    np.testing.assert_array_equal(node.parent_from_local(), sheared)
    plain = affine(np.array([0, 0.6, 0, 0.8]), (1, 2, 3), (4, 5, 6))
    node = read(nodes=[{"matrix": plain.T.reshape(-1).tolist()}]).nodes[0]
    assert node.matrix is None
    np.testing.assert_allclose(node.translation, (4, 5, 6))
    np.testing.assert_allclose(node.scale, (1, 2, 3), rtol=1e-6)
    np.testing.assert_allclose(node.rotation, (0, 0.6, 0, 0.8), atol=1e-6)


@pytest.mark.parametrize("matrix", [np.zeros((4, 4)), np.diag([1.0, 0, 1, 1]), np.diag([0.0, 0, 0, 1])])
def test_flat_matrices_do_not_fail(matrix: np.ndarray) -> None:
    node = read(nodes=[{"matrix": matrix.T.reshape(-1).tolist()}]).nodes[0]
    assert np.isfinite(node.rotation).all()
    np.testing.assert_allclose(node.parent_from_local()[:3, :3], matrix[:3, :3], atol=1e-6)


def test_rotations_are_brought_to_length_one() -> None:
    nodes = read(nodes=[{"rotation": [0, 0, 2, 0]}, {"rotation": [0, 0, 0, 0]}]).nodes
    assert nodes[0].rotation.tolist() == [0, 0, 1, 0]
    assert nodes[1].rotation.tolist() == [0, 0, 0, 1]


def test_parents_follow_from_children() -> None:
    model = read(nodes=[{"children": [2]}, {}, {"children": [1]}], scenes=[{"nodes": [0]}], scene=0)
    assert [node.parent for node in model.nodes] == [None, 2, 0]
    assert model.roots() == [0]
    model = read(nodes=[{"children": [2]}, {"children": [2]}, {}])
    assert [node.parent for node in model.nodes] == [None, None, 0]
    assert model.nodes[1].children == []
    assert model.roots() == [0, 1]


@pytest.mark.parametrize(
    "nodes",
    [
        [{"children": [0]}],
        [{"children": [1]}, {"children": [0]}],
        [{}, {"children": [2]}, {"children": [3]}, {"children": [1]}],
        [{"children": [5]}],
        [{"children": [-1]}],
        [{"children": ["a"]}],
        [{"children": [True]}],
        [{"mesh": 0}],
        [{"translation": [1, 2]}],
        [{"translation": [1, 2, None]}],
        [{"matrix": [1] * 15}],
    ],
)
def test_broken_hierarchies_are_refused(nodes: list[Any]) -> None:
    with pytest.raises(GltfError, match="/nodes"):
        read(nodes=nodes)


def test_hierarchies_have_a_depth() -> None:
    nodes = [{"children": [index + 1]} for index in range(99)] + [{}]
    data = make_json(nodes=nodes)
    assert len(read_gltf_bytes(data, name="a.gltf", limits=Limits(node_depth=100)).nodes) == 100
    with pytest.raises(GltfError, match="deeper than 99"):
        read_gltf_bytes(data, name="a.gltf", limits=Limits(node_depth=99))


def test_cameras() -> None:
    cameras = read(
        cameras=[
            {"type": "perspective", "perspective": {"yfov": 0.7, "znear": 0.1}},
            {"type": "perspective", "perspective": {"yfov": 0.7, "znear": 0.1, "zfar": 5, "aspectRatio": 1.5}},
            {"type": "orthographic", "orthographic": {"xmag": 2, "ymag": 3, "znear": 0, "zfar": 10}},
            {"type": "perspective", "perspective": {"yfov": -1, "znear": 2, "zfar": 1}},
        ]
    ).cameras
    assert (cameras[0].yfov_rad, cameras[0].zfar, cameras[0].aspect_ratio) == (0.7, math.inf, None)
    assert (cameras[1].zfar, cameras[1].aspect_ratio) == (5, 1.5)
    assert (cameras[2].kind, cameras[2].xmag, cameras[2].ymag, cameras[2].zfar) == ("orthographic", 2, 3, 10)
    assert cameras[3].yfov_rad > 0
    assert cameras[3].zfar == math.inf


def test_lights_and_visibility() -> None:
    name = "KHR_lights_punctual"
    lights = [
        {"type": "directional", "color": [1, 0.5, 0], "intensity": 3},
        {"type": "spot", "range": 9, "spot": {"innerConeAngle": 0.1, "outerConeAngle": 0.2}},
        {"type": "point"},
    ]
    model = read(
        extensionsUsed=[name, "KHR_node_visibility"],
        extensions={name: {"lights": lights}},
        nodes=[{"extensions": {name: {"light": 1}, "KHR_node_visibility": {"visible": False}}}],
    )
    assert [light.kind for light in model.lights] == ["directional", "spot", "point"]
    assert (model.lights[0].color, model.lights[0].intensity) == ((1, 0.5, 0), 3)
    assert (model.lights[1].inner_cone_rad, model.lights[1].outer_cone_rad, model.lights[1].range_m) == (0.1, 0.2, 9)
    assert model.lights[2].range_m == math.inf
    assert model.nodes[0].light == 1
    assert not model.nodes[0].visible


def test_instances() -> None:
    builder = FileBuilder()
    attributes = {
        "TRANSLATION": builder.accessor(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "ROTATION": builder.accessor(np.array([[0, 127, 0, 0], [0, 0, 0, 127]], np.int8), normalized=True),
        "_ID": builder.accessor(np.array([7, 8], np.uint16)),
    }
    name = "EXT_mesh_gpu_instancing"
    data = builder.glb(nodes=[{"extensions": {name: {"attributes": attributes}}}], extensionsUsed=[name])
    found = read_gltf_bytes(data, name="a.glb").nodes[0].instances
    assert found is not None
    np.testing.assert_array_equal(found.translations, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_allclose(found.rotations, [[0, 1, 0, 0], [0, 0, 0, 1]])
    np.testing.assert_array_equal(found.scales, np.ones((2, 3)))
    assert found.attributes["_ID"].tolist() == [[7], [8]]


def test_skins() -> None:
    builder = FileBuilder()
    matrices = np.stack([np.eye(4), affine(np.array([0, 0, 0, 1]), 1, (1, 2, 3))]).astype(np.float32)
    index = builder.accessor(matrices.transpose(0, 2, 1).reshape(2, 16))
    data = builder.glb(nodes=[{}, {}], skins=[{"joints": [1, 0], "inverseBindMatrices": index, "skeleton": 0}, {"joints": [0]}])
    skins = read_gltf_bytes(data, name="a.glb").skins
    assert skins[0].joints == [1, 0]
    np.testing.assert_array_equal(skins[0].inverse_bind_matrices, matrices)
    np.testing.assert_array_equal(skins[1].inverse_bind_matrices, [np.eye(4)])
    with pytest.raises(GltfError, match="2 matrices for 3 joints"):
        read_gltf_bytes(builder.glb(nodes=[{}, {}, {}], skins=[{"joints": [0, 1, 2], "inverseBindMatrices": index}]), name="a.glb")


def skinned(joints: list[int], weights: list[float], *, bones: int) -> ModelData:
    builder = FileBuilder()
    attributes = {
        "POSITION": builder.accessor(np.zeros((1, 3), np.float32)),
        "JOINTS_0": builder.accessor(np.array([joints], np.uint8)),
        "WEIGHTS_0": builder.accessor(np.array([weights], np.float32)),
    }
    data = builder.glb(
        meshes=[{"primitives": [{"attributes": attributes, "mode": 0}]}],
        nodes=[{"mesh": 0, "skin": 0}, *[{}] * bones],
        skins=[{"joints": list(range(1, bones + 1))}],
    )
    return read_gltf_bytes(data, name="a.glb")


def test_joints_past_the_skin_weigh_nothing_or_are_refused() -> None:
    found = skinned([1, 0, 9, 255], [0.5, 0.5, 0, 0], bones=2).meshes[0].primitives[0].attributes["JOINTS_0"]
    assert found.tolist() == [[1, 0, 0, 0]]
    with pytest.raises(GltfError, match="joint 2, but its skin has 2"):
        skinned([1, 2, 0, 0], [0.5, 0.5, 0, 0], bones=2)


def test_nodes_have_as_many_weights_as_targets() -> None:
    builder = FileBuilder()
    points = builder.accessor(np.zeros((1, 3), np.float32))
    part = {"attributes": {"POSITION": points}, "mode": 0, "targets": [{"POSITION": points}] * 2}
    nodes = [{"mesh": 0, "weights": [0.5]}, {"mesh": 0, "weights": [1, 2, 3]}, {"weights": [1]}]
    found = read_gltf_bytes(builder.glb(meshes=[{"primitives": [part]}], nodes=nodes), name="a.glb").nodes
    assert [None if node.weights is None else node.weights.tolist() for node in found] == [[0.5, 0], [1, 2], None]
