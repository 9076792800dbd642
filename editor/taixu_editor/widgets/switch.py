"""A switch: on or off, seen at a glance in a long list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["switch"]


def switch(window: EditorWindow, name: str, is_on: bool, *, is_enabled: bool = True) -> bool:
    """Lay one out in the height of a line of text; True when it was pressed."""
    unit, theme, draw = imgui.get_font_size(), window.theme, imgui.get_window_draw_list()
    width, height = unit * 1.9, unit * 1.05
    place = imgui.get_cursor_screen_pos()
    top = place.y + max((imgui.get_frame_height() - height) / 2, 0.0)
    imgui.begin_disabled(not is_enabled)
    pressed = imgui.invisible_button(f"###{name}", (width, imgui.get_frame_height()))
    imgui.end_disabled()
    hovered = imgui.is_item_hovered()
    alpha = 1.0 if is_enabled else 0.4
    ground = ("accent_hover" if hovered else "accent") if is_on else ("pressed" if hovered else "hover")
    draw.add_rect_filled((place.x, top), (place.x + width, top + height), theme.pack(ground, alpha), height / 2)
    if not is_on:
        draw.add_rect((place.x, top), (place.x + width, top + height), theme.pack("faint", 0.5 * alpha), height / 2)
    middle = place.x + (width - height / 2 if is_on else height / 2)
    knob = "on_accent" if is_on else "faint"
    draw.add_circle_filled((middle, top + height / 2), height / 2 - unit * 0.16, theme.pack(knob, alpha))
    return bool(pressed)
