"""A sweep by one worker and by two: how much of a second core's worth comes of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result

__all__ = ["scaled"]

_RUNS, _SECS, _SIDE = 12, 600.0, 200
_LIMIT = 0.9


def scaled(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: `scaling` is one worker's time over twice that of two; runs of both end with equal hashes.

    A run without simulators is taken off both: what starting a worker takes is no part of sharing the work.
    """
    with TemporaryDirectory() as place:
        folder = Path(place)
        _world(folder)
        one, first = _sweep(folder, workers=1)
        two, second = _sweep(folder, workers=2)
        assert first == second, "runs do not depend on workers"
        share = one / (2 * two)
        yield result(
            "city/sweep", np.array([two * 1e3 / _RUNS]), n=_RUNS, secs_of_one=round(one, 2), secs_of_two=round(two, 2),
            scaling=round(share, 3), limit=_LIMIT, ratio=round(share / _LIMIT, 2), cores=os.cpu_count(),
        )  # fmt: skip


def _world(folder: Path) -> None:
    ground = np.abs(np.arange(_SIDE) - _SIDE / 2)[None, :] * 0.02 + np.zeros((_SIDE, 1))
    np.save(folder / "ground.npy", ground)
    (folder / "taixu.toml").write_text('[project]\nname = "Sweep"\nversion = "0.1.0"\nfirst_world = "town.world.json"\n')
    entities = {
        "00000000000000a1": {"simulation": {"kind": "weather", "settings": {"secs": [0], "rain": [60]}}},
        "00000000000000a2": {"simulation": {
            "kind": "water", "settings": {"ground": "ground.npy", "cell": 5.0, "depth": 0.2}, "told": {"rain": "weather.rain"},
        }},
    }  # fmt: skip
    (folder / "town.world.json").write_text(json.dumps({"format": "taixu.world", "version": 1, "entities": entities}))
    vary = {"water.manning": [round(0.01 + 0.002 * number, 3) for number in range(_RUNS)]}
    measure = {"deepest": {"column": "water.depth", "by": "max"}}
    plan = {"world": "town.world.json", "seconds": _SECS, "vary": vary, "measure": measure}
    (folder / "flood.sweep.json").write_text(json.dumps(plan))


def _sweep(folder: Path, *, workers: int) -> tuple[float, list[str]]:
    """Wall seconds, and hashes."""
    from taixu.simulation.sweeps import read_plan, run_plan

    plan = read_plan(folder / "flood.sweep.json")
    began = perf_counter()
    runs, failed = run_plan(
        plan, folder / f"by-{workers}", function="taixu.defaults.sweeping:run_case", arguments=(None,), workers=workers
    )
    assert not failed, failed
    return perf_counter() - began, [each.state_hash for each in runs.values()]
