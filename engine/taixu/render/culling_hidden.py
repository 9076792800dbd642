"""Culling of what stands behind something else, in two phases on the GPU; nothing is read back.

First everything in the frustum is drawn that was seen in the last frame. Its depth becomes a pyramid of farthest depths
(`taixu.render.depth_pyramid`), against which everything in the frustum is tested: what is seen now and was not drawn yet
is drawn into the same depth. So the work follows what is visible, and nothing is ever missing: who comes into sight is
drawn in the frame in which he comes. Haar and Aaltonen, "GPU-Driven Rendering Pipelines", SIGGRAPH 2015.

A view whose settings say ``"culls_hidden": True`` has it. It costs a pyramid and a second look at every renderable, which
pays where much is hidden and triangles are many; on a software rasteriser it seldom does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from taixu.gpu import Buffer, Device, Texture
from taixu.render.bindings import FLAG_VISIBLE, StorageSlot, TextureSlot, UniformSlot
from taixu.render.bins import DrawLists
from taixu.render.culling import COMMANDS, Culler, VisibleList
from taixu.render.depth_pyramid import DepthPyramid
from taixu.render.row_buffer import grown

if TYPE_CHECKING:
    from taixu.render.views import View

__all__ = ["Culled", "HiddenCulling", "count_culled", "hidden_culling_of"]

_REMEMBERED = StorageSlot.PREVIOUS_POSITIONS  # bound anew for every draw, and no compute here reads it
_OUTSIDE, _HIDDEN, _SEEN = range(3)
"""What is remembered of each renderable; `shaders/compute/cull.comp` says the same."""
_FIRST, _LATER = StorageSlot.FREE + 1, StorageSlot.FREE + 2


@dataclass(frozen=True, slots=True)
class Culled:
    """What became of the renderables of a view in its latest frame.

    Attributes
    ----------
    tested
        All there are.
    outside, hidden, seen
        Outside of the frustum (or of the view's layers), behind something else, and neither; they sum to `tested`.
    drawn_first, drawn_later
        Instances drawn because they were seen in the frame before, and those that came into sight in this one.
    """

    tested: int
    outside: int
    hidden: int
    seen: int
    drawn_first: int
    drawn_later: int

    @property
    def drawn(self) -> int:
        """Instances drawn in all."""
        return self.drawn_first + self.drawn_later


class HiddenCulling:
    """What one view remembers of its last frame, and the second phase of its culling.

    Attributes
    ----------
    later
        What the second phase adds: commands of their own over the same ids as the view's list, which holds both.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.later = VisibleList(device, label="newly seen")
        self.count = 0
        self._remembered: Buffer | None = None
        self._first: Buffer | None = None
        self._later: Buffer | None = None
        self._pyramid: DepthPyramid | None = None

    def begin(self, culler: Culler, lists: DrawLists, visible: VisibleList, *, count: int) -> None:
        """The first phase: what was seen last; transforms, renderables, meshes and the view's block are bound.

        `count` renderables are looked at. Who remembers nothing yet draws all later.
        """
        self.count = count
        if self._remembered is None or self._remembered.size < 4 * count:
            if self._remembered is not None:
                self._remembered.release()
            room = grown(0, count, least=1024)
            self._remembered = self.device.buffer(np.zeros(room, np.uint32), label="seen before")
        size = lists.template.nbytes
        for name in ("_first", "_later"):
            buffer: Buffer | None = getattr(self, name)
            if buffer is None or buffer.size < size:
                if buffer is not None:
                    buffer.release()
                setattr(self, name, self.device.buffer(20 * grown(0, len(lists.template)), label="commands"))
        self.device.bind_storage(_REMEMBERED, self._remembered)
        culler.cull(lists, visible, count=count, flags=FLAG_VISIBLE, phase="FIRST")
        assert visible.commands is not None
        assert self._first is not None
        self.device.copy_buffer(visible.commands, self._first, size=size)

    def find_newly_seen(self, culler: Culler, lists: DrawLists, visible: VisibleList, depth: Texture) -> VisibleList:
        """The second phase: what the depth drawn so far does not hide and was not drawn; the view's block is bound.

        Afterwards `visible` lists both, and what is given only the new.
        """
        device = self.device
        assert self._remembered is not None
        assert self._first is not None
        assert self._later is not None
        assert visible.commands is not None
        if self._pyramid is None or self._pyramid.depth_size != depth.size:
            if self._pyramid is not None:
                self._pyramid.release()
            self._pyramid = DepthPyramid(device, depth.size)
        self._pyramid.build(depth)
        device.bind_texture(TextureSlot.PASS, self._pyramid.texture, device.sampler(filter="nearest", mip="nearest", wrap="clamp"))
        device.bind_storage(_REMEMBERED, self._remembered)
        culler.cull(lists, visible, count=self.count, flags=FLAG_VISIBLE, phase="LATER")
        commands = len(lists.template)
        device.push_uniform(UniformSlot.PASS, np.array((commands, 0, 0, 0), np.uint32))
        device.bind_storage(COMMANDS, visible.commands)
        device.bind_storage(_FIRST, self._first)
        device.bind_storage(_LATER, self._later)
        device.dispatch(device.compute_pipeline("compute/later_commands.comp"), -(-commands // 64))
        device.barrier()
        self.later.commands, self.later.ids = self._later, visible.ids
        return self.later

    def count_culled(self, lists: DrawLists, visible: VisibleList) -> Culled:
        """What the latest frame did; waits for the device."""
        assert self._remembered is not None
        assert self._first is not None
        assert visible.commands is not None
        states = np.bincount(self._remembered.read(np.uint32, count=self.count), minlength=3)
        first, both = (
            int(buffer.read(np.uint32, count=lists.template.size).reshape(-1, 5)[:, 1].sum())
            for buffer in (self._first, visible.commands)
        )
        return Culled(self.count, int(states[_OUTSIDE]), int(states[_HIDDEN]), int(states[_SEEN]), first, both - first)

    def release(self) -> None:
        """Give the memory back."""
        for owned in (self._remembered, self._first, self._later, self._pyramid):
            if owned is not None:
                owned.release()
        self.later.commands = self.later.ids = None
        self._remembered = self._first = self._later = self._pyramid = None


def hidden_culling_of(view: View, device: Device) -> HiddenCulling | None:
    """What culls what is hidden from a view; None where it does not ask for that."""
    if not view.settings.get("culls_hidden"):
        return None
    found = view.history.get("culls_hidden")
    if not isinstance(found, HiddenCulling):
        found = view.history["culls_hidden"] = HiddenCulling(device)
    return found


def count_culled(view: View) -> Culled | None:
    """What became of the renderables in the latest frame of a view; None where it culls nothing that is hidden. For tests,
    benchmarks and profilers: it waits for the device.
    """
    found, mirror, visible = view.history.get("culls_hidden"), view.shown, view.visible
    if not isinstance(found, HiddenCulling) or mirror is None or visible is None:
        return None
    return found.count_culled(mirror.lists, visible)
