"""Arrivals: readings of things that nobody knows yet make entities, which go when nothing is heard of them any more.

    {"topic": "part/{key}/pose", "prefab": "prefabs/part.prefab.json", "kind": "part", "at_most": 1000, "gone_after": 5}
    {"topic": "drone/+", "components": {"shape": {"kind": "sphere"}}, "kind": "drone"}

A world's settings hold a list of them (``twin.arrivals``). A key always gives the same stable id, so that viewers, recordings and
who came back yesterday agree. Who stands in the world already is nobody's arrival, and never goes by silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.edit import Migrations, PrefabInstance, PrefabLibrary
from taixu.edit.decode import decode_blocks
from taixu.edit.findings import Findings
from taixu.edit.ids import id_text
from taixu.edit.instancing import instantiate
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import TopicPattern
from taixu.twin.device import Device, Roster
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["Arrival", "Arrivals", "arrival_id", "read_arrivals"]

_MAX_ARRIVALS = 100
_MOST_ENTITIES = 1_000_000
_MAX_A_FRAME = 10_000
_MAX_STREAMS = 1 << 16
_MAX_KEY = 200
_KNOWN = frozenset({"topic", "prefab", "components", "kind", "at_most", "gone_after", "source"})

Columns = dict[type, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """What becomes of readings of things that nobody knows.

    Attributes
    ----------
    prefab
        What stands for them; or, where it is empty, `columns`: components and their fields.
    at_most
        So many at once; others are counted and left out.
    gone_after_secs
        They go when nothing was heard of them for so long; 0 keeps them.
    """

    pattern: TopicPattern
    source: str
    prefab: str
    columns: Columns
    kind: str
    at_most: int
    gone_after_secs: float


class Arrivals:
    """Makes entities of readings, and takes them away (a resource).

    Parameters
    ----------
    kinds
        What is made of which topics; the first that fits counts.
    """

    def __init__(self, kinds: Sequence[Arrival] = ()) -> None:
        self.kinds = list(kinds)
        self.came = 0
        self.went = 0
        self.turned_away = 0
        """Readings of things that found no room."""
        self.problems: dict[str, str] = {}
        """Why nothing could be made, by prefab."""
        self._streams: dict[tuple[str, str], tuple[Arrival | None, str]] = {}
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}
        self._heard: list[dict[str, int]] = [{} for _ in self.kinds]
        """When, by our clock, something was heard of each that was made here, by key."""

    def __len__(self) -> int:
        return sum(len(heard) for heard in self._heard)

    def take(self, world: World, batches: Iterable[Batch], *, now_ns: int) -> None:
        """Make entities for the unknown things that readings are of. To be called before the readings are written."""
        if not self.kinds:
            return
        told: dict[int, set[str]] = {}
        for batch in batches:
            number, keys = self._keys(batch)
            if number >= 0:
                told.setdefault(number, set()).update(keys)
        if not told:
            return
        roster = world.resource(Roster)
        roster.refresh(world)
        for number, keys in told.items():
            heard, listed = self._heard[number], sorted(keys)
            is_there = (roster.find(listed) != 0).tolist()
            heard.update({key: now_ns for key, known in zip(listed, is_there) if known and key in heard})
            strangers = [key for key, known in zip(listed, is_there) if not known]
            for key in strangers:
                heard.pop(key, None)  # somebody else has taken it away
            if strangers:
                self._make(world, number, strangers, now_ns)

    def forget_silent(self, world: World, *, now_ns: int) -> None:
        """Take away those of whom nothing was heard for too long."""
        for arrival, heard in zip(self.kinds, self._heard):
            if not heard or not arrival.gone_after_secs:
                continue
            limit = now_ns - round(arrival.gone_after_secs * 1e9)
            silent = [key for key, at_ns in heard.items() if at_ns < limit]
            if not silent:
                continue
            handles = world.find_all(np.array([arrival_id(key) for key in silent], np.uint64))
            world.despawn(handles[handles != 0])
            self.went += len(silent)
            for key in silent:
                del heard[key]

    def set_back(self, to_ns: int) -> None:
        """The clock was set back: nothing was heard later than that."""
        for heard in self._heard:
            heard.update({key: min(at_ns, to_ns) for key, at_ns in heard.items()})

    def _keys(self, batch: Batch) -> tuple[int, set[str]]:
        """Which of the kinds a batch is of (-1: none), and the keys of those that it speaks of."""
        stream = (batch.source, batch.topic)
        found = self._streams.get(stream)
        if found is None:
            if len(self._streams) >= _MAX_STREAMS:
                self._streams.clear()
                self._names.clear()
            found = self._streams[stream] = self._kind_of(batch)
        arrival, key = found
        if arrival is None:
            return -1, set()
        if batch.keys:
            self._names[stream] = batch.keys
        names = self._names.get(stream, ("",))
        numbers = np.unique(batch.numbers)
        told = {names[number] or key for number in numbers[numbers < len(names)].tolist()}
        return self.kinds.index(arrival), {each for each in told if 0 < len(each) <= _MAX_KEY and each.isprintable()}

    def _kind_of(self, batch: Batch) -> tuple[Arrival | None, str]:
        for arrival in self.kinds:
            if arrival.source in ("", batch.source):
                meant, key = arrival.pattern.match(batch.topic)
                if meant:
                    return arrival, key
        return None, ""

    def _make(self, world: World, number: int, keys: list[str], now_ns: int) -> None:
        arrival, heard = self.kinds[number], self._heard[number]
        room = max(min(arrival.at_most - len(heard), _MAX_A_FRAME), 0)
        self.turned_away += max(len(keys) - 2 * room, 0)  # a flood of keys is not even looked at
        keys = keys[: 2 * room]
        ids = np.array([arrival_id(key) for key in keys], np.uint64)
        free = world.find_all(ids) == 0  # an id that somebody else has is as good as no room
        _, first = np.unique(ids, return_index=True)
        chosen = np.flatnonzero(free & np.isin(np.arange(len(keys)), first))[:room]
        self.turned_away += len(keys) - len(chosen)
        if not len(chosen):
            return
        names = np.array(keys, object)[chosen]
        own: Columns = {Transform: {}, Name: {"text": names}, Device: {"key": names, "kind": arrival.kind}}
        if arrival.prefab:
            try:
                kind = arrival.kind or self._kind_of_prefab(world, arrival.prefab)
            except TaixuError as error:
                self.problems[arrival.prefab] = str(error)
                return
            own |= {PrefabInstance: {"source": arrival.prefab}, Device: {"key": names, "kind": kind}}
        entities = world.spawn_batch(len(chosen), _merged(arrival.columns, own), stable_ids=ids[chosen])
        if arrival.prefab:
            self.problems.update(instantiate(world, entities))
        heard.update(dict.fromkeys(names.tolist(), now_ns))
        self.came += len(chosen)

    def _kind_of_prefab(self, world: World, prefab: str) -> str:
        root = world.resource(PrefabLibrary).expand(prefab).blocks.get((), {})
        return str(root.get("device", {}).get("kind", ""))

    def fork(self, world: World) -> Arrivals:
        """A fork of the world is fed by nobody."""
        return Arrivals(self.kinds)


def arrival_id(key: str) -> int:
    """The stable id of a thing that arrives under a key: a hash of it."""
    return int.from_bytes(blake2b(b"taixu arrival " + key.encode("utf-8", "replace"), digest_size=8).digest()) or 1


def read_arrivals(raw: Any, components: Components) -> list[Arrival]:
    """The arrivals of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(raw, lambda item: _read_arrival(item, components), where="twin.arrivals", most=_MAX_ARRIVALS)


def _read_arrival(raw: Any, components: Components) -> Arrival:
    raw = read_object(raw, _KNOWN, what="an arrival")
    for name in ("topic", "prefab", "kind", "source"):
        if not isinstance(raw.get(name, ""), str):
            raise TaixuError(f"{name} takes a text")
    if ("prefab" in raw) == ("components" in raw):
        raise TaixuError("an arrival says what is made of it: either a prefab, or components")
    most, silence = raw.get("at_most", 1000), raw.get("gone_after", 0.0)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= _MOST_ENTITIES:
        raise TaixuError(f"at_most takes a number from 1 to {_MOST_ENTITIES:,}")
    if isinstance(silence, bool) or not isinstance(silence, (int, float)) or not 0 <= silence <= 1e8:
        raise TaixuError("gone_after takes seconds; 0 keeps them")
    columns = _read_columns(raw["components"], components) if "components" in raw else {}
    return Arrival(
        TopicPattern.read(raw.get("topic", "")), raw.get("source", ""), raw.get("prefab", ""), columns, raw.get("kind", ""), most,
        float(silence),
    )  # fmt: skip


def _read_columns(raw: Any, components: Components) -> Columns:
    """Components as documents write them; references to others have no place here."""
    if not isinstance(raw, Mapping) or not all(isinstance(fields, Mapping) for fields in raw.values()):
        raise TaixuError('components takes an object such as {"shape": {"kind": "box"}}')
    if any(name in raw for name in ("device", "name", "prefab_instance", "parent")):
        raise TaixuError("components says what things look like; device and name are the reading's, a prefab is named by prefab")
    findings = Findings()
    batch = decode_blocks({id_text(1): dict(raw)}, components, migrations=Migrations(), findings=findings)[0]
    worst = next((item for item in findings.items if item.severity in ("error", "warning")), None)
    if worst is not None or batch.references:
        raise TaixuError(f"components: {worst}" if worst is not None else "components cannot refer to other entities")
    return {cls: {name: values[..., 0] for name, values in fields.items()} for cls, fields in batch.columns.items()}


def _merged(given: Columns, own: Columns) -> Columns:
    return {cls: given.get(cls, {}) | own.get(cls, {}) for cls in given.keys() | own.keys()}
