"""Whether a recording is whole: every block of every segment, and what they say."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.findings import Finding
from taixu.errors import TaixuError
from taixu.twin.memory.blocks import end_of_blocks
from taixu.twin.memory.index import segment_files
from taixu.twin.memory.recording import Recording

__all__ = ["recording_doubts"]


def recording_doubts(folder: Path) -> list[Finding]:
    """What is wrong with a recording; nothing where it is whole.

    Raises
    ------
    TaixuError
        When it cannot be opened at all.
    """
    found: list[Finding] = []
    segments = segment_files(folder)
    for path in segments:
        end, size = end_of_blocks(path), path.stat().st_size
        if end < size:
            is_last = path == segments[-1]
            what = "ends within a block, as after a kill; what stands before it is whole"
            where = f"{path.name}: byte {end:,}"
            lost = Finding("error", where, "is damaged here; what follows in this segment is lost")
            found.append(Finding("warning", where, what) if is_last else lost)
    recording = Recording(folder)
    try:
        for _ in recording.walk():
            pass
        sum(1 for _ in recording.events())
    except TaixuError as error:
        found.append(Finding("error", "", str(error)))
    finally:
        recording.close()
    return found
