"""What a mod may cost, counted in instructions: the same on every machine, so that runs repeat exactly. And what it did cost."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

__all__ = ["PAUSED", "SLOWED", "Budget", "ModCost"]

SLOWED, PAUSED = 2, 3
"""Levels of a budget at which a mod runs every second step, and no more."""
_WINDOW = 120
_WARN, _SLOW, _PAUSE = 30, 60, 90
_MOST_WEIGHT = 5


class Budget:
    """Watches one mod: too often above its budget it is warned, then runs every second step, then pauses.

    A step that took many times its budget counts as several.

    Parameters
    ----------
    fuel
        Instructions that a step may take.

    Attributes
    ----------
    level
        0: fine, 1: warned, 2: every second step, 3: paused.
    """

    def __init__(self, fuel: int) -> None:
        self.fuel = fuel
        self.level = 0
        self._over: list[int] = []

    def note(self, fuel: int) -> str:
        """Count a step; gives what there is to say, once for each level."""
        self._over.append(0 if fuel <= self.fuel else min(max(1, fuel // (2 * self.fuel)), _MOST_WEIGHT))
        if len(self._over) > _WINDOW:
            del self._over[0]
        over = sum(self._over)
        for level, limit, text in (
            (1, _WARN, "takes longer than it may: {} of {} steps were above its budget"),
            (SLOWED, _SLOW, "runs every second step now: {} of {} steps were above its budget"),
            (PAUSED, _PAUSE, "is paused: {} of {} steps were above its budget; load it anew to let it run again"),
        ):
            if self.level == level - 1 and over >= limit:
                self.level = level
                told = text.format(sum(weight > 0 for weight in self._over), len(self._over))
                self._over.clear()
                return told
        if self.level in (1, 2) and not over and len(self._over) == _WINDOW:
            self.level = 0  # it has done better for two seconds
        return ""

    def is_due(self, tick: int) -> bool:
        """Whether it runs in a step."""
        return self.level < SLOWED or (self.level == SLOWED and tick % 2 == 0)


@dataclass(slots=True)
class ModCost:
    """What a mod cost and did, for a panel and for reports.

    Attributes
    ----------
    fuel, micros, memory_bytes
        Of the last step.
    steps, late, orders, refused, traps
        So far.
    """

    fuel: int = 0
    micros: int = 0
    memory_bytes: int = 0
    steps: int = 0
    late: int = 0
    orders: int = 0
    refused: int = 0
    traps: int = 0
    recent_micros: deque[int] = field(default_factory=lambda: deque(maxlen=600))
