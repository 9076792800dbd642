"""How late pictures are, and a million things drawn: `make bench` on a quiet machine."""

from __future__ import annotations

import pytest

from taixu.bench.runner import run_bench
from taixu.errors import MachineError

pytestmark = pytest.mark.bench


def test_inputs_are_seen_in_time() -> None:
    try:
        found = {each["name"]: each for each in run_bench("latency", [])}
    except MachineError as error:
        pytest.skip(str(error))
    for each in found.values():
        if "limit_p95_ms" in each:
            assert each["lost"] == 0 and each["p95_ms"] <= each["limit_p95_ms"], each
    assert {"latency/input, h264", "latency/input, jpeg", "latency/sensor, pictures", "latency/sensor, state stream"} <= set(found)


def test_a_million_moving_things_are_drawn() -> None:
    among, everything = run_bench("million", [])
    assert among["frame_ms"] <= among["limit_ms"], among
    assert among["to_copy"] <= 4.0 and everything["to_copy"] <= 4.0, (among, everything)
