"""Graphs of materials by practised hands: a node dropped on a link, muting, frames, taking out with the ends connected, pasting."""

from __future__ import annotations

from editor_flows import Hand, flow
from graph import drag_link, open_graph, pin, pixels_of, wait_until

from taixu.generate.graph import Ref


@flow()
def a_node_is_dropped_on_a_link_muted_and_taken_out(hand: Hand) -> None:
    canvas = open_graph(hand)
    document, before = canvas.document, pixels_of(hand, "ramp")
    hand.click_at(canvas.origin[0] + canvas.extent[0] - 40, canvas.origin[1] + canvas.extent[1] - 220)
    hand.keys("Tab")
    hand.wait(3)
    hand.context.key_chars("blur")
    wait_until(hand, lambda: [kind.name for kind in canvas.menu.shown(canvas)] == ["filter.blur"])
    hand.keys("Enter")
    wait_until(hand, lambda: canvas.selected == ["blur"] and canvas.previews.is_done)
    hand.wait(3)
    a, b = pin(canvas, "grain", "value", is_output=True), pin(canvas, "ramp", "value", is_output=False)
    drag_link(hand, canvas.node_on_screen("blur"), ((a[0] + b[0]) / 2 - 30, a[1] - 40))
    wait_until(hand, lambda: document.graph.nodes["ramp"].inputs["value"] == Ref("blur", "value"), what="it was not put in")
    wait_until(hand, lambda: canvas.previews.is_done)
    assert (pixels_of(hand, "ramp") != before).any()
    hand.click_at(*canvas.node_on_screen("blur"))
    wait_until(hand, lambda: canvas.selected == ["blur"])
    hand.keys("M")
    wait_until(hand, lambda: document.graph.muted == {"blur"} and canvas.previews.is_done)
    assert (pixels_of(hand, "ramp") == before).all(), "muted, it lets through what it reads"
    hand.keys("Ctrl+X")
    wait_until(hand, lambda: "blur" not in document.graph.nodes)
    assert document.graph.nodes["ramp"].inputs["value"] == Ref("grain", "value")
    hand.keys("Ctrl+V")
    wait_until(hand, lambda: "blur" in document.graph.nodes and canvas.selected == ["blur"])
    steps = len(document._done)
    for done in range(steps):
        hand.keys("Ctrl+Z")
        wait_until(hand, lambda left=steps - done - 1: len(document._done) == left)
    assert document.is_saved
