"""A page of Markdown, laid out for reading: lines of one comfortable length, code on a ground of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.markdown import Block, Span

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Page"]

_WIDEST = 44.0
"""Of a line, in heights of the text."""
_SIZES = {1: 1.75, 2: 1.35, 3: 1.12}
"""Of headings, to that of the text."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    span: Span
    x: float
    width: float


class Page:
    """Blocks that are drawn where they are in sight.

    Parameters
    ----------
    folder
        Where pictures of the page are found from.
    """

    def __init__(self, window: EditorWindow, blocks: list[Block], folder: Path) -> None:
        self._window, self._blocks, self._folder = window, blocks, folder
        self._lines: dict[tuple[int, int], list[list[_Word]]] = {}
        self._key: tuple[float, float] = (0.0, 0.0)
        self.links: dict[str, tuple[float, float]] = {}
        """Middles of the links that are in sight, by target."""

    def draw(self) -> str:
        """Lay it out in what is left of the window; the target of a link that was clicked, or nothing."""
        unit = imgui.get_font_size()
        width = min(imgui.get_content_region_avail().x - unit * 0.5, unit * _WIDEST)
        if (width, unit) != self._key:
            self._key = (width, unit)
            self._lines.clear()
        clicked = ""
        self.links.clear()
        for number, block in enumerate(self._blocks):
            clicked = self._draw_block(number, block, width) or clicked
        imgui.dummy((0, unit * 2))
        return clicked

    def _draw_block(self, number: int, block: Block, width: float) -> str:
        unit, clicked = imgui.get_font_size(), ""
        match block.kind:
            case "heading":
                imgui.dummy((0, unit * (0.6 if number else 0.1)))
                clicked = self._draw_lines(number, 0, block.spans, width, size=_SIZES.get(block.level, 1.0), is_bold=True)
                imgui.dummy((0, unit * 0.15))
            case "paragraph":
                clicked = self._draw_lines(number, 0, block.spans, width)
                imgui.dummy((0, unit * 0.35))
            case "item":
                clicked = self._draw_item(number, block, width)
            case "code":
                self._draw_code(number, block, width)
            case "table":
                clicked = self._draw_table(number, block, width)
            case "picture":
                self._draw_picture(block, width)
            case "rule":
                imgui.separator()
        return clicked

    # -- lines of words ----------------------------------------------------------------------------------------------
    def _draw_lines(self, number: int, part: int, spans: tuple[Span, ...], width: float, *, size: float = 1.0,
                    is_bold: bool = False) -> str:  # fmt: skip
        unit = imgui.get_font_size() * size
        lines = self._lines.get((number, part))
        if lines is None:
            lines = self._lines[number, part] = self._break(spans, width, size, is_bold)
        height = unit * 1.5
        start, clicked = imgui.get_cursor_screen_pos(), ""
        for row, line in enumerate(lines):
            if imgui.is_rect_visible((start.x, start.y + row * height), (start.x + width, start.y + (row + 1) * height)):
                clicked = self._draw_line(line, (start.x, start.y + row * height), unit, is_bold) or clicked
        imgui.set_cursor_screen_pos((start.x, start.y))
        imgui.dummy((width, height * len(lines)))
        return clicked

    def _draw_line(self, line: list[_Word], at: tuple[float, float], unit: float, is_bold: bool) -> str:
        theme, draw, clicked = self._window.theme, imgui.get_window_draw_list(), ""
        for word in line:
            x, y = at[0] + word.x, at[1] + unit * 0.22
            style = word.span.style
            if style == "code":
                low, high = (x - unit * 0.12, y - unit * 0.1), (x + word.width + unit * 0.12, y + unit * 1.12)
                draw.add_rect_filled(low, high, theme.pack("raised"), unit * 0.2)
            color = {"code": "text", "link": "accent", "italic": "faint"}.get(style, "text")
            draw.add_text(self._font(word.span, is_bold), unit, (x, y), theme.pack(color), word.text)
            if style == "link":
                clicked = self._link(word, (x, y), unit) or clicked
        return clicked

    def _link(self, word: _Word, at: tuple[float, float], unit: float) -> str:
        x, y = at
        self.links[word.span.target] = (x + word.width / 2, y + unit / 2)
        if not (imgui.is_window_hovered() and imgui.is_mouse_hovering_rect((x, y), (x + word.width, y + unit * 1.2))):
            return ""
        color = self._window.theme.pack("accent")
        imgui.get_window_draw_list().add_line((x, y + unit * 1.1), (x + word.width, y + unit * 1.1), color)
        imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
        imgui.set_tooltip(word.span.target)
        return word.span.target if imgui.is_mouse_clicked(imgui.MouseButton_.left) else ""

    def _font(self, span: Span, is_bold: bool) -> Any:
        fonts = self._window.fonts
        return fonts.mono if span.style == "code" else fonts.bold if is_bold or span.style == "bold" else fonts.regular

    def _break(self, spans: tuple[Span, ...], width: float, size: float, is_bold: bool) -> list[list[_Word]]:
        """Lines no wider than `width`; words of one span that stand in one line are one piece."""
        lines: list[list[_Word]] = [[]]
        x = 0.0
        for span in spans:
            pieces = [span.text] if span.style == "code" and len(span.text) < 60 else _pieces(span.text)
            imgui.push_font(self._font(span, is_bold), imgui.get_style().font_size_base * size)
            for piece in pieces:
                if x + imgui.calc_text_size(piece.rstrip()).x > width and lines[-1]:
                    lines.append([])
                    x = 0.0
                    piece = piece.lstrip()
                if piece:
                    wide = imgui.calc_text_size(piece).x
                    lines[-1].append(_Word(piece, span, x, wide))
                    x += wide
            imgui.pop_font()
        return lines

    # -- other blocks ------------------------------------------------------------------------------------------------
    def _draw_item(self, number: int, block: Block, width: float) -> str:
        unit, theme = imgui.get_font_size(), self._window.theme
        indent = unit * (1.4 + block.level * 1.2)
        start, draw = imgui.get_cursor_screen_pos(), imgui.get_window_draw_list()
        if block.mark:
            draw.add_text((start.x + indent - unit * 1.3, start.y + unit * 0.22), theme.pack("accent"), block.mark)
        else:
            draw.add_circle_filled((start.x + indent - unit * 0.7, start.y + unit * 0.8), unit * 0.15, theme.pack("accent"))
        imgui.indent(indent)
        clicked = self._draw_lines(number, 0, block.spans, width - indent)
        imgui.unindent(indent)
        imgui.dummy((0, unit * 0.1))
        return clicked

    def _draw_code(self, number: int, block: Block, width: float) -> None:
        unit, theme = imgui.get_font_size(), self._window.theme
        lines = [span.text for span in block.spans]
        height = unit * (1.25 * len(lines) + 1.0)
        imgui.push_font(self._window.fonts.mono, 0.0)
        widest = max((imgui.calc_text_size(line).x for line in lines), default=0.0) + unit * 1.6
        imgui.pop_font()
        room = height + (imgui.get_style().scrollbar_size if widest > width else 0.0)
        imgui.push_style_color(imgui.Col_.child_bg, theme.ground)
        imgui.push_style_var(imgui.StyleVar_.child_rounding, unit * 0.35)
        flags = imgui.WindowFlags_.horizontal_scrollbar | imgui.WindowFlags_.no_nav
        if imgui.begin_child(f"code {number}", (width, room), 0, flags):
            start = imgui.get_cursor_screen_pos()
            mono = self._window.fonts.mono
            for row, line in enumerate(lines):
                imgui.get_window_draw_list().add_text(
                    mono, unit, (start.x + unit * 0.8, start.y + unit * (0.5 + row * 1.25)), theme.pack("text"), line
                )
            imgui.dummy((widest - unit * 0.1, height - unit * 0.1))
            if imgui.is_window_hovered():
                imgui.set_cursor_pos((imgui.get_scroll_x() + width - unit * 2.4, unit * 0.2))
                if imgui.button(f"{icon('copy')}###copy {number}"):
                    imgui.set_clipboard_text("\n".join(lines) + "\n")
                imgui.set_item_tooltip(self._window.t("Copy"))
        imgui.end_child()
        imgui.pop_style_var()
        imgui.pop_style_color()
        imgui.dummy((0, unit * 0.5))

    def _draw_table(self, number: int, block: Block, width: float) -> str:
        columns, clicked = max(map(len, block.rows), default=0), ""
        flags = imgui.TableFlags_.borders_inner_h | imgui.TableFlags_.sizing_stretch_prop | imgui.TableFlags_.pad_outer_x
        if not columns or not imgui.begin_table(f"table {number}", columns, flags, (width, 0)):
            return ""
        for row, cells in enumerate(block.rows):
            imgui.table_next_row()
            for column, cell in enumerate(cells):
                imgui.table_next_column()
                room = imgui.get_content_region_avail().x
                part = row * columns + column + 1
                if self._lines.get((number, -part)) != [[_Word("", Span(""), 0.0, round(room))]]:  # another width than before
                    self._lines[number, -part] = [[_Word("", Span(""), 0.0, round(room))]]
                    self._lines.pop((number, part), None)
                clicked = self._draw_lines(number, part, cell, room, is_bold=row == 0) or clicked
        imgui.end_table()
        imgui.dummy((0, imgui.get_font_size() * 0.5))
        return clicked

    def _draw_picture(self, block: Block, width: float) -> None:
        unit = imgui.get_font_size()
        found = self._window.shell.pictures.find(self._folder / block.mark)
        alt = block.spans[0].text
        if found is None:
            imgui.text_disabled(alt)
        else:
            picture, aspect = found
            imgui.image(picture, (width, width / aspect))
            imgui.set_item_tooltip(alt)
        imgui.dummy((0, unit * 0.5))


def _pieces(text: str) -> list[str]:
    """Words with the spaces after them."""
    found, word = [], ""
    for char in text:
        word += char
        if char == " ":
            found.append(word)
            word = ""
    return [*found, word] if word else found
