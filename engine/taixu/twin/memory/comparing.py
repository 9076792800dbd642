"""What is different between two moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.twin.memory.folding import Moment, MomentColumn

__all__ = ["Differences", "compare_moments"]


@dataclass(frozen=True, slots=True)
class Differences:
    """What one moment has other than another.

    Attributes
    ----------
    came, went
        Stable ids.
    columns
        Stable ids by component and field, of those that were there both times with another value.
    """

    came: NDArray[np.uint64]
    went: NDArray[np.uint64]
    columns: dict[tuple[str, str], NDArray[np.uint64]]

    def counts(self) -> dict[str, int]:
        """How many: who came, who went, and whose value differs by column; nothing that is 0."""
        found = {"came": len(self.came), "went": len(self.went)}
        found |= {".".join(key): len(ids) for key, ids in self.columns.items()}
        return {name: count for name, count in found.items() if count}


def compare_moments(one: Moment, other: Moment) -> Differences:
    """What `one` has other than `other`; both of one recording."""
    size = max(len(one.signatures), len(other.signatures))
    here, there = (_is_there(moment, size) for moment in (one, other))
    both = np.flatnonzero(here & there)
    columns: dict[tuple[str, str], NDArray[np.uint64]] = {}
    for key, column in sorted(one.columns.items()):
        earlier = other.columns.get(key)
        differs = _differing(column, earlier, both) if earlier is not None else both[:0]
        if len(differs):
            columns[key] = one.stable_ids[differs]
    came, went = np.flatnonzero(here & ~there), np.flatnonzero(there & ~here)
    return Differences(one.stable_ids[came], other.stable_ids[went], columns)


def _is_there(moment: Moment, size: int) -> NDArray[np.bool_]:
    found = np.zeros(size, bool)
    found[moment.tracks] = True
    return found


def _differing(column: MomentColumn, earlier: MomentColumn, tracks: NDArray[np.intp]) -> NDArray[np.intp]:
    tracks = tracks[tracks < min(len(column.known), len(earlier.known))]
    tracks = tracks[column.known[tracks] & earlier.known[tracks]]
    differs = np.asarray(column.values[..., tracks] != earlier.values[..., tracks])
    return tracks[differs.any(axis=0) if differs.ndim == 2 else differs]
