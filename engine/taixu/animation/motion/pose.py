"""`Pose`: how many bodies stand, as arrays; and how poses are mixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.figure import COUNT
from taixu.animation.motion.turns import F32, mix, multiply

__all__ = ["Pose"]


@dataclass(slots=True, eq=False)
class Pose:
    """Poses of n bodies.

    Attributes
    ----------
    turns : float32 array [55, 4, n]
        Each bone against the T-pose, within the bone above; axes of the world, unit quaternions.
    hips : float32 array [3, n]
        Where the hips are, against their place in the T-pose, as parts of the legs' length.
    """

    turns: F32
    hips: F32

    @classmethod
    def rest(cls, count: int) -> Pose:
        """The T-pose."""
        turns = np.zeros((COUNT, 4, count), np.float32)
        turns[:, 3] = 1.0
        return cls(turns, np.zeros((3, count), np.float32))

    @property
    def count(self) -> int:
        """Number of bodies n."""
        return int(self.turns.shape[2])

    def turn(self, bone: int, by: F32) -> None:
        """Turn a bone, [4, n], before what it is turned by already."""
        self.turns[bone] = multiply(self.turns[bone], by)

    def mixed(self, other: Pose, share: NDArray[np.floating], *, mask: F32 | None = None) -> Pose:
        """Go over to another pose.

        Parameters
        ----------
        share : float array [n]
            0 is this one, 1 the other.
        mask : float32 array [55], optional
            How far each bone goes along; hips stay where the mask of bone 0 is 0.
        """
        weights = np.asarray(share, np.float32)[None, :] * (np.ones((COUNT, 1), np.float32) if mask is None else mask[:, None])
        rows = np.flatnonzero(weights.max(axis=1) > 0.0) if weights.size else np.zeros(0, np.intp)
        turns = self.turns.copy()
        if len(rows):
            start, end = np.moveaxis(self.turns[rows], 1, 0), np.moveaxis(other.turns[rows], 1, 0)
            turns[rows] = np.moveaxis(mix(start, end, weights[rows]), 0, 1)
        return Pose(turns, self.hips + (other.hips - self.hips) * weights[0])

    def take(self, rows: NDArray[np.intp]) -> Pose:
        """Poses of some bodies."""
        return Pose(self.turns[:, :, rows], self.hips[:, rows])

    def put(self, rows: NDArray[np.intp], other: Pose) -> None:
        """Set the poses of some bodies."""
        self.turns[:, :, rows] = other.turns
        self.hips[:, rows] = other.hips
