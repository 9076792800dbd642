"""Rules tried on a recording: ``taixu replay night-shift --rules rules.json``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.twin.memory import Recording
    from taixu.twin.rules import Alarm

__all__ = ["try_rules"]

_MAX_BYTES = 16 << 20
_SHOWN = 50


def try_rules(args: argparse.Namespace, recording: Recording) -> int:
    """Say which alarms a file's rules would have raised; a file is a list of rules, or a world with some in its settings."""
    from taixu.defaults.past import open_past
    from taixu.twin.backtest import backtest
    from taixu.twin.rules import read_rules

    with open_past(recording.about, project=args.project) as app, args.console.progress("trying rules", 100) as bar:
        shown = 0

        def show(done: float) -> None:
            nonlocal shown
            while shown < int(done * 100):
                shown += 1
                bar.step()

        rules = read_rules(_read_listed(args.rules), app.components)
        tried = [rule for rule in rules if not rule.needs_the_living]
        alarms = backtest(recording, tried, app.components, progress=show)
    left_out = {rule.name: rule.needs_the_living for rule in rules if rule.needs_the_living}
    counts = {rule.name: sum(alarm.rule == rule.name for alarm in alarms) for rule in tried}
    args.console.answer({
        "recording": str(args.recording), "rules": counts, "left_out": list(left_out),
        "alarms": [alarm.as_dict() for alarm in alarms],
    })  # fmt: skip
    lines = [f"{name}: {count:,} alarms" for name, count in counts.items()]
    lines += [f"{name}: left out; it asks for {what}, which a recording does not say" for name, what in left_out.items()]
    lines += [_line(alarm) for alarm in alarms[:_SHOWN]]
    lines += [f"and {len(alarms) - _SHOWN:,} more"] if len(alarms) > _SHOWN else []
    args.console.show("\n".join(lines) or f"{args.rules} has no rules")
    return 0


def _line(alarm: Alarm) -> str:
    from taixu.cli.replay import text_of

    until = text_of(alarm.cleared_ns) if alarm.cleared_ns else "the end"
    return f"  {text_of(alarm.raised_ns)} to {until}  {alarm.severity}: {alarm.text}"


def _read_listed(file: Path) -> Any:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise TaixuError(f"{file} is too large for a file of rules")
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TaixuError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise TaixuError(f"{file} is no JSON") from None
    if isinstance(found, dict):
        settings = found.get("settings")
        twin = settings.get("twin") if isinstance(settings, dict) else None
        found = twin.get("rules", []) if isinstance(twin, dict) else []
    return found
