"""Futures of a twin: branches of its world in each of which a plan, a scenario or a decision is tried, side by side.

`trial` says what is tried, `future` watches it, `futures` begins them, and lets the present go on as one.
"""

from __future__ import annotations

from taixu.twin.futures.future import Future
from taixu.twin.futures.futures import Futures
from taixu.twin.futures.trial import Scenario, Trial, read_scenarios, read_trial

__all__ = ["Future", "Futures", "Scenario", "Trial", "read_scenarios", "read_trial"]
