"""How far, how much and by which steps: what a drag says of itself, in a small plate at the view's lower edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.interface import Theme

__all__ = ["draw_plate", "number"]

Segment = tuple[str, str]
"""A text, and the theme's colour of it."""


def number(value: float) -> str:
    """Three digits behind the point at most, with its sign."""
    text = f"{value:+.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text


def draw_plate(theme: Theme, segments: list[Segment], middle: tuple[float, float]) -> None:
    """Texts side by side on a plate around a place of the window."""
    unit, draw = imgui.get_font_size(), imgui.get_window_draw_list()
    sizes = [imgui.calc_text_size(text) for text, _ in segments]
    width = sum(size.x for size in sizes)
    x, y = float(round(middle[0] - width / 2)), float(round(middle[1] - unit / 2))
    edge = (unit * 0.8, unit * 0.45)
    low, high = (x - edge[0], y - edge[1]), (x + width + edge[0], y + unit + edge[1])
    draw.add_rect_filled(low, high, theme.pack("panel", 0.92), unit * 0.5)
    draw.add_rect(low, high, theme.pack("border"), unit * 0.5)
    for (text, color), size in zip(segments, sizes, strict=True):
        draw.add_text((x, y), theme.pack(color), text)
        x += size.x
