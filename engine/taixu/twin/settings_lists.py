"""Lists in a world's settings (bindings, rules, controls): read one by one, and what is wrong is said with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from taixu.errors import TaixuError

__all__ = ["read_listed", "read_object"]

T = TypeVar("T")


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
