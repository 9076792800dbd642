"""What is written as 3D Tiles is read again as it was: places to a millimetre, ids, attributes, levels of detail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyproj")

from taixu.assets.flattening import Piece
from taixu.assets.geodata import LocalFrame
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.tiles3d import Features, Seen, TileContent, TileTree, read_content
from taixu.assets.tiles3d.tree import THERE
from taixu.assets.tiles3d.writing import Thing, write_tiles
from taixu.errors import TaixuError

_FRAME = LocalFrame(52.0122, 4.365787, 43.0)
_FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]], np.uint32)
_CORNERS = np.array([[0, 0, 0], [8, 0, 0], [0, 9, 0], [0, 0, -7]], np.float64)


def _piece(at: Any, size: float = 1.0) -> Piece:
    return Piece("", _CORNERS * size + at, np.tile((0.0, 1.0, 0.0), (4, 1)), None, None, _FACES, 0)


def _things(count: int) -> list[Thing]:
    places = np.random.default_rng(5).uniform(-4000, 4000, (count, 3)) * (1, 0.01, 1)
    made = [
        Thing(f"NL.{number}", {"storeys": number, "roof": "flat" if number % 2 else "gabled", "height": number / 7},
              [[_piece(at)], [_piece(at, 0.9)]], [0.0, 2.0])
        for number, at in enumerate(places)
    ]  # fmt: skip
    made[1].attributes |= {"listed": True, "用途": "住宅", "note": 3}
    made[2].attributes |= {"listed": False, "note": "three", "id": "other", "big": 2**60}
    made.append(Thing("", {}, [[_piece((0.0, -5.0, 0.0))]]))  # ground
    return made


def _read(path: Path) -> tuple[TileTree, list[TileContent]]:
    tree = TileTree.open(path, _FRAME)
    found = [(row, each) for row in tree.finest() for each in tree.contents[row]]
    return tree, [read_content(each, tree.root, tree.transforms[row], tree.placement) for row, each in found]


def test_in_is_out_on_the_earth(tmp_path: Path) -> None:
    things = _things(200)
    said = write_tiles(tmp_path / "tileset.json", things, ModelData(materials=[Material(name="brick")]), _FRAME)
    assert said["features"] == 200
    tree, contents = _read(tmp_path / "tileset.json")
    assert not tree.findings
    found = Features.joined([each.features for each in contents])
    order = {key: row for row, key in enumerate(found.keys)}
    assert len(order) == 200
    for thing in things[:-1]:
        row = order[thing.key]
        assert {key: value for key, value in found.attributes[row].items() if key != "id_2"} == {
            key: str(value) if key == "big" else value for key, value in thing.attributes.items() if key != "id"
        }
        points = thing.levels[0][0].positions
        assert np.abs(found.low[row] - points.min(0)).max() < 1e-3
        assert np.abs(found.high[row] - points.max(0)).max() < 1e-3
    assert found.attributes[order["NL.2"]]["id_2"] == "other"
    assert contents[0].model.materials[0].name == "brick"
    total = sum(part.vertex_count for each in contents for mesh in each.model.meshes for part in mesh.primitives)
    assert total == 4 * 201


def test_boxes_hold_what_is_in_them_and_errors_fall(tmp_path: Path) -> None:
    write_tiles(tmp_path / "tileset.json", _things(200), ModelData(materials=[Material()]), _FRAME)
    tree, _ = _read(tmp_path / "tileset.json")
    for row in range(len(tree)):
        if tree.parents[row] >= 0:
            assert tree.errors[row] <= tree.errors[tree.parents[row]] + 1e-9
        for content in tree.contents[row]:
            made = read_content(content, tree.root, tree.transforms[row], tree.placement)
            points = np.concatenate([made.origin + part.attributes["POSITION"] for part in made.model.meshes[0].primitives])
            while row >= 0:
                local = np.abs((points - tree.centers[row]) @ tree.units[row].T)
                assert (local <= tree.halves[row] + 2.5).all()  # heights follow the curved earth, boxes are flat
                row = int(tree.parents[row])
                break


def test_eyes_see_coarse_forms_far_away(tmp_path: Path) -> None:
    write_tiles(tmp_path / "tileset.json", _things(4), ModelData(materials=[Material()]), None)
    tree = TileTree.open(tmp_path / "tileset.json")
    for row in range(len(tree)):
        if tree.contents[row]:
            tree.set_state(row, THERE)

    def finest(away_m: float) -> bool:
        eye = Seen(tree.centers[0] + (0, away_m, 0), lambda metres: 900.0 / np.maximum(metres, 0.5))
        (row,) = tree.choose([eye], 16).shown
        return bool(tree.errors[row] == 0)

    assert finest(100.0)
    assert not finest(300.0)


def test_the_same_place_is_the_same_bytes_and_nothing_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_tiles(tmp_path / name / "tileset.json", _things(3), ModelData(materials=[Material()]), _FRAME)
    texts = [(tmp_path / name / "tileset.json").read_bytes() for name in ("a", "b")]
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["asset"]["version"] == "1.1"
    with pytest.raises(TaixuError, match="nothing with a surface"):
        write_tiles(tmp_path / "tileset.json", [], ModelData(), None)
