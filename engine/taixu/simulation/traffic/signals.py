"""What lights show when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.traffic.network import SignalProgram

__all__ = ["GO", "GO_AND_GIVE_WAY", "STOP", "STOP_IF_YOU_CAN", "show_signals"]

GO, GO_AND_GIVE_WAY, STOP_IF_YOU_CAN, STOP = 0, 1, 2, 3
_MEANS = {"G": GO, "g": GO_AND_GIVE_WAY, "o": GO_AND_GIVE_WAY, "O": GO_AND_GIVE_WAY, "s": GO_AND_GIVE_WAY, "y": STOP_IF_YOU_CAN,
          "Y": STOP_IF_YOU_CAN, "r": STOP, "u": STOP}  # fmt: skip


def show_signals(programs: Mapping[str, SignalProgram], secs: float) -> NDArray[np.int8]:
    """What all links of all lights say at a time, in the order of `taixu.simulation.traffic.network.RoadNetwork.link_starts`."""
    shown: list[int] = []
    for program in programs.values():
        ends = list(accumulate(program.seconds))
        phase = bisect_right(ends, (secs - program.offset) % ends[-1])
        shown += [_MEANS.get(letter, STOP) for letter in program.states[min(phase, len(ends) - 1)]]
    return np.array(shown, np.int8)
