"""The futures of a twin: begun beside one another, compared, and one chosen; the log says who chose what, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Name
from taixu.simulation.worlds import Branches, Simulation
from taixu.simulation.worlds.differing import Difference
from taixu.simulation.worlds.ghosts import GhostsShown
from taixu.twin.commands import Ledger
from taixu.twin.futures.future import Future, kpis_of_world
from taixu.twin.futures.trial import Scenario, Trial, put_settings, read_trial
from taixu.twin.memory import Recorder
from taixu.twin.plans.drilling import matching
from taixu.twin.plans.engine import PlanEngine
from taixu.twin.plans.plan import Act

__all__ = ["WAYS", "Futures"]

WAYS = ("world", "plan", "do")
_MOST_NAMED = 20
_MOST_WHY = 500
_MOST_TOLD, _MOST_SHOWN = 1000, 3


class Futures:
    """The futures of a world (a resource).

    Parameters
    ----------
    scenarios
        Those that the world's settings name.
    """

    def __init__(self, scenarios: Sequence[Scenario] = ()) -> None:
        self.scenarios = {each.name: each for each in scenarios}
        self._futures: dict[str, Future] = {}

    def __getitem__(self, name: str) -> Future:
        if name not in self._futures:
            raise TaixuError(f"there is no branch {name[:60]!r}; there are {', '.join(self._futures) or 'none'}")
        return self._futures[name]

    def read(self, world: World, raw: Any) -> Trial:
        """What somebody wants to try here.

        Raises
        ------
        TaixuError
            When it is wrong.
        """
        controls = frozenset(world.resource(Ledger).controls)
        plans = world.resource(PlanEngine).plans
        return read_trial(raw, world.resource(Components), plans=plans, scenarios=self.scenarios, controls=controls)

    def begin(self, world: World, trial: Trial, *, by: str, now_ns: int) -> Future:
        """Fork the world, and let the copy run ahead in the background.

        Raises
        ------
        TaixuError
            When there is no room for it, or it cannot be.
        """
        future = Future(trial, by=by, now_ns=now_ns)
        settings = trial.settings
        future.branch = world.resource(Branches).begin(
            trial.name, seconds=trial.seconds, pace=trial.pace, watch=future.watch,
            change=(lambda copy: put_settings(copy, settings)) if settings else None,
        )  # fmt: skip
        self._futures[trial.name] = future
        _note(world, "begun", trial.name, by, now_ns=now_ns)
        return future

    def show(self, name: str, *, shown: bool) -> None:
        """Have a branch be seen as ghosts, or not.

        Raises
        ------
        TaixuError
            When there is none, or so many are seen that nobody could tell more apart.
        """
        branch = self[name].branch
        assert branch is not None
        seen = [each.trial.name for each in self._futures.values() if each.branch is not None and each.branch.shown]
        if shown and not branch.shown and len(seen) >= _MOST_SHOWN:
            raise TaixuError(f"at most {_MOST_SHOWN} branches are seen at once; now they are {', '.join(seen)}")
        branch.shown = shown

    def differences(self, world: World, name: str, other: str = "") -> list[dict[str, Any]]:
        """What is other in a branch than in another, or in the present: plain JSON, with the first of those who differ by name."""
        self[name]
        return [_difference(world, each) for each in world.resource(Branches).differences(name, other)]

    def adopt(self, world: World, name: str, *, way: str, by: str, why: str, now_ns: int) -> Future:
        """Choose a future.

        Parameters
        ----------
        way
            "world": the present goes on as the branch. "plan": the plan that was drilled there is begun here. "do": the commands
            that were tried there are given here, in his name.

        Raises
        ------
        TaixuError
            When it failed, there is nothing of that kind in it, or it cannot be done any more.
        """
        future = self[name]
        branch, trial = future.branch, future.trial
        assert branch is not None
        if way not in WAYS or len(why) > _MOST_WHY:
            raise TaixuError(f'a branch is adopted as {", ".join(WAYS)}, with a reason of at most {_MOST_WHY} characters')
        if branch.reason:
            raise TaixuError(f"the branch {name!r} did not come to its end: {branch.reason}")
        facts: dict[str, Any] = {"way": way, "why": why, "ahead_secs": branch.ahead_secs}
        if way == "world":
            world.resource(Branches).adopt(name)
        elif way == "plan":
            if trial.plan is None:
                raise TaixuError(f"no plan was drilled in {name!r}")
            world.resource(PlanEngine).begin(trial.plan.name, by=by, now_ns=now_ns)
            facts["plan"] = trial.plan.name
        else:
            if not trial.acts:
                raise TaixuError(f"no commands were tried in {name!r}")
            given = facts["commands"] = [_command(world, act, by=by, now_ns=now_ns) for act in trial.acts]
            if not any(each["sent"] for each in given):
                raise TaixuError(f"none of the commands was sent: {given[0]['why'] or 'they are for nobody'}")
        future.chosen = way
        _note(world, "adopted", name, by, now_ns=now_ns, **facts)
        return future

    def discard(self, world: World, name: str, *, by: str, now_ns: int) -> None:
        """Stop a branch and forget it."""
        self[name]
        if name in world.resource(Branches):
            world.resource(Branches).discard(name)
        del self._futures[name]
        _note(world, "discarded", name, by, now_ns=now_ns)

    def as_dict(self, world: World) -> dict[str, Any]:
        """Plain JSON: the present's figures, every branch's, and what can be tried."""
        known = world.resource(Branches) if world.has_resource(Branches) else ()
        self._futures = {name: each for name, each in self._futures.items() if name in known}
        colors = world.resource(GhostsShown) if world.has_resource(GhostsShown) else GhostsShown()
        return {
            "branches": [each.as_dict() | {"color": colors.color(name)} for name, each in self._futures.items()],
            "kpis": kpis_of_world(world), "scenarios": list(self.scenarios), "plans": list(world.resource(PlanEngine).plans),
            "simulators": len(world.query(Simulation)),
        }  # fmt: skip  # fmt: skip

    def fork(self, world: World) -> Futures:
        """A fork has futures of its own."""
        return Futures(list(self.scenarios.values()))


def _command(world: World, act: Act, *, by: str, now_ns: int) -> Mapping[str, Any]:
    """Ask all of whom it is for by the ledger, with its interlocks."""
    sent, why = 0, ""
    for entity in world.stable_ids(matching(world, act.of)[:_MOST_TOLD]).tolist():
        try:
            asked = world.resource(Ledger).command(world, act.control, entity=entity, value=act.value, by=by, now_ns=now_ns)
        except TaixuError as error:
            why = str(error)
            continue
        sent += asked.state in ("sent", "waiting")
        why = why if asked.state == "sent" else asked.why
    return {"control": act.control, "value": act.value, "sent": sent, "why": why}


def _difference(world: World, found: Difference) -> dict[str, Any]:
    """Who differs most comes first."""
    order = np.argsort(-np.abs(found.amount), kind="stable")[:_MOST_NAMED]
    ids, amounts = found.ids[order], found.amount[order]
    handles = world.find_all(ids)
    names = [world.get(each, Name).text if each and world.has(each, Name) else "" for each in handles.tolist()]
    told = zip(ids.tolist(), names, np.nan_to_num(amounts, posinf=1e300).tolist())
    named = [{"id": f"{stable:016x}", "name": name, "amount": amount} for stable, name, amount in told]
    return {
        "component": found.component, "field": found.field, "count": len(found.ids), "text": found.sentence(), "entities": named
    }  # fmt: skip


def _note(world: World, what: str, name: str, by: str, *, now_ns: int, **facts: Any) -> None:
    if not world.has_resource(Recorder):
        return
    text = f"{name} is {what} by {by}" + (f": {facts['why']}" if facts.get("why") else "")
    world.resource(Recorder).note("branch", branch=name, what=what, by=by, time_ns=now_ns, text=text, **facts)
