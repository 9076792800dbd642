"""What a view keeps of its last frame, and when that is of no use any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import ref

import numpy as np

from taixu.gpu import Device, Texture
from taixu.scene import CELL_M

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.context import FrameContext
    from taixu.render.views import View, ViewCamera

__all__ = ["Past", "is_cut"]

_LONGEST_GAP_SECS = 1.0
_FARTHEST_M = 20.0
_WIDEST = 1.2
"""As many times larger or smaller a field of view is another one."""
_TURN = 0.7
"""Cosine of the angle that a camera turns in a frame at most."""


@dataclass
class Past:
    """What a view gathered.

    Attributes
    ----------
    index
        Frames since it began.
    is_begun
        Whether picture and state hold something.
    picture
        rgba16f, radiance, premultiplied.
    state
        rgba16f: how far what is seen lies, how much light was gathered, how much its brightness changes by itself.
    """

    index: int = 0
    is_begun: bool = False
    picture: Texture | None = None
    state: Texture | None = None
    camera: ViewCamera | None = None
    entity: int | None = None
    time_secs: float = 0.0
    world: ref[World] | None = None

    def begin(self, frame: FrameContext, view: View) -> None:
        """Take a frame up; forget what was, where it is of no use."""
        if self.camera is None or self.entity != view.entity or is_cut(self.camera, view.camera):
            self.is_begun = False
        passed = frame.time_secs - self.time_secs
        if self.world is None or self.world() is not frame.world or not 0.0 <= passed <= _LONGEST_GAP_SECS:
            self.is_begun = False
        self.index = self.index + 1 if self.is_begun else 0
        self.camera, self.entity, self.time_secs, self.world = view.camera, view.entity, frame.time_secs, ref(frame.world)

    def reserve(self, device: Device, size: tuple[int, int]) -> None:
        """Have textures of this size; others hold nothing."""
        if self.picture is None or self.state is None or self.picture.size != size:
            self.release()
            self.picture = device.texture(size, "rgba16f", label="gathered light")
            self.state = device.texture(size, "rgba16f", label="gathered state")
            self.is_begun = False

    def release(self) -> None:
        """Give textures back."""
        for texture in (self.picture, self.state):
            if texture is not None:
                texture.release()
        self.picture = self.state = None


def is_cut(before: ViewCamera, now: ViewCamera) -> bool:
    """Whether a camera jumped: what is seen of a place after that was hardly seen before."""
    moved = (np.asarray(now.cell) - before.cell) * CELL_M + now.world_from_camera[:3, 3] - before.world_from_camera[:3, 3]
    turned = float(now.world_from_camera[:3, 2] @ before.world_from_camera[:3, 2])
    if not float(np.linalg.norm(moved)) <= _FARTHEST_M or not turned >= _TURN:
        return True
    for old, new in ((before.fov_y_rad, now.fov_y_rad), (before.height_m, now.height_m)):
        if not max(old, new) <= _WIDEST * min(old, new):
            return True
    return False
