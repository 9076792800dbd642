"""The desk of a twin: the copy of the open world that devices feed or a recording fills, and who brings what.

Only one of them is there at a time, live or past; `stop` forgets it, and the edited world is all there is, as it was.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.assets.findings import Finding
from taixu.ecs import World
from taixu.edit import Project, WorldSettings
from taixu.errors import TaixuError
from taixu.twin.connectors import Connector, open_sources
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.linting import binding_findings
from taixu.twin.memory import Moment
from taixu.twin.plugin import acknowledge_alarm, configure_twin
from taixu.twin.rules import Alarm, Alarms, RuleEngine, read_rules
from taixu.twin.simulators import RunningSimulator, open_world_simulators
from taixu.twin.units import conversion
from taixu_editor.twin.moments import show_moment
from taixu_editor.twin.operations import known_connectors
from taixu_editor.twin.past import Past, Tried
from taixu_editor.twin.topics import TopicBook
from taixu_editor.twin.world_copy import CopyMaking, WorldCopy

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["STALE_SECS", "TwinDesk", "missing_extra", "warm_up"]

_log = logging.getLogger(__name__)
STALE_SECS = 60.0
"""Readings as old are doubtful."""
_USER = "editor"
"""Whom alarms say that they were acknowledged by."""
_LOOK_SECS = 0.2
_LINT_SECS = 1.0
_NEEDED = ("paho", "pint", "pyproj", "aiohttp")


def warm_up() -> Thread:
    """Load what units and coordinates need, in a thread: for the first time that takes a second."""

    def work() -> None:
        try:
            known_connectors()
            conversion("mm", "m")
            read_frames({"gps": {"crs": "EPSG:4326"}}, {"latitude_deg": 0.0, "longitude_deg": 0.0})
        except TaixuError as error:  # a package is not there, which is said where it is needed
            _log.debug("%s", error)

    thread = Thread(target=work, name="taixu-twin-warming", daemon=True)
    thread.start()
    return thread


def missing_extra() -> str:
    """A package of the extra ``twin`` that is not installed; empty where all are."""
    return next((name for name in _NEEDED if find_spec(name) is None), "")


class TwinDesk:
    """What a host has of a twin.

    Attributes
    ----------
    copy
        The world that is fed, or stands as it was; None while nothing is connected and no recording is open, and until it is made.
    topics
        What was heard; it stays after one has disconnected, to bind it.
    problem
        Why it cannot work, in a sentence.
    """

    def __init__(self, host: Host, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.host = host
        self.copy: WorldCopy | None = None
        self.past: Past | None = None
        self.topics = TopicBook()
        self.sources: list[Connector] = []
        self.simulators: list[RunningSimulator] = []
        self.problem = ""
        self.findings: list[Finding] = []
        self._now_ns = now_ns
        self._inbox = Inbox()
        self._opening: _Opening | None = None
        self._wanted_sources: Any = None
        self._moment: Moment | None = None
        self._warming: Thread | None = None
        self._making: CopyMaking | None = None
        self._looked = self._linted = 0.0
        self._values: dict[str, tuple[float, dict[str, dict[str, Any]]]] = {}

    # -- what there is -----------------------------------------------------------------------------------------------
    @property
    def is_live(self) -> bool:
        """Whether sources feed the copy, or soon will."""
        return (self.copy is not None or self._making is not None) and self.past is None

    @property
    def is_opening(self) -> bool:
        """Whether sources are being started."""
        return self._opening is not None or self._warming is not None or self._making is not None

    @property
    def world(self) -> World | None:
        """What is shown in place of the edited world; None where that is."""
        copy, session = self.copy, self.host.session
        if copy is None or not session.worlds or session.current is not copy.entry or self.host.play.is_playing:
            return None
        return copy.world

    @property
    def the_past(self) -> Past:
        """The recording that is open.

        Raises
        ------
        TaixuError
            When none is.
        """
        if self.past is None:
            raise TaixuError("no recording is open")
        return self.past

    def now_secs(self) -> float:
        """This machine's clock, in seconds since 1970."""
        return self._now_ns() / 1e9

    # -- beginning and ending ----------------------------------------------------------------------------------------
    def connect(self) -> None:
        """Let the sources of the open world feed a copy of it.

        Raises
        ------
        TaixuError
            When the project is not trusted, or the world names no source.
        """
        session = self.host.session
        if not self.host.is_trusted(session.project.root):
            raise TaixuError("somebody else made this project, and its sources may be anywhere; trust it before you connect")
        self.stop()
        self.topics.clear()
        self._make_copy()

    def look_back(self, folder: Path) -> None:
        """Let a copy of the open world stand as it was recorded."""
        self.stop()
        self.past = Past(folder)
        self._make_copy()

    def _make_copy(self) -> None:
        self._making = CopyMaking(self.host, self.host.session.current)
        self._warming = warm_up()

    def stop(self) -> None:
        """Forget the copy: the edited world is shown again, of which nothing was changed."""
        if self._opening is not None:
            self._opening.give_up()
        _end([*self.simulators, *self.sources])
        self.sources, self.simulators, self._opening, self._wanted_sources = [], [], None, None
        if self.past is not None:
            self.past.close()
        if self.copy is not None:
            self.copy.close()
        if self._making is not None:
            self._making.give_up()
        self.copy = self.past = self._moment = self._warming = self._making = None
        self.problem, self.findings = "", []
        self._values.clear()
        self._inbox = Inbox()

    def close(self) -> None:
        """With the host."""
        self.stop()

    # -- the frame ---------------------------------------------------------------------------------------------------
    def frame(self, delta_secs: float) -> None:
        """Bring the copy up to date; nothing here waits for a network or a disk."""
        if self._making is not None:
            self._take_copy(self._making)
            return
        copy = self.copy
        if copy is None:
            return
        if copy.entry not in self.host.session.worlds or self.host.play.is_playing:
            self.stop()
            return
        if self._warming is not None:
            if self._warming.is_alive():
                return
            self._warming = None
            self._configure()
            if self.past is None:
                self._open_sources()
            return
        if self.past is not None:
            moment = self.past.frame(delta_secs)
            if moment is not None:
                self._moment = moment
                if not show_moment(copy.world, moment, copy.app.components) and len(moment.tracks):
                    self.problem = "this recording is of another world"
                self._values.clear()
                copy.run()
            return
        if self._opening is not None and self._opening.is_done:
            self.sources, self.simulators = self._opening.sources, self._opening.simulators
            self.problem, self._opening = self._opening.problem or self.problem, None
        now = self.now_secs()
        if now - self._looked >= _LOOK_SECS or now < self._looked:
            self._looked = now
            if copy.follow():
                self._configure()
                self._open_sources()
        letters = self._inbox.take()
        self.topics.note([letter.batch for letter in letters], now_secs=now)
        self.topics.tick(now)
        inbox = copy.world.resource(Inbox)
        for letter in letters:
            inbox.put(letter)
        try:
            copy.run(is_live=True)
        except TaixuError as error:
            self.problem = str(error)
        if now - self._linted >= _LINT_SECS or now < self._linted:
            self._linted = now
            self.findings = binding_findings(copy.world, now_ns=self._now_ns(), stale_secs=STALE_SECS)

    def _take_copy(self, making: CopyMaking) -> None:
        """A frame of its own each: the copy's columns, then what its settings say."""
        if making.entry not in self.host.session.worlds or self.host.play.is_playing:
            self.stop()
        elif making.is_done:
            self._making = None
            try:
                self.copy = making.take()
            except TaixuError as error:
                self.stop()
                self.problem = str(error)

    def _configure(self) -> None:
        """Go by the settings as they are now; what was heard last is taken in again."""
        assert self.copy is not None
        world = self.copy.world
        self.problem = ""
        try:
            configure_twin(world)
        except TaixuError as error:
            self.problem = str(error)
            world.insert_resource(Feed())
            world.insert_resource(RuleEngine())
        inbox = world.resource(Inbox)
        for batch in self.topics.latest():
            inbox.put(Letter(batch))
        self._values.clear()
        self._linted = 0.0

    def _open_sources(self) -> None:
        """Start those of the settings, in a thread, where they are others than those that run."""
        assert self.copy is not None
        section = self.copy.edited.resource(WorldSettings).section("twin")
        wanted = deepcopy((section.get("sources", {}), section.get("simulators", [])))
        if wanted == self._wanted_sources:
            return
        self._wanted_sources = wanted
        if self._opening is not None:
            self._opening.give_up()
        _end([*self.simulators, *self.sources])
        self.sources, self.simulators = [], []
        self._opening = _Opening(self.copy.world, wanted[0], self._inbox)

    # -- what is told ------------------------------------------------------------------------------------------------
    def values_of(self, entity: str) -> dict[str, dict[str, Any]]:
        """What devices say of an entity now: ``{"motor.temperature": {"value", "unit", "age_secs"}}``."""
        from taixu.serve.values import entity_values

        world, now = self.world, time.monotonic()
        if world is None:
            return {}
        kept = self._values.get(entity)
        if kept is not None and now - kept[0] < _LOOK_SECS:
            return kept[1]
        handle = world.find(int(entity, 16))
        found: dict[str, dict[str, Any]] = {}
        if handle is not None and world.has(handle, Device):
            found = entity_values(world, np.array([handle], np.uint64))[0].as_dict(now_ns=self._now_ns())
            if self._moment is not None:
                _age(found, self._moment, int(entity, 16))
        if len(self._values) > 64:
            self._values.clear()
        self._values[entity] = (now, found)
        return found

    def alarms(self) -> list[Alarm]:
        """Those that are active, or that nobody has seen."""
        if self.copy is None or self.past is not None:
            return []
        return [each for each in self.copy.world.resource(Alarms) if each.is_open]

    def acknowledge(self, number: int) -> Alarm:
        """Somebody at this desk has seen an alarm.

        Raises
        ------
        TaixuError
            When nothing is connected, or there is no such alarm.
        """
        if self.copy is None or self.past is not None:
            raise TaixuError("nothing is connected")
        return acknowledge_alarm(self.copy.world, number, by=_USER, now_ns=self._now_ns())

    def rule_problems(self) -> dict[str, str]:
        """Sentences by rule: why it cannot be asked."""
        return dict(self.copy.world.resource(RuleEngine).problems) if self.is_live and self.copy is not None else {}

    def try_rules(self) -> Tried:
        """Try the world's rules on the recording that is open.

        Raises
        ------
        TaixuError
            When there is none, or not yet.
        """
        if self.copy is None:
            raise TaixuError("no recording is open yet")
        section = self.copy.edited.resource(WorldSettings).section("twin")
        rules = read_rules(section.get("rules", []), self.copy.app.components)
        return self.the_past.try_rules(rules, self.copy.app.components)


class _Opening:
    """Sources that are being started, and simulated devices after them, in a thread: their packages take a moment to be loaded."""

    def __init__(self, world: World, wanted: Any, inbox: Inbox) -> None:
        self.sources: list[Connector] = []
        self.simulators: list[RunningSimulator] = []
        self.problem = ""
        self._is_wanted = True
        self._lock = Lock()

        root = world.resource(Project).root if world.has_resource(Project) else None

        def work() -> None:
            sources: list[Connector] = []
            simulators: list[RunningSimulator] = []
            try:
                sources = open_sources(wanted, inbox, lambda source: ("#",), known_connectors(), root=root)
                simulators = open_world_simulators(world, sources)
            except TaixuError as error:
                self.problem = str(error)
            with self._lock:
                if self._is_wanted:
                    self.sources, self.simulators = sources, simulators
                    return
            _end([*simulators, *sources])

        self._thread = Thread(target=work, name="taixu-twin-opening", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """They are closed as soon as they are open."""
        with self._lock:
            self._is_wanted = False
        _end([*self.simulators, *self.sources])


def _age(values: dict[str, dict[str, Any]], moment: Moment, stable_id: int) -> None:
    """How old values of one entity were at a recorded moment."""
    here = np.flatnonzero(moment.stable_ids == np.uint64(stable_id))
    for name, facts in values.items():
        component, _, field = name.partition(".")
        column = moment.columns.get((component, "translation" if name == "transform.position" else field))
        known = column is not None and len(here) and here[-1] < len(column.known) and bool(column.known[here[-1]])
        facts["age_secs"] = max(moment.known_ns - int(column.times_ns[here[-1]]), 0) / 1e9 if column is not None and known else None


def _end(running: Sequence[Connector | RunningSimulator]) -> None:
    """Close them elsewhere: their threads may be in the middle of something."""
    if running:
        Thread(target=_close_all, args=(list(running),), name="taixu-twin-closing", daemon=False).start()


def _close_all(running: list[Connector | RunningSimulator]) -> None:
    for each in running:
        try:
            each.close()
        except Exception as error:
            _log.warning("a source did not close: %s", error)
