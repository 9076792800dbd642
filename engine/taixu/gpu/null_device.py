"""A device without a GPU: it checks and records every call, and answers reads with zeros.

With it tests say how many calls a frame makes, and what a frame costs in Python, on any machine. `calls` is the record:
tuples of the verb and what matters of its arguments. Buffers keep what is written to them, so reads of what the CPU
wrote are true; what a shader would have written is not there.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import Any

import numpy as np

from taixu.gpu.device import Capabilities, Device
from taixu.gpu.formats import TextureFormat
from taixu.gpu.resources import (
    BindGroup,
    Buffer,
    BufferRange,
    ComputePipeline,
    Fence,
    Pipeline,
    Sampler,
    Targets,
    Texture,
    TextureView,
)  # fmt: skip
from taixu.gpu.shaders import ShaderLibrary

__all__ = ["NullDevice"]


class NullDevice(Device):
    """See `Device`.

    Parameters
    ----------
    record
        Keep the record in `calls`; False leaves only Python's own cost to measure.
    """

    def __init__(self, *, shaders: ShaderLibrary | None = None, record: bool = True) -> None:
        super().__init__(Capabilities("null", "null"), shaders)
        self.calls: list[tuple[Any, ...]] = []
        self._record = record

    def _say(self, *call: Any) -> None:
        if self._record:
            self.calls.append(call)

    def counts(self) -> Counter[str]:
        """How often each verb was called since the last `clear_calls`."""
        return Counter(call[0] for call in self.calls)

    def clear_calls(self) -> None:
        """Begin a new record."""
        self.calls.clear()

    def _acquire(self) -> None: ...
    def _yield_state(self) -> None: ...
    def _close(self) -> None: ...

    def _delete(self, kind: str, native: Any) -> None:
        self._say("delete", kind)

    def _new_buffer(self, data: Any, size: int) -> Any:
        self._say("buffer", size)
        native = np.zeros(size, np.uint8)
        if data is not None:
            native[:] = np.frombuffer(data, np.uint8)
        return native

    def _new_texture(self, format: TextureFormat, size: tuple[int, int], kind: str, layers: int, levels: int,
                     samples: int) -> Any:  # fmt: skip
        self._say("texture", format.name, size, kind, layers, levels, samples)
        return object()

    def _new_sampler(self, *key: Any) -> Any:
        self._say("sampler", *key)
        return object()

    def _new_targets(self, colors: tuple[TextureView | None, ...], depth: TextureView | None) -> Any:
        self._say("targets", len(colors), depth is not None)
        return object()

    def window_targets(self, size: tuple[int, int]) -> Targets:
        return Targets(self, object(), "window", colors=(None,), depth=None, size=size)

    def _compile(self, label: str, sources: Any) -> Any:
        self._say("compile", label)
        return object()

    def _fix(self, pipeline: Pipeline) -> None: ...

    def _begin_pass(self, targets: Targets, clear_colors: Any, clear_depth: float | None, viewport: Any,
                    clears_viewport: bool) -> None:  # fmt: skip
        self._say("render_pass", targets.label)

    def _use(self, pipeline: Pipeline) -> None:
        self._say("pipeline", pipeline.label)

    def _bind_vertices(self, slot: int, buffer: Buffer, offset: int) -> None:
        self._say("vertices", slot, buffer.label)

    def _bind_indices(self, buffer: Buffer) -> None:
        self._say("indices", buffer.label)

    def _draw(self, count: int, first: int, instances: int) -> None:
        self._say("draw", count, first, instances)

    def _draw_indexed(self, count: int, first: int, base_vertex: int, instances: int) -> None:
        self._say("draw_indexed", count, first, base_vertex, instances)

    def _draw_indirect(self, commands: Buffer, offset: int, count: int) -> None:
        self._say("draw_multi_indirect", commands.label, offset, count)

    def _viewport(self, rect: tuple[int, int, int, int]) -> None:
        self._say("viewport", rect)

    def bind(self, group: BindGroup) -> None:
        self._say("bind", group.label)

    def bind_uniform(self, binding: int, source: Buffer | BufferRange) -> None:
        self._say("bind_uniform", binding)

    def bind_storage(self, binding: int, source: Buffer | BufferRange) -> None:
        self._say("bind_storage", binding)

    def bind_texture(self, binding: int, texture: Texture, sampler: Sampler) -> None:
        self._say("bind_texture", binding)

    def dispatch(self, pipeline: ComputePipeline, x: int, y: int = 1, z: int = 1) -> None:
        self._say("dispatch", pipeline.label, x, y, z)

    def barrier(self) -> None:
        self._say("barrier")

    def copy_buffer(
        self, source: Buffer, target: Buffer, *, size: int, source_offset: int = 0, target_offset: int = 0
    ) -> None:
        self._say("copy_buffer", source.label, target.label, size)
        target.native[target_offset : target_offset + size] = source.native[source_offset : source_offset + size]

    def copy_texture(self, source: TextureView, target: TextureView) -> None:
        self._say("copy_texture")

    def make_mipmaps(self, texture: Texture) -> None:
        self._say("make_mipmaps")

    def blit(self, source: Targets, target: Targets, *, depth: bool = False, filter: str = "nearest",
             source_rect: Any = None, target_rect: Any = None) -> None:  # fmt: skip
        self._say("blit", depth, filter)

    def fence(self) -> Fence:
        self._say("fence")
        return Fence(self, None)

    def wait_fence(self, fence: Fence, timeout_secs: float) -> bool:
        return True

    def finish(self) -> None:
        self._say("finish")

    @contextmanager
    def time(self, name: str) -> Any:
        yield

    def timings(self) -> dict[str, float]:
        return {}

    def write_buffer(self, buffer: Buffer, data: np.ndarray | bytes, offset: int) -> None:
        flat = np.frombuffer(data, np.uint8)
        if offset + flat.size > buffer.bytes:
            raise ValueError(f"buffer {buffer.label!r} holds {buffer.bytes} bytes, not {offset + flat.size}")
        self._say("write_buffer", buffer.label, offset, flat.size)
        buffer.native[offset : offset + flat.size] = flat

    def read_buffer(self, buffer: Buffer, dtype: np.dtype, offset: int, count: int) -> np.ndarray:
        size = (buffer.bytes - offset) // dtype.itemsize if count < 0 else count
        values: np.ndarray = buffer.native[offset : offset + size * dtype.itemsize].view(dtype).copy()
        return values

    def write_texture(self, texture: Texture, data: Any, level: int, layer: int, offset: tuple[int, int],
                      size: tuple[int, int]) -> None:  # fmt: skip
        self._say("write_texture", texture.label, level, layer, offset, size)

    def read_texture(self, texture: Texture, level: int, layer: int | None) -> np.ndarray:
        width, height = texture.level_size(level)
        return np.zeros((height, width, texture.format.channels), texture.format.dtype)

    def read_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int]) -> np.ndarray:
        self._say("read_pixels", index, rect)
        view = targets.depth if index < 0 else targets.colors[index]
        spec = None if view is None else view.texture.format
        return np.zeros((rect[3], rect[2], spec.channels if spec else 4), spec.dtype if spec else np.uint8)

    def _copy_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int], buffer: Buffer) -> None:
        self._say("copy_pixels", index, rect)
