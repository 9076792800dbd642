"""Cases: one entity's way through a process, from its opening to its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Case", "Cases", "Visit"]

_MAX_VISITS = 200
_KEPT_CLOSED = 10_000
BY_ITSELF = ""
"""Who moved a case that nobody moved: a condition or the clock."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A case came into a state, by whom, and whether it stayed longer than it may."""

    state: str
    entered_ns: int
    by: str = BY_ITSELF
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes
    ----------
    entity
        Whose (stable id).
    visits
        Where it has been, the last being where it is; of very long ones the newest 200.
    late_ns
        Since when it is in its state for longer than it may be; 0 while it is not.
    closed_ns
        When it came to its end; 0 while it is open.
    outcome
        The state in which it ended, or ``gone`` where its entity was.
    """

    number: int
    process: str
    entity: int
    visits: tuple[Visit, ...]
    opened_ns: int
    late_ns: int = 0
    closed_ns: int = 0
    outcome: str = ""

    @property
    def state(self) -> str:
        """Where it is."""
        return self.visits[-1].state

    @property
    def since_ns(self) -> int:
        """Since when it is there."""
        return self.visits[-1].entered_ns

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.closed_ns == 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; the entity as documents write it."""
        return {
            "number": self.number, "process": self.process, "entity": f"{self.entity:016x}", "state": self.state,
            "since_ns": self.since_ns, "opened_ns": self.opened_ns, "late_ns": self.late_ns, "closed_ns": self.closed_ns,
            "outcome": self.outcome, "visits": [[each.state, each.entered_ns, each.by, each.is_late] for each in self.visits],
        }  # fmt: skip

    def as_event(self, was: str) -> dict[str, Any]:
        """What a recording keeps when it came into a state, became late or was closed: all but where it had been before."""
        facts = self.as_dict()
        del facts["visits"]
        way = f"{was} → {self.state}" if was and was != self.state else self.state
        text = f"{self.process} {self.number}: {self.outcome or way}" + (" (late)" if self.late_ns and self.is_open else "")
        return facts | {"by": self.visits[-1].by, "was": was, "text": text}


class Cases:
    """All cases of a world (a resource)."""

    def __init__(self) -> None:
        self._cases: dict[int, Case] = {}
        self._open: dict[tuple[str, int], int] = {}
        self._last = 0
        self.version = 0
        """Goes up with every change."""

    def open_case(self, process: str, entity: int, state: str, *, now_ns: int, by: str = BY_ITSELF) -> Case:
        """Begin one; if the entity has one of that process already, that one."""
        known = self._open.get((process, entity))
        if known is not None:
            return self._cases[known]
        self._last += 1
        case = Case(self._last, process, entity, (Visit(state, now_ns, by),), now_ns)
        self._open[process, entity] = self._last
        return self._put(case)

    def move(self, number: int, state: str, *, now_ns: int, by: str = BY_ITSELF, is_end: bool = False) -> Case:
        """Bring an open case into another state."""
        case = self._cases[number]
        visits = (*case.visits, Visit(state, now_ns, by))[-_MAX_VISITS:]
        return self._put(
            replace(case, visits=visits, late_ns=0, closed_ns=now_ns if is_end else 0, outcome=state if is_end else "")
        )

    def note_late(self, number: int, *, now_ns: int) -> Case:
        """It is in its state for longer than it may be."""
        case = self._cases[number]
        return self._put(replace(case, visits=(*case.visits[:-1], replace(case.visits[-1], is_late=True)), late_ns=now_ns))

    def close_gone(self, number: int, *, now_ns: int) -> Case:
        """Its entity is no more."""
        return self._put(replace(self._cases[number], closed_ns=now_ns, outcome="gone"))

    def find(self, number: int) -> Case | None:
        """A case by its number; None where there is none, or where it was over long ago."""
        return self._cases.get(number)

    def of(self, process: str, entity: int) -> Case | None:
        """The open case of an entity."""
        number = self._open.get((process, entity))
        return None if number is None else self._cases[number]

    @property
    def open(self) -> list[Case]:
        """Those that go on: late ones first, then the oldest."""
        found = [self._cases[number] for number in self._open.values()]
        return sorted(found, key=lambda case: (not case.late_ns, case.opened_ns, case.number))

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases.values())

    def __len__(self) -> int:
        return len(self._cases)

    def recall(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Take in cases as a recording tells them (`Case.as_event`, in order), in place of all; what is none is left out."""
        self._cases, self._open = {}, {}
        for facts in events:
            case = _told(facts, self._cases.get(facts.get("number", 0)))
            if case is not None:
                self._put(case)
        self._open = {(case.process, case.entity): case.number for case in self._cases.values() if case.is_open}
        self._last = max(self._cases, default=self._last)
        self.version += 1

    def _put(self, case: Case) -> Case:
        self.version += 1
        self._cases[case.number] = case
        if not case.is_open:
            self._open.pop((case.process, case.entity), None)
            self._forget_old()
        return case

    def _forget_old(self) -> None:
        """Of those that are over only the newest are kept here; the recording has all."""
        if len(self._cases) - len(self._open) > 2 * _KEPT_CLOSED:
            over = [number for number, case in self._cases.items() if not case.is_open]
            for number in over[:-_KEPT_CLOSED]:
                del self._cases[number]

    def fork(self, world: object) -> Cases:
        other = Cases()
        other._cases, other._open = dict(self._cases), dict(self._open)
        other._last, other.version = self._last, self.version
        return other


def _told(facts: Mapping[str, Any], known: Case | None) -> Case | None:
    """A case as one event more says it is; None where that says nothing."""
    try:
        number, process, entity = facts["number"], facts["process"], int(facts["entity"], 16)
        times = [facts[name] for name in ("since_ns", "opened_ns", "late_ns", "closed_ns")]
        texts = [process, facts["state"], facts["outcome"], facts["by"]]
    except (KeyError, TypeError, ValueError):
        return None
    if not all(type(each) is int for each in (number, *times)) or not all(type(each) is str for each in texts):
        return None
    visits = () if known is None else known.visits
    if known is None and "visits" in facts:  # of a recording that has gone on from another
        visits = _visits_told(facts["visits"])
    is_same = bool(visits) and (visits[-1].state, visits[-1].entered_ns) == (facts["state"], facts["since_ns"])
    latest = Visit(facts["state"], facts["since_ns"], facts["by"], is_late=bool(facts["late_ns"]))
    visits = (*(visits[:-1] if is_same else visits), latest)[-_MAX_VISITS:]
    return Case(number, process, entity, visits, facts["opened_ns"], facts["late_ns"], facts["closed_ns"], facts["outcome"])


def _visits_told(told: Any) -> tuple[Visit, ...]:
    kinds = (str, int, str, bool)
    if not isinstance(told, list) or not all(isinstance(each, list) and tuple(map(type, each)) == kinds for each in told):
        return ()
    return tuple(Visit(*each) for each in told[-_MAX_VISITS:])
