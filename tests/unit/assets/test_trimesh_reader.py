"""Meshes in other formats than glTF."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.importers import Importers, import_model
from taixu.assets.mesh import Mode
from taixu.assets.model import ModelData
from taixu.errors import TaixuError, UsageError

CUBE_OFF = """OFF
8 12 0
0 0 0
1 0 0
1 1 0
0 1 0
0 0 1
1 0 1
1 1 1
0 1 1
3 0 2 1
3 0 3 2
3 4 5 6
3 4 6 7
3 0 1 5
3 0 5 4
3 1 2 6
3 1 6 5
3 2 3 7
3 2 7 6
3 3 0 4
3 3 4 7
"""
OBJ = """mtllib look.mtl
o left
v 0 0 0
v 1 0 0
v 0 1 0
vt 0 0
vt 1 0
vt 0 0.25
usemtl red
f 1/1 2/2 3/3
o right
v 2 0 0
v 3 0 0
v 3 1 0
v 2 1 0
usemtl wood
f 4/1 5/2 6/3 7/3
"""
MTL = """newmtl red
Kd 1 0 0
Ns 10
newmtl wood
Kd 0 0 0
d 0.5
Ke 1 0 0
map_Kd textures/wood.png
"""


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), (200, 100, 0)).save(stream, "PNG")
    return stream.getvalue()


def read(folder: Path, name: str, data: str | bytes) -> ModelData:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return import_model(file)


def test_a_cube_gets_sharp_edges(tmp_path: Path) -> None:
    model = read(tmp_path, "cube.off", CUBE_OFF)
    primitive = model.meshes[0].primitives[0]
    assert primitive.vertex_count == 24
    assert len(primitive.triangles()) == 12
    corners = primitive.attributes["POSITION"][primitive.triangles()]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    np.testing.assert_allclose(primitive.attributes["NORMAL"][primitive.triangles()[:, 0]], normals, atol=1e-6)
    assert model.roots() == [0]


def test_obj_with_materials_and_textures(tmp_path: Path) -> None:
    (tmp_path / "look.mtl").write_text(MTL)
    (tmp_path / "textures").mkdir()
    (tmp_path / "textures" / "wood.png").write_bytes(picture())
    model = read(tmp_path, "two.obj", OBJ)
    by_name = {material.name: material for material in model.materials}
    assert by_name["red"].base_color == pytest.approx((1, 0, 0, 1))
    wood = by_name["wood"]
    assert wood.base_color == pytest.approx((1, 1, 1, 0.5))
    assert wood.emissive == pytest.approx((1, 0, 0))
    assert wood.alpha_mode == "BLEND"
    assert wood.base_color_texture is not None
    image = model.images[model.textures[wood.base_color_texture.texture].image]
    assert (image.read(), image.mime) == (picture(), "image/png")
    red = next(mesh for mesh in model.meshes if model.materials[mesh.primitives[0].material].name == "red")
    uvs = red.primitives[0].attributes["TEXCOORD_0"]
    assert sorted(uvs.tolist()) == [[0.0, 0.75], [0.0, 1.0], [1.0, 1.0]]  # v runs down
    assert {mesh.name: len(mesh.primitives[0].triangles()) for mesh in model.meshes} == {"left_red": 1, "right_wood": 2}
    assert sorted(node.name for node in model.nodes) == ["left_red", "right_wood"]


def test_files_outside_are_not_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.mtl").write_text(MTL)
    model = read(inside, "two.obj", OBJ.replace("look.mtl", "../secret.mtl"))
    assert not any(material.name == "red" and material.base_color[0] == 1.0 for material in model.materials)
    assert model.meshes


def test_ply_with_colors(tmp_path: Path) -> None:
    ply = ("ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
           "property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 1\n"
           "property list uchar int vertex_indices\nend_header\n"
           "0 0 0 255 0 0\n1 0 0 0 255 0\n0 1 0 0 0 128\n3 0 1 2\n")
    primitive = read(tmp_path, "a.ply", ply).meshes[0].primitives[0]
    colors = {tuple(round(value, 3) for value in row) for row in primitive.attributes["COLOR_0"].tolist()}
    assert colors == {(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 0.216, 1)}
    cloud = ply.replace("element face 1\nproperty list uchar int vertex_indices\n", "").replace("3 0 1 2\n", "")
    points = read(tmp_path, "b.ply", cloud).meshes[0].primitives[0]
    assert (points.mode, points.vertex_count) == (Mode.POINTS, 3)


def test_stl_stands_up(tmp_path: Path) -> None:
    facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 2\nvertex 1 0 2\nvertex 0 1 2\nendloop\nendfacet\n"
    model = read(tmp_path, "a.stl", f"solid a\n{facet}endsolid a\n")
    root = model.nodes[model.roots()[0]]
    turned = root.parent_from_local() @ np.array((0, 0, 2, 1), np.float32)
    np.testing.assert_allclose(turned, (0, 2, 0, 1), atol=1e-6)
    assert len(model.meshes[0].primitives[0].triangles()) == 1


@pytest.mark.parametrize(("name", "data"), [
    ("a.ply", "ply\nformat binary_little_endian 1.0\nelement vertex 99999999999\nproperty float x\nend_header\n"),
    ("a.ply", "ply\nformat ascii 1.0\nelement vertex 4000000000\nproperty float x\nend_header\n0\n"),
    ("a.off", "OFF\n999999999 999999999 0\n0 0 0\n"),
    ("a.off", CUBE_OFF.replace("3 3 4 7", "3 3 4 700")),
    ("a.obj", "v 0 0 0\nf 1 2 3\n"),
    ("a.obj", "v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"),
    ("a.obj", "nothing"),
    ("a.stl", b"\0" * 80 + b"\xff\xff\xff\xff"),
    ("a.stl", ""),
    ("a.xyz", "what is this"),
])
def test_hostile_files_are_one_sentence(tmp_path: Path, name: str, data: str | bytes) -> None:
    with pytest.raises(TaixuError, match=name) as caught:
        read(tmp_path, name, data)
    assert "\n" not in str(caught.value)


def test_real_point_clouds(content: Path) -> None:
    files = sorted(content.rglob("*.ply"))
    assert files
    for file in files:
        assert import_model(file).meshes[0].primitives[0].vertex_count > 0


def test_unknown_suffixes_and_own_importers(tmp_path: Path) -> None:
    importers = Importers()
    file = tmp_path / "a.mine"
    file.write_text("x")
    with pytest.raises(TaixuError, match=r"\.mine are not read as model \(.*\.glb"):
        importers.find(file)
    importers.register(".MINE", lambda path: ModelData(name=path.name))
    assert import_model(file, importers).name == "a.mine"
    assert importers.find(file).name == ""
    importers.register(".mine", import_model)
    assert importers.find(file).name == "taixu.assets.importers:import_model"
    importers.register(".mine", lambda path: 7)
    with pytest.raises(TaixuError, match="and no model"):
        import_model(file, importers)
    with pytest.raises(UsageError):
        importers.register("mine", import_model)
