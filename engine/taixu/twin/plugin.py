"""The plugin that makes a world a twin: readings in at a frame's beginning, rules, what changed into the recording at its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from taixu.app import App, Components, Stage
from taixu.ecs import World
from taixu.edit import Project, WorldSettings
from taixu.errors import TaixuError
from taixu.script import ScriptHost
from taixu.twin.arrivals import Arrivals, read_arrivals
from taixu.twin.bindings import read_bindings
from taixu.twin.clock import TwinClock
from taixu.twin.commands import Ledger
from taixu.twin.components import register_twin_components
from taixu.twin.connectors import Connector, open_sources
from taixu.twin.controls import read_controls
from taixu.twin.device import Roster
from taixu.twin.epochs import RecordingPlan, begin_epoch, free_folder, of_this_epoch
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.futures import Futures, read_scenarios
from taixu.twin.inbox import Inbox, receipts_of
from taixu.twin.linkage import Linkages
from taixu.twin.measures import Measures, read_budget, read_measures
from taixu.twin.measures.resuming import StateKeeper, resume_measures
from taixu.twin.memory import Recorder
from taixu.twin.memory.following import Follower
from taixu.twin.memory.keeper import Keeper
from taixu.twin.memory.keeping import read_keep
from taixu.twin.memory.postgres import PostgresSink, read_postgres
from taixu.twin.plans.engine import PlanEngine
from taixu.twin.plans.plan import read_plans
from taixu.twin.plans.resuming import carry_plans, resume_plans
from taixu.twin.processes import Cases, ProcessEngine, read_processes
from taixu.twin.processes.resuming import carry_over, resume_cases
from taixu.twin.rules import Alarm, Alarms, RuleEngine, read_rules

__all__ = ["TwinPlugin", "acknowledge_alarm", "begin_recording", "configure_twin", "open_world_sources"]

_log = logging.getLogger(__name__)
_MOST_IN_VAIN = 1 << 20
"""Readings that are taken in while nothing can be recorded."""
_UNDER_WAY_NS = 1_000_000_000
"""How old readings may be that are still under way."""


class TwinPlugin:
    """Registers what twins need.

    Parameters
    ----------
    now_ns
        The clock: nanoseconds since 1970, never less than before; a `TwinClock` where none is given.
    """

    def __init__(self, *, now_ns: Callable[[], int] | None = None) -> None:
        self._now_ns = now_ns

    def build(self, app: App) -> None:
        """Add the component, resources and systems."""
        register_twin_components(app)
        for resource in (
            Roster(), Arrivals(), Feed(), Inbox(), Alarms(), RuleEngine(), Cases(), ProcessEngine(), Measures(), Ledger(),
            Linkages(), PlanEngine(), Futures(),
        ):  # fmt: skip
            app.insert_resource(resource)
        own = TwinClock()
        app.insert_resource(own)
        clock = self._now_ns or own
        now = clock()
        taken_in_vain, epoch = 0, own.epoch

        def now_ns() -> int:
            return now

        def take_in(world: World) -> None:
            nonlocal now, taken_in_vain, epoch
            before, now = now, clock()  # one time a frame: what is written, watched and recorded in it is of the same moment
            if own.went_back:
                world.resource(Feed).set_back(own.wall_ns - _UNDER_WAY_NS)
            is_another_epoch, epoch = own.epoch != epoch, own.epoch
            if is_another_epoch:
                begin_epoch(world, before_ns=before, now_ns=now)
            is_stuck = world.has_resource(Recorder) and world.resource(Recorder).writer.is_full
            taken_in_vain = taken_in_vain if is_stuck else 0
            # A full disk: readings go on for a while, are not acknowledged, and then wait where they came from.
            letters = world.resource(Inbox).take() if taken_in_vain < _MOST_IN_VAIN else []
            taken_in_vain += sum(len(letter.batch) for letter in letters) if is_stuck else 0
            if is_another_epoch:
                ahead_ns = world.resource(Feed).ahead_ns
                letters = of_this_epoch(letters, now_ns=now, ahead_ns=ahead_ns, stepped_ns=own.stepped_ns)
            batches = [letter.batch for letter in letters]
            world.resource(Arrivals).take(world, batches, now_ns=now_ns())
            world.resource(Arrivals).forget_silent(world, now_ns=now_ns())
            if letters:
                world.resource(Ledger).hear(batches, now_ns=now_ns())
                joined = world.resource(Measures).hear(batches)
                if world.has_resource(Recorder):  # the only trace of it: no column holds it
                    for each in joined:
                        world.resource(Recorder).note("joined", **asdict(each))
                updates = world.resource(Feed).take(world, batches, now_ns=now_ns())
                recorder = world.resource(Recorder) if world.has_resource(Recorder) else None
                if recorder is not None:
                    recorder.take(updates)
                for receipt in receipts_of(letters):
                    if recorder is not None:
                        recorder.when_written(receipt)
                    else:  # nothing is kept: taken in is all that can be said
                        receipt()

        def watch(world: World) -> None:
            engine = world.resource(RuleEngine)
            begun, ended = engine.step(world, now_ns=now_ns())
            moved = world.resource(ProcessEngine).step(world, engine.senses, now_ns=now_ns())
            measures = world.resource(Measures)
            if measures.step(world, now_ns=now_ns(), ground=engine.senses.ground):
                engine.senses.measured = measures.values()
                if world.has_resource(Recorder):
                    world.resource(Recorder).measure(measures.told())
                    world.resource(StateKeeper).step(world)
            planned = world.resource(PlanEngine).step(world, engine.senses, measures.values(), now_ns=now_ns())
            commands = world.resource(Ledger).step(world, now_ns=now_ns())
            if world.has_resource(Recorder):
                noted = (("alarm", [*begun, *moved.begun]), ("alarm_over", [*ended, *moved.ended]), ("command", commands))
                for kind, happened in noted:
                    for each in happened:
                        world.resource(Recorder).note(kind, **each.as_dict())
                for kind, events in (("case", moved.events), ("plan", planned)):
                    for event in events:
                        world.resource(Recorder).note(kind, **event)

        def pose_links(world: World) -> None:
            world.resource(Linkages).step(world)

        def record(world: World) -> None:
            if world.has_resource(Recorder):
                world.resource(Recorder).record(world, now_ns=now_ns())

        app.add_system(Stage.APPLY, take_in)
        app.add_system(Stage.UPDATE, pose_links)
        app.add_system(Stage.PRESENT, watch)  # when everybody stands where he is, who has just arrived too
        app.add_system(Stage.PRESENT, record)


def configure_twin(world: World) -> Feed:
    """Read the world's settings (``twin``: georeference, frames, bindings, arrivals, rules, processes, measures, controls,
    plans, scenarios): it goes by them from now on.

    Raises
    ------
    TaixuError
        When something in them is wrong, in one sentence.
    """
    section = world.resource(WorldSettings).section("twin")
    frames = read_frames(section.get("frames", {}), section.get("georeference"))
    ahead = section.get("ahead_secs", 5.0)
    if isinstance(ahead, bool) or not isinstance(ahead, (int, float)) or not 0 <= ahead <= 86400:
        raise TaixuError("twin.ahead_secs takes seconds, at most a day")
    feed = Feed(read_bindings(section.get("bindings", []), world.resource(Components), frames), ahead_ns=round(ahead * 1e9))
    arrivals = read_arrivals(section.get("arrivals", []), world.resource(Components))
    rules = read_rules(section.get("rules", []), world.resource(Components))
    processes = read_processes(section.get("processes", []), world.resource(Components))
    measures = read_measures(section.get("measures", []), world.resource(Components))
    per_sec, share = read_budget(section.get("measuring", {}))
    controls = read_controls(section.get("controls", []), world.resource(Components))
    world.insert_resource(feed)
    world.insert_resource(Arrivals(arrivals))
    world.insert_resource(RuleEngine(rules, locks=[lock for control in controls for lock in control.only_if]))
    wholes = frozenset(measure.name for measure in measures if measure.by == "whole")
    names = frozenset(control.name for control in controls)
    plans = read_plans(section.get("plans", []), world.resource(Components), measures=wholes, controls=names)
    world.insert_resource(PlanEngine(plans))
    world.insert_resource(Futures(read_scenarios(section.get("scenarios", []), world.resource(Components), controls=names)))
    world.insert_resource(ProcessEngine(processes))
    world.insert_resource(Cases())
    world.insert_resource(Measures(measures, per_sec=per_sec, share=share))
    world.insert_resource(Ledger(controls))
    return feed


def open_world_sources(app: App) -> list[Connector]:
    """Start the sources that the world's settings name (``twin.sources``); they end with the app.

    They read files and call addresses that the world names, so those of a project that is not trusted stay closed, and the log says
    so.

    Raises
    ------
    TaixuError
        When one is wrong; none is left running then.
    """
    feed, ledger = app.resource(Feed), app.resource(Ledger)

    def topics(source: str) -> tuple[str, ...]:
        answers = [each for each in ledger.controls.values() if each.acknowledged_on is not None and each.source == source]
        wanted = {each.pattern.filter for each in feed.bindings if each.source in ("", source)}
        wanted |= {each.acknowledged_on.filter for each in answers if each.acknowledged_on is not None}
        wanted |= {each.pattern.filter for each in app.resource(Arrivals).kinds if each.source in ("", source)}
        passages = [each.passages for each in app.resource(Measures).measures if each.passages is not None]
        return tuple(sorted(wanted | {each.joined_on.filter for each in passages if each.joined_on is not None}))

    wanted = app.resource(WorldSettings).section("twin").get("sources", {})
    if wanted and app.world.has_resource(ScriptHost) and not app.resource(ScriptHost).trusted:
        _log.warning("The world has sources that are not opened: its project is not trusted; --trust opens them.")
        return []
    root = app.resource(Project).root if app.world.has_resource(Project) else None
    opened = open_sources(wanted, app.resource(Inbox), topics, root=root)
    for connector in opened:
        app.on_close(connector.close)
    app.resource(Ledger).connect(opened)
    return opened


def acknowledge_alarm(world: World, number: int, *, by: str, now_ns: int | None = None) -> Alarm:
    """Somebody has seen an alarm; the recording remembers who.

    Raises
    ------
    TaixuError
        When there is no such alarm.
    """
    alarm = world.resource(Alarms).acknowledge(number, by=by, now_ns=time.time_ns() if now_ns is None else now_ns)
    if world.has_resource(Recorder):
        world.resource(Recorder).note("alarm_acknowledged", **alarm.as_dict())
    return alarm


def begin_recording(app: App, folder: Path, *, project: str = "", world: str = "", **options: Any) -> Recorder:
    """Record an app's world from now on. Where the folder holds a recording already, the new one begins in a folder beside it
    (``recording.2`` after ``recording``), and measures, cases and plans go on from where the newest of them ended.

    Parameters
    ----------
    project, world
        Where its files are, for who replays it.
    options
        Of the `Writer`.

    Raises
    ------
    TaixuError
        When the folder cannot be used, or ``twin.recording`` is wrong: ``{"errors": {"transform.translation": 0.01}, "keep":
        {"full_hours": 24, "then_every_secs": 10, "days": 90}, "postgres": {"url_variable": "TWIN_DB"}}``.
    """
    settings = app.resource(WorldSettings)
    section = settings.section("twin").get("recording", {})
    errors = section.get("errors", {}) if isinstance(section, dict) else None
    if not isinstance(errors, dict) or not all(isinstance(each, (int, float)) and 0 < each < 1e9 for each in errors.values()):
        raise TaixuError("twin.recording.errors takes lines such as \"transform.translation\": 0.01")
    keep, database = read_keep(section.get("keep", {})), read_postgres(section.get("postgres"))
    about = {"project": project, "world": world, "settings": settings.values, "other": settings.other}
    folder, before = free_folder(folder)
    recorder = Recorder(folder, about=about, errors=errors, **options)
    app.insert_resource(recorder)
    if before is not None:
        resume_measures(app.world, before)
        resume_cases(app.world, before)
        resume_plans(app.world, before)
    carry_over(app.world, recorder)
    carry_plans(app.world, recorder)
    keeper = StateKeeper(folder)
    app.insert_resource(keeper)
    app.on_close(lambda: keeper.close(app.world))  # one of an epoch that is over has nothing to say by then
    if not app.world.has_resource(RecordingPlan):
        again = partial(begin_recording, app, project=project, world=world, **options)
        app.insert_resource(RecordingPlan(Path(folder), again))
    if database is not None:
        recorder.followers.append(Follower(folder, PostgresSink(database[0]), name="postgres", fields=database[1]))
        app.on_close(recorder.followers[-1].close)  # after the recorder: it brings what that wrote last
    app.on_close(recorder.close)
    app.on_close(lambda: recorder.finish(app.world))
    if keep:
        app.on_close(Keeper(folder, keep).close)
    return recorder
