"""What is wrong with a script, by line: said while it is written, and by the world that runs it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from taixu.errors import TaixuError
from taixu.script.fields import find_fields
from taixu_editor.log_book import LogLine

__all__ = ["Problem", "Reloaded", "last_reload", "problems_said", "written_problem"]

_MOST_CHARACTERS = 200_000
"""A longer text is parsed when it is saved, and not while it is written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line from 1, and a sentence about it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of the latest version that was saved while the world runs."""

    at: float
    is_good: bool
    text: str


def written_problem(text: str, path: str) -> Problem | None:
    """What keeps a text from being a script; None where nothing does. Nothing of it is run."""
    if len(text) > _MOST_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text, filename=path)
            find_fields(tree, file=path)
            compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return Problem(error.lineno or 1, error.msg)
    except TaixuError as error:
        found = re.search(r":(\d+):\s*(.*)", str(error), re.DOTALL)
        return Problem(int(found[1]), found[2]) if found else Problem(1, str(error))
    except (ValueError, RecursionError, MemoryError) as error:
        return Problem(1, str(error) or type(error).__name__)
    return None


def problems_said(lines: Iterable[LogLine], path: str, *, since: float) -> tuple[Problem, ...]:
    """The latest error of each line of a script that was said since a moment (when it was saved, or play began)."""
    errors = (each for each in lines if each.level == "error" and each.file == path and each.line and each.at >= since)
    found = {each.line: each.text for each in errors}
    return tuple(Problem(line, _reason(text, path)) for line, text in sorted(found.items()))


def last_reload(lines: Iterable[LogLine], path: str, *, since: float) -> Reloaded | None:
    """What was said last of a version that was saved while the world runs."""
    said = [each for each in lines if each.topic == "reload" and each.at >= since and each.text.startswith(f"{path} ")]
    return Reloaded(said[-1].at, said[-1].level != "error", said[-1].text) if said else None


def _reason(text: str, path: str) -> str:
    """A line of the log without the place, which the marker shows."""
    return re.sub(rf"^.*?{re.escape(path)}:\d+:\s*", "", text, count=1)
