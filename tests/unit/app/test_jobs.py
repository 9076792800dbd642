"""The job service: results, errors, limits, crashes and cancelling, with no process left behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from waiting import HANG_SECS

from taixu.app.jobs import JobError, Jobs
from taixu.errors import MachineError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    with Jobs(workers=1) as service:
        yield service


def children() -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(folder.name))
    return found


def test_nothing_is_started_before_the_first_job(jobs: Jobs) -> None:
    before = threading.active_count()
    assert jobs.poll() == 0
    assert jobs.wait()
    assert threading.active_count() == before


def test_a_worker_computes_and_is_used_again(jobs: Jobs) -> None:
    assert jobs.result(jobs.submit("job_samples:add", (2, 3)), timeout_secs=HANG_SECS) == 5
    first, second = (jobs.result(jobs.submit("job_samples:pid")) for _ in range(2))
    assert first[0] == second[0] != os.getpid()
    assert (first[1], second[1]) == (1, 2)


def test_large_arrays_travel_both_ways_and_stay_writable(jobs: Jobs) -> None:
    values = np.arange(4_000_000, dtype=np.float32)
    doubled = jobs.result(jobs.submit("job_samples:double", (values,)), timeout_secs=HANG_SECS)
    np.testing.assert_array_equal(doubled, values * 2)
    assert doubled.flags.writeable
    assert values[1] == 1.0


def test_state_changes_in_poll_only(jobs: Jobs) -> None:
    seen = []
    job = jobs.submit("job_samples:add", (1, 1), then=lambda job: seen.append(job.result))
    deadline = time.monotonic() + HANG_SECS
    while not any(item[0] is job and not job.done for item in jobs._outbox.items) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert job.state == "queued"
    assert jobs.pending == 1
    jobs.wait(job)
    assert (job.state, job.result, seen, jobs.pending) == ("done", 2, [2], 0)


def test_errors_are_sentences(jobs: Jobs) -> None:
    job = jobs.submit("job_samples:fail", ("no wheels",), label="car.obj")
    with pytest.raises(JobError, match=r"^car\.obj: ValueError: no wheels$") as caught:
        jobs.result(job)
    assert "in fail" in caught.value.details
    with pytest.raises(MachineError, match=r"^chair\.obj: too old$"):
        jobs.result(jobs.submit("job_samples:refuse"))
    with pytest.raises(JobError, match="No module named"):
        jobs.result(jobs.submit("no_such_module:f"))
    with pytest.raises(JobError, match="cannot travel"):
        jobs.result(jobs.submit("job_samples:add", (1, threading.Lock())))
    assert jobs.result(jobs.submit("job_samples:add", (1, 1))) == 2


def test_a_crash_fails_its_job_alone(jobs: Jobs) -> None:
    before = jobs.result(jobs.submit("job_samples:pid"))[0]
    crash = jobs.submit("job_samples:crash", label="evil.ply")
    after = jobs.submit("job_samples:pid")
    with pytest.raises(JobError, match=r"evil\.ply: its worker process died"):
        jobs.result(crash, timeout_secs=HANG_SECS)
    assert jobs.result(after, timeout_secs=HANG_SECS)[0] != before


def test_cancel_kills_what_runs_and_drops_what_waits(jobs: Jobs, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    running = jobs.submit("job_samples:sleep", (60.0, str(mark)))
    waiting = jobs.submit("job_samples:sleep", (60.0,))
    while not mark.exists() or not mark.read_text():
        time.sleep(0.01)
    waiting.cancel()
    running.cancel()
    assert jobs.wait(timeout_secs=50), "nobody waits the minute that it would sleep"
    assert (running.state, waiting.state) == ("cancelled", "cancelled")
    assert isinstance(running.error, JobError)
    assert jobs.result(jobs.submit("job_samples:add", (1, 2))) == 3
    running.cancel()  # too late: nothing happens
    assert running.state == "cancelled"


def test_limits_of_time(jobs: Jobs) -> None:
    with pytest.raises(JobError, match=r"slow\.dae: not done in 0\.5 seconds"):
        jobs.result(jobs.submit("job_samples:sleep", (60.0,), label="slow.dae", timeout_secs=0.5))
    assert jobs.result(jobs.submit("job_samples:add", (1, 2))) == 3


@linux_only
def test_limits_of_memory(jobs: Jobs) -> None:
    with pytest.raises(JobError, match=r"big\.stl: needs more memory than the 500 MB"):
        jobs.result(jobs.submit("job_samples:eat_memory", (800,), label="big.stl", memory_mb=500))
    assert jobs.result(jobs.submit("job_samples:eat_memory", (800,), memory_mb=2000)) == 800


def test_the_most_urgent_comes_first(jobs: Jobs) -> None:
    order: list[str] = []
    jobs.submit("job_samples:sleep", (0.3,))
    for name, priority in (("a", 0), ("b", 0), ("c", 5)):
        jobs.submit("job_samples:pid", priority=priority, then=lambda job, name=name: order.append(name))
    assert jobs.wait(timeout_secs=HANG_SECS)
    assert order == ["c", "a", "b"]


def test_progress_arrives_through_poll(jobs: Jobs) -> None:
    seen: list[tuple[float, str]] = []
    job = jobs.submit("job_samples:steps", (4,), progress=lambda fraction, text: seen.append((fraction, text)))
    assert jobs.result(job) == 4
    assert seen[-1] == (1.0, "step 4")
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert job.progress == 1.0


def test_what_there_is_already_arrives_with_progress(jobs: Jobs) -> None:
    job = jobs.submit("job_samples:steps_shown", (4,))
    assert job.preview is None
    assert jobs.result(job) == 4
    assert job.preview.tolist() == [3, 3, 3]


def test_what_a_job_prints_harms_nothing(jobs: Jobs, capfd: pytest.CaptureFixture[str]) -> None:
    assert jobs.result(jobs.submit("job_samples:print_much")) == 7
    assert "xxx" in capfd.readouterr().err


def test_threads_run_what_waits(jobs: Jobs) -> None:
    job = jobs.submit_io(lambda: threading.current_thread().name)
    assert jobs.result(job).startswith("taixu-io")
    with pytest.raises(JobError, match="reader: KeyError"):
        jobs.result(jobs.submit_io({}.__getitem__, ("x",), label="reader"))
    stuck = threading.Event()
    waiting = jobs.submit_io(stuck.wait)
    waiting.cancel()
    assert jobs.wait(waiting, timeout_secs=120)
    assert waiting.state == "cancelled"
    stuck.set()


def test_a_budget_leaves_the_rest_for_the_next_frame(jobs: Jobs) -> None:
    ended = [jobs.submit_io(int, then=lambda job: time.sleep(0.02)) for _ in range(3)]
    time.sleep(0.2)
    jobs.poll(0.01)
    assert sum(job.done for job in ended) < 3
    assert jobs.wait(timeout_secs=120)


@linux_only
def test_closing_leaves_no_process() -> None:
    before = children()
    jobs = Jobs(workers=2)
    running = [jobs.submit("job_samples:sleep", (60.0,)) for _ in range(3)]
    own = jobs.open_worker()
    own.send("job_samples:pid")
    assert own.receive()[1][0] == own.pid
    time.sleep(0.3)
    assert len(children() - before) == 3
    jobs.close()
    assert children() == before
    assert {job.state for job in running} == {"cancelled"}
    with pytest.raises(JobError, match="closed"):
        jobs.submit("job_samples:pid")


@linux_only
def test_a_dropped_service_closes_itself() -> None:
    before = children()
    jobs = Jobs(workers=1)
    jobs.result(jobs.submit("job_samples:pid"))
    assert children() != before
    del jobs
    gc.collect()
    assert children() == before


@linux_only
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    mark = tmp_path / "mark"
    script.write_text(
        f"import sys, os, time; sys.path.insert(0, {str(Path(__file__).parents[2] / 'support')!r})\n"
        "from taixu.app.jobs import Jobs\n"
        f"jobs = Jobs(); jobs.submit('job_samples:sleep', (60.0, {str(mark)!r}))\n"
        f"while not (os.path.exists({str(mark)!r}) and open({str(mark)!r}).read()): time.sleep(0.01)\n"
        "os._exit(3)\n"  # no clean-up whatever
    )
    assert subprocess.run([sys.executable, str(script)], timeout=120).returncode == 3
    worker = Path("/proc") / mark.read_text()
    deadline = time.monotonic() + HANG_SECS
    while worker.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not worker.exists()
