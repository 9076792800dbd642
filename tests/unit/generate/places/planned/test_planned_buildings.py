"""A planner's building becomes a place: storeys, rooms and elements are found, and what is drawn are few meshes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("ifcopenshell", reason="the extra ifc is not installed")
pytest.importorskip("pyproj")

from taixu.assets.building import ModelBuilder
from taixu.assets.gltf import read_gltf
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material
from taixu.defaults import App
from taixu.errors import TaixuError
from taixu.generate.places.planned.generator import PlannedBuildingGenerator, PlannedSpec
from taixu.generate.places.planned.storeys import kind_of, merged, storeys_of
from taixu.generate.registry import Generators
from taixu.generate.request import Request
from taixu.twin.search import find

_BOX = Path(__file__).parents[3] / "assets" / "geodata" / "box.ifc"


@dataclass
class _Place:
    folder: Path
    entities: list[dict[str, Any]]
    said: dict[str, Any]


def _made(source: Path, folder: Path) -> _Place:
    folder.mkdir()
    made = PlannedBuildingGenerator().generate(Request("", 1, PlannedSpec(), folder, parents=(source,)), lambda *_, **__: None)
    assert {each.path for each in made} == set(folder.iterdir())
    return _Place(folder, list(json.loads(made[0].path.read_text())["entities"].values()), dict(made[0].said))


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> _Place:
    return _made(_BOX, tmp_path_factory.mktemp("planned") / "place")


def test_elements_are_entities_below_their_storey(box: _Place) -> None:
    assert box.said == {"buildings": 1, "storeys": 1, "elements": 2, "problems": []}
    wall = next(each for each in box.entities if each["name"]["text"] == "North wall")
    feature = wall["map_feature"]
    assert (feature["key"], feature["kind"], feature["height_m"]) == ("0000000000000000000008", "wall", 2.5)
    assert feature["attributes"] == {"class": "IfcWall", "Pset_WallCommon.FireRating": "REI 60", "Pset_WallCommon.IsExternal": True}
    with App.headless(size=(32, 32)) as app:
        app.open(box.folder / "place.world.json")
        app.run(ticks=1)
        for words in ("every wall on storey 1", "在1层里的墙", "parts of Upper higher than 2 m"):
            (found,) = find(app.world, words, now_ns=0)[1]
            assert found.name == "North wall" and np.allclose(found.at or (), (0.0, 3.0, 0.0), atol=1e-4)
        assert [each.name for each in find(app.world, "rooms in Upper", now_ns=0)[1]] == ["Attic"]


def test_what_is_alike_is_one_mesh() -> None:
    builder = ModelBuilder("x.ifc")
    red, blue = (builder.material(Material(name=name)) for name in ("red", "blue"))
    matrix = np.eye(4)
    matrix[:3, 3] = (0.0, 5.0, 0.0)
    root = builder.node("site")
    builder.model.nodes[root].extras = {"class": "IfcProject"}
    numbers = []
    for number, height in enumerate((3.0, -3.0, 0.0)):
        numbers.append(builder.node(f"level {number}", parent=root))
        builder.model.nodes[-1].extras = {"class": "IfcBuildingStorey", "id": f"s{number}", "attributes": {}, "elevation_m": height}
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    up = np.tile(np.array([0, 1, 0], np.float32), (3, 1))
    for number, material in enumerate((red, blue, red)):
        flat = Primitive({"POSITION": corners, "NORMAL": up}, np.array([0, 2, 1], np.uint32), material=material)
        node = builder.node(f"e{number}", parent=numbers[0], matrix=matrix if number else None, mesh=builder.mesh("m", flat))
        builder.model.nodes[node].extras = {"class": "IfcStairFlight", "id": f"e{number}", "attributes": {}}
    model = builder.finish()
    storeys = storeys_of(model)
    assert [(each.id, each.number) for each in storeys] == [("s1", -1), ("s2", 1), ("s0", 2)]
    assert {each.kind for each in storeys[2].elements} == {"stair flight"} and storeys[2].elements[1].box[0, 1] == 5.0
    (mesh,) = merged(model, storeys[2], "top").meshes
    assert len(mesh.primitives) == 2
    both = mesh.primitives[0]
    assert both.attributes["POSITION"][:, 1].tolist() == [-3.0] * 3 + [2.0] * 3
    assert both.indices is not None and both.indices.tolist() == [0, 2, 1, 3, 5, 4]


def test_classes_have_names() -> None:
    names = {"IfcWallStandardCase": "wall", "IfcSpace": "room", "IfcDoor": "door", "IfcStairFlight": "stair flight", "": ""}
    assert {name: kind_of(name) for name in names} == names


def test_ifc_files_choose_this_generator(tmp_path: Path) -> None:
    known = Generators(plugins=False)
    assert known.find("building", parents=[Path("x.ifc")]).name == "planned-building"
    assert known.find("building").name == "building"
    broken = tmp_path / "broken.ifc"
    broken.write_text("ISO-10303-21;\nHEADER;\n#1=IFCWALL(")
    with pytest.raises(TaixuError, match=r"^broken.ifc: "):
        _made(broken, tmp_path / "place")


def test_a_real_house(content: Path, tmp_path: Path) -> None:
    house = _made(content / "ifc" / "IfcOpenHouse_IFC4.ifc", tmp_path / "house")
    assert house.said["elements"] == 35 and house.said["storeys"] == 1
    meshes = [mesh for file in house.folder.glob("*.glb") for mesh in read_gltf(file).meshes]
    assert sum(len(mesh.primitives) for mesh in meshes) <= 14  # 35 as a model
