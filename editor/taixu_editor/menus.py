"""The menu bar, out of the registry of operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["MENUS", "draw_menu_bar", "menu_entry"]

MENUS: dict[str, tuple[str, ...]] = {
    "File": ("project.new", "project.open", "world.new", "world.save", "-", "editor.settings", "editor.quit"),
    "Edit": ("history.undo", "history.redo", "-", "entity.duplicate", "entity.delete", "entity.rename"),
}
"""Operations by menu; those that the registry lacks are left out, and ``-`` is a line."""


def draw_menu_bar(window: EditorWindow) -> None:
    """Lay out the bar; panels have a menu of their own."""
    if not imgui.begin_main_menu_bar():
        return
    for title, operations in MENUS.items():
        if imgui.begin_menu(window.t(title)):
            for operation in operations:
                menu_entry(window, operation)
            imgui.end_menu()
    if imgui.begin_menu(window.t("View")):
        for panel in window.panels:
            _, panel.is_open = imgui.menu_item(window.t(panel.title), "", panel.is_open)
        imgui.end_menu()
    imgui.end_main_menu_bar()


def menu_entry(window: EditorWindow, operation: str) -> None:
    """An entry that does an operation without parameters."""
    if operation == "-":
        imgui.separator()
        return
    known = next((each for each in window.host.operations if each.id == operation), None)
    if known is None:
        return
    reason = window.host.operations.blocked(window.host.session, operation)
    chosen, _ = imgui.menu_item(window.t(known.title), known.shortcut, False, not reason)
    if reason:
        imgui.set_item_tooltip(window.t(reason))
    if chosen:
        window.do(operation)
