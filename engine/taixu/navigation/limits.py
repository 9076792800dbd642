"""How much of a world a mesh covers."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.navigation.pieces import Piece
from taixu.navigation.settings import MOST_CELLS, MeshSettings

__all__ = ["fit_bounds"]

_log = logging.getLogger(__name__)


def fit_bounds(
    pieces: Sequence[Piece], settings: MeshSettings, around: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners of the box that a mesh lies in: what the settings say, or all pieces, as far as there is room.

    Parameters
    ----------
    around : array_like [n, 3], optional
        Who walks: where there is not room for everything, the mesh lies around them, or else around what stands.
    """
    low, high = np.asarray(settings.low, np.float64), np.asarray(settings.high, np.float64)
    if not settings.is_bounded:
        if not pieces:
            return np.zeros(3), np.full(3, -1.0)
        bounds = np.stack([piece.bounds for piece in pieces])
        low, high = bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)
    most_m = float(np.sqrt(MOST_CELLS)) * settings.cell_m
    if (high[0] - low[0]) * (high[2] - low[2]) <= most_m**2:
        return low, high
    people = np.zeros((0, 3)) if around is None else np.asarray(around, np.float64).reshape(-1, 3)
    small = [piece.bounds.mean(axis=0) for piece in pieces if np.ptp(piece.bounds, axis=0)[[0, 2]].max() < most_m / 4]
    middle = np.median(people if len(people) else np.array(small) if small else (low + high)[None] / 2, axis=0)
    fitted_low, fitted_high = np.maximum(low, middle - most_m / 2), np.minimum(high, middle + most_m / 2)
    fitted_low[1], fitted_high[1] = low[1], high[1]
    _log.warning(
        "navigation: colliders lie over %.0f by %.0f m, and a mesh of %g m cells has room for %.0f: it lies around %.0f, %.0f; "
        "set the bounds or a larger cell in a Navigation component",
        *(high - low)[[0, 2]], settings.cell_m, most_m, *middle[[0, 2]],
    )  # fmt: skip
    return fitted_low, fitted_high
