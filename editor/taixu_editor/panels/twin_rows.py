"""Two small buttons at the end of a row: edit it, take it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from imgui_bundle import imgui

from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel

__all__ = ["row_buttons"]


def row_buttons(panel: TwinPanel, name: str, *, removes: str) -> Literal["", "edit", "remove"]:
    """Lay them out in the next column; which of them was pressed.

    Parameters
    ----------
    name
        What the row is called, for who looks for its buttons: ``edit NAME`` and ``remove NAME``.
    removes
        What the second one says that it does, in the user's language.
    """
    pressed: Literal["", "edit", "remove"] = ""
    imgui.table_next_column()
    imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
    if imgui.small_button(f"{icon('rename')}###edit"):
        pressed = "edit"
    panel.mark(f"edit {name}")
    imgui.set_item_tooltip(panel.t("Edit"))
    imgui.same_line()
    if imgui.small_button(f"{icon('delete')}###remove"):
        pressed = "remove"
    panel.mark(f"remove {name}")
    imgui.set_item_tooltip(removes)
    imgui.pop_style_color()
    return pressed
