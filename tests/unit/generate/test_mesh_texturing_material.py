"""Materials on meshes without weights: laid as solids, aged by the shape, written as a GLB that says where it came from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from textured_shapes import SHAPES, laid_out, model_of, torus

from taixu.app import Jobs
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.image import decode_image, encode_png
from taixu.assets.material import Material, Transmission
from taixu.assets.mesh import Primitive
from taixu.assets.model import Image, Mesh, ModelData, Node, Texture, TextureRef
from taixu.assets.normals import creased_normals
from taixu.assets.solids import box_primitive
from taixu.assets.tangents import with_tangents
from taixu.errors import MachineError, TaixuError
from taixu.generate import Generations, Generators, Order
from taixu.generate.materials import MaterialMaps
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.material_pictures import maps_of_files
from taixu.generate.mesh_texturing.solid import SolidMaps, lay_solid, solid_noise, tangent_normals
from taixu.generate.mesh_texturing.solid_generator import MeshMaterialGenerator, MeshMaterialParameters
from taixu.generate.mesh_texturing.subject import assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import bake_texels
from taixu.generate.mesh_texturing.weathering import weather
from taixu.generate.provenance.containers import read_record
from taixu.generate.provenance.marking import find_mark
from taixu.generate.request import Request

pytest.importorskip("xatlas", reason='xatlas is not installed (pip install "taixu[models]")')


def quiet(fraction: float, text: str = "", preview: object = None) -> None:
    """Nobody listens."""


def plain_maps(size: int = 64, **given: np.ndarray) -> MaterialMaps:
    one = np.ones((size, size), np.float32)
    flat = np.stack([0 * one, 0 * one, one], axis=-1)
    maps = {
        "base_color": np.stack([one, one, one], axis=-1) * 0.5, "normal": flat, "roughness": one * 0.5, "metallic": 0 * one,
        "height": one * 0.5, "occlusion": one, "emission": np.zeros((size, size, 3), np.float32),
    }  # fmt: skip
    return MaterialMaps({**maps, **given}, 1.0, 0.01)


def waves(size: int = 64) -> MaterialMaps:
    """Grey that rises to the right in waves, red that rises upwards, and bumps to match."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    y = 1 - y
    color = np.stack([0.5 + 0.4 * np.sin(2 * np.pi * y), 0.5 + 0.4 * np.sin(2 * np.pi * x), 0 * x + 0.5], axis=-1)
    normal = np.stack([0.5 * np.cos(2 * np.pi * x), 0 * x, 0 * x + 1], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return plain_maps(size, base_color=color.astype(np.float32), normal=normal.astype(np.float32))


def test_flat_faces_show_the_material_upright_and_as_large_as_it_is() -> None:
    _, _, texels = laid_out(model_of(box_primitive((2, 2, 2))), 128)
    made = lay_solid(waves(), texels, tile_m=0.5, sharpness=16)
    front = (texels.normals[:, 2] > 0.9) & texels.inside
    x, y = texels.positions[front, 0], texels.positions[front, 1]
    wanted = np.stack([0.5 + 0.4 * np.sin(4 * np.pi * y), 0.5 + 0.4 * np.sin(4 * np.pi * x)], axis=1)
    assert np.abs(made.base_color[front, :2] - wanted).max() < 0.02
    right = (texels.normals[:, 0] > 0.9) & texels.inside
    assert np.abs(made.base_color[right, 0] - (0.5 + 0.4 * np.sin(4 * np.pi * texels.positions[right, 1]))).max() < 0.02
    # Seen from the right, -Z is to the right: bumps lean the same way in the picture.
    u = -texels.positions[right, 2] / 0.5 + 0.371
    wanted = np.stack([np.ones(right.sum()), np.zeros(right.sum()), -0.5 * np.cos(2 * np.pi * u)], axis=1)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert np.abs(made.normals[right] - wanted).max() < 0.03


def test_opposite_sides_are_not_mirrored() -> None:
    _, _, texels = laid_out(model_of(box_primitive((2, 2, 2))), 128)
    made = lay_solid(waves(), texels, tile_m=2.0, sharpness=16)
    for side in (1, -1):
        face = (texels.normals[:, 2] * side > 0.9) & texels.inside
        u = texels.positions[face, 0] * side / 2.0
        assert np.abs(made.base_color[face, 1] - (0.5 + 0.4 * np.sin(2 * np.pi * u))).max() < 0.02


def test_a_solid_has_no_seams() -> None:
    """Both copies of a vertex that lies on a seam are at one place, so they show one colour."""
    model = model_of(torus())
    _, _, texels = laid_out(model, 256)
    made = lay_solid(waves(), texels, tile_m=0.7, sharpness=8)
    order = np.lexsort(np.round(texels.positions, 2).T)
    near = np.linalg.norm(np.diff(texels.positions[order], axis=0), axis=1) < 0.003
    gaps = np.abs(np.diff(made.base_color[order], axis=0)).max(1)[near]
    apart = np.abs(np.diff(texels.pixels[order])) > 5 * 256
    assert near.sum() > 300
    assert gaps[apart[near]].mean() < 2 * gaps[~apart[near]].mean() + 0.01


def test_a_normal_map_read_through_the_files_own_tangents_gives_the_solids_normals(tmp_path: Path) -> None:
    model = model_of(torus(), rotation=np.array((0.0, 0.3826834, 0.0, 0.9238795), np.float32), scale=np.full(3, 2.0, np.float32))
    surfaces = gather(model)
    lay_coordinates(surfaces, 256, stand_scales(model, surfaces))
    surfaces[0].primitive = with_tangents(surfaces[0].primitive, [Material(normal_texture=TextureRef(0))])
    subject = assemble(model, surfaces)
    texels = bake_texels(subject, 256)
    made = lay_solid(waves(), texels, tile_m=1.0, sharpness=8)
    baked = texels.picture(tangent_normals(texels, made.normals))
    file = tmp_path / "torus.glb"
    model.meshes[0].primitives[0] = surfaces[0].primitive
    write_gltf(model, file)
    have = read_gltf(file).meshes[0].primitives[0]
    faces = have.triangles()
    node = model.nodes[0].parent_from_local()[:3, :3].astype(np.float64)
    normal, tangent, place = (
        have.attributes[name][faces].astype(np.float64).mean(1) for name in ("NORMAL", "TANGENT", "TEXCOORD_0")
    )
    sign = have.attributes["TANGENT"][faces[:, 0], 3]
    normal, along = normal @ node.T, tangent[:, :3] @ node.T
    normal, along = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (normal, along))
    across = np.cross(normal, along) * sign[:, None]
    pixel = np.minimum((place * 256).astype(int), 255)
    bump = baked[pixel[:, 1], pixel[:, 0]]
    found = along * bump[:, :1] + across * bump[:, 1:2] + normal * bump[:, 2:]
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    rows = np.full(256 * 256, -1)
    rows[texels.pixels] = np.arange(len(texels.pixels))
    there = rows[pixel[:, 1] * 256 + pixel[:, 0]]
    agree = np.einsum("mk,mk->m", found[there >= 0], made.normals[there[there >= 0]])
    assert np.quantile(agree, 0.05) > np.cos(np.radians(6))
    assert np.median(agree) > np.cos(np.radians(1.5))


def test_noise_in_space_is_smooth_and_its_own_for_each_seed() -> None:
    points = np.random.default_rng(0).uniform(-3, 3, (5000, 3))
    noise = solid_noise(points, 1)
    assert 0.05 < noise.min() < noise.max() < 0.95
    assert np.abs(solid_noise(points + 1e-4, 1) - noise).max() < 0.01
    assert np.abs(np.corrcoef(noise, solid_noise(points, 2))[0, 1]) < 0.1


def test_edges_wear_hollows_gather_dirt_and_moss_grows_on_top() -> None:
    count = 3000
    random = np.random.default_rng(3)
    positions = random.uniform(-1, 1, (count, 3))
    up = np.tile((0.0, 1.0, 0.0), (count, 1))
    flat = np.zeros(count)

    def solid(grey: float) -> SolidMaps:
        return SolidMaps(
            np.full((count, 3), grey), up.copy(), np.full(count, 0.5), flat, np.full(count, 0.5), flat + 1, np.zeros((count, 3))
        )

    def worn(**given: object) -> SolidMaps:
        facts = {"curvature": flat, "openness": flat + 1, "normals": up, **given}
        return weather(solid(0.4), positions=positions, lump_m=0.3, seed=1, **facts)  # type: ignore[arg-type]

    edges = worn(curvature=flat + 0.8, wear=0.7, under=solid(0.9))
    plain = worn(curvature=flat - 0.2, wear=0.7, under=solid(0.9))
    assert edges.base_color.mean() > 0.8
    assert plain.base_color.mean() < 0.42
    hollow = worn(curvature=flat - 0.8, openness=flat + 0.3, dirt=0.8)
    open_ = worn(dirt=0.8)
    assert hollow.base_color.mean() < 0.15 < open_.base_color.mean()
    assert hollow.roughness.mean() > 0.8
    top, bottom = (worn(normals=each, moss=0.7, mossy=solid(0.05)).base_color.mean() for each in (up, -up))
    assert top < 0.2 < 0.35 < bottom
    assert np.array_equal(worn().base_color, solid(0.4).base_color)


# ---- the generator


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    for name, shape in SHAPES.items():
        write_gltf(model_of(shape()), folder / f"{name}.glb")
    return folder


def made(folder: Path, *parents: Path, prompt: str = "", seed: int = 7, **parameters: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = MeshMaterialParameters(**{"size_px": 256, **parameters})  # type: ignore[arg-type]
    return MeshMaterialGenerator().generate(Request(prompt, seed, wanted, folder, parents=parents), quiet)[0].path


def test_words_are_split_between_the_material_and_the_shape() -> None:
    meant = MeshMaterialGenerator().read_words("mossy worn dirty red bricks")
    assert meant["family"] == "bricks"
    assert meant["moss"] > 0 and meant["edge_wear"] > 0 and meant["hollow_dirt"] > 0
    assert "wear" not in meant


def test_first_without_a_model_is_the_material_and_with_one_the_painter() -> None:
    known = Generators(plugins=False)
    assert known.find("mesh").name == "mesh-material"
    assert known.find("mesh", model="x", parents=(Path("cup.glb"),)).name == "painted-mesh"
    assert known.find("mesh", model="x").name == "shap-e", "what makes one of words, where there is none to paint"


def test_a_mesh_gets_all_maps_valid_marked_and_recorded(tmp_path: Path, shapes: Path, gltf_validator) -> None:
    with Jobs(workers=1) as jobs:
        order = Order("mesh-material", "mossy worn old bricks", 5, {"size_px": 256}, parents=(shapes / "cup.glb",))
        result = Generations(jobs).make(order, out=tmp_path / "wall.glb")
    report = gltf_validator(result.files[0])
    assert report["issues"]["numErrors"] == report["issues"]["numWarnings"] == 0
    model = read_gltf(result.files[0])
    material = model.materials[0]
    assert len(model.materials) == 1
    assert material.base_color_texture and material.normal_texture and material.metallic_roughness_texture
    assert material.occlusion_texture is not None
    assert "TANGENT" in model.meshes[0].primitives[0].attributes
    picture = tmp_path / "base.png"
    picture.write_bytes(model.images[0].read())
    assert find_mark(picture) == result.provenances[0].mark != ""
    record = read_record(result.files[0])
    assert record is not None
    assert "mossy worn old bricks" in json.dumps(record)
    assert result.provenances[0].parents


def test_the_same_seed_makes_the_same_bytes_and_another_another(tmp_path: Path, shapes: Path) -> None:
    a, b, c = (
        made(tmp_path / str(number), shapes / "torus.glb", family="rust", edge_wear=0.5, seed=seed).read_bytes()
        for number, seed in enumerate((3, 3, 4))
    )
    assert a == b != c


def test_maps_from_files_are_laid_as_they_are(tmp_path: Path, shapes: Path) -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 188
    for role, pixels in {"base_color": red, "orm": np.full((16, 16, 3), (255, 51, 255), np.uint8)}.items():
        (tmp_path / f"wall_{role}.png").write_bytes(encode_png(pixels))
    files = (tmp_path / "wall_base_color.png", tmp_path / "wall_orm.png")
    model = read_gltf(made(tmp_path, shapes / "box.glb", *files, shading=0.0))
    color, orm = (decode_image(model.images[index].read()) for index in (0, 2))
    assert np.abs(color.astype(int) - (188, 0, 0)).max() <= 12  # the mark
    assert np.abs(orm.astype(int) - (255, 51, 255)).max() <= 1
    assert maps_of_files(files, 2.0).size_m == 2.0
    with pytest.raises(TaixuError, match="says no role"):
        maps_of_files([shapes / "box.glb"], 1.0)
    with pytest.raises(TaixuError, match="base colour"):
        maps_of_files(files[1:], 1.0)
    (tmp_path / "wall_height.png").write_bytes(encode_png(np.zeros((8, 8, 1), np.uint8)))
    with pytest.raises(TaixuError, match="squares of one size"):
        maps_of_files((*files, tmp_path / "wall_height.png"), 1.0)


def textured_room(folder: Path) -> Path:
    """Three boxes: one with a texture, one of glass, one bare; vertex colours on the bare one."""
    parts = []
    for index, at in enumerate((-2.0, 0.0, 2.0)):
        box = box_primitive((1, 1, 1))
        box.attributes["POSITION"] = box.attributes["POSITION"] + np.array((at, 0, 0), np.float32)
        box.attributes["TEXCOORD_0"] = np.tile(np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32), (6, 1))
        box.material = index
        parts.append(box)
    parts[2].attributes["COLOR_0"] = np.ones((24, 4), np.float32) * 0.5
    materials = [
        Material("wood", base_color_texture=TextureRef(0)), Material("glass", transmission=Transmission(1.0)),
        Material("bare", double_sided=True),
    ]  # fmt: skip
    image = Image("wood", "image/png", encode_png(np.full((8, 8, 3), (120, 80, 40), np.uint8)))
    model = ModelData(meshes=[Mesh("room", parts)], nodes=[Node(mesh=0)], materials=materials, images=[image])
    model.textures.append(Texture(0))
    write_gltf(model, folder / "room.glb")
    return folder / "room.glb"


def test_parts_keep_their_textures_where_asked_and_glass_stays_glass(tmp_path: Path) -> None:
    room = textured_room(tmp_path)
    kept = read_gltf(made(tmp_path / "kept", room, existing="keep", family="concrete"))
    names = [kept.materials[each.material].name for each in kept.meshes[0].primitives]
    assert names == ["wood", "glass", "concrete"]
    assert "COLOR_0" not in kept.meshes[0].primitives[2].attributes
    assert kept.materials[kept.meshes[0].primitives[2].material].double_sided
    anew = read_gltf(made(tmp_path / "anew", room, family="concrete"))
    names = [anew.materials[each.material].name for each in anew.meshes[0].primitives]
    assert names == ["concrete", "glass", "concrete"]
    assert all(image.name != "wood" for image in anew.images)


def test_coordinates_that_serve_are_kept_and_new_ones_laid_where_wanted(tmp_path: Path) -> None:
    square = Primitive(
        {
            "POSITION": np.array(((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)), np.float32),
            "NORMAL": np.tile(np.array((0, 0, 1), np.float32), (4, 1)),
            "TEXCOORD_0": np.array(((0, 0.5), (0.5, 0.5), (0.5, 0), (0, 0)), np.float32),
        },
        np.array((0, 1, 2, 0, 2, 3), np.uint32),
    )
    write_gltf(model_of(square), tmp_path / "square.glb")
    kept = read_gltf(made(tmp_path / "a", tmp_path / "square.glb", family="paper")).meshes[0].primitives[0]
    assert np.allclose(kept.attributes["TEXCOORD_0"][kept.triangles()], square.attributes["TEXCOORD_0"][square.triangles()])
    anew = read_gltf(made(tmp_path / "b", tmp_path / "square.glb", family="paper", unwrap=True)).meshes[0].primitives[0]
    assert anew.attributes["TEXCOORD_0"].max() > 0.8


def test_what_moves_goes_on_moving(tmp_path: Path) -> None:
    """Joints, weights and morph targets follow their vertices through new coordinates."""
    box = box_primitive((1, 1, 1))
    grown = {"POSITION": box.attributes["POSITION"] * np.float32(0.5)}
    box.targets = [grown]
    write_gltf(model_of(box), tmp_path / "box.glb")
    after = read_gltf(made(tmp_path / "out", tmp_path / "box.glb", family="paper")).meshes[0].primitives[0]
    assert np.allclose(after.targets[0]["POSITION"], after.attributes["POSITION"] * 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\n", "triangles|faces"),
        (b"v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "area"),
        (b"ply of nobody", "."),
    ],
)
def test_files_that_show_no_mesh_are_refused_in_a_sentence(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "thing.obj").write_bytes(text)
    with pytest.raises(TaixuError, match=said) as told:
        made(tmp_path, tmp_path / "thing.obj")
    assert "\n" not in str(told.value)


def test_point_clouds_are_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = "\n".join(f"{x} {x * 2} 0" for x in range(5))
    text = f"ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\nend_header\n{rows}\n"
    (tmp_path / "cloud.ply").write_text(text)
    with pytest.raises(TaixuError, match=r"cloud\.ply: it shows no triangles"):
        made(tmp_path, tmp_path / "cloud.ply")


def test_meshes_that_are_no_manifolds_are_textured(tmp_path: Path) -> None:
    """Three fins on one edge, a triangle without area, one with a vertex twice, and one face both ways round."""
    positions = np.array(((0, 0, 0), (0, 1, 0), (1, 0, 0), (-1, 0, 0), (0, 0, 1), (0, 0.5, 0)), np.float32)
    faces = np.array(((0, 1, 2), (0, 1, 3), (0, 1, 4), (0, 5, 1), (2, 2, 3), (2, 1, 0)), np.uint32)
    sources, triangles, normals = creased_normals(positions, faces)
    fins = Primitive({"POSITION": positions[sources], "NORMAL": normals}, triangles.reshape(-1))
    write_gltf(model_of(fins), tmp_path / "fins.glb")
    model = read_gltf(made(tmp_path / "out", tmp_path / "fins.glb", family="paper", edge_wear=0.5, hollow_dirt=0.5))
    assert np.isfinite(model.meshes[0].primitives[0].attributes["TEXCOORD_0"]).all()


def test_without_xatlas_one_sentence_says_what_brings_it(tmp_path: Path, shapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "xatlas", None)
    with pytest.raises(MachineError, match=r"taixu\[models\]"):
        made(tmp_path, shapes / "cup.glb")


def test_hostile_files_are_textured_or_refused_in_a_sentence(tmp_path: Path) -> None:
    content = Path(os.environ.get("TAIXU_CONTENT", Path(__file__).parents[3] / ".." / "shared" / "content"))
    manifest = content / "gltf-invalid" / "manifest.json"
    if not manifest.is_file():
        pytest.skip(f"no gltf-invalid/manifest.json in {content}")
    told = textured = 0
    for entry in json.loads(manifest.read_text())[::3]:
        file = manifest.parent / entry["asset"]
        try:
            model = made(tmp_path, file, size_px=64, family="paper")
            textured += 1
            assert read_gltf(model).materials
        except TaixuError as error:
            told += 1
            assert "\n" not in str(error)
    assert told > 20
