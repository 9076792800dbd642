"""A plan for the sample city's lights, tried on copies of its traffic."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any

import numpy as np

from taixu.assets.paths import data_path
from taixu.bench.measure import Options, result

__all__ = ["timed"]

_NOW_SECS, _HORIZON_SECS = 300.0, 200.0


def timed(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: seconds that cars stand, and trips that end, under today's programs and under what is proposed.

    `ratio` is how many trips end for one that ends today, over the same seconds from the same state.
    """
    from taixu.simulation.traffic import Traffic
    from taixu.simulation.traffic.signals import plan_doubts
    from taixu.simulation.traffic.sumo import read_sumo_demand, read_sumo_network
    from taixu.twin.decisions import plan_signals

    folder = data_path("samples") / "city" / "assets"
    network = read_sumo_network(folder / "streets.net.xml")
    traffic = Traffic(read_sumo_demand(network, sorted(folder.glob("*.rou.xml"))))
    traffic.step(0, round(_NOW_SECS * 1e9), {})
    began, busy = perf_counter(), process_time()
    proposal = plan_signals(traffic, now_secs=_NOW_SECS, horizon_secs=_HORIZON_SECS)
    wall, busy = perf_counter() - began, process_time() - busy
    before, after = proposal.before, proposal.after
    yield result(
        "city/lights", np.array([wall * 1e3 / len(proposal.tried)]), n=len(network.signals), cars=len(traffic.cars.lane),
        tried=len(proposal.tried), cpu_secs=round(busy, 1), halted_secs_before=round(before.halted_secs),
        halted_secs=round(after.halted_secs), arrived_before=before.arrived, arrived=after.arrived,
        broken=len(plan_doubts(network.signals, proposal.plan)), ratio=round(after.arrived / max(before.arrived, 1), 2),
    )  # fmt: skip
