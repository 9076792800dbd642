"""Tilesets are read as their specification says, and hostile ones end in one sentence."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyproj")

from taixu.assets.geodata import LocalFrame
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node
from taixu.assets.tiles3d import Seen, TileTree, read_content
from taixu.assets.tiles3d.tree import THERE
from taixu.errors import TaixuError

_BOX = {"box": [0, 0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 1]}


def _tile(**more: Any) -> dict[str, Any]:
    return {"boundingVolume": _BOX, "geometricError": 4.0, **more}


def _write(folder: Path, root: dict[str, Any], name: str = "tileset.json", version: str = "1.1") -> Path:
    file = folder / name
    file.write_text(json.dumps({"asset": {"version": version}, "geometricError": 100.0, "root": root}))
    return file


def _glb() -> bytes:
    part = Primitive({"POSITION": np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0]], np.float32)})
    return glb_bytes(ModelData(nodes=[Node(mesh=0)], meshes=[Mesh("m", [part])]))


def _contents(tree: TileTree) -> list[Any]:
    return [read_content(each, tree.root, tree.transforms[row], tree.placement)
            for row in tree.finest() for each in tree.contents[row]]  # fmt: skip


def _eye(tree: TileTree, away_m: float) -> Seen:
    return Seen(tree.centers[0] + (0.0, away_m, 0.0), lambda metres: 900.0 / np.maximum(metres, 0.5))


def test_tiles_refine_as_eyes_come_near(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(_glb())
    fine = _tile(geometricError=0.0, content={"uri": "a.glb"})
    tree = TileTree.open(_write(tmp_path, _tile(refine="REPLACE", content={"uri": "a.glb"}, children=[fine, fine])))
    far, near = _eye(tree, 1e4), _eye(tree, 1.0)
    assert tree.choose([far], 16).contents.tolist() == [0]
    tree.set_state(0, THERE)
    found = tree.choose([near], 16)
    assert (found.shown.tolist(), sorted(found.contents.tolist())) == ([0], [1, 2])  # the parent stays until both are there
    tree.set_state(1, THERE)
    assert tree.choose([near], 16).shown.tolist() == [0]
    tree.set_state(2, THERE)
    assert tree.choose([near], 16).shown.tolist() == [1, 2]
    assert tree.choose([far], 16).shown.tolist() == [0]
    tree.set_state(0, 0)
    assert tree.choose([far], 16).shown.tolist() == [1, 2]  # children stand for a parent that was forgotten


def test_added_tiles_are_shown_with_their_parents(tmp_path: Path) -> None:
    child = _tile(geometricError=0.0, content={"uri": "a.glb"})
    tree = TileTree.open(_write(tmp_path, _tile(refine="ADD", content={"uri": "a.glb"}, children=[child])))
    for row in (0, 1):
        tree.set_state(row, THERE)
    assert tree.choose([_eye(tree, 1.0)], 16).shown.tolist() == [0, 1]


def test_places_on_the_earth_are_exact_far_from_it(tmp_path: Path) -> None:
    frame = LocalFrame(52.0122, 4.365787, 40.0)
    world = np.array([[7000.0, 12.0, -6000.0], [7001.0, 12.0, -6000.0], [7000.0, 14.0, -6000.0]])
    earth = frame.to_geocentric(world)
    part = Primitive({"POSITION": (earth - earth[0])[:, [0, 2, 1]].astype(np.float32) * (1, 1, -1)})
    part.attributes["POSITION"] = part.attributes["POSITION"].astype(np.float32)
    (tmp_path / "a.glb").write_bytes(glb_bytes(ModelData(nodes=[Node(mesh=0)], meshes=[Mesh("m", [part])])))
    matrix = np.eye(4)
    matrix[:3, 3] = earth[0]
    box = {"box": [0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5]}
    root = {"boundingVolume": box, "geometricError": 0, "transform": matrix.T.ravel().tolist(), "content": {"uri": "a.glb"}}
    tree = TileTree.open(_write(tmp_path, root), frame)
    (made,) = _contents(tree)
    found = made.origin + made.model.meshes[0].primitives[0].attributes["POSITION"]
    assert np.abs(found - world).max() < 1e-3


def test_rtc_center_of_b3dm_keeps_its_digits_and_its_batch_table(tmp_path: Path) -> None:
    frame = LocalFrame(40.0, -75.0)
    at = frame.to_geocentric(np.array([[250.0, 3.0, 125.0]]))[0]
    glb = _glb()
    text = json.dumps({"BATCH_LENGTH": 1, "RTC_CENTER": at.tolist()}).encode()
    batch = json.dumps({"id": ["B7"], "height": [12.5]}).encode()
    head = struct.pack("<4s6I", b"b3dm", 1, 28 + len(text) + len(batch) + len(glb), len(text), 0, len(batch), 0)
    (tmp_path / "a.b3dm").write_bytes(head + text + batch + glb)
    root = {"boundingVolume": {"sphere": [*at, 10.0]}, "geometricError": 0, "content": {"uri": "a.b3dm"}}
    tree = TileTree.open(_write(tmp_path, root, version="1.0"), frame)
    (made,) = _contents(tree)
    corner = made.origin + made.model.meshes[0].primitives[0].attributes["POSITION"][0]
    assert np.abs(corner - (250.0, 3.0, 125.0)).max() < 1e-3
    assert made.features.keys == ["B7"]
    assert made.features.attributes[0] == {"height": 12.5}


def test_points_have_colours(tmp_path: Path) -> None:
    text = json.dumps({"POINTS_LENGTH": 2, "POSITION": {"byteOffset": 0}, "RGB": {"byteOffset": 24}}).encode()
    binary = np.array([[0, 0, 0], [1, 2, 3]], "<f4").tobytes() + bytes([255, 0, 0, 0, 255, 0])
    head = struct.pack("<4s6I", b"pnts", 1, 28 + len(text) + len(binary), len(text), len(binary), 0, 0)
    (tmp_path / "a.pnts").write_bytes(head + text + binary)
    (made,) = _contents(TileTree.open(_write(tmp_path, _tile(content={"uri": "a.pnts"}))))
    part = made.model.meshes[0].primitives[0]
    assert (made.origin + part.attributes["POSITION"])[1].tolist() == [1, 3, -2]
    assert part.attributes["COLOR_0"].tolist() == [[1, 0, 0, 1], [0, 1, 0, 1]]


def test_real_tilesets_are_read(content: Path) -> None:
    folder = content / "tiles3d"
    sparse = TileTree.open(folder / "SparseImplicitQuadtree" / "tileset.json")
    sparse.expand_all()
    assert len(list(sparse.finest())) == 32
    assert not sparse.findings
    made = TileTree.open(folder / "MetadataGranularities" / "tileset.json")
    found = {key: said for each in _contents(made) for key, said in zip(each.features.keys, each.features.attributes, strict=True)}
    assert len(found) == 20
    assert found["house-3-0.glb"]["district"] == "Callowhill"
    assert found["house-3-0.glb"]["vertices"] == 1032
    trees = TileTree.open(folder / "TilesetWithTreeBillboards" / "tileset.json")
    (copies,) = [node.instances for each in _contents(trees) for node in each.model.nodes]
    assert copies is not None
    assert len(copies.translations) == 25
    x, y, z, w = copies.rotations.T
    assert (2 * (y * z - x * w) > 0.9999).all()  # its model has z up


def _implicit(**more: Any) -> dict[str, Any]:
    said = {"subdivisionScheme": "QUADTREE", "subtreeLevels": 3, "availableLevels": 6, "subtrees": {"uri": "s.subtree"}, **more}
    return _tile(content={"uri": "{level}.glb"}, implicitTiling=said)


@pytest.mark.parametrize(
    ("root", "sentence"),
    [
        (_implicit(subtreeLevels=30), "1 to 10 are read"),
        (_implicit(availableLevels=10**9), "1 to 32 are read"),
        (_implicit(subdivisionScheme="HEAP"), "neither QUADTREE nor OCTREE"),
        (_tile(transform=[float("nan")] * 16), "16 numbers"),
        (_tile(transform=[1e300] * 16), "16 numbers"),
        ({"boundingVolume": {"box": [0] * 11}, "geometricError": 1}, "12 numbers"),
        ({"boundingVolume": {"region": [0, 3, 1, -3, 0, 1]}, "geometricError": 1}, "no part of the earth"),
        ({"boundingVolume": _BOX, "geometricError": -1}, "geometricError"),
        (7, "no tileset"),
    ],
)
def test_what_a_root_must_not_say(root: Any, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(TaixuError, match=sentence) as caught:
        TileTree.open(_write(tmp_path, root))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("uri", ["../../etc/passwd", "/etc/passwd", "http://example.org/a.glb", "..%2f..%2fetc%2fpasswd"])
def test_nothing_outside_of_the_folder_is_read(uri: str, tmp_path: Path) -> None:
    tree = TileTree.open(_write(tmp_path, _tile(content={"uri": uri}, children=[_tile(content={"uri": "b.glb"})])))
    assert tree.contents[0] == ()
    assert len(tree) == 2
    assert "left out" in str(tree.findings[0])


def test_tilesets_that_lie_in_each_other_end(tmp_path: Path) -> None:
    _write(tmp_path, _tile(content={"uri": "b.json"}))
    _write(tmp_path, _tile(content={"uri": "tileset.json"}), "b.json")
    tree = TileTree.open(tmp_path / "tileset.json")
    tree.expand_all()
    assert len(tree) == 4
    assert "lies in itself" in str(tree.findings[0])
    for number in range(30):
        _write(tmp_path, _tile(content={"uri": f"n{number + 1}.json"}), f"n{number}.json")
    deep = TileTree.open(tmp_path / "n0.json")
    deep.expand_all()
    assert "more than 16 deep" in str(deep.findings[-1])


def test_deep_trees_are_cut(tmp_path: Path) -> None:
    root = _tile()
    for _ in range(300):
        root = _tile(children=[root])
    tree = TileTree.open(_write(tmp_path, root))
    assert len(tree) == 257
    assert "256 deep" in str(tree.findings[0])
    bomb = tmp_path / "bomb.json"
    bomb.write_text('{"root":' + "[" * 200_000)
    with pytest.raises(TaixuError, match="nest too deeply|no JSON"):
        TileTree.open(bomb)


def test_there_are_not_millions_of_tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("documents", "tree"):
        monkeypatch.setattr(sys.modules[f"taixu.assets.tiles3d.{module}"], "MOST_TILES", 50)
    with pytest.raises(TaixuError, match="more than 50 tiles"):
        TileTree.open(_write(tmp_path, _tile(children=[_tile()] * 60)))


def _subtree(said: dict[str, Any], binary: bytes = b"", *, lie: int = 0) -> bytes:
    text = json.dumps(said).encode()
    return struct.pack("<4sIQQ", b"subt", 1, len(text), len(binary) + lie) + text + binary


_ALL = {"tileAvailability": {"constant": 1}, "contentAvailability": [{"constant": 1}], "childSubtreeAvailability": {"constant": 0}}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (_subtree(_ALL, lie=1 << 40), "says that it has"),
        (b"subt\1", "cut off"),
        (_subtree({**_ALL, "tileAvailability": {"bitstream": 0}}), "names no buffer view"),
        (_subtree({**_ALL, "buffers": [{"byteLength": 1}], "bufferViews": [{"buffer": 0, "byteLength": 1}],
                   "tileAvailability": {"bitstream": 0}}, b"\1"), "1 bytes for 21 tiles"),
        (_subtree({**_ALL, "buffers": [{"byteLength": 9, "uri": "../x.bin"}],
                   "bufferViews": [{"buffer": 0, "byteLength": 9}]}), "leads out"),
        (_subtree({**_ALL, "tileAvailability": {"constant": 0}}), "own first tile"),
    ],
)  # fmt: skip
def test_subtrees_that_lie_are_left_out(data: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "s.subtree").write_bytes(data)
    tree = TileTree.open(_write(tmp_path, _implicit()))
    tree.expand_all()
    assert len(tree) == 1
    assert sentence in str(tree.findings[0])


def test_a_whole_subtree_divides_its_box(tmp_path: Path) -> None:
    (tmp_path / "s.subtree").write_bytes(_subtree(_ALL))
    tree = TileTree.open(_write(tmp_path, _implicit()))
    tree.expand_all()
    assert len(tree) == 21
    assert np.allclose(sorted(tree.halves[-1]), (0.5, 0.5, 1.0))
    assert np.allclose(tree.errors[-1], 1.0)
    assert tree.centers[5:, 0].min() == -1.5


@pytest.mark.parametrize("uri", ["../../{level}.glb", "/etc/{x}", "https://example.org/{level}.glb"])
def test_templates_do_not_lead_out_either(uri: str, tmp_path: Path) -> None:
    (tmp_path / "s.subtree").write_bytes(_subtree(_ALL))
    tree = TileTree.open(_write(tmp_path, {**_implicit(), "content": {"uri": uri}}))
    tree.expand_all()
    with pytest.raises(TaixuError, match="leads out|absolute|nothing is fetched"):
        _contents(tree)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"wxyz" * 9, "neither glTF nor"), (struct.pack("<4s6I", b"b3dm", 1, 1 << 30, 0, 0, 0, 0), "says that it has"),
        (struct.pack("<4s6I", b"b3dm", 1, 28, 99, 0, 0, 0), "its tables take"), (b"b3dm", "cut off"),
        (struct.pack("<4s3I", b"cmpt", 1, 16, 1 << 31), "inner tiles"), (b"glTF" + b"\0" * 40, "GLB version 0"),
        (struct.pack("<4s6I", b"pnts", 1, 51, 23, 0, 0, 0) + b'{"POINTS_LENGTH":"lots"', "its tables"),
    ],
)  # fmt: skip
def test_contents_that_lie_end_in_a_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "a.b3dm").write_bytes(data)
    tree = TileTree.open(_write(tmp_path, _tile(content={"uri": "a.b3dm"})))
    with pytest.raises(TaixuError, match=sentence) as caught:
        _contents(tree)
    assert "\n" not in str(caught.value)
