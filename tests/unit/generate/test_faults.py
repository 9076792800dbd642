"""Whatever happens to a worker, a disk or a cache: one sentence, no half file, no stuck job, nothing left behind."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from generator_samples import Bricks, Misbehaving, Slow

from taixu.app import Jobs
from taixu.errors import TaixuError
from taixu.generate import Generations, Generators, Order
from taixu.generate.cache import fetch_result

SUPPORT = Path(__file__).resolve().parents[2] / "support"
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and processes as POSIX has them")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(folder / "cache"))
        yield folder / "cache" / "generate"


@pytest.fixture(scope="module")
def generations(cache: Path) -> Iterator[Generations]:
    with Jobs(workers=2) as jobs:
        found = _generations(jobs)
        jobs.wait()
        yield found


def _generations(jobs: Jobs) -> Generations:
    generators = Generators(plugins=False)
    for each in (Bricks, Slow, Misbehaving):
        generators.add(each)
    return Generations(jobs, generators=generators, guards=())


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _children(pid: int | None = None) -> list[int]:
    """Processes below one, this by default."""
    found = []
    try:
        tasks = list(Path(f"/proc/{pid or os.getpid()}/task").iterdir())
    except FileNotFoundError:  # it ended meanwhile
        return []
    for task in tasks:
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in (task / "children").read_text().split():
                found += [int(child), *_children(int(child))]
    return found


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def _soon(is_so: object, secs: float = 120.0) -> bool:
    until = monotonic() + secs
    while not is_so():  # type: ignore[operator]
        if monotonic() > until:
            return False
        sleep(0.02)
    return True


# -- queues ----------------------------------------------------------------------------------------------------------
@LINUX
def test_sixteen_and_half_of_them_cancelled_leave_no_process_thread_file_or_memory(tmp_path: Path, cache: Path) -> None:
    def batch() -> None:
        with Jobs(workers=2) as jobs:
            generations = _generations(jobs)
            made = [
                generations.submit(Order("slow", seed=n, settings={"steps": 2 if n % 2 else 4000}), out=out / f"{n}.png")
                for n in range(16)
            ]
            for each in made[::2]:
                each.cancel()
            assert generations.wait(timeout_secs=120)
            assert [each.state for each in made] == ["cancelled", "done"] * 8

    out = tmp_path / "out"
    batch()  # what is imported once stays
    processes, threads, memory = _children(), threading.active_count(), _resident_mb()
    for _ in range(2):
        batch()
    assert _soon(lambda: set(_children()) <= set(processes)) and _soon(lambda: threading.active_count() <= threads)
    assert _resident_mb() - memory < 16.0
    assert [name for name in _files(out) if name.endswith(".png")] == sorted(f"{n}.png" for n in range(1, 16, 2))
    assert _files(cache / "work") == [] and not [name for name in _files(out) if Path(name).name.startswith(".")]


@POSIX
@pytest.mark.parametrize("how", ["cancel", "kill"])
def test_an_end_at_any_moment_leaves_all_files_or_none(tmp_path: Path, cache: Path, how: str) -> None:
    chance = random.Random(how)
    with Jobs(workers=1) as jobs:
        generations = _generations(jobs)
        generations.make(Order("bricks", seed=999))  # the worker is there
        for trial in range(14):
            out = tmp_path / f"{trial}"
            made = generations.submit(Order("bricks", seed=trial, settings={"size": 300}), out=out / "wall.png")
            until = monotonic() + chance.uniform(0.0, 0.12)
            while monotonic() < until and not made.is_over:
                jobs.poll()
                sleep(0.002)
            if how == "cancel":
                made.cancel()
            else:
                for pid in _children():
                    os.kill(pid, signal.SIGKILL)
            assert generations.wait(made, timeout_secs=120)
            assert made.state in (("done", "cancelled") if how == "cancel" else ("done", "failed"))
            if made.state == "failed":
                assert "its worker process died" in str(made.error)
            files = _files(out) if out.exists() else []
            assert len(files) == (4 if made.state == "done" else 0), (files, made.state)
            assert _files(cache / "work") == []


def test_what_never_returns_is_ended_by_its_limit_or_by_hand(generations: Generations, tmp_path: Path, cache: Path) -> None:
    order = Order("misbehaving", settings={"how": "for ever"})
    with pytest.raises(TaixuError, match="misbehaving: not done in 1 seconds, so it was ended"):
        generations.make(order, out=tmp_path / "x.png", timeout_secs=1.0)
    made = generations.submit(order)
    assert _soon(lambda: (generations.jobs.poll(), made.state == "running")[1])
    made.cancel()
    assert generations.wait(made, timeout_secs=120) and made.state == "cancelled"
    assert _files(tmp_path) == [] and _files(cache / "work") == []


@LINUX
def test_processes_that_a_generator_has_forked_end_with_it(tmp_path: Path) -> None:
    with Jobs(workers=1) as jobs:
        generations = _generations(jobs)
        with pytest.raises(TaixuError, match="its worker process died"):
            generations.make(Order("misbehaving", settings={"how": "forks"}), out=tmp_path / "x.png", timeout_secs=60.0)
        assert generations.make(Order("misbehaving", settings={"how": "well"})).files
    assert _soon(lambda: not [pid for pid in _sleepers() if pid != os.getpid()])


def _sleepers() -> list[int]:
    """Processes that the sample has left, by what their command says."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            if b"import time; time.sleep(600)" in words and (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(int(entry.name))
        except OSError:
            continue
    return found


# -- writes ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["writes", "removes", "renames"])
def test_what_is_the_users_is_not_touched(generations: Generations, tmp_path: Path, cache: Path, how: str) -> None:
    own = tmp_path / "mine.txt"
    own.write_text("precious")
    with pytest.raises(TaixuError, match="misbehaving: it writes to .*, outside of the folder that it was given") as caught:
        generations.make(Order("misbehaving", settings={"how": f"{how} {own}"}), out=tmp_path / "out" / "x.png")
    assert "\n" not in str(caught.value)
    assert own.read_text() == "precious" and _files(tmp_path) == ["mine.txt"] and _files(cache / "work") == []


def test_a_full_disk_at_any_write_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(SUPPORT), "TAIXU_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, str(SUPPORT / "fault_child.py"), str(tmp_path / "out")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["failed"]) >= 20
    for number, each in enumerate(told["failed"]):
        assert "No space left on device" in each["said"] and "\n" not in each["said"], (number, each)
        assert each["same"] and each["work"] == 0, (number, each)
    whole = sorted(f"wall_{role}.png{end}" for role in ("albedo", "height") for end in ("", ".asset.toml"))
    assert told["made"] == whole and all(made == whole for made in told["passed"])


# -- the cache -------------------------------------------------------------------------------------------------------
def test_two_processes_on_one_cache_make_the_same(tmp_path: Path, cache: Path) -> None:
    with Jobs(workers=1) as one, Jobs(workers=1) as other:
        pools = [_generations(one), _generations(other)]
        orders = [Order("bricks", seed=seed, settings={"size": 64}) for seed in range(500, 508)]
        made = [
            (order.seed, pool.submit(order, out=tmp_path / f"{number}" / f"{order.seed}.png"))
            for order in orders for number, pool in enumerate(pools)
        ]  # fmt: skip
        assert _soon(lambda: (one.poll(), other.poll(), all(each.is_over for _, each in made))[2], 60.0)
    assert {str(each.error) for _, each in made} == {"None"}
    for name in _files(tmp_path / "0"):
        if name.endswith(".png"):
            assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
    assert _files(cache / "work") == []


def test_any_bit_that_flipped_in_the_cache_is_found(generations: Generations, cache: Path) -> None:
    chance = random.Random(4)
    order = Order("bricks", seed=31, settings={"size": 32})
    result = generations.make(order)
    folder = cache / "results" / result.key
    assert fetch_result(result.key)
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        for _ in range(25):
            data = bytearray(whole)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            file.write_bytes(data)
            found = fetch_result(result.key)
            # White space around the list, and the name of a field that nobody asks for, are nobody's loss.
            assert not found or [each.provenance for each in found] == list(result.provenances)
        for cut in (0, 1, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:cut])
            assert fetch_result(result.key) == ()
        file.write_bytes(whole)
    assert fetch_result(result.key)
    (folder / "made.json").write_bytes(b"[" * 1_000_000)
    again = generations.make(order)
    assert not again.is_cached and fetch_result(result.key)


@POSIX
def test_what_others_have_planted_in_the_cache_is_not_taken(generations: Generations, cache: Path, tmp_path: Path) -> None:
    order = Order("bricks", seed=32, settings={"size": 32})
    key = generations.make(order).key
    folder = cache / "results" / key
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    assert fetch_result(key) == ()
    folder.chmod(0o700)
    assert fetch_result(key)
    elsewhere = tmp_path / "elsewhere"
    os.rename(folder, elsewhere)
    folder.symlink_to(elsewhere)
    assert fetch_result(key) == ()
    again = generations.make(order)
    assert not again.is_cached and not folder.is_symlink() and _files(elsewhere)
    (tmp_path / "secret.png").write_bytes((folder / "made_albedo.png").read_bytes())
    (folder / "made_albedo.png").unlink()
    (folder / "made_albedo.png").symlink_to(tmp_path / "secret.png")
    assert fetch_result(key) == ()


def test_a_place_is_as_it_was_when_the_last_move_fails(tmp_path: Path) -> None:
    from taixu.generate.placing import take_places

    moves = []
    for name in ("a", "b", "c"):
        (tmp_path / f".t-{name}").write_text(f"new {name}")
        if name != "b":
            (tmp_path / name).write_text(f"old {name}")
        moves.append((tmp_path / f".t-{name}", tmp_path / name))
    (tmp_path / "d").mkdir()
    with pytest.raises(TaixuError, match="is a folder"):
        take_places([*moves, (tmp_path / ".t-d", tmp_path / "d")])
    assert (tmp_path / "a").read_text() == "old a" and not (tmp_path / "b").exists() and (tmp_path / "c").read_text() == "old c"
    for name in ("a", "b", "c"):
        (tmp_path / f".t-{name}").write_text(f"new {name}")
    take_places(moves)
    assert _files(tmp_path) == ["a", "b", "c"] and (tmp_path / "c").read_text() == "new c"
