"""Recordings that nobody recorded, read in every way within little memory; a program, so that the system keeps the limit.

python damaged_recordings.py RECORDING SCRATCH ROUNDS BOMBS

`BOMBS` is a folder of segments that claim to be what they are not. A line a reading that took too much; nothing where all is well.
"""

from __future__ import annotations

import random
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutations import damaged, rounds

from taixu.errors import TaixuError
from taixu.twin.memory import Recording
from taixu.twin.memory.blocks import BlockKind, compress, pack_block, read_payload, scan_blocks
from taixu.twin.memory.checking import recording_doubts
from taixu.twin.memory.chronicle import Chronicle
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.following import bring_recording
from taixu.twin.memory.heads import INDEX_SUFFIX
from taixu.twin.memory.series import SeriesReader
from taixu.twin.memory.thinning import thin_segment

__all__ = ["MB", "bombs", "main"]

MB = 1 << 20
_LIMIT_MB = 640
"""Beyond what the program has before it reads anything."""


def limit_memory() -> None:
    """From now on there is so much and no more; where the system does not know such limits, nothing."""
    try:
        import resource
    except ImportError:  # Windows
        return
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if Path("/proc/self/statm").exists() else 0
    resource.setrlimit(resource.RLIMIT_AS, (has + _LIMIT_MB * MB, resource.RLIM_INFINITY))


class Nowhere:
    """A sink that keeps nothing."""

    def open(self, recording: str, about: dict[str, Any]) -> None:
        return

    def take(self, portion: Any) -> None:
        return

    def close(self) -> None:
        return


def readings(folder: Path) -> Iterator[Any]:
    """All that can be done with a recording."""

    def read(ask: Any) -> None:
        recording = Recording(folder)
        try:
            ask(recording, *recording.span_ns)
        finally:
            recording.close()

    def sampled(recording: Recording, first: int, last: int) -> None:
        for each in recording.moment(last).stable_ids[:2].tolist():
            for component, name in (("transform", "translation"), ("device", "key"), ("name", "text")):
                SeriesReader(recording).samples(component, name, entity=each)

    def looked_at(recording: Recording, first: int, last: int) -> None:
        for at in {first, last, (first + last) // 2}:
            moment = recording.moment(at)
            for component, name in (("transform", "translation"), ("device", "key"), ("name", "text")):
                if (component, name) in moment.columns:
                    tracks, values, times = moment.column(component, name)
                    assert len(tracks) == values.shape[-1] == len(times)

    yield lambda: read(looked_at)
    yield lambda: read(lambda recording, first, last: recording.moment(first, known_ns=last))
    yield lambda: read(lambda recording, first, last: compare_moments(recording.moment(last), recording.moment(first)))
    yield lambda: read(lambda recording, first, last: [None for _ in recording.steps(after_ns=first)])
    yield lambda: read(lambda recording, first, last: Chronicle(recording).refresh())
    yield lambda: read(sampled)
    yield lambda: recording_doubts(folder)
    yield lambda: bring_recording(folder, Nowhere())
    yield lambda: [thin_segment(path, every_secs=1.0) for path in folder.glob("*.taixulog")]


def problems(folder: Path, what: object) -> Iterator[str]:
    """What is refused is refused with a sentence; anything else is wrong."""
    for number, read in enumerate(readings(folder)):
        try:
            read()
        except TaixuError as error:
            if "\n" in str(error):
                yield f"{what}: reading {number}: {error!r}"
        except MemoryError:
            yield f"{what}: reading {number} took more than {_LIMIT_MB} MB"
        except Exception as error:
            yield f"{what}: reading {number}: {type(error).__name__}: {error}"


def blocks_of(segment: Path) -> list[tuple[Any, bytes]]:
    """Heads and payloads of a segment."""
    data = memoryview(segment.read_bytes())
    return [(head, bytes(read_payload(data, head))) for head in scan_blocks(segment)]


def repacked(blocks: list[tuple[Any, bytes]], draw: random.Random) -> bytes:
    """A segment whose checksums fit, though what they are of was damaged."""
    order = list(blocks)
    if draw.random() < 0.2:
        order.insert(draw.randrange(len(order)), draw.choice(order))
    if draw.random() < 0.2:
        del order[draw.randrange(len(order))]
    victim = draw.randrange(len(order))
    parts = []
    for number, (head, payload) in enumerate(order):
        kind, rows, tick, known, earliest = head.kind, head.rows, head.tick, head.known_ns, head.earliest_ns
        if number == victim:
            payload = damaged(payload, draw, others=[each for _, each in blocks])
            if draw.random() < 0.2:
                kind = draw.randrange(9)
            if draw.random() < 0.2:
                rows, tick = draw.choice((0, 1 << 40)), draw.choice((-1, 1 << 62))
                known = draw.choice((0, -(1 << 62), (1 << 63) - 1, known))
        parts.append(pack_block(kind, payload, known_ns=known, tick=tick, earliest_ns=earliest, rows=rows))
    return b"".join(parts)


def zeros(size: int) -> bytes:
    """So many zeros, packed."""
    import zstandard

    packer = zstandard.ZstdCompressor(level=1).compressobj(size=size)
    return b"".join([packer.compress(bytes(MB)) for _ in range(size // MB)]) + packer.flush()


def bombs(segment: Path) -> dict[str, bytes]:
    """Segments of few bytes that claim a great deal, made of one that was recorded."""
    blocks = blocks_of(segment)
    huge, nested = zeros(1024 * MB), b"[" + b"[]," * (8 * MB) + b"[]]"
    found: dict[str, bytes] = {}

    def entry(column: int, flags: int, packed: bytes) -> bytes:
        return struct.pack("<HBBI", column, flags, 0, len(packed)) + packed

    def changed(kind: int, payload: Any) -> bytes:
        parts = []
        for head, old in blocks:
            data = payload(old) if head.kind == kind else old
            parts.append(
                pack_block(head.kind, data, known_ns=head.known_ns, tick=head.tick, earliest_ns=head.earliest_ns, rows=head.rows)
            )
        return b"".join(parts)

    text = next(number for number, column in enumerate(_columns(blocks)) if column[2] == "O")
    number = next(number for number, column in enumerate(_columns(blocks)) if column[2] == "f4")
    total = next(int.from_bytes(old[:8], "little") for head, old in blocks if head.kind == BlockKind.TICK)
    rows = struct.pack("<QB", total, 0) + struct.pack("<Bq", 0, 0)
    lists = compress(rows + b"[" + b",".join([nested] * total) + b"]")
    found["texts that unpack to a gigabyte"] = changed(BlockKind.TICK, lambda old: old + entry(text, 0, huge))
    found["numbers that unpack to a gigabyte"] = changed(BlockKind.TICK, lambda old: old + entry(number, 0, huge))
    found["late values that unpack to a gigabyte"] = changed(BlockKind.LATE, lambda old: old + entry(number, 4, huge))
    found["data that becomes lists of nothing"] = changed(BlockKind.TICK, lambda old: old + entry(text, 0, lists))
    found["events that become lists of nothing"] = changed(BlockKind.EVENTS, lambda old: nested)
    found["columns that become lists of nothing"] = changed(BlockKind.SCHEMA, lambda old: nested)
    found["many late values"] = changed(BlockKind.LATE, lambda old: old + entry(number, 4, _late(MB)) * 200)
    found["the same told again and again"] = changed(BlockKind.TICK, lambda old: old[:8] + old[8:] * 2000)
    found["entries of nothing"] = changed(BlockKind.TICK, lambda old: old[:8] + entry(number, 0, b"") * 200_000)
    many = 1 << 40
    found["a tick of very many entities"] = changed(BlockKind.TICK, lambda old: struct.pack("<Q", 1 << 26) + old[8:])
    found["a tick of all entities that there could be"] = changed(BlockKind.TICK, lambda old: struct.pack("<Q", many) + old[8:])
    found["a keyframe of very many entities"] = changed(BlockKind.KEY, lambda old: struct.pack("<Q", 1 << 25) + old[8:])
    arrived = struct.pack("<III", 1, 0, 8) + struct.pack("<IQH", 0xFFFF_FFF0, 7, 0) + b'[["a"]] '
    found["an entity of a great number"] = changed(BlockKind.TRACKS, lambda old: arrived)
    head = blocks[0][0]
    found["events after events"] = b"".join(
        [changed(-1, lambda old: old), *[
            pack_block(BlockKind.EVENTS, b'[{"kind": "a", "x": [' + b"[]," * MB + b"[]]}]", known_ns=head.known_ns + 10**13 + each,
                       tick=0, earliest_ns=0, rows=0)
            for each in range(12)  # more than the limit, were they kept
        ]]
    )  # fmt: skip
    return found


def _columns(blocks: list[tuple[Any, bytes]]) -> list[Any]:
    import json

    listed: list[Any] = json.loads(next(old for head, old in blocks if head.kind == BlockKind.SCHEMA))["columns"]
    return listed


def _late(count: int) -> bytes:
    """So many late values of the first entity, all alike."""
    return compress(struct.pack("<QB", count, 1) + bytes(count) + struct.pack("<Bq", 0, 0) + b"\1" + bytes(3 * count))


def main(recording: Path, scratch: Path, most: int, bombs_at: Path) -> None:
    """Read them all."""
    segment = next(recording.glob("*.taixulog"))
    whole, manifest, blocks = segment.read_bytes(), (recording / "recording.json").read_bytes(), blocks_of(segment)
    index = next(recording.glob(f"*{INDEX_SUFFIX}")).read_bytes()

    def read(data: bytes, said: bytes, beside: bytes | None, what: object) -> None:
        scratch.mkdir()
        (scratch / "recording.json").write_bytes(said)
        (scratch / segment.name).write_bytes(data)
        if beside is not None:
            (scratch / segment.name).with_suffix(INDEX_SUFFIX).write_bytes(beside)
        for problem in problems(scratch, what):
            print(problem, flush=True)
        shutil.rmtree(scratch)

    limit_memory()
    for path in sorted(bombs_at.iterdir()):
        read(path.read_bytes(), manifest, None, path.name)
    for number, draw in enumerate(rounds(secs=8.0, most=most)):
        data = whole
        if draw.random() < 0.9:
            data = damaged(whole, draw) if draw.random() < 0.3 else repacked(blocks, draw)
        said = damaged(manifest, draw) if draw.random() < 0.05 else manifest
        read(data, said, damaged(index, draw) if draw.random() < 0.3 else None, f"round {number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
