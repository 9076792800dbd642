from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gltf_files import FileBuilder

from taixu.assets.gltf import GltfError, check_gltf, read_gltf_bytes
from taixu.assets.model import Mode, Primitive

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
UP = np.tile(np.array([0, 0, 1], np.float32), (4, 1))


def read(builder: FileBuilder, **primitive: Any) -> Primitive:
    lists = {name: primitive.pop(name) for name in ("materials", "extensions", "extensionsUsed") if name in primitive}
    data = builder.glb(meshes=[{"primitives": [primitive]}], **lists)
    return read_gltf_bytes(data, name="a.glb").meshes[0].primitives[0]


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_is_read(mode: Mode) -> None:
    builder = FileBuilder()
    attributes = {"POSITION": builder.accessor(SQUARE), "NORMAL": builder.accessor(UP)}
    primitive = read(builder, attributes=attributes, mode=int(mode))
    assert primitive.mode == mode
    assert primitive.vertex_count == 4
    assert not primitive.flat_normals


def test_strips_and_fans_unroll_with_their_winding() -> None:
    strip = Primitive({"POSITION": SQUARE[[0, 1, 3, 2]]}, mode=Mode.TRIANGLE_STRIP)
    assert strip.triangles().tolist() == [[0, 1, 2], [1, 3, 2]]
    fan = Primitive({"POSITION": SQUARE}, mode=Mode.TRIANGLE_FAN)
    assert fan.triangles().tolist() == [[1, 2, 0], [2, 3, 0]]
    for shape in (strip, fan):
        corners = shape.attributes["POSITION"][shape.triangles()]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (normals[:, 2] > 0).all()
    assert Primitive({"POSITION": SQUARE}, mode=Mode.LINES).triangles().shape == (0, 3)


def test_missing_normals_become_flat() -> None:
    builder = FileBuilder()
    folded = SQUARE.copy()
    folded[3] = (0, 0, 1)
    positions = builder.accessor(folded)
    indices = builder.accessor(np.array([0, 1, 2, 0, 1, 3], np.uint16))
    tangents = builder.accessor(np.tile(np.array([1, 0, 0, 1], np.float32), (4, 1)))
    offsets = builder.accessor(SQUARE * 2)
    primitive = read(
        builder,
        attributes={"POSITION": positions, "TANGENT": tangents},
        indices=indices,
        targets=[{"POSITION": offsets, "NORMAL": offsets}],
    )
    assert primitive.flat_normals
    assert primitive.indices is None
    assert "TANGENT" not in primitive.attributes
    np.testing.assert_array_equal(primitive.attributes["POSITION"], folded[[0, 1, 2, 0, 1, 3]])
    normals = primitive.attributes["NORMAL"]
    np.testing.assert_allclose(normals[:3], [[0, 0, 1]] * 3)
    np.testing.assert_allclose(normals[3:], [[0, -1, 0]] * 3)
    assert list(primitive.targets[0]) == ["POSITION"]
    np.testing.assert_array_equal(primitive.targets[0]["POSITION"], 2 * SQUARE[[0, 1, 2, 0, 1, 3]])


def test_triangles_without_area_get_a_normal_all_the_same() -> None:
    builder = FileBuilder()
    primitive = read(builder, attributes={"POSITION": builder.accessor(np.zeros((3, 3), np.float32))})
    np.testing.assert_array_equal(primitive.attributes["NORMAL"], [[0, 1, 0]] * 3)
    huge = np.array([[0, 0, 0], [3e38, 0, 0], [0, 3e38, 0]], np.float32)
    builder = FileBuilder()
    primitive = read(builder, attributes={"POSITION": builder.accessor(huge)})
    np.testing.assert_allclose(primitive.attributes["NORMAL"], [[0, 0, 1]] * 3)


def test_attributes_have_the_promised_types() -> None:
    builder = FileBuilder()
    attributes = {
        "POSITION": builder.accessor(SQUARE),
        "NORMAL": builder.accessor(UP),
        "TEXCOORD_0": builder.accessor(np.array([[0, 255]] * 4, np.uint8), normalized=True),
        "COLOR_0": builder.accessor(np.array([[0.5, 0.25, 1]] * 4, np.float32)),
        "JOINTS_0": builder.accessor(np.array([[1, 2, 3, 4]] * 4, np.uint8)),
        "WEIGHTS_0": builder.accessor(np.array([[255, 0, 0, 0]] * 4, np.uint8), normalized=True),
        "_HEAT": builder.accessor(np.array([1, 2, 3, 4], np.float32)),
    }
    found = read(builder, attributes=attributes).attributes
    kinds = {name: (values.dtype.name, values.shape) for name, values in found.items()}
    assert kinds == {
        "POSITION": ("float32", (4, 3)),
        "NORMAL": ("float32", (4, 3)),
        "TEXCOORD_0": ("float32", (4, 2)),
        "COLOR_0": ("float32", (4, 4)),
        "JOINTS_0": ("uint16", (4, 4)),
        "WEIGHTS_0": ("float32", (4, 4)),
        "_HEAT": ("float32", (4,)),
    }
    assert found["COLOR_0"][0].tolist() == [0.5, 0.25, 1, 1]
    assert found["WEIGHTS_0"][0].tolist() == [1, 0, 0, 0]


def test_variants_map_to_materials() -> None:
    builder = FileBuilder()
    mappings = [{"material": 1, "variants": [0, 2]}, {"material": 0, "variants": [1]}]
    lists = {
        "materials": [{}, {}],
        "extensionsUsed": ["KHR_materials_variants"],
        "extensions": {"KHR_materials_variants": {"variants": [{"name": name} for name in "abc"]}},
    }
    extensions = {"KHR_materials_variants": {"mappings": mappings}}
    positions = builder.accessor(SQUARE)
    data = builder.glb(
        meshes=[{"primitives": [{"attributes": {"POSITION": positions}, "mode": 0, "extensions": extensions}]}], **lists
    )
    model = read_gltf_bytes(data, name="a.glb")
    assert model.variants == ["a", "b", "c"]
    assert model.meshes[0].primitives[0].variants == {0: 1, 2: 1, 1: 0}


def test_morph_targets_and_their_weights() -> None:
    builder = FileBuilder()
    positions, offsets = builder.accessor(SQUARE), builder.accessor(UP)
    part = {"attributes": {"POSITION": positions}, "mode": 0, "targets": [{"POSITION": offsets}, {"POSITION": offsets}]}
    mesh = {"primitives": [part], "weights": [0.25, 1], "extras": {"targetNames": ["smile", "blink"]}}
    found = read_gltf_bytes(builder.glb(meshes=[mesh]), name="a.glb").meshes[0]
    assert found.target_names == ["smile", "blink"]
    assert found.weights is not None
    assert found.weights.tolist() == [0.25, 1]
    np.testing.assert_array_equal(found.primitives[0].targets[1]["POSITION"], UP)
    mesh["weights"] = [0.5]
    found = read_gltf_bytes(builder.glb(meshes=[mesh]), name="a.glb").meshes[0]
    assert found.weights is not None
    assert found.weights.tolist() == [0.5, 0]


def test_parts_that_do_not_fit_are_refused() -> None:
    builder = FileBuilder()
    positions, fewer = builder.accessor(SQUARE), builder.accessor(UP[:3])
    for part in (
        {"attributes": {"POSITION": positions, "NORMAL": fewer}},
        {"attributes": {"POSITION": positions}, "targets": [{"POSITION": fewer}]},
        {"attributes": {"POSITION": positions}, "mode": 7},
        {"attributes": {"POSITION": positions}, "material": 0},
        {"attributes": {"POSITION": 9}},
        {"attributes": []},
        {},
    ):
        with pytest.raises(GltfError, match=r"^a\.glb: /meshes/0/primitives/0"):
            read(builder, **part)


def test_a_check_names_every_fault_of_several_meshes(tmp_path) -> None:
    builder = FileBuilder()
    positions = builder.accessor(SQUARE)
    meshes = [
        {"primitives": [{"attributes": {"POSITION": positions}, "material": 3}]},
        {"primitives": [{"attributes": {"POSITION": 77}}]},
        {"primitives": [{"attributes": {"JOINTS_0": positions}}]},
    ]
    file = tmp_path / "bad.glb"
    file.write_bytes(builder.glb(meshes=meshes))
    places = {finding.where for finding in check_gltf(file) if finding.severity == "error"}
    assert {"/meshes/0/primitives/0/material", "/meshes/1/primitives/0/attributes/POSITION", "/accessors/0"} <= places
