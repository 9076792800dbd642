"""Fusion: several sources of one value, each with its uncertainty, as one estimate.

A Kalman filter an entity and number, vectorised over entities: the value wanders (a random walk with `drift` a second), readings
are weighed by their variance, and those that cannot be (one in ten thousand would lie so far off) are refused, unless they
insist: after `PATIENCE` refusals in a row the estimate was wrong, and begins anew.

R. E. Kalman, A New Approach to Linear Filtering and Prediction Problems, 1960; gating as in Bar-Shalom, Estimation with
Applications to Tracking and Navigation, 2001, 6.3.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["PATIENCE", "Estimate"]

_GATES = (15.14, 18.42, 21.11, 23.51)
"""Squared distances that 99.99 % of readings keep within, by the number of numbers (chi-squared)."""

PATIENCE = 5

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class Estimate:
    """What is believed of one field of all entities.

    Parameters
    ----------
    width
        Numbers in a value.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.means: Array = np.zeros((width, 0))
        self.variances: Array = np.zeros(0)
        """Of each number of a value; infinite where nothing is known."""
        self._times_ns: NDArray[np.int64] = np.zeros(0, np.int64)
        self._refusals: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def update(
        self, indices: Indices, values: Array, times_ns: NDArray[np.int64], *, sigmas: Array | float, drift: float
    ) -> NDArray[np.bool_]:
        """Take in readings of different entities.

        Parameters
        ----------
        indices
            Of the entities, ``[n]``, each once.
        values
            ``[width, n]``.
        sigmas
            Standard deviation of each reading.
        drift
            Standard deviation of the true value's wandering in a second.

        Returns
        -------
        ndarray
            Which were believed, ``bool[n]``.
        """
        if len(indices) == 0:
            return np.zeros(0, bool)
        self._reserve(int(indices.max()) + 1)
        means, variances = self.means[:, indices], self.variances[indices]
        secs = np.maximum((times_ns - self._times_ns[indices]) * 1e-9, 0.0)
        noise = np.maximum(np.broadcast_to(np.asarray(sigmas, float) ** 2, variances.shape), 1e-18)
        predicted = variances + drift * drift * secs
        innovation = values - means
        unknown = ~np.isfinite(predicted)
        predicted = np.where(unknown, 0.0, predicted)
        spread = predicted + noise
        believed = unknown | ((innovation**2).sum(axis=0) <= _GATES[self.width - 1] * spread)
        refusals = np.where(believed, 0, np.minimum(self._refusals[indices] + 1, 255)).astype(np.uint8)
        anew = unknown | (refusals >= PATIENCE)
        believed |= anew
        gain = np.where(anew, 1.0, np.where(believed, predicted / spread, 0.0))
        self.means[:, indices] = means + gain * innovation
        self.variances[indices] = np.where(anew, noise, np.where(believed, (1.0 - gain) * predicted, variances))
        self._times_ns[indices] = np.where(believed, times_ns, self._times_ns[indices])
        self._refusals[indices] = np.where(anew, 0, refusals)
        return believed

    def forget(self, indices: Indices) -> None:
        """Know nothing of some entities: their indices are others' now."""
        indices = indices[indices < len(self.variances)]
        self.variances[indices] = np.inf
        self.means[:, indices] = 0.0
        self._refusals[indices] = 0

    def set_back(self, to_ns: int) -> None:
        """The clock was set back: nothing is of a later time."""
        np.minimum(self._times_ns, to_ns, out=self._times_ns)

    def _reserve(self, count: int) -> None:
        have = len(self.variances)
        if count <= have:
            return
        more = max(count, have + (have >> 1), 64) - have
        self.means = np.concatenate([self.means, np.zeros((self.width, more))], axis=1)
        self.variances = np.concatenate([self.variances, np.full(more, np.inf)])
        self._times_ns = np.concatenate([self._times_ns, np.zeros(more, np.int64)])
        self._refusals = np.concatenate([self._refusals, np.zeros(more, np.uint8)])
