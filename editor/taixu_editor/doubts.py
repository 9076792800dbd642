"""What was doubtful when a world was read (assets that are gone, things that nobody knows): lines of the log, and one toast."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from taixu.edit import OpenWorld

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Doubts"]


class Doubts:
    """Tells of each document once, when it has been opened."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._told: list[OpenWorld] = []

    def frame(self) -> None:
        """Look for documents that were opened since the last frame."""
        worlds, play = self._window.host.session.worlds, self._window.host.play
        if len(worlds) == len(self._told) and all(one is other for one, other in zip(worlds, self._told)):
            return
        told = {id(entry) for entry in self._told}
        for entry in worlds:
            if id(entry) not in told and not play.is_played(entry):
                self._tell(entry)
        self._told = list(worlds)

    def _tell(self, entry: OpenWorld) -> None:
        shell, t = self._window.shell, self._window.t
        name = entry.path.name if entry.path is not None else t("New world")
        for finding in entry.findings:
            self._window.log.say("warning" if finding.severity == "error" else finding.severity, f"{name}: {finding}")
        doubts = [finding for finding in entry.findings if finding.severity != "info"]
        if not doubts:
            return
        said = f"{name}: {doubts[0]}"
        if len(doubts) > 1:
            said = t("{name} was read with {count} doubts; nothing in it is lost. The first: {text}", name=name, count=len(doubts),
                     text=str(doubts[0]))  # fmt: skip
        shell.toasts.say(said, "warning", action="Show log", act=partial(shell.show_panel, "log"))
