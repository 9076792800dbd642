"""From who is left to what is shown: what the recording says of them, the order, and the first of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.memory import Recording
from taixu.twin.search.asking import SearchModel, query_of
from taixu.twin.search.files import Catalogue
from taixu.twin.search.log import LogIndex
from taixu.twin.search.looking import Because, Seen, look, vocabulary_of
from taixu.twin.search.query import SearchQuery
from taixu.twin.search.results import Found, Match
from taixu.twin.search.things import Things

__all__ = ["find", "finish", "search_world"]


def find(
    world: World, text: str, *, now_ns: int, zone: tzinfo | None = None, recording: Recording | None = None,
    project: Path | str | None = None, model: SearchModel | None = None,
) -> tuple[SearchQuery, list[Found]]:
    """What words ask for, and what is found: in a world, in its recording, or among the files of its project.

    Parameters
    ----------
    now_ns
        What "today" and "last night" count from.
    zone
        Of clocks and days; this machine's where none is given.
    model
        Asked for what the rules do not understand.

    Raises
    ------
    TaixuError
        When the words are not understood, or ask for something that is not there.
    """
    things = Things()
    catalogue = Catalogue(project) if project is not None else None
    log = LogIndex(recording) if recording is not None else None
    try:
        vocabulary = vocabulary_of(world, things, catalogue)
        query = query_of(text, vocabulary, now_ns=now_ns, zone=zone, model=model)
        if not query.files:
            return query, search_world(world, query, things=things, log=log)
        if catalogue is None:
            raise TaixuError("there is no project here whose files could be searched")
        return query, catalogue.find(query)
    finally:
        for each in (things, catalogue, log):
            if each is not None:
                each.close()


def search_world(world: World, query: SearchQuery, *, things: Things | None = None, log: LogIndex | None = None) -> list[Found]:
    """Things of a world, and of its recording where the query names a time, in one go.

    Parameters
    ----------
    things
        An index that is kept; one for this search where none is given.

    Raises
    ------
    TaixuError
        When nothing is called as the query says, or it names a time and nothing is recorded.
    """
    kept = things if things is not None else Things()
    try:
        return finish(look(world, kept, query), query, log)
    finally:
        if things is None:
            kept.close()


def finish(
    seen: Seen, query: SearchQuery, log: LogIndex | None, *, still_wanted: Callable[[], bool] = lambda: True
) -> list[Found]:
    """What is found, the best first (the recording's thread).

    Raises
    ------
    TaixuError
        When the query names a time and nothing is recorded, or reading takes too long.
    """
    if query.is_past:
        if log is None:
            raise TaixuError("it asks for what was, and nothing is recorded here")
        seen = _as_it_was(seen, query, log, still_wanted)
    rows = _order(seen, query)[: query.limit]
    seen = seen.take(rows)
    return [_found(seen, row) for row in range(len(rows))]


def _as_it_was(seen: Seen, query: SearchQuery, log: LogIndex, still_wanted: Callable[[], bool]) -> Seen:
    assert query.since_ns is not None
    assert query.until_ns is not None
    kept = np.ones(len(seen.ids), bool)
    because: list[Because] = []
    for group in seen.asked:
        any_of = np.zeros(len(seen.ids), bool)
        for value, limits in group:
            told = log.told(
                value.component, value.name, limits, since_ns=query.since_ns, until_ns=query.until_ns, still_wanted=still_wanted
            )
            if not len(told.ids):
                continue
            at = np.minimum(np.searchsorted(told.ids, seen.ids), len(told.ids) - 1)
            holds = told.ids[at] == seen.ids
            any_of |= holds
            because.append(Because(f"{value.component}.{value.name}", value.unit, holds, told.values[at], told.times_ns[at]))
        kept &= any_of
    if not seen.asked:
        kept &= np.isin(seen.ids, log.present(since_ns=query.since_ns, until_ns=query.until_ns))
    return replace(seen, because=tuple(because)).take(np.flatnonzero(kept))


def _order(seen: Seen, query: SearchQuery) -> NDArray[np.intp]:
    """Rows, best first: as the query says, else who is furthest beyond a limit, else the nearest, else by name."""
    number = next((each for each in seen.because if each.values.dtype != object and each.holds.any()), None)
    order = query.order
    if not order and number is not None:
        signs = {each.operator[0] for each in query.where if not isinstance(each.value, str)}
        order = "lowest" if signs == {"<"} else "highest"
    elif not order and seen.distances_m is not None:
        order = "nearest"
    by_name = np.argsort(np.asarray(seen.names, dtype=str), kind="stable")
    if order in ("highest", "lowest") and number is not None:
        values = np.where(number.holds, np.asarray(number.values, np.float64), np.nan)
        keys: NDArray[Any] = values if order == "lowest" else -values
    elif order == "nearest" and seen.distances_m is not None:
        keys = seen.distances_m
    elif order == "latest" and any(each.times_ns is not None for each in seen.because):
        keys = -np.max([np.where(each.holds, each.times_ns, 0) for each in seen.because if each.times_ns is not None], axis=0)
    else:
        return by_name
    return by_name[np.argsort(keys[by_name], kind="stable")]


def _found(seen: Seen, row: int) -> Found:
    x, y, z = (round(each, 3) for each in seen.places[:, row].tolist())
    because = []
    for each in seen.because:
        if each.holds[row]:
            value = each.values[row]
            told = value if isinstance(value, str) else float(value) if np.isfinite(value) else str(value)
            because.append(Match(each.field, told, each.unit, None if each.times_ns is None else int(each.times_ns[row])))
    return Found(
        f"{int(seen.ids[row]):016x}", str(seen.names[row]), str(seen.kinds[row]),
        (x, y, z) if np.isfinite(seen.places[:, row]).all() else None,
        None if seen.distances_m is None else float(seen.distances_m[row]), tuple(because),
    )  # fmt: skip
