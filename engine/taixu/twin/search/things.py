"""The index of what things are called: a row a thing, read again only where names changed. The world's thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.changes import row_count
from taixu.scene import Name
from taixu.twin.device import Device
from taixu.twin.map_feature import MapFeature
from taixu.twin.search.base import Base
from taixu.twin.search.lexicon import phrases_of, said

__all__ = ["CALLED", "Things"]

CALLED: tuple[tuple[type, tuple[str, ...]], ...] = ((Name, ("text",)), (Device, ("key", "kind")), (MapFeature, ("key", "kind")))
"""Where names stand."""
_ROW, _PART = "\x1e", "\x1f"


class Things:
    """Things by what they are called: name, key and kind."""

    def __init__(self) -> None:
        self._base = Base()
        self._base.run("create table things (lies_in integer, entity ubigint, said varchar)")
        self._known: dict[int, NDArray[np.uint64]] = {}
        self._seen = -1
        self._tokens: frozenset[str] | None = None

    def refresh(self, world: World) -> None:
        """Follow the world."""
        tables = {table.id: table for cls, _ in CALLED for table in world.query(cls) if not table.made}
        for number, table in tables.items():
            known = self._known.get(number)
            here = tuple(cls for cls, _ in CALLED if cls in table.types)
            same = known is not None and np.array_equal(known, table.entities)
            if not same or row_count(table.changed(here, since=self._seen)):
                self._forget(number)
                self._take(table)
        for gone in self._known.keys() - tables.keys():
            self._forget(gone)
            del self._known[gone]
        self._seen = world.tick
        world.advance()

    def named(self, name: str) -> NDArray[np.uint64]:
        """Handles of those who are called so, in either language."""
        runs = self._possible(name)
        if not runs:
            return np.empty(0, np.uint64)
        found = self._base.columns(f"select entity from things where {_any(runs)}", runs)[0]
        return found.astype(np.uint64)

    def meant(self, name: str) -> NDArray[np.uint64]:
        """Handles of those whose whole name, key or kind this is; where there are none, of those in whose name it stands."""
        runs = self._possible(name)
        if runs:
            found = self._base.columns(f"select entity from things where {_any(runs)}", [f"|{run}|" for run in runs])[0]
            if len(found):
                return found.astype(np.uint64)
        return self.named(name)

    def knows(self, name: str) -> bool:
        """Whether anybody is called so."""
        runs = self._possible(name)
        if any(run.count(" ") == 2 for run in runs):  # one token
            return True
        return bool(runs) and len(self._base.columns(f"select 1 from things where {_any(runs)} limit 1", runs)[0]) > 0

    def close(self) -> None:
        """Let go of the index."""
        self._base.close()

    def _possible(self, name: str) -> list[str]:
        """Runs of which all tokens stand somewhere, so that names nobody has cost no look through all of them."""
        if self._tokens is None:
            listed = self._base.columns("select distinct unnest(string_split(said, ' ')) from things")[0]
            self._tokens = frozenset(listed.tolist())
        tokens = self._tokens
        return [run for run in phrases_of(name) if tokens.issuperset(run.split())]

    def _forget(self, number: int) -> None:
        self._tokens = None
        if number in self._known:
            self._base.run("delete from things where lies_in = ?", [number])

    def _take(self, table: Table) -> None:
        self._tokens = None
        parts = [table.read(cls, name).tolist() for cls, names in CALLED if cls in table.types for name in names]
        lies_in = np.full(table.count, table.id, np.int32)
        self._base.insert("things", lies_in=lies_in, entity=table.entities.astype(np.uint64), said=_lines(parts))
        self._known[table.id] = table.entities.copy()


def _lines(parts: list[list[str]]) -> list[str]:
    """Lines of tokens, a thing each, with "|" about each of its names; one text, so that a million are a few calls."""
    count = len(parts[0])
    text = _ROW.join(map(_PART.join, zip(*parts)))
    if text.count(_ROW) != max(count - 1, 0) or text.count(_PART) != count * (len(parts) - 1):  # names that hold such signs
        return _lines([[each.replace(_ROW, " ").replace(_PART, " ") for each in part] for part in parts])
    text = text.replace("\n", " ").replace("|", " ").replace(_PART, " | ").replace(_ROW, " |\n| ")
    return said(f"| {text} |").split("\n") if count else []


def _any(runs: list[str]) -> str:
    return " or ".join(["contains(said, ?)"] * len(runs))
