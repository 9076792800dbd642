"""Values of OPC UA as fields of readings: arrays by number or by names, structures by dotted names, rows by key.

Where a node stands in a source's settings, its value may be spread::

    "temp": "ns=2;s=Temp"                                              temp, or temp.0, temp.1, ... or temp.motor.speed
    {"node": "ns=2;s=Pose", "names": ["x", "y", "z"]}                  an array's first three, as x, y and z
    {"node": "ns=2;s=State", "path": "axes.0"}                         one part of a structure
    {"node": "ns=2;s=Temps", "rows": ["press-1", "press-2"]}           a reading for each element, with these keys
    {"node": "ns=2;s=Carts", "rows": "id"}                             the same, with the key that each structure says
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from math import isfinite
from typing import Any
from uuid import UUID

from taixu.errors import TaixuError

__all__ = ["MAX_FIELDS", "MAX_ROWS", "Place", "plain", "read_place", "tree"]

MAX_FIELDS = 256
"""Of one reading."""
MAX_ROWS = 10_000
_DEEPEST = 8
_MAX_TEXT = 4096
_MAX_NAME = 200
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node's value goes.

    Attributes
    ----------
    names
        What an array's elements are called; empty: the field's name, a dot, and their number.
    path
        The part of a structure that is meant; empty: all of it.
    rows
        Keys of an array's elements, or the field of each that names it; empty: the array is one reading's.
    """

    topic: str
    name: str
    node: str
    path: str = ""
    names: tuple[str, ...] = ()
    rows: tuple[str, ...] | str = ()

    def readings(self, value: Any) -> dict[str, dict[str, Any]]:
        """Fields by key (one key, the empty one, without rows) of a value of `tree`.

        Raises
        ------
        TaixuError
            When the value is not of this form, or is too much.
        """
        value = _part(value, self.path, self.node)
        if not self.rows:
            return {"": self._fields(value)}
        if not isinstance(value, list):
            raise TaixuError(f"the node {self.node} is no array, which rows are made of")
        if len(value) > MAX_ROWS:
            raise TaixuError(f"the node {self.node} has {len(value):,} elements; at most {MAX_ROWS:,} become rows")
        found: dict[str, dict[str, Any]] = {}
        for number, each in enumerate(value):
            if isinstance(self.rows, str):
                key = _part(each, self.rows, self.node)
                if isinstance(key, (list, dict)) or not str(key) or len(str(key)) > _MAX_NAME:
                    raise TaixuError(f"the node {self.node} has elements that {self.rows!r} does not name")
            elif number < len(self.rows):
                key = self.rows[number]
            else:
                break
            told = self._fields(each)
            if told:
                found[str(key)] = told
        return found

    def _fields(self, value: Any) -> dict[str, Any]:
        if self.names:
            if not isinstance(value, list) or len(value) < len(self.names):
                raise TaixuError(f"the node {self.node} is no array of {len(self.names)} or more")
            value, start = dict(zip(self.names, value)), ""
        else:
            start = self.name
        told: dict[str, Any] = {}
        for name, each in _flat(value, start):
            if len(told) == MAX_FIELDS:
                raise TaixuError(f"the node {self.node} holds more than {MAX_FIELDS} values; name a part of it, or rows")
            told[name] = each
        return told


def read_place(topic: str, name: str, given: Any, where: str) -> Place:
    """Where a node goes, as settings say it: a node's id, or an object with ``node`` and how it is spread.

    Raises
    ------
    TaixuError
        When it is neither.
    """
    if isinstance(given, str):
        return Place(topic, name, given)
    if not isinstance(given, Mapping) or not isinstance(given.get("node"), str):
        raise TaixuError(f"{where} takes a node id, or an object with a node")
    unknown = sorted(set(map(str, given)) - {"node", "path", "names", "rows"})
    if unknown:
        raise TaixuError(f"{where} has {unknown[0][:40]!r}; it may have node, path, names and rows")
    path, names, rows = given.get("path", ""), given.get("names", []), given.get("rows", [])
    if not isinstance(path, str) or len(path) > _MAX_NAME:
        raise TaixuError(f"{where}.path takes a dotted name such as axes.0")
    if not _are_names(names, MAX_FIELDS):
        raise TaixuError(f"{where}.names takes at most {MAX_FIELDS} names of an array's elements, each once")
    if not (isinstance(rows, str) and len(rows) <= _MAX_NAME) and not _are_names(rows, MAX_ROWS):
        raise TaixuError(f"{where}.rows takes keys of an array's elements, each once, or the field that names each")
    return Place(topic, name, given["node"], path, tuple(names), rows if isinstance(rows, str) else tuple(rows))


def _are_names(given: Any, most: int) -> bool:
    if not isinstance(given, list) or len(given) > most:
        return False
    return all(isinstance(each, str) and 0 < len(each) <= _MAX_NAME for each in given) and len(set(given)) == len(given)


def plain(value: Any) -> Any:
    """A single value as JSON has it; None where it has none."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value[:_MAX_TEXT]
    if isinstance(value, int):
        return int(value)
    return value if isinstance(value, float) and isfinite(value) else None


def tree(value: Any, depth: int = 0) -> Any:
    """A value as lists, dictionaries and what `plain` gives: asyncua's own classes are gone.

    Raises
    ------
    TaixuError
        When it is nested too deeply.
    """
    if depth > _DEEPEST:
        raise TaixuError(f"a value is nested more than {_DEEPEST} times")
    if isinstance(value, (list, tuple)):
        return [tree(each, depth + 1) for each in value]
    if isinstance(value, Mapping):
        return {str(name): tree(each, depth + 1) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        short = _short(value)
        if short is not _NOTHING:
            return short
        return {each.name: tree(getattr(value, each.name), depth + 1) for each in fields(value) if each.name != "Encoding"}
    return plain(value)


def _short(value: Any) -> Any:
    """What small classes of the protocol say: a text with its language is a text."""
    kind = type(value).__name__
    if kind == "LocalizedText":
        return plain(value.Text)
    if kind == "QualifiedName":
        return plain(value.Name)
    if kind == "Variant":
        return tree(value.Value, 1)
    if kind.endswith("NodeId"):
        return plain(value.to_string())
    if kind == "StatusCode":
        return plain(value.value)
    return _NOTHING


def _part(value: Any, path: str, node: str) -> Any:
    for name in path.split(".") if path else ():
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            raise TaixuError(f"the node {node} has no part {path!r}")
    return value


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name or "value", value
