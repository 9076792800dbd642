"""Plans of sweeps: JSON files that say which world runs how long over which settings, and what is measured at the end.

    {"world": "worlds/main.world.json", "seconds": 600,
     "vary": {"water.manning": [0.01, 0.03], "weather.rain": [[20], [80]]},
     "measure": {"deepest": {"column": "water.depth", "by": "max"}, "arrived": {"column": "traffic.counts", "by": "2"}}}
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["Measure", "Plan", "measured", "read_plan"]

_MOST_BYTES, _MOST_CASES, _MOST_SECS = 1 << 24, 100_000, 30 * 86400.0
_KNOWN = frozenset({"world", "seconds", "vary", "measure"})
_BY: Mapping[str, Callable[[NDArray[Any]], Any]] = {"max": np.max, "min": np.min, "mean": np.mean, "sum": np.sum, "count": np.size}


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured when a run is over.

    Attributes
    ----------
    column
        ``simulator.column``.
    by
        max, min, mean, sum or count of its numbers, or the place of one of them.
    """

    column: str
    by: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    Attributes
    ----------
    world
        The world's file, or its project's folder.
    seconds
        How long each run is, simulated.
    vary
        Values by ``simulator.setting``; every combination is a run.
    measures
        By name.
    """

    world: Path
    seconds: float
    vary: Mapping[str, tuple[Any, ...]]
    measures: Mapping[str, Measure]

    @property
    def cases(self) -> list[dict[str, Any]]:
        """All combinations, in the order in which they are written: the last setting changes first."""
        return [dict(zip(self.vary, values, strict=True)) for values in itertools.product(*self.vary.values())]

    def key(self, case: Mapping[str, Any]) -> str:
        """What a run is known by: equal for equal worlds, settings, lengths and measures."""
        measures = {name: [each.column, each.by] for name, each in self.measures.items()}
        facts = json.dumps([str(self.world.resolve()), self.seconds, measures, case], sort_keys=True)
        return hashlib.blake2b(facts.encode(), digest_size=12).hexdigest()


def read_plan(file: str | Path) -> Plan:
    """Read a plan; its world is found from where it lies.

    Raises
    ------
    TaixuError
        With what is wrong.
    """
    path = Path(file)
    try:
        raw = json.loads(read_bytes(path, max_bytes=_MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{path}: is no JSON: {error}") from error
    if not isinstance(raw, dict) or set(raw) - _KNOWN:
        raise TaixuError(f"{path}: a plan holds {', '.join(sorted(_KNOWN))} and nothing else")
    world, seconds, vary, measure = (raw.get(name) for name in ("world", "seconds", "vary", "measure"))
    if not isinstance(world, str) or not world:
        raise TaixuError(f"{path}: world takes the path of a world or a project")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= _MOST_SECS:
        raise TaixuError(f"{path}: seconds takes a number above 0, at most {_MOST_SECS:g}")
    if not isinstance(vary, dict) or not all(_is_dotted(name) and isinstance(each, list) and each for name, each in vary.items()):
        raise TaixuError(f"{path}: vary takes lists of values by simulator.setting")
    if math.prod(len(values) for values in vary.values()) > _MOST_CASES:
        raise TaixuError(f"{path}: these are more than {_MOST_CASES} runs")
    if not isinstance(measure, dict) or not measure:
        raise TaixuError(f"{path}: measure takes, by name, a column and by what of it")
    varied = {name: tuple(values) for name, values in vary.items()}
    return Plan(path.parent / world, float(seconds), varied, _measures(path, measure))


def measured(values: NDArray[Any] | None, measure: Measure) -> float:
    """A column's measure; a sum or count of no numbers is nought.

    Raises
    ------
    TaixuError
        When there is no such column, or nothing in it to be measured.
    """
    if values is None:
        raise TaixuError(f"nobody said {measure.column} in this run")
    flat = values.ravel()
    if measure.by in _BY:
        if not len(flat) and measure.by not in ("sum", "count"):
            raise TaixuError(f"{measure.column} holds no numbers at the end of this run, and so has no {measure.by}")
        return float(_BY[measure.by](flat))
    if int(measure.by) >= len(flat):
        raise TaixuError(f"{measure.column} holds {len(flat)} numbers at the end of this run, and none at {measure.by}")
    return float(flat[int(measure.by)])


def _measures(path: Path, raw: Mapping[str, Any]) -> dict[str, Measure]:
    found = {}
    for name, each in raw.items():
        by = each.get("by") if isinstance(each, dict) else None
        is_by = isinstance(by, str) and (by in _BY or (by.isascii() and by.isdecimal() and len(by) < 9))
        if not is_by or set(each) != {"column", "by"} or not _is_dotted(each["column"]):
            raise TaixuError(f"{path}: measure.{name[:60]} takes a column (water.depth) and by: {', '.join(_BY)}, or a place (2)")
        found[name] = Measure(each["column"], str(by))
    return found


def _is_dotted(name: Any) -> bool:
    return isinstance(name, str) and all(name.partition("."))
