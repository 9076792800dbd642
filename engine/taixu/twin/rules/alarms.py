"""Alarms: what rules raised, who has seen it, and when it was over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from taixu.errors import TaixuError

__all__ = ["SEVERITIES", "Alarm", "Alarms"]

SEVERITIES = ("info", "low", "high", "critical")
_KEPT_ENDED = 10_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, from its beginning to its end.

    Attributes
    ----------
    rule, entity
        What was broken, by whom (stable id).
    cleared_ns
        When it was over; 0 while it is not.
    acknowledged_by, acknowledged_ns
        Who has seen it, and when; empty and 0 while nobody has.
    """

    number: int
    rule: str
    entity: int
    severity: str
    text: str
    raised_ns: int
    cleared_ns: int = 0
    acknowledged_by: str = ""
    acknowledged_ns: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it is still so."""
        return self.cleared_ns == 0

    @property
    def is_open(self) -> bool:
        """Whether it is of interest to an operator: still so, or seen by nobody."""
        return self.is_active or not self.acknowledged_by

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; the entity as documents write it."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return facts | {"entity": f"{self.entity:016x}"}


class Alarms:
    """All alarms of a world (a resource)."""

    def __init__(self) -> None:
        self._alarms: dict[int, Alarm] = {}
        self._active: dict[tuple[str, int], int] = {}
        self._last = 0
        self.version = 0
        """Goes up with every change."""

    def raise_alarm(self, *, rule: str, entity: int, severity: str, text: str, now_ns: int) -> Alarm:
        """Begin one; if it is there already, that one."""
        known = self._active.get((rule, entity))
        if known is not None:
            return self._alarms[known]
        self._last += 1
        self.version += 1
        alarm = self._alarms[self._last] = Alarm(self._last, rule, entity, severity, text, now_ns)
        self._active[rule, entity] = self._last
        return alarm

    def clear(self, *, rule: str, entity: int, now_ns: int) -> Alarm | None:
        """End one; None where there is none."""
        number = self._active.pop((rule, entity), None)
        if number is None:
            return None
        self.version += 1
        self._alarms[number] = replace(self._alarms[number], cleared_ns=now_ns)
        self._forget_old()
        return self._alarms.get(number)

    def acknowledge(self, number: int, *, by: str, now_ns: int) -> Alarm:
        """Somebody has seen it; who came first stays.

        Raises
        ------
        TaixuError
            When there is no such alarm.
        """
        alarm = self._alarms.get(number)
        if alarm is None:
            raise TaixuError(f"there is no alarm {number}")
        if not alarm.acknowledged_by:
            self.version += 1
            alarm = self._alarms[number] = replace(alarm, acknowledged_by=by, acknowledged_ns=now_ns)
        return alarm

    def recall(self, told: Iterable[Mapping[str, Any]]) -> None:
        """Take in alarms as a recording tells them (`Alarm.as_dict`), in place of all that there are; what is none is left out."""
        names = set(Alarm.__dataclass_fields__)
        self._alarms, self._active = {}, {}
        for facts in told:
            try:
                said = {name: each for name, each in facts.items() if name in names}
                alarm = Alarm(**said | {"entity": int(facts["entity"], 16)})
            except (TypeError, ValueError, KeyError):
                continue
            if alarm.severity not in SEVERITIES:
                continue
            self._alarms[alarm.number] = alarm
            if alarm.is_active:
                self._active[alarm.rule, alarm.entity] = alarm.number
        self._last = max(self._alarms, default=self._last)
        self.version += 1

    @property
    def open(self) -> list[Alarm]:
        """What an operator looks at: the worst first, then the newest."""
        found = [alarm for alarm in self._alarms.values() if alarm.is_open]
        return sorted(found, key=lambda alarm: (-SEVERITIES.index(alarm.severity), -alarm.raised_ns))

    @property
    def active(self) -> list[Alarm]:
        """Those that are still so."""
        return [self._alarms[number] for number in self._active.values()]

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self._alarms.values())

    def __len__(self) -> int:
        return len(self._alarms)

    def _forget_old(self) -> None:
        """Of those that are over and seen only the newest are kept here; the recording has all."""
        if len(self._alarms) <= 2 * _KEPT_ENDED:
            return
        over = [number for number, alarm in self._alarms.items() if not alarm.is_open]
        for number in over[: max(len(over) - _KEPT_ENDED, 0)]:
            del self._alarms[number]

    def fork(self, world: object) -> Alarms:
        other = Alarms()
        other._alarms, other._active = dict(self._alarms), dict(self._active)
        other._last, other.version = self._last, self.version
        return other
