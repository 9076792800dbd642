"""A place in a recording that goes forward cheaply: for who plays it."""

from __future__ import annotations

from taixu.twin.memory.folding import Folding, Moment
from taixu.twin.memory.recording import Recording

__all__ = ["Cursor"]


class Cursor:
    """Gives moments; one that is a little later than the last costs no more than what happened between."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._state: Folding | None = None
        self._key = self._block = self._generation = -1

    def moment(self, at_ns: int, *, known_ns: int | None = None) -> Moment:
        """The world at a time; see `Recording.moment`.

        Raises
        ------
        TaixuError
            When the recording begins later, or is damaged there.
        """
        recording, index = self._recording, self._recording.index
        if known_ns is not None:
            return recording.moment(at_ns, known_ns=known_ns)
        key, last = recording.interval(at_ns)
        state = self._state
        if state is None or (key, recording.generation) != (self._key, self._generation) or last < self._block:
            state = Folding(recording.schema_before(key), None)
            state.open_key(index.payload(key), index.head(key))
            self._block = key
        self._state = None  # what breaks halfway is not gone on with
        ticks: list[int] = []
        for number in range(self._block + 1, last + 1):
            recording.fold(state, number, ticks)
        state.apply_ticks([index.unread(each) for each in ticks])
        self._state, self._key, self._block, self._generation = state, key, last, recording.generation
        return state.moment(index.head(last))
