"""What happened, as a recording tells it: marks for a timeline, and the alarms that were open at a moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from taixu.twin.memory.folding import NOTHING_NS
from taixu.twin.memory.recording import Recording

__all__ = ["Chronicle"]

_MAX_MARKS = 500
_MAX_EVENTS = 200_000
_MAX_BYTES = 256 << 20
_ORDER = {"critical": 3, "high": 2, "low": 1, "info": 0}
_OF_EVENTS = ("kind", "known_ns", "tick")
_ALARMS = ("alarm", "alarm_acknowledged", "alarm_over")


class Chronicle:
    """The events of a recording, which it follows (one thread's)."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._events: list[dict[str, Any]] = []
        self._times: list[int] = []
        self._sizes: list[int] = []
        self._generation = recording.generation
        self._until = NOTHING_NS
        self._last: tuple[tuple[int, int], list[dict[str, Any]]] | None = None

    def refresh(self) -> None:
        """See what happened since. Where there is more than anybody could look at, the oldest is forgotten here."""
        recording = self._recording
        if recording.generation != self._generation:
            self._events, self._times, self._sizes = [], [], []
            self._until, self._generation = NOTHING_NS, recording.generation
        # What a tick wrote last may be read before its events are: they are looked for again, and known by being the same.
        again = bisect_right(self._times, self._until - 1)
        del self._events[again:], self._times[again:]
        del self._sizes[again:]
        room = _MAX_BYTES - sum(self._sizes)
        for events, size in recording.events_with_size(since_ns=max(self._until - 1, NOTHING_NS)):
            self._events += events
            self._times += [int(event["known_ns"]) for event in events]
            self._sizes += [size // len(events)] * len(events)
            room -= size
            if room < 0 or len(self._events) > 2 * _MAX_EVENTS:
                room += self._forget_oldest()
        self._until = recording.span_ns[1]
        if len(self._events) > _MAX_EVENTS:
            self._forget_oldest()

    def _forget_oldest(self) -> int:
        """Keep the newest, half of what there is room for; gives the bytes that were let go."""
        kept, left = 0, _MAX_BYTES // 2
        while kept < min(len(self._sizes), _MAX_EVENTS) and left > 0:
            kept += 1
            left -= self._sizes[-kept]
        gone = len(self._sizes) - kept
        freed = sum(self._sizes[:gone])
        del self._events[:gone], self._times[:gone], self._sizes[:gone]
        return freed

    def marks(self) -> list[dict[str, Any]]:
        """What a timeline shows, by time: the gravest and newest, at most 500."""
        marks = [_mark(event) for event in self._events if event.get("kind") != "alarm_acknowledged" and not event.get("carried")]
        if len(marks) > _MAX_MARKS:
            order = sorted(range(len(marks)), key=lambda place: (_ORDER.get(marks[place]["severity"], -1), place))
            marks = [marks[place] for place in sorted(order[-_MAX_MARKS:])]
        return marks

    def of_kind(self, kind: str, *, until_ns: int) -> Iterator[dict[str, Any]]:
        """What of a kind had happened until a time, in order."""
        count = bisect_right(self._times, until_ns)
        return (event for event in self._events[:count] if event.get("kind") == kind)

    def alarms(self, at_ns: int) -> list[dict[str, Any]]:
        """Alarms that were open at a time, the worst first."""
        count = bisect_right(self._times, at_ns)
        if self._last is not None and self._last[0] == (count, self._until):
            return self._last[1]
        found: dict[int, dict[str, Any]] = {}
        for event in self._events[:count]:
            if event.get("kind") in _ALARMS and isinstance(event.get("number"), int):
                if event.get("cleared_ns") and event.get("acknowledged_by"):
                    found.pop(event["number"], None)
                else:
                    found[event["number"]] = {name: each for name, each in event.items() if name not in _OF_EVENTS}
        alarms = sorted(found.values(), key=lambda alarm: (-_ORDER.get(str(alarm.get("severity")), -1), -_raised_ns(alarm)))
        self._last = ((count, self._until), alarms)
        return alarms


def _raised_ns(alarm: dict[str, Any]) -> int:
    raised = alarm.get("raised_ns", 0)
    return raised if isinstance(raised, int) else 0


def _mark(event: dict[str, Any]) -> dict[str, Any]:
    kind = str(event.get("kind", ""))
    text = event.get("text") or event.get("rule") or event.get("control") or kind
    severity = str(event.get("severity", "")) if kind.startswith("alarm") else ""
    return {"time_ns": int(event["known_ns"]), "kind": kind, "text": str(text)[:200], "severity": severity}
