"""One script in its tab: its text, whether it is saved, and what is wrong in which line."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui_color_text_edit

from taixu_editor.script_drafts import draft_of, drop_draft, keep_draft
from taixu_editor.script_files import ScriptFile
from taixu_editor.script_problems import Problem, Reloaded, last_reload, problems_said, written_problem
from taixu_editor.widgets.code_typing import set_up_python

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ScriptTab"]

_Editor = imgui_color_text_edit.TextEditor
_PAUSE_SECS = 0.35
"""So long nobody has written when a text is looked through."""
_DRAFT_SECS = 5.0


class ScriptTab:
    """A script that is open.

    Attributes
    ----------
    is_recovered
        Whether its text is one that was written and not saved when an editor ended.
    outside
        What another program wrote while this text was changed.
    problems
        What is wrong, by line: in the text as it is written, or else in the world that ran it.
    reloaded
        What became of the version that was saved last, where a world runs.
    """

    def __init__(self, window: EditorWindow, file: ScriptFile) -> None:
        self._window = window
        self.file = file
        self.editor: Any = _Editor()
        set_up_python(self.editor)
        self.wants_focus = True
        self.outside: str | None = None
        self.problems: tuple[Problem, ...] = ()
        self.reloaded: Reloaded | None = None
        self._written: Problem | None = None
        self._is_changed = False
        self._undo_index = self._look_at = 0.0
        self._log_version = -1
        self._marked: object = None
        self._draft_at = 0.0
        self.is_recovered = False
        draft = draft_of(file.file)
        self.take(file.saved)
        if draft is not None and draft != file.saved:  # over the file's text, which undo brings back
            self.editor.select_all()
            self.editor.replace_text_in_all_cursors(draft)
            self._changed(at_once=True)
            self.is_recovered = self._is_changed

    @property
    def is_changed(self) -> bool:
        """Whether its text is another than the file's."""
        return self._is_changed

    def take(self, text: str) -> None:
        """Another text, which is the file's."""
        self.editor.set_text(text)
        self.file.saved, self.outside = text, None
        self._changed(at_once=True)

    def give_up(self) -> None:
        """Back to the file's text; another one is not kept."""
        self.take(self.file.saved)

    def save(self) -> None:
        """Write it; the running world takes it up by itself.

        Raises
        ------
        TaixuError
            When it cannot be written; the text is still here.
        """
        self.file.save(self.editor.get_text())
        self.outside = None
        self._changed(at_once=True)

    def look_outside(self) -> None:
        """Take in what another program wrote, or keep it beside what is not saved here."""
        text = self.file.changed_outside()
        if text is None:
            return
        if self._is_changed:
            self.outside = text
        else:
            self.take(text)

    def go(self, line: int) -> None:
        """Put the cursor into a line, from 1."""
        self.editor.set_cursor(_Editor.DocPos(line - 1, 0))
        self.editor.scroll_to_line(line - 1)
        self.editor.set_focus()

    def frame(self) -> None:
        """Follow what was written, and what the world said; cheap where nothing is new."""
        index = self.editor.get_undo_index()
        if index != self._undo_index:
            self._undo_index = index
            self._changed()
        if self._draft_at and monotonic() >= self._draft_at:
            self._draft_at = 0.0
            keep_draft(self.file.file, self.editor.get_text())
        if self._look_at and monotonic() >= self._look_at:
            self._look_at = 0.0
            self._written = written_problem(self.editor.get_text(), self.file.path)
            self._log_version = -1
        log = self._window.log
        if log.version != self._log_version:
            self._log_version = log.version
            since = max(self.file.stamp[0] / 1e9, self._window.host.play.started_at)
            said = () if self._written is not None else problems_said(log.lines, self.file.path, since=since)
            self.problems = (self._written,) if self._written is not None else said
            self.reloaded = last_reload(log.lines, self.file.path, since=self.file.stamp[0] / 1e9)
        self._mark()

    def _changed(self, *, at_once: bool = False) -> None:
        self._undo_index = self.editor.get_undo_index()
        self._is_changed = self.editor.get_text().rstrip("\n") != self.file.saved.rstrip("\n")
        if self._is_changed:
            self._draft_at = self._draft_at or monotonic() + _DRAFT_SECS
        else:
            self._draft_at, self.is_recovered = 0.0, False
            drop_draft(self.file.file)
        self._look_at = monotonic() + (0.0 if at_once else _PAUSE_SECS)

    def _mark(self) -> None:
        theme = self._window.theme
        wanted = (self.problems, theme.name)
        if wanted == self._marked:
            return
        self._marked = wanted
        self.editor.clear_markers()
        self.editor.set_palette(self.editor.get_dark_palette() if theme.is_dark else self.editor.get_light_palette())
        for each in self.problems:
            line = min(max(each.line, 1), max(self.editor.get_line_count(), 1))
            self.editor.add_marker(line - 1, theme.pack("bad"), theme.pack("bad", 0.3), each.text, each.text)
