"""Lists of local lights by cluster: a view's lights go in, the GPU makes the lists, and what found no room is told."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.clusters import CLUSTERS, HEAD, LIST_WORDS, in_view
from taixu.render.lights import LIMIT, Lights, reach_spheres
from taixu.render.views import View, view_planes

__all__ = ["ClusterLists"]

_log = logging.getLogger(__name__)
_ASK_EVERY = 120
"""Frames between questions of whether the lists had room, where they may have had none: an answer waits for the device."""


class ClusterLists:
    """The buffer that views share, one after the other.

    Attributes
    ----------
    buffer : Buffer
        As `taixu.render.clusters` describes it.
    in_view_count
        Local lights (or whatever else is sorted) that reached into the last view.
    """

    def __init__(self, device: Device, *, advice: str = "lights in view overlap too much: a shorter range_m helps") -> None:
        self.advice = advice
        self.buffer: Buffer = device.buffer(4 * (HEAD + 2 + LIMIT + LIST_WORDS), label="clusters")
        self.in_view_count = 0
        self._begun = 0

    def begin(self, lights: Lights, view: View) -> None:
        """Say which local lights are sorted for a view: those whose reach is in sight."""
        first = lights.directional_count
        centers, radii = reach_spheres(lights, view.camera.cell)
        self.begin_with(centers[first:], radii[first:], view, first=first)

    def begin_with(self, centers: NDArray[Any], radii: NDArray[Any], view: View, *, first: int = 0) -> None:
        """Say what is sorted for a view: of things numbered from `first` on those whose spheres, [n, 3] and [n], are in sight."""
        if self.in_view_count * CLUSTERS > LIST_WORDS:
            self._begun += 1
        if self._begun == _ASK_EVERY:
            self._begun = 0
            self._tell_what_is_missing()
        seen = np.flatnonzero(in_view(view_planes(view), centers, radii)) + first
        self.in_view_count = len(seen)
        self.buffer.write(np.concatenate([(0, len(seen)), seen]).astype(np.uint32), offset=4 * HEAD)

    def wanted_words(self) -> int:
        """How many words the last lists wanted, of `LIST_WORDS`; waits for the device."""
        return int(self.buffer.read(np.uint32, count=HEAD + 1)[HEAD])

    def release(self) -> None:
        """Give the memory back."""
        self.buffer.release()

    def _tell_what_is_missing(self) -> None:
        wanted = self.wanted_words()
        if wanted > LIST_WORDS:
            _log.warning("%s; %d of %d entries of their lists are left out", self.advice, wanted - LIST_WORDS, wanted)
