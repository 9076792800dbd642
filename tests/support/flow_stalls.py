"""A pytest plugin that says at the end in which flows the editor stood still longest: a figure to look at, not a test."""

from __future__ import annotations

import pytest

__all__ = ["PROPERTY", "FlowStalls"]

PROPERTY = "longest_ms"
_SHOWN = 10


class FlowStalls:
    """The processor's time of each flow's longest frame, without what pictures of worlds cost a software driver."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                self.longest[report.nodeid.partition("[")[2].rstrip("]")] = float(value)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.longest:
            return
        terminalreporter.section("longest frames of flows")
        for flow, spent in sorted(self.longest.items(), key=lambda each: -each[1])[:_SHOWN]:
            terminalreporter.write_line(f"{spent:7.0f} ms  {flow}")
