"""What a command says: talk on standard error, results on standard output, one JSON object where asked."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from taixu.app.progress import ProgressBar

__all__ = ["Console", "plain"]


def plain(value: Any) -> Any:
    """A value as JSON knows it: arrays become lists, paths text, and numbers that JSON lacks become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's arrays and numbers
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


class Console:
    """How a command speaks to whoever called it.

    Parameters
    ----------
    json
        Standard output carries one JSON object and nothing else. Whatever else would be printed there, by
        a native library too, goes to standard error.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.answered = False
        self._out: TextIO = sys.stdout

    def say(self, text: str) -> None:
        """Talk: on standard error, so that it never mixes with a result."""
        print(text, file=sys.stderr, flush=True)

    def show(self, text: str) -> None:
        """A result for people, on standard output; nothing where JSON was asked for."""
        if not self.json:
            print(text, file=self._out, flush=True)

    def answer(self, result: Mapping[str, Any]) -> None:
        """The result for programs: one JSON object on one line, once; nothing where none was asked for."""
        if self.json and not self.answered:
            self.answered = True
            print(json.dumps(plain(result), allow_nan=False), file=self._out, flush=True)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[ProgressBar]:
        """A bar for long work, on a terminal only."""
        from taixu.app.progress import ProgressBar

        with ProgressBar(label, total) as bar:
            yield bar

    @contextmanager
    def quiet_output(self) -> Iterator[None]:
        """While it is open, and JSON was asked for, nobody but `answer` reaches standard output."""
        if not self.json:
            yield
            return
        before, shown = sys.stdout, None
        before.flush()
        try:
            real = before.fileno() == 1
        except (OSError, ValueError):  # a test's or a notebook's stand-in
            real = False
        if real:
            shown = os.dup(1)
            os.dup2(2, 1)
            self._out = os.fdopen(os.dup(shown), "w", encoding="utf-8")
        else:
            self._out = before
        sys.stdout = sys.stderr
        try:
            yield
        finally:
            sys.stdout = before
            if shown is not None:
                self._out.close()
                os.dup2(shown, 1)
                os.close(shown)
            self._out = before
