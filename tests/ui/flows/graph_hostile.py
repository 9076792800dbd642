"""Graphs that anybody may have written: each is refused in one sentence, and what is open stays."""

from __future__ import annotations

import json
from typing import Any

from editor_flows import Hand, flow
from graph import WALL, open_tile, small_graph, wait_until, write_graph

CIRCLE = {"a": {"kind": "math.formula", "formula": "b", "b": "@b"}, "b": {"kind": "math.formula", "formula": "a", "a": "@a"}}
HOSTILE: dict[str, dict[str, Any]] = {
    "in a circle": {"nodes": CIRCLE},
    "no kind of nodes": {"nodes": {"a": {"kind": "os.system"}}},
    "letters are more": {"nodes": {f"n{number}": {"kind": "noise.grain"} for number in range(100_000)}},
    "must be a number": {"nodes": {"a": {"kind": "noise.layers", "roughness": float("nan")}}},
    "no graph of nodes": {"nodes": 5},
}


@flow()
def hostile_graphs_are_one_sentence_each(hand: Hand) -> None:
    root = write_graph()
    good = json.loads(small_graph().to_text())
    hand.host.open(root)
    for panel in hand.window.panels:
        panel.is_open = panel.id == "assets"
    hand.wait(3)
    for wanted, change in HOSTILE.items():
        (root / WALL).write_text(json.dumps({**good, "outputs": {}, **change}))
        said: list[str] = []

        def has_said(wanted: str = wanted, said: list[str] = said) -> bool:
            said[:] = [toast.text for toast in hand.window.shell.toasts.shown]
            return any(wanted in text for text in said)

        open_tile(hand, has_said, what=f"{wanted} was not said")
        assert all("\n" not in text for text in said)
        assert hand.host.graphs.documents == []
        hand.window.shell.later(hand.window.shell.toasts.clear)
        wait_until(hand, lambda: not hand.window.shell.toasts.shown)
    assert "graph" not in hand.window.guard.failed
    (root / WALL).write_text(small_graph().to_text())
    open_tile(hand, lambda: hand.host.graphs.current is not None)
