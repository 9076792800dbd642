"""What the engine itself does for mods, counted so that it is the same on every machine, and shared out among them.

A mod's instructions are counted in its box; here is what its answers cost outside of it: reading them, and carrying out what
they ask for. A unit is about a microsecond. All mods together get so many units a step; those that want more share them,
and a mod that has used up its own is not called until it has caught up. Who keeps wanting more than there is, so that it is slowed
(`taixu.mods.budget`), gets a quarter of its part from then on. What one answer asks for beyond some milliseconds is done in the
next steps. So no mod, and no thirty of them, can hold up a frame for long, and what moves whole columns, as most mods do, waits
for nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from taixu.mods.budget import SLOWED, Budget
from taixu.mods.decoding import Answer, Order

__all__ = [
    "FUEL_PER_UNIT", "RayParts", "Share", "post_work", "refused_work", "share_out", "structure_work", "take_portion", "work_of",
]  # fmt: skip

FUEL_PER_UNIT = 10_000
"""Instructions of a box that take as long as a unit does."""
_UNITS_A_STEP = 800
_MOST_SAVED = 8000
_AT_START = 20_000
_ENOUGH = 3000
_BEAT = 10
_BYTES_PER_UNIT = 100
_READ = 8
_REFUSED = 4
_COMMAND = 10
_HEAVY = {"spawn": 300, "despawn": 300, "add": 300, "remove": 300, "send": 40, "play_sound": 100, "set": 30}
_STRUCTURE = frozenset(("spawn", "despawn", "add", "remove"))
_EACH_MIRROR = 20
_EACH = {"set": ("entities", 1), "raycasts": ("origins", 20)}
_MOST_AT_ONCE = 3000
_LEAST_RAYS = 50


@dataclass
class RayParts:
    """What the parts of a large batch of rays met so far, the batch being cast over some steps.

    Attributes
    ----------
    left
        How many rays were not cast yet.
    wrong
        Why there is no answer; empty where there is one.
    """

    left: int
    hits: list[Any] = field(default_factory=list)
    wrong: str = ""


class Share:
    """One mod's part of the engine's work.

    Attributes
    ----------
    units
        What it has left; below zero it waits.
    waited
        In how many steps it waited, so far.
    """

    def __init__(self) -> None:
        self.units = _AT_START  # so much once, to set things up
        self.waited = 0
        self._owes = False
        self._may_go_on = True

    @property
    def most_at_once(self) -> int:
        """How many units may be spent on it in this step."""
        return max(_MOST_AT_ONCE, self.units - _MOST_SAVED)

    @property
    def waits(self) -> bool:
        """Whether it has to catch up before it is called again: seldom and for longer, as each change of who is there costs all."""
        if self.units < 0:
            self._owes = True
        elif self.units >= _ENOUGH and self._may_go_on:
            self._owes = False
        return self._owes

    def look(self, tick: int) -> None:
        """In most steps nobody goes on that had to wait, so that those who change who is there do it in the same steps."""
        self._may_go_on = tick % _BEAT == 0

    def spend(self, units: int) -> None:
        """Count work that was done."""
        self.units -= units


class _Sharing(Protocol):
    @property
    def share(self) -> Share: ...
    @property
    def budget(self) -> Budget: ...


def share_out(mods: Iterable[_Sharing], tick: int = 0) -> None:
    """Give the units of a step to those that have used some of theirs, in equal parts, nobody more than they lack.

    One that is slowed gets a quarter of it, and the rest is nobody's: a single wave, however high, is worked off before that.
    """
    mods = list(mods)
    for mod in mods:
        mod.share.look(tick)
    hungry = sorted((mod for mod in mods if mod.share.units < _MOST_SAVED), key=lambda mod: -mod.share.units)
    left = _UNITS_A_STEP
    for place, mod in enumerate(hungry):
        part = min(_MOST_SAVED - mod.share.units, left // (len(hungry) - place))
        mod.share.units += part if mod.budget.level < SLOWED else part // 4
        left -= part


def post_work(nbytes: int, receivers: int) -> int:
    """How many units a message takes that so many mods are told: each of them has it written out."""
    return receivers * (1 + nbytes // _BYTES_PER_UNIT)


def structure_work(orders: Iterable[Order], mods: int) -> int:
    """How many units it takes so many mods to see that entities came, went or changed: once, however many did."""
    return _EACH_MIRROR * mods if any(order.name in _STRUCTURE for order in orders) else 0


def work_of(answer: Answer, nbytes: int) -> int:
    """How many units reading an answer of `nbytes` bytes takes, without what it asks for."""
    return nbytes // _BYTES_PER_UNIT + answer.items + refused_work(answer.refused) + _READ * len(answer.orders)


def refused_work(count: int) -> int:
    """How many units it takes to refuse so much: each is looked for, told of and put right, and who means well has few."""
    return _REFUSED * count


def take_portion(orders: deque[Order], most_units: float = _MOST_AT_ONCE) -> tuple[list[Order], int]:
    """Take what is done in this step of what a mod asked for, one order at least, and give the units that it takes.

    Many rays are cast in parts, and answered when the last of them is.
    """
    taken: list[Order] = []
    units = 0
    while orders:
        if units + _work_of(orders[0]) > most_units:
            part = _split_rays(orders, most_units - units, must=not taken)
            if part is not None:
                units += _work_of(part)
                taken.append(part)
            if taken:
                break
        units += _work_of(orders[0])
        taken.append(orders.popleft())
    return taken, units


def _split_rays(orders: deque[Order], most_units: float, *, must: bool) -> Order | None:
    """Cut as many rays from the first order as there is room for; None where it is none of rays, or there is hardly room."""
    first = orders[0]
    if first.name != "raycasts" or len(first.arguments["origins"]) != len(first.arguments["directions"]):
        return None
    origins, directions = first.arguments["origins"], first.arguments["directions"]
    count = int(most_units - _COMMAND) // _EACH["raycasts"][1]
    if (count < _LEAST_RAYS and not must) or len(origins) <= max(count, _LEAST_RAYS):
        return None
    count = max(count, _LEAST_RAYS)
    shared = {"parts": RayParts(len(origins)), **first.arguments}
    orders[0] = Order(first.name, {**shared, "origins": origins[count:], "directions": directions[count:]})
    return Order(first.name, {**shared, "origins": origins[:count], "directions": directions[:count]})


def _work_of(order: Order) -> int:
    units = _HEAVY.get(order.name, _COMMAND)
    many = _EACH.get(order.name)
    if many is not None:
        found: Any = order.arguments.get(many[0], ())
        units += many[1] * len(found)
    return units
