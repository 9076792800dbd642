"""Sets of whole numbers as arrays: numpy's own `unique` hashes them, which takes ten times as long as sorting."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["are_distinct", "distinct"]

Integers = TypeVar("Integers", bound=NDArray[Any])


def distinct(numbers: Integers) -> Integers:
    """Each of the whole numbers ``[n]`` once, in order."""
    if len(numbers) < 2:
        return numbers.copy()
    found = np.sort(numbers)
    is_first = np.empty(len(found), bool)
    is_first[0] = True
    np.not_equal(found[1:], found[:-1], out=is_first[1:])
    return found if is_first.all() else found[is_first]  # type: ignore[return-value]


def are_distinct(numbers: NDArray[Any]) -> bool:
    """Whether no whole number stands in an array twice."""
    found = np.sort(numbers)
    return not bool((found[1:] == found[:-1]).any())
