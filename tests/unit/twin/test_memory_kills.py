"""A hundred kills at any moment of taking readings in: what was acknowledged is there, and the recording opens."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from feeding_child import START_NS, STEP_NS, feed
from waiting import HANG_SECS

from taixu.twin.memory import Recording
from taixu.twin.memory.checking import recording_doubts

pytestmark = pytest.mark.slow
KILLS = 100
CONTEXT = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")


@pytest.fixture(autouse=True)
def imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What all victims import is imported by the process that they are forked from."""
    if CONTEXT.get_start_method() == "forkserver":
        from multiprocessing.forkserver import ensure_running

        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
        CONTEXT.set_forkserver_preload(["feeding_child"])
        ensure_running()


class Victim:
    """A process that feeds until it is killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self._said, kept = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=feed, args=(str(folder), seed, kept), daemon=True)
        self._process.start()
        kept.close()

    def kill_after(self, steps: int, secs: float) -> int:
        """Kill it a moment after it acknowledged so many steps; gives the last one that it did."""
        last = 0
        while last < steps:
            assert self._said.poll(HANG_SECS), "it says no more"
            last = int(self._said.recv_bytes())
        time.sleep(secs)
        self._process.kill()
        with suppress(EOFError, OSError):
            while True:
                last = int(self._said.recv_bytes())
        self._process.join()
        return last


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
    for number in range(KILLS):
        victim = Victim(tmp_path / str(number), number)
        last = victim.kill_after(1 + int(chance.expovariate(1 / 40)), chance.random() * 0.004)
        steps += assert_kept(victim.folder, last)
        acknowledged += last
    assert acknowledged > KILLS * 10 and steps >= acknowledged
