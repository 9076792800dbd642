"""What a source says at once: many readings of things, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["MAX_READINGS", "Batch"]

MAX_READINGS = 1 << 20
"""Readings that one batch may hold."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings of things: row i says what the fields of thing ``numbers[i]`` were at ``times_ns[i]``.

    Attributes
    ----------
    topic
        What it is about, in the source's words: levels parted by ``/``.
    numbers
        ``uint32[n]``: which thing, by its number in the topic.
    times_ns
        ``int64[n]``: when it was so, in nanoseconds since 1970.
    fields
        Columns ``[n]`` by name: numbers, or texts in arrays of objects.
    keys
        What the numbers from 0 on are called, where the batch says so; numbers keep their names until a batch says otherwise.
    source
        Who said it.
    """

    topic: str
    numbers: NDArray[np.uint32]
    times_ns: NDArray[np.int64]
    fields: Mapping[str, NDArray[Any]]
    keys: tuple[str, ...] = ()
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        count = len(self.numbers)
        if count > MAX_READINGS:
            raise TaixuError(f"a batch of {count:,} readings is too large; send at most {MAX_READINGS:,} at once")
        for name, column in (("time", self.times_ns), *self.fields.items()):
            if column.shape != (count,):
                raise TaixuError(f"the column {name[:40]!r} has shape {column.shape}, and there are {count} readings")

    def __len__(self) -> int:
        return len(self.numbers)
