"""What alarms say: a text with ``{name}`` and ``{component.field:.1f}`` in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.rules.scope import NAMES, TableScope, read_condition

__all__ = ["Saying", "read_saying"]

_MAX_TEXT, _MAX_SAID = 500, 1000
_SLOT = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*){0,2})(?::(\.?\d{0,2}[fg]?))?\}")


@dataclass(frozen=True, slots=True)
class Saying:
    """A text with slots."""

    text: str

    def of_rows(self, scope: TableScope, rows: NDArray[np.intp]) -> list[str]:
        """What it says of some rows of a table."""
        values = {slot: scope.plain(slot, rows) for slot, _ in _SLOT.findall(self.text)}
        return [self._filled({slot: each[place] for slot, each in values.items()}) for place in range(len(rows))]

    def _filled(self, values: Mapping[str, Any]) -> str:
        def put(found: re.Match[str]) -> str:
            value = values.get(found[1], "?")
            return format(value, found[2]) if found[2] and isinstance(value, (int, float)) else str(value)

        return _SLOT.sub(put, self.text)[:_MAX_SAID]


def read_saying(text: Any, components: Components) -> Saying:
    """A text whose slots there are.

    Raises
    ------
    TaixuError
        When something in it is wrong.
    """
    if not isinstance(text, str) or len(text) > _MAX_TEXT:
        raise TaixuError(f"say takes a text of at most {_MAX_TEXT} characters")
    for slot, _ in _SLOT.findall(text):
        if "." in slot:
            read_condition(f"{slot} == 0", components)
        elif slot not in NAMES:
            raise TaixuError(f"say has {{{slot}}}; there are {', '.join(sorted(NAMES))}, and fields as component.field")
    return Saying(text)
