"""Unsaved work outlives a kill, and the user's files are never touched by keeping it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from taixu.assets import data_path
from taixu.edit import document_of, parse_document, write_world
from taixu.errors import TaixuError
from taixu_editor.host import Host
from taixu_editor.recovery import Keeper, find_lost, forget_lost, restore_lost

_CHILD = Path(__file__).parents[2] / "support" / "keeper_child.py"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A world of its own."""
    import shutil

    shutil.copytree(data_path("assets") / "templates" / "empty", tmp_path / "project")
    return tmp_path / "project" / "worlds" / "main.world.json"


@pytest.fixture
def host(world: Path):
    host = Host(trust=False)
    host.open(world)
    yield host
    host.close()


def boxes_of(file: Path) -> int:
    entities = parse_document(file.read_bytes(), file=str(file), kind="world").entities
    return sum(block.get("name", {}).get("text", "").startswith("box ") for block in entities.values())


@pytest.mark.parametrize("delay_secs", [0.0, 0.02, 0.05, 0.11, 0.19, 0.3])
def test_a_kill_at_any_moment_loses_nothing_saved_and_nothing_kept(world: Path, tmp_path: Path, delay_secs: float) -> None:
    recovery = tmp_path / "recovery"
    child = subprocess.Popen([sys.executable, str(_CHILD), str(world), str(recovery)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline(), child.stdout.readline()]
    time.sleep(delay_secs)
    child.kill()
    said += child.stdout.read().splitlines()
    child.wait()
    last = {"saved": 0, "kept": 0}
    for line in said:
        what, _, count = line.partition(" ")
        last[what] = int(count)
    in_file = boxes_of(world)
    assert in_file >= last["saved"], "what was saved is there, and the file can be read"
    lost = find_lost(recovery)
    found = max([in_file, *(boxes_of(each.copy) for each in lost)])
    assert found >= last["kept"] and found >= last["saved"]


def test_a_copy_is_opened_in_place_of_its_file_which_stays_until_it_is_saved(world: Path, tmp_path: Path, host: Host) -> None:
    before = world.read_bytes()
    keeper = Keeper(host, tmp_path / "recovery")
    host.do("entity.spawn", name="box 1")
    keeper.frame(0.0)
    keeper.wait()
    assert find_lost(tmp_path / "recovery") == [], "an editor that lives has it"
    expected = document_of(host.session.world).document.entities
    keeper._lock.close()  # type: ignore[union-attr]  # as if its process had ended
    (lost,) = find_lost(tmp_path / "recovery")
    assert lost.path == world and abs(lost.kept_at - time.time()) < 60
    other = Host(trust=False)
    restore_lost(other, lost)
    assert document_of(other.session.world).document.entities == expected
    assert other.session.current.path == world and other.session.project.root == world.parents[1]
    assert not other.session.history.is_saved
    assert world.read_bytes() == before
    other.do("world.save")
    assert boxes_of(world) == 1 and other.session.history.is_saved
    other.close()
    forget_lost(lost)
    assert find_lost(tmp_path / "recovery") == [] and not lost.folder.exists()


def test_a_world_and_a_prefab_are_brought_back_beside_one_another(world: Path, tmp_path: Path, host: Host) -> None:
    root = world.parents[1]
    made = host.do("entity.spawn", name="Crate", components={"shape": {}})
    made = made if isinstance(made, str) else host.session.current.selection[-1]
    host.do("prefab.make", entity=made, path="assets/crate")
    host.do("document.open", path="assets/crate.prefab.json")
    host.do("component.set", entities=[made], component="shape", fields={"kind": "cone"})
    keeper = Keeper(host, tmp_path / "recovery")
    for _ in range(4):
        keeper.frame(0.0)
        keeper.wait()
    keeper._lock.close()  # type: ignore[union-attr]  # as if its process had ended
    other = Host(trust=False)
    other.open(root)
    found = find_lost(tmp_path / "recovery")
    assert len(found) == 2
    for lost in found:
        restore_lost(other, lost)
    assert sorted(entry.path.name for entry in other.session.worlds) == ["crate.prefab.json", "main.world.json"]
    assert not any(entry.history.is_saved for entry in other.session.worlds)
    prefab = next(entry for entry in other.session.worlds if entry.is_prefab)
    assert prefab.root == made
    other.session.activate(prefab)
    other.do("world.save")
    assert b"cone" in (root / "assets/crate.prefab.json").read_bytes()
    other.close()


def test_saving_and_ending_leave_no_copy(tmp_path: Path, host: Host) -> None:
    keeper = Keeper(host, tmp_path / "recovery")
    keeper.frame(0.0)
    assert not (tmp_path / "recovery").exists(), "nothing is unsaved"
    host.do("entity.spawn", name="box 1")
    keeper.frame(0.0)
    keeper.wait()
    assert list((tmp_path / "recovery").glob("*/*/copy.world.json"))
    host.do("world.save")
    keeper.frame(0.0)
    assert not list((tmp_path / "recovery").glob("*/*/copy.world.json"))
    keeper.close()
    assert not list((tmp_path / "recovery").iterdir())


def test_a_world_is_copied_once_for_each_change_and_selecting_is_none(tmp_path: Path, host: Host) -> None:
    keeper = Keeper(host, tmp_path / "recovery")
    entity = next(iter(document_of(host.session.world).document.entities))
    host.do("selection.set", entities=(entity,))
    keeper.frame(0.0)
    assert not (tmp_path / "recovery").exists()
    host.do("entity.spawn", name="box 1")
    keeper.frame(0.0)
    keeper.wait()
    copy = next((tmp_path / "recovery").glob("*/*/copy.world.json"))
    first = copy.stat().st_mtime_ns
    keeper.frame(0.0)
    keeper.wait()
    assert copy.stat().st_mtime_ns == first
    host.do("entity.spawn", name="box 2")
    keeper.frame(3600.0)
    keeper.wait()
    host.do("entity.spawn", name="box 3")
    keeper.frame(3600.0)
    keeper.wait()
    assert boxes_of(copy) == 2, "the next one is due in an hour"
    keeper.close()


def test_a_played_world_is_not_what_is_kept(tmp_path: Path, host: Host) -> None:
    keeper = Keeper(host, tmp_path / "recovery")
    host.do("entity.spawn", name="box 1")
    host.do("play.start")
    host.do("entity.spawn", name="box 2")
    keeper.frame(0.0)
    keeper.wait()
    assert [boxes_of(copy) for copy in (tmp_path / "recovery").glob("*/*/copy.world.json")] == [1]
    keeper.close()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, host: Host) -> None:
    (tmp_path / "recovery").write_text("a file")
    keeper = Keeper(host, tmp_path / "recovery")
    host.do("entity.spawn", name="box 1")
    keeper.frame(0.0)
    assert "cannot be kept aside" in keeper.problem
    keeper.close()


def test_of_several_worlds_none_loses_more_than_half_a_minute(
    tmp_path: Path, world: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("taixu_editor.recovery.monotonic", lambda: clock[0])
    for number in range(3):
        write_world(world.with_name(f"w{number}.world.json"), host.session.world)
        host.do("document.open", path=f"worlds/w{number}.world.json")
    keeper = Keeper(host, tmp_path / "recovery")
    edited = host.session.worlds[1:]
    made = {id(entry): list[float]() for entry in edited}
    lost_secs = []
    for second in range(200):
        clock[0] = 1000.0 + second
        entry = edited[second % 3]
        host.session.activate(entry)
        host.do("entity.spawn", name=f"box {second}")
        made[id(entry)].append(clock[0])
        for _ in range(4):
            keeper.frame(25.0)
            keeper.wait()
        kept = {json.loads(each.read_text())["path"]: boxes_of(each.with_name("copy.world.json"))
                for each in (tmp_path / "recovery").glob("*/*/about.json")}  # fmt: skip
        for entry in edited:
            missing = made[id(entry)][kept.get(str(entry.path), 0) :]
            lost_secs += [clock[0] - missing[0]] if missing else []
    assert lost_secs and max(lost_secs) <= 30
    keeper.close()


def test_a_copy_that_could_not_be_written_is_tried_again(tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise TaixuError("No space left on device")

    keeper = Keeper(host, tmp_path / "recovery")
    host.do("entity.spawn", name="box 1")
    with monkeypatch.context() as now:
        now.setattr("taixu_editor.recovery.write_world", full)
        keeper.frame(0.0)
        keeper.wait()
    assert "No space left" in keeper.problem
    keeper.frame(0.0)
    keeper.wait()
    assert keeper.problem == "" and [boxes_of(copy) for copy in (tmp_path / "recovery").glob("*/*/copy.world.json")] == [1]
    keeper.close()


@pytest.mark.parametrize("about", ["", "[]", "{}", '{"path": 1, "root": 2, "kept_at": "x"}', "[" * 9999])
def test_what_others_put_into_the_folder_is_passed_over(tmp_path: Path, about: str) -> None:
    folder = tmp_path / "recovery" / "a" / "b"
    folder.mkdir(parents=True)
    (tmp_path / "recovery" / "a" / "lock").touch()
    (folder / "about.json").write_text(about)
    (folder / "copy.world.json").write_text("{")
    assert find_lost(tmp_path / "recovery") == []


def test_a_damaged_copy_is_a_sentence_and_what_is_open_stays(tmp_path: Path, host: Host, world: Path) -> None:
    keeper = Keeper(host, tmp_path / "recovery")
    host.do("entity.spawn", name="box 1")
    keeper.frame(0.0)
    keeper.wait()
    keeper._lock.close()  # type: ignore[union-attr]
    (lost,) = find_lost(tmp_path / "recovery")
    lost.copy.write_bytes(lost.copy.read_bytes()[:200])
    with pytest.raises(TaixuError, match="JSON"):
        restore_lost(host, lost)
    assert host.session.current.path == world


def test_keeping_a_large_world_takes_milliseconds_of_a_frame(tmp_path: Path, world: Path) -> None:
    import numpy as np

    from taixu.scene import Name, Transform

    made = Host(trust=False)
    made.open(world)
    positions = np.random.default_rng(1).normal(size=(3, 100_000)).astype(np.float32)
    names = np.array([f"box {i}" for i in range(100_000)], object)
    made.session.world.spawn_batch(100_000, {Transform: {"translation": positions}, Name: {"text": names}})
    write_world(world, made.session.world)
    keeper = Keeper(made, tmp_path / "recovery")
    made.do("entity.spawn", name="one more")
    taken = []
    for _ in range(3):
        before = time.perf_counter()
        keeper.frame(0.0)
        taken.append(time.perf_counter() - before)
        keeper.wait()
        made.do("entity.spawn", name="and more")
    assert not keeper.problem
    assert min(taken) < 0.1
    keeper.close()
    made.close()
