"""What measures said, in a recording: columns like all others, by entity, by zone and of the whole.

The whole and zones are no entities, but have tracks as if they were, with ids that follow from their names. Three kinds of columns
hold it: ``measure.value.NAME`` numbers, ``measure.text.NAME`` what people read beside them, ``measure.of.of`` which zone a track is
(and ``measure.of.measures`` which measures there are).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import MEASURED, Moment, MomentColumn
from taixu.twin.memory.room import parse_json

__all__ = ["MEASURE_COLUMNS", "MeasuredTracks", "MeasuredValues", "measured_id", "measures_at"]

WHOLE = ""
_OF, _VALUE, _TEXT = f"{MEASURED}of", f"{MEASURED}value", f"{MEASURED}text"
MEASURE_COLUMNS = (_OF, _VALUE, _TEXT)
"""Components of the columns, for who wants no others."""
_EVERY_NS = 1_000_000_000
_ROWS_A_SEC = 100_000
_TOLD = 1000
_MAX_TEXT = 200


def measured_id(of: str) -> int:
    """The id of a zone by its name, or of the whole (the empty text), in a recording of measures."""
    return int.from_bytes(blake2b(of.encode(), digest_size=8, person=b"taixu measured").digest(), "little")


@dataclass(frozen=True, slots=True)
class MeasuredValues:
    """A measure's values just now.

    Attributes
    ----------
    of
        Stable ids, names of zones, or the empty text for the whole.
    """

    name: str
    unit: str
    by: str
    of: NDArray[np.uint64] | Sequence[str]
    values: NDArray[np.float64]
    texts: Sequence[str] | NDArray[Any] = ()


@dataclass(slots=True)
class _Last:
    """What was recorded last of one measure, by track."""

    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    known: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    texts: NDArray[Any] = field(default_factory=lambda: np.empty(0, object))
    due_ns: int = 0

    def reserve(self, total: int) -> None:
        more = total - len(self.values)
        if more > 0:
            more = max(more, len(self.values) // 2)
            self.values = np.concatenate([self.values, np.full(more, np.nan)])
            self.known = np.concatenate([self.known, np.zeros(more, bool)])
            self.texts = np.concatenate([self.texts, np.full(more, "", object)])


class MeasuredTracks:
    """Which values a recording does not have yet.

    Parameters
    ----------
    schema
        That of the recording.
    new_track
        Gives a track that nobody has.
    """

    def __init__(self, schema: Schema, new_track: Callable[[], int]) -> None:
        self._schema, self._new_track = schema, new_track
        self._named: dict[str, int] = {}
        self._last: dict[str, _Last] = {}
        self._about = ""

    def entries(
        self, told: Sequence[MeasuredValues], tracks_of: Callable[[NDArray[np.uint64]], NDArray[np.int64]], *, now_ns: int
    ) -> tuple[dict[str, int], list[Entry]]:
        """What is to be recorded of measures: tracks that came, by what they are called, and entries.

        A measure is recorded once a second at most, and one of very many things less often.

        Parameters
        ----------
        tracks_of
            Tracks of entities by stable id, -1 where there is none.
        """
        before = set(self._named)
        found: list[Entry] = []
        for each in told:
            last = self._last.setdefault(each.name, _Last())
            if now_ns >= last.due_ns or last.due_ns - now_ns > 3600 * _EVERY_NS:
                last.due_ns = now_ns + max(_EVERY_NS, len(each.of) * _EVERY_NS // _ROWS_A_SEC)
                found += self._changed(each, last, tracks_of, now_ns)
        about = json.dumps([[each.name, each.unit, each.by] for each in told], ensure_ascii=False)
        names = [name for name in self._named if name not in before]
        said = [(self._named[name], "of", name) for name in names]
        if about != self._about and found:
            self._about = about
            said.append((self._track(WHOLE), "measures", about))
        names = [name for name in self._named if name not in before]
        for what in ("of", "measures"):
            rows = sorted((track, text) for track, kind, text in said if kind == what)
            if rows:
                column = self._schema.own_column(_OF, what, "O")
                found.append(_entry(column, np.array([row[0] for row in rows]), [row[1] for row in rows], now_ns))
        return {name: self._named[name] for name in names}, found

    def forget(self, tracks: NDArray[Any]) -> None:
        """Entities that are gone: whoever has their tracks next has no values yet."""
        for last in self._last.values():
            here = tracks[tracks < len(last.known)]
            last.known[here], last.values[here], last.texts[here] = False, np.nan, ""

    def _track(self, of: str) -> int:
        found = self._named.get(of)
        if found is None:
            found = self._named[of] = self._new_track()
        return found

    def _changed(
        self, told: MeasuredValues, last: _Last, tracks_of: Callable[[NDArray[np.uint64]], NDArray[np.int64]], now_ns: int
    ) -> list[Entry]:
        of = told.of
        tracks = tracks_of(of) if isinstance(of, np.ndarray) else np.array([self._track(each) for each in of], np.int64)
        here = np.flatnonzero(tracks >= 0)
        here = here[np.argsort(tracks[here], kind="stable")]
        tracks, values = tracks[here], np.asarray(told.values, np.float64)[here]
        last.reserve(int(tracks[-1]) + 1 if len(tracks) else 0)
        before = last.values[tracks]
        new = ~last.known[tracks] | ~((before == values) | (np.isnan(before) & np.isnan(values)))
        silent = last.known & ~np.isnan(last.values)
        silent[tracks] = False
        gone = np.flatnonzero(silent)  # nothing can be said of them any more
        rows = np.concatenate([tracks[new], gone])
        order = np.argsort(rows, kind="stable")
        rows, numbers = rows[order], np.concatenate([values[new], np.full(len(gone), np.nan)])[order]
        last.values[rows], last.known[rows] = numbers, True
        found = []
        if len(rows):
            found.append(_entry(self._schema.own_column(_VALUE, told.name, "f8"), rows, numbers, now_ns))
        texts = np.full(len(tracks), "", object)
        if len(told.texts) == len(told.of):
            texts[:] = np.asarray(told.texts, object)[here]
        other = np.flatnonzero(np.asarray(texts != last.texts[tracks], bool))
        if len(other):
            last.texts[tracks[other]] = texts[other]
            said = [str(each or "")[:_MAX_TEXT] for each in texts[other]]
            found.append(_entry(self._schema.own_column(_TEXT, told.name, "O"), tracks[other], said, now_ns))
        return found


def measures_at(moment: Moment) -> list[dict[str, Any]]:
    """What measures said at a moment, as they are told live: ``{name, unit, by, values: [{of, value, text?}]}``."""
    tracks = moment.tracks_where(lambda names: MEASURED in names)
    of = dict(zip(tracks.tolist(), _texts(moment.columns.get((_OF, "of")), tracks)))
    whole = [track for track, name in of.items() if name == WHOLE and int(moment.stable_ids[track]) == measured_id(WHOLE)]
    listed = _texts(moment.columns.get((_OF, "measures")), np.array(whole[:1], np.intp))
    found = []
    for name, unit, by in _about(listed[0]) if listed and listed[0] else ():
        column = moment.columns.get((_VALUE, name))
        values = _values(moment, column, moment.columns.get((_TEXT, name)), of) if column is not None else []
        if by != "entity":
            values = [each for each in values if isinstance(each["of"], str) and (each["of"] == WHOLE) == (by == "whole")]
        found.append({"name": name, "unit": unit, "by": by, "values": values[:_TOLD]})
    return found


def _values(
    moment: Moment, column: MomentColumn, said: MomentColumn | None, of: dict[int, str]
) -> list[dict[str, Any]]:
    tracks = np.flatnonzero(column.known & (moment.signatures[: len(column.known)] >= 0))
    is_named = np.isin(tracks, list(of))
    tracks = tracks[is_named | ~np.isnan(column.values[tracks])][: _TOLD + len(of)]
    found = []
    for track, value, text in zip(tracks.tolist(), column.values[tracks].tolist(), _texts(said, tracks)):
        name = of.get(track)
        one: dict[str, Any] = {"of": name if name is not None else f"{int(moment.stable_ids[track]):016x}"}
        one["value"] = float(f"{value:.7g}") if isfinite(value) else None
        if text:
            one["text"] = text
        found.append(one)
    return found


def _texts(column: MomentColumn | None, tracks: NDArray[np.intp]) -> list[str]:
    """Texts of tracks, empty where there is none."""
    if column is None:
        return [""] * len(tracks)
    known = column.is_known(tracks)
    return [str(column.values[track]) if is_known else "" for track, is_known in zip(tracks.tolist(), known.tolist())]


def _about(text: str) -> list[tuple[str, str, str]]:
    found = parse_json(text.encode())
    if not isinstance(found, list) or not all(isinstance(each, list) and len(each) == 3 for each in found):
        raise TaixuError("a recording's list of measures is damaged")
    return [(str(name), str(unit), str(by)) for name, unit, by in found]


def _entry(column: ColumnInfo, tracks: NDArray[Any], values: Any, now_ns: int) -> Entry:
    if column.is_object:
        texts = np.empty(len(tracks), object)
        texts[:] = values
        values = texts
    return Entry(column, tracks.astype(np.intp), np.full(len(tracks), now_ns, np.int64), values)
