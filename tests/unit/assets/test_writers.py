"""What is written as OBJ, PLY, STL, OFF or 3MF is read back the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from taixu.assets.building import ModelBuilder, mesh_primitive
from taixu.assets.flattening import flatten_model
from taixu.assets.image import encode_png
from taixu.assets.importers import import_model
from taixu.assets.model import Instances, Material, ModelData, Skin
from taixu.assets.solids import box_primitive, turned_primitive
from taixu.assets.writers import WRITABLE_SUFFIXES, write_model
from taixu.errors import TaixuError, UsageError

PICTURE = encode_png(np.full((2, 2, 3), 70, np.uint8))


def sample() -> ModelData:
    builder = ModelBuilder("sample.glb")
    red = builder.material(Material(name="red paint", base_color=(1, 0.25, 0, 1), metallic=0, roughness=0.5))
    wood = builder.material(Material(name="wood", metallic=0, base_color_texture=builder.texture(PICTURE)))
    box = box_primitive((1, 2, 3))
    box.material = red
    corners = np.array(((0, 0, 0), (1, 0, 0), (0, 1, 0)), float)
    flag = mesh_primitive(corners, np.array(((0, 1, 2),)), texcoords=corners[:, :2], material=wood)
    top = builder.node("top", matrix=np.diag((1.0, 1.0, 1.0, 1.0)))
    matrix = np.eye(4)
    matrix[:3, 3] = (5, 6, 7)
    builder.node("a box", parent=top, matrix=matrix, mesh=builder.mesh("box", box))
    mirror = np.diag((-1.0, 2.0, 1.0, 1.0))
    builder.node("mirrored", parent=top, matrix=mirror, mesh=0)
    builder.node("flag", parent=top, mesh=builder.mesh("flag", flag))
    return builder.finish()


def measures(model: ModelData) -> tuple[np.ndarray, float, int]:
    """Bounds, signed volume, triangles."""
    pieces = flatten_model(model)
    points = np.concatenate([piece.positions[piece.triangles] for piece in pieces])
    volume = np.einsum("tx,tx->t", points[:, 0], np.cross(points[:, 1], points[:, 2])).sum() / 6
    return np.stack([points.min(axis=(0, 1)), points.max(axis=(0, 1))]), float(volume), len(points)


def test_flattening_places_and_mirrors() -> None:
    bounds, volume, count = measures(sample())
    np.testing.assert_allclose(bounds, ((-0.5, -2, -1.5), (5.5, 7, 8.5)))
    assert volume == pytest.approx(6 + 12)  # the mirrored box is not inside out
    assert count == 25
    for piece in flatten_model(sample()):
        corners = piece.positions[piece.triangles]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert piece.normals is not None
        assert np.einsum("tx,tcx->tc", faces, piece.normals[piece.triangles]).min() > 0


def test_flattening_instances_and_skins() -> None:
    model = sample()
    model.nodes[3].mesh = None
    model.nodes[1].instances = Instances(
        np.array(((0, 0, 0), (10, 0, 0)), np.float32), np.tile(np.float32((0, 0, 0, 1)), (2, 1)),
        np.ones((2, 3), np.float32),
    )
    assert measures(model)[0][1, 0] == 15.5
    model = sample()
    primitive = model.meshes[1].primitives[0]
    primitive.attributes["JOINTS_0"] = np.zeros((3, 4), np.uint16)
    primitive.attributes["WEIGHTS_0"] = np.tile(np.float32((1, 0, 0, 0)), (3, 1))
    model.skins = [Skin(joints=[1], inverse_bind_matrices=np.eye(4, dtype=np.float32)[None])]
    model.nodes[3].skin = 0
    piece = next(piece for piece in flatten_model(model) if piece.name == "flag")
    np.testing.assert_allclose(piece.positions.min(axis=0), (5, 6, 7))


@pytest.mark.parametrize("suffix", WRITABLE_SUFFIXES)
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    files = write_model(tmp_path / f"a{suffix}", sample())
    assert all(file.is_file() for file in files)
    assert sorted(tmp_path.iterdir()) == sorted(files)
    back = import_model(files[0])
    for found, wanted in zip(measures(back), measures(sample()), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    again = [file.read_bytes() for file in files]
    write_model(tmp_path / f"a{suffix}", sample())
    assert [file.read_bytes() for file in files] == again


def test_looks_survive(tmp_path: Path) -> None:
    back = import_model(write_model(tmp_path / "a.obj", sample())[0])
    by_name = {material.name: material for material in back.materials}
    np.testing.assert_allclose(by_name["red_paint_0"].base_color, (1, 0.25, 0, 1), atol=0.01)
    assert by_name["red_paint_0"].roughness == pytest.approx(0.5, abs=0.01)
    texture = by_name["wood_1"].base_color_texture
    assert texture is not None
    assert back.images[back.textures[texture.texture].image].read() == PICTURE
    flag = next(piece for piece in flatten_model(back) if back.materials[piece.material].name == "wood_1")
    assert sorted(flag.texcoords.tolist()) == [[0, 0], [0, 1], [1, 1]]
    back = import_model(write_model(tmp_path / "a.3mf", sample())[0])
    np.testing.assert_allclose(back.materials[0].base_color, (1, 0.25, 0, 1), atol=0.01)
    back = import_model(write_model(tmp_path / "a.ply", sample())[0])
    colors = back.meshes[0].primitives[0].attributes["COLOR_0"]
    np.testing.assert_allclose(colors[0], (1, 0.25, 0, 1), atol=0.01)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not as '\.usd'"):
        write_model(tmp_path / "a.usd", sample())
    with pytest.raises(TaixuError, match="no triangles"):
        write_model(tmp_path / "a.stl", ModelData(name="nothing"))
    builder = ModelBuilder("points")
    builder.node("p", mesh=builder.mesh("p", mesh_primitive(np.zeros((4, 3)), None)))
    write_model(tmp_path / "p.ply", builder.finish())
    assert import_model(tmp_path / "p.ply").meshes[0].primitives[0].vertex_count == 4


def pack_3mf(folder: Path, model: str, **parts: bytes) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("3D/3dmodel.model", model)
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    file = folder / "a.3mf"
    file.write_bytes(stream.getvalue())
    return file


MESH = ('<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1000" y="0" z="0"/><vertex x="0" y="0" z="2000"/>'
        '</vertices><triangles>{}</triangles></mesh>')


def test_3mf_components_colors_and_textures(tmp_path: Path) -> None:
    model = (
        '<model><resources><m:colorgroup id="5"><m:color color="#FF0000"/><m:color color="#0000FF80"/></m:colorgroup>'
        '<m:texture2d id="6" path="/3D/wood.png"/><m:texture2dgroup id="7" texid="6"><m:tex2coord u="0" v="1"/>'
        '</m:texture2dgroup>'
        '<object id="1">' + MESH.format('<triangle v1="0" v2="1" v3="2" pid="5" p1="0" p2="1" p3="0"/>') + "</object>"
        '<object id="2">' + MESH.format('<triangle v1="0" v2="1" v3="2" pid="7" p1="0"/>') + "</object>"
        '<object id="3"><components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0 1000"/>'
        '<component objectid="2"/></components></object></resources>'
        '<build><item objectid="3" transform="1 0 0 0 1 0 0 0 1 5000 0 0"/></build></model>'
    )
    back = import_model(pack_3mf(tmp_path, model, **{"3D__wood_dot_png": PICTURE}))
    bounds, _, count = measures(back)
    np.testing.assert_allclose(bounds, ((5, 0, 0), (6, 3, 0)), atol=1e-5)
    assert count == 2
    colors = back.meshes[0].primitives[0].attributes["COLOR_0"]
    assert {tuple(round(float(value), 2) for value in row) for row in colors} == {(1, 0, 0, 1), (0, 0, 1, 0.5)}
    assert back.images[0].data == PICTURE


BUILD = '<build><item objectid="1"/></build></model>'


@pytest.mark.parametrize("model", [
    '<model><resources><object id="1"><components><component objectid="1"/></components></object></resources>' + BUILD,
    '<model><build><item objectid="1"/></build></model>',
    '<model unit="parsec"/>',
    "<model/>",
    '<model><resources><object id="1">' + MESH.format('<triangle v1="0" v2="1" v3="9"/>')
    + "</object></resources>" + BUILD,
    '<model><resources><object id="1">' + MESH.format('<triangle v1="0" v2="x" v3="1"/>')
    + "</object></resources>" + BUILD,
    "nonsense",
])
def test_bad_3mf_is_one_sentence(tmp_path: Path, model: str) -> None:
    with pytest.raises(TaixuError, match=r"a\.3mf"):
        import_model(pack_3mf(tmp_path, model))


def test_zips_that_blow_up_are_refused(tmp_path: Path) -> None:
    bomb = "<model>" + " " * (300 << 20)
    with pytest.raises(TaixuError, match="larger than"):
        import_model(pack_3mf(tmp_path, bomb))
    (tmp_path / "b.3mf").write_bytes(b"PK\3\4 no zip at all")
    with pytest.raises(TaixuError, match="no 3MF"):
        import_model(tmp_path / "b.3mf")


def test_spheres_come_back_round(tmp_path: Path) -> None:
    builder = ModelBuilder("ball")
    builder.node("ball", mesh=builder.mesh("ball", turned_primitive("sphere", radius_m=1)))
    back = import_model(write_model(tmp_path / "ball.stl", builder.finish())[0])
    for piece in flatten_model(back):
        assert piece.normals is not None
        assert np.einsum("vx,vx->v", piece.normals, piece.positions).min() > 0.98
