"""Graphs of materials: opened from the assets, nodes added and connected, numbers turned, pictures that follow, saving."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from editor_flows import Hand, flow
from imgui_bundle import imgui

from taixu.generate.graph import Graph, Ref
from taixu_editor.graphs.edits import OUTPUTS

__all__ = [
    "WALL", "canvas_of", "drag_link", "graph_panel", "open_graph", "open_tile", "pin", "pixels_of", "small_graph", "wait_until",
    "write_graph",
]  # fmt: skip

DESK = Path("tests/ui/worlds/desk")
WALL = "wall.graph.json"


def wait_until(hand: Hand, is_so: Callable[[], Any], *, secs: float = 120.0, what: str = "it did not come about") -> None:
    """Frames go by until something is so."""
    end, pause = time.monotonic() + secs, 0.01
    while not is_so():
        assert time.monotonic() < end, f"{what}; steps: {steps_of(hand)}"
        time.sleep(pause)
        pause = min(1.3 * pause, 0.1)
        hand.wait(1)


def steps_of(hand: Hand) -> list[str]:
    """What was done to the graph in front."""
    document = hand.host.graphs.current
    return [] if document is None else [step.label for step in document._done]


def small_graph() -> Graph:
    """Few nodes, that stand apart."""
    graph = Graph(seed=4)
    graph.add("grain", "noise.layers", across=3, upwards=3, octaves=3)
    graph.add("cells", "noise.cells", across=5, upwards=5)
    graph.add("ramp", "color.ramp", value="@grain")
    graph.put_out(base_color="@ramp", roughness=0.6)
    graph.layout = {"places": {"grain": [0, 0], "cells": [0, 330], "ramp": [260, 0], OUTPUTS: [520, 60]}}
    return graph


def write_graph(text: str | None = None) -> Path:
    """A project of one's own with a graph in it."""
    root = Path(tempfile.mkdtemp(prefix="taixu-desk-")) / "desk"
    shutil.copytree(DESK, root)
    (root / WALL).write_text(small_graph().to_text() if text is None else text)
    return root


def graph_panel(hand: Hand) -> Any:
    """The panel."""
    return next(panel for panel in hand.window.panels if panel.id == "graph")


def canvas_of(hand: Hand) -> Any:
    """The canvas in front, when its pictures are there and it stands still."""
    panel = graph_panel(hand)
    wait_until(hand, lambda: panel.canvas is not None and panel.canvas.previews.is_done, what="no pictures came")
    canvas = panel.canvas
    wait_until(hand, lambda: canvas.wants_fit <= 0)
    last = [(0.0, 0.0)]

    def is_still() -> bool:
        before, last[0] = last[0], canvas.on_screen((0.0, 0.0))
        return before == last[0]

    wait_until(hand, is_still)
    hand.wait(2)
    wait_until(hand, is_still)
    return canvas


def open_tile(hand: Hand, is_so: Callable[[], Any], *, what: str = "it was not opened") -> None:
    """Two clicks on the graph among the assets, when these are known and stand still, and what has to follow."""
    assets = next(panel for panel in hand.window.panels if panel.id == "assets")
    wait_until(hand, lambda: WALL in assets.index.by_path and WALL in assets.places, what="the file is not shown")
    seen = [(0.0, 0.0)] * 6

    def is_still() -> bool:
        seen.append(assets.places.get(WALL, (len(seen), 0.0)))
        return len(set(seen[-6:])) == 1

    wait_until(hand, is_still)
    hand.move(*assets.places[WALL])
    hand.wait(3)
    for _ in range(8):  # on a busy machine frames may be so long that two clicks are two times one
        hand.context.mouse_double_click(0)
        end = time.monotonic() + 2.0
        while not is_so() and time.monotonic() < end:
            hand.wait(1)
        if is_so():
            return
    wait_until(hand, is_so, what=what)


def open_graph(hand: Hand, text: str | None = None) -> Any:
    """Two clicks on the file in the assets; gives the canvas."""
    root = write_graph(text)
    hand.host.open(root)
    for panel in hand.window.panels:
        panel.is_open = panel.id == "assets"
    hand.wait(3)
    open_tile(hand, lambda: graph_panel(hand).is_open)
    next(panel for panel in hand.window.panels if panel.id == "assets").is_open = False
    return canvas_of(hand)


def pixels_of(hand: Hand, name: str) -> Any:
    """A node's picture, or the ball's; read between two frames, by the thread whose device it is."""
    found: list[Any] = []
    canvas = graph_panel(hand).canvas

    def read() -> None:
        texture = canvas.ball.texture if name == "ball" else canvas.previews.tiles[name]
        found.append(np.asarray(texture.read()).astype(int))

    hand.window.shell.later(read)
    wait_until(hand, lambda: found)
    return found[0]


def pin(canvas: Any, node: str, key: str, *, is_output: bool) -> tuple[float, float]:
    """Where a pin is in the window."""
    return canvas.on_screen(canvas.dots[node, key, is_output])


def drag_link(hand: Hand, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From a pin to a place, as a hand does it: it is there before the button goes down."""
    hand.move(*start)
    hand.wait(2)
    hand.context.mouse_down(0)
    hand.wait(1)
    for step in range(1, 7):
        hand.move(*(a + (b - a) * step / 6 for a, b in zip(start, end, strict=True)))
        hand.wait(1)
    hand.wait(1)
    hand.context.mouse_up(0)
    hand.wait(2)


@flow()
def a_graph_is_opened_connected_and_saved(hand: Hand) -> None:
    canvas = open_graph(hand)
    document = canvas.document
    before, ball = pixels_of(hand, "ramp"), pixels_of(hand, "ball")
    drag_link(hand, pin(canvas, "cells", "edge", is_output=True), pin(canvas, "ramp", "value", is_output=False))
    wait_until(hand, lambda: document.graph.nodes["ramp"].inputs["value"] == Ref("cells", "edge"), what="it was not connected")
    wait_until(hand, lambda: canvas.previews.is_done)
    assert np.abs(pixels_of(hand, "ramp") - before).mean() > 8, "the picture follows"
    hand.wait(2)
    assert np.abs(pixels_of(hand, "ball") - ball).mean() > 1, "and so does the ball"
    assert not document.is_saved and graph_panel(hand).unsaved == [WALL]
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: document.is_saved and canvas.previews.is_done)
    assert (pixels_of(hand, "ramp") == before).all()
    hand.keys("Ctrl+Shift+Z")
    wait_until(hand, lambda: not document.is_saved)
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: document.is_saved)
    assert Graph.from_text(document.file.read_text()).nodes["ramp"].inputs["value"] == Ref("cells", "edge")
    assert hand.session.history.undo_label == "", "the world was not touched"


@flow()
def a_number_is_turned_and_all_below_follows(hand: Hand) -> None:
    canvas = open_graph(hand)
    document, before = canvas.document, pixels_of(hand, "ramp")
    x, y = canvas.on_screen(canvas.fields["grain.across"])
    hand.move(x, y)
    hand.context.mouse_down(0)
    for step in range(1, 9):
        hand.move(x + 4 * step, y)
        hand.wait(1)
    hand.context.mouse_up(0)
    wait_until(hand, lambda: document.graph.nodes["grain"].parameters["across"] > 3, what="the number did not turn")
    wait_until(hand, lambda: canvas.previews.is_done)
    assert np.abs(pixels_of(hand, "ramp") - before).mean() > 4
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: document.is_saved, what="a drag is one step")
    hand.click_at(*canvas.node_on_screen("grain"))
    wait_until(hand, lambda: canvas.selected == ["grain"])
    hand.wait(2)
    place = graph_panel(hand).side.form.places["grain.contrast"]
    hand.click_at(*place)
    hand.type("5", enter=True)
    wait_until(hand, lambda: document.graph.nodes["grain"].parameters["contrast"] == 5.0)


@flow()
def a_node_is_found_added_moved_and_taken_away(hand: Hand) -> None:
    canvas = open_graph(hand)
    document = canvas.document
    x, y = canvas.origin
    hand.click_at(x + canvas.extent[0] - 30, y + canvas.extent[1] - 30)
    hand.keys("Tab")
    wait_until(hand, lambda: imgui.is_popup_open("", imgui.PopupFlags_.any_popup))
    hand.wait(3)
    hand.context.key_chars("blur")
    wait_until(hand, lambda: graph_panel(hand).menu.search == "blur")
    hand.wait(2)
    hand.keys("Enter")
    wait_until(hand, lambda: "blur" in document.graph.nodes)
    wait_until(hand, lambda: canvas.selected == ["blur"])
    wait_until(hand, lambda: canvas.previews.is_done)
    hand.wait(2)
    at = canvas.node_on_screen("blur")
    before = document.graph.layout["places"]["blur"]
    hand.drag(at, (at[0] - 60, at[1] - 40))
    wait_until(hand, lambda: document.graph.layout["places"]["blur"] != before, what="it was not moved")
    hand.keys("Delete")
    wait_until(hand, lambda: "blur" not in document.graph.nodes)
    for _ in range(3):
        hand.keys("Ctrl+Z")
    wait_until(hand, lambda: document.is_saved)


@flow()
def what_cannot_be_connected_says_why_at_the_pin(hand: Hand) -> None:
    canvas = open_graph(hand)
    start, end = pin(canvas, "ramp", "value", is_output=True), pin(canvas, "ramp", "value", is_output=False)
    hand.move(*start)
    hand.context.mouse_down(0)
    for step in range(1, 7):
        hand.move(start[0] + (end[0] - start[0]) * step / 6, start[1] + (end[1] - start[1]) * step / 6)
        hand.wait(1)
    wait_until(hand, lambda: canvas.reason == "a node cannot read itself")
    hand.context.mouse_up(0)
    hand.wait(3)
    assert canvas.document.is_saved


@flow()
def a_link_into_nothing_offers_only_what_fits(hand: Hand) -> None:
    canvas = open_graph(hand)
    menu = graph_panel(hand).menu
    start = pin(canvas, "ramp", "value", is_output=True)
    drag_link(hand, start, (start[0] + 20, start[1] + 130))
    wait_until(hand, lambda: imgui.is_popup_open("", imgui.PopupFlags_.any_popup), what="nothing was offered")
    hand.wait(2)
    names = [kind.name for kind in menu.shown(canvas)]
    assert "color.mix" in names and "filter.blur" not in names and "noise.layers" not in names
    hand.context.key_chars("mix")
    wait_until(hand, lambda: menu.search == "mix")
    hand.wait(2)
    hand.keys("Enter")
    wait_until(hand, lambda: "mix" in canvas.document.graph.nodes)
    assert canvas.document.graph.nodes["mix"].inputs["a"] == Ref("ramp", "value", "vec3")

