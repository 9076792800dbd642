"""The avatar studio: somebody out of words, by sliders and parts, into the world by one step, and exchanged for another."""

from __future__ import annotations

from typing import Any

from assets import open_copy, wait_until
from editor_flows import Hand, flow

from taixu.animation.motion import Face, Motion
from taixu.scene import Model


def open_studio(hand: Hand) -> Any:
    """A desk of one's own with the studio alone, by its menu."""
    open_copy(hand)
    for panel in hand.window.panels:
        panel.is_open = panel.id == "avatar"
    panel = next(each for each in hand.window.panels if each.id == "avatar")
    hand.menu("###Add/###editor.avatar")
    press(hand, panel, "words")
    return panel


def is_seen(panel: Any) -> bool:
    """Whether the person in the picture is the one that is chosen."""
    return panel.stage.shown == panel.desk.version > 0 and not panel.desk.is_busy


def press(hand: Hand, panel: Any, name: str) -> None:
    """Click one of the panel's things, once it is there."""
    wait_until(hand, lambda: name in panel.places)
    hand.wait(2)
    hand.click_at(*panel.places[name])
    hand.wait(2)


@flow()
def somebody_is_made_of_words_and_put_into_the_world(hand: Hand) -> None:
    panel = open_studio(hand)
    draft, session = panel.desk.draft, hand.session
    hand.type("a robot", enter=True)
    wait_until(hand, lambda: draft.kind == "cartoon" and is_seen(panel))
    assert draft.values["body"] == "robot"
    press(hand, panel, "tab accessories")
    press(hand, panel, "hat crown")
    wait_until(hand, lambda: draft.values["hat"] == "crown" and is_seen(panel))
    press(hand, panel, "tab body")
    x, y = panel.choices.form.places["height_m/value"]
    height = draft.values["height_m"]
    hand.drag((x, y), (x + 40, y))
    wait_until(hand, lambda: draft.values["height_m"] > height and is_seen(panel))
    left, _, _, bottom = panel.stage.box
    turned = panel.stage.turn_rad
    hand.drag((left + 40, bottom - 40), (left + 70, bottom - 40))
    assert panel.stage.turn_rad < turned
    hand.move(5, 5)
    hand.wait(3)
    hand.picture("avatar_studio", panel="avatar")
    press(hand, panel, "undo")
    assert draft.values["height_m"] == height, "a drag is one step"
    steps = len(session.history._done)
    press(hand, panel, "put")
    wait_until(hand, lambda: len(session.world.query(Model).entities) == 1)
    (entity,) = session.world.query(Model, Motion, Face).entities.tolist()
    assert len(session.history._done) == steps + 1
    first = session.world.get(entity, Model).source
    press(hand, panel, "random")
    wait_until(hand, lambda: draft.values["height_m"] != height and is_seen(panel))
    press(hand, panel, "replace")
    wait_until(hand, lambda: session.world.get(entity, Model).source != first)
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: session.world.get(entity, Model).source == first)
    inspector = next(each for each in hand.window.panels if each.id == "inspector")
    inspector.is_open, panel.is_open = True, False
    press(hand, inspector, "edit avatar")
    wait_until(hand, lambda: panel.is_open and draft.values["height_m"] == height and draft.values["hat"] == "crown")
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: not len(session.world.query(Model).entities))


@flow()
def faces_are_tried_and_locked_tabs_stay(hand: Hand) -> None:
    panel = open_studio(hand)
    draft = panel.desk.draft
    press(hand, panel, "kind cartoon")
    wait_until(hand, lambda: draft.kind == "cartoon" and is_seen(panel))
    press(hand, panel, "tab outfit")
    press(hand, panel, "outfit hoodie")
    press(hand, panel, "lock")
    assert draft.locks == {"outfit"} and draft.values["outfit"] == "hoodie"
    seed = draft.seed
    press(hand, panel, "random")
    wait_until(hand, lambda: draft.seed != seed)
    assert draft.values["outfit"] == "hoodie"
    press(hand, panel, "tab moods")
    wait_until(hand, lambda: "face.happy/value" in panel.choices.form.places)
    x, y = panel.choices.form.places["face.happy/value"]
    hand.drag((x, y), (x + 60, y))
    assert panel.stage.face["happy"] > 0.1
    wait_until(hand, lambda: is_seen(panel))
    press(hand, panel, "search")
    hand.type("eye size")
    wait_until(hand, lambda: "eye_size/value" in panel.choices.form.places and "height_m/value" not in panel.choices.form.places)
