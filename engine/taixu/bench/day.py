"""A day's recording opened: with the files beside its segments, and by hopping through them, as where those are missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from taixu.bench.measure import Options, resident_mb, result, time_calls
from taixu.twin.memory import Recording
from taixu.twin.memory.blocks import BlockKind, pack_block
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.heads import index_path, write_index
from taixu.twin.memory.index import MANIFEST, SUFFIX, segment_files
from taixu.twin.memory.packing import Arrivals, Packer, Tick

__all__ = ["measure_day"]

_START_NS = 1_777_622_400_000_000_000
_SECOND = 1_000_000_000
_HOURS, _TICKS_PER_SEC = 24, 60
_LIMIT_MS = 1000.0
_OPENED = 5


def measure_day(options: Options) -> Iterator[dict[str, Any]]:
    """Sixty ticks a second for a day (fewer where `options.n` is little): how long opening takes, and the memory that is held."""
    ticks = min(options.n, 1_000_000) * _HOURS * 3600 * _TICKS_PER_SEC // 1_000_000
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / MANIFEST).write_text('{"format": "taixu.recording", "version": 1}')
        for hour in range(_HOURS):
            _write_hour(folder / f"{hour + 1:06d}{SUFFIX}", hour, max(ticks // _HOURS, 1))
        before = resident_mb()
        opened = Recording(folder)
        held, blocks = resident_mb() - before, len(opened.index)
        opened.close()
        times = time_calls(lambda _: Recording(folder).close(), _OPENED, warm=0)
        for path in segment_files(folder):
            index_path(path).unlink()
        before = resident_mb()
        hopped = time_calls(lambda _: Recording(folder).close(), 1, warm=0)
        yield result(
            "twin/opening a day", times, n=ticks, limit_ms=_LIMIT_MS, blocks=blocks, held_mb=round(held, 1),
            hopping_ms=round(float(hopped[0]), 1), times_faster=round(float(hopped[0] / np.median(times)), 1),
        )  # fmt: skip


def _write_hour(path: Path, hour: int, ticks: int) -> None:
    """A segment of small ticks, with a keyframe a minute."""
    nothing = np.zeros(0, np.uint32)
    packer, step = Packer(Schema()), 3600 * _SECOND // ticks
    with path.open("wb") as file:
        for number in range(ticks):
            known = _START_NS + hour * 3600 * _SECOND + number * step
            if number % (60 * _TICKS_PER_SEC) == 0:
                nobody = Arrivals(nothing, np.zeros(0, np.uint64), np.zeros(0, np.uint16), nothing, [])
                file.write(b"".join(packer.key_blocks(Tick(number, known, 0, nobody))))
            file.write(pack_block(BlockKind.TICK, bytes(8), known_ns=known, tick=number, earliest_ns=known, rows=0))
    write_index(path)
