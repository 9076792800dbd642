"""Decisions: schedules that are optimised on a twin's figures, compared with what was, and proposed.

`shop` is what there is to do, `scheduling` asks OR-Tools for the best of five goals, `carrying_on` makes schedules without it,
`kpis` says what one is worth.
"""

from __future__ import annotations

from taixu.twin.decisions.carrying_on import carry_on, first_fit
from taixu.twin.decisions.kpis import Kpis, kpis_of
from taixu.twin.decisions.scheduling import Scheduled, schedule_shop
from taixu.twin.decisions.shop import Schedule, Shop, read_shop

__all__ = ["Kpis", "Schedule", "Scheduled", "Shop", "carry_on", "first_fit", "kpis_of", "read_shop", "schedule_shop"]
