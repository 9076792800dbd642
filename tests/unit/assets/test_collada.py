"""COLLADA: polygons, materials, transforms, units and axes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.flattening import flatten_model
from taixu.assets.image import write_image
from taixu.assets.importers import import_model
from taixu.errors import TaixuError

DAE = """<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><unit name="cm" meter="0.01"/><up_axis>Z_UP</up_axis></asset>
<library_images><image id="pic"><init_from>wood.png</init_from></image></library_images>
<library_effects>
<effect id="paint"><profile_COMMON>
<newparam sid="surf"><surface type="2D"><init_from>pic</init_from></surface></newparam>
<newparam sid="samp"><sampler2D><source>surf</source></sampler2D></newparam>
<technique sid="c"><lambert><diffuse><texture texture="samp" texcoord="UV"/></diffuse></lambert></technique>
</profile_COMMON></effect>
<effect id="flat"><profile_COMMON><technique sid="c"><phong><diffuse><color>1 0 0 1</color></diffuse></phong>
</technique></profile_COMMON></effect></library_effects>
<library_materials><material id="m0" name="painted"><instance_effect url="#paint"/></material>
<material id="m1" name="red"><instance_effect url="#flat"/></material></library_materials>
<library_geometries><geometry id="g" name="quad"><mesh>
<source id="p"><float_array id="pa" count="12">0 0 0 100 0 0 100 0 200 0 0 200</float_array>
<technique_common><accessor source="#pa" count="4" stride="3"/></technique_common></source>
<source id="t"><float_array id="ta" count="8">0 0 1 0 1 1 0 1</float_array>
<technique_common><accessor source="#ta" count="4" stride="2"/></technique_common></source>
<vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
<polylist count="1" material="A"><input semantic="VERTEX" source="#v" offset="0"/>
<input semantic="TEXCOORD" source="#t" offset="1" set="0"/><vcount>4</vcount><p>0 0 1 1 2 2 3 3</p></polylist>
<triangles count="1" material="B"><input semantic="VERTEX" source="#v" offset="0"/><p>0 1 2</p></triangles>
</mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="s">
<node name="outer"><translate>0 0 100</translate><rotate>0 0 1 90</rotate>
<instance_geometry url="#g"><bind_material><technique_common>
<instance_material symbol="A" target="#m0"/><instance_material symbol="B" target="#m1"/>
</technique_common></bind_material></instance_geometry></node>
</visual_scene></library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>
"""




def test_a_scene(tmp_path: Path) -> None:
    write_image(tmp_path / "wood.png", np.full((1, 1, 3), 9, np.uint8))
    model = import_model(_write(tmp_path, DAE))
    pieces = flatten_model(model)
    points = np.concatenate([piece.positions[piece.triangles].reshape(-1, 3) for piece in pieces])
    assert len(points) == 9
    # In the file: x to 100, z to 200, turned about Z, lifted by 100, centimetres; then Z becomes Y, Y becomes -Z.
    np.testing.assert_allclose(points.min(axis=0), (0, 1, -1), atol=1e-6)
    np.testing.assert_allclose(points.max(axis=0), (0, 3, 0), atol=1e-6)
    looks = {model.materials[piece.material].name: model.materials[piece.material] for piece in pieces}
    assert looks["red"].base_color == pytest.approx((1, 0, 0, 1))
    assert looks["painted"].base_color_texture is not None
    assert model.images[0].path == tmp_path / "wood.png"
    painted = next(piece for piece in pieces if model.materials[piece.material].name == "painted")
    assert sorted(painted.texcoords.tolist()) == [[0, 0], [0, 1], [1, 0], [1, 1]]
    raw = import_model(_write(tmp_path, DAE.replace("Z_UP", "Y_UP")))
    assert np.concatenate([piece.positions for piece in flatten_model(raw)])[:, 2].max() == pytest.approx(3)


def _write(folder: Path, text: str) -> Path:
    file = folder / "a.dae"
    file.write_text(text)
    return file


@pytest.mark.parametrize(("old", "new"), [
    ("<vcount>4</vcount>", "<vcount>400</vcount>"),
    ("<vcount>4</vcount>", "<vcount>-4</vcount>"),
    ("<p>0 1 2</p>", "<p>0 1 99</p>"),
    ("<p>0 1 2</p>", "<p>0 -1 2</p>"),
    ("<p>0 1 2</p>", "<p>0 x 2</p>"),
    ("0 0 0 100", "0 nan 0 100"),
    ('meter="0.01"', 'meter="0"'),
    ("<rotate>0 0 1 90</rotate>", "<rotate>0 0 nan</rotate>"),
    ("<rotate>0 0 1 90</rotate>", "<matrix>1 2 3</matrix>"),
    ('offset="1"', 'offset="100000000"'),
    ('stride="2"', 'stride="0"'),
    ('<node name="outer">', '<node name="outer" id="n"><instance_node url="#n"/>'),
    ("COLLADA", "DOCUMENT"),
    ("</COLLADA>", ""),
])
def test_bad_ones_are_one_sentence(tmp_path: Path, old: str, new: str) -> None:
    assert old in DAE
    with pytest.raises(TaixuError, match=r"a\.dae") as caught:
        import_model(_write(tmp_path, DAE.replace(old, new)))
    assert "\n" not in str(caught.value)


def test_textures_outside_are_left_out(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    write_image(tmp_path / "wood.png", np.full((1, 1, 3), 9, np.uint8))
    for uri in ("../wood.png", f"file://{tmp_path}/wood.png", "http://example.org/wood.png"):
        assert import_model(_write(inside, DAE.replace("wood.png", uri))).images == []


def test_the_files_of_pybullet() -> None:
    data = pytest.importorskip("pybullet_data", reason="pybullet has no wheel here")
    files = sorted(Path(data.getDataPath()).rglob("*.dae"))
    assert files
    for file in files:
        assert import_model(file).meshes


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    controllers = (
        '<library_controllers><controller id="c"><skin source="#g"/></controller><controller id="d"><morph source="#g"/>'
        "</controller></library_controllers><library_animations><animation/></library_animations>"
        '<library_visual_scenes><visual_scene id="s"><node><instance_controller url="#c"/></node>'
        '<node><instance_controller url="#d"/></node>'
    )
    text = DAE.replace('<library_visual_scenes><visual_scene id="s">', controllers)
    (tmp_path / "a.dae").write_text(text)
    model = import_model(tmp_path / "a.dae")
    assert [note.partition(":")[0] for note in model.notes] == [
        "its skins are left out, and the mesh stands at rest",
        "its morphs are left out, and the mesh stands at rest",
        "its animations are left out",
    ]
    assert sum(node.mesh is not None for node in model.nodes) == 3
    (tmp_path / "a.dae").write_text(DAE)
    assert import_model(tmp_path / "a.dae").notes == []
