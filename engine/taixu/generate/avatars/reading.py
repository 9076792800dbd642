"""Specifications of people as they come from outside: JSON, or what JSON holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from taixu.edit.parameters import read_parameters
from taixu.errors import UsageError

__all__ = ["read_choices"]

_MOST_LETTERS = 65_536


def read_choices(cls: type, values: Mapping[str, Any] | str, name: str) -> Any:
    """An instance of a dataclass of choices; `name` is what sentences call it.

    Raises
    ------
    UsageError
        When something in it is not as it should be, in one sentence.
    """
    one = f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    if isinstance(values, str):
        if len(values) > _MOST_LETTERS:
            raise UsageError(f"{one} has {len(values):,} letters, and at most {_MOST_LETTERS:,} are read")
        try:
            values = json.loads(values)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"the {name} is no JSON: {error}") from None
    if not isinstance(values, Mapping):
        raise UsageError(f"{one} is a table of names and values")
    return read_parameters(cls, values, name=name, whose="generator")
