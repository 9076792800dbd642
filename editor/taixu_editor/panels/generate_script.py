"""A mod out of words, to be read before it is kept: what it does, what was not understood, its trial, and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu.mods.authoring.difference import difference
from taixu_editor.generating.scripts import before_of, facts_of, files_of, target_of
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from pathlib import Path

    from taixu_editor.generating.history import Entry
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["ScriptView"]

Box = tuple[float, float, float, float]


class ScriptView:
    """The text in the middle.

    Attributes
    ----------
    lines
        What is shown of the files, each with what it is: "+", "-", "@" or "".
    facts
        What the words came to.
    """

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self._key: object = None
        self.lines: list[tuple[str, str]] = []
        self.facts: Mapping[str, Any] = {}
        self.folder = ""

    def draw(self, box: Box, paths: tuple[Path, ...], key: str, entry: Entry | None) -> None:
        """Over the square of the stage."""
        self._read(paths, key)
        unit, theme, t = imgui.get_font_size(), self._panel.window.theme, self._panel.t
        imgui.set_cursor_screen_pos((box[0] + unit * 0.4, box[1] + unit * 0.4))
        size = (box[2] - box[0] - unit * 0.8, box[3] - box[1] - unit * 0.8)
        if imgui.begin_child("script", size, imgui.ChildFlags_.none, imgui.WindowFlags_.horizontal_scrollbar):
            for text in self.facts.get("understood", ()):
                self._say("success", theme.good, text)
            for text in self.facts.get("not_understood", ()):
                self._say("warning", theme.warning, t("Not understood, and left out: {text}", text=text))
            for text in self.facts.get("doubts", ()):
                self._say("info", theme.faint, text)
            if entry is not None:
                self._draw_trial(entry)
            imgui.separator()
            colors = {"+": theme.good, "-": theme.bad, "@": theme.faint}
            clipper = imgui.ListClipper()
            clipper.begin(len(self.lines))
            while clipper.step():
                for number in range(clipper.display_start, clipper.display_end):
                    mark, text = self.lines[number]
                    imgui.text_colored(colors.get(mark, theme.text), text or " ")
        imgui.end_child()

    def _draw_trial(self, entry: Entry) -> None:
        theme, t = self._panel.window.theme, self._panel.t
        trial = self._panel.studio.trial(entry)
        if trial is None:
            self._say("play", theme.faint, t("It is tried in the box ..."))
            return
        if trial.get("error"):
            self._say("warning", theme.warning, t("It was not tried: {text}", text=trial["error"]))
        elif trial.get("fault"):
            self._say("error", theme.bad, t("It was stopped: {text}", text=trial["fault"]))
        else:
            told = t(
                "Ran {ticks} steps in the box: {spawned} made, {refused} refused, {ms} ms a step",
                ticks=trial["ticks"], spawned=trial["spawned"], refused=trial["refused"], ms=trial["milliseconds"],
            )  # fmt: skip
            self._say("success" if not trial["refused"] else "warning", theme.good if not trial["refused"] else theme.warning, told)

    def _say(self, picture: str, color: Any, text: str) -> None:
        imgui.text_colored(color, icon(picture))
        imgui.same_line(0, imgui.get_font_size() * 0.4)
        imgui.push_text_wrap_pos(imgui.get_scroll_x() + imgui.get_window_width() - imgui.get_style().scrollbar_size)
        imgui.text_unformatted(text)
        imgui.pop_text_wrap_pos()

    def _read(self, paths: tuple[Path, ...], key: str) -> None:
        """Anew where another mod is shown, or history has moved."""
        session = self._panel.host.session
        state = (key, paths, len(session.history._done), session.project.root)
        if state == self._key:
            return
        self._key = state
        files = files_of(paths)
        self.facts = facts_of(key) if key else {}
        try:
            self.folder = target_of(session.project, files)
            before = before_of(session.project, self.folder, files)
        except TaixuError:
            before = {}
        self.lines = shown_lines(files, difference(before, files) if before else [])


def shown_lines(files: Mapping[str, str], changes: Sequence[str]) -> list[tuple[str, str]]:
    """What changes, where something was there; else all that there is."""
    if changes:
        return [(line[:1] if line[:1] in "+-@" else "", line) for line in changes]
    found: list[tuple[str, str]] = []
    for name in sorted(files):
        found.append(("@", f"# {name}"))
        found += [("", line.expandtabs(4)) for line in files[name].splitlines()]
        found.append(("", ""))
    return found
