"""What a city takes, part by part: simulators beside others', a district of all, branches, plans, decisions, places and sweeps."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from taixu.bench.measure import Options
from taixu.errors import UsageError

__all__ = ["PARTS", "defaults", "measure"]

defaults = Options(n=1_000_000, frames=60)
"""`n` is the cells of water, `frames` the simulated seconds of the mixed district."""

PARTS = {
    "dam-break": "simulators:dam_break", "traffic": "simulators:bologna", "walking": "people:walking",
    "evacuation": "simulators:leaving", "plan": "plans:drilled", "schedule": "plans:scheduled",
    "lights": "lights:timed",
    "district": "simulators:district", "drawn": "drawn:drawn", "branches": "simulators:branches", "beside": "simulators:beside",
    "place": "places:made", "sweep": "sweeps:scaled",
}  # fmt: skip
"""By what they are called with ``--only``."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield results of all parts, or of those that `options.only` names by comma; `faster` is times the clock, compiling left out.

    Raises
    ------
    UsageError
        When there is no such part.
    """
    wanted = [name for name in options.only.split(",") if name] or list(PARTS)
    for name in wanted:
        if name not in PARTS:
            raise UsageError(f"city has no part {name[:40]!r}; there are {', '.join(PARTS)}")
    for name in wanted:
        module, function = PARTS[name].split(":")
        yield from getattr(import_module(f"taixu.bench.city.{module}"), function)(options)
