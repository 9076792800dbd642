"""The world wizard: what words are understood as, what a hand chooses instead, and a project at the end."""

from __future__ import annotations

import tempfile
from pathlib import Path

from assets import wait_until
from editor_flows import Hand, flow

from taixu_editor.world_wizard import WorldWizard


def open_wizard(hand: Hand) -> WorldWizard:
    """The dialog, over the start page."""
    hand.window.do("project.from_words")
    wait_until(hand, lambda: isinstance(hand.window.shell.dialogs.current, WorldWizard))
    dialog = hand.window.shell.dialogs.current
    assert isinstance(dialog, WorldWizard)
    dialog._folder, dialog._name, dialog.seed = tempfile.mkdtemp(prefix="taixu-worlds-"), "Somewhere", 7
    hand.wait(3)
    return dialog


@flow()
def words_are_understood_and_a_hand_goes_before_them(hand: Hand) -> None:
    wizard = open_wizard(hand)
    assert (wizard.value("kind"), wizard.value("time")) == ("fishing village", "evening")
    hand.click("**/##words")
    hand.keys("Ctrl+A")
    hand.type("an alpine village in winter with grommets")
    wait_until(hand, lambda: wizard.value("season") == "winter")
    assert wizard._unknown == ("grommets",)
    wizard.chosen["time"] = "night"
    hand.wait(2)
    hand.click("**/###reset time")
    wait_until(hand, lambda: "time" not in wizard.chosen)
    hand.keys("Escape")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    assert not list(Path(wizard._folder).iterdir()), "nothing was made"


@flow()
def a_world_is_made_and_opened(hand: Hand) -> None:
    wizard = open_wizard(hand)
    hand.click("**/##words")
    hand.keys("Ctrl+A")
    hand.type("a flooded crypt")
    wizard.chosen |= {"texture_px": 32, "sky_px": 64}
    wait_until(hand, lambda: wizard.value("kind") == "dungeon")
    hand.click("**/###Create")
    wait_until(hand, lambda: bool(hand.host.session.worlds) and hand.host.session.project.root.name == "Somewhere")
    assert len(hand.host.session.world) > 20
    assert (hand.host.session.project.root / "taixu.toml").is_file()
