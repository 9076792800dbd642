"""Several worlds and prefabs in tabs: going from one to another, each with its own history, selection and camera."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from assets import CART, DESK, show, wait_until
from desk import CRATES, DOOR, node, row, select
from editor_flows import Hand, flow

MAIN, OTHER = "main", "attic"


def open_two(hand: Hand) -> Path:
    """A project of one's own with two worlds; the first is open."""
    root = Path(tempfile.mkdtemp(prefix="taixu-desk-")) / "desk"
    shutil.copytree(DESK, root)
    shutil.copy(root / "worlds/main.world.json", root / f"worlds/{OTHER}.world.json")
    hand.host.open(root)
    hand.wait(3)
    return root


def name(hand: Hand) -> str:
    """What the current document is called."""
    return str(hand.window.shell.world_name())


def open_by_click(hand: Hand, path: str) -> Any:
    """Double click a file in the assets panel."""
    panel = show(hand, path.rpartition("/")[0])
    wait_until(hand, lambda: path in panel.places)
    before = hand.session.current
    hand.move(*panel.places[path])
    hand.context.mouse_double_click(0)
    wait_until(hand, lambda: hand.session.current is not before)
    hand.wait(3)
    return hand.session.current


def tab(hand: Hand, called: str) -> tuple[float, float]:
    """The middle of a tab."""
    return hand.window.shell.document_tabs.places[called]


@flow()
def a_second_world_is_a_tab_with_a_history_and_a_selection_of_its_own(hand: Hand) -> None:
    open_two(hand)
    select(hand, CRATES[0])
    hand.keys("Delete")
    first = hand.session.current
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    assert name(hand) == OTHER
    assert hand.session.current.selection == ()
    assert hand.session.world.find(int(CRATES[0], 16)) is not None
    select(hand, DOOR)
    hand.keys("Delete")
    hand.keys("Ctrl+Tab")
    assert hand.session.current is first
    assert hand.session.world.find(int(DOOR, 16)) is not None
    hand.keys("Ctrl+Z")
    assert hand.session.world.find(int(CRATES[0], 16)) is not None, (
        f"undo is of this world alone: {hand.session.history.steps}, {hand.session.current.selection}"
    )
    hand.keys("Ctrl+Shift+Tab")
    assert name(hand) == OTHER
    assert hand.session.world.find(int(DOOR, 16)) is None
    hand.click_at(*tab(hand, MAIN))
    wait_until(hand, lambda: name(hand) == MAIN)
    assert hand.session.current is first


@flow()
def closing_a_tab_asks_about_what_is_not_saved(hand: Hand) -> None:
    root = open_two(hand)
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    before = (root / f"worlds/{OTHER}.world.json").read_bytes()
    hand.keys("Ctrl+W")
    assert len(hand.session.worlds) == 1, "what is saved closes at once"
    assert name(hand) == MAIN
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    select(hand, DOOR)
    hand.keys("Delete")
    hand.move(*tab(hand, OTHER))
    hand.context.mouse_click(2)
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Cancel")
    hand.wait(2)
    assert len(hand.session.worlds) == 2
    hand.keys("Ctrl+W")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Do not save")
    wait_until(hand, lambda: len(hand.session.worlds) == 1)
    assert (root / f"worlds/{OTHER}.world.json").read_bytes() == before
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    select(hand, DOOR)
    hand.keys("Delete")
    hand.keys("Ctrl+W")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.click("//###dialog/###Save")
    wait_until(hand, lambda: len(hand.session.worlds) == 1)
    assert (root / f"worlds/{OTHER}.world.json").read_bytes() != before


@flow()
def a_new_world_is_a_tab_that_is_named_when_it_is_saved(hand: Hand) -> None:
    root = open_two(hand)
    hand.keys("Ctrl+N")
    wait_until(hand, lambda: len(hand.session.worlds) == 2)
    assert hand.session.current.path is None
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.input("//###dialog/##name", "shed")
    wait_until(hand, lambda: (root / "worlds/shed.world.json").is_file())
    wait_until(hand, lambda: name(hand) == "shed")
    assert [entry.path.name for entry in hand.session.worlds] == ["main.world.json", "shed.world.json"]


@flow()
def each_document_is_looked_at_from_its_own_place(hand: Hand) -> None:
    open_two(hand)
    view = hand.window.panels[0]
    for _ in range(3):
        hand.move(view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
        hand.context.mouse_wheel_y(1.0)
        hand.wait(2)
    wait_until(hand, lambda: not view.camera.is_gliding)
    place = view.camera.key()
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    wait_until(hand, lambda: not view.camera.is_gliding)
    assert not np.allclose(view.camera.key(), place)
    other = view.camera.key()
    hand.keys("Ctrl+Tab")
    hand.wait(3)
    np.testing.assert_allclose(view.camera.key(), place)
    hand.keys("Ctrl+Tab")
    hand.wait(3)
    np.testing.assert_allclose(view.camera.key(), other)


@flow()
def tabs_look_like_this(hand: Hand) -> None:
    open_two(hand)
    open_by_click(hand, f"worlds/{OTHER}.world.json")
    select(hand, DOOR)
    hand.keys("Delete")
    open_by_click(hand, CART)
    hand.move(640, 400)
    hand.wait(4)
    assert node(hand, hand.session.current.root).name == "Cart"
    assert row(hand, hand.session.current.root)
    hand.picture("documents_tabs", panel="documents")
    hand.picture("documents_prefab_bar", panel="prefab bar")
