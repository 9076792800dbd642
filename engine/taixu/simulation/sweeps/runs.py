"""Finished runs of a plan: a file each, so that a sweep that was killed goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.simulation.sweeps.plan import Plan

__all__ = ["Run", "finished_runs", "keep_run"]

_MOST_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run.

    Attributes
    ----------
    case
        Values by ``simulator.setting``.
    measures
        Numbers by name.
    wall_secs
        How long it took.
    state_hash
        Of its world at the end: equal runs have equal ones, wherever they ran.
    """

    case: Mapping[str, Any]
    measures: Mapping[str, float]
    wall_secs: float
    state_hash: str


def keep_run(folder: Path, key: str, run: Run) -> None:
    """Write a finished run, whole or not at all."""
    facts = {"case": run.case, "measures": run.measures, "wall_secs": run.wall_secs, "state_hash": run.state_hash}
    write_atomic(folder / "runs" / f"{key}.json", json.dumps(facts, indent=1).encode())


def finished_runs(plan: Plan, folder: Path) -> dict[str, Run]:
    """Runs of a plan that a folder holds, by key; files that hold something else are as good as not there."""
    found = {}
    for case in plan.cases:
        key = plan.key(case)
        file = folder / "runs" / f"{key}.json"
        if file.is_file():
            try:
                raw = json.loads(read_bytes(file, max_bytes=_MOST_BYTES))
                numbers = {name: float(raw["measures"][name]) for name in plan.measures}
                found[key] = Run(case, numbers, float(raw["wall_secs"]), str(raw["state_hash"]))
            except (ValueError, TypeError, KeyError, TaixuError):
                continue
    return found
