"""Prefabs whose files are gone: what was made of them stays, and what undo makes of them again is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taixu.edit import PrefabInstance
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"
CART = "00000000000000aa"


@pytest.fixture
def host(tmp_path: Path) -> Host:
    shutil.copytree(DESK, tmp_path / "desk")
    made = Host(trust=False)
    made.open(tmp_path / "desk")
    made.frame(0.0)
    return made


@pytest.mark.parametrize("name", ["prefab.unpack", "entity.delete", "entity.duplicate"])
def test_edits_of_an_instance_are_undone_also_when_its_file_was_deleted(host: Host, name: str) -> None:
    session = host.session
    assert session.world.get(session.entity(CART), PrefabInstance).source == "assets/cart.prefab.json"
    host.do("asset.delete", paths=["assets/cart.prefab.json"])
    host.frame(0.0)
    before, count = session.world.state_hash(), len(session.world)
    host.do(name, **({"instance": CART} if name == "prefab.unpack" else {"entities": [CART]}))
    host.frame(0.0)
    after = session.world.state_hash()
    assert after != before
    host.do("history.undo")
    host.frame(0.0)
    assert (session.world.state_hash(), len(session.world)) == (before, count)
    host.do("history.redo")
    host.frame(0.0)
    assert session.world.state_hash() == after
    host.close()
