"""The twin's memory: an append-only log of what changed, and any moment of it again.

`Recorder` asks the world which rows changed and hands them to a `Writer` (a thread); a `Recording` reads moments, histories and
events. `blocks` are files that are whole wherever a kill struck; `entries` and `codecs` are columns as bytes.
"""

from __future__ import annotations

from taixu.twin.memory.recorder import Recorder
from taixu.twin.memory.recording import Moment, Recording

__all__ = ["Moment", "Recorder", "Recording"]
