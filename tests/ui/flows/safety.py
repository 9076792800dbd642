"""Disks that are full, folders that cannot be written, other programs at the same files: a sentence each, and nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets import open_copy, wait_until
from editor_flows import Hand, flow
from shell import all_ids, make_project, name_of, saved


def begin(hand: Hand, name: str) -> Path:
    """A project of its own with a box that is saved; gives the world's file."""
    project = make_project(hand, name)
    wait_until(hand, lambda: hand.session.worlds and hand.session.project.root == project)
    hand.menu("###Add/###box")
    wait_until(hand, lambda: "Box" in names(hand))
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: "Box" in str(saved(project).entities))
    return project / "worlds" / "main.world.json"


def names(hand: Hand) -> list[str]:
    return [name_of(hand, each) for each in all_ids(hand)]


def said(hand: Hand, words: str) -> bool:
    """Whether a toast says something, in one line."""
    found = [toast.text for toast in hand.window.shell.toasts.shown if words in toast.text]
    return bool(found) and all("\n" not in text and "Traceback" not in text for text in found)


def in_file(file: Path) -> str:
    return str(saved(file.parents[1]).entities)


def saving_fails_and_then_works(hand: Hand, file: Path, trouble: Iterator[None], words: str) -> None:
    before = file.read_bytes()
    hand.menu("###Add/###cone")
    wait_until(hand, lambda: "Cone" in names(hand))
    with trouble:
        hand.keys("Ctrl+S")
        wait_until(hand, lambda: said(hand, words))
        assert file.read_bytes() == before, "what was saved is as it was"
        assert "Cone" in names(hand) and not hand.session.history.is_saved
    assert sorted(each.name for each in file.parent.iterdir()) == [file.name], "nothing is left half written"
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.session.history.is_saved)
    assert "Cone" in in_file(file)


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process grows beyond a few bytes, as on a disk that has no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody writes in a folder: root, who may write anywhere, by its attribute, others by its mode."""
    is_root = os.geteuid() == 0
    ways = [["chattr", "+i"], ["chattr", "-i"]] if is_root else [["chmod", "a-w"], ["chmod", "u+w"]]
    done = subprocess.run([*ways[0], str(folder)], capture_output=True, check=False) if shutil.which(ways[0][0]) else None
    if done is None or done.returncode:  # this file system has no such attribute: then the folder is none at all
        aside = folder.with_name("aside")
        folder.rename(aside)
        folder.symlink_to("/proc/self")
        try:
            yield
        finally:
            folder.unlink()
            aside.rename(folder)
        return
    try:
        yield
    finally:
        subprocess.run([*ways[1], str(folder)], check=True)


@flow()
def a_full_disk_is_said_and_saving_works_when_there_is_room(hand: Hand) -> None:
    file = begin(hand, "Full")
    saving_fails_and_then_works(hand, file, full_disk(), "cannot be written")


@flow()
def a_folder_that_cannot_be_written_is_said(hand: Hand) -> None:
    file = begin(hand, "Locked")
    saving_fails_and_then_works(hand, file, read_only(file.parent), "cannot be written")


def changed_outside(hand: Hand, file: Path) -> None:
    """Another program renames the box in the file."""
    file.write_text(file.read_text().replace('"Box"', '"Chest"'))
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)


@flow()
def what_another_program_changed_is_read_again(hand: Hand) -> None:
    file = begin(hand, "Shared")
    changed_outside(hand, file)
    hand.picture("changed_outside", panel="dialog")
    hand.click("//###dialog/###Read it again")
    wait_until(hand, lambda: "Chest" in names(hand))
    assert "Box" not in names(hand) and hand.session.history.is_saved
    hand.menu("###Add/###cone")
    wait_until(hand, lambda: "Cone" in names(hand))
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: "Cone" in in_file(file))
    assert "Chest" in in_file(file)


@flow()
def what_another_program_changed_is_overwritten_only_when_one_says_so(hand: Hand) -> None:
    file = begin(hand, "Contested")
    changed_outside(hand, file)
    hand.keys("Esc")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    assert "Chest" in in_file(file), "it asks first"
    hand.click("//###dialog/###Save mine")
    wait_until(hand, lambda: "Box" in in_file(file))
    assert hand.session.history.is_saved
    assert hand.window.shell.dialogs.current is None


@flow()
def a_world_that_another_program_broke_stays_as_it_is_open(hand: Hand) -> None:
    file = begin(hand, "Garbled")
    file.write_bytes(b'{"format": "taixu.world", "entities": [')
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Read it again")
    wait_until(hand, lambda: said(hand, "main.world.json"))
    assert "Box" in names(hand)
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Save mine")
    wait_until(hand, lambda: hand.session.history.is_saved)
    assert "Box" in in_file(file)


@flow()
def a_world_that_another_program_deleted_is_written_again(hand: Hand) -> None:
    file = begin(hand, "Deleted")
    file.unlink()
    wait_until(hand, lambda: said(hand, "deleted"))
    assert not hand.session.history.is_saved
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: file.is_file())
    assert "Box" in in_file(file)


@flow()
def assets_that_vanish_are_said_and_the_editor_goes_on(hand: Hand) -> None:
    root = open_copy(hand)
    before = len(names(hand))
    shutil.rmtree(root / "assets")
    hand.menu("###File/###editor.close_project")
    wait_until(hand, lambda: not hand.session.worlds)
    hand.keys("Ctrl+O")
    hand.input("//###dialog/##folder", str(root / "worlds"))
    hand.input("//###dialog/##name", "main.world.json")
    wait_until(hand, lambda: said(hand, "cart.prefab.json"))
    assert any("cart.prefab.json" in line.text for line in hand.window.log.lines)
    hand.menu("###Add/###cone")
    wait_until(hand, lambda: "Cone" in names(hand))
    assert len(names(hand)) >= before - 3
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.session.history.is_saved)
    assert "assets/cart.prefab.json" in in_file(root / "worlds" / "main.world.json"), "what it names is still named"
