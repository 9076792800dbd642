"""The inbox: where connectors' threads leave batches, and the world's thread takes them once a frame.

Who brings much must not keep others out. A source may have as much waiting as there is room left, so that one that floods leaves
half of the room to the others; and where more waits than a frame takes, topics take turns, so that one that floods is late by
itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from taixu.twin.batch import Batch

__all__ = ["Inbox", "Letter", "receipts_of"]

_MAX_TOPICS = 4096
"""Topics of a source that take turns one by one; what is beyond takes turns as one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A batch, and what to call (from any thread) when it is kept.

    Attributes
    ----------
    on_kept
        Called without arguments; or, where there is a token, with a list of the tokens of all letters that have the same function
        and are kept at once: who brings a thousand letters a second is told sixty times.
    """

    batch: Batch
    on_kept: Callable[..., None] | None = None
    token: Any = None


def receipts_of(letters: Iterable[Letter]) -> list[Callable[[], None]]:
    """What to call when letters are kept: all of it, in any order."""
    found: list[Callable[[], None]] = []
    tokens: dict[Callable[..., None], list[Any]] = {}
    for letter in letters:
        if letter.on_kept is not None:
            if letter.token is None:
                found.append(letter.on_kept)
            else:
                tokens.setdefault(letter.on_kept, []).append(letter.token)
    return found + [partial(on_kept, told) for on_kept, told in tokens.items()]


class _Source:
    """What waits of one source, by topic; empty topics are dropped."""

    __slots__ = ("topics", "waiting")

    def __init__(self) -> None:
        self.topics: dict[str, deque[Letter]] = {}
        self.waiting = 0


class Inbox:
    """A bounded queue (a resource).

    Parameters
    ----------
    max_readings
        So many may wait; who brings more is told to come again.
    max_taken
        So many are taken at once: what a frame can bear.
    """

    def __init__(self, *, max_readings: int = 4 << 20, max_taken: int = 1 << 18) -> None:
        self.max_readings, self.max_taken = max_readings, max_taken
        self.turned_away = 0
        """Batches that found no room."""
        self.on_put: Callable[[Batch], None] | None = None
        """Called with each batch that is left, in the thread that brings it; to be quick about."""
        self._sources: dict[str, _Source] = {}
        self._waiting = 0
        self._lock = threading.Lock()

    def put(self, letter: Letter) -> bool:
        """Leave a batch; False where there is no room now, and the sender must keep it."""
        batch = letter.batch
        count = len(batch)
        with self._lock:
            source = self._sources.get(batch.source)
            if source is None:
                source = self._sources[batch.source] = _Source()
            room = self.max_readings - self._waiting
            if source.waiting and (count > room or source.waiting + count > room):
                self.turned_away += 1
                return False
            self._waiting += count
            source.waiting += count
            topics = source.topics
            topic = batch.topic if batch.topic in topics or (len(topics) < _MAX_TOPICS and "" not in topics) else ""
            topics.setdefault(topic, deque()).append(letter)
        if self.on_put is not None:
            self.on_put(batch)
        return True

    def take(self) -> list[Letter]:
        """What waits: at most `max_taken` readings of it, and at least a letter of each topic, in the order in which each came."""
        with self._lock:
            if self._waiting <= self.max_taken:
                letters = [letter for source in self._sources.values() for queue in source.topics.values() for letter in queue]
                self._sources.clear()
                self._waiting = 0
                return letters
            return self._take_turns()

    def _take_turns(self) -> list[Letter]:
        letters: list[Letter] = []
        queues = [(source, topic, queue) for source in self._sources.values() for topic, queue in source.topics.items()]
        # Sources share what is taken, and the topics of each share what is its.
        topics_of = {id(source): len(source.topics) for source, _, _ in queues}
        left = self.max_taken
        while queues and left > 0:
            fair = max(left // len(self._sources), 1)
            still: list[tuple[_Source, str, deque[Letter]]] = []
            for source, topic, queue in queues:
                budget = max(fair // topics_of[id(source)], 1)
                while queue and budget > 0:
                    letter = queue.popleft()
                    count = len(letter.batch)
                    letters.append(letter)
                    budget -= max(count, 1)
                    left -= max(count, 1)
                    source.waiting -= count
                    self._waiting -= count
                if queue:
                    still.append((source, topic, queue))
                else:
                    del source.topics[topic]
            queues = still
        self._sources = {name: source for name, source in self._sources.items() if source.topics}
        return letters

    @property
    def waiting(self) -> int:
        """Readings that wait."""
        return self._waiting

    def fork(self, world: object) -> Inbox:
        return Inbox(max_readings=self.max_readings, max_taken=self.max_taken)
