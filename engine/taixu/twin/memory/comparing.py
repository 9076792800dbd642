"""What is different between two moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.twin.memory.folding import MEASURED, Moment, MomentColumn

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
    """What `one` has other than `other`; both of one recording. Prefabs' children count where both moments know of them."""
    ids, earlier_ids = one.stable_ids[one.tracks], other.stable_ids[other.tracks]
    told = [np.concatenate([moment.tracks, moment.child_tracks]) for moment in (one, other)]
    _, here, there = np.intersect1d(one.stable_ids[told[0]], other.stable_ids[told[1]], return_indices=True)
    tracks, earlier_tracks = told[0][here], told[1][there]  # an entity's may be another one in another segment
    columns: dict[tuple[str, str], NDArray[np.uint64]] = {}
    for key, column in sorted(one.columns.items()):
        earlier = other.columns.get(key)
        if earlier is not None and not key[0].startswith(MEASURED):
            differs = _differing(column, tracks, earlier, earlier_tracks)
            if len(differs):
                columns[key] = np.sort(one.stable_ids[differs])
    return Differences(np.setdiff1d(ids, earlier_ids), np.setdiff1d(earlier_ids, ids), columns)


def _differing(
    column: MomentColumn, tracks: NDArray[np.intp], earlier: MomentColumn, earlier_tracks: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Tracks of who has another value; who has none at one of the moments is not compared."""
    is_known = column.is_known(tracks) & earlier.is_known(earlier_tracks)
    tracks, earlier_tracks = tracks[is_known], earlier_tracks[is_known]
    now, before = column.values[..., tracks], earlier.values[..., earlier_tracks]
    if now.dtype != before.dtype or now.shape != before.shape:  # another kind of field: it was recorded in two runs
        return tracks
    differs = np.asarray(now != before)
    if now.dtype.kind == "f":
        differs &= ~(np.isnan(now) & np.isnan(before))
    return tracks[differs.any(axis=0) if differs.ndim == 2 else differs]
