"""Draws the rows of a screen: one instanced draw of boxes and letters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import PREMULTIPLIED, Buffer, Device, Targets, Texture, VertexBuffer
from taixu.render.bindings import UniformSlot
from taixu.render.hud.quads import ATLAS_PX, QUADS, GlyphAtlas

__all__ = ["HudPainter"]

_LAYOUT = (VertexBuffer.packed({0: "f32x4", 1: "f32x4", 2: "f32x4", 3: "unorm8x4", 4: "unorm8x4"}, step="instance"),)
_ROOM = 512


class HudPainter:
    """Rows and letters on a device; made again where it is given another screen's letters."""

    def __init__(self) -> None:
        self._buffer: Buffer | None = None
        self._texture: Texture | None = None
        self._letters: tuple[int, int] = (0, -1)
        self._written: NDArray[Any] | None = None

    def paint(self, device: Device, target: Targets, rows: NDArray[Any], atlas: GlyphAtlas, size: tuple[int, int]) -> None:
        """Draw rows over a target of a size."""
        if not len(rows):
            return
        if self._texture is None:
            self._texture = device.texture((ATLAS_PX, ATLAS_PX), "r8", label="letters of the screen")
        if self._letters != (id(atlas), atlas.version):
            self._texture.write(atlas.pixels)
            self._letters = (id(atlas), atlas.version)
        if self._buffer is None or self._buffer.size < rows.nbytes:
            if self._buffer is not None:
                self._buffer.release()
            count = max(_ROOM, 1 << (len(rows) - 1).bit_length())
            self._buffer, self._written = device.buffer(QUADS.itemsize * count, label="rows of the screen"), None
        if self._written is not rows:  # a screen gives the same array until it changes
            self._buffer.write(np.ascontiguousarray(rows))
            self._written = rows
        pipeline = device.pipeline(
            "passes/hud.vert", "passes/hud.frag", vertex_layout=_LAYOUT, cull="none", depth=None, blend=PREMULTIPLIED,
            label="screen",
        )  # fmt: skip
        with device.render_pass(target) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, np.array([2 / size[0], 2 / size[1], 0, 0], np.float32))
            p.bind_texture(0, self._texture, device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.vertices(0, self._buffer)
            p.draw(6, instances=len(rows))

    def release(self) -> None:
        """Give the device's things back."""
        for resource in (self._buffer, self._texture):
            if resource is not None:
                resource.release()
        self._buffer = self._texture = self._written = None
        self._letters = (0, -1)
