"""Maps and models become 3D Tiles, and tilesets become worlds whose things are found by what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyproj")
pytest.importorskip("shapely")
pytest.importorskip("mapbox_earcut")

from taixu.assets.geodata import LocalFrame
from taixu.assets.gltf.writer import write_glb
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node
from taixu.cli import main

_CORNERS = [(x, y, z) for z in (0, 6) for x, y in ((0, 0), (10, 0), (10, 8), (0, 8))]
_WALLS = [[[0, 3, 2, 1]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]


def _city(folder: Path) -> Path:
    def house(key: int, **attributes: Any) -> dict[str, Any]:
        shell = [[[corner + 8 * key for corner in ring] for ring in wall] for wall in _WALLS]
        return {"type": "Building", "attributes": attributes, "geometry": [{"type": "Solid", "lod": "2.2", "boundaries": [shell]}]}

    places = [[85_000 + x + 30 * key, 447_000 + y, z] for key in range(2) for x, y, z in _CORNERS]
    said = {"type": "CityJSON", "version": "2.0", "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/28992"},
            "vertices": places, "CityObjects": {"NL.1": house(0, use="home", year=1931), "NL.2": house(1, use="shop")}}  # fmt: skip
    file = folder / "town.city.json"
    file.write_text(json.dumps(said))
    return file


def test_a_city_goes_to_tiles_and_comes_back_as_a_world(tmp_path: Path) -> None:
    tiles, world = tmp_path / "town" / "tileset.json", tmp_path / "town" / "place.world.json"
    tiles.parent.mkdir()
    assert main(["convert", str(_city(tmp_path)), str(tiles)]) == 0
    assert main(["convert", str(tiles), str(world)]) == 0
    found = json.loads(world.read_text())
    things = {each["map_feature"]["key"]: each for each in found["entities"].values() if "map_feature" in each}
    assert set(things) == {"NL.1", "NL.2"}
    first = things["NL.1"]["map_feature"]
    assert (first["kind"], first["height_m"], first["lod"]) == ("building", 6.0, 2.2)
    assert first["attributes"] == {"type": "Building", "use": "home", "year": 1931}
    said = found["settings"]["twin"]["georeference"]
    frame = LocalFrame(said["latitude_deg"], said["longitude_deg"], said["height_m"])
    east, north, _ = frame.to_crs(np.array(things["NL.1"]["transform"]["position"])[None], "EPSG:28992")[0]
    assert abs(east - 85_005) < 0.01
    assert abs(north - 447_004) < 0.01
    (tileset,) = [each["tileset"] for each in found["entities"].values() if "tileset" in each]
    assert tileset["source"] == "tileset.json"


def test_a_model_goes_to_tiles_by_its_nodes(tmp_path: Path) -> None:
    part = Primitive({"POSITION": np.eye(3, dtype=np.float32)})
    model = ModelData(nodes=[Node("left", mesh=0), Node("right", mesh=0)], meshes=[Mesh("m", [part])])
    write_glb(model, tmp_path / "a.glb")
    assert main(["convert", str(tmp_path / "a.glb"), str(tmp_path / "tileset.json")]) == 0
    assert main(["convert", str(tmp_path / "tileset.json"), str(tmp_path / "place.world.json")]) == 0
    found = json.loads((tmp_path / "place.world.json").read_text())["entities"].values()
    assert {each["map_feature"]["key"] for each in found if "map_feature" in each} == {"left", "right"}


def test_a_world_does_not_find_tiles_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    assert main(["convert", str(tmp_path / "tileset.json"), str(tmp_path / "a" / "place.world.json")]) == 2
    assert "in its own folder or below" in capsys.readouterr().err
