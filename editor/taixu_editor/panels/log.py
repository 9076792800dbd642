"""What was said, to be filtered, searched, and followed to its source."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.log_book import LEVELS, LogLine
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["LogPanel"]

_ICONS = {"info": "info", "warning": "warning", "error": "error"}
_COLORS = {"info": "faint", "warning": "warning", "error": "bad"}
_TITLES = {"info": "Notes", "warning": "Warnings", "error": "Errors"}


class LogPanel(Panel):
    """The log book."""

    id: ClassVar[str] = "log"
    title: ClassVar[str] = "Log"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.search = ""
        self.shown = set(LEVELS)
        self._lines: list[LogLine] = []
        self._key: object = None

    def draw(self) -> None:
        """The filters above, the lines below."""
        self._draw_filters()
        lines = self._filtered()
        imgui.begin_child("lines")
        at_end = imgui.get_scroll_y() >= imgui.get_scroll_max_y() - 2
        if not lines:
            text = self.t("Nothing was said yet." if not self.window.log.lines else "No line is like that.")
            button = self.t("Show all lines") if self.window.log.lines else ""
            if say_nothing(self.window, "log", text, button=button):
                self.search, self.shown, self._key = "", set(LEVELS), None
        clipper = imgui.ListClipper()
        clipper.begin(len(lines))
        while clipper.step():
            for number in range(clipper.display_start, clipper.display_end):
                self._draw_line(number, lines[number])
        if at_end:
            imgui.set_scroll_here_y(1.0)
        imgui.end_child()

    def _draw_filters(self) -> None:
        log = self.window.log
        for level in LEVELS:
            is_on = level in self.shown
            imgui.push_style_color(imgui.Col_.text, getattr(self.window.theme, _COLORS[level] if is_on else "faint"))
            imgui.push_style_color(imgui.Col_.button, self.window.theme.hover if is_on else self.window.theme.panel)
            if imgui.button(f"{icon(_ICONS[level])} {log.counts[level]}###{level}"):
                self.shown ^= {level}
                self._key = None
            imgui.pop_style_color(2)
            imgui.set_item_tooltip(self.t(_TITLES[level]))
            imgui.same_line()
        if imgui.button(f"{icon('delete')}###clear"):
            log.clear()
        imgui.set_item_tooltip(self.t("Clear"))
        imgui.same_line()
        imgui.set_next_item_width(-1)
        changed, self.search = imgui.input_text_with_hint("###search", self.t("Search"), self.search)
        if changed:
            self._key = None

    def _filtered(self) -> list[LogLine]:
        key = (self.window.log.version, self.search)
        if key != self._key:
            self._key = key
            wanted = self.search.lower()
            lines = [line for line in self.window.log.lines if line.level in self.shown]
            self._lines = [line for line in lines if wanted in line.text.lower()] if wanted else lines
        return self._lines

    def _draw_line(self, number: int, line: LogLine) -> None:
        theme = self.window.theme
        imgui.push_id(number)
        imgui.push_style_color(imgui.Col_.text, getattr(theme, _COLORS[line.level]))
        imgui.text(icon(_ICONS[line.level]))
        imgui.pop_style_color()
        imgui.same_line()
        imgui.text_disabled(f"{datetime.fromtimestamp(line.at):%H:%M:%S}")
        imgui.same_line()
        text = line.text.replace("\n", " ") + (f"  ({line.count}×)" if line.count > 1 else "")
        chosen, _ = imgui.selectable(f"{text}###line", False, imgui.SelectableFlags_.allow_double_click)
        if chosen and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
            self.open_source(line)
        if imgui.begin_popup_context_item():
            if imgui.menu_item(self.t("Copy"), "", False)[0]:
                imgui.set_clipboard_text(line.text)
            if line.file and imgui.menu_item(self.t("Open source"), "", False)[0]:
                self.open_source(line)
            if line.entity and imgui.menu_item(self.t("Select entity"), "", False)[0]:
                self.window.do("selection.set", entities=[line.entity])
            imgui.end_popup()
        imgui.pop_id()

    def open_source(self, line: LogLine) -> None:
        """Show the script that a line speaks of, and select its entity."""
        if line.entity and self.host.session.worlds:
            self.window.do("selection.set", entities=[line.entity])
        if line.file.endswith(".py"):
            self.window.open_script(line.file, line.line)
