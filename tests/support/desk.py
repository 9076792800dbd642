"""The world that flows of hierarchy and inspector work in, and how they find their way about it."""

from __future__ import annotations

from typing import Any

from taixu.scene import Node

__all__ = [
    "CART", "CHAIR", "CRATES", "DESK", "DOOR", "FURNITURE", "LAMP", "LONG", "SHADE", "SKY", "TABLE", "field_at", "inspector",
    "node", "open_desk", "row", "select", "steps", "tree",
]

DESK = "tests/ui/worlds/desk"
CRATES = [f"{0xC0 + k:016x}" for k in range(3)]
LAMP, SHADE, FURNITURE, TABLE, CHAIR, DOOR, SKY, LONG, CART = (
    f"{number:016x}" for number in (0xA0, 0xA1, 0xB0, 0xB1, 0xB2, 0xD0, 0xE0, 0xF0, 0xAA)
)


def open_desk(hand: Any) -> Any:
    """Only the two panels are shown: no picture of the world is drawn, and everything is quick. Gives the hierarchy."""
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("hierarchy", "inspector")
    hand.wait(3)
    return tree(hand)


def tree(hand: Any) -> Any:
    """The hierarchy."""
    return next(panel for panel in hand.window.panels if panel.id == "hierarchy")


def inspector(hand: Any) -> Any:
    """The inspector."""
    return next(panel for panel in hand.window.panels if panel.id == "inspector")


def row(hand: Any, entity: str) -> tuple[float, float]:
    """The middle of an entity's row."""
    return tree(hand).center_of(entity)


def select(hand: Any, *entities: str) -> None:
    """Click rows, all but the first with Ctrl."""
    from imgui_bundle import imgui

    hand.click_at(*row(hand, entities[0]))
    for entity in entities[1:]:
        hand.context.key_down(imgui.Key.mod_ctrl)
        hand.click_at(*row(hand, entity))
        hand.context.key_up(imgui.Key.mod_ctrl)
    hand.wait(2)


def field_at(hand: Any, key: str) -> tuple[float, float]:
    """The middle of a field of the inspector."""
    return inspector(hand).form.places[key]


def node(hand: Any, entity: str) -> Node:
    """An entity as a node."""
    return Node(hand.session.world, hand.session.entity(entity))


def steps(hand: Any) -> int:
    """How many steps of history are done."""
    return len(hand.session.history._done)
