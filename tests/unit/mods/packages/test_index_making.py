"""Making an index: what its keeper is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from mod_packages import Keeper, write_signed

from taixu.errors import TaixuError
from taixu.mods.packages.index_format import parse_index
from taixu.mods.packages.index_making import make_index
from taixu.mods.packages.secret_key import SecretKey, make_key


@pytest.fixture
def alice() -> SecretKey:
    return make_key()


@pytest.fixture
def keeper(tmp_path: Path, alice: SecretKey) -> Keeper:
    keeper = Keeper(tmp_path / "index")
    keeper.add(alice, "alice.fish")
    return keeper


def test_each_change_has_a_number(keeper: Keeper, alice: SecretKey) -> None:
    assert make_index(keeper.folder, keeper.key, name="Fish").data.serial == 1
    keeper.add(alice, "alice.fish", "1.1.0", '[depends]\n"bob.sea" = "^1"\n')
    made = make_index(keeper.folder, keeper.key).data
    assert (made.serial, made.name, [str(version) for version in made.entries["alice.fish"]]) == (2, "Fish", ["1.0.0", "1.1.0"])
    assert made == parse_index((keeper.folder / "index.json").read_bytes(), file="x")
    raw = json.loads((keeper.folder / "index.json").read_text())
    assert raw["mods"]["alice.fish"]["versions"]["1.1.0"]["depends"] == {"bob.sea": "^1"}


def test_strangers_are_not_taken(keeper: Keeper) -> None:
    write_signed(keeper.folder, make_key(), "eve.storm")
    with pytest.raises(TaixuError, match="whose key is not in keys/"):
        keeper.publish()


def test_what_is_not_signed_is_not_taken(keeper: Keeper) -> None:
    write_signed(keeper.folder, None, "eve.storm")
    with pytest.raises(TaixuError, match="is not signed"):
        keeper.publish()


def test_an_id_stays_with_its_author(keeper: Keeper, alice: SecretKey) -> None:
    keeper.publish()
    eve = make_key()
    for file in keeper.folder.glob("alice.fish-*"):
        file.unlink()
    keeper.add(eve, "alice.fish", "2.0.0")
    with pytest.raises(TaixuError, match="belongs to .*; --rebind alice.fish"):
        keeper.publish()
    made = make_index(keeper.folder, keeper.key, rebind=frozenset({"alice.fish"}))
    assert made.data.keys["alice.fish"] == eve.public


def test_a_version_never_changes(keeper: Keeper, alice: SecretKey) -> None:
    keeper.publish()
    keeper.add(alice, "alice.fish", "1.0.0", '[capabilities.ui]\nwhy = "now with more"\n')
    with pytest.raises(TaixuError, match="a version never changes"):
        keeper.publish()


def test_two_zips_of_one_version(keeper: Keeper) -> None:
    for name in ("", ".minisig"):
        shutil.copy(keeper.folder / f"alice.fish-1.0.0.zip{name}", keeper.folder / f"copy.zip{name}")
    with pytest.raises(TaixuError, match="is in alice.fish-1.0.0.zip too"):
        keeper.publish()


def test_another_keeper_does_not_go_on_with_it(keeper: Keeper) -> None:
    keeper.publish()
    with pytest.raises(TaixuError, match="is signed by the key"):
        make_index(keeper.folder, make_key())


def test_names_that_are_easily_confused_are_reported(keeper: Keeper) -> None:
    keeper.add(make_key(), "allce.fish")
    made = make_index(keeper.folder, keeper.key)
    assert made.warnings == ("alice.fish and allce.fish are easily taken for each other, and belong to two authors",)


BAD_LISTS = ["revoked = 7", "[[revoked]]\nwhy = 'x'", "[[revoked]]\nid = 'x'", "[[revoked]]\nkey = 'x'", "x = 1", "[["]


@pytest.mark.parametrize("text", BAD_LISTS)
def test_bad_lists_of_what_is_withdrawn(keeper: Keeper, text: str) -> None:
    (keeper.folder / "revoked.toml").write_text(text)
    with pytest.raises(TaixuError):
        keeper.publish()
    assert not (keeper.folder / "index.json").exists()
