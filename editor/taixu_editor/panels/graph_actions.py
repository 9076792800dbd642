"""What keys and menus do with the chosen nodes of a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.panels.graph_canvas import GraphCanvas

__all__ = ["KEYS", "answer_keys", "copy", "delete", "duplicate", "frame", "heal", "mute", "paste"]

KEYS = frozenset({
    "Ctrl+S", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Ctrl+D", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "Ctrl+G", "Delete", "Tab", "F",
    "M", "Home", "Backspace", "Shift+A", "H", "W", "E", "R", "Q",
})  # fmt: skip
"""Shortcuts that a graph's panel answers itself while it has the keyboard, and those that would do something to the world."""


def answer_keys(canvas: GraphCanvas) -> None:
    """Do what was pressed; the canvas has the keyboard, and nobody types."""
    io, key = imgui.get_io(), imgui.Key
    do, path = canvas.window.do, canvas.document.path
    if imgui.is_key_chord_pressed(key.mod_ctrl | key.mod_shift | key.z) or imgui.is_key_chord_pressed(key.mod_ctrl | key.y):
        do("graph.redo", graph=path)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.z):
        do("graph.undo", graph=path)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.d):
        duplicate(canvas)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.c):
        copy(canvas)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.v):
        paste(canvas)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.x):
        heal(canvas)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.a):
        canvas.choose(canvas.document.graph.nodes)
    elif imgui.is_key_chord_pressed(key.mod_ctrl | key.g):
        frame(canvas)
    elif imgui.is_key_pressed(key.delete, False) or imgui.is_key_pressed(key.backspace, False):
        delete(canvas)
    elif imgui.is_key_pressed(key.m, False) and not io.key_ctrl:
        mute(canvas)
    elif imgui.is_key_pressed(key.f, False) and not io.key_ctrl:
        canvas.fit()
    elif imgui.is_key_pressed(key.home, False):
        canvas.choose([])
        canvas.fit()


def duplicate(canvas: GraphCanvas) -> None:
    """Copies of the chosen nodes, which are chosen then."""
    if canvas.chosen_nodes:
        _choose(canvas, canvas.window.do("graph.duplicate", nodes=canvas.chosen_nodes, graph=canvas.document.path))


def copy(canvas: GraphCanvas) -> None:
    """The chosen nodes as text into the clipboard."""
    if canvas.chosen_nodes:
        text = canvas.window.do("graph.copy", nodes=canvas.chosen_nodes, graph=canvas.document.path)
        imgui.set_clipboard_text(str(text))


def paste(canvas: GraphCanvas) -> None:
    """Nodes out of the clipboard, in the middle of what is seen."""
    text = imgui.get_clipboard_text()
    if text:
        x, y = canvas.middle()
        _choose(canvas, canvas.window.do("graph.paste", text=text, at=[x, y], graph=canvas.document.path))


def mute(canvas: GraphCanvas) -> None:
    """The chosen nodes let through what they read, or do their work again."""
    names, muted = canvas.chosen_nodes, canvas.document.graph.muted
    if names:
        wants = not all(name in muted for name in names)
        canvas.window.do("graph.mute", nodes=names, is_muted=wants, graph=canvas.document.path)


def delete(canvas: GraphCanvas) -> None:
    """Take away the chosen nodes, links and frames."""
    path, do = canvas.document.path, canvas.window.do
    note = canvas.chosen_note
    if canvas.chosen_nodes:
        do("graph.delete", nodes=canvas.chosen_nodes, graph=path)
    elif note >= 0:
        do("graph.note", number=note, text="", graph=path)
    else:
        for node, key in canvas.chosen_links:
            do("graph.disconnect", node=node, input=key, graph=path)


def heal(canvas: GraphCanvas) -> None:
    """Take away the chosen nodes, copied, and connect who read them with what they read."""
    if canvas.chosen_nodes:
        copy(canvas)
        canvas.window.do("graph.delete", nodes=canvas.chosen_nodes, heals=True, graph=canvas.document.path)


def frame(canvas: GraphCanvas) -> None:
    """A frame with words round the chosen nodes, or in the middle of what is seen."""
    low, high = canvas.bounds(canvas.chosen_nodes)
    place, size = (low[0] - 24, low[1] - 52), (high[0] - low[0] + 48, high[1] - low[1] + 76)
    text = canvas.t("Words")
    number = canvas.window.do("graph.note", text=text, place=place, size=size, graph=canvas.document.path)
    if isinstance(number, int):
        canvas.choose([f"@note {number}"])


def _choose(canvas: GraphCanvas, names: object) -> None:
    if isinstance(names, list):
        canvas.choose(names)
