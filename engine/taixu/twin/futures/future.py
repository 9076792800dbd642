"""One future: a branch, what is tried in it, and what rules, measures and the plan say there as it runs."""

from __future__ import annotations

from typing import Any

from taixu.ecs import World
from taixu.simulation.worlds.branches import Branch
from taixu.twin.futures.trial import Trial
from taixu.twin.measures import Measures
from taixu.twin.plans.drilling import Drill, DrillHands

__all__ = ["Future", "kpis_of_world"]

_LOOK_SECS = 1.0


class Future:
    """What is known of one.

    Parameters
    ----------
    by
        Who began it.
    now_ns
        When.

    Attributes
    ----------
    told
        Plain JSON of what was last seen; swapped as a whole, so that any thread may read it.
    """

    def __init__(self, trial: Trial, *, by: str, now_ns: int) -> None:
        self.trial, self.by, self.begun_ns = trial, by, now_ns
        self.branch: Branch | None = None
        self.chosen = ""
        """What was made of it: "world", "plan" or "do"; empty while it is only one of several."""
        self.told: dict[str, Any] = {"kpis": [], "alarms": 0, "score": None, "run": None, "doubts": []}
        self._drill = Drill(trial.plan, now_ns=now_ns)
        self._looked_at = -_LOOK_SECS

    def watch(self, world: World, secs: float) -> None:
        """Look at the branch's world, so many seconds ahead (the branch's thread): once a simulated second is enough."""
        doubts = self.told["doubts"]
        if self._looked_at < 0:
            doubts = self._obey(world)
        elif secs - self._looked_at < _LOOK_SECS - 1e-6:
            return
        self._looked_at = secs
        self._drill.step(world, now_ns=self.begun_ns + round(secs * 1e9))
        score, run = self._drill.score(), self._drill.run
        self.told = {
            "kpis": kpis_of_world(world), "alarms": self._drill.alarms, "score": None if score is None else score.as_dict(),
            "run": None if run is None else run.as_dict(), "doubts": doubts,
        }  # fmt: skip

    def _obey(self, world: World) -> list[str]:
        """In a branch devices obey at once; gives why some did not."""
        said = []
        for act in self.trial.acts:
            told, doubt = DrillHands().act(world, act, now_ns=self.begun_ns)
            if doubt or not told:
                said.append(f"{act.control}: {doubt or 'it is asked of nobody'}")
        return said

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        trial, branch = self.trial, self.branch
        assert branch is not None
        return {
            "name": trial.name, "seconds": trial.seconds, "plan": "" if trial.plan is None else trial.plan.name,
            "scenario": trial.scenario, "set": sorted(trial.settings), "do": [f"{act.control}: {act.value}" for act in trial.acts],
            "by": self.by, "begun_ns": self.begun_ns, "progress": round(branch.progress, 4), "running": branch.is_running,
            "ahead_secs": branch.ahead_secs, "faster": round(branch.faster, 1), "reason": branch.reason, "shown": branch.shown,
            "chosen": self.chosen, **self.told,
        }  # fmt: skip


def kpis_of_world(world: World) -> list[dict[str, Any]]:
    """What a world's measures of the whole last said: name, unit, value."""
    whole = (each for each in world.resource(Measures).results.values() if each.measure.by == "whole")
    return [{"name": each.measure.name, "unit": each.measure.unit, **(each.value_of("") or {})} for each in whole]
