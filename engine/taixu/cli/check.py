"""``taixu check``: reads files and says what is wrong with them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Reads and validates projects, mods, worlds, prefabs, models, pictures and sounds."
usage = "FILE... [options]"
example = "taixu check samples/playground"

_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or project folders")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument("--gate", action="store_true", help="say, too, how fit models are for use: holes, winding, size, cost")


def run(args: argparse.Namespace) -> int:
    """Check all; status 1 when one of them is bad."""
    reports = []
    with args.console.progress("checking", len(args.files)) as bar:
        for path in args.files:
            reports.append(_report(path, strict=args.strict, gate=args.gate))
            bar.step()
    for report in reports:
        _show(report, args.console)
    args.console.answer({"ok": all(report["ok"] for report in reports), "files": reports})
    return 0 if all(report["ok"] for report in reports) else TaixuError.exit_status


def _report(path: Path, *, strict: bool, gate: bool) -> dict[str, Any]:
    from taixu.cli.checks import Finding, check_file, look_at_model

    try:
        findings = check_file(path)
        if gate:
            findings = [*findings, *look_at_model(path)]
    except TaixuError as error:
        findings = [Finding("error", "", str(error).removeprefix(f"{path}: "))]
    bad = ("error", "warning") if strict else ("error",)
    return {
        "path": str(path),
        "ok": not any(found.severity in bad for found in findings),
        "findings": [
            {"severity": found.severity, "where": found.where, "message": found.message} for found in findings
        ],
    }


def _show(report: dict[str, Any], console: Any) -> None:
    findings = report["findings"]
    console.show(f"{report['path']}: {'ok' if report['ok'] else 'bad'}")
    for found in findings[:_SHOWN]:
        place = f"{found['where']}: " if found["where"] else ""
        console.show(f"  {found['severity']}: {place}{found['message']}")
    if len(findings) > _SHOWN:
        console.show(f"  and {len(findings) - _SHOWN} more; --json lists all")
