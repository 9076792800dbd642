"""What was said: by scripts, by the engine, by the editor; one book that panels, the status line and toasts read.

Lines that repeat are counted in place of being written again, and the book forgets its oldest, so that a script that prints
without end costs no memory and no time.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice
from time import time
from typing import TYPE_CHECKING

from taixu.edit import id_text
from taixu.script import ScriptHost

if TYPE_CHECKING:
    from taixu.ecs import World

__all__ = ["LEVELS", "LogBook", "LogLine"]

LEVELS = ("info", "warning", "error")
_KEPT = 5000
_MOST_A_FRAME = 500
_LONGEST = 4000
_PLACE = re.compile(r"(?P<file>[^\s:\"']+\.(?:py|glsl|vert|frag|comp|json|toml)):(?P<line>\d+)")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line.

    Attributes
    ----------
    level
        One of `LEVELS`.
    source
        "script", "engine" or "editor".
    file, line
        What it speaks of: a path as the line has it, and a line from 1; empty and 0 where it names none.
    entity
        Stable id, or empty.
    count
        How often it was said in a row.
    topic
        "reload" where it says what became of a script that was saved.
    at
        Seconds since 1970, of the last time.
    """

    level: str
    text: str
    source: str = "editor"
    file: str = ""
    line: int = 0
    entity: str = ""
    count: int = 1
    at: float = field(default=0.0, compare=False)
    topic: str = ""


class LogBook(logging.Handler):
    """Collects lines from everywhere; other threads may log as well."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[LogLine] = deque(maxlen=_KEPT)
        self.version = 0
        """Changes with the lines."""
        self.counts = dict.fromkeys(LEVELS, 0)
        self.file_of: Callable[[str], str] = str
        """Gives the path in the project of what the engine calls a script: mods have names of their own."""
        self._waiting: deque[LogLine] = deque(maxlen=_KEPT)
        self._guard = threading.Lock()
        self._heard: tuple[int, int] = (0, 0)  # world, lines of its scripts
        logging.getLogger("taixu").addHandler(self)
        logging.getLogger("taixu_editor").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take in a record; what scripts say comes with more, by `follow`."""
        if record.name == "taixu.script":
            return
        level = "error" if record.levelno >= logging.ERROR else "warning" if record.levelno >= logging.WARNING else "info"
        source = "editor" if record.name.startswith("taixu_editor") else "engine"
        self.say(level, record.getMessage(), source=source)

    def say(
        self, level: str, text: str, *, source: str = "editor", file: str = "", line: int = 0, entity: str = "", topic: str = ""
    ) -> None:
        """Write a line; from any thread."""
        short = text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
        if not line and (match := _PLACE.search(short)) and file in ("", match["file"]):
            file, line = match["file"], int(match["line"])
        with self._guard:
            self._waiting.append(LogLine(level, short, source, file, line, entity, 1, time(), topic))

    def follow(self, world: World | None) -> None:
        """Take in what was said since the last frame, also by the scripts of a world."""
        if world is not None and world.has_resource(ScriptHost):
            log = world.resource(ScriptHost).log
            seen = self._heard[1] if self._heard[0] == id(world) else 0
            fresh = min(log.count - seen, len(log.messages), _MOST_A_FRAME)
            for message in reversed(list(islice(reversed(log.messages), fresh))) if fresh > 0 else ():
                entity = id_text(message.entity) if message.entity else ""
                self.say(
                    message.level, message.text, source="script", file=self.file_of(message.script), line=message.line,
                    entity=entity, topic=message.topic,
                )  # fmt: skip
            self._heard = (id(world), log.count)
        with self._guard:
            waiting = list(self._waiting)
            self._waiting.clear()
        for line in waiting:
            self._write(line)

    def clear(self) -> None:
        """Forget everything."""
        self.lines.clear()
        self.counts = dict.fromkeys(LEVELS, 0)
        self.version += 1

    def close(self) -> None:
        """Listen no more."""
        for name in ("taixu", "taixu_editor"):
            logging.getLogger(name).removeHandler(self)
        super().close()

    def _write(self, line: LogLine) -> None:
        last = self.lines[-1] if self.lines else None
        self.counts[line.level] += 1
        self.version += 1
        if last is not None and replace(last, count=1) == line:
            self.lines[-1] = replace(line, count=last.count + 1)
        else:
            self.lines.append(line)
