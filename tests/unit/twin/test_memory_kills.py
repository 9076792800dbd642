"""A hundred kills at any moment of taking readings in: what was acknowledged is there, and the recording opens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from feeding_child import START_NS, STEP_NS

from taixu.twin.memory import Recording
from taixu.twin.memory.checking import recording_doubts

pytestmark = pytest.mark.slow
KILLS = 100
AT_ONCE = 2


def start(folder: Path, seed: int) -> subprocess.Popen[bytes]:
    program = Path(__file__).parents[2] / "support/feeding_child.py"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, str(program), str(folder), str(seed)], stdout=subprocess.PIPE, env=environment)


def kill_after(program: subprocess.Popen[bytes], secs: float) -> int:
    """Kill it so long after its first acknowledgement; gives the last one."""
    assert program.stdout is not None
    said = program.stdout.readline()
    end = time.monotonic() + secs
    while time.monotonic() < end:  # what it says is taken from it: a full pipe would stop it
        said += os.read(program.stdout.fileno(), 65536)
    program.kill()
    said += program.stdout.read()
    program.wait()
    whole = said[: said.rfind(b"\n") + 1].split()
    return int(whole[-1]) if whole else 0


def assert_kept(folder: Path, last: int) -> int:
    """All steps until the last are there; gives how many there are."""
    assert [finding for finding in recording_doubts(folder) if finding.severity == "error"] == []
    recording = Recording(folder)
    events = [event for event in recording.events() if event["kind"] == "step"]
    steps = [event["step"] for event in events]
    assert steps == list(range(1, len(steps) + 1)) and len(steps) >= last
    for step in {1, max(last // 2, 1), last}:
        known_ns = events[step - 1]["known_ns"]  # where the disk does not keep up, a tick holds several steps
        expected: dict[int, float] = {}
        for event in events:
            if event["known_ns"] <= known_ns:
                expected |= dict.fromkeys(event["devices"], float(event["step"]))
        tracks, values, times = recording.moment(known_ns).column("gauge", "level")
        found = {track: value for track, value in zip(tracks.tolist(), values.tolist()) if track in expected}
        assert found == expected
        told = np.isin(tracks, list(expected))
        assert times[told].tolist() == [START_NS + round(expected[track]) * STEP_NS for track in tracks[told].tolist()]
    recording.close()
    return len(steps)


def test_a_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(0)
    steps = acknowledged = 0
    for first in range(0, KILLS, AT_ONCE):
        folders = [tmp_path / str(number) for number in range(first, first + AT_ONCE)]
        programs = [start(folder, number) for number, folder in enumerate(folders)]
        for program, folder in zip(programs, folders):
            last = kill_after(program, chance.expovariate(1 / 0.06))
            steps += assert_kept(folder, last)
            acknowledged += last
    assert acknowledged > KILLS * 10 and steps >= acknowledged
