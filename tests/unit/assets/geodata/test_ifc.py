"""Buildings of their planners: elements with ids, storeys, properties and colours; what is none is one sentence."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from mutations import damaged

from taixu.assets.building import linear_from_srgb
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.importers import import_model
from taixu.assets.model import ModelData
from taixu.errors import TaixuError

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
pytest.importorskip("pyproj")
_BOX = Path(__file__).with_name("box.ifc")


@pytest.fixture(scope="module")
def box() -> ModelData:
    return import_model(_BOX)


def test_elements_keep_ids_storeys_and_properties(box: ModelData) -> None:
    project, storey, wall, room = box.nodes
    assert (storey.name, storey.extras["elevation_m"], storey.parent) == ("Upper", 3.0, 0)
    assert wall.extras == {
        "id": "0000000000000000000008", "class": "IfcWall", "storey": "Upper",
        "attributes": {"name": "North wall", "Pset_WallCommon.FireRating": "REI 60", "Pset_WallCommon.IsExternal": True},
    }  # fmt: skip
    assert (room.name, room.mesh, room.parent) == ("Attic", None, 1)
    assert project.extras["class"] == "IfcProject" and project.extras["schema"] == "IFC4"


def test_lengths_are_metres_and_up_is_y(box: ModelData) -> None:
    points = box.meshes[box.nodes[2].mesh or 0].primitives[0].attributes["POSITION"]
    np.testing.assert_allclose([points.min(0), points.max(0)], [(-2, -0.1, 3), (2, 0.1, 5.5)], atol=1e-5)
    np.testing.assert_allclose(box.nodes[0].parent_from_local()[:3, :3] @ (0, 0, 1), (0, 1, 0), atol=1e-6)


def test_colours_are_the_styles(box: ModelData) -> None:
    assert len(box.materials) == 1
    assert box.materials[0].base_color == (1.0, 0.0, 0.0, 0.5) and box.materials[0].alpha_mode == "BLEND"


def test_its_place_is_the_sites(box: ModelData) -> None:
    extras = box.nodes[0].extras
    assert extras["latitude_deg"] == pytest.approx(52 + 30 / 3600, abs=1e-9)
    assert extras["longitude_deg"] == pytest.approx(-4.5 - 0.5 / 3600, abs=1e-9) and extras["height_m"] == 2.5


def test_a_map_conversion_says_more_than_the_site(tmp_path: Path) -> None:
    more = """#40=IFCPROJECTEDCRS('EPSG:28992',$,$,$,$,$,$);
#41=IFCMAPCONVERSION(#10,#40,85000.,446000.,1.5,0.,1.,$);
ENDSEC;
END-ISO"""
    file = tmp_path / "placed.ifc"
    file.write_text(more.join(_BOX.read_text().rsplit("ENDSEC;\nEND-ISO", 1)))
    extras = import_model(file).nodes[0].extras
    assert extras["map_origin"] == [85000.0, 446000.0, 1.5] and extras["map_rotation_deg"] == pytest.approx(90.0)
    assert (extras["latitude_deg"], extras["longitude_deg"]) == pytest.approx((51.998, 4.372), abs=0.01)


def test_what_is_drawn_far_from_its_origin_stays_exact(tmp_path: Path) -> None:
    file = tmp_path / "far.ifc"
    file.write_text(_BOX.read_text().replace("#6=IFCCARTESIANPOINT((0.,0.,0.))", "#6=IFCCARTESIANPOINT((85000000.,446000000.,0.))"))
    model = import_model(file)
    points = model.meshes[0].primitives[0].attributes["POSITION"]
    assert model.nodes[0].extras["origin"][0] >= 85000.0
    np.testing.assert_allclose(np.ptp(points, axis=0), (4.0, 0.2, 2.5), atol=1e-4)


def test_as_glb_it_says_the_same(box: ModelData, tmp_path: Path) -> None:
    write_gltf(box, tmp_path / "box.glb")
    again = read_gltf(tmp_path / "box.glb")
    assert [node.extras for node in again.nodes] == [node.extras for node in box.nodes]


def test_a_real_house_is_whole(content: Path) -> None:
    model = import_model(content / "ifc" / "IfcOpenHouse_IFC4.ifc")
    classes = [node.extras["class"] for node in model.nodes]
    assert classes.count("IfcWallStandardCase") == 4 and classes.count("IfcDoor") == 1 and "IfcOpeningElement" not in classes
    assert not model.notes and len({node.extras["id"] for node in model.nodes}) == len(model.nodes)
    wall = model.materials[model.meshes[model.nodes[2].mesh or 0].primitives[0].material or 0]
    np.testing.assert_allclose(wall.base_color[:3], linear_from_srgb(np.array([0.75, 0.73, 0.68])), atol=1e-4)


@pytest.mark.parametrize("text", ["", "solid", "ISO-10303-21;", "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\n"])
def test_what_is_none_is_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "none.ifc"
    file.write_text(text)
    with pytest.raises(TaixuError, match="^none.ifc: ") as caught:
        import_model(file)
    assert "\n" not in str(caught.value)


def test_damaged_ones_are_read_or_refused(tmp_path: Path) -> None:
    file, chance = tmp_path / "damaged.ifc", random.Random(7)
    for _ in range(4):
        file.write_bytes(damaged(_BOX.read_bytes(), chance))
        try:
            model = import_model(file)
        except TaixuError as error:
            assert str(error).startswith("damaged.ifc: ") and "\n" not in str(error)
        else:
            assert all(np.isfinite(each.attributes["POSITION"]).all() for mesh in model.meshes for each in mesh.primitives)
