"""What can be put into a world, as a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import BATCH
from taixu_editor.additions import ADDITIONS
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["add_entity", "draw_add_menu"]


def draw_add_menu(window: EditorWindow, parent: str = "") -> None:
    """Entries of what can be added, in the menu that is being laid out; `parent` is whom it hangs below."""
    for kind, addition in ADDITIONS.items():
        if addition is None:
            imgui.separator()
        elif imgui.menu_item_simple(f"{icon(addition.icon)}   {window.t(addition.title)}###add {kind}"):
            add_entity(window, kind, parent=parent)


def add_entity(window: EditorWindow, kind: str, *, parent: str = "") -> None:
    """Put an entity where the view looks, or into its parent's middle, and select it."""
    if not parent:
        window.do("editor.add", kind=kind)
        return
    made = window.host.session.new_id()
    steps = (
        {"operation": "entity.add", "parameters": {"kind": kind, "id": made}},
        {"operation": "entity.reparent", "parameters": {"entities": [made], "parent": parent, "keep_place": False}},
    )
    window.do(BATCH, steps=steps, label="Add")
