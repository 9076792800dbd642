"""Combo boxes with the sign that fields have."""

from __future__ import annotations

from typing import Any

from imgui_bundle import imgui

from taixu_editor.interface import icon

__all__ = ["begin_combo"]


def begin_combo(window: Any, label: str, shown: str, width: float, flags: int = 0) -> bool:
    """Begin a combo box of a width; True while its list is open, which `imgui.end_combo` ends then."""
    unit, start = imgui.get_font_size(), imgui.get_cursor_screen_pos()
    imgui.set_next_item_width(width)
    wide = imgui.calc_item_width()
    where = imgui.ImVec2(start.x + wide - unit * 1.2, start.y + (imgui.get_frame_height() - unit) / 2)
    draw = imgui.get_window_draw_list()
    opened = imgui.begin_combo(label, shown, flags | imgui.ComboFlags_.no_arrow_button)
    draw.add_text(where, window.theme.pack("faint"), icon("opened"))
    return bool(opened)
