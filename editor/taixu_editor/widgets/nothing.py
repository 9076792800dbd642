"""What a panel says where it has nothing to show: a sign, a sentence, and what can be done about it."""

from __future__ import annotations

from typing import Any

from imgui_bundle import imgui

from taixu_editor.interface import icon

__all__ = ["say_nothing"]


def say_nothing(window: Any, picture: str, text: str, *, button: str = "", name: str = "act") -> bool:
    """Fill the room that is left, in its middle; True when the button was pressed.

    Parameters
    ----------
    picture
        Name of an icon; left out where there is little room.
    text, button
        In the user's language; no button where it is empty.
    name
        Of the button, for who looks for it.
    """
    unit, theme, room = imgui.get_font_size(), window.theme, imgui.get_content_region_avail()
    width = min(max(room.x - unit * 2, unit * 6), unit * 24)
    tall = imgui.calc_text_size(text, False, width).y
    rest = unit * 2.6 if button else 0.0
    sign = unit * 3.2 if room.y > tall + rest + unit * 5 else 0.0
    start = imgui.get_cursor_pos()
    top = start.y + max((room.y - tall - rest - sign) * 0.45, unit * 0.3)
    draw = imgui.get_window_draw_list()
    if sign:
        glyph, big = icon(picture), unit * 2
        wide = imgui.calc_text_size(glyph).x * 2
        imgui.set_cursor_pos((start.x + (room.x - wide) / 2, top))
        draw.add_text(imgui.get_font(), big, imgui.get_cursor_screen_pos(), theme.pack("faint", 0.5), glyph)
    y = top + sign
    for line in _balanced(text, width):
        imgui.set_cursor_pos((start.x + round((room.x - imgui.calc_text_size(line).x) / 2), y))
        imgui.text_colored(theme.faint, line)
        y += imgui.get_text_line_height_with_spacing()
    if not button:
        return False
    wide = imgui.calc_text_size(button).x + unit * 2
    imgui.set_cursor_pos((start.x + (room.x - wide) / 2, y + unit * 0.3))
    return bool(imgui.button(f"{button}###{name}", (wide, 0)))


def _balanced(text: str, width: float) -> list[str]:
    """As few lines as there must be, of much the same length: no word stands alone."""
    best = _lines(text, width)
    for part in range(1, 12):
        narrower = _lines(text, width * (1 - 0.05 * part))
        if len(narrower) > len(best):
            break
        best = narrower
    return best


def _lines(text: str, width: float) -> list[str]:
    """A text broken into lines, each to stand in the middle; Chinese breaks between any two characters."""
    found, line = [], ""
    for part in _parts(text):
        if line and imgui.calc_text_size(line + part.rstrip()).x > width:
            found.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*found, line.rstrip()]


def _parts(text: str) -> list[str]:
    """Words with the space behind them, and single characters of Chinese with the signs that follow them."""
    found: list[str] = []
    for letter in text:
        is_han, is_sign = letter >= "\u2e80", letter in "，。、：；？！）”"
        if not found or (found[-1].endswith(" ") or (is_han and not is_sign)) or (found[-1][-1] >= "\u2e80" and not is_sign):
            found.append(letter)
        else:
            found[-1] += letter
    return found
