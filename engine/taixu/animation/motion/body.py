"""`Bodies`: the measures of many people that legs and arms reach with, one column a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.figure import BONE, Figure
from taixu.animation.motion.turns import F32, length

__all__ = ["SIDES", "Bodies"]

SIDES: tuple[tuple[str, float], ...] = (("left", 1.0), ("right", -1.0))
"""Names of the sides, and the sign of x on them."""


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """Measures in metres; everything is at rest, in the model's axes.

    Attributes
    ----------
    offsets : float32 array [55, 3, n]
        As in `Figure`.
    legs : float32 array [n]
        Length of thigh and shin together.
    hips : float32 array [3, n]
        Place of the hips.
    ankle : float32 array [n]
        Height of the ankles.
    ball : float32 array [n]
        From the ankle forward to the ball of the foot.
    width : float32 array [n]
        From the middle to an ankle.
    """

    offsets: F32
    legs: F32
    hips: F32
    ankle: F32
    ball: F32
    width: F32

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Bodies:
        """Measure people by their figures, one each."""
        kinds = {id(figure): figure for figure in figures}
        order = {key: place for place, key in enumerate(kinds)}
        rows = np.array([order[id(figure)] for figure in figures], np.intp)
        return _measured(list(kinds.values())).take(rows)

    def take(self, rows: NDArray[np.intp]) -> Bodies:
        """Those of some people."""
        return Bodies(
            self.offsets[..., rows], self.legs[rows], self.hips[:, rows], self.ankle[rows], self.ball[rows], self.width[rows]
        )

    def scaled(self, by: F32) -> Bodies:
        """The same people, each larger by a factor."""
        return Bodies(
            self.offsets * by, self.legs * by, self.hips * by, self.ankle * by, self.ball * by, self.width * by
        )

    @property
    def count(self) -> int:
        """Number of people n."""
        return len(self.legs)


def _measured(figures: list[Figure]) -> Bodies:
    offsets = np.stack([figure.offsets for figure in figures], axis=2)
    places = np.stack([figure.places for figure in figures], axis=2)
    legs = length(offsets[BONE["leftLowerLeg"]]) + length(offsets[BONE["leftFoot"]])
    ankle = (places[BONE["leftFoot"], 1] + places[BONE["rightFoot"], 1]) / 2.0
    has_toes = np.array([figure.nodes[BONE["leftToes"]] >= 0 for figure in figures])
    ball = np.where(has_toes, offsets[BONE["leftToes"], 2], 0.0)
    width = np.abs(places[BONE["leftFoot"], 0] - places[BONE["rightFoot"], 0]) / 2.0
    return Bodies(
        offsets.astype(np.float32),
        np.maximum(legs, 1e-3).astype(np.float32),
        places[BONE["hips"]].astype(np.float32),
        np.clip(ankle, 0.03 * legs, 0.3 * legs).astype(np.float32),
        np.where(ball > 0.05 * legs, ball, 0.16 * legs).astype(np.float32),
        np.clip(width, 0.05 * legs, 0.2 * legs).astype(np.float32),
    )
