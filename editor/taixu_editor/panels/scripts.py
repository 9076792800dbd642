"""Scripts in tabs, with colours, and errors at their lines."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.interface import icon
from taixu_editor.outside import open_in_code_editor
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.script_tab import ScriptTab
from taixu_editor.script_drafts import drop_draft
from taixu_editor.script_files import ScriptFile, list_scripts, new_script, open_script
from taixu_editor.widgets.code_typing import follow_typing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ScriptsPanel"]

_LOOK_SECS = 1.0


class ScriptsPanel(Panel):
    """A text editor for the project's scripts."""

    id: ClassVar[str] = "scripts"
    title: ClassVar[str] = "Scripts"
    dock: ClassVar[str] = "center"
    own_keys: ClassVar[frozenset[str]] = frozenset({"Ctrl+S"})

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.tabs: list[ScriptTab] = []
        self._root: Path | None = None
        self._name = self._problem = ""
        self._since_look = 0.0

    def draw(self) -> None:
        """The list of scripts where none is open, else their tabs."""
        self._follow_project()
        self._look_outside()
        if imgui.begin_tab_bar("scripts", imgui.TabBarFlags_.reorderable):
            if imgui.tab_item_button(f"{icon('add')}###open", imgui.TabItemFlags_.leading):
                imgui.open_popup("choose")
                self._problem = ""
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
                self.window.shell.say_error(str(error))
                return
        self.is_open = tab.wants_focus = True
        if line:
            tab.go(line)

    def save(self, tab: ScriptTab) -> None:
        """Write a script; the running world takes it up by itself."""
        try:
            tab.save()
        except TaixuError as error:
            self.window.shell.say_error(str(error))

    @property
    def unsaved(self) -> list[str]:
        """Scripts whose text is another than their file's."""
        return [tab.file.path for tab in self.tabs if tab.is_changed]

    def save_all(self) -> None:
        """Write all that are changed."""
        for tab in self.tabs:
            if tab.is_changed:
                self.save(tab)

    def _add(self, file: ScriptFile) -> ScriptTab:
        self.tabs.append(ScriptTab(self.window, file))
        self._root = self.host.session.project.root
        return self.tabs[-1]

    def _follow_project(self) -> None:
        """Scripts of a project that was closed are closed."""
        root = self.host.session.project.root
        if root != self._root:
            self._root = root
            self._forget()

    def _forget(self) -> None:
        """Close all; what was not saved has been asked about."""
        for tab in self.tabs:
            drop_draft(tab.file.file)
        self.tabs.clear()

    def release(self) -> None:
        """The window closes."""
        self._forget()

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
                self._name = self._problem = ""
                imgui.close_current_popup()
            except TaixuError as error:
                self._problem = str(error)
        if self._problem:
            imgui.text_colored(self.window.theme.bad, self.t(self._problem))
        imgui.end_popup()

    def _draw_tab(self, tab: ScriptTab) -> None:
        tab.frame()
        flags = imgui.TabItemFlags_.unsaved_document if tab.is_changed else 0
        if tab.wants_focus:
            flags |= imgui.TabItemFlags_.set_selected
        name = tab.file.path.removeprefix("scripts/")
        if tab.problems:
            imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
        shown, still_open = imgui.begin_tab_item(f"{name}###{tab.file.path}", True, flags)
        if tab.problems:
            imgui.pop_style_color()
        if shown:
            tab.wants_focus = False
            self._draw_bar(tab)
            imgui.push_font(self.window.fonts.mono, 0.0)
            height = imgui.get_frame_height_with_spacing() if tab.problems else 0.0
            tab.editor.render("text", (0, -height))
            imgui.pop_font()
            self._draw_problems(tab)
            if imgui.is_window_focused(imgui.FocusedFlags_.child_windows):
                self.keyboard_frame = imgui.get_frame_count()
                follow_typing(tab.editor)
                if imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.s):
                    self.save(tab)
            imgui.end_tab_item()
        if not still_open:
            if tab.is_changed:
                self.save(tab)
            if not tab.is_changed:
                self.tabs.remove(tab)

    def _draw_bar(self, tab: ScriptTab) -> None:
        theme, t = self.window.theme, self.t
        if imgui.button(f"{icon('save', t('Save'))}###save"):
            self.save(tab)
        imgui.same_line()
        if imgui.button(f"{icon('script', t('Open in my editor'))}###outside"):
            self.open_outside(tab)
        imgui.same_line()
        imgui.align_text_to_frame_padding()
        reloaded = tab.reloaded if self.host.play.is_playing and not tab.is_changed else None
        if reloaded is None:
            imgui.text_disabled(t("not saved") if tab.is_changed else t("saved"))
        else:
            at = f"{datetime.fromtimestamp(reloaded.at):%H:%M:%S}"
            said = "Runs anew since {time}" if reloaded.is_good else "Not taken over at {time}: what ran before runs on"
            text = icon("success" if reloaded.is_good else "error", t(said, time=at))
            imgui.text_colored(theme.good if reloaded.is_good else theme.bad, text)
            imgui.set_item_tooltip(reloaded.text)
        if tab.is_recovered:
            imgui.text_colored(theme.warning, t("This text was written and not saved when the editor ended."))
            imgui.same_line()
            if imgui.small_button(f"{t('Back to the file')}###give up"):
                tab.give_up()
        if tab.outside is not None:
            imgui.text_colored(theme.warning, t("Another program changed this file."))
            imgui.same_line()
            if imgui.small_button(f"{t('Take its text')}###take"):
                tab.take(tab.outside)
            imgui.same_line()
            if imgui.small_button(f"{t('Keep mine')}###keep"):
                tab.outside = None

    def open_outside(self, tab: ScriptTab) -> None:
        """Open a script in the user's code editor, at the line of the cursor; it is saved before."""
        if tab.is_changed:
            self.save(tab)
        line = tab.editor.get_main_cursor_position().line + 1
        chosen = self.window.shell.settings.code_editor
        try:
            open_in_code_editor(tab.file.file, line, root=self.host.session.project.root, chosen=chosen)
        except TaixuError as error:
            self.window.shell.say_error(str(error))

    def _draw_problems(self, tab: ScriptTab) -> None:
        """The first problem, which a click leads to; the others are at their lines."""
        if not tab.problems:
            return
        first, more = tab.problems[0], len(tab.problems) - 1
        text = self.t("Line {line}: {text}", line=first.line, text=first.text)
        text += f"  (+{more})" if more else ""
        imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
        if imgui.selectable(f"{icon('error', text)}###problem", False)[0]:
            tab.go(first.line)
        imgui.pop_style_color()
        imgui.set_item_tooltip("\n".join(f"{each.line}: {each.text}" for each in tab.problems[:20]))

    def _look_outside(self) -> None:
        self._since_look += imgui.get_io().delta_time
        if self._since_look < _LOOK_SECS:
            return
        self._since_look = 0.0
        for tab in self.tabs:
            tab.look_outside()
