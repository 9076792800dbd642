from __future__ import annotations

import json
import math
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from models_equal import assert_models_equal

from taixu.assets.gltf import check_gltf, read_gltf, write_glb, write_gltf
from taixu.assets.image import encode_png
from taixu.assets.model import (
    Animation,
    Anisotropy,
    Camera,
    Channel,
    Clearcoat,
    DiffuseTransmission,
    Filter,
    Image,
    Instances,
    Iridescence,
    Light,
    Material,
    Mesh,
    Mode,
    ModelData,
    Node,
    Primitive,
    Sampler,
    Scene,
    Sheen,
    Skin,
    Specular,
    SpecularGlossiness,
    Texture,
    TextureRef,
    Transmission,
    Volume,
    Wrap,
)
from taixu.errors import TaixuError


def f32(*values: object) -> np.ndarray:
    return np.array(values, np.float32)


def every_material() -> list[Material]:
    ref = TextureRef(0, texcoord=1, offset=(0.25, 0.5), rotation_rad=0.5, scale=(2.0, 3.0))
    plain = TextureRef(1)
    bump = TextureRef(1, strength=0.5)
    return [
        Material(),
        Material(
            name="core", base_color=(0.1, 0.2, 0.3, 0.4), base_color_texture=ref, metallic=0.5, roughness=0.25,
            metallic_roughness_texture=plain, normal_texture=bump, occlusion_texture=bump, emissive=(1.0, 0.5, 0.0),
            emissive_texture=plain, emissive_strength=5.0, alpha_mode="MASK", alpha_cutoff=0.25, double_sided=True,
            extras={"note": [1, "a"]}, extensions={"XX_other": {"kept": True}},
        ),
        Material(
            name="coat", ior=1.33, clearcoat=Clearcoat(0.5, plain, 0.25, plain, bump), normal_texture=bump,
            sheen=Sheen((1.0, 0.0, 0.5), plain, 0.5, plain), specular=Specular(0.5, plain, (0.5, 1.0, 1.0), plain),
            anisotropy=Anisotropy(0.5, 1.0, plain), iridescence=Iridescence(1.0, plain, 1.8, 50.0, 300.0, plain),
        ),
        Material(
            name="glass", dispersion=0.25, alpha_mode="BLEND", transmission=Transmission(0.75, plain),
            volume=Volume(0.5, plain, 2.0, (0.5, 1.0, 0.75)),
        ),
        Material(name="leaf", diffuse_transmission=DiffuseTransmission(0.5, plain, (0.5, 1.0, 0.0), plain)),
        Material(name="flat", unlit=True),
        Material(
            name="old",
            specular_glossiness=SpecularGlossiness((0.5, 1.0, 0.0, 0.5), plain, (0.1, 0.2, 0.3), 0.5, plain),
        ),
    ]  # fmt: skip


def square(material: int | None = None) -> Primitive:
    points = f32((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0))
    return Primitive(
        attributes={
            "POSITION": points,
            "NORMAL": np.tile(f32(0, 0, 1), (4, 1)),
            "TEXCOORD_0": points[:, :2].copy(),
            "TEXCOORD_1": points[:, 1::-1].copy(),
        },
        indices=np.array([0, 1, 2, 0, 2, 3], np.uint32),
        material=material,
    )


def every_mesh() -> list[Mesh]:
    materials = len(every_material())
    morphed = square()
    morphed.targets = [{"POSITION": f32(*[(0, 0, i) for i in range(4)])}, {"NORMAL": np.zeros((4, 3), np.float32)}]
    skinned = square(0)
    skinned.attributes["JOINTS_0"] = np.array([[0, 1, 0, 0]] * 4, np.uint16)
    skinned.attributes["WEIGHTS_0"] = f32(*[(0.25, 0.75, 0, 0)] * 4)
    skinned.attributes["COLOR_0"] = f32(*[(0.1, 0.2, 0.3, 0.4)] * 4)
    skinned.attributes["TANGENT"] = f32(*[(1, 0, 0, -1)] * 4)
    skinned.attributes["_HEAT"] = f32(1, 2, 3, 4)
    skinned.attributes["_KIND"] = np.array([[1, 2, 3]] * 4, np.uint8)
    skinned.variants = {0: 1, 1: 0, 2: 1}
    skinned.extras = {"part": 1}
    lines = Primitive({"POSITION": f32((0, 0, 0), (0, 1, 0), (1, 1, 0))}, mode=Mode.LINE_STRIP)
    return [
        Mesh(
            "morphed",
            [morphed],
            weights=f32(0.5, 0.25),
            target_names=["up", "turn"],
            extras={"targetNames": ["up", "turn"]},
        ),
        Mesh("skinned", [skinned, lines]),
        Mesh("materials", [square(index) for index in range(materials)]),
    ]


def every_channel() -> list[Channel]:
    times = f32(0, 1, 2.5)
    turns = f32((0, 0, 0, 1), (0, 0.6, 0, 0.8), (0, 1, 0, 0))
    moves = np.arange(9, dtype=np.float32).reshape(3, 3)
    return [
        Channel(0, "translation", times, moves, "CUBICSPLINE", moves + 1, moves + 2),
        Channel(0, "rotation", times, turns),
        Channel(1, "scale", times, moves + 1, "STEP"),
        Channel(2, "weights", times, f32((0, 1), (0.5, 0.5), (1, 0))),
        Channel(None, "pointer", times, turns, pointer="/materials/5/pbrMetallicRoughness/baseColorFactor"),
        Channel(None, "pointer", times, f32((1,), (2,), (3,)), pointer="/materials/5/extensions/KHR_materials_ior/ior"),
        Channel(None, "pointer", times, f32((1,), (0,), (1,)), "STEP",
                pointer="/nodes/1/extensions/KHR_node_visibility/visible"),
    ]  # fmt: skip


def everything() -> ModelData:
    png = encode_png(np.full((4, 4, 3), 200, np.uint8))
    copies = Instances(f32((0, 0, 0), (1, 2, 3)), f32((0, 0, 0, 1), (0, 1, 0, 0)), f32((1, 1, 1), (2, 2, 2)))
    copies.attributes["_TINT"] = f32((1,), (2,))
    nodes = [
        Node("root", children=[1, 2, 3, 4], translation=f32(1, 2, 3), rotation=f32(0, 0.6, 0, 0.8), scale=f32(1, 2, 3)),
        Node("skinned", parent=0, mesh=1, skin=0),
        Node("morphed", parent=0, mesh=0, weights=f32(0, 1), instances=copies, extras={"tag": "a"}),
        Node("hidden", parent=0, camera=0, light=1, visible=False),
        Node("materials", parent=0, mesh=2, children=[5], extensions={"XX_other": {"a": 1}}),
        Node("bone", parent=4, camera=1, light=0),
    ]
    return ModelData(
        name="everything",
        scenes=[Scene("first", [0], extras=5), Scene("second", [])],
        scene=0,
        nodes=nodes,
        meshes=every_mesh(),
        materials=every_material(),
        textures=[Texture(0, sampler=0, name="wood"), Texture(1, sampler=1)],
        images=[
            Image("grain", "image/png", png),
            Image("flat", "image/png", encode_png(np.zeros((2, 2, 4), np.uint8))),
        ],
        samplers=[
            Sampler(Filter.NEAREST, Filter.LINEAR_MIPMAP_LINEAR, Wrap.CLAMP_TO_EDGE, Wrap.MIRRORED_REPEAT),
            Sampler(),
        ],
        skins=[Skin("bones", [4, 5], np.stack([np.eye(4, dtype=np.float32)] * 2), skeleton=4)],
        animations=[Animation("all", every_channel(), extras={"loop": True})],
        cameras=[
            Camera("wide", yfov_rad=1.0, znear=0.5),
            Camera("plan", kind="orthographic", xmag=2.0, ymag=3.0, znear=0.0, zfar=50.0),
        ],
        lights=[
            Light("sun", kind="directional", color=(1.0, 0.5, 0.25), intensity=1000.0),
            Light("lamp", kind="spot", range_m=20.0, inner_cone_rad=0.25, outer_cone_rad=0.5),
        ],
        variants=["red", "green", "blue"],
        extras={"maker": "tests"},
        extensions={"XX_root": {"a": [1, 2]}},
    )  # fmt: skip


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_everything_makes_the_round_trip(tmp_path: Path, suffix: str) -> None:
    model = everything()
    file = tmp_path / f"all{suffix}"
    write_gltf(model, file)
    again = read_gltf(file)
    model.materials[5].ior = 1.5
    assert_models_equal(model, again, tolerance=1e-6)
    assert [finding for finding in check_gltf(file) if finding.severity == "error"] == []


def test_everything_is_valid(tmp_path: Path, gltf_validator) -> None:
    for name in ("all.glb", "all.gltf"):
        write_gltf(everything(), tmp_path / name)
        report = gltf_validator(tmp_path / name)
        errors = [issue for issue in report["issues"]["messages"] if issue["severity"] == 0]
        assert errors == []


def test_what_is_shared_is_written_once(tmp_path: Path) -> None:
    part = square()
    other = Primitive(part.attributes, part.indices, mode=Mode.LINES)
    write_glb(
        ModelData(meshes=[Mesh(primitives=[part, other]), Mesh(primitives=[part])], nodes=[Node(mesh=0)]),
        tmp_path / "a.glb",
    )
    data = (tmp_path / "a.glb").read_bytes()
    size = struct.unpack_from("<I", data, 12)[0]
    assert len(json.loads(data[20 : 20 + size])["accessors"]) == 5
    first, second = read_gltf(tmp_path / "a.glb").meshes
    assert first.primitives[0].attributes["POSITION"] is second.primitives[0].attributes["POSITION"]


def test_values_are_brought_to_what_the_format_allows(tmp_path: Path, gltf_validator) -> None:
    part = square()
    part.attributes["NORMAL"] = f32((0, 0, 5), (0, 0, 0), (1e-30, 0, 0), (0, 3, 4))
    part.attributes["TANGENT"] = f32(*[(2, 0, 0, 0.5)] * 4)
    part.attributes["COLOR_0"] = f32(*[(2, -1, 0.5, 1)] * 4)
    part.attributes["JOINTS_0"] = np.array([[300, 1, 0, 0]] * 4, np.uint16)
    part.attributes["WEIGHTS_0"] = f32(*[(3, 1, 0, 0)] * 4)
    bones = [Node() for _ in range(301)]
    matrices = np.tile(np.eye(4, dtype=np.float32), (301, 1, 1))
    model = ModelData(
        nodes=[*bones, Node(mesh=0, skin=0), Node(mesh=1), Node(skin=1)],
        meshes=[Mesh(primitives=[part]), Mesh()],
        skins=[Skin(joints=list(range(301)), inverse_bind_matrices=matrices), Skin()],
        animations=[Animation("empty")],
        extras={"path": Path("a"), "number": np.float32(0.5), "array": np.arange(3), "bad": math.inf},
    )
    file = tmp_path / "a.glb"
    write_glb(model, file)
    found = read_gltf(file)
    attributes = found.meshes[0].primitives[0].attributes
    np.testing.assert_allclose(np.linalg.norm(attributes["NORMAL"], axis=1), 1, atol=1e-6)
    assert attributes["TANGENT"][0].tolist() == [1, 0, 0, 1]
    assert attributes["COLOR_0"][0].tolist() == [1, 0, 0.5, 1]
    assert attributes["JOINTS_0"][0].tolist() == [300, 1, 0, 0]
    assert attributes["WEIGHTS_0"][0].tolist() == [0.75, 0.25, 0, 0]
    assert len(found.meshes) == 1
    assert found.nodes[302].mesh is None
    assert found.animations == []
    assert found.extras == {"path": "a", "number": 0.5, "array": [0, 1, 2], "bad": None}
    assert found.roots() == list(range(304))
    assert gltf_validator(file)["issues"]["numErrors"] == 0


def world_matrices(model: ModelData) -> dict[str, np.ndarray]:
    result: dict[str, np.ndarray] = {}

    def visit(index: int, above: np.ndarray) -> None:
        node = model.nodes[index]
        matrix = above @ node.parent_from_local()
        if node.mesh is not None:
            result[str(node.mesh)] = matrix
        for child in node.children:
            visit(child, matrix)

    for root in model.roots():
        visit(root, np.eye(4))
    return result


@pytest.mark.parametrize("mirror", [1, -1])
def test_shears_become_two_nodes(tmp_path: Path, gltf_validator, mirror: int) -> None:
    sheared = np.array([[mirror, 0.5, 0, 1], [0, 2, 0.25, 2], [0.1, 0, 1, 3], [0, 0, 0, 1]], np.float32)
    model = ModelData(
        nodes=[
            Node("top", children=[1], matrix=sheared, mesh=0),
            Node("below", parent=0, mesh=1, translation=f32(1, 0, 0)),
        ],
        meshes=[Mesh(primitives=[square()]), Mesh(primitives=[square()])],
        skins=[Skin(joints=[0], inverse_bind_matrices=np.eye(4, dtype=np.float32)[None])],
    )
    file = tmp_path / "a.glb"
    write_glb(model, file)
    again = read_gltf(file)
    expected = world_matrices(model)
    for name, matrix in world_matrices(again).items():
        np.testing.assert_allclose(matrix, expected[name], atol=1e-5)
    assert [node.name for node in again.nodes] == ["top", "below", "top (shear)"]
    assert again.skins[0].joints == [2]
    assert gltf_validator(file)["issues"]["numErrors"] == 0


def test_attributes_get_names_that_are_allowed(tmp_path: Path, gltf_validator) -> None:
    part = square()
    part.attributes["TEXCOORD_3"] = part.attributes.pop("TEXCOORD_1")
    part.attributes["COLOR_1"] = np.zeros((4, 4), np.float32)
    part.attributes["JOINTS_0"] = np.zeros((4, 4), np.uint16)
    part.attributes["quality"] = np.arange(4)
    part.targets = [{"TANGENT": np.zeros((4, 3), np.float32)}]
    file = tmp_path / "a.glb"
    write_glb(ModelData(nodes=[Node(mesh=0)], meshes=[Mesh(primitives=[part])]), file)
    attributes = read_gltf(file).meshes[0].primitives[0].attributes
    standard = {"POSITION", "NORMAL", "COLOR_0", "COLOR_1", *(f"TEXCOORD_{number}" for number in range(4))}
    assert set(attributes) == standard | {"_QUALITY"}
    assert (attributes["COLOR_0"] == 1).all()
    assert attributes["_QUALITY"].tolist() == [0, 1, 2, 3]
    assert gltf_validator(file)["issues"]["numErrors"] == 0


def test_missing_tangents_are_made_where_a_material_follows_them(tmp_path: Path, gltf_validator) -> None:
    material = Material(anisotropy=Anisotropy(1.0))
    bare = square(0)
    bare.attributes.pop("TEXCOORD_0")
    mirrored = square(0)
    mirrored.attributes["TEXCOORD_0"] = mirrored.attributes["TEXCOORD_0"] * f32(-1, 1)
    model = ModelData(nodes=[Node(mesh=0)], meshes=[Mesh(primitives=[square(0), bare, mirrored])], materials=[material])
    file = tmp_path / "a.glb"
    write_glb(model, file)
    plain, lost, turned = (part.attributes["TANGENT"] for part in read_gltf(file).meshes[0].primitives)
    # u rises along x and v along y, but glTF's v points down: the bitangent points along falling v.
    np.testing.assert_allclose(plain, [[1, 0, 0, -1]] * 4, atol=1e-6)
    np.testing.assert_allclose(turned, [[-1, 0, 0, 1]] * 4, atol=1e-6)
    np.testing.assert_allclose(lost[:, 2], 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(lost[:, :3], axis=1), 1, atol=1e-6)
    assert gltf_validator(file)["issues"]["numErrors"] == 0


def test_numbers_of_any_kind_are_written(tmp_path: Path, gltf_validator) -> None:
    part = Primitive({"POSITION": np.eye(3), "COLOR_0": np.ones((3, 4))}, np.array([0, 1, 2]), material=0)
    model = ModelData(
        nodes=[Node(mesh=0, translation=np.arange(3), rotation=np.array([0.0, 0, 2, 0]), scale=np.ones(3), camera=0, light=0)],
        meshes=[Mesh(primitives=[part])],
        materials=[Material(roughness=np.float32(0.5), base_color=tuple(np.float32([0.5, 1, 1, 1])))],
        cameras=[Camera(yfov_rad=np.float32(1))],
        lights=[Light(intensity=np.float32(3))],
    )
    file = tmp_path / "a.glb"
    write_glb(model, file)
    found = read_gltf(file)
    assert found.nodes[0].rotation.tolist() == [0, 0, 1, 0]
    assert (found.materials[0].roughness, found.lights[0].intensity, found.cameras[0].yfov_rad) == (0.5, 3, 1)
    assert found.meshes[0].primitives[0].vertex_count == 3
    assert gltf_validator(file)["issues"]["numErrors"] == 0


def test_an_empty_model_is_a_file_too(tmp_path: Path) -> None:
    for name in ("a.glb", "a.gltf"):
        write_gltf(ModelData(), tmp_path / name)
        assert read_gltf(tmp_path / name).nodes == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.glb", "a.gltf"]


def test_images_keep_their_names_beside_a_text_file(tmp_path: Path) -> None:
    png = encode_png(np.zeros((1, 1, 3), np.uint8))
    model = ModelData(images=[Image("wood/dark", "image/png", png), Image("wood/dark", "image/png", png), Image(data=png)])
    write_gltf(model, tmp_path / "ä b.gltf")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["dark.png", "dark_1.png", "ä b.gltf", "ä b_2.png"]
    assert [image.read() for image in read_gltf(tmp_path / "ä b.gltf").images] == [png] * 3


def test_images_of_other_kinds_become_png(tmp_path: Path) -> None:
    from io import BytesIO

    from PIL import Image as Pillow

    buffer = BytesIO()
    Pillow.new("RGB", (2, 2), (10, 20, 30)).save(buffer, "BMP")
    write_glb(ModelData(images=[Image(data=buffer.getvalue())]), tmp_path / "a.glb")
    assert read_gltf(tmp_path / "a.glb").images[0].mime == "image/png"


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.glb"
    file.write_bytes(b"old")
    with pytest.raises(TaixuError, match="gone"):
        write_glb(ModelData(images=[Image(path=tmp_path / "gone.png", uri="gone.png")]), file)
    joints = square()
    joints.attributes["JOINTS_0"] = np.full((4, 4), 70_000, np.uint32)
    joints.attributes["WEIGHTS_0"] = np.full((4, 4), 0.25, np.float32)
    with pytest.raises(TaixuError, match="joints"):
        write_glb(ModelData(meshes=[Mesh(primitives=[joints])]), file)
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.glb"]
