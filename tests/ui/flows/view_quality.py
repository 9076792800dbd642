"""The quality of views is chosen in the settings, by name or by what the machine was found to draw."""

from __future__ import annotations

import os
from unittest.mock import patch

import numpy as np
from editor_flows import Hand, flow

from taixu.render.disk_cache import keep_array
from taixu.render.quality import measuring


def choose(hand: Hand, name: str) -> None:
    """Choose in the settings' combo box."""
    hand.wait(3)
    hand.click("**/###combo quality")
    hand.click(f"//$FOCUSED/###choice {name}")
    hand.wait(3)


def view(hand: Hand) -> tuple[str, int]:
    """Quality and samples that the first view is drawn with."""
    hand.wait(3)
    (panel,) = (each for each in hand.window.panels if each.id == "viewport")
    return panel.view.quality, panel.view.samples


@flow("samples/gallery")
def views_are_drawn_as_one_chooses_and_as_the_machine_can(hand: Hand) -> None:
    with patch.dict(os.environ, TAIXU_CACHE=str(hand.folder / "cache")):  # nobody else's machine is as quick
        _choose_all(hand)


def _choose_all(hand: Hand) -> None:
    keep_array("quality", measuring._key(hand.window.device), np.array([0.0, 0.4, 0.9, 2.0, 90.0]))
    assert view(hand) == ("full", 1)
    hand.keys("Ctrl+,")
    for name, samples in (("low", 1), ("high", 4)):
        choose(hand, name)
        found = view(hand)
        assert found == (name, samples), found
    choose(hand, "auto")
    best = hand.window.quality.name
    assert best in ("low", "medium", "high") and view(hand)[0] == best  # by how large the window is
    hand.picture("settings_quality_measured", panel="dialog")
    choose(hand, "full")
    assert view(hand) == ("full", 1)
    hand.click("//###dialog/###Close")
