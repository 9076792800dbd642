"""What lives on a device: buffers, textures, samplers, bind groups, targets, pipelines.

They are plain handles. The device that made them does the work, so both back ends share these classes; `native` is the
back end's own. A handle that Python forgets gives its memory back at the device's next frame, on the device's thread;
`release` does it at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.gpu.formats import TextureFormat
from taixu.gpu.shaders import ShaderSource
from taixu.gpu.states import BlendState, DepthState, VertexBuffer

if TYPE_CHECKING:
    from taixu.gpu.device import Device

__all__ = ["BindGroup", "Buffer", "BufferRange", "ComputePipeline", "Fence", "ImageBinding", "Pipeline", "Sampler",
           "Targets", "Texture", "TextureView"]  # fmt: skip


class _Resource:
    """Shared life cycle: released once, by hand or when forgotten."""

    __slots__ = ("__weakref__", "bytes", "device", "label", "native")
    _kind = ""

    def __init__(self, device: Device, native: Any, label: str, size: int) -> None:
        self.device, self.native, self.label, self.bytes = device, native, label, size

    def release(self) -> None:
        """Give the memory back. Releasing twice is allowed."""
        native, self.native = self.native, None
        if native is not None:
            self.device.discard(self._kind, native, self.bytes, now=True)

    def __del__(self) -> None:
        native = getattr(self, "native", None)
        if native is not None:
            self.device.discard(self._kind, native, self.bytes, now=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label or hex(id(self))} {self.bytes} bytes>"


class Buffer(_Resource):
    """Bytes on the device; whether they are vertices, indices, uniforms or storage is said where they are bound."""

    __slots__ = ()
    _kind = "buffer"

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self.bytes

    def write(self, data: np.ndarray | bytes, *, offset: int = 0) -> None:
        """Write contiguous `data` at byte `offset` (the array itself goes to the driver, no copy before)."""
        self.device.write_buffer(self, data, offset)

    def read(self, dtype: Any = np.uint8, *, offset: int = 0, count: int = -1) -> np.ndarray:
        """Read back and wait: for tests and tools, never in a frame."""
        return self.device.read_buffer(self, np.dtype(dtype), offset, count)

    def range(self, offset: int, size: int) -> BufferRange:
        """A part of this buffer, to bind."""
        return BufferRange(self, offset, size)


@dataclass(frozen=True, slots=True)
class BufferRange:
    """`size` bytes of a buffer from `offset`."""

    buffer: Buffer
    offset: int
    size: int


class Texture(_Resource):
    """An image on the device.

    Attributes
    ----------
    kind
        "2d", "2d_array", "cube", "cube_array" or "3d".
    size
        (width, height) of level 0.
    layers
        Layers of an array, 6 per cube, or the depth of a 3d texture.
    levels, samples
        Mip levels; samples per texel (1: not multisampled).
    """

    __slots__ = ("format", "kind", "layers", "levels", "samples", "size")
    _kind = "texture"

    def __init__(self, device: Device, native: Any, label: str, size_bytes: int, *, kind: str, format: TextureFormat,
                 size: tuple[int, int], layers: int, levels: int, samples: int) -> None:  # fmt: skip
        super().__init__(device, native, label, size_bytes)
        self.kind, self.format, self.size, self.layers = kind, format, size, layers
        self.levels, self.samples = levels, samples

    def write(self, data: np.ndarray | bytes, *, level: int = 0, layer: int = 0, offset: tuple[int, int] = (0, 0),
              size: tuple[int, int] | None = None) -> None:  # fmt: skip
        """Write texels, row 0 first, to one layer of one level; `data` of a 3-D array may hold several layers.

        `size` is (width, height) of what is written and defaults to the level's. Row 0 is the row that texture
        coordinate v = 0 reads: an image's top row, as glTF wants it.
        """
        self.device.write_texture(self, data, level, layer, offset, size or self.level_size(level))

    def read(self, *, level: int = 0, layer: int | None = None) -> np.ndarray:
        """Read a level back and wait: (height, width, channels), with layers in front where there are several."""
        return self.device.read_texture(self, level, layer)

    def level_size(self, level: int) -> tuple[int, int]:
        """(width, height) of a mip level."""
        return max(1, self.size[0] >> level), max(1, self.size[1] >> level)

    def view(self, *, level: int = 0, layer: int | None = None) -> TextureView:
        """One level (and one layer, or all of them) to render into."""
        return TextureView(self, level, layer)


@dataclass(frozen=True, slots=True)
class TextureView:
    """A level of a texture as a render target; `layer` None of an array or cube means layered rendering."""

    texture: Texture
    level: int = 0
    layer: int | None = None


class Sampler(_Resource):
    """How a texture is read: filters, wrapping, anisotropy, depth comparison."""

    __slots__ = ()
    _kind = "sampler"


@dataclass(frozen=True, slots=True)
class ImageBinding:
    """A texture level that a shader loads from and stores to."""

    texture: Texture
    level: int = 0
    layer: int | None = None
    access: str = "write"  # read, write, read_write


@dataclass(frozen=True, slots=True)
class BindGroup:
    """Resources at the binding numbers that shaders name. Uniform, storage, texture and image numbers are apart.

    Bound with `Device.bind`, and stays bound until another group takes the same numbers.
    """

    uniforms: tuple[tuple[int, Buffer | BufferRange], ...] = ()
    storages: tuple[tuple[int, Buffer | BufferRange], ...] = ()
    textures: tuple[tuple[int, Texture, Sampler], ...] = ()
    images: tuple[tuple[int, ImageBinding], ...] = ()
    label: str = field(default="", compare=False)


class Targets(_Resource):
    """What a pass draws into: colour views by output location, and depth."""

    __slots__ = ("colors", "depth", "size")
    _kind = "targets"

    def __init__(self, device: Device, native: Any, label: str, *, colors: tuple[TextureView | None, ...],
                 depth: TextureView | None, size: tuple[int, int]) -> None:  # fmt: skip
        super().__init__(device, native, label, 0)
        self.colors, self.depth, self.size = colors, depth, size


class Pipeline:
    """A program with everything fixed that a driver wants to know before a draw. Equal requests give one object."""

    __slots__ = ("blend", "cull", "defines", "depth", "fragment", "label", "native", "primitive", "sources", "vao",
                 "vertex", "vertex_layout", "write_mask")  # fmt: skip

    def __init__(self, *, vertex: str, fragment: str | None, defines: dict[str, object], vertex_layout:
                 tuple[VertexBuffer, ...], primitive: str, cull: str, depth: DepthState | None, blend:
                 tuple[BlendState | None, ...], write_mask: bool, label: str) -> None:  # fmt: skip
        self.vertex, self.fragment, self.defines, self.label = vertex, fragment, defines, label
        self.vertex_layout, self.primitive, self.cull = vertex_layout, primitive, cull
        self.depth, self.blend, self.write_mask = depth, blend, write_mask
        self.sources: tuple[ShaderSource, ...] = ()
        self.native: Any = None
        self.vao: Any = None

    def __repr__(self) -> str:
        return f"<Pipeline {self.label}>"


class ComputePipeline:
    """A compute program."""

    __slots__ = ("defines", "label", "native", "path", "sources")

    def __init__(self, *, path: str, defines: dict[str, object], label: str) -> None:
        self.path, self.defines, self.label = path, defines, label
        self.sources: tuple[ShaderSource, ...] = ()
        self.native: Any = None

    def __repr__(self) -> str:
        return f"<ComputePipeline {self.label}>"


class Fence:
    """A point in the device's work; `wait` returns True once it is passed."""

    __slots__ = ("device", "native")

    def __init__(self, device: Device, native: Any) -> None:
        self.device, self.native = device, native

    def wait(self, *, timeout_secs: float = 1.0) -> bool:
        """Whether the work before the fence is done, waiting at most `timeout_secs` (0 asks only)."""
        return self.device.wait_fence(self, timeout_secs)
