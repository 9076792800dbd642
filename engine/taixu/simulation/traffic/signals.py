"""What lights show when, and plans that give their phases other times."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.simulation.traffic.network import SignalProgram

__all__ = [
    "GO", "GO_AND_GIVE_WAY", "STOP", "STOP_IF_YOU_CAN", "is_green", "plan_doubts", "read_signal_plan", "show_signals",
    "write_signal_plan",
]  # fmt: skip

GO, GO_AND_GIVE_WAY, STOP_IF_YOU_CAN, STOP = 0, 1, 2, 3
_MEANS = {"G": GO, "g": GO_AND_GIVE_WAY, "o": GO_AND_GIVE_WAY, "O": GO_AND_GIVE_WAY, "s": GO_AND_GIVE_WAY, "y": STOP_IF_YOU_CAN,
          "Y": STOP_IF_YOU_CAN, "r": STOP, "u": STOP}  # fmt: skip
_MOST_BYTES = 1 << 24


def show_signals(programs: Mapping[str, SignalProgram], secs: float) -> NDArray[np.int8]:
    """What all links of all lights say at a time, in the order of `taixu.simulation.traffic.network.RoadNetwork.link_starts`."""
    shown: list[int] = []
    for program in programs.values():
        ends = list(accumulate(program.seconds))
        phase = bisect_right(ends, (secs - program.offset) % ends[-1])
        shown += [_MEANS.get(letter, STOP) for letter in program.states[min(phase, len(ends) - 1)]]
    return np.array(shown, np.int8)


def is_green(state: str) -> bool:
    """Whether a phase lets somebody go and is not there to clear the junction."""
    return "y" not in state.lower() and any(letter in "Gg" for letter in state)


def plan_doubts(programs: Mapping[str, SignalProgram], plan: Mapping[str, SignalProgram], *, least_green: float = 5.0) -> list[str]:
    """What in a plan cannot be, a sentence each; none where it can be shown.

    A plan changes how long lights are green and when they begin; what they show, in which order, and how long they are yellow or
    all red is theirs.
    """
    found = []
    for name, timed in plan.items():
        own = programs.get(name)
        if own is None:
            found.append(f"there are no lights {name[:60]}")
            continue
        if timed.states != own.states or len(timed.seconds) != len(own.seconds):
            found.append(f"the lights {name} do not show what they show")
            continue
        for number, (state, secs, before) in enumerate(zip(own.states, timed.seconds, own.seconds, strict=True)):
            if not is_green(state) and abs(secs - before) > 1e-6:
                found.append(f"phase {number} of the lights {name} clears the junction and lasts {before:g} s, not {secs:g}")
            elif is_green(state) and not min(least_green, before) <= secs <= 600.0:
                found.append(f"phase {number} of the lights {name} is green for {secs:g} s")
        if not np.isfinite(timed.offset):
            found.append(f"the lights {name} begin at no time")
    return found


def write_signal_plan(file: Path, plan: Mapping[str, SignalProgram]) -> None:
    """Write a plan: seconds of phases and when the first begins, by lights."""
    facts = {name: {"seconds": list(program.seconds), "offset": program.offset} for name, program in plan.items()}
    write_atomic(file, (json.dumps({"format": "taixu.signals", "version": 1, "lights": facts}, indent=1) + "\n").encode())


def read_signal_plan(file: Path, programs: Mapping[str, SignalProgram]) -> dict[str, SignalProgram]:
    """Read a plan for some lights.

    Raises
    ------
    TaixuError
        When it is none, or these lights cannot show it.
    """
    try:
        raw = json.loads(read_bytes(file, max_bytes=_MOST_BYTES))
        if raw["format"] != "taixu.signals" or raw["version"] != 1:
            raise ValueError
        said = {str(name): (tuple(map(float, each["seconds"])), float(each["offset"])) for name, each in raw["lights"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TaixuError(f"{file}: this is no plan of signals") from error
    plan = {
        name: SignalProgram(programs[name].states if name in programs else (), seconds, offset)
        for name, (seconds, offset) in said.items()
    }
    if doubts := plan_doubts(programs, plan):
        raise TaixuError(f"{file}: {doubts[0]}")
    return plan
