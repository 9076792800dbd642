"""The guide, to be read beside the work: its pages, and the way back."""

from __future__ import annotations

import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.interface import icon
from taixu_editor.markdown import parse_markdown
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.page import Page

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["GuidePanel", "open_page"]

_MOST_BYTES = 4 << 20


class GuidePanel(Panel):
    """A page of the guide; over the start page it is a window of its own."""

    id: ClassVar[str] = "guide"
    title: ClassVar[str] = "Guide"
    dock: ClassVar[str] = "right"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.file: Path | None = None
        self.page: Page | None = None
        self._before: list[Path] = []
        self._wants_top = False

    def show(self, file: Path, *, is_back: bool = False) -> None:
        """Show a page from its beginning.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        try:
            if file.stat().st_size > _MOST_BYTES:
                raise TaixuError(f"{file}: this page is too long to be shown")
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise TaixuError(f"{file}: cannot be read ({error.strerror or error})") from None
        if self.file is not None and not is_back and self.file != file:
            self._before.append(self.file)
        self.file, self.page, self._wants_top = file, Page(self.window, parse_markdown(text), file.parent), True

    def draw(self) -> None:
        """The list of pages, and the one that is read."""
        from taixu_editor.panels.start_page import tutorials

        pages, unit = tutorials(), imgui.get_font_size()
        if self.page is None and pages:
            self.show(pages[0][1])
        imgui.begin_disabled(not self._before)
        if imgui.button(f"{icon('undo')}###back"):
            self.window.shell.later(self._go_back)
        imgui.end_disabled()
        imgui.set_item_tooltip(self.t("Back"))
        imgui.same_line()
        imgui.set_next_item_width(-1)
        now = next((self.t(title) for title, file in pages if file == self.file), self.file.name if self.file else "")
        if imgui.begin_combo("###pages", now, imgui.ComboFlags_.height_large):
            for title, file in pages:
                if imgui.selectable(f"{self.t(title)}###{file.name}", file == self.file)[0]:
                    self.window.shell.later(partial(self.show, file))
            imgui.end_combo()
        imgui.dummy((0, unit * 0.2))
        if imgui.begin_child("page", (0, 0), 0, imgui.WindowFlags_.no_nav_inputs):
            if self._wants_top:
                imgui.set_scroll_y(0.0)
                self._wants_top = False
            target = self.page.draw() if self.page is not None else ""
            if target:
                self.window.shell.later(partial(self._follow, target))
        imgui.end_child()

    def draw_over_start(self) -> None:
        """A window of its own, where no panels are."""
        if not self.is_open:
            return
        unit, area = imgui.get_font_size(), imgui.get_main_viewport()
        wide = min(unit * 50, area.work_size.x * 0.62)
        imgui.set_next_window_pos((area.work_pos.x + area.work_size.x - wide, area.work_pos.y), imgui.Cond_.appearing)
        imgui.set_next_window_size((wide, area.work_size.y), imgui.Cond_.appearing)
        flags = imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_docking | imgui.WindowFlags_.no_collapse
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 1.4, unit))
        shown, is_open = imgui.begin(f"{self.t(self.title)}###guide over start", True, flags)
        imgui.pop_style_var()
        self.is_open = bool(is_open)
        if shown:
            self.window.guard.draw(self)
        imgui.end()

    def _go_back(self) -> None:
        if self._before:
            self.show(self._before.pop(), is_back=True)

    def _follow(self, target: str) -> None:
        """A link: another page of the guide is shown here, what lies elsewhere in the browser."""
        name = target.partition("#")[0]
        file = (self.file.parent / name).resolve() if self.file is not None and name else None
        if file is not None and name.endswith(".md") and file.is_file():
            self.show(file)
        elif target.startswith(("https://", "http://")):
            webbrowser.open(target)


def open_page(window: EditorWindow, file: Path) -> None:
    """Show a page of the guide, beside the work or over the start page."""
    for panel in window.panels:
        if isinstance(panel, GuidePanel):
            panel.show(file)
            if window.host.session.worlds:
                window.shell.show_panel(panel.id)
            else:
                panel.is_open = True
                imgui.set_window_focus("###guide over start")
