"""What is searched for, as data: the only thing that is carried out, whoever wrote it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from taixu.errors import TaixuError

__all__ = ["MOST_FOUND", "Condition", "SearchQuery", "read_query"]

OPERATORS = (">", ">=", "<", "<=", "==", "!=")
ORDERS = ("", "nearest", "highest", "lowest", "latest")
MOST_FOUND, USUAL_FOUND = 500, 50
_MOST_CONDITIONS, _MOST_WORDS, _MOST_LETTERS = 8, 8, 100
_MOST_M = 1e6
_PARTS = frozenset({"field", "operator", "value", "unit"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A value of a thing, compared.

    Attributes
    ----------
    field
        ``motor.temperature``, or ``temperature`` of whatever component; empty for any value whose unit fits.
    operator
        One of ``> >= < <= == !=``.
    value
        A number or a text.
    unit
        Of the number, as pint writes it; empty: the field's own.
    """

    field: str
    operator: str
    value: float | str
    unit: str = ""

    def __str__(self) -> str:
        value = f"{self.value:g}" if isinstance(self.value, float) else repr(self.value)
        return f"{self.field or 'a value'} {self.operator} {value}{f' {self.unit}' if self.unit else ''}"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is searched for. Everything that is said must hold.

    Attributes
    ----------
    words
        Each must stand in a thing's name, key or kind, or in what is said of a file.
    where
        Conditions on values: now, or at some time of the span where one is given.
    near, within_m
        The name of somebody, or of an area, and how far from him, from what hangs below him, or from the area.
    inside
        The name of an area, or of somebody below whom they hang.
    under, above, connected
        Names of somebody whose parts they are, who is a part of them, who refers to them or they to him.
    since_ns, until_ns
        A span of time, nanoseconds since 1970; both or none.
    files
        Files and how they were made are searched, not things.
    order
        "nearest", "highest", "lowest", "latest", or by how well they fit.
    limit
        At most so many.
    """

    words: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    near: str = ""
    within_m: float = 0.0
    inside: str = ""
    under: str = ""
    above: str = ""
    connected: str = ""
    since_ns: int | None = None
    until_ns: int | None = None
    files: bool = False
    order: str = ""
    limit: int = USUAL_FOUND

    @property
    def is_past(self) -> bool:
        """Whether the recording is asked."""
        return self.since_ns is not None and not self.files

    def as_dict(self) -> dict[str, Any]:
        """As JSON; what says nothing is left out."""
        found = asdict(self)
        plain = {each.name: each.default for each in fields(SearchQuery)}
        kept = {name: value for name, value in found.items() if value != plain[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def read_query(raw: Any) -> SearchQuery:
    """A query of plain data, checked.

    Raises
    ------
    TaixuError
        When something in it is not what it should be.
    """
    if not isinstance(raw, Mapping):
        raise TaixuError("a search is a table such as {\"words\": [\"pump\"]}")
    known = {each.name for each in fields(SearchQuery)}
    for name in raw:
        if name not in known:
            raise TaixuError(f"a search has no {str(name)[:40]!r}; it has {', '.join(sorted(known))}")
    words, where = raw.get("words", ()), raw.get("where", ())
    if not isinstance(words, (list, tuple)) or len(words) > _MOST_WORDS:
        raise TaixuError(f"words is a list of at most {_MOST_WORDS} texts")
    if not isinstance(where, (list, tuple)) or len(where) > _MOST_CONDITIONS:
        raise TaixuError(f"where is a list of at most {_MOST_CONDITIONS} conditions")
    names = {name: _text(raw.get(name, ""), name) for name in ("near", "inside", "under", "above", "connected")}
    within = _number(raw.get("within_m", 0.0), "within_m")
    if names["near"] and not 0 < within <= _MOST_M:
        raise TaixuError(f"within_m takes metres from 0 to {_MOST_M:,.0f}")
    order, limit, files = raw.get("order", ""), raw.get("limit", USUAL_FOUND), raw.get("files", False)
    if order not in ORDERS:
        raise TaixuError(f"order takes one of {', '.join(ORDERS[1:])}")
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_FOUND:
        raise TaixuError(f"limit takes a number from 1 to {MOST_FOUND}")
    if not isinstance(files, bool):
        raise TaixuError("files is true or false")
    since, until = (_time(raw.get(name), name) for name in ("since_ns", "until_ns"))
    if (since is None) != (until is None) or (since is not None and until is not None and since > until):
        raise TaixuError("since_ns and until_ns stand together, the earlier first")
    conditions = tuple(_condition(each) for each in where)
    query = SearchQuery(
        tuple(_text(each, "a word") for each in words if each), conditions, within_m=within, since_ns=since, until_ns=until,
        files=files, order=order, limit=limit, **names,
    )  # fmt: skip
    if files and (conditions or any(names.values())):
        raise TaixuError("files have no values and no place; search them by words and by when they were made")
    if not (query.words or conditions or any(names.values()) or since is not None or files):
        raise TaixuError("say what to search for, such as: every pump over 80 degrees within 50 m of line 3 last night")
    return query


def _condition(raw: Any) -> Condition:
    if isinstance(raw, Condition):
        raw = asdict(raw)
    if not isinstance(raw, Mapping) or not set(raw) <= _PARTS:
        raise TaixuError('a condition is a table such as {"field": "temperature", "operator": ">", "value": 80, "unit": "degC"}')
    field, unit = _text(raw.get("field", ""), "field"), _text(raw.get("unit", ""), "unit")
    operator, value = raw.get("operator"), raw.get("value")
    if operator not in OPERATORS:
        raise TaixuError(f"operator takes one of {' '.join(OPERATORS)}")
    if isinstance(value, str):
        if operator not in ("==", "!="):
            raise TaixuError(f"texts are the same or not; {operator} compares numbers")
        value = _text(value, "value")
    else:
        value = _number(value, "value")
    if not field and not unit:
        shown = value if isinstance(value, str) else f"{value:g}"
        raise TaixuError(f"{shown} of what? name a value, such as temperature > 80")
    return Condition(field, operator, value, unit)


def _text(raw: Any, name: str) -> str:
    if not isinstance(raw, str) or len(raw) > _MOST_LETTERS or any(ord(letter) < 32 for letter in raw):
        raise TaixuError(f"{name} takes a text of at most {_MOST_LETTERS} letters")
    return raw.strip()


def _number(raw: Any, name: str) -> float:
    try:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
            raise ValueError
        return float(raw)
    except (ValueError, OverflowError):
        raise TaixuError(f"{name} takes a number") from None


def _time(raw: Any, name: str) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < 1 << 63:
        raise TaixuError(f"{name} takes nanoseconds since 1970")
    return raw
