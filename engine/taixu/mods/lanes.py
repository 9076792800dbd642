"""Whose calls the box does one after the other, quickly, and whose beside them, where they keep nobody waiting.

A box has two lanes (`taixu.mods.box.limits.LANES`), and a call that takes long holds up all that come after it in its own. So the
quick lane is for mods of which it is known, from their last calls, that they keep to their budgets, and that all together have
room in a step; those that take least come first. The others are called as often, but wait for one another. Which lane it was
makes no difference to what is answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

__all__ = ["Pace", "choose_lanes"]

_QUICK_FUEL = 80_000_000
"""Instructions of a step's calls in the quick lane: some milliseconds, of the sixteen that a step lasts."""
_FADING = 64


class Pace:
    """How long a mod's calls take.

    Parameters
    ----------
    fuel
        Its budget: instructions that a call may take.

    Attributes
    ----------
    expected
        Instructions: the most that one of the last calls took, fading with each that takes less. None before the first.
    slow
        Whether it is called where nobody waits for it.
    """

    def __init__(self, fuel: int) -> None:
        self.fuel = fuel
        self.expected: int | None = None
        self.slow = True

    def note(self, fuel: int) -> None:
        """A call took so many instructions."""
        self.expected = fuel if self.expected is None else max(fuel, self.expected - self.expected // _FADING)


class _Paced(Protocol):
    @property
    def pace(self) -> Pace: ...
    @property
    def running(self) -> bool: ...


def choose_lanes(mods: Iterable[_Paced]) -> None:
    """Say of each mod that runs in which lane it is called next."""
    left = _QUICK_FUEL
    paces = [mod.pace for mod in mods if mod.running]
    for pace in paces:
        pace.slow = True
    for expected, pace in sorted(((pace.expected, pace) for pace in paces if pace.expected is not None), key=lambda pair: pair[0]):
        left -= expected
        pace.slow = expected > pace.fuel or left < 0
