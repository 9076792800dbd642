"""What the helper was asked and has not answered yet, lane by lane: within one, answers come in the order of the questions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.mods.box.limits import EPOCH_SECS, LANES
from taixu.mods.box.wire import Ask, Done, Malformed

if TYPE_CHECKING:
    from taixu.mods.box.boxed import BoxedMod

__all__ = ["Asked", "Flight", "Patience"]

_MOST_LOOK_SECS = 0.5  # what one look adds, so that an engine that stood still blames nobody


@dataclass(slots=True)
class Asked:
    """One question; `reached` says whether the helper was there to hear it."""

    mod: BoxedMod
    ask: Ask
    serial: int
    reached: bool = True


class Patience:
    """How long somebody has been waited for; time counts only while the engine looks."""

    def __init__(self) -> None:
        self.secs = self._looked = 0.0

    def begin(self, now: float) -> None:
        """Wait from now on."""
        self.secs, self._looked = 0.0, now

    def look(self, now: float) -> float:
        """Seconds so far."""
        self.secs += min(now - self._looked, _MOST_LOOK_SECS)
        self._looked = now
        return self.secs


class Flight:
    """Questions on their way, and how long the first of each lane has been waited for."""

    def __init__(self) -> None:
        self._lanes: list[deque[Asked]] = [deque() for _ in range(LANES)]
        self._patience = [Patience() for _ in range(LANES)]
        self._lane_of: dict[int, int] = {}
        self._counts: Counter[int] = Counter()

    def __bool__(self) -> bool:
        """True while anything was not answered."""
        return any(self._lanes)

    def __iter__(self) -> Iterator[Asked]:
        """All that was not answered."""
        for lane in self._lanes:
            yield from lane

    def lane_for(self, slot: int, wanted: int) -> int:
        """The lane for a question to a mod: the same one while another to it is on its way, for a room holds one thread."""
        return self._lane_of[slot] if self._counts[slot] else wanted

    def put(self, asked: Asked, now: float) -> None:
        """A question goes out."""
        lane, slot = asked.ask.lane, asked.ask.slot
        if not self._lanes[lane]:
            self._patience[lane].begin(now)
        self._lanes[lane].append(asked)
        self._lane_of[slot] = lane
        self._counts[slot] += 1

    def match(self, done: Done, serial: int) -> Asked:
        """The question to which this is the answer, which must be the first of its lane; raises `Malformed`."""
        for lane in self._lanes:
            if lane and lane[0].serial == serial:
                asked = lane[0]
                if done.op is not asked.ask.op or done.slot != asked.ask.slot:
                    break
                return asked
        if not self:
            raise Malformed("an answer to nothing")
        raise Malformed(f"an answer to {serial} where {' or '.join(str(each.serial) for each in self.heads)} comes first")

    def come(self, asked: Asked) -> None:
        """The first of a lane was answered: what its mod is asked next may take the other one."""
        self._counts[asked.ask.slot] -= 1

    def end(self, asked: Asked, now: float) -> None:
        """The first of a lane was answered, and that made sense: nobody is blamed for it any more."""
        self._lanes[asked.ask.lane].popleft()
        self._patience[asked.ask.lane].begin(now)

    def clear(self) -> None:
        """Forget all of it."""
        for lane in self._lanes:
            lane.clear()
        self._counts.clear()

    @property
    def heads(self) -> list[Asked]:
        """What the helper is at: the first question of each lane."""
        return [lane[0] for lane in self._lanes if lane]

    def find_stuck(self, now: float, stuck_secs: float) -> Asked | None:
        """A question that takes longer than its own watchdog allows, and `stuck_secs` more."""
        for lane, patience in zip(self._lanes, self._patience):
            if lane and patience.look(now) > lane[0].ask.epochs * EPOCH_SECS + stuck_secs:
                return lane[0]
        return None
