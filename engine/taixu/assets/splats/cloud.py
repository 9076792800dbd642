"""Splats as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["COEFFICIENTS", "MOST_SPLATS", "SplatCloud", "tidy_cloud", "turned_over"]

MOST_SPLATS = 8_000_000
COEFFICIENTS = (1, 4, 9, 16)
"""Spherical harmonics by degree."""
_FAR_M, _WIDE_M = 1e6, 1e4
_OVER = np.array([1, -1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1], np.float32)
"""What a half turn about x does to each harmonic, in the order of Kerbl et al.: the sign under y, z -> -y, -z."""


@dataclass(frozen=True, slots=True)
class SplatCloud:
    """A cloud, in metres, y up.

    Attributes
    ----------
    positions : float32[n, 3]
    scales : float32[n, 3]
        Standard deviations along each splat's axes.
    rotations : float32[n, 4]
        Unit quaternions, x y z w.
    opacities : float32[n]
        0 to 1.
    harmonics : float32[n, k, 3]
        Real spherical harmonics of degree 0 to 3 by direction of sight (1, 4, 9 or 16 of them); 0.5 is added to their sum.
    is_linear
        Colours are linear rather than sRGB.
    left_out
        How many splats of the file were not finite, far beyond everything, or of no size.
    """

    positions: NDArray[np.float32]
    scales: NDArray[np.float32]
    rotations: NDArray[np.float32]
    opacities: NDArray[np.float32]
    harmonics: NDArray[np.float32]
    is_linear: bool = False
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def degree(self) -> int:
        """Of its spherical harmonics."""
        return COEFFICIENTS.index(self.harmonics.shape[1])

    def bounds(self) -> NDArray[np.float32]:
        """The box of all middles, ``[2, 3]``."""
        return np.stack([self.positions.min(0), self.positions.max(0)])

    def covariances(self) -> NDArray[np.float32]:
        """xx, xy, xz, yy, yz, zz of each, ``[n, 6]``."""
        x, y, z, w = self.rotations.T
        axes = np.array([
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ], np.float32) * self.scales.T  # fmt: skip
        pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
        found: NDArray[np.float32] = np.stack([(axes[i] * axes[j]).sum(0) for i, j in pairs], 1)
        return found


def tidy_cloud(cloud: SplatCloud, *, name: str) -> SplatCloud:
    """The splats that can be drawn, with unit quaternions and opacities from 0 to 1.

    Raises
    ------
    TaixuError
        When none can.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.linalg.norm(cloud.rotations, axis=1)
        good = np.isfinite(cloud.harmonics).all((1, 2)) & np.isfinite(cloud.opacities) & (lengths > 1e-6) & (lengths < 1e6)
        good &= (np.abs(cloud.positions) < _FAR_M).all(1) & ((cloud.scales >= 0) & (cloud.scales < _WIDE_M)).all(1)
    if not good.any():
        raise TaixuError(f"{name}: none of its {len(cloud):,} splats can be drawn")
    return SplatCloud(
        np.ascontiguousarray(cloud.positions[good]), np.ascontiguousarray(cloud.scales[good]),
        (cloud.rotations[good] / lengths[good, None]).astype(np.float32), np.clip(cloud.opacities[good], 0.0, 1.0),
        np.clip(cloud.harmonics[good], -1e3, 1e3), cloud.is_linear, cloud.left_out + int((~good).sum()),
    )  # fmt: skip


def turned_over(cloud: SplatCloud) -> SplatCloud:
    """Turned half round x: from y down and z ahead, as captures have it, to y up."""
    x, y, z, w = cloud.rotations.T
    flip = np.array([1, -1, -1], np.float32)
    signs = _OVER[: cloud.harmonics.shape[1], None]
    rotations = np.stack([w, -z, y, -x], 1)
    with np.errstate(invalid="ignore"):  # of numbers that are none: `tidy_cloud` leaves those splats out
        return SplatCloud(cloud.positions * flip, cloud.scales, rotations, cloud.opacities, cloud.harmonics * signs,
            cloud.is_linear, cloud.left_out)  # fmt: skip
