"""Licences before something leaves: said by name, with a yes to go on."""

from __future__ import annotations

import zipfile
from typing import Any

from assets import open_copy, wait_until
from editor_flows import Hand, flow

from taixu.assets.sidecar import Sidecar, write_sidecar

BARK = "assets/pictures/bark.png"


def ask(hand: Hand, entry: str) -> Any:
    """Choose an entry of File > Export in a project with a picture that may not be sold; gives the question."""
    root = open_copy(hand)
    write_sidecar(root / BARK, Sidecar(licence="CC-BY-NC-4.0", author="Li Wei"))
    hand.menu(f"###File/###exports/###{entry}")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    assert any(BARK in line and "CC-BY-NC-4.0" in line for line in dialog.doubts)
    hand.wait(3)
    return dialog


@flow()
def a_pack_is_written_after_a_yes_with_its_notices(hand: Hand) -> None:
    question = ask(hand, "project.pack")
    hand.keys("Enter")  # Enter alone says nothing to it
    assert question.is_open
    hand.click("//###dialog/###Pass it on all the same")
    wait_until(hand, lambda: hand.window.shell.dialogs.current not in (None, question))
    hand.wait(3)
    hand.keys("Enter")
    file = hand.session.project.root.parent / "desk.taixu.zip"
    wait_until(hand, file.is_file)
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    assert "Author: Li Wei" in zipfile.ZipFile(file).read("NOTICES.txt").decode()


@flow()
def nothing_is_written_where_nobody_says_yes(hand: Hand) -> None:
    ask(hand, "project.folder")
    hand.click("//###dialog/###Cancel")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    hand.wait(5)
    assert sorted(path.name for path in hand.session.project.root.parent.iterdir()) == ["desk"]
