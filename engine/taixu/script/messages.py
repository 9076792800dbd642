"""What scripts say, and what is said about them: one line each, kept for the console."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass

__all__ = ["ScriptLog", "ScriptMessage"]

_LOGGER = logging.getLogger("taixu.script")
_KEPT = 1000


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
    """

    level: str
    text: str
    script: str = ""
    line: int = 0
    entity: int = 0
    tick: int = 0


class ScriptLog:
    """The last thousand lines; each goes to the logger "taixu.script" too."""

    def __init__(self) -> None:
        self.messages: deque[ScriptMessage] = deque(maxlen=_KEPT)
        self.count = 0
        """Lines ever said: who shows them remembers where it was."""

    def add(self, message: ScriptMessage) -> None:
        """Keep a line and hand it to the logger."""
        self.messages.append(message)
        self.count += 1
        level = {"warning": logging.WARNING, "error": logging.ERROR}.get(message.level, logging.INFO)
        _LOGGER.log(level, "%s", message.text)
