"""Cards: a picture, a title, a line below; pressed as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface.icons import ICONS

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["card", "fit_text"]

_PICTURE_ASPECT = 1.6


def card(
    window: EditorWindow, name: str, *, title: str, aside: str = "", picture: Path | None = None, icon_name: str = "world",
    width: float, is_chosen: bool = False, is_missing: bool = False,
) -> bool:  # fmt: skip
    """A card of a width; whether it was pressed. Without a picture it shows an icon."""
    theme, unit, draw = window.theme, imgui.get_font_size(), imgui.get_window_draw_list()
    high = width / _PICTURE_ASPECT
    height = high + unit * 3.6
    x, y = imgui.get_cursor_screen_pos().x, imgui.get_cursor_screen_pos().y
    pressed = imgui.invisible_button(f"card {name}", (width, height))
    hovered, round_px = imgui.is_item_hovered(), unit * 0.5
    alpha = 0.45 if is_missing else 1.0
    draw.add_rect_filled((x, y), (x + width, y + height), theme.pack("hover" if hovered else "raised"), round_px)
    found = window.shell.pictures.find(picture)
    top = imgui.ImDrawFlags_.round_top
    if found is not None:
        number, aspect = found
        low, far = _crop(aspect)
        tint = imgui.get_color_u32((1.0, 1.0, 1.0, alpha))
        draw.add_image_rounded(number, (x, y), (x + width, y + high), low, far, tint, round_px, top)
    else:
        draw.add_rect_filled((x, y), (x + width, y + high), theme.pack("pressed", alpha * 0.6), round_px, top)
        glyph = ICONS[icon_name]
        size = unit * 2.4
        drawn = imgui.calc_text_size(glyph)
        k = size / unit
        at = (x + (width - drawn.x * k) / 2, y + (high - drawn.y * k) / 2)
        draw.add_text(imgui.get_font(), size, at, theme.pack("faint", alpha), glyph)
    if is_chosen or hovered:
        edge = theme.pack("accent", 1.0 if is_chosen else 0.6)
        draw.add_rect((x, y), (x + width, y + height), edge, round_px, unit * 0.12 if is_chosen else unit * 0.07)
    room = width - unit * 1.4
    draw.push_clip_rect((x, y), (x + width, y + height), True)
    draw.add_text((x + unit * 0.7, y + high + unit * 0.55), theme.pack("text", alpha), fit_text(title, room))
    draw.add_text((x + unit * 0.7, y + high + unit * 1.95), theme.pack("faint", alpha), fit_text(aside, room))
    draw.pop_clip_rect()
    if hovered and imgui.calc_text_size(aside).x > room:
        imgui.set_tooltip(aside)
    return bool(pressed)


def _crop(aspect: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Corners of the largest part of a picture in the card's shape."""
    if aspect > _PICTURE_ASPECT:
        share = _PICTURE_ASPECT / aspect
        return ((1 - share) / 2, 0.0), ((1 + share) / 2, 1.0)
    share = aspect / _PICTURE_ASPECT
    return (0.0, (1 - share) / 2), (1.0, (1 + share) / 2)


def fit_text(text: str, width: float) -> str:
    """A text, cut with an ellipsis where it is wider."""
    if imgui.calc_text_size(text).x <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if imgui.calc_text_size(text[:middle] + "…").x <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"
