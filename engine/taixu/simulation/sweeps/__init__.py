"""One world run over many settings: plans, runs that survive being killed, and a report."""

from taixu.simulation.sweeps.plan import Measure, Plan, measured, read_plan
from taixu.simulation.sweeps.report import write_report
from taixu.simulation.sweeps.running import run_plan
from taixu.simulation.sweeps.runs import Run, finished_runs

__all__ = ["Measure", "Plan", "Run", "finished_runs", "measured", "read_plan", "run_plan", "write_report"]
