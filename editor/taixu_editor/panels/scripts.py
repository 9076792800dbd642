"""Scripts in tabs, with colours, and errors at their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui, imgui_color_text_edit

from taixu.errors import TaixuError
from taixu_editor.interface import icon
from taixu_editor.outside import open_in_code_editor
from taixu_editor.panels.panel import Panel
from taixu_editor.script_files import ScriptFile, list_scripts, new_script, open_script

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ScriptsPanel"]

_Editor = imgui_color_text_edit.TextEditor
_LOOK_SECS = 1.0


@dataclass
class _Tab:
    file: ScriptFile
    editor: Any
    wants_focus: bool = True
    is_open: bool = True
    outside: str | None = None  # what another program wrote while this text was changed
    marked: tuple[tuple[int, str], ...] = field(default=(), repr=False)

    @property
    def is_changed(self) -> bool:
        return bool(self.editor.get_text().rstrip("\n") != self.file.saved.rstrip("\n"))


class ScriptsPanel(Panel):
    """A text editor for the project's scripts."""

    id: ClassVar[str] = "scripts"
    title: ClassVar[str] = "Scripts"
    dock: ClassVar[str] = "center"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.tabs: list[_Tab] = []
        self._name = ""
        self._since_look = 0.0

    def draw(self) -> None:
        """The list of scripts where none is open, else their tabs."""
        self._look_outside()
        if imgui.begin_tab_bar("scripts", imgui.TabBarFlags_.reorderable):
            if imgui.tab_item_button(f"{icon('add')}###open", imgui.TabItemFlags_.leading):
                imgui.open_popup("choose")
            self._draw_chooser()
            for tab in list(self.tabs):
                self._draw_tab(tab)
            imgui.end_tab_bar()
        if not self.tabs:
            imgui.text_disabled(self.t("Open a script with +, or make a new one: what is saved runs at once."))

    def show(self, path: str, line: int = 0) -> None:
        """Open a script, or bring it to the front, at a line."""
        tab = next((tab for tab in self.tabs if tab.file.path == path), None)
        if tab is None:
            try:
                tab = self._add(open_script(self.host.session.project, path))
            except TaixuError as error:
                self.window.log.say("error", str(error))
                return
        self.is_open = tab.wants_focus = True
        if line:
            tab.editor.set_cursor(_Editor.DocPos(line - 1, 0))
            tab.editor.scroll_to_line(line - 1)

    def save(self, tab: _Tab) -> None:
        """Write a script; the running world takes it up by itself."""
        try:
            tab.file.save(tab.editor.get_text())
            tab.outside = None
        except TaixuError as error:
            self.window.log.say("error", str(error))

    def _add(self, file: ScriptFile) -> _Tab:
        editor = _Editor()
        editor.set_language(_Editor.Language.python())
        editor.set_text(file.saved)
        editor.set_tab_size(4)
        editor.set_insert_spaces_on_tabs(True)
        editor.set_show_whitespaces_enabled(False)
        tab = _Tab(file, editor)
        self.tabs.append(tab)
        return tab

    def _draw_chooser(self) -> None:
        if not imgui.begin_popup("choose"):
            return
        for path in list_scripts(self.host.session.project):
            if imgui.menu_item(path, "", False)[0]:
                self.show(path)
        imgui.separator()
        entered, self._name = imgui.input_text_with_hint(
            "###new", self.t("Name of a new script"), self._name, imgui.InputTextFlags_.enter_returns_true
        )
        if entered:
            try:
                self._add(new_script(self.host.session.project, self._name))
                self._name = ""
                imgui.close_current_popup()
            except TaixuError as error:
                self.window.log.say("error", str(error))
        imgui.end_popup()

    def _draw_tab(self, tab: _Tab) -> None:
        flags = imgui.TabItemFlags_.unsaved_document if tab.is_changed else 0
        if tab.wants_focus:
            flags |= imgui.TabItemFlags_.set_selected
        name = tab.file.path.removeprefix("scripts/")
        shown, still_open = imgui.begin_tab_item(f"{name}###{tab.file.path}", True, flags)
        if shown:
            tab.wants_focus = False
            self._draw_bar(tab)
            self._mark_errors(tab)
            tab.editor.set_palette(tab.editor.get_dark_palette() if self.window.theme.is_dark else tab.editor.get_light_palette())
            imgui.push_font(self.window.fonts.mono, 0.0)
            tab.editor.render("text")
            imgui.pop_font()
            focused = imgui.is_window_focused(imgui.FocusedFlags_.child_windows)
            if focused and imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.s):
                self.save(tab)
            imgui.end_tab_item()
        if not still_open:
            if tab.is_changed:
                self.save(tab)
            if not tab.is_changed:
                self.tabs.remove(tab)

    def _draw_bar(self, tab: _Tab) -> None:
        if imgui.button(f"{icon('save', self.t('Save'))}###save"):
            self.save(tab)
        imgui.same_line()
        if imgui.button(f"{icon('script', self.t('Open in my editor'))}###outside"):
            try:
                open_in_code_editor(tab.file.file, tab.editor.get_main_cursor_position().line + 1)
            except TaixuError as error:
                self.window.log.say("error", str(error))
        imgui.same_line()
        imgui.text_disabled(self.t("not saved") if tab.is_changed else self.t("saved"))
        if tab.outside is not None:
            imgui.text_colored(imgui.ImVec4(*self.window.theme.warning), self.t("Another program changed this file."))
            imgui.same_line()
            if imgui.small_button(self.t("Take its text")):
                tab.editor.set_text(tab.outside)
                tab.file.saved, tab.outside = tab.outside, None
            imgui.same_line()
            if imgui.small_button(self.t("Keep mine")):
                tab.outside = None

    def _mark_errors(self, tab: _Tab) -> None:
        marks = {line.line: line.text for line in self.window.log.lines if line.file == tab.file.path and line.level == "error"}
        wanted = tuple(sorted(marks.items())) if not tab.is_changed else ()
        if wanted == tab.marked:
            return
        tab.marked = wanted
        tab.editor.clear_markers()
        bad = self.window.theme.pack("bad", 0.35)
        for line, text in wanted:
            if 0 < line <= tab.editor.get_line_count():
                tab.editor.add_marker(line - 1, self.window.theme.pack("bad"), bad, text, text)

    def _look_outside(self) -> None:
        self._since_look += imgui.get_io().delta_time
        if self._since_look < _LOOK_SECS:
            return
        self._since_look = 0.0
        for tab in self.tabs:
            text = tab.file.changed_outside()
            if text is None:
                continue
            if tab.is_changed:
                tab.outside = text
            else:
                tab.editor.set_text(text)
                tab.file.saved = text
