"""Values of fields as mods give them: checked, and as the engine stores them."""

from __future__ import annotations

from math import isfinite

from _game_mirror import as_seen
from _game_wire import GameError, check, to_data

__all__ = ["checked_field", "numbers_of", "shown"]


def checked_field(field, value):
    """A value of a field as the engine stores it."""
    if field.choices and value not in field.choices:
        raise GameError(f"field {field.name!r} takes one of {', '.join(field.choices)}, not {repr(value)[:80]}")
    if field.kind == "entity":
        return 0 if value is None else check("entity", value, f"field {field.name!r}")
    if not field.code:
        what = f"field {field.name!r}"
        return to_data(value, what) if field.kind == "data" else check("text 20000", value, what)
    if field.width > 1:
        values = None if isinstance(value, (str, bytes, int, float)) else list(value)
        if values is None or len(values) != field.width or not all(map(_is_number, values)):
            raise GameError(f"field {field.name!r} takes {field.width} finite numbers, not {repr(value)[:80]}")
        return as_seen(field, values if field.code in "fd" else list(map(int, values)))
    if not _is_number(value):
        raise GameError(f"field {field.name!r} takes a finite number, not {repr(value)[:80]}")
    return bool(value) if field.code == "?" else float(value) if field.code in "fd" else int(value)


def _is_number(value):
    return isinstance(value, (int, float)) and isfinite(value)


def shown(field):
    """What a field holds that nobody has set."""
    return as_seen(field, field.default) if field.code and field.width > 1 else field.default


def numbers_of(kind, values, what, count):
    """A vector or a rotation of finite numbers."""
    try:
        made = kind(values)
        if all(map(isfinite, made)):
            return made
    except (TypeError, ValueError):
        pass
    raise GameError(f"{what} takes {count} finite numbers, not {repr(values)[:80]}")
