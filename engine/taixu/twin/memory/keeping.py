"""How long recordings are kept, and how much of them: old segments are thinned, older ones are dropped.

``{"full_hours": 24, "then_every_secs": 10, "days": 90, "at_most_gb": 50}``: everything for a day, then a value every ten seconds,
nothing after ninety days, and the oldest goes first where the disk is to hold less. What is being written is left alone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import HEAD_BYTES, BlockHead, BlockKind, read_head, scan_blocks
from taixu.twin.memory.following import PLACE_SUFFIX
from taixu.twin.memory.heads import index_path
from taixu.twin.memory.index import segment_files
from taixu.twin.memory.room import parse_json
from taixu.twin.memory.thinning import UNFINISHED, thin_segment

__all__ = ["Keep", "Kept", "is_anything_due", "keep_recording", "read_keep"]

_HOUR_NS = 3600 * 1_000_000_000
_LARGEST = 1e6
_NOBODY = "~"
"""After all names of segments."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept; 0 is no limit.

    Attributes
    ----------
    full_hours
        So long everything is; 0 thins nothing.
    then_every_secs
        After that a value is kept so often.
    days
        After that nothing is.
    at_most_gb
        Of the whole recording; the oldest goes first.
    """

    full_hours: float = 0.0
    then_every_secs: float = 10.0
    days: float = 0.0
    at_most_gb: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.full_hours or self.days or self.at_most_gb)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done."""

    thinned: tuple[str, ...]
    dropped: tuple[str, ...]
    saved_bytes: int


def read_keep(said: Any) -> Keep:
    """Settings as people write them (``twin.recording.keep``).

    Raises
    ------
    TaixuError
        When something in them is wrong.
    """
    names = list(Keep.__dataclass_fields__)
    if not isinstance(said, Mapping) or set(said) - set(names):
        raise TaixuError(f"twin.recording.keep takes {', '.join(names)}")
    for name, value in said.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or not 0 <= value <= _LARGEST:
            raise TaixuError(f"twin.recording.keep.{name} takes a number, at least 0")
    keep = Keep(**{name: float(value) for name, value in said.items()})
    if keep.full_hours and keep.then_every_secs <= 0:
        raise TaixuError("twin.recording.keep.then_every_secs takes seconds, more than 0")
    return keep


def keep_recording(
    folder: Path, keep: Keep, *, now_ns: int, is_written: bool, progress: Callable[[int, int], None] | None = None
) -> Kept:
    """Thin and drop what is due.

    Parameters
    ----------
    is_written
        The newest segment is being written, and is left alone.
    progress
        Called with the segments that were looked at, and how many there are.

    Raises
    ------
    TaixuError
        When a segment is damaged or cannot be written; the others are as they should be then.
    """
    for left in folder.glob(f"*{UNFINISHED}"):
        left.unlink(missing_ok=True)
    sizes = {path: _bytes_of(path) for path in segment_files(folder)}
    before = sum(sizes.values())
    thinned, dropped = [], []
    ended = _ended(folder, is_written=is_written)
    unseen = _first_unseen(folder)
    for path, end_ns in ended.items():
        if path.name < unseen and keep.days and end_ns < now_ns - keep.days * 24 * _HOUR_NS:
            dropped.append(path)
    budget = keep.at_most_gb * 1e9
    for path in ended:
        if budget and sum(size for each, size in sizes.items() if each not in dropped) > budget and path not in dropped:
            dropped.append(path)
    for path in dropped:
        path.unlink()
        index_path(path).unlink(missing_ok=True)
    problem: TaixuError | None = None
    for done, (path, end_ns) in enumerate(ended.items()):
        if progress is not None:
            progress(done, len(ended))
        if path.name < unseen and path not in dropped and _is_thinning_due(path, keep, end_ns=end_ns, now_ns=now_ns):
            try:
                thin_segment(path, every_secs=keep.then_every_secs)
                thinned.append(path)
            except TaixuError as error:
                problem = error
    after = sum(map(_bytes_of, segment_files(folder)))
    if problem is not None:
        raise problem
    return Kept(tuple(path.name for path in thinned), tuple(path.name for path in dropped), before - after)


def is_anything_due(folder: Path, keep: Keep, *, now_ns: int) -> bool:
    """Whether there is something to be done for a recording that is being written."""
    ended, unseen = _ended(folder, is_written=True), _first_unseen(folder)
    if keep.at_most_gb and ended and sum(map(_bytes_of, segment_files(folder))) > keep.at_most_gb * 1e9:
        return True
    ended = {path: end_ns for path, end_ns in ended.items() if path.name < unseen}
    if keep.days and any(end_ns < now_ns - keep.days * 24 * _HOUR_NS for end_ns in ended.values()):
        return True
    return any(_is_thinning_due(path, keep, end_ns=end_ns, now_ns=now_ns) for path, end_ns in ended.items())


def _bytes_of(path: Path) -> int:
    """Of a segment and the file beside it."""
    beside = index_path(path)
    return path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)


def _ended(folder: Path, *, is_written: bool) -> dict[Path, int]:
    """Segments that nothing is added to any more, in order, with a time at which each had ended."""
    files = segment_files(folder)
    heads = {path: _first_head(path) for path in files}
    found: dict[Path, int] = {}
    for path, following in zip(files, [*files[1:], None]):
        head = heads[path]
        if head is None:
            continue
        if following is None:
            if not is_written:
                found[path] = max((each.known_ns for each in scan_blocks(path, check=False)), default=head.known_ns)
        else:
            after = heads[following]
            found[path] = head.known_ns if after is None else after.known_ns
    return found


def _first_unseen(folder: Path) -> str:
    """The first segment that who follows the recording has not seen whole; only a full disk makes an end of those."""
    found = _NOBODY
    for path in folder.glob(f"*{PLACE_SUFFIX}"):
        try:
            said = json.loads(path.read_text())
            found = min(found, str(said["segment"]))
        except (OSError, ValueError, KeyError, TypeError):
            found = ""
    return found


def _is_thinning_due(path: Path, keep: Keep, *, end_ns: int, now_ns: int) -> bool:
    if not keep.full_hours or end_ns >= now_ns - keep.full_hours * _HOUR_NS:
        return False
    data = path.open("rb").read(4096) if path.stat().st_size else b""
    head = read_head(data, 0) if len(data) >= HEAD_BYTES else None
    if head is None or head.kind != BlockKind.THINNED or head.end > len(data):
        return True
    try:
        said = parse_json(data[HEAD_BYTES : head.end])
    except TaixuError:
        return True
    every = said.get("every_secs", 0) if isinstance(said, dict) else 0
    return not (isinstance(every, (int, float)) and every >= keep.then_every_secs)


def _first_head(path: Path) -> BlockHead | None:
    with path.open("rb") as file:
        data = file.read(HEAD_BYTES)
    return read_head(data, 0) if len(data) == HEAD_BYTES else None


def main(words: list[str]) -> int:
    """The process that keeps a recording that another one writes: FOLDER, a `Keep` as JSON, the time in nanoseconds."""
    if hasattr(os, "nice"):
        os.nice(10)
    keep = Keep(**json.loads(words[1]))
    try:
        kept = keep_recording(Path(words[0]), keep, now_ns=int(words[2]), is_written=True)
    except (TaixuError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(asdict(kept)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
