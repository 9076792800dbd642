"""What scripts say, and what is said about them: one line each, kept for the console."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace

__all__ = ["ScriptLog", "ScriptMessage"]

_LOGGER = logging.getLogger("taixu.script")
_KEPT = 1000
_MOST_A_FRAME = 200
_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class ScriptMessage:
    """One line of the console.

    Attributes
    ----------
    level : str
        "info", "warning" or "error".
    text : str
        The sentence; for errors it names script, line and entity.
    script : str
        Path in the project, empty where none is concerned.
    line : int
        Line of the script, 0 where none is.
    entity : int
        Stable id, 0 where none is concerned.
    tick : int
        Fixed step in which it was said.
    topic : str
        "reload" where it says what became of a file that was saved.
    """

    level: str
    text: str
    script: str = ""
    line: int = 0
    entity: int = 0
    tick: int = 0
    topic: str = ""


class ScriptLog:
    """The last thousand lines; each goes to the logger "taixu.script" too.

    A script that prints without end costs neither memory nor time: of a frame, two hundred lines are kept (and as many
    errors, which prints do not crowd out), and the rest is counted.
    """

    def __init__(self) -> None:
        self.messages: deque[ScriptMessage] = deque(maxlen=_KEPT)
        self.count = 0
        """Lines ever said: who shows them remembers where it was."""
        self._frame = -1
        self._left = {True: _MOST_A_FRAME, False: _MOST_A_FRAME}  # by whether they are errors
        self._skipped = 0

    def begin_frame(self, frame: int) -> None:
        """Lines may come again; those of the last frame that were too many are told of in one."""
        if frame == self._frame:
            return
        self._frame, skipped, self._skipped = frame, self._skipped, 0
        self._left = {True: _MOST_A_FRAME, False: _MOST_A_FRAME}
        if skipped:
            self.add(ScriptMessage("warning", f"… and {skipped:,} more lines in one frame, which are not kept"))

    def takes(self, level: str) -> bool:
        """Whether a line of a level is kept now; one that is not is counted."""
        is_error = level == "error"
        if self._left[is_error] <= 0:
            self._skipped += 1
            return False
        self._left[is_error] -= 1
        return True

    def add(self, message: ScriptMessage) -> None:
        """Keep a line and hand it to the logger."""
        if len(message.text) > _LONGEST:
            message = replace(message, text=message.text[:_LONGEST] + " …")
        self.messages.append(message)
        self.count += 1
        level = {"warning": logging.WARNING, "error": logging.ERROR}.get(message.level, logging.INFO)
        _LOGGER.log(level, "%s", message.text)
