"""Parameters as text says them: ``key=value``, by the kind that the parameter has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from taixu.edit.parameters import parameter_schema
from taixu.errors import UsageError
from taixu.generate.generator import Generator

__all__ = ["read_settings"]

_MOST_LETTERS = 4000
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def read_settings(generator: Generator, words: Iterable[str]) -> dict[str, Any]:
    """Values of ``key=value`` words; lists are written ``0.1,0.2,0.3``, colours too as ``#rrggbb`` (sRGB, read as linear).

    Raises
    ------
    UsageError
        When a word has no ``=``, or names no parameter. Whether values are in range is seen later, by who uses them.
    """
    properties = parameter_schema(generator.parameters)["properties"]
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or len(text) > _MOST_LETTERS:
            raise UsageError(f"{word[:60]!r} is not KEY=VALUE")
        if name not in properties:
            near = get_close_matches(name, properties, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(properties) or 'none'}"
            raise UsageError(f"the generator {generator.name!r} has no parameter {name[:60]!r}; {hint}")
        found[name] = _value(text.strip(), properties[name])
    return found


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """A text as the schema wants it, or as it is, for whoever checks to complain of."""
    kind = schema.get("type")
    if kind == "string" or (not kind and isinstance(schema.get("enum", [0])[0], str)):
        return text
    if kind == "boolean":
        return _SWITCHES.get(text.casefold(), text)
    if kind == "array" and text.startswith("#") and len(text) == 7:
        return _linear(text)
    try:
        return json.loads(f"[{text}]" if kind == "array" and not text.startswith("[") else text)
    except (ValueError, RecursionError):
        return text


def _linear(text: str) -> Any:
    """``#rrggbb`` as linear numbers (IEC 61966-2-1)."""
    try:
        shown = [int(text[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    except ValueError:
        return text
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shown]
