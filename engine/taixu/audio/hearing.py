"""How loud, and from where: gains and directions of many sources at once, in double precision and across cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.scene import CELL_M, WorldTransforms

__all__ = ["Ears", "attenuate", "ears_at", "hear"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class Ears:
    """A listener: its cell, place in the cell, and the matrix that turns the world's directions into its own."""

    __slots__ = ("cell", "listener_from_world", "place", "volume")

    def __init__(self, cell: NDArray[np.int32], place: Array, listener_from_world: Array, volume: float) -> None:
        self.cell = cell
        self.place = place
        self.listener_from_world = listener_from_world
        self.volume = volume


def ears_at(transforms: WorldTransforms, index: int, volume: float) -> Ears:
    """The ears of an entity, by entity index; its scale does not matter."""
    matrix = transforms.matrices[index].reshape(3, 4).astype(np.float64)
    axes = matrix[:, :3] / np.maximum(np.linalg.norm(matrix[:, :3], axis=0), 1e-12)
    return Ears(transforms.cells[index], matrix[:, 3], axes.T, volume)


def hear(ears: Ears, cells: NDArray[np.int32], places: Array) -> tuple[Array, Array]:
    """Return distances and directions of places.

    Parameters
    ----------
    cells : int32 array [n, 3]
        Cells of 1,024 m.
    places : float64 array [n, 3]
        Metres in the cell.

    Returns
    -------
    float64 array [n]
        Metres from the listener.
    float64 array [n, 3]
        Unit vectors as the listener sees them (x right, y up, -z ahead); straight ahead for what is at the ear.
    """
    offsets = (cells - ears.cell) * CELL_M + (places - ears.place)
    distances = np.sqrt((offsets * offsets).sum(axis=1))
    near = distances < 1e-6
    directions = (offsets / np.where(near, 1.0, distances)[:, None]) @ ears.listener_from_world.T
    directions[near] = (0.0, 0.0, -1.0)
    return distances, directions


def attenuate(distances: Array, min_distances: Array, max_distances: Array) -> Array:
    """Return gains: 1 up to the least distance, then inverse to it, fading to silence at the greatest.

    The inverse law is OpenAL's ``AL_INVERSE_DISTANCE_CLAMPED`` with a roll-off of 1; the last fifth before the
    greatest distance fades out linearly, so that nothing is cut off audibly.
    """
    low = np.maximum(min_distances, 1e-3)
    high = np.maximum(max_distances, low)
    inverse = low / np.maximum(distances, low)
    fade = np.clip((high - distances) / np.maximum(0.2 * high, 1e-6), 0.0, 1.0)
    return inverse * fade
