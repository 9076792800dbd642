"""Clips made ready to be sampled: all channels of a kind at once, for any number of players at once.

Keys of all channels of a group lie in one array; adding ``channel * span`` to the times makes them one rising
sequence, so a single binary search finds the key of every channel of every player. Interpolation follows glTF 2.0,
appendix C.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Channel
from taixu.math.quaternion import normalize, slerp

__all__ = ["Track", "make_tracks"]

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Channels of one path, interpolation and width.

    Attributes
    ----------
    path : str
        "translation", "rotation", "scale", "weights" or "pointer".
    channels : intp array [m]
        Where each was in the list given to `make_tracks`.
    width : int
        Numbers in a value.
    """

    path: str
    interpolation: str
    width: int
    rotates: bool
    channels: Indices
    _starts: Indices
    _ends: Indices
    _times: F64
    _search: F64
    _span: float
    _values: F32
    _in_tangents: F32 | None
    _out_tangents: F32 | None

    def sample(self, times: F64) -> F32:
        """Return the values at some times, before the first key and after the last held as they are there.

        Parameters
        ----------
        times : float64 array [n]
            Seconds, one for each player.

        Returns
        -------
        float32 array [width, n, m]
            Rotations have length one.
        """
        first, last = self._starts, self._ends - 1
        clamped = np.clip(times[:, None], self._times[first], self._times[last])
        shifted = clamped + np.arange(len(first)) * self._span
        before = np.searchsorted(self._search, shifted.ravel(), side="right").reshape(shifted.shape) - 1
        # Adding the span rounds: the answer may be one key off at a channel's ends, never beyond its neighbour.
        before = np.clip(before, first, last)
        if self.interpolation == "STEP":
            return np.ascontiguousarray(np.moveaxis(self._values[before], -1, 0))
        after = np.minimum(before + 1, last)
        length = self._times[after] - self._times[before]
        safe = np.where(length > 0.0, length, 1.0)
        part = np.clip(np.where(length > 0.0, (clamped - self._times[before]) / safe, 0.0), 0.0, 1.0)
        start, end = np.moveaxis(self._values[before], -1, 0), np.moveaxis(self._values[after], -1, 0)
        result: NDArray[np.floating[Any]]
        if self._in_tangents is not None and self._out_tangents is not None:
            leaving = np.moveaxis(self._out_tangents[before], -1, 0) * length
            arriving = np.moveaxis(self._in_tangents[after], -1, 0) * length
            result = _hermite(start, leaving, end, arriving, part)
            if self.rotates:
                result = normalize(result)
        elif self.rotates:
            result = slerp(start, end, part)
        else:
            result = start + (end - start) * part
        return np.ascontiguousarray(result, np.float32)


def make_tracks(channels: Sequence[Channel], rotates: Sequence[bool]) -> list[Track]:
    """Group channels into tracks; those without keys are left out.

    Parameters
    ----------
    channels : sequence of Channel
        As a decoder made them.
    rotates : sequence of bool
        Which of them hold quaternions.
    """
    groups: dict[tuple[str, str, int, bool], list[int]] = {}
    for number, channel in enumerate(channels):
        if len(channel.times) and channel.values.ndim == 2:
            key = (channel.path, _interpolation(channel), channel.values.shape[1], rotates[number])
            groups.setdefault(key, []).append(number)
    return [_make_track(channels, key, members) for key, members in groups.items()]


def _interpolation(channel: Channel) -> str:
    if channel.interpolation == "CUBICSPLINE" and (channel.in_tangents is None or channel.out_tangents is None):
        return "LINEAR"
    return channel.interpolation


def _make_track(channels: Sequence[Channel], key: tuple[str, str, int, bool], members: list[int]) -> Track:
    path, interpolation, width, rotates = key
    chosen = [channels[number] for number in members]
    counts = np.array([len(channel.times) for channel in chosen], np.intp)
    ends = np.cumsum(counts)
    times = np.concatenate([channel.times for channel in chosen]).astype(np.float64)
    # A power of two, so that adding it a whole number of times rounds as little as can be.
    span = float(2.0 ** np.ceil(np.log2(np.ptp(times) + 1.0) + 1.0))
    cubic = interpolation == "CUBICSPLINE"
    return Track(
        path=path,
        interpolation=interpolation,
        width=width,
        rotates=rotates,
        channels=np.array(members, np.intp),
        _starts=ends - counts,
        _ends=ends,
        _times=times,
        _search=times + np.repeat(np.arange(len(chosen)) * span, counts),
        _span=span,
        _values=np.concatenate([channel.values for channel in chosen]).astype(np.float32),
        _in_tangents=np.concatenate([c.in_tangents for c in chosen if c.in_tangents is not None]) if cubic else None,
        _out_tangents=np.concatenate([c.out_tangents for c in chosen if c.out_tangents is not None]) if cubic else None,
    )


def _hermite(start: F32, leaving: F64, end: F32, arriving: F64, part: F64) -> F64:
    """Cubic Hermite spline (glTF 2.0, appendix C.4); tangents are already times the length of the segment."""
    squared, cubed = part * part, part * part * part
    result: F64 = (
        (2.0 * cubed - 3.0 * squared + 1.0) * start
        + (cubed - 2.0 * squared + part) * leaving
        + (3.0 * squared - 2.0 * cubed) * end
        + (cubed - squared) * arriving
    )
    return result
