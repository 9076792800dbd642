"""Values of fields between columns and JSON: whole columns at once, and exact both ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Field, World
from taixu.edit.ids import ID_PATTERN, id_number, id_texts
from taixu.errors import TaixuError

__all__ = [
    "GREATEST", "allowed_range", "column_from_json", "is_default", "json_from_column", "plain_json", "shortest", "value_doubts",
]

Array = NDArray[Any]
_EXACT_INTEGERS = 2.0**53
# The shortest decimals of the greatest numbers: for float32 it is a hair above the number itself.
GREATEST = {"f4": float(str(np.finfo(np.float32).max)), "f8": float(np.finfo(np.float64).max)}


def shortest(numbers: Array) -> list[float | int]:
    """The shortest decimals that read back as the same floats, in the order of `numbers`; whole ones as integers."""
    flat = numbers.reshape(-1)
    if flat.dtype == np.float32:
        flat = flat.astype("U32").astype(np.float64)
    return [int(x) if x.is_integer() and abs(x) < _EXACT_INTEGERS else x for x in flat.tolist()]


def json_from_column(world: World, fld: Field, column: Array) -> list[Any]:
    """JSON values of a column ``[n]`` or ``[width, n]``.

    Raises
    ------
    ValueError
        For numbers that are not finite, and for data that JSON cannot hold. `args[1]` is the place in the column.
    """
    kind = fld.kind
    if kind.is_object:
        return [_plain_at(place, value) for place, value in enumerate(column)]
    if kind.name == "entity":
        return list(id_texts(world.stable_ids(column)))
    if column.dtype.kind == "f":
        bad = np.flatnonzero(~np.isfinite(column).reshape(kind.width, -1).all(0))
        if len(bad):
            raise ValueError(f"{fld.name} is not a finite number", int(bad[0]))
        numbers: list[Any] = shortest(column.T)
    else:
        numbers = column.T.reshape(-1).tolist()
    width = kind.width
    return numbers if width == 1 else [numbers[start : start + width] for start in range(0, len(numbers), width)]


def plain_json(value: Any) -> Any:
    """The same data as lists, objects and plain Python values.

    Raises
    ------
    ValueError
        When JSON cannot hold it.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("an object has a key that is no text")
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain_json(value.tolist())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number")
        return float(value)
    raise ValueError(f"{value!r:.60} is nothing that a document can hold")


def is_default(fld: Field, column: Array) -> NDArray[np.bool_]:
    """Which rows of a column hold the field's default, ``bool[n]``."""
    if fld.kind.is_object and isinstance(fld.default, str):
        return np.asarray(column == fld.default, bool)
    if fld.kind.is_object:
        return np.array([_same(value, fld.default) for value in column], bool)
    default = np.asarray(fld.default, column.dtype)
    same = column == (default[:, None] if fld.kind.width > 1 else default)
    return np.asarray(same.reshape(fld.kind.width, -1).all(0))


def column_from_json(
    fld: Field, column: Array, rows: Sequence[int], values: Sequence[Any], report: Callable[[int, str], None]
) -> None:
    """Write JSON values into rows of a column (``[n]`` or ``[width, n]``; entity references as stable ids).

    `report` is called with the place in `values` and a message for each that does not fit; its row is left as it is.
    """
    array = _all_at_once(fld, values)
    if array is not None:
        column[..., rows] = array
        return
    for place, (row, value) in enumerate(zip(rows, values)):
        message = _problem(fld, value)
        if message:
            report(place, message)
        elif fld.kind.is_object:
            column[row] = value
        elif fld.kind.name == "entity":
            column[row] = id_number(value)
        else:
            column[..., row] = [int(item) for item in value] if _is_integer(fld) and fld.kind.width > 1 else value


def value_doubts(fld: Field, column: Array) -> list[tuple[int, str]]:
    """Rows outside of the declared range or choices, each with a message."""
    if fld.choices:
        known = ", ".join(map(repr, fld.choices))
        return [
            (row, f"{value!r:.40} is none of {known}") for row, value in enumerate(column) if value not in fld.choices
        ]
    low, high = allowed_range(fld)
    if (low is None and high is None) or fld.kind.is_object:
        return []
    wrong = np.zeros(column.shape[-1], bool)
    for bound, compare in ((low, np.less), (high, np.greater)):
        if bound is not None:
            wrong |= compare(column, np.asarray(bound, column.dtype)).reshape(fld.kind.width, -1).any(0)
    span = f"{_number(low)} or more" if high is None else f"{_number(high)} or less"
    if low is not None and high is not None:
        span = f"{_number(low)} to {_number(high)}"
    return [(row, f"{_shown(column[..., row])} is outside of {span}") for row in np.flatnonzero(wrong).tolist()]


def allowed_range(fld: Field) -> tuple[float | None, float | None]:
    """Least and greatest value, as numbers that a value stored in this column can have.

    A float32 beside pi/2 is written 1.5707964, a hair above pi/2: it is within the bounds.
    """
    low, high = fld.minimum, fld.maximum
    if fld.kind.dtype == "f4":
        low = None if low is None else min(low, float(str(np.float32(low))))
        high = None if high is None else max(high, float(str(np.float32(high))))
    return low, high


def _all_at_once(fld: Field, values: Sequence[Any]) -> Array | None:
    """The values as a column, or None where one of them does not fit, or needs a closer look."""
    kind = fld.kind
    if kind.is_object or kind.name == "entity":
        if not all(_problem(fld, value) == "" for value in values):
            return None
        array: Array = np.empty(len(values), kind.dtype)
        array[:] = values if kind.is_object and kind.name != "data" else 0
        if kind.name == "data":
            for place, value in enumerate(values):
                array[place] = value
        elif kind.name == "entity":
            array[:] = [int(value, 16) for value in values]
        return array
    flat: Sequence[Any] = values
    if kind.width > 1:
        if not all(type(value) is list and len(value) == kind.width for value in values):
            return None
        flat = list(chain.from_iterable(values))
    types = set(map(type, flat))
    wanted = {bool} if kind.dtype == "?" else {int} if _is_integer(fld) else {int, float}
    if not types <= wanted:
        return None
    try:
        array = np.array(flat, np.float64 if kind.dtype in ("f4", "f8") else kind.dtype)
    except OverflowError:
        return None
    if array.dtype == np.float64 and len(array) and not np.abs(array).max() <= GREATEST[kind.dtype]:
        return None
    with np.errstate(under="ignore"):
        array = array.astype(kind.dtype)
    return array if kind.width == 1 else array.reshape(-1, kind.width).T


def _problem(fld: Field, value: Any) -> str:
    """Why a JSON value does not fit a field; empty where it does."""
    kind = fld.kind
    if kind.name == "data":
        return ""
    if kind.is_object:
        return "" if isinstance(value, str) else f"takes text, not {_what(value)}"
    if kind.name == "entity":
        try:
            id_number(value)
        except TaixuError:
            return f"takes an entity id ({ID_PATTERN[1:-1]}), not {_what(value)}"
        return ""
    if kind.dtype == "?":
        return "" if isinstance(value, bool) else f"takes true or false, not {_what(value)}"
    if kind.width == 1:
        return _number_problem(fld, value)
    if not isinstance(value, list) or len(value) != kind.width:
        given = f"{len(value)}" if isinstance(value, list) else _what(value)
        return f"takes {kind.width} numbers, not {given}"
    return next(filter(None, (_number_problem(fld, item) for item in value)), "")


def _number_problem(fld: Field, value: Any) -> str:
    integer = _is_integer(fld)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"takes {'whole numbers' if integer else 'numbers'}, not {_what(value)}"
    if not math.isfinite(value) if isinstance(value, float) else False:
        return "takes finite numbers"
    if integer:
        if value != int(value):
            return f"takes whole numbers, not {value}"
        limits = np.iinfo(fld.kind.dtype)
        inside = int(limits.min) <= int(value) <= int(limits.max)
    else:
        inside = abs(value) <= GREATEST[fld.kind.dtype]
    bits = 8 * np.dtype(fld.kind.dtype).itemsize
    return "" if inside else f"{str(value)[:24]} is too large for a number of {bits} bits"


def _is_integer(fld: Field) -> bool:
    return fld.kind.dtype[0] in "iu"


def _plain_at(place: int, value: Any) -> Any:
    try:
        return plain_json(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(str(error), place) from None


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, np.ndarray):
        return False
    try:
        return bool(value == default) and type(value) is type(default)
    except ValueError:  # data that holds an array
        return False


def _what(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value!r:.40}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else f"{value!r:.40}"


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""


def _shown(value: Array) -> str:
    numbers = shortest(value) if value.dtype.kind == "f" else value.reshape(-1).tolist()
    return str(numbers[0] if value.ndim == 0 else numbers)
