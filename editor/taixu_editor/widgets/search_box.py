"""A field to search by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["search_box"]


def search_box(window: EditorWindow, label: str, text: str, hint: str, *, width: float = -1.0, focus: bool = False) -> str:
    """A search field with a magnifying glass, emptied by its cross or Escape; gives the text.

    Parameters
    ----------
    label
        Its id, such as ``"##search"``.
    width
        In window units; negative leaves that much free at the right.
    """
    theme, style = window.theme, imgui.get_style()
    glass = imgui.calc_text_size(icon("search")).x
    start = imgui.get_cursor_screen_pos()
    if focus:
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(width)
    # Room for the glass is made by a wider padding at the left.
    imgui.push_style_var(imgui.StyleVar_.frame_padding, (style.frame_padding.x * 1.5 + glass, style.frame_padding.y))
    imgui.set_next_item_allow_overlap()
    _, text = imgui.input_text_with_hint(label, hint, text, imgui.InputTextFlags_.escape_clears_all)
    imgui.pop_style_var()
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    draw = imgui.get_window_draw_list()
    y = low.y + style.frame_padding.y
    draw.add_text(imgui.ImVec2(start.x + style.frame_padding.x, y), theme.pack("faint"), icon("search"))
    if text:
        size = high.y - low.y
        imgui.set_cursor_screen_pos((high.x - size, low.y))
        if imgui.invisible_button(f"{label}_clear", (size, size)):
            text = ""
        color = "text" if imgui.is_item_hovered() else "faint"
        cross = imgui.calc_text_size(icon("close")).x
        draw.add_text(imgui.ImVec2(high.x - (size + cross) / 2, y), theme.pack(color), icon("close"))
        imgui.set_cursor_screen_pos((high.x, low.y))  # what follows in the line stands where it does without a cross
        imgui.dummy((0, size))
    return text
