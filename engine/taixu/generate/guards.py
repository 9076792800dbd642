"""What else is refused: guards that plugins add, which look at prompts before and at files after."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.prompts import need_harmless

__all__ = ["Guard", "check_file", "check_prompt", "find_guards"]


class Guard:
    """A classifier. Plugins name theirs in an attribute ``guards``, as ``module:Class``; it is made in worker processes.

    What refuses says so in half a sentence; what lets pass says nothing.
    """

    def refuse_prompt(self, prompt: str) -> str:
        """Why a prompt is refused; empty where it is not."""
        return ""

    def refuse_file(self, path: Path, role: str) -> str:
        """Why a file that was made is refused; empty where it is not."""
        return ""


def find_guards() -> tuple[str, ...]:
    """The guards of installed plugins, by reference.

    Raises
    ------
    TaixuError
        When a plugin that may have some does not load: nothing is made unguarded.
    """
    from taixu.app import find_plugins, load_plugin

    return tuple(str(guard) for point in find_plugins() for guard in getattr(load_plugin(point), "guards", ()))


def check_prompt(guards: Iterable[str], *texts: str) -> None:
    """See that neither the list nor a guard refuses words.

    Raises
    ------
    TaixuError
        When one does, or a guard fails.
    """
    for text in filter(None, texts):
        need_harmless(text)
        for reference in guards:
            _ask(reference, "refuse_prompt", text)


def check_file(guards: Iterable[str], path: Path, role: str) -> None:
    """See that no guard refuses a file.

    Raises
    ------
    TaixuError
        When one does, or fails.
    """
    for reference in guards:
        _ask(reference, "refuse_file", path, role)


def _ask(reference: str, question: str, *about: Any) -> None:
    try:
        module, _, name = reference.partition(":")
        reason = getattr(_made(module, name), question)(*about)
    except Exception as error:  # a guard that is broken guards nothing
        raise TaixuError(f"the guard {reference} failed, so nothing is made: {error}") from error
    if reason:
        raise TaixuError(f"this is not made: {reason}")


_kept: dict[tuple[str, str], Any] = {}


def _made(module: str, name: str) -> Any:
    """Made once in a process: a classifier's weights take long to load."""
    if (module, name) not in _kept:
        _kept[module, name] = getattr(import_module(module), name)()
    return _kept[module, name]
