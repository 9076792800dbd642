"""Where tiles lie in a world: on the earth, by a frame; or on a plane with Z up."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.tiles3d.volumes import Box

__all__ = ["EarthPlacement", "FlatPlacement", "Placement", "frame_around", "is_geocentric"]

Array = NDArray[np.float64]
_EARTH_M = (6.2e6, 6.6e6)


class Placement(Protocol):
    """From a tileset's coordinates to a world's."""

    @property
    def axes(self) -> Array:
        """The world's axes in the tileset's coordinates, rows ``[3, 3]``: what turns directions."""
        ...

    def positions(self, points: Array) -> Array:
        """World positions ``[n, 3]`` of a tileset's points."""
        ...


class FlatPlacement:
    """A tileset that lies nowhere on the earth."""

    axes: Array = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])

    def positions(self, points: Array) -> Array:
        """As `Placement` has it."""
        found: Array = points @ self.axes.T
        return found


class EarthPlacement:
    """Earth-centred coordinates in the metres of a frame."""

    def __init__(self, frame: LocalFrame) -> None:
        self.frame = frame
        self.axes: Array = frame.axes()

    def positions(self, points: Array) -> Array:
        """As `Placement` has it."""
        return self.frame.from_geocentric(points)


def is_geocentric(box: Box) -> bool:
    """Whether a tileset in this box lies on the earth."""
    return _EARTH_M[0] < float(np.linalg.norm(box.center)) < _EARTH_M[1]


def frame_around(box: Box) -> LocalFrame:
    """A frame at the middle of a box on the earth, its height that of the box's foot."""
    return LocalFrame.around_geocentric(np.concatenate([box.center[None], box.corners()]))
