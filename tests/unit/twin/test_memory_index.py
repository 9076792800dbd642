"""The file beside a segment that says what is where: it saves time, and is never believed more than the segment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from taixu.ecs import World
from taixu.scene import Transform
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory import heads as heads_module
from taixu.twin.memory.heads import INDEX_SUFFIX, HeadColumns
from taixu.twin.memory.index import BlockIndex

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
TICKS = 1500


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished recording of several segments."""
    folder = tmp_path_factory.mktemp("index") / "r"
    world = World(seed=1)
    (thing,) = world.spawn_batch(1, {Transform: {}})
    recorder = Recorder(folder, segment_secs=400.0)
    for second in range(TICKS):
        world.set(thing, Transform, translation=(float(second), 0.0, 0.0))
        recorder.note("step", second=second)
        recorder.record(world, now_ns=NOW + second * SECOND)
        recorder.writer.wait()
    recorder.close()
    return folder


def indexes(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{INDEX_SUFFIX}"))


def columns(folder: Path) -> tuple[list[int], ...]:
    index = BlockIndex(folder)
    index.refresh()
    count = len(index)
    heads = [index.head(number) for number in range(count)]
    assert [each.kind for each in heads] == index.kinds(0, count).tolist()
    return (
        index.known().tolist(), index.kinds(0, count).tolist(), index.earliest(0, count).tolist(), index.keys.tolist(),
        [each.offset for each in heads], [index.rows, *index.span_ns],
    )  # fmt: skip


def without_indexes(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns(f"*{INDEX_SUFFIX}")))


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many blocks were hopped to."""
    found: list[int] = []
    hop = HeadColumns.hop

    def counted(self: HeadColumns, view: object, at: int, *, base: int = 0) -> int:
        before = len(self)
        end = hop(self, view, at, base=base)
        found.append(len(self) - before)
        return end

    monkeypatch.setattr(heads_module.HeadColumns, "hop", counted)
    return found


def test_a_finished_recording_is_opened_without_a_hop(whole: Path, tmp_path: Path, hops: list[int]) -> None:
    assert len(indexes(whole)) == len(list(whole.glob("*.taixulog"))) == 4
    told = columns(whole)
    assert hops == []
    assert columns(without_indexes(whole, tmp_path / "bare")) == told, "a recording that has no such files says the same"
    assert sum(hops) == len(told[0])


def test_what_is_missing_is_made_again(whole: Path, tmp_path: Path, hops: list[int]) -> None:
    bare = without_indexes(whole, tmp_path / "bare")
    Recording(bare).close()
    names = [path.name for path in indexes(bare)]
    assert names == ["000001.taixuindex", "000002.taixuindex", "000003.taixuindex"], "the last one may be written to still"
    for name in names:
        assert (bare / name).read_bytes() == (whole / name).read_bytes()
    hops.clear()
    Recording(bare).close()
    assert len(hops) == 1


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flipped(at: float) -> Callable[[bytes], bytes]:
    def flip(data: bytes) -> bytes:
        place = int(at * len(data))
        return data[:place] + bytes([data[place] ^ 64]) + data[place + 1 :]

    return flip


@pytest.mark.parametrize(
    "harm", [cut, flipped(0.0), flipped(0.002), flipped(0.3), flipped(0.999), lambda data: b"", lambda data: data + b"\0"]
)
def test_one_that_is_wrong_is_not_believed(whole: Path, tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    told = columns(whole)
    copy = Path(shutil.copytree(whole, tmp_path / "r"))
    for path in indexes(copy):
        path.write_bytes(harm(path.read_bytes()))
    assert columns(copy) == told
    recording = Recording(copy)
    moment = recording.moment(NOW + 700 * SECOND)
    assert moment.column("transform", "translation")[1][0].tolist() == [700.0]
    assert [event["second"] for event in recording.events()] == list(range(TICKS))


def test_one_of_another_segment_is_not_believed(whole: Path, tmp_path: Path) -> None:
    """As where a segment was thinned, and the kill came before the file beside it was written."""
    copy = Path(shutil.copytree(whole, tmp_path / "r"))
    first, second = indexes(copy)[:2]
    shutil.copy(first, second)
    assert columns(copy) == columns(whole)


def test_many_segments_do_not_take_many_files(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.twin.memory import index as index_module

    monkeypatch.setattr(index_module, "_MOST_MAPPED", 1)
    recording = Recording(whole)
    for second in np.random.default_rng(0).permutation(TICKS)[:100].tolist():
        moment = recording.moment(NOW + second * SECOND)
        assert moment.column("transform", "translation")[1][0].tolist() == [float(second)]
        assert sum(segment.is_mapped for segment in recording.index._segments) <= 1
