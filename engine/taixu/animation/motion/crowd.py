"""`Crowd`: what is remembered of everybody who moves, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAYERS", "Crowd"]

LAYERS = 4
"""Most layers of a state graph."""


class Crowd:
    """One column a person; persons of one figure stand together.

    Attributes
    ----------
    handles : uint64 array [n]
        Entities that have the avatar.
    figures, graphs : int32 arrays [n]
        Whose skeleton, and which state graph.
    phases, speeds, turnings, clocks : float32 arrays [n]
        Part of a stride, m/s, rad/s, and seconds since the person came.
    waits : float32 array [n]
        Seconds since the person was posed.
    places, headings, seen : float64 [3, n], float64 [n], bool [n]
        Where they were in the last frame, if they were anywhere.
    states, former : int32 arrays [LAYERS, n]
        State in each layer, and the one that fades out, -1 for none.
    fades, fades_left, since : float32 arrays [LAYERS, n]
        Seconds: of the whole change, of what is left of it, and in the state.
    locks, locked : float64 [2, 3, n], bool [2, n]
        Where in the world the soles stand.
    shifts : float32 array [2, 3, n]
        From where a foot would be to where it is.
    heights, normals, highs : float32 arrays [2, n], [2, 3, n], float64 [n]
        Ground below the feet against the person's own height, its normals, and the smoothed height of the person.
    gazes : float32 array [2, n]
        Turn of the gaze, to the left and up, radians.
    eyes : float32 array [4, n]
        The rest of it that is left to the eyes (left, up, radians), and as weights of expressions (left, up).
    """

    def __init__(self, handles: NDArray[np.uint64] | None = None) -> None:
        self.handles: NDArray[np.uint64] = np.zeros(0, np.uint64) if handles is None else handles
        n = len(self.handles)
        self.figures = np.zeros(n, np.int32)
        self.graphs = np.zeros(n, np.int32)
        self.phases = np.zeros(n, np.float32)
        self.speeds = np.zeros(n, np.float32)
        self.turnings = np.zeros(n, np.float32)
        self.clocks = np.zeros(n, np.float32)
        self.waits = np.zeros(n, np.float32)
        self.places = np.zeros((3, n))
        self.headings = np.zeros(n)
        self.seen = np.zeros(n, bool)
        self.states = np.zeros((LAYERS, n), np.int32)
        self.former = np.full((LAYERS, n), -1, np.int32)
        self.fades = np.zeros((LAYERS, n), np.float32)
        self.fades_left = np.zeros((LAYERS, n), np.float32)
        self.since = np.zeros((LAYERS, n), np.float32)
        self.locks = np.zeros((2, 3, n))
        self.locked = np.zeros((2, n), bool)
        self.shifts = np.zeros((2, 3, n), np.float32)
        self.heights = np.zeros((2, n), np.float32)
        self.normals = np.tile(np.array((0.0, 1.0, 0.0), np.float32)[None, :, None], (2, 1, n))
        self.highs = np.zeros(n)
        self.gazes = np.zeros((2, n), np.float32)
        self.eyes = np.zeros((4, n), np.float32)

    def __len__(self) -> int:
        return len(self.handles)

    def take(self, rows: NDArray[np.intp]) -> Crowd:
        """Some of them, apart."""
        made = Crowd()
        for name, column in vars(self).items():
            setattr(made, name, column[..., rows])
        return made

    def put(self, rows: NDArray[np.intp], some: Crowd) -> None:
        """Take over all that was done to `some`, who are these rows."""
        for name, column in vars(self).items():
            column[..., rows] = getattr(some, name)

    def follow(self, handles: NDArray[np.uint64]) -> Crowd:
        """The crowd of these handles, with all that is known of those who were there."""
        made = Crowd(handles)
        if len(self) and len(handles):
            order = np.argsort(self.handles)
            spots = np.minimum(np.searchsorted(self.handles[order], handles), len(self) - 1)
            source = order[spots]
            known = self.handles[source] == handles
            for name, column in vars(made).items():
                if name != "handles":
                    before: NDArray[Any] = getattr(self, name)
                    column[..., known] = before[..., source[known]]
        return made
