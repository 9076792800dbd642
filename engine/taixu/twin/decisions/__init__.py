"""Decisions: schedules that are optimised on a twin's figures, compared with what was, and proposed.

`shop` is what there is to do, `scheduling` asks OR-Tools for the best of five goals, `carrying_on` makes schedules without it,
`carrying_out` makes plans of them that are drilled and followed, `kpis` says what one is worth. `signal_plan` times a town's lights
by what is coming (`signal_flows`), and tries it on copies; `bus_plan` says which bus drives which trips.
"""

from __future__ import annotations

from taixu.twin.decisions.bus_plan import BusPlan, BusTrip, bus_trips, plan_buses
from taixu.twin.decisions.carrying_on import carry_on, first_fit
from taixu.twin.decisions.carrying_out import schedule_plan
from taixu.twin.decisions.kpis import Kpis, kpis_of
from taixu.twin.decisions.scheduling import Scheduled, schedule_shop
from taixu.twin.decisions.shop import Schedule, Shop, read_shop
from taixu.twin.decisions.signal_plan import SignalKpis, SignalProposal, judge_plans, plan_signals

__all__ = [
    "BusPlan", "BusTrip", "Kpis", "Schedule", "Scheduled", "Shop", "SignalKpis", "SignalProposal", "bus_trips", "carry_on",
    "first_fit", "judge_plans", "kpis_of", "plan_buses", "plan_signals", "read_shop", "schedule_plan",
    "schedule_shop",
]  # fmt: skip
