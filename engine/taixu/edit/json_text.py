"""JSON read with suspicion and written for git: one field a line, sorted keys, numbers as short as they can be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from taixu.edit.findings import DocumentError, Finding

__all__ = ["MAX_DEPTH", "MAX_NODES", "MAX_TEXT_BYTES", "format_json", "parse_json"]

MAX_TEXT_BYTES = 64 << 20
"""Larger worlds keep their masses of entities in column files."""
MAX_NODES = 4_000_000
"""Values in one document: Python needs about a hundred bytes for each."""
MAX_DEPTH = 64
"""Levels of lists and objects within each other."""


class _Duplicate(Exception):
    """An object names a key twice, as a merge may leave it."""


def parse_json(data: bytes, *, file: str = "") -> Any:
    """Read JSON from an untrusted file: bounded in size, depth and number of values, without NaN or double keys.

    Raises
    ------
    DocumentError
        In one sentence, with the line where that is known.
    """
    if len(data) > MAX_TEXT_BYTES:
        size = f"{len(data) >> 20} MB; the text of a document may have {MAX_TEXT_BYTES >> 20} MB"
        raise _error(file, "", f"it has {size}: keep masses of entities in a column file")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_NODES:
        raise _error(file, "", f"it holds more than {MAX_NODES:,} values: keep masses of entities in a column file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _error(file, f"byte {error.start}", "the text is not UTF-8; save it as UTF-8") from None
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        message = f"{error.msg.lower()}: this is not JSON; undo the last edit or resolve the merge here"
        raise _error(file, f"line {error.lineno}, column {error.colno}", message) from None
    except _Duplicate as error:
        key = str(error)
        raise _error(file, _lines_of(text, key), f"{key!r:.60} stands twice in one object; keep one of them") from None
    except RecursionError:
        raise _error(file, "", f"it nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise _error(file, _lines_of(text, str(error)), f"{error!s:.40} is no number that a world can hold") from None
    if _is_deeper(value, MAX_DEPTH):
        raise _error(file, "", f"it nests deeper than {MAX_DEPTH} levels")
    return value


def format_json(value: Any, *, first: Iterable[str] = ()) -> str:
    """Write JSON one field a line; lists of plain values stay on one line.

    Parameters
    ----------
    first
        Keys of the outermost object that go before the others, which are sorted.

    Raises
    ------
    ValueError
        For NaN, infinities, and what JSON does not know.
    """
    order = {key: place for place, key in enumerate(first)}
    keys = sorted(value, key=lambda key: (order.get(key, len(order)), key))
    parts: list[str] = []
    _write(parts, {key: value[key] for key in keys}, "\n", is_sorted=True)
    parts.append("\n")
    return "".join(parts)


def _error(file: str, where: str, message: str) -> DocumentError:
    return DocumentError(file, Finding("error", where, message))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Duplicate(key)
            seen.add(key)
    return found


def _refuse_constant(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _lines_of(text: str, needle: str) -> str:
    """The lines on which a text stands, as far as that helps."""
    if not needle or len(needle) > 200:
        return ""
    quoted = json.dumps(needle, ensure_ascii=False)
    wanted = quoted if quoted in text else needle
    lines = [str(number) for number, line in enumerate(text.split("\n"), 1) if wanted in line][:4]
    return f"line{'s' if len(lines) > 1 else ''} {' and '.join(lines)}" if lines else ""


def _is_deeper(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels + 1):
        if not level:
            return False
        inner: list[Any] = []
        for item in level:
            children = item.values() if isinstance(item, dict) else item
            inner.extend(child for child in children if isinstance(child, (dict, list)))
        level = inner
    return bool(level)


def _write(parts: list[str], value: Any, line: str, *, is_sorted: bool = False) -> None:
    """Append the text of a value; `line` is the line break with the indentation of the value's own line."""
    if isinstance(value, dict):
        if not value:
            parts.append("{}")
            return
        inner = line + "  "
        mark = "{"
        for key in value if is_sorted else sorted(value):
            parts += (mark, inner, _text(key), ": ")
            _write(parts, value[key], inner)
            mark = ","
        parts += (line, "}")
    elif isinstance(value, (list, tuple)):
        if not any(isinstance(item, (dict, list, tuple)) for item in value):
            parts += ("[", ", ".join(map(_scalar, value)), "]")
            return
        inner = line + "  "
        mark = "["
        for item in value:
            parts += (mark, inner)
            _write(parts, item, inner)
            mark = ","
        parts += (line, "]")
    else:
        parts.append(_scalar(value))


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is True or value is False or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise ValueError(f"{value} is no number that JSON can hold")
        # Not `repr`: numpy's scalars are floats too, and name their type.
        return int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
    raise ValueError(f"{value!r:.60} is nothing that JSON can hold")


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError(f"{text!r:.60} is no key that JSON can hold")
    quoted = json.dumps(text, ensure_ascii=False)
    try:
        quoted.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only an escape can say it
        return json.dumps(text)
    return quoted
