"""What was made from what, after files were moved: parents are named from where a sidecar stands, wherever both have gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from taixu.assets.image import encode_png
from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, write_sidecar
from taixu.edit import create_project
from taixu.generate import Lineage
from taixu.generate.provenance import content_of
from taixu_editor.host import Host

WALL, WARM, FAR = "assets/wall.png", "assets/warm.png", "deep/er/far.png"
WORLD = "worlds/main.world.json"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    root = tmp_path / "project"
    create_project(root)
    for shade, (path, parent) in enumerate(((WALL, ""), (WARM, "wall.png"), (FAR, "../../assets/warm.png"))):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_png(np.full((8, 8, 3), 40 * shade, np.uint8)))
        made = Provenance(generator="tinted", prompt="a wall", seed=1, content=content_of(file), body=content_of(file))
        if parent:
            made.parents, made.parent_contents = [parent], {parent: content_of(file.parent / parent)}
        write_sidecar(file, Sidecar(licence="CC0-1.0", provenance=made))
    box = {"shape": {"kind": "box"}, "transform": {}, "name": {"text": "Box"}, "material": {"base_color_texture": FAR}}
    world = {"format": "taixu.world", "version": 1, "entities": {"00000000000000b0": box}}
    (root / WORLD).write_text(json.dumps(world))
    opened = Host()
    opened.open(root)
    yield opened
    opened.close()


def _parents(host: Host, path: str) -> tuple[list[str], list[str]]:
    sidecar = read_sidecar(host.session.project.root / path)
    assert sidecar is not None
    return sidecar.provenance.parents, list(sidecar.provenance.parent_contents)


@pytest.mark.parametrize(("moves", "wall", "warm", "far"), [
    ([(WALL, "assets/stone.png")], "assets/stone.png", WARM, FAR),
    ([(WALL, "walls/stone.png")], "walls/stone.png", WARM, FAR),
    ([(WARM, "warm.png")], WALL, "warm.png", FAR),
    ([(WARM, "deep/er/warm.png")], WALL, "deep/er/warm.png", FAR),
    ([("assets", "things")], "things/wall.png", "things/warm.png", FAR),
    ([("deep/er", "shallow")], WALL, WARM, "shallow/far.png"),
    ([("assets", "a/b/c"), (FAR, "far.png"), ("a/b/c/wall.png", "wall.png")], "wall.png", "a/b/c/warm.png", "far.png"),
])  # fmt: skip
def test_the_lineage_is_the_same_after_moves(
    host: Host, moves: list[tuple[str, str]], wall: str, warm: str, far: str
) -> None:
    root = host.session.project.root
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    for old, new in moves:
        host.do("asset.move", path=old, to=new)
    lineage = Lineage.read(root)
    assert lineage.ancestors(WORLD) == (far, warm, wall) and lineage.stale() == []
    for path in (warm, far):
        named, held = _parents(host, path)
        assert named == held and (root / path).parent.joinpath(named[0]).is_file()
    for _ in moves:
        host.session.undo()
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == before


def test_what_is_no_path_of_the_project_stays(host: Host) -> None:
    file = host.session.project.root / WARM
    others = ["0123456789abcdef0123456789abcdef", "/elsewhere/x.png", "../../../y.png"]
    write_sidecar(file, Sidecar(provenance=Provenance(generator="tinted", parents=["wall.png", *others])))
    host.do("asset.move", path=WALL, to="w.png")
    assert _parents(host, WARM)[0] == ["../w.png", *others]


def test_a_sidecar_that_nobody_can_read_stays_to_the_byte(host: Host) -> None:
    beside = host.session.project.root / f"{WARM}.asset.toml"
    for text in (b"= =", b"\xff\xfe", b"[provenance]\nparents = 3\n", b"provenance = 'x'\n"):
        beside.write_bytes(text)
        host.do("asset.move", path=WALL, to="w.png")
        assert beside.read_bytes() == text
        host.session.undo()
