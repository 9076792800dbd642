"""Where files came from: parents and children as links, what is out of date, making it again, hands that are respected."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from asset_facts import choose, is_answered, panel, turn_until
from assets import open_copy, show, wait_until
from editor_flows import Hand, flow

from taixu.assets.atomic import write_atomic
from taixu.assets.image import encode_png
from taixu.assets.sidecar import read_sidecar

BARK, SOUND = "assets/pictures/bark.png", "assets/sounds/coin.wav"


def open_with_sound(hand: Hand) -> Path:
    """The desk, with a sound that was made from a picture."""
    from taixu.generate import Order
    from taixu.generate.making import make
    from taixu.generate.placing import Place, take_places

    root = open_copy(hand)
    place = Place(root / "assets/sounds", "coin", "flow", dated=False)
    order = Order("sound", "a short coin", 3, parents=(root / BARK,))
    with tempfile.TemporaryDirectory() as work:
        done = make("taixu.generate.sound:SoundGenerator", order, place, Path(work, "w"), (), lambda *_: None)
    take_places(done.moves)
    view = panel(hand)
    wait_until(hand, lambda: SOUND in view.origins.found.generated)
    return root


def repaint(root: Path, shade: int) -> None:
    """Another program paints the picture anew."""
    write_atomic(root / BARK, encode_png(np.full((16, 16, 3), shade, np.uint8)))


def press_again(hand: Hand) -> Any:
    """Press the button that makes the sound again."""
    view = panel(hand)
    turn_until(hand, lambda: hand.exists("**/###make again"))
    hand.click("**/###make again")
    return view


@flow()
def parents_and_children_lead_to_each_other(hand: Hand) -> None:
    root = open_with_sound(hand)
    view = show(hand, "assets/sounds")
    choose(hand, SOUND)
    turn_until(hand, lambda: BARK in view.details.places)
    hand.click_at(*view.details.places[BARK])
    wait_until(hand, lambda: view.chosen == (BARK,) and BARK in view.details.uses)
    hand.wait(3)
    turn_until(hand, lambda: SOUND in view.details.places)
    wait_until(hand, lambda: BARK in view.places)
    hand.click_at(*view.places[BARK])
    hand.keys("F2")
    hand.type("old oak.png", enter=True)
    wait_until(hand, lambda: is_answered(hand) or (root / "assets/pictures/old oak.png").is_file())
    hand.wait(2)
    if hand.window.shell.dialogs.current is not None:
        hand.click("//###dialog/###Move")
    wait_until(hand, (root / "assets/pictures/old oak.png").is_file)
    wait_until(hand, lambda: view.origins.found.parents.get(SOUND) == ("assets/pictures/old oak.png",))
    sidecar = read_sidecar(root / SOUND)
    assert sidecar is not None and sidecar.provenance.parents == ["../pictures/old oak.png"]
    assert view.origins.found.stale == {}
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: view.origins.found.parents.get(SOUND) == (BARK,))


@flow()
def what_is_out_of_date_is_seen_and_made_again(hand: Hand) -> None:
    root = open_with_sound(hand)
    view = show(hand, "assets/sounds")
    choose(hand, SOUND)
    before = (root / SOUND).stat().st_mtime_ns
    repaint(root, 200)
    wait_until(hand, lambda: view.origins.found.stale == {SOUND: ("changed", BARK)})
    turn_until(hand, lambda: hand.exists("**/###make again"))
    hand.move(5.0, 5.0)
    wait_until(hand, lambda: hand.window.thumbnails.find(view.index.by_path[SOUND]) is not None)
    hand.wait(3)
    hand.picture("lineage_out_of_date", panel="assets")
    press_again(hand)
    wait_until(hand, lambda: not view.details.origin.is_busy)
    wait_until(hand, lambda: view.origins.found.stale == {})
    assert (root / SOUND).stat().st_mtime_ns != before
    assert any("coin.wav" in toast.text for toast in hand.window.shell.toasts.shown)


@flow()
def what_a_hand_has_changed_is_asked_about(hand: Hand) -> None:
    root = open_with_sound(hand)
    data = bytearray((root / SOUND).read_bytes())
    data[2000:2400] = bytes(400)
    write_atomic(root / SOUND, bytes(data))
    repaint(root, 60)
    view = show(hand, "assets/sounds")
    choose(hand, SOUND)
    wait_until(hand, lambda: view.origins.found.stale == {SOUND: ("changed", BARK)})
    for answer in ("Keep them", "Replace them"):
        press_again(hand)
        wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
        hand.wait(3)
        hand.click(f"//###dialog/###{answer}")
        wait_until(hand, lambda: not view.details.origin.is_busy)
        assert ((root / SOUND).read_bytes() == bytes(data)) == (answer == "Keep them")
    wait_until(hand, lambda: view.origins.found.stale == {})
