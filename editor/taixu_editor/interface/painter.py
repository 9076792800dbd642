"""Draws what Dear ImGui laid out, through the engine's own device.

All lists of a frame become one vertex and one index buffer; commands that show the same picture are one multi-draw, whose
instances are the rectangles that clip: a whole editor is a handful of draw calls.
"""

from __future__ import annotations

import ctypes
from typing import Any
from zlib import crc32

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.gpu import ALPHA, Buffer, Device, Sampler, Targets, Texture, VertexBuffer

__all__ = ["Painter"]

_LAYOUT = (
    VertexBuffer.packed({0: "f32x2", 1: "f32x2", 2: "unorm8x4"}),
    VertexBuffer.packed({3: "f32x4"}, step="instance"),
)
_ROOM = 1 << 16


class Painter:
    """Pictures of the interface, and those that it shows.

    Dear ImGui knows a picture by a number: `number_of` gives a texture one, for ``imgui.image``.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._pictures: dict[int, tuple[Texture, Sampler]] = {}
        self._numbers: dict[int, int] = {}
        self._next = 1
        self._buffers: dict[str, Buffer] = {}
        self._sum: int | None = None
        self._is_summed = False

    def number_of(self, texture: Texture, *, filter: str = "linear") -> int:
        """The number under which a texture is shown; the same for the same texture until it is forgotten."""
        found = self._numbers.get(id(texture))
        if found is None:
            found, self._next = self._next, self._next + 1
            self._numbers[id(texture)] = found
            self._pictures[found] = (texture, self._device.sampler(filter=filter, mip="none", wrap="clamp"))
        return found

    def forget(self, texture: Texture) -> None:
        """A texture will not be shown any more; it stays its owner's."""
        number = self._numbers.pop(id(texture), None)
        if number is not None:
            del self._pictures[number]

    def is_as_painted(self, draw_data: Any) -> bool:
        """Whether lists are those that were painted last, as far as that was asked then."""
        if any(texture.status != imgui.ImTextureStatus.ok for texture in imgui.get_platform_io().textures):
            return False
        found = hash((*draw_data.display_size, draw_data.total_idx_count))
        for part in draw_data.cmd_lists:
            v, i = part.vtx_buffer, part.idx_buffer
            found = crc32(_memory(v.data_address(), v.size() * imgui.VERTEX_SIZE, np.uint8).data, found & 0xFFFFFFFF)
            found = crc32(_memory(i.data_address(), i.size(), np.uint32).data, found)
            for command in part.cmd_buffer:
                box = command.clip_rect
                found = hash((found, command.get_tex_id(), command.elem_count, box.x, box.y, box.z, box.w))
        is_same, self._sum, self._is_summed = found == self._sum, found, True
        return is_same

    def paint(self, draw_data: Any, target: Targets) -> None:
        """Draw a frame's lists over a target."""
        if not self._is_summed:
            self._sum = None
        self._is_summed = False
        for texture in imgui.get_platform_io().textures:
            if texture.status != imgui.ImTextureStatus.ok:
                self._update(texture)
        width, height = draw_data.display_size
        if width <= 0 or height <= 0 or draw_data.total_idx_count == 0:
            return
        commands, clips, runs = self._commands(draw_data)
        if not runs:
            return
        device = self._device
        self._put("commands", commands)
        self._put("clips", clips)
        with device.render_pass(target) as p:
            p.pipeline(
                device.pipeline(
                    "passes/interface.vert", "passes/interface.frag", vertex_layout=_LAYOUT, cull="none", depth=None, blend=ALPHA,
                    label="interface",
                )
            )  # fmt: skip
            origin = draw_data.display_pos
            p.push_uniform(2, np.array([origin.x, origin.y, 2 / width, 2 / height], np.float32))
            p.vertices(0, self._buffers["vertices"])
            p.vertices(1, self._buffers["clips"])
            p.indices(self._buffers["indices"])
            for number, first, count in runs:
                picture = self._pictures.get(number)
                if picture is not None:
                    p.bind_texture(0, *picture)
                    p.draw_multi_indirect(self._buffers["commands"], first * 20, count)

    def release(self) -> None:
        """Give everything on the device back."""
        for texture in imgui.get_platform_io().textures:
            if texture.status == imgui.ImTextureStatus.ok and texture.tex_id in self._pictures:
                self._pictures.pop(texture.tex_id)[0].release()
        for buffer in self._buffers.values():
            buffer.release()
        self._pictures.clear()
        self._numbers.clear()
        self._buffers.clear()

    def _commands(self, draw_data: Any) -> tuple[NDArray[np.uint32], NDArray[np.float32], list[tuple[int, int, int]]]:
        """Indirect commands [n, 5], clip rectangles [n, 4] and runs (picture, first, count); vertices go up meanwhile."""
        vertices: list[NDArray[np.uint8]] = []
        indices: list[NDArray[np.uint32]] = []
        rows: list[tuple[int, int, int, int, int]] = []
        clips: list[tuple[float, float, float, float]] = []
        runs: list[tuple[int, int, int]] = []
        vertex = index = 0
        for part in draw_data.cmd_lists:
            v, i = part.vtx_buffer, part.idx_buffer
            vertices.append(_memory(v.data_address(), v.size() * imgui.VERTEX_SIZE, np.uint8))
            indices.append(_memory(i.data_address(), i.size(), np.uint32))
            for command in part.cmd_buffer:
                count = command.elem_count
                if count == 0:
                    continue
                number = command.get_tex_id()
                if runs and runs[-1][0] == number:
                    runs[-1] = (number, runs[-1][1], runs[-1][2] + 1)
                else:
                    runs.append((number, len(rows), 1))
                box = command.clip_rect
                rows.append((count, 1, index + command.idx_offset, vertex + command.vtx_offset, len(rows)))
                clips.append((box.x, box.y, box.z, box.w))
            vertex += v.size()
            index += i.size()
        self._put("vertices", *vertices)
        self._put("indices", *indices)
        return np.array(rows, np.uint32).reshape(-1, 5), np.array(clips, np.float32).reshape(-1, 4), runs

    def _put(self, name: str, *parts: NDArray[Any]) -> None:
        """Write arrays one after the other into a buffer of that name, which grows."""
        data = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.zeros(4, np.uint8)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < data.nbytes:
            if buffer is not None:
                buffer.release()
            size = max(_ROOM, 1 << int(data.nbytes).bit_length())
            buffer = self._buffers[name] = self._device.buffer(size, label=f"interface {name}")
        if data.nbytes:
            buffer.write(np.ascontiguousarray(data))

    def _update(self, data: Any) -> None:
        """Bring a texture of Dear ImGui's (glyphs that are new) to the device."""
        status = imgui.ImTextureStatus
        if data.status == status.want_destroy:
            texture, _ = self._pictures.pop(data.tex_id)
            self._numbers.pop(id(texture), None)
            texture.release()
            data.set_tex_id(0)
            data.status = status.destroyed
            return
        pixels = data.get_pixels_array().reshape(data.height, data.width, 4)
        if data.status == status.want_create:
            texture = self._device.texture((data.width, data.height), "rgba8", data=pixels, label="glyphs")
            data.set_tex_id(self.number_of(texture))
        else:
            texture = self._pictures[data.tex_id][0]
            for box in data.updates:
                part = np.ascontiguousarray(pixels[box.y : box.y + box.h, box.x : box.x + box.w])
                texture.write(part, offset=(box.x, box.y), size=(box.w, box.h))
        data.status = status.ok


def _memory(address: int, count: int, dtype: type) -> NDArray[Any]:
    """A view of memory that Dear ImGui owns until its next frame."""
    if count == 0:
        return np.zeros(0, dtype)
    size = count * np.dtype(dtype).itemsize
    memory: Any = (ctypes.c_uint8 * size).from_address(address)
    return np.frombuffer(memory, np.dtype(dtype))
