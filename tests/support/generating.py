"""How flows find their way about the panel *Generate*."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = [
    "choose_kind", "click_result", "click_text", "draft_of", "entity_at", "generate_panel", "into_sight",
    "make", "open_generating", "press", "slide", "until", "words",
]

_DESK = Path("tests/ui/worlds/desk")


def until(hand: Any, is_so: Callable[[], Any], *, secs: float = 120.0) -> None:
    """Frames go by until something is so."""
    end = time.monotonic() + secs
    while not is_so():
        assert time.monotonic() < end, _state(hand)
        time.sleep(0.02)
        hand.wait(1)


def generate_panel(hand: Any) -> Any:
    """The panel."""
    return next(panel for panel in hand.window.panels if panel.id == "generate")


def open_generating(hand: Any, *, also: tuple[str, ...] = ()) -> Any:
    """A project of one's own, and the panel by its key; other panels than `also` are closed, which is quicker."""
    root = Path(tempfile.mkdtemp(prefix="taixu-desk-")) / "desk"
    shutil.copytree(_DESK, root)
    hand.host.open(root)
    hand.wait(3)
    if also:
        for panel in hand.window.panels:
            panel.is_open = panel.id in also
        hand.wait(3)
    hand.keys("Ctrl+M")
    panel = generate_panel(hand)
    until(hand, lambda: panel.is_open and panel.keyboard_frame > 0)
    hand.wait(3)
    return panel


def words(hand: Any, prompt: str) -> Any:
    """Type what to make; gives the panel."""
    panel = generate_panel(hand)
    into_sight(hand, lambda: panel.words.places["##prompt"])
    hand.click_at(*panel.words.places["##prompt"])
    hand.type(prompt)
    until(hand, lambda: panel.draft.prompt == prompt)
    return panel


def draft_of(hand: Any) -> Any:
    """What is about to be asked for."""
    return generate_panel(hand).draft


def click_text(hand: Any, text: str) -> None:
    """Click a chip or an example by what it says."""
    panel = generate_panel(hand)
    until(hand, lambda: text in panel.words.places)
    hand.click_at(*panel.words.places[text])


def make(hand: Any) -> Any:
    """Press the button, and wait for what comes of it; gives the result."""
    panel = generate_panel(hand)
    before = len(panel.studio.history)
    into_sight(hand, lambda: panel.words.places["##make"])
    hand.click_at(*panel.words.places["##make"])
    until(hand, lambda: len(panel.studio.history) > before and not panel.studio.tasks)
    return panel.studio.history.entries[0]


def into_sight(hand: Any, place: Callable[[], tuple[float, float]]) -> None:
    """Turn the wheel over the panel until a place of it is seen."""
    from imgui_bundle import imgui

    window = imgui.internal.find_window_by_name("###generate")
    low, high = window.pos.y + 40, window.pos.y + window.size.y - 20
    hand.move(window.pos.x + 14, (low + high) / 2)
    for _ in range(80):
        y = place()[1]
        if low <= y <= high:
            return
        hand.context.mouse_wheel_y(-1 if y > high else 1)
        hand.wait(2)
    raise AssertionError("it does not come into sight")


def choose_kind(hand: Any, name: str) -> Any:
    """Choose a generator in the list of kinds; gives the panel."""
    panel = generate_panel(hand)
    into_sight(hand, lambda: panel.words.places["##kind"])
    hand.click_at(*panel.words.places["##kind"])
    hand.click(f"//$FOCUSED/###make {name}")
    until(hand, lambda: panel.draft.generator.name == name)
    return panel


def click_result(hand: Any, entry: Any) -> None:
    """Click a result's thumbnail."""
    panel = generate_panel(hand)
    until(hand, lambda: entry.id in panel.strip.places)
    into_sight(hand, lambda: panel.strip.places[entry.id])
    hand.click_at(*panel.strip.places[entry.id])


def press(hand: Any, name: str) -> None:
    """Press a button of the panel: ``make``, ``keeps``, ``use``, ``vary``; or a slider's lock, by its parameter."""
    panel = generate_panel(hand)

    def place() -> tuple[float, float]:
        found = {**panel.sliders.locks, **panel.stage.bar.places, **panel.words.places}
        return found.get(f"##{name}") or found[name]

    until(hand, lambda: f"##{name}" in panel.words.places or name in panel.stage.bar.places or name in panel.sliders.locks)
    into_sight(hand, place)
    hand.click_at(*place())


def slide(hand: Any, key: str, pixels: float) -> None:
    """Drag a slider sideways."""
    panel = generate_panel(hand)
    into_sight(hand, lambda: panel.sliders.form.places[f"{key}/value"])
    x, y = panel.sliders.form.places[f"{key}/value"]
    hand.drag((x, y), (x + pixels, y))


def entity_at(hand: Any, entity: str) -> tuple[float, float]:
    """A place of the window where an entity is seen."""
    import numpy as np

    view = hand.window.panels[0]
    world = hand.session.world
    (left, top), (wide, tall) = view.origin, view.extent
    for share in np.linspace(0.1, 0.9, 25):
        for down in np.linspace(0.1, 0.9, 25):
            at = (left + wide * share, top + tall * down)
            if view.entities_in(world, at, at) == [entity]:
                return at
    raise AssertionError("it is not seen")


def _state(hand: Any) -> str:
    """For who reads why it did not come about."""
    panel, looking = generate_panel(hand), hand.host.studio.looking
    return (
        f"it did not come about: shown {panel.stage.shown!r}, chosen {panel.chosen!r}, prompt {panel.draft.prompt!r}, "
        f"problem {panel.draft.meaning.problem!r}, look {looking.wish} {looking.error!r} busy {looking.is_busy}, "
        f"tasks {[(each.state, each.error) for each in panel.studio.tasks]}, results {len(panel.studio.history)}"
    )
