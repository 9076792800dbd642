"""A pytest plugin that says at the end where the minutes went, by folder of tests."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

__all__ = ["AreaTimes"]


class AreaTimes:
    """Seconds of set-up, call and tear-down, summed over the folders ``tests/<area>/<part>``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.secs: dict[str, float] = defaultdict(float)
        self.counts: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = Path(report.nodeid.partition("::")[0])
        parts = file.parts[1:-1] if file.parts[:1] == (self.root.name,) else file.parts[:-1]
        area = "/".join(parts[:2]) or "."
        self.secs[area] += report.duration
        self.counts[area] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.secs:
            return
        terminalreporter.section("minutes by area")
        for area, secs in sorted(self.secs.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{secs / 60:6.2f} min  {self.counts[area]:5d} tests  {area}")
        secs, count = sum(self.secs.values()), sum(self.counts.values())
        terminalreporter.write_line(f"{secs / 60:6.2f} min  {count:5d} tests")
