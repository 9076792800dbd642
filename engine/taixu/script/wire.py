"""What crosses between a script and the world, checked: the same rules where a call is made and where it is carried out.

A sandbox gets this very file, so it imports nothing of Taixu. A *kind* is a short text: ``"number 0 4"`` (finite, in a
range), ``"whole 0 9"``, ``"flag"``, ``"text 200"`` (at most so many characters), ``"word"`` (a name), ``"vector"``,
``"quat"``, ``"size"`` (a number or a vector), ``"point"`` (two numbers), ``"color"``, ``"entity"``, ``"place"`` (a vector or
an entity), ``"entities 9"``, ``"vectors 9"``, ``"data"`` (what JSON can hold, with entities and vectors in it) and
``"choice a|b"``. One that ends in ``?`` may be None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

__all__ = ["GameError", "check", "check_call", "from_data", "to_data"]

_LARGEST = 1e15
_DEEPEST = 12
_MOST_ITEMS = 4096
_LONGEST_TEXT = 20_000
_MARKS = ("$entity", "$vec3", "$quat")


class GameError(ValueError):
    """Something that `game` was asked for in a way that it does not take; the sentence says what to do."""


def check(kind: str, value: Any, what: str) -> Any:
    """Return a value as it crosses: plain numbers, texts, lists, and ids in place of entities.

    Raises
    ------
    GameError
        If it is not of the kind.
    """
    name, *limits = kind.split()
    if name.endswith("?"):
        if value is None:
            return None
        name = name[:-1]
    return _CHECKS[name](value, what, limits)


def check_call(arguments: Any, values: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return the arguments of a call as they cross; `arguments` has a name, a kind and whether it may be left out of each."""
    return {name: check(kind, values[name], f"{what}: {name}") for name, kind in arguments if name in values}


def _refuse(value: Any, what: str, takes: str) -> GameError:
    text = repr(value)
    return GameError(f"{what} takes {takes}, not {text if len(text) <= 80 else text[:80] + '…'}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _number(value: Any, what: str, limits: list[str]) -> float:
    low, high = map(float, limits) if limits else (-_LARGEST, _LARGEST)
    if not _is_number(value) or not low <= value <= high:
        raise _refuse(value, what, f"a number from {low:g} to {high:g}" if limits else "a finite number")
    return float(value)


def _whole(value: Any, what: str, limits: list[str]) -> int:
    low, high = map(int, limits) if limits else (-(1 << 53), 1 << 53)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _refuse(value, what, f"a whole number from {low} to {high}")
    return value


def _flag(value: Any, what: str, limits: list[str]) -> bool:
    if not isinstance(value, bool):
        raise _refuse(value, what, "True or False")
    return value


def _text(value: Any, what: str, limits: list[str]) -> str:
    most = int(limits[0]) if limits else _LONGEST_TEXT
    if not isinstance(value, str):
        raise _refuse(value, what, "a text")
    if len(value) > most:
        raise GameError(f"{what} takes a text of at most {most} characters, not one of {len(value)}")
    return str(value)


def _word(value: Any, what: str, limits: list[str]) -> str:
    text = _text(value, what, limits or ["80"])
    if not text or not text.isprintable():
        raise _refuse(value, what, "a name")
    return text


def _choice(value: Any, what: str, limits: list[str]) -> str:
    allowed = limits[0].split("|")
    if not isinstance(value, str) or value not in allowed:
        raise _refuse(value, what, f"one of {', '.join(allowed)}")
    return str(value)


def _numbers(value: Any, count: int) -> list[float] | None:
    try:
        numbers = list(value)
    except TypeError:
        return None
    return [float(item) for item in numbers] if len(numbers) == count and all(map(_is_number, numbers)) else None


def _some(count: int, takes: str) -> Callable[[Any, str, list[str]], list[float]]:
    def run(value: Any, what: str, limits: list[str]) -> list[float]:
        found = None if isinstance(value, (str, bytes, dict)) else _numbers(value, count)
        if found is None:
            raise _refuse(value, what, takes)
        return found

    return run


_vector = _some(3, "three finite numbers")


def _size(value: Any, what: str, limits: list[str]) -> list[float]:
    return [float(value)] * 3 if _is_number(value) else _vector(value, what, limits)


def _entity(value: Any, what: str, limits: list[str]) -> int:
    found = value if isinstance(value, int) else getattr(value, "id", None)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found < 1 << 64:
        raise _refuse(value, what, "an entity")
    return found


def _place(value: Any, what: str, limits: list[str]) -> Any:
    if isinstance(value, int) or hasattr(value, "id"):
        return _entity(value, what, limits)
    return _vector(value, what, limits)


def _many(each: Callable[[Any, str, list[str]], Any], noun: str) -> Callable[[Any, str, list[str]], list[Any]]:
    def run(value: Any, what: str, limits: list[str]) -> list[Any]:
        most = int(limits[0])
        try:
            items = list(value)
        except TypeError:
            raise _refuse(value, what, f"a list of {noun}") from None
        if len(items) > most:
            raise GameError(f"{what} takes at most {most} {noun} at once, not {len(items)}")
        return [each(item, what, []) for item in items]

    return run


def _data(value: Any, what: str, limits: list[str]) -> Any:
    return to_data(value, what)


def to_data(value: Any, what: str) -> Any:
    """Return data as JSON can hold it; entities and vectors are marked, tuples become lists.

    Raises
    ------
    GameError
        If something in it cannot cross, or there is too much of it.
    """
    left = [_MOST_ITEMS]

    def pack(item: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > _DEEPEST:
            raise GameError(f"{what} is more than crosses at once; send less")
        if item is None or isinstance(item, (bool, str)):
            if isinstance(item, str) and len(item) > _LONGEST_TEXT:
                raise GameError(f"{what} holds a text of {len(item)} characters; {_LONGEST_TEXT} cross at most")
            return item
        if isinstance(item, int) and abs(item) < 1 << 64:
            return int(item)
        if isinstance(item, float) and isfinite(item):
            return float(item)
        kind = type(item).__name__
        if isinstance(item, tuple) and kind in ("Vec3", "Quat"):
            return {"$" + kind.lower(): list(item)}
        if kind == "Entity":
            return {"$entity": item.id}
        if isinstance(item, (list, tuple)):
            return [pack(part, depth + 1) for part in item]
        if isinstance(item, Mapping) and all(isinstance(key, str) for key in item):
            return {key: pack(part, depth + 1) for key, part in item.items()}
        raise _refuse(item, what, "numbers, texts, lists, dicts with texts as keys, vectors and entities")

    return pack(value, 0)


def from_data(value: Any, make: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Return data that crossed as the receiver sees it; `make` has what to do with the marks "$entity", "$vec3", "$quat"."""
    if isinstance(value, list):
        return [from_data(item, make) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            (mark, inner), = value.items()
            if mark in _MARKS:
                return make[mark](inner)
        return {key: from_data(item, make) for key, item in value.items()}
    return value


_CHECKS: dict[str, Callable[[Any, str, list[str]], Any]] = {
    "number": _number,
    "whole": _whole,
    "flag": _flag,
    "text": _text,
    "word": _word,
    "choice": _choice,
    "vector": _vector,
    "quat": _some(4, "four finite numbers"),
    "point": _some(2, "two finite numbers"),
    "color": _vector,
    "size": _size,
    "entity": _entity,
    "place": _place,
    "entities": _many(_entity, "entities"),
    "vectors": _many(_vector, "points"),
    "data": _data,
}
