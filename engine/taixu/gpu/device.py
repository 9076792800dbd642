"""The device: the verbs of the GPU, the same for every back end.

This class holds what does not depend on a back end (checks, caches, the ring of small uniforms, counted residency); the
methods whose names start with an underscore are what a back end supplies.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.gpu.formats import TextureFormat, texture_format
from taixu.gpu.passes import RenderPass
from taixu.gpu.readback import Readback
from taixu.gpu.resources import (
    BindGroup,
    Buffer,
    BufferRange,
    ComputePipeline,
    Fence,
    ImageBinding,
    Pipeline,
    Sampler,
    Targets,
    Texture,
    TextureView,
)  # fmt: skip
from taixu.gpu.shaders import ShaderError, ShaderLibrary
from taixu.gpu.states import BlendState, DepthState, VertexBuffer

__all__ = ["Capabilities", "Device"]

_RING_BYTES = 1 << 20
_RING_ALIGN = 256  # the largest offset alignment that OpenGL lets an implementation ask for
_MOST_QUICK = 4096
_PLAIN_DEPTH = DepthState()
_KINDS = ("2d", "2d_array", "cube", "cube_array", "3d")


@dataclass(frozen=True)
class Capabilities:
    """What this device is and can do; sizes in bytes or texels."""

    name: str
    version: str
    version_code: int = 430
    max_texture_size: int = 16384
    max_layers: int = 2048
    max_texture_units: int = 16  # in a fragment shader
    max_samples: int = 4
    max_integer_samples: int = 4
    max_storage_bytes: int = 1 << 27
    max_anisotropy: float = 1.0
    has_indirect_count: bool = False
    has_buffer_storage: bool = False
    has_s3tc: bool = False
    has_bptc: bool = False
    is_software: bool = False
    reads_texels_sooner: bool = False
    """Rows of storage blocks are read several times sooner as texels of a buffer (`Device.view_as_texels`)."""


class Device(ABC):
    """A GPU, or what stands for one. All methods belong to the thread that made the device.

    Attributes
    ----------
    shaders : ShaderLibrary
        Where pipelines find their GLSL.
    capabilities : Capabilities
        Name, version, limits.
    residency : dict of str to int
        Bytes on the device by kind: "buffer", "texture".
    """

    def __init__(self, capabilities: Capabilities, shaders: ShaderLibrary | None = None) -> None:
        self.capabilities = capabilities
        self.shaders = shaders or ShaderLibrary()
        self.residency: dict[str, int] = {"buffer": 0, "texture": 0}
        self._pipelines: dict[Any, Pipeline] = {}
        self._quick_pipelines: dict[Any, tuple[Pipeline, Any, Any]] = {}
        self._computes: dict[Any, ComputePipeline] = {}
        self._samplers: dict[Any, Sampler] = {}
        self._trash: list[tuple[str, Any, int]] = []
        self._ring: Buffer | None = None
        self._ring_at = 0
        self._loaded_at = time.time()
        self._released = False
        self.frames = 0
        """How many have begun: who remembers it knows whether anything was drawn since."""

    # -- resources ---------------------------------------------------------------------------------------------------
    def buffer(self, data: int | np.ndarray | bytes, *, label: str = "") -> Buffer:
        """A buffer of so many bytes, or holding `data` (contiguous)."""
        size = data if isinstance(data, int) else (data.nbytes if isinstance(data, np.ndarray) else len(data))
        if size <= 0:
            raise ValueError(f"buffer {label!r}: {size} bytes")
        native = self._new_buffer(None if isinstance(data, int) else data, size)
        self.residency["buffer"] += size
        return Buffer(self, native, label, size)

    def texture(self, size: tuple[int, int], format: str, *, kind: str = "2d", layers: int = 1, levels: int | None = 1,
                samples: int = 1, data: np.ndarray | bytes | None = None, label: str = "") -> Texture:  # fmt: skip
        """A texture; `levels` None means a whole mip chain. `data` fills layer 0 of level 0 (all layers if it has
        them).

        `layers` counts array layers, cube faces (6 per cube) or the depth of a "3d" texture.
        """
        width, height = size
        if kind not in _KINDS or (kind.startswith("cube") and layers % 6) or width < 1 or height < 1:
            raise ValueError(f"texture {label!r}: kind {kind!r}, {layers} layers, {width}x{height}")
        limit = 2048 if kind == "3d" else self.capabilities.max_texture_size
        if max(size) > limit or layers > self.capabilities.max_layers:
            raise ValueError(f"texture {label!r}: {width}x{height}x{layers} is beyond this device's {limit}")
        full = int(math.log2(max(size))) + 1
        count = full if levels is None else min(levels, full)
        spec = texture_format(format)
        total = sum(spec.level_bytes(max(1, width >> i), max(1, height >> i)) for i in range(count)) * layers * samples
        native = self._new_texture(spec, (width, height), kind, layers, count, samples)
        self.residency["texture"] += total
        texture = Texture(self, native, label, total, kind=kind, format=spec, size=(width, height), layers=layers,
                          levels=count, samples=samples)  # fmt: skip
        if data is not None:
            texture.write(data)
        return texture

    def sampler(self, *, filter: str = "linear", mip: str = "linear", wrap: str | tuple[str, str] = "repeat",
                mag: str | None = None, anisotropy: float = 1.0, compare: str | None = None, max_level: float = 1000.0,
                border: tuple[float, float, float, float] | None = None) -> Sampler:  # fmt: skip
        """A sampler; equal requests give one object. `mip` is "none", "nearest" or "linear"; `wrap` "repeat",
        "mirror", "clamp" or "border"; `compare` makes it a shadow sampler."""
        wraps = (wrap, wrap) if isinstance(wrap, str) else wrap
        key = (filter, mag or filter, mip, wraps, min(anisotropy, self.capabilities.max_anisotropy), compare, max_level,
               border, True)  # fmt: skip
        found = self._samplers.get(key)
        if found is None:
            found = self._samplers[key] = Sampler(self, self._new_sampler(*key), "", 0)
        return found

    def lean_sampler(self, sampler: Sampler, *, decodes: bool = True) -> Sampler:
        """A sampler that looks at the nearest mip map where this one mixes two; without `decodes` sRGB stays as it is stored."""
        key = next(key for key, one in self._samplers.items() if one is sampler)
        key = (*key[:2], "nearest" if key[2] == "linear" else key[2], *key[3:8], decodes)
        found = self._samplers.get(key)
        if found is None:
            found = self._samplers[key] = Sampler(self, self._new_sampler(*key), "", 0)
        return found

    def bind_group(self, *, uniforms: Mapping[int, Buffer | BufferRange] | None = None, storages: Mapping[int, Buffer |
                   BufferRange] | None = None, textures: Mapping[int, tuple[Texture, Sampler]] | None = None, images:
                   Mapping[int, ImageBinding] | None = None, label: str = "") -> BindGroup:  # fmt: skip
        """Resources by GLSL binding number, to be bound together."""
        return BindGroup(tuple((uniforms or {}).items()), tuple((storages or {}).items()),
                         tuple((n, t, s) for n, (t, s) in (textures or {}).items()), tuple((images or {}).items()),
                         label)  # fmt: skip

    def targets(
        self,
        colors: Sequence[Texture | TextureView | None] = (),
        depth: Texture | TextureView | None = None,
        *,
        label: str = "",
    ) -> Targets:
        """Render targets: one colour view for each GLSL output location, and a depth view. All of one size."""
        views = tuple(c.view() if isinstance(c, Texture) else c for c in colors)
        depth_view = depth.view() if isinstance(depth, Texture) else depth
        sizes = {v.texture.level_size(v.level) for v in (*views, depth_view) if v is not None}
        if len(sizes) != 1:
            raise ValueError(f"targets {label!r}: one size is needed, not {sorted(sizes)}")
        return Targets(
            self, self._new_targets(views, depth_view), label, colors=views, depth=depth_view, size=sizes.pop()
        )

    @abstractmethod
    def window_targets(self, size: tuple[int, int]) -> Targets:
        """The window's own framebuffer, of this size in pixels."""

    # -- pipelines ---------------------------------------------------------------------------------------------------
    def pipeline(self, vertex: str, fragment: str | None = None, *, defines: Mapping[str, object] | None = None,
                 vertex_layout: Sequence[VertexBuffer] = (), primitive: str = "triangles", cull: str = "back",
                 depth: DepthState | None = _PLAIN_DEPTH, blend: BlendState | Sequence[BlendState | None] | None = None,
                 write_mask: bool = True, label: str = "") -> Pipeline:  # fmt: skip
        """A pipeline of shader paths; equal requests give one object.

        `primitive` is "points", "lines", "triangles", "triangle_strip" or "edges" (of triangles); `cull` "none", "front" or
        "back"; `depth` None turns the test off; `blend` holds for all targets, or one for each; `write_mask` False writes
        no colour.

        Raises
        ------
        ShaderError
            With file and line, when it does not compile.
        """
        # Passes ask for each bin in every frame, with the same constants: layouts and blends are hashed by identity
        # first. The kept references make sure that an id means what it meant.
        quick = (vertex, fragment, tuple(defines.items()) if defines else (), id(vertex_layout), primitive, cull, depth,
                 id(blend), write_mask)  # fmt: skip
        hit = self._quick_pipelines.get(quick)
        if hit is not None and hit[1] is vertex_layout and hit[2] is blend:
            return hit[0]
        blends = (blend,) if blend is None or isinstance(blend, BlendState) else tuple(blend)
        macros = dict(defines or {})
        key = (vertex, fragment, tuple(sorted((k, str(v)) for k, v in macros.items())), tuple(vertex_layout), primitive,
               cull, depth, blends, write_mask)  # fmt: skip
        found = self._pipelines.get(key)
        if found is None:
            found = Pipeline(vertex=vertex, fragment=fragment, defines=macros, vertex_layout=tuple(vertex_layout),
                             primitive=primitive, cull=cull, depth=depth, blend=blends, write_mask=write_mask,
                             label=label or f"{vertex}+{fragment}")  # fmt: skip
            self._build(found)
            self._pipelines[key] = found
        if len(self._quick_pipelines) > _MOST_QUICK:  # somebody makes constants anew in every call
            self._quick_pipelines.clear()
        self._quick_pipelines[quick] = (found, vertex_layout, blend)
        return found

    def compute_pipeline(
        self, path: str, *, defines: Mapping[str, object] | None = None, label: str = ""
    ) -> ComputePipeline:
        """A compute pipeline of a shader path; equal requests give one object."""
        macros = dict(defines or {})
        key = (path, tuple(sorted((k, str(v)) for k, v in macros.items())))
        found = self._computes.get(key)
        if found is None:
            found = ComputePipeline(path=path, defines=macros, label=label or path)
            self._build(found)
            self._computes[key] = found
        return found

    def reload_shaders(self, *, force: bool = False) -> list[str]:
        """Build again the pipelines whose files changed on disk; a bad one keeps its last good program.

        Returns one message for each pipeline that did not build.
        """
        since, self._loaded_at = self._loaded_at, time.time()
        messages = []
        built: list[Pipeline | ComputePipeline] = [*self._pipelines.values(), *self._computes.values()]
        for pipeline in built:
            files = tuple(f for s in pipeline.sources for f in s.files)
            if force or self.shaders.changed_files(files, since):
                try:
                    self._build(pipeline)
                except ShaderError as error:
                    messages.append(str(error))
        return messages

    def _build(self, pipeline: Pipeline | ComputePipeline) -> None:
        """Flatten and compile; `pipeline` is untouched when that fails."""
        if isinstance(pipeline, Pipeline):
            stages = [("vertex", pipeline.vertex), ("fragment", pipeline.fragment)]
        else:
            stages = [("compute", pipeline.path)]
        sources = tuple(
            self.shaders.flatten(path, defines={**pipeline.defines, f"STAGE_{stage.upper()}": True})
            for stage, path in stages if path is not None
        )  # fmt: skip
        native = self._compile(pipeline.label, sources)
        pipeline.native, pipeline.sources = native, sources
        if isinstance(pipeline, Pipeline):
            self._fix(pipeline)

    # -- work --------------------------------------------------------------------------------------------------------
    @contextmanager
    def frame(self) -> Iterator[None]:
        """One frame: takes the context, frees what was forgotten, leaves a state that other GL code can live with."""
        self.begin_frame()
        try:
            yield
        finally:
            self.end_frame()

    def begin_frame(self) -> None:
        """First half of `frame`."""
        self.frames += 1
        self._acquire()
        self.collect()

    def end_frame(self) -> None:
        """Second half of `frame`."""
        self._yield_state()

    def render_pass(self, targets: Targets, *, clear_colors: Sequence[Sequence[float] | None] = (), clear_depth: float |
                    None = None, viewport: tuple[int, int, int, int] | None = None,
                    clears_viewport: bool = False) -> RenderPass:  # fmt: skip
        """Begin drawing into `targets`; use as a context manager.

        `clear_colors` holds a colour (or None: keep) for each target; depth clears to 0, the far end, when asked.
        `viewport` is (x, y, width, height) from the lower left; clearing ignores it unless `clears_viewport` keeps it there.
        """
        self._begin_pass(targets, clear_colors, clear_depth, viewport or (0, 0, *targets.size), clears_viewport)
        return RenderPass(self, targets)

    def push(self, data: np.ndarray) -> BufferRange:
        """A small block of uniforms (at most 64 KiB) good for this frame, in a ring that the device keeps."""
        size = data.nbytes
        if size > 65536:
            raise ValueError(f"{size} bytes of uniforms: at most 65536, use a storage buffer")
        if self._ring is None:
            self._ring = self.buffer(_RING_BYTES, label="uniform ring")
        if self._ring_at + size > _RING_BYTES:
            self._ring_at = 0
        offset = self._ring_at
        self._ring_at = (offset + size + _RING_ALIGN - 1) // _RING_ALIGN * _RING_ALIGN
        self.write_buffer(self._ring, data, offset)
        return BufferRange(self._ring, offset, size)

    @abstractmethod
    def bind(self, group: BindGroup) -> None:
        """Bind a group; its numbers stay until another group takes them."""

    @abstractmethod
    def bind_uniform(self, binding: int, source: Buffer | BufferRange) -> None:
        """Bind one uniform block."""

    @abstractmethod
    def bind_storage(self, binding: int, source: Buffer | BufferRange) -> None:
        """Bind one storage block."""

    def view_as_texels(self, binding: int, unit: int, words: int) -> None:
        """From now on whole buffers that are bound as this storage block are texels of so many 32-bit words at a texture unit, too.

        Only where `Capabilities.reads_texels_sooner`, else ValueError; see `StructLayout.reader`.
        """
        raise ValueError(f"{self.capabilities.name} reads storage blocks as they are")

    @abstractmethod
    def bind_texture(self, binding: int, texture: Texture, sampler: Sampler) -> None:
        """Bind one texture with its sampler."""

    def push_uniform(self, binding: int, data: np.ndarray) -> None:
        """`push` and bind in one."""
        self.bind_uniform(binding, self.push(data))

    @abstractmethod
    def dispatch(self, pipeline: ComputePipeline, x: int, y: int = 1, z: int = 1) -> None:
        """Run `x` x `y` x `z` work groups. What it writes is seen after a `barrier`."""

    @abstractmethod
    def barrier(self) -> None:
        """Make what shaders wrote visible to everything that follows."""

    @abstractmethod
    def copy_buffer(
        self, source: Buffer, target: Buffer, *, size: int, source_offset: int = 0, target_offset: int = 0
    ) -> None:
        """Copy bytes on the device."""

    @abstractmethod
    def copy_texture(self, source: TextureView, target: TextureView) -> None:
        """Copy one level (one layer, 0 where None) of equal size and format class."""

    @abstractmethod
    def make_mipmaps(self, texture: Texture) -> None:
        """Fill levels 1 and up from level 0."""

    @abstractmethod
    def blit(self, source: Targets, target: Targets, *, depth: bool = False, filter: str = "nearest",
             source_rect: tuple[int, int, int, int] | None = None,
             target_rect: tuple[int, int, int, int] | None = None) -> None:  # fmt: skip
        """Copy colours (and depth), resolving samples; rectangles (x0, y0, x1, y1) may scale single-sampled ones."""

    @abstractmethod
    def fence(self) -> Fence:
        """A fence after the work so far."""

    @abstractmethod
    def wait_fence(self, fence: Fence, timeout_secs: float) -> bool:
        """See `Fence.wait`."""

    @abstractmethod
    def finish(self) -> None:
        """Wait until all work is done."""

    @abstractmethod
    def time(self, name: str) -> Any:
        """A context manager that times the work in it on the device, for `timings`."""

    @abstractmethod
    def timings(self) -> dict[str, float]:
        """Milliseconds by name, of the latest frame whose results are in."""

    # -- data --------------------------------------------------------------------------------------------------------
    @abstractmethod
    def write_buffer(self, buffer: Buffer, data: np.ndarray | bytes, offset: int) -> None:
        """See `Buffer.write`."""

    @abstractmethod
    def read_buffer(self, buffer: Buffer, dtype: np.dtype, offset: int, count: int) -> np.ndarray:
        """See `Buffer.read`."""

    @abstractmethod
    def write_texture(self, texture: Texture, data: np.ndarray | bytes, level: int, layer: int, offset: tuple[int, int],
                      size: tuple[int, int]) -> None:  # fmt: skip
        """See `Texture.write`."""

    @abstractmethod
    def read_texture(self, texture: Texture, level: int, layer: int | None) -> np.ndarray:
        """See `Texture.read`."""

    @abstractmethod
    def read_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int]) -> np.ndarray:
        """Pixels [height, width, channels], bottom row first, of colour `index` (-1: depth); x, y, width, height."""

    def read_later(
        self, targets: Targets, index: int, rect: tuple[int, int, int, int], *, in_buffer: bool | None = None
    ) -> Readback:
        """Pixels of a colour as they are after the work so far, to be taken when they are ready (see `Readback`).

        `in_buffer` says whether they are copied on the device first; by default where it is no rasteriser in software.
        """
        view = targets.colors[index]
        assert view is not None, "a window's pixels are read at once"
        format = view.texture.format
        buffer = None
        if in_buffer or (in_buffer is None and not self.capabilities.is_software):
            buffer = self.buffer(format.upload_bytes(rect[2], rect[3]), label="readback")
            self._copy_pixels(targets, index, rect, buffer)
        return Readback(self, self.fence(), targets, index=index, rect=rect, format=format, buffer=buffer)

    # -- life --------------------------------------------------------------------------------------------------------
    def discard(self, kind: str, native: Any, size: int, *, now: bool) -> None:
        """Give a native object back, now or at the next frame (finalisers may run on any thread)."""
        if self._released:
            return
        self._trash.append((kind, native, size))
        if now:
            self.collect()

    def collect(self) -> None:
        """Free what was discarded."""
        if self._trash and not self._released:
            self._acquire()
            trash, self._trash = self._trash, []
            for kind, native, size in trash:
                self._delete(kind, native)
                if kind in self.residency:
                    self.residency[kind] -= size

    def release(self) -> None:
        """Give everything back; the device is of no use afterwards."""
        if not self._released:
            self.collect()
            self._released = True
            self._close()

    # -- what a back end supplies ------------------------------------------------------------------------------------
    @abstractmethod
    def _acquire(self) -> None: ...
    @abstractmethod
    def _yield_state(self) -> None: ...
    @abstractmethod
    def _close(self) -> None: ...
    @abstractmethod
    def _delete(self, kind: str, native: Any) -> None: ...
    @abstractmethod
    def _new_buffer(self, data: np.ndarray | bytes | None, size: int) -> Any: ...
    @abstractmethod
    def _new_texture(self, format: TextureFormat, size: tuple[int, int], kind: str, layers: int, levels: int,
                     samples: int) -> Any: ...  # fmt: skip
    @abstractmethod
    def _new_sampler(self, min_filter: str, mag_filter: str, mip: str, wraps: tuple[str, str], anisotropy: float,
                     compare: str | None, max_level: float, border: Any, decodes: bool) -> Any: ...  # fmt: skip
    @abstractmethod
    def _new_targets(self, colors: tuple[TextureView | None, ...], depth: TextureView | None) -> Any: ...
    @abstractmethod
    def _compile(self, label: str, sources: Any) -> Any: ...
    @abstractmethod
    def _fix(self, pipeline: Pipeline) -> None: ...
    @abstractmethod
    def _begin_pass(self, targets: Targets, clear_colors: Any, clear_depth: float | None, viewport: Any,
                    clears_viewport: bool) -> None: ...  # fmt: skip
    @abstractmethod
    def _use(self, pipeline: Pipeline) -> None: ...
    @abstractmethod
    def _bind_vertices(self, slot: int, buffer: Buffer, offset: int) -> None: ...
    @abstractmethod
    def _bind_indices(self, buffer: Buffer) -> None: ...
    @abstractmethod
    def _draw(self, count: int, first: int, instances: int) -> None: ...
    @abstractmethod
    def _draw_indexed(self, count: int, first: int, base_vertex: int, instances: int) -> None: ...
    @abstractmethod
    def _draw_indirect(self, commands: Buffer, offset: int, count: int) -> None: ...
    @abstractmethod
    def _copy_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int], buffer: Buffer) -> None: ...
    @abstractmethod
    def _viewport(self, rect: tuple[int, int, int, int]) -> None: ...
