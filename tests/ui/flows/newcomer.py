"""The first ten minutes of somebody who has read nothing: from the start page to a small world that plays, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from assets import middle_of_view, wait_until
from desk import field_at
from editor_flows import Hand, flow

from taixu.platform.events import FileDropEvent
from taixu.scene import Material, Node
from taixu.script import Script
from taixu_editor.view.icons import _projected

SCRIPT = """import game

speed: float = 2.0

def on_tick(dt):
game.entity.position = game.entity.position + (speed * dt, 0, 0)"""
"""As it is typed: the editor indents by itself."""


@flow("")
def the_first_ten_minutes(hand: Hand) -> None:
    project = begin(hand)
    session = hand.session
    empty = session.world.state_hash()
    place_five_things(hand)
    move_and_snap(hand)
    paint(hand)
    write_a_script(hand)
    play_and_stop(hand)
    made = session.world.state_hash()
    undo_everything(hand)
    assert session.world.state_hash() == empty, "everything is undone"
    while left := len(session.history.steps[1]):
        hand.keys("Ctrl+Shift+Z")
        wait_until(hand, lambda left=left: len(session.history.steps[1]) < left)
    assert session.world.state_hash() == made, "everything is done again"
    save_close_and_reopen(hand, project)
    assert hand.session.world.state_hash() == made, "what is opened is what was saved"


def begin(hand: Hand) -> Path:
    """A project from the card of a template."""
    hand.click("**/card template empty")
    hand.wait(4)
    hand.click("//###dialog/##folder")
    hand.type(str(hand.folder))
    hand.click("//###dialog/##name")
    hand.type("First steps")
    hand.click("//###dialog/###Create")
    wait_until(hand, lambda: hand.session.worlds)
    hand.wait(4)
    return hand.folder / "First steps"


def place_five_things(hand: Hand) -> None:
    hand.menu("###Add/###box")
    hand.menu("###Add/###sphere")
    hand.click("//###hierarchy/###add")
    hand.click("//$FOCUSED/###add cone")
    hand.menu("###Add/###body")
    hand.keys("Ctrl+D")
    hand.wait(3)


def move_and_snap(hand: Hand) -> None:
    view = hand.window.panels[0]
    copy = selected(hand)
    before = copy.position.copy()
    drag_arrow(hand, (0, -1), 60)
    assert copy.position[1] > before[1] + 0.1, "by the upright arrow"
    hand.click("//###toolbar/###snap.toggle")
    click_thing(hand, "Box")
    hand.keys("F")
    wait_until(hand, lambda: view.camera._goal is None)
    hand.wait(3)
    drag_arrow(hand, (0, -1), 40)
    y = selected(hand).position[1]
    assert y > 0.5 and abs(y / 0.25 - round(y / 0.25)) < 1e-4, "in steps"
    hand.keys("PgDn")
    assert abs(selected(hand).position[1] - 0.5) < 0.01


def paint(hand: Hand) -> None:
    from taixu.assets.image import encode_png

    hand.click_at(*field_at(hand, "material.base_color"))
    wheel = hand.context.item_info("**/##color/hsv")
    low, high = wheel.rect_full.min, wheel.rect_full.max
    middle = ((low.x + high.x) / 2, (low.y + high.y) / 2)
    hand.drag((middle[0] - 4, middle[1] - 4), (middle[0] + 18, middle[1] + 4))
    hand.keys("Escape")
    assert selected(hand)[Material].base_color != (1, 1, 1, 1)
    picture = hand.folder / "leaves.png"
    checks = (np.indices((64, 64)).sum(0) // 8 % 2)[..., None] * 120 + 100
    picture.write_bytes(encode_png((checks * np.array((0.6, 1.0, 0.5))).astype(np.uint8)))
    hand.window.handle([FileDropEvent(*place_of(hand), (str(picture),))])
    wait_until(hand, lambda: selected(hand)[Material].base_color_texture == "assets/leaves.png")
    hand.wait(20)


def write_a_script(hand: Hand) -> None:
    box = selected(hand)
    hand.click("//###inspector/###add component")
    hand.type("script", enter=True)
    wait_until(hand, lambda: Script in box)
    hand.wait(4)
    hand.click("**/###new script")
    wait_until(hand, lambda: tabs(hand) and box[Script].path == tabs(hand)[0].file.path)
    hand.wait(4)
    tab = tabs(hand)[0]
    hand.click_at(*middle_of_view(hand))
    hand.keys("Ctrl+A")
    for number, line in enumerate(SCRIPT.splitlines()):
        if number:
            hand.keys("Enter")
        hand.context.key_chars(line)
        wait_until(hand, lambda line=line: tab.editor.get_text().rstrip("\n").endswith(line))
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: not tab.is_changed)
    assert "    game.entity.position = " in tab.file.file.read_text(), "what follows a colon is indented"


def play_and_stop(hand: Hand) -> None:
    before = selected(hand).position.copy()
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)
    wait_until(hand, lambda: selected(hand).position[0] > before[0] + 1)
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    hand.wait(4)
    assert (selected(hand).position == before).all()


def undo_everything(hand: Hand) -> None:
    history = hand.session.history
    while left := len(history.steps[0]):
        hand.keys("Ctrl+Z")
        wait_until(hand, lambda left=left: len(history.steps[0]) < left)


def save_close_and_reopen(hand: Hand, project: Path) -> None:
    hand.keys("Ctrl+S")
    hand.menu("###File/###editor.close_project")
    wait_until(hand, lambda: not hand.session.worlds)
    hand.wait(4)
    hand.click("**/card recent 0")
    wait_until(hand, lambda: hand.session.worlds)
    hand.wait(6)


def selected(hand: Hand) -> Node:
    return Node(hand.session.world, hand.session.entity(hand.session.current.selection[-1]))


def tabs(hand: Hand) -> list[Any]:
    return next(panel for panel in hand.window.panels if panel.id == "scripts").tabs


def click_thing(hand: Hand, name: str) -> None:
    from taixu.edit import id_text
    from taixu.scene import Name

    tree = next(panel for panel in hand.window.panels if panel.id == "hierarchy")
    world = hand.session.world
    entity = next(e for t in world.query(Name) for e in t.entities.tolist() if world.get(e, Name).text == name)
    hand.click_at(*tree.center_of(id_text(world.stable_id(entity))))
    hand.wait(3)


def place_of(hand: Hand) -> tuple[float, float]:
    """Where the active thing is on the screen."""
    view = hand.window.panels[0]
    handles = np.array([hand.session.entity(hand.session.current.selection[-1])], np.uint64)
    (place,), _ = _projected(hand.session.world, handles, view.camera.camera(), view.origin, view.extent)
    return float(place[0]), float(place[1])


def drag_arrow(hand: Hand, towards: tuple[int, int], far: float) -> None:
    x, y = place_of(hand)
    start = (x + towards[0] * 40, y + towards[1] * 40)
    hand.drag(start, (start[0] + towards[0] * far, start[1] + towards[1] * far))
    hand.wait(3)
