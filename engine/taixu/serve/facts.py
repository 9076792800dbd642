"""What the world's thread tells the network's: copied once a frame, read at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from taixu.twin.commands import Command
from taixu.twin.processes import Case
from taixu.twin.rules import Alarm
from taixu.twin.rules.alarms import SEVERITIES

__all__ = ["Facts", "FactsBoard", "prometheus_text"]

_MOST_MEASURED, _MOST_BY_ENTITY = 2000, 100


@dataclass(frozen=True, slots=True)
class Facts:
    """How a served world is doing."""

    tick: int = 0
    now_ns: int = 0
    entities: int = 0
    frame_ms: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    turned_away: int = 0
    recorded_bytes: int = 0
    recording_problem: str = ""
    alarms: tuple[Alarm, ...] = ()
    """Those that are open, the worst first."""
    rule_problems: dict[str, str] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    """The latest, newest first."""
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How connectors are doing, by name."""
    clock_jumps: int = 0
    """How often the system's clock was set."""
    measures: tuple[dict[str, Any], ...] = ()
    """As ``/measures`` tells them; swapped at most once a second, when they changed."""
    measure_problems: dict[str, str] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    """Those of processes that are open, late ones first."""
    process_problems: dict[str, str] = field(default_factory=dict)
    shown_ns: int = 0
    """The moment at which a finished recording ends, where one is served; 0 where it is now."""

    def as_state(self) -> dict[str, Any]:
        """What ``/state`` says."""
        return {
            "tick": self.tick, "time_ns": self.shown_ns or self.now_ns, "is_replay": bool(self.shown_ns),
            "entities": self.entities, "frame_ms": round(self.frame_ms, 3),
            "readings": self.counts, "waiting": self.waiting, "recorded_bytes": self.recorded_bytes,
            "recording_problem": self.recording_problem, "sources": self.sources, "alarms": len(self.alarms),
        }  # fmt: skip


class FactsBoard:
    """Where the newest facts hang (a resource)."""

    def __init__(self) -> None:
        self._facts = Facts()
        self._put_at = time.monotonic()
        self._lock = threading.Lock()

    def put(self, facts: Facts) -> None:
        """Hang up new ones."""
        with self._lock:
            self._facts = facts
            self._put_at = time.monotonic()

    def get(self) -> Facts:
        """The newest."""
        with self._lock:
            return self._facts

    @property
    def age_secs(self) -> float:
        """How old they are, by a clock that nobody sets."""
        return time.monotonic() - self._put_at

    def fork(self, world: object) -> FactsBoard:
        return FactsBoard()


def prometheus_text(facts: Facts, *, connections: int, refused: Mapping[str, int] | None = None) -> str:
    """Facts in Prometheus' text format (version 0.0.4)."""
    lines: list[str] = []
    told: set[str] = set()

    def add(name: str, kind: str, help_text: str, value: float, labels: str = "") -> None:
        if name not in told:
            told.add(name)
            lines.append(f"# HELP taixu_{name} {help_text}")
            lines.append(f"# TYPE taixu_{name} {kind}")
        lines.append(f"taixu_{name}{labels} {value:g}" if isinstance(value, float) else f"taixu_{name}{labels} {value}")

    add("ticks_total", "counter", "Fixed steps since the start.", facts.tick)
    add("entities", "gauge", "Entities in the world.", facts.entities)
    add("frame_milliseconds", "gauge", "How long the last frame took.", facts.frame_ms)
    for name, count in facts.counts.items():
        add("readings_total", "counter", "Readings, by what became of them.", count, f'{{outcome="{name}"}}')
    add("readings_waiting", "gauge", "Readings that wait for the next frame.", facts.waiting)
    add("batches_turned_away_total", "counter", "Batches that found no room.", facts.turned_away)
    add("recorded_bytes_total", "counter", "Bytes of the recording.", facts.recorded_bytes)
    add("recording_stalled", "gauge", "1 while nothing can be recorded.", int(bool(facts.recording_problem)))
    for name, status in facts.sources.items():
        label = f'{{source="{_escaped(name)}"}}'
        add("source_connected", "gauge", "Whether a source is connected.", int(status["state"] == "connected"), label)
        add("source_messages_total", "counter", "Messages of a source.", status["messages"], label)
        add("source_bad_messages_total", "counter", "Messages of a source that were no readings.", status["bad_messages"], label)
    for severity in SEVERITIES:
        count = sum(alarm.severity == severity and alarm.is_active for alarm in facts.alarms)
        add("alarms", "gauge", "Alarms that are active, by severity.", count, f'{{severity="{severity}"}}')
    for process in sorted({case.process for case in facts.cases}):
        label = f'{{process="{_escaped(process)}"}}'
        of_it = [case for case in facts.cases if case.process == process]
        add("cases_open", "gauge", "Cases that are open, by process.", len(of_it), label)
        add("cases_late", "gauge", "Cases that are late, by process.", sum(bool(case.late_ns) for case in of_it), label)
    for label, value in _measured(facts.measures):
        add("measure", "gauge", "What the world's settings measure, by name, by zone or entity.", value, label)
    add("clock_jumps_total", "counter", "How often the system's clock was set.", facts.clock_jumps)
    for why, count in sorted((refused or {}).items()):
        add("refused_total", "counter", "What was refused at the door, by why.", count, f'{{why="{why}"}}')
    add("connections", "gauge", "Open WebSockets.", connections)
    return "\n".join(lines) + "\n"


def _measured(measures: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Labels and values; of measures by entity only the first hundred, of all of them two thousand."""
    left = _MOST_MEASURED
    for measure in measures:
        values = measure["values"][: min(left, _MOST_BY_ENTITY if measure["by"] == "entity" else left)]
        left -= len(values)
        said = f'name="{_escaped(measure["name"])}",unit="{_escaped(measure["unit"])}",by="{measure["by"]}"'
        for each in values:
            if each["value"] is not None:
                yield f'{{{said},of="{_escaped(str(each["of"]))}"}}', float(each["value"])


def _escaped(text: str) -> str:
    """As a label's value."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
