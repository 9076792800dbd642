"""Installing: what is asked, what is remembered, what runs."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from mod_installing import NET, SPAWN, from_index, ids, install, running
from mod_packages import Keeper, contents, write_signed

from taixu.errors import TaixuError
from taixu.mods.packages.install_plan import plan_lines
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install, remove_mods
from taixu.mods.packages.lock import read_lock
from taixu.mods.packages.secret_key import SecretKey


def test_a_signed_zip_is_installed_and_runs(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    file = write_signed(tmp_path, alice, more=SPAWN.format(20) + '[access]\nwrite = ["transform.translation"]\n')
    plan = plan_install(mods, [str(file)])
    said = "\n".join(plan_lines(plan))
    assert f"signed by {alice.public.name}" in said
    assert "make up to 20 entities: fish" in said
    assert "change transform.translation of all entities" in said
    assert not mods.exists(), "a plan writes nothing"
    apply_plan(mods, plan)
    found = running(mods)
    assert ids(found) == ["alice.fish"] and not found.refused
    assert found.mods[0].capabilities["spawn"].maximum == 20
    lock = read_lock(mods)["alice.fish"]
    assert (lock.key, lock.source, str(lock.version)) == (alice.public.text, "file", "1.0.0")
    assert not plan_install(mods, []).changes


def test_what_was_not_agreed_to_does_not_run(tmp_path: Path, mods: Path, alice: SecretKey) -> None:
    """A project that somebody sends: its mods lie there, its lock file names them, and nothing runs."""
    install(mods, write_signed(tmp_path, alice))
    sent = tmp_path / "elsewhere" / "mods"
    shutil.copytree(mods, sent)
    found = running(sent)
    assert ids(found) == [] and "was not accepted on this machine" in found.refused["alice.fish"]
    plan = plan_install(sent, [])
    assert [item.package.id for item in plan.changes] == ["alice.fish"] and not plan.alarms
    apply_plan(sent, plan)
    assert ids(running(sent)) == ["alice.fish"]


def test_an_update_that_wants_more_asks_and_one_that_wants_less_does_not(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.0.0", SPAWN.format(20))
    install(mods, "alice.fish", **from_index(keeper))
    wants = {
        "1.1.0": (SPAWN.format(20), []),
        "1.2.0": (SPAWN.format(10), []),
        "1.3.0": ("", []),
        "1.4.0": (SPAWN.format(30), ["spawn"]),
        "1.5.0": (SPAWN.format(30) + NET.format("api.example.org"), ["net"]),
        "1.6.0": (SPAWN.format(30) + NET.format("other.example.org"), ["net"]),
        "1.7.0": ('[access]\nwrite = ["transform"]\n', ["write:transform"]),
        "1.8.0": ('[access]\nwrite = ["transform.translation"]\nread = ["transform"]\n', ["read:transform"]),
        "1.9.0": ("[quota]\nms = 4.0\n", ["quota:ms"]),
    }
    for version, (more, asked) in wants.items():
        keeper.add(alice, "alice.fish", version, more)
        plan = install(mods, update=True, **from_index(keeper))
        (item,) = plan.items
        assert [each.name for each in item.asked] == asked, version
        assert item.is_decided == (not asked), version
        assert str(item.package.manifest.version) == version
        assert ids(running(mods)) == ["alice.fish"]


def test_a_capability_that_is_denied_stays_denied(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish", "1.0.0", SPAWN.format(20) + NET.format("api.example.org"))
    install(mods, "alice.fish", denied=frozenset({"net"}), **from_index(keeper))
    (mod,) = running(mods).mods
    assert set(mod.capabilities) == {"spawn"}
    keeper.add(alice, "alice.fish", "1.1.0", SPAWN.format(20) + NET.format("b.example.org"))
    plan = install(mods, update=True, **from_index(keeper))
    assert plan.items[0].is_decided, "no is remembered too"
    assert set(running(mods).mods[0].capabilities) == {"spawn"}


def test_dependencies_come_along_and_go_again(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.top", more='[depends]\n"alice.base" = "^1"\n')
    keeper.add(alice, "alice.base", "1.0.0")
    keeper.add(alice, "alice.base", "2.0.0")
    install(mods, "alice.top", **from_index(keeper))
    assert ids(running(mods)) == ["alice.base", "alice.top"]
    assert not read_lock(mods)["alice.base"].direct
    with pytest.raises(TaixuError, match="alice.top needs alice.base"):
        remove_mods(mods, ["alice.base"])
    assert [mod.id for mod in remove_mods(mods, ["alice.top"])] == ["alice.base", "alice.top"]
    assert sorted(file.name for file in mods.iterdir()) == ["mods.lock"]
    assert ids(running(mods)) == []


def test_mods_are_turned_off_in_a_world(tmp_path: Path, mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.top", more='[depends]\n"alice.base" = "^1"\n')
    keeper.add(alice, "alice.base")
    install(mods, "alice.top", **from_index(keeper))
    off = running(mods, {"disabled": ["alice.base"]})
    assert ids(off) == []
    assert off.refused == {"alice.base": "is off in this world", "alice.top": "needs alice.base ^1, which does not run here"}
    assert ids(running(mods, {"disabled": ["alice.top"]})) == ["alice.base"]
    assert ids(running(mods, {"disabled": 7, "enabled": {}})) == ["alice.base", "alice.top"], "what is no list says nothing"


def test_mods_in_work(mods: Path) -> None:
    for name, data in contents().items():
        (mods / "fish").mkdir(parents=True, exist_ok=True)
        (mods / "fish" / name).write_bytes(data)
    assert "was not accepted" in running(mods).refused["alice.fish"]
    install(mods)
    assert running(mods).mods[0].folder == mods / "fish"
    (mods / "fish" / "main.py").write_text("import game\n")
    assert ids(running(mods)) == ["alice.fish"], "it changes all the time"
    (mods / "fish" / "mod.toml").write_bytes(contents(more=SPAWN.format(5))["mod.toml"])
    assert "asks for more than was accepted" in running(mods).refused["alice.fish"]
    (mods / "bad").mkdir()
    (mods / "bad" / "mod.toml").write_text("schema = 7")
    assert {"alice.fish", "bad"} == running(mods).refused.keys(), "one bad folder takes no other with it"


def test_samples_that_ship_with_taixu_need_no_consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = tmp_path / "samples"
    for folder in (samples / "sea" / "mods", tmp_path / "copied" / "mods"):
        (folder / "fish").mkdir(parents=True)
        for name, data in contents(more=SPAWN.format(5)).items():
            (folder / "fish" / name).write_bytes(data)
    monkeypatch.setattr("taixu.mods.packages.project_mods.data_path", lambda name: tmp_path / name)
    assert ids(running(samples / "sea" / "mods")) == ["alice.fish"]
    assert "was not accepted" in running(tmp_path / "copied" / "mods").refused["alice.fish"]
    (samples / "link").symlink_to(tmp_path / "copied")
    assert "was not accepted" in running(samples / "link" / "mods").refused["alice.fish"]


def test_a_consent_for_a_folder_is_none_for_a_package(tmp_path: Path, mods: Path, eve: SecretKey) -> None:
    (mods / "fish").mkdir(parents=True)
    for name, data in contents().items():
        (mods / "fish" / name).write_bytes(data)
    install(mods)
    shutil.rmtree(mods / "fish")
    other = tmp_path / "other" / "mods"
    install(other, write_signed(tmp_path / "zips", eve))
    for file in other.iterdir():
        shutil.copy(file, mods / file.name)
    assert "is another than was accepted here" in running(mods).refused["alice.fish"]


def test_what_is_misspelt_is_guessed(mods: Path, keeper: Keeper, alice: SecretKey) -> None:
    keeper.add(alice, "alice.fish")
    with pytest.raises(TaixuError, match="did you mean alice.fish"):
        plan_install(mods, ["alice.fihs"], InstallOptions(**from_index(keeper)))
    with pytest.raises(TaixuError, match=r"as an id it holds U\+0430"):
        plan_install(mods, ["\u0430lice.fish"])


def test_the_same_installation_writes_the_same_lock_file(tmp_path: Path, keeper: Keeper, alice: SecretKey) -> None:
    for name in ("alice.one", "alice.two", "alice.three"):
        keeper.add(alice, name)
    options, digests = from_index(keeper), set()
    for number, order in enumerate((("alice.one", "alice.two", "alice.three"), ("alice.three", "alice.one", "alice.two"))):
        folder = tmp_path / str(number)
        install(folder, *order, **options)
        digests.add(hashlib.sha256((folder / "mods.lock").read_bytes()).hexdigest())
    assert len(digests) == 1
