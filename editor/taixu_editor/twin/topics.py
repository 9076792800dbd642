"""What was heard since one connected: topics as a tree, their fields, and how often they speak."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from taixu.twin.batch import Batch

__all__ = ["HeardField", "Topic", "TopicBook", "TopicRow"]

_MAX_TOPICS = 4096
_MAX_KEPT = 256
_KEPT_READINGS = 4096
_POINTS = 80
_SAMPLE_SECS = 0.15
_RATE_SECS = 1.0


@dataclass(slots=True)
class HeardField:
    """A field of a topic: its latest value, and a curve of those before."""

    name: str
    value: Any = None
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_POINTS))
    curve: deque[float] = field(default_factory=lambda: deque(maxlen=_POINTS))

    @property
    def is_number(self) -> bool:
        """Whether it has a curve."""
        return bool(self.curve)


@dataclass(slots=True)
class Topic:
    """What one source says about one thing, or about many.

    Attributes
    ----------
    keys
        Who its readings name; empty where they name nobody.
    rate
        Readings a second.
    at_secs
        When the latest came, in seconds since 1970 by this machine's clock.
    """

    name: str
    source: str
    count: int = 0
    at_secs: float = 0.0
    rate: float = 0.0
    keys: tuple[str, ...] = ()
    fields: dict[str, HeardField] = field(default_factory=dict)
    latest: dict[tuple[str, ...], Batch] = field(default_factory=dict)
    _mark: tuple[float, int] = (0.0, 0)

    @property
    def levels(self) -> list[str]:
        """Parts of its name."""
        return self.name.split("/")

    @property
    def text(self) -> str:
        """What a search finds it by."""
        return f"{self.source}/{self.name} {' '.join(self.fields)}"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A line of the tree."""

    depth: int
    label: str
    path: str
    topic: Topic | None
    has_children: bool


class TopicBook:
    """All topics that were heard of, by source and name; the latest readings of each stay, to be read again."""

    def __init__(self) -> None:
        self._topics: dict[tuple[str, str], Topic] = {}
        self.version = 0
        """Goes up when there are other topics, or other fields."""
        self.left_out = 0
        """Batches of topics for which there is no room."""
        self.readings = 0

    def __len__(self) -> int:
        return len(self._topics)

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._topics.values())

    def find(self, source: str, name: str) -> Topic | None:
        """A topic."""
        return self._topics.get((source, name))

    def find_sources(self) -> set[str]:
        """Sources that have said something."""
        return {source for source, _ in self._topics}

    def clear(self) -> None:
        """Forget all."""
        self._topics.clear()
        self.version += 1
        self.left_out = self.readings = 0

    def note(self, batches: Iterable[Batch], *, now_secs: float) -> None:
        """Take in what came."""
        for batch in batches:
            if not len(batch):
                continue
            self.readings += len(batch)
            topic = self._topics.get((batch.source, batch.topic))
            if topic is None:
                if len(self._topics) >= _MAX_TOPICS:
                    self.left_out += 1
                    continue
                topic = self._topics[batch.source, batch.topic] = Topic(batch.topic, batch.source, _mark=(now_secs, 0))
                self.version += 1
            self._note(topic, batch, now_secs)

    def _note(self, topic: Topic, batch: Batch, now_secs: float) -> None:
        topic.count += len(batch)
        topic.at_secs = now_secs
        if batch.keys and len(topic.keys) < _MAX_KEPT and not set(batch.keys[:_MAX_KEPT]) <= {"", *topic.keys}:
            topic.keys = tuple(sorted({*topic.keys, *batch.keys[:_MAX_KEPT]} - {""}))[:_MAX_KEPT]
        if len(batch) <= _KEPT_READINGS and (batch.keys in topic.latest or len(topic.latest) < _MAX_KEPT):
            topic.latest[batch.keys] = batch
        for name, column in batch.fields.items():
            heard = topic.fields.get(name)
            if heard is None:
                heard = topic.fields[name] = HeardField(name)
                self.version += 1
            value = column[-1]
            heard.value = value if isinstance(value, str) else value.item()
            if column.dtype.kind in "iuf":
                if heard.times and now_secs - heard.times[-1] < _SAMPLE_SECS:
                    heard.curve[-1] = float(value)
                else:
                    heard.times.append(now_secs)
                    heard.curve.append(float(value))

    def tick(self, now_secs: float) -> None:
        """Rates follow, about once a second."""
        for topic in self._topics.values():
            since, count = topic._mark
            if now_secs - since >= _RATE_SECS:
                topic.rate = (topic.count - count) / (now_secs - since)
                topic._mark = (now_secs, topic.count)

    def latest(self) -> list[Batch]:
        """The newest of all that was said, oldest first: as if it was said again."""
        found = [batch for topic in self._topics.values() for batch in topic.latest.values()]
        return sorted(found, key=lambda batch: int(batch.times_ns[-1]))

    def rows(self, closed: set[str], search: str = "") -> list[TopicRow]:
        """The tree, line by line; what `closed` names is folded, and a search unfolds all.

        Levels below which there is only one other share its line.
        """
        wanted = search.casefold().strip()
        root = _Node()
        for topic in self._topics.values():
            if wanted in topic.text.casefold():
                node = root
                for level in (topic.source, *topic.levels):
                    node = node.children.setdefault(level, _Node())
                node.topic = topic
        rows: list[TopicRow] = []
        sources = root.children.items()
        for source, node in sorted(sources):
            if len(sources) > 1:
                rows.append(TopicRow(0, source, f"{source}:", None, True))
                if f"{source}:" in closed and not wanted:
                    continue
            _lay_out(node, f"{source}:", int(len(sources) > 1), rows, set() if wanted else closed)
        return rows


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    topic: Topic | None = None


def _lay_out(node: _Node, path: str, depth: int, rows: list[TopicRow], closed: set[str]) -> None:
    for level, child in sorted(node.children.items()):
        label = level
        while child.topic is None and len(child.children) == 1:
            [(level, child)] = child.children.items()
            label = f"{label}/{level}"
        here = path + ("" if path.endswith(":") else "/") + label
        rows.append(TopicRow(depth, label, here, child.topic, bool(child.children or child.topic)))
        if here not in closed or child.topic is not None:  # fields of a topic fold, and what is below it stays
            _lay_out(child, here, depth + 1, rows, closed)
