"""A world that is served: frames in real time, facts on the board, until somebody ends it."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from taixu.app import App, Stage
from taixu.serve.access import Access
from taixu.serve.application import make_application
from taixu.serve.door import Door
from taixu.serve.errands import Errands
from taixu.serve.facts import Facts, FactsBoard
from taixu.serve.guard import Guard
from taixu.serve.parts import make_parts
from taixu.serve.past import PastSource
from taixu.serve.service import Service
from taixu.twin.batch import Batch
from taixu.twin.clock import TwinClock
from taixu.twin.commands import Command, Ledger
from taixu.twin.connectors import Connector
from taixu.twin.feed import Feed
from taixu.twin.inbox import Inbox
from taixu.twin.measures import Measures
from taixu.twin.memory import Recorder
from taixu.twin.processes import Case, Cases, ProcessEngine
from taixu.twin.rules import Alarm, Alarms, RuleEngine

__all__ = ["Server"]

_log = logging.getLogger(__name__)
_FRAME_SECS, _OWED_SECS = 0.25, 2.0
"""The most that a frame goes on by, and that is caught up with later; the rest is lost."""
_MEASURES_SECS = 1.0
_CASES_SHARE = 0.02
"""Of the time of the world's thread that putting cases in order may take."""


class Server:
    """Serves an app's world, which must have the `TwinPlugin`.

    Parameters
    ----------
    access
        Who may do what.
    sources
        Connectors that bring readings; what they tell of themselves is shown.
    port
        0 takes a free one.
    closed_to
        Why nothing can be told or asked of this world (a recording's), in one sentence; empty where it can.

    Raises
    ------
    TaixuError
        When the address cannot be listened on.
    """

    def __init__(
        self, app: App, access: Access, *, sources: Sequence[Connector] = (), host: str = "127.0.0.1", port: int = 8777,
        tls: ssl.SSLContext | None = None, closed_to: str = "",
    ) -> None:  # fmt: skip
        self.app = app
        self.sources = list(sources)
        self.board = FactsBoard()
        self._wake, self._is_answered = threading.Event(), threading.Event()
        self.errands = Errands(self._wake.set)
        self.guard = Guard()
        self._ended = threading.Event()
        self._owed_secs, self._lost_told = 0.0, 0.1
        self._alarms_seen = self._commands_seen = self._cases_seen = -1
        self._open_cases: tuple[Case, ...] = ()
        self._cases_due = 0.0
        self._newest_commands: tuple[Command, ...] = ()
        self._open_alarms: tuple[Alarm, ...] = ()
        self._measured: tuple[dict[str, Any], ...] = ()
        self._measures_seen, self._measures_told = -1, -1.0
        self._publish(0.0)
        self.parts = make_parts(self.board, app.resource(Inbox))
        app.resource(Inbox).on_put = self._heard

        def application() -> Any:
            door = Door(access, self.errands, is_secure=tls is not None, stop=self.stop, guard=self.guard)
            door.closed_to = closed_to
            return make_application(door, self.parts)

        self.service = Service(application, host=host, port=port, tls=tls, guard=self.guard)

    @property
    def url(self) -> str:
        """Where it is."""
        return self.service.url

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._ended.set()
        self._wake.set()

    def run(self, *, seconds: float | None = None) -> None:
        """Run frames in real time until `stop` is called, or for some seconds."""
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            self.app.run_stage(stage)
        self._frame_of_parts()
        began = last = time.perf_counter()
        step_secs = self.app.clock.step_secs
        while not self._ended.is_set() and (seconds is None or last - began < seconds):
            now = time.perf_counter()
            self.errands.run(self.app.world)
            self.app.frame(self._in_time(now - last))
            last = now
            self._frame_of_parts()
            took = time.perf_counter() - now
            self._publish(took * 1e3)
            for part in self.parts:
                part.rest(now + step_secs)
            self._rest(now + step_secs)
        self._ended.clear()  # so that it can be run again

    def _in_time(self, secs: float) -> float:
        """How much of the time since the last frame, and of what is owed, this one goes on by.

        Were it all, a world that is slower than the clock would take longer and longer frames, and answer nobody.
        """
        owed = self._owed_secs + secs
        now = min(owed, _FRAME_SECS)
        self._owed_secs = min(owed - now, _OWED_SECS)
        lost = owed - now - self._owed_secs
        if lost > 0.0:
            clock = self.app.clock
            clock.dropped_secs += lost
            if clock.dropped_secs >= self._lost_told * 10.0:
                self._lost_told = clock.dropped_secs
                _log.warning("The world cannot keep up with the clock on this machine: it is %.0f s behind.", clock.dropped_secs)
        return now

    def _rest(self, until: float) -> None:
        """Wait for the next frame. What is asked meanwhile is answered at once, and a device's acknowledgement begins the frame."""
        while not self._ended.is_set() and not self._is_answered.is_set():
            left = until - time.perf_counter()
            if left <= 0:
                break
            if self._wake.wait(left):
                self._wake.clear()
                self.errands.run(self.app.world)
        self._is_answered.clear()

    def _heard(self, batch: Batch) -> None:
        """In the threads of sources: acknowledgements of commands are not kept waiting."""
        if self.app.resource(Ledger).awaits(batch.topic):
            self._is_answered.set()
            self._wake.set()

    def close(self) -> None:
        """Let everybody go; what was taken in is kept first."""
        self.errands.run(self.app.world)
        self._wait_for_disk()  # so that the last frame finds room
        self.app.frame(0.0)  # what came during the last one
        self._wait_for_disk()
        self.service.close()
        for part in self.parts:
            part.close()

    def _wait_for_disk(self) -> None:
        """As long as it takes, but not for a full one: what waits there was never acknowledged."""
        if not self.app.world.has_resource(Recorder):
            return
        writer = self.app.resource(Recorder).writer
        waiting = threading.Thread(target=writer.wait, name="taixu waits for the disk", daemon=True)
        waiting.start()
        while waiting.is_alive() and not writer.problem:
            waiting.join(0.1)

    def _frame_of_parts(self) -> None:
        for part in self.parts:
            part.frame(self.app, self.service)

    def _publish(self, frame_ms: float) -> None:
        world = self.app.world
        inbox = world.resource(Inbox)
        writer = world.resource(Recorder).writer if world.has_resource(Recorder) else None
        alarms, engine = world.resource(Alarms), world.resource(RuleEngine)
        if alarms.version != self._alarms_seen:
            self._alarms_seen, self._open_alarms = alarms.version, tuple(alarms.open)
        self._list_cases(world.resource(Cases))
        ledger = world.resource(Ledger)
        if ledger.version != self._commands_seen:
            self._commands_seen, self._newest_commands = ledger.version, tuple(ledger.newest)
        self.board.put(Facts(
            self.app.clock.ticks, time.time_ns(), len(world), frame_ms, world.resource(Feed).counts.as_dict(), inbox.waiting,
            inbox.turned_away, writer.written_bytes if writer else 0, writer.problem if writer else "",
            self._open_alarms, dict(engine.problems), self._newest_commands,
            {each.link.name: asdict(each.link.status) for each in self.sources}, world.resource(TwinClock).jumps,
            self._measured_now(world.resource(Measures)),
            dict(world.resource(Measures).problems), self._open_cases, dict(world.resource(ProcessEngine).problems),
            world.resource(PastSource).end_ns if world.has_resource(PastSource) else 0,
        ))  # fmt: skip

    def _list_cases(self, cases: Cases) -> None:
        """Put them in order; where there are very many, less often."""
        start = time.perf_counter()
        if cases.version != self._cases_seen and start >= self._cases_due:
            self._cases_seen, self._open_cases = cases.version, tuple(cases.open)
            self._cases_due = start + (time.perf_counter() - start) / _CASES_SHARE

    def _measured_now(self, measures: Measures) -> tuple[dict[str, Any], ...]:
        now = time.perf_counter()
        if measures.version != self._measures_seen and now - self._measures_told >= _MEASURES_SECS:
            self._measures_seen, self._measures_told = measures.version, now
            told = tuple(measures.as_list())
            self._measured = told if told != self._measured else self._measured
        return self._measured
