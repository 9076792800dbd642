"""Rules tried on the past: which alarms they would have raised, before they go live."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, WorldTransforms, propagate_transforms
from taixu.twin.device import Roster
from taixu.twin.feed import Feed
from taixu.twin.memory import Recording
from taixu.twin.memory.playing import play_recording
from taixu.twin.rules import Alarm, Alarms, Rule, RuleEngine

__all__ = ["backtest"]


def backtest(
    recording: Recording, rules: Sequence[Rule], components: Components, *, since_ns: int | None = None,
    until_ns: int | None = None, progress: Callable[[float], None] | None = None,
) -> list[Alarm]:
    """The alarms that rules would have raised, in the order in which they would have begun.

    Raises
    ------
    TaixuError
        When a rule cannot be evaluated, or asks for what a recording does not say (``age``, ``measure``); or it is damaged.
    """
    for rule in rules:
        if rule.needs_the_living:
            raise TaixuError(f"the rule {rule.name!r} asks for {rule.needs_the_living}, which a recording does not say")
    world = World()
    alarms = Alarms()
    engine = RuleEngine(rules)
    for resource in (components, alarms, engine, Feed(), Roster(), Hierarchy(), WorldTransforms()):
        world.insert_resource(resource)
    first, last = recording.span_ns
    begin, end = since_ns or first, until_ns or last
    for known_ns in play_recording(recording, world, components, since_ns=since_ns, until_ns=until_ns):
        propagate_transforms(world)
        engine.step(world, now_ns=known_ns)
        for name, problem in engine.problems.items():
            raise TaixuError(f"the rule {name!r}: {problem}")
        if progress is not None:
            progress(min((known_ns - begin) / max(end - begin, 1), 1.0))
    return sorted(alarms, key=lambda alarm: (alarm.raised_ns, alarm.number))
