"""MCAP files as sources: messages in JSON, played as if they happened now, or at the times they tell.

Messages in protobuf, ROS and other encodings are not read; the source's problem names their topics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from taixu.errors import MachineError, TaixuError
from taixu.twin.batch import Batch
from taixu.twin.connectors.pace import Pace
from taixu.twin.connectors.player import FilePlayer
from taixu.twin.wire import decode_json

__all__ = ["McapConnector", "McapParameters", "read_mcap"]

_MAX_RECORD = 64 << 20


@dataclass(frozen=True)
class McapParameters:
    """Which file, and how it is played."""

    path: str = field(default="", metadata={"doc": "A .mcap file."})
    topics: tuple[str, ...] = field(default=(), metadata={"doc": "Topics of the file; all where none are named."})
    speed: float = field(default=1.0, metadata={"doc": "How fast; 0 is as fast as it goes.", "minimum": 0.0, "maximum": 1e6})
    shift: bool = field(default=True, metadata={"doc": "As if it began now; else at the times that it tells."})


class McapConnector(FilePlayer):
    """Plays a file."""

    kind, parameters = "mcap", McapParameters

    def start(self) -> None:
        """Look whether it can be read, and play it in the background."""
        if find_spec("mcap") is None:
            raise MachineError('MCAP needs mcap; pip install "taixu[twin]" brings it')
        super().start()

    def _play(self) -> None:
        settings: McapParameters = self.settings
        pace, status = None, self.link.status
        for topic, time_ns, data in read_mcap(self._path, topics=settings.topics, skipped=self._skipped):
            pace = pace or Pace(time_ns, speed=settings.speed, shift=settings.shift)
            while time_ns > pace.due_ns:
                if pace.wait(time_ns, self._closing):
                    return
            status.messages += 1
            try:
                told = pace.told(np.array([time_ns]))
                batches = decode_json(data, now_ns=int(told[0]), topic=topic, source=self.link.name)
            except TaixuError as error:
                self.link.refuse(str(error))
                continue
            if self._closing.is_set() or not self.link.leave([_at(batch, told) for batch in batches], stop=self._closing.is_set):
                return

    def _skipped(self, topic: str, encoding: str) -> None:
        self.link.status.problem = f"{topic!r} is in {encoding or 'no encoding'}, which is not read; only JSON is"


def _at(batch: Batch, told: Any) -> Batch:
    """A message's time is the file's, whatever is in it."""
    return replace(batch, times_ns=np.repeat(told, len(batch)))


def read_mcap(path: Path, *, topics: tuple[str, ...] = (), skipped: Any = None) -> Iterator[tuple[str, int, bytes]]:
    """Messages in JSON, sorted by time: topic (without a leading slash), nanoseconds since 1970, data.

    Parameters
    ----------
    skipped
        Is told a topic and its encoding where that is none we read, once for each channel.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    from mcap.reader import SeekingReader

    seen: set[int] = set()
    try:
        with path.open("rb") as file:
            reader = SeekingReader(file, record_size_limit=_MAX_RECORD)
            for _, channel, message in reader.iter_messages(topics=list(topics) or None):
                if channel.message_encoding != "json":
                    if channel.id not in seen and skipped is not None:
                        skipped(channel.topic, channel.message_encoding)
                    seen.add(channel.id)
                elif 0 <= message.log_time < 1 << 62:
                    yield channel.topic.lstrip("/"), message.log_time, message.data
    except Exception as error:  # what the library says of a damaged file is whatever it stumbled over
        raise TaixuError(f"{path}: it cannot be read as MCAP: {type(error).__name__} {str(error)[:200]}") from None
