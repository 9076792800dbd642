"""Surfaces that shine evenly, as lamps: their triangles in the world, chosen by how much they send out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from taixu.render.context import DrawKey
    from taixu.render.materials import MaterialTable

__all__ = ["MOST_EMITTERS", "Emitters", "find_emitting", "pack_emitters"]

MOST_EMITTERS = 1 << 18
"""Triangles that light is asked of; what else shines is met by chance."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Emitters:
    """Triangles that shine.

    Attributes
    ----------
    rows : float32[n, 4, 4]
        Corner with the share of all light up to and with this triangle, two edges, radiance.
    power
        The sum of luminance times area, cd.
    """

    rows: NDArray[np.float32]
    power: float

    @property
    def count(self) -> int:
        """Number of triangles."""
        return len(self.rows)


def find_emitting(materials: MaterialTable, numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Which materials shine evenly, [n]: the same from everywhere and all over, and not through holes."""
    even = np.zeros(len(materials.keys), bool)
    modes = materials.alpha_modes
    for number in np.unique(numbers).tolist():
        key, row = materials.draw_keys[int(materials.keys[number])], materials.row(number)
        light = np.asarray(row["emissive"], np.float64)
        even[number] = _is_even(key) and modes[number] == 0 and bool(np.isfinite(light).all()) and float(light @ _LUMINANCE) > 0.0
    found: NDArray[np.bool_] = even[numbers]
    return found


def _is_even(key: DrawKey) -> bool:
    if key.unlit or key.shader not in ("", "standard") or "clearcoat" in key.signature.layers:
        return False
    return all(use.slot != "emissive" for use in key.signature.textures)


def pack_emitters(
    matrices: NDArray[np.float64], light: NDArray[np.float64], corners: list[NDArray[np.float32]]
) -> Emitters:
    """The triangles of things.

    Parameters
    ----------
    matrices : [n, 3, 4]
        World from local.
    light : [n, 3]
        Radiance.
    corners : n of [m, 3, 3]
        A corner and two edges of each triangle, in the thing's own space.
    """
    parts = []
    for matrix, radiance, triangles in zip(matrices, light, corners, strict=True):
        rows = np.zeros((len(triangles), 4, 4))
        rows[:, :3, :3] = triangles @ matrix[:, :3].T
        rows[:, 0, :3] += matrix[:, 3]
        rows[:, 3, :3] = radiance
        parts.append(rows)
    rows = np.concatenate(parts) if parts else np.zeros((0, 4, 4))
    power = 0.5 * np.linalg.norm(np.cross(rows[:, 1, :3], rows[:, 2, :3]), axis=1) * (rows[:, 3, :3] @ _LUMINANCE)
    rows, power = rows[power > 0], power[power > 0]
    total = float(power.sum())
    rows[:, 0, 3] = np.cumsum(power) / max(total, 1e-300)
    rows[-1:, 0, 3] = 1.0
    return Emitters(rows.astype(np.float32), total)
