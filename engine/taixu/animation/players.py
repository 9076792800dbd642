"""The state of all animation players as arrays: which clip, since when, and what fades out meanwhile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Players"]

_KEPT = (
    "sets", "clips", "former", "others", "times", "times_before", "former_times", "former_speeds", "fades", "fades_left", "weights",
    "mixes",
)  # fmt: skip


class Players:
    """One entry a player, `[n]` each.

    Attributes
    ----------
    handles : uint64
        Entity that has the `AnimationPlayer`.
    sets : int32
        Clips of which model.
    clips, former, others : int32
        Clip that plays, clip that fades out, and clip that is mixed in; -1 is none.
    times, times_before : float64
        Where the clip is after and before the last fixed step, seconds.
    former_times, former_speeds : float64
        The same for the clip that fades out.
    fades, fades_left : float64
        Length of the fade and what is left of it, seconds.
    shown, weights, mixes : float64
        What was sampled last; NaN in `shown` means that it has to be sampled again.
    """

    def __init__(self, handles: NDArray[np.uint64] | None = None) -> None:
        self.handles: NDArray[np.uint64] = np.zeros(0, np.uint64) if handles is None else handles
        count = len(self.handles)
        self.sets: NDArray[np.int32] = np.full(count, -1, np.int32)
        self.clips: NDArray[np.int32] = np.full(count, -1, np.int32)
        self.former: NDArray[np.int32] = np.full(count, -1, np.int32)
        self.others: NDArray[np.int32] = np.full(count, -1, np.int32)
        self.times: NDArray[np.float64] = np.zeros(count)
        self.times_before: NDArray[np.float64] = np.zeros(count)
        self.former_times: NDArray[np.float64] = np.zeros(count)
        self.former_speeds: NDArray[np.float64] = np.zeros(count)
        self.fades: NDArray[np.float64] = np.zeros(count)
        self.fades_left: NDArray[np.float64] = np.zeros(count)
        self.shown: NDArray[np.float64] = np.full(count, np.nan)
        self.weights: NDArray[np.float64] = np.ones(count)
        self.mixes: NDArray[np.float64] = np.zeros(count)

    def __len__(self) -> int:
        return len(self.handles)

    def follow(self, handles: NDArray[np.uint64]) -> Players:
        """The players of these handles, with the state of those that were there already."""
        made = Players(handles)
        if len(self) and len(handles):
            order = np.argsort(self.handles)
            places = np.minimum(np.searchsorted(self.handles[order], handles), len(self) - 1)
            source = order[places]
            known = self.handles[source] == handles
            for name in _KEPT:
                getattr(made, name)[known] = getattr(self, name)[source[known]]
        return made
