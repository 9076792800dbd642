"""Benchmarks in processes of their own, whatever else those say."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.bench.runner import run_lines
from taixu.errors import MachineError

SUPPORT = {"PYTHONPATH": str(Path(__file__).parents[1] / "support")}


def test_a_flood_of_warnings_stops_nothing() -> None:
    assert [each["n"] for each in run_lines("flooding_child", [], environment=SUPPORT)] == [0, 1, 2]


def test_the_last_line_says_why_one_fails() -> None:
    with pytest.raises(MachineError, match="failed: the reason"):
        list(run_lines("flooding_child", ["fail"], environment=SUPPORT))
