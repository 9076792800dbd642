"""Lists in a world's settings (bindings, rules, controls): read one by one, and what is wrong is said with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from taixu.errors import TaixuError

__all__ = ["read_listed", "read_name", "read_object", "read_secs"]

T = TypeVar("T")
_MAX_NAME, _MAX_SECS = 60, 1e9


def read_listed(raw: Any, read: Callable[[Any], T], *, where: str, most: int, name_of: Callable[[T], str] | None = None) -> list[T]:
    """Items of a list, each read by a function; no two of a name where `name_of` gives one.

    Raises
    ------
    TaixuError
        With the first that is wrong: ``twin.rules[2]: ...``.
    """
    if not isinstance(raw, list) or len(raw) > most:
        raise TaixuError(f"{where} takes a list of at most {most:,}")
    found: list[T] = []
    names: set[str] = set()
    for i, item in enumerate(raw):
        try:
            found.append(read(item))
            if name_of is not None:
                name = name_of(found[-1])
                if name in names:
                    raise TaixuError(f"two are called {name!r}")
                names.add(name)
        except TaixuError as error:
            raise TaixuError(f"{where}[{i}]: {error}") from None
    return found


def read_object(raw: Any, known: frozenset[str], *, what: str) -> Mapping[str, Any]:
    """An object without keys that nobody understands.

    Raises
    ------
    TaixuError
        When it is none, or has others.
    """
    if not isinstance(raw, Mapping):
        raise TaixuError(f"{what} is an object")
    for key in raw:
        if key not in known:
            raise TaixuError(f"{str(key)[:40]!r} is not understood; there are {', '.join(sorted(known))}")
    return raw


def read_name(raw: Any, *, what: str) -> str:
    """A name of at most 60 characters.

    Raises
    ------
    TaixuError
        When it is none.
    """
    if not isinstance(raw, str) or not 0 < len(raw) <= _MAX_NAME:
        raise TaixuError(f"{what} has a name of at most {_MAX_NAME} characters")
    return raw


def read_secs(raw: Any, *, what: str) -> float:
    """Seconds, not below 0.

    Raises
    ------
    TaixuError
        When it is none.
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 <= raw <= _MAX_SECS:
        raise TaixuError(f"{what} takes seconds")
    return float(raw)
