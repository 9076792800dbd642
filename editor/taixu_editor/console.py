"""A Python prompt without an interface: it runs what is written, keeps what that prints, and completes names.

What is written runs in the editor's own process, so a loop without end is ended after some seconds, and what prints without end
is cut.
"""

from __future__ import annotations

import ast
import builtins
import codeop
import contextlib
import io
import keyword
import re
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any

from taixu.script.watchdog import ScriptTooLong, Watchdog

__all__ = ["Console", "common_start"]

_KEPT = 2000
_LONGEST = 2000
_MOST_LINES = 500
_MOST_CHARACTERS = 200_000
_LIMIT_SECS = 10.0
_NAME = re.compile(r"[A-Za-z_][\w.]*$")
_PLAIN = frozenset(name for name in dir(builtins) if not name.startswith("_")) | frozenset(keyword.kwlist)


class Console:
    """Runs lines of Python and keeps what they print; a panel shows it.

    Parameters
    ----------
    names
        Gives what the prompt knows, each time something runs.
    texts
        What may stand in a call's first text, by the call: ``{"editor.do": ids of operations}``.
    after
        Is called when something has run.

    Attributes
    ----------
    output
        (kind, line): "in", "more", "out" or "error".
    history
        What was run, the latest last.
    """

    def __init__(
        self, names: Callable[[], Mapping[str, Any]], *, texts: Mapping[str, Callable[[], Iterable[str]]] | None = None,
        after: Callable[[], object] | None = None, limit_secs: float = _LIMIT_SECS,
    ) -> None:  # fmt: skip
        self._names, self._texts, self._after = names, texts or {}, after
        self._own: dict[str, Any] = {"__name__": "__console__"}
        self._watchdog = Watchdog(limit_secs)
        self.output: deque[tuple[str, str]] = deque(maxlen=_KEPT)
        self.history: list[str] = []

    def is_whole(self, source: str) -> bool:
        """Whether a text is to be run, rather than to be written on: a block ends with an empty line."""
        if "\n" in source and source.endswith("\n"):
            return True
        try:
            with warnings.catch_warnings(action="ignore"):
                return codeop.compile_command(source, "<console>", "single") is not None
        except (SyntaxError, ValueError, OverflowError):
            return True  # what is wrong with it is said when it runs

    def run(self, source: str) -> None:
        """Run a line, or several; an expression at the end is shown."""
        source = source.rstrip()
        if source and (not self.history or self.history[-1] != source):
            self.history.append(source)
        for number, line in enumerate(source.splitlines()):
            self._say("more" if number else "in", line)
        stream = _Stream()
        self._own.update(self._names())
        try:
            self._watchdog.begin()
            try:
                with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                    self._execute(source)
            finally:
                self._watchdog.end()
        except SyntaxError as error:
            self._show(stream)
            self._say("error", f"{error.msg} (line {error.lineno})")
        except ScriptTooLong:
            self._show(stream)
            self._say("error", f"it did not end within {self._watchdog.limit_secs:g} s, and was ended")
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            self._show(stream)
            self._say("error", "".join(traceback.format_exception_only(error)).strip())
        else:
            self._show(stream)
        if self._after is not None:
            self._after()

    def complete(self, text: str) -> list[str]:
        """What the name at the end of a text could become, whole; nothing is called for it."""
        for call, known in self._texts.items():
            inside = re.search(rf"""{re.escape(call)}\(\s*["']([\w.]*)$""", text)
            if inside is not None:
                return sorted(each for each in known() if each.startswith(inside[1]))
        match = _NAME.search(text)
        if match is None or text[: match.start()].endswith((".", ")", "]")):
            return []
        owner, _, part = match[0].rpartition(".")
        self._own.update(self._names())
        if not owner:
            known_names = {name for name in self._own if not name.startswith("__")} | _PLAIN
            return sorted(name for name in known_names if name.startswith(part) and (part.startswith("_") or name[0] != "_"))
        found: Any = self._own
        for name in owner.split("."):
            found = found.get(name) if found is self._own else getattr(found, name, None)
            if found is None:
                return []
        public = (name for name in dir(found) if part.startswith("_") or not name.startswith("_"))
        return sorted(f"{owner}.{name}" for name in public if name.startswith(part))

    def start_of(self, text: str) -> int:
        """Where the name at the end of a text begins."""
        match = _NAME.search(text)
        return match.start() if match is not None else len(text)

    def close(self) -> None:
        """Run nothing more."""
        self._watchdog.close()

    def _execute(self, source: str) -> None:
        tree = ast.parse(source, "<console>")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<console>", "exec"), self._own)  # noqa: S102 - the user's own prompt
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<console>", "eval"), self._own)  # noqa: S307
            if value is not None:
                self._own["_"] = value
                print(repr(value))  # noqa: T201 - into the stream that is shown

    def _show(self, stream: _Stream) -> None:
        lines = stream.getvalue().splitlines()
        for line in lines[:_MOST_LINES]:
            self._say("out", line)
        more = len(lines) - _MOST_LINES if len(lines) > _MOST_LINES else 0
        if more or stream.left_out:
            self._say("out", f"… and {more + stream.left_out:,} more lines")

    def _say(self, kind: str, text: str) -> None:
        for line in text.splitlines() or [""]:
            self.output.append((kind, line if len(line) <= _LONGEST else line[:_LONGEST] + " …"))


class _Stream(io.StringIO):
    """Takes text, and counts the lines of what is too much."""

    def __init__(self) -> None:
        super().__init__()
        self.left_out = 0
        self._room = _MOST_CHARACTERS

    def write(self, text: str) -> int:
        """Keep it while there is room."""
        if self._room > 0:
            super().write(text[: self._room])
            self._room -= len(text)
        else:
            self.left_out += text.count("\n")
        return len(text)


def common_start(found: Iterable[str]) -> str:
    """What all begin with."""
    low, high = min(found := list(found)), max(found)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False))
    return "".join(letter for letter, _ in same)
