"""``taixu sweep``: a world run over many settings, in processes side by side or on a cluster."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.options import positive_integer
from taixu.errors import TaixuError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Runs a world over all settings of a plan. Finished runs are kept: a call after Ctrl-C goes on."
usage = "PLAN [options]"
example = "taixu sweep flood.sweep.json --workers 2 --out out/flood"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the plan and where its results go."""
    parser.add_argument("plan", type=Path, metavar="PLAN", help="JSON: world, seconds, vary and measure")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where runs and report.html go; beside the plan")
    parser.add_argument("--workers", type=positive_integer, metavar="N", help="runs at a time; 2, or a cluster's cores")
    parser.add_argument("--cluster", default="", metavar="HOST:PORT", help="a Ray cluster that does the work")
    parser.add_argument("--trust", action="store_true", help="let the project's scripts run")


def run(args: argparse.Namespace) -> int:
    """Run what is not finished, and write the report."""
    from taixu.simulation.sweeps import read_plan, run_plan, write_report

    plan = read_plan(args.plan)
    name = args.plan.name.removesuffix(".json").removesuffix(".sweep")
    folder: Path = args.out or args.plan.parent / f"{name}-runs"
    with args.console.progress("runs", len(plan.cases)) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            while shown < done:
                shown += 1
                bar.step()

        trust = True if args.trust else None
        runs, failed = run_plan(
            plan, folder, function="taixu.defaults.sweeping:run_case", arguments=(trust,), workers=args.workers,
            cluster=args.cluster, progress=show,
        )  # fmt: skip
    report = folder / "report.html"
    write_report(plan, list(runs.values()), list(failed.values()), report)
    for sentence in failed.values():
        args.console.say(f"taixu: {sentence}")
    args.console.answer({
        "out": str(report), "runs": [{"case": each.case, "measures": each.measures, "state_hash": each.state_hash,
                                      "wall_secs": round(each.wall_secs, 3)} for each in runs.values()],
        "failed": list(failed.values()),
    })  # fmt: skip
    args.console.show(f"{len(runs)} of {len(plan.cases)} runs are finished; {report}")
    if failed:
        raise TaixuError(f"{len(failed)} of {len(plan.cases)} runs failed; what each said stands in {report}")
    return 0
