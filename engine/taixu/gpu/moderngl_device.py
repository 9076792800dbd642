"""The device on OpenGL 4.3: moderngl for contexts, buffers and programs, raw GL for the rest.

State is tracked, so that a call that would change nothing is not made. Code that is not ours (a window toolkit, an
editor interface) changes state behind our back: `begin_frame` forgets what was tracked, `end_frame` puts OpenGL's
defaults back.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from taixu.errors import MachineError
from taixu.gpu.device import Capabilities, Device
from taixu.gpu.formats import VERTEX_FORMATS, TextureFormat
from taixu.gpu.gl_images import copy_pixels, new_framebuffer, new_sampler, new_texture, read_pixels, read_texels, write_texels
from taixu.gpu.gl_state import GLState
from taixu.gpu.gl_timers import GLTimers
from taixu.gpu.raw import GL
from taixu.gpu.raw import Constants as C
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
from taixu.gpu.shaders import ShaderError, ShaderLibrary, ShaderSource
from taixu.gpu.states import VertexBuffer

__all__ = ["ModernglDevice", "attach_device", "open_device"]

_NEEDED = 430
_log = logging.getLogger(__name__)
_current = threading.local()  # OpenGL's current context belongs to a thread; this mirrors it


def open_device(*, shaders: ShaderLibrary | None = None, debug: bool = False) -> ModernglDevice:
    """A device of its own, drawing to textures only, by EGL (on other systems by a hidden context)."""
    import sys

    import moderngl

    options: dict[str, Any] = {"backend": "egl"} if sys.platform.startswith("linux") else {}
    try:
        context = moderngl.create_context(standalone=True, require=330, **options)
    except Exception as error:
        raise MachineError(f"no OpenGL context can be made here ({error}); OpenGL 4.3 is needed: install a graphics "
                           "driver, or libegl1 and libgl1-mesa-dri for drawing without a GPU") from error  # fmt: skip
    loader = context.mglo._context
    _current.device = None
    return ModernglDevice(context, make_current=loader.__enter__, shaders=shaders, debug=debug, owns=True)


def attach_device(make_current: Callable[[], object], *, shaders: ShaderLibrary | None = None,
                  debug: bool = False) -> ModernglDevice:  # fmt: skip
    """A device in the context of a window; `make_current` (a window's `switch_to`) makes that context current."""
    import moderngl

    make_current()
    try:
        context = moderngl.create_context(require=330)
    except Exception as error:
        raise MachineError(f"the window has no OpenGL context to draw with ({error}); OpenGL 4.3 is needed") from error
    return ModernglDevice(context, make_current=make_current, shaders=shaders, debug=debug, owns=False)


def _capabilities(context: Any, gl: GL) -> Capabilities:
    """What a context can do.

    Raises
    ------
    MachineError
        Where that is too little.
    """
    name, code, extensions = context.info["GL_RENDERER"], context.version_code, context.extensions
    if code < _NEEDED:
        raise MachineError(f"OpenGL 4.3 is needed, and {name} offers {code // 100}.{code // 10 % 10}: "
                           "update the graphics driver or use a newer GPU")  # fmt: skip
    if "GL_ARB_clip_control" not in extensions and code < 450:
        raise MachineError(f"reversed depth needs ARB_clip_control, which {name} lacks: update the graphics driver")
    for stage, parameter, needed in (("vertex", 0x90D6, 8), ("fragment", 0x90DA, 8), ("compute", 0x90DB, 12)):
        blocks = gl.integer(parameter)
        if blocks < needed or gl.integer(0x90DD) < 16:
            raise MachineError(f"{needed} storage blocks for {stage} shaders and 16 bindings are needed, and {name} "
                               f"offers {blocks} and {gl.integer(0x90DD)}: use a newer GPU")  # fmt: skip
    is_software = "llvmpipe" in name or "softpipe" in name
    return Capabilities(
        name=name, version=context.info["GL_VERSION"], version_code=code, max_texture_size=gl.integer(0x0D33),
        max_layers=gl.integer(0x88FF), max_texture_units=gl.integer(0x8872),
        max_samples=min(gl.integer(0x910E), gl.integer(0x910F)),
        max_integer_samples=gl.integer(0x9110), max_storage_bytes=gl.integer(0x90DE),
        max_anisotropy=gl.number(0x84FF) if "GL_EXT_texture_filter_anisotropic" in extensions else 1.0,
        has_indirect_count=code >= 460 or "GL_ARB_indirect_parameters" in extensions,
        has_buffer_storage=code >= 440 or "GL_ARB_buffer_storage" in extensions,
        has_s3tc="GL_EXT_texture_compression_s3tc" in extensions, has_bptc=True,
        is_software=is_software,
        # Mesa's rasterisers on processors load numbers of storage blocks lane by lane, and texels eight lanes at once.
        reads_texels_sooner=is_software and 4 * gl.integer(C.MOST_TEXELS) >= gl.integer(0x90DE),
    )  # fmt: skip


class ModernglDevice(Device):
    """See `Device`. Made by `open_device` and `attach_device`."""

    def __init__(self, context: Any, *, make_current: Callable[[], object], shaders: ShaderLibrary | None, debug: bool,
                 owns: bool) -> None:  # fmt: skip
        try:
            self.gl = gl = GL(context.mglo._context.load_opengl_function)
            capabilities = _capabilities(context, gl)
        except MachineError:
            if owns:
                context.release()
            raise
        super().__init__(capabilities, shaders)
        self.context = context
        self._make_current, self._owns = make_current, owns
        self._programs: dict[tuple[str, ...], Any] = {}
        self._vertex_arrays: dict[tuple[VertexBuffer, ...], int] = {}
        self._state, self._timers = GLState(gl), GLTimers(gl)
        self._in_frame = False
        if debug:
            gl.on_debug(lambda message: _log.error("OpenGL: %s", message))
        _current.device = self
        self._enter()

    # -- context and state -------------------------------------------------------------------------------------------
    def _acquire(self) -> None:
        if getattr(_current, "device", None) is not self:
            self._make_current()
            _current.device = self
            self._enter()

    def _enter(self) -> None:
        if self._owns or self._in_frame:
            self._state.take()
        else:  # transfers between frames leave the others' state alone
            self._state.set_rows()
            self._state.forget()

    def begin_frame(self) -> None:
        if not self._owns:
            _current.device = None  # others may have drawn since
            self._make_current()
            self._state.remember()
        self._in_frame = True
        super().begin_frame()




    def _yield_state(self) -> None:
        self._in_frame = False
        if not self._owns:
            self._state.give_back()
            _current.device = None

    def _close(self) -> None:
        if self._owns:
            self.context.release()
        if getattr(_current, "device", None) is self:
            _current.device = None

    def _delete(self, kind: str, native: Any) -> None:
        if kind == "buffer":
            self._state.drop_texels(native.glo)
            native.release()
        elif kind == "texture":
            self.gl.delete("Textures", native)
        elif kind == "targets":
            if native:
                self.gl.delete("Framebuffers", native)
        elif kind == "sampler":
            self.gl.delete("Samplers", native)
        self._state.forget_names()

    # -- resources ---------------------------------------------------------------------------------------------------
    def _new_buffer(self, data: Any, size: int) -> Any:
        import moderngl

        self._acquire()
        try:
            if data is None:
                return self.context.buffer(reserve=size, dynamic=True)
            return self.context.buffer(data, dynamic=True)
        except moderngl.Error as error:
            raise MachineError(f"the GPU has no memory left for a buffer of {size >> 20} MB ({error})") from None

    def _new_texture(self, format: TextureFormat, size: tuple[int, int], kind: str, layers: int, levels: int,
                     samples: int) -> Any:  # fmt: skip
        self._acquire()
        return new_texture(self._state, format, size, kind, layers, levels, samples)

    def _new_sampler(self, min_filter: str, mag_filter: str, mip: str, wraps: tuple[str, str], anisotropy: float,
                     compare: str | None, max_level: float, border: Any, decodes: bool) -> Any:  # fmt: skip
        self._acquire()
        return new_sampler(self._state, min_filter, mag_filter, mip, wraps, anisotropy, compare, max_level, border, decodes)

    def _new_targets(self, colors: tuple[TextureView | None, ...], depth: TextureView | None) -> Any:
        self._acquire()
        return new_framebuffer(self._state, colors, depth)

    def window_targets(self, size: tuple[int, int]) -> Targets:
        return Targets(self, 0, "window", colors=(None,), depth=None, size=size)

    # -- pipelines ---------------------------------------------------------------------------------------------------
    def _compile(self, label: str, sources: tuple[ShaderSource, ...]) -> Any:
        self._acquire()
        key = tuple(s.key for s in sources)
        program = self._programs.get(key)
        if program is None:
            import moderngl

            is_compute = any(place == "#define STAGE_COMPUTE 1" for place in sources[0].text.splitlines()[:32])
            try:
                if is_compute:
                    program = self.context.compute_shader(sources[0].text)
                else:
                    fragment = sources[1].text if len(sources) > 1 else "#version 430 core\nvoid main() {}\n"
                    program = self.context.program(vertex_shader=sources[0].text, fragment_shader=fragment)
            except moderngl.Error as error:
                log = str(error)
                guilty = sources[1] if "fragment_shader" in log and len(sources) > 1 else sources[0]
                stage = next((s for s in ("vertex", "fragment", "compute") if f"{s}_shader" in log), "linking")
                raise ShaderError(f"shader {label} ({stage}): {guilty.explain(log)}") from None
            self._programs[key] = program
            self._state.program = self._state.pipeline = None
        return program

    def _fix(self, pipeline: Pipeline) -> None:
        layout = pipeline.vertex_layout
        vao = self._vertex_arrays.get(layout)
        if vao is None:
            gl, vao = self.gl, self.gl.generate("VertexArrays")
            gl.glBindVertexArray(vao)
            for slot, buffer in enumerate(layout):
                for attribute in buffer.attributes:
                    spec = VERTEX_FORMATS[attribute.format]
                    gl.glEnableVertexAttribArray(attribute.location)
                    if spec.is_integer:
                        gl.glVertexAttribIFormat(attribute.location, spec.channels, spec.kind, attribute.offset)
                    else:
                        gl.glVertexAttribFormat(attribute.location, spec.channels, spec.kind, int(spec.normalized),
                                                attribute.offset)  # fmt: skip
                    gl.glVertexAttribBinding(attribute.location, slot)
                gl.glVertexBindingDivisor(slot, 1 if buffer.step == "instance" else 0)
            self._vertex_arrays[layout] = vao
        pipeline.vao = vao
        self._state.forget_vao()

    # -- passes ------------------------------------------------------------------------------------------------------
    def _begin_pass(self, targets: Targets, clear_colors: Any, clear_depth: float | None, viewport: Any,
                    clears_viewport: bool) -> None:  # fmt: skip
        self._acquire()
        gl, state = self.gl, self._state
        state.set_target(targets.native)
        state.viewport(viewport)
        if clears_viewport:
            gl.glEnable(C.SCISSOR)
            gl.glScissor(*viewport)
        for i, color in enumerate(clear_colors):
            if color is None:
                continue
            state.allow_clearing(color=True)
            view = targets.colors[i]
            if view is not None and view.texture.format.is_integer:
                gl.glClearBufferuiv(C.COLOR, i, (ctypes.c_uint * 4)(*(int(c) for c in color)))
            else:
                gl.glClearBufferfv(C.COLOR, i, (ctypes.c_float * 4)(*color))
        if clear_depth is not None:
            state.allow_clearing(color=False)
            gl.glClearBufferfv(C.DEPTH, 0, (ctypes.c_float * 1)(clear_depth))
        if clears_viewport:
            gl.glDisable(C.SCISSOR)

    def _viewport(self, rect: tuple[int, int, int, int]) -> None:
        self._state.viewport(rect)

    def _use(self, pipeline: Pipeline) -> None:
        self._state.use(pipeline)

    def _bind_vertices(self, slot: int, buffer: Buffer, offset: int) -> None:
        self._state.bind_vertices(slot, buffer, offset)

    def _bind_indices(self, buffer: Buffer) -> None:
        self._state.bind_indices(buffer)

    def _draw_indirect(self, commands: Buffer, offset: int, count: int) -> None:
        self._state.draw_indirect(commands, offset, count)

    def _draw(self, count: int, first: int, instances: int) -> None:
        self.gl.glDrawArraysInstanced(self._state.mode, first, count, instances)

    def _draw_indexed(self, count: int, first: int, base_vertex: int, instances: int) -> None:
        self.gl.glDrawElementsInstancedBaseVertex(self._state.mode, count, C.UINT, first * 4, instances, base_vertex)


    # -- binding -----------------------------------------------------------------------------------------------------
    def bind(self, group: BindGroup) -> None:
        for binding, source in group.uniforms:
            self.bind_uniform(binding, source)
        for binding, source in group.storages:
            self.bind_storage(binding, source)
        for unit, texture, sampler in group.textures:
            self.bind_texture(unit, texture, sampler)
        for unit, image in group.images:
            layered = image.layer is None and image.texture.kind != "2d"
            self.gl.glBindImageTexture(unit, image.texture.native, image.level, int(layered), image.layer or 0,
                                       C.ACCESS[image.access], image.texture.format.internal)  # fmt: skip


    def bind_uniform(self, binding: int, source: Buffer | BufferRange) -> None:
        self._acquire()
        self._state.bind_uniform(binding, source)

    def bind_storage(self, binding: int, source: Buffer | BufferRange) -> None:
        self._acquire()
        self._state.bind_storage(binding, source)

    def view_as_texels(self, binding: int, unit: int, words: int) -> None:
        self._state.texels[binding] = unit, C.TEXEL_FORMATS[words]

    def bind_texture(self, binding: int, texture: Texture, sampler: Sampler) -> None:
        self._acquire()
        self._state.bind_texture(binding, texture, sampler)

    # -- work --------------------------------------------------------------------------------------------------------
    def dispatch(self, pipeline: ComputePipeline, x: int, y: int = 1, z: int = 1) -> None:
        self._acquire()
        self._state.use_program(pipeline.native)
        self.gl.glDispatchCompute(x, y, z)

    def barrier(self) -> None:
        self.gl.glMemoryBarrier(C.ALL_BARRIERS)

    def copy_buffer(
        self, source: Buffer, target: Buffer, *, size: int, source_offset: int = 0, target_offset: int = 0
    ) -> None:
        self._acquire()
        gl = self.gl
        gl.glBindBuffer(C.COPY_READ, source.native.glo)
        gl.glBindBuffer(C.COPY_WRITE, target.native.glo)
        gl.glCopyBufferSubData(C.COPY_READ, C.COPY_WRITE, source_offset, target_offset, size)

    def copy_texture(self, source: TextureView, target: TextureView) -> None:
        self._acquire()
        a, b = source.texture, target.texture
        self.gl.glCopyImageSubData(a.native, C.TEXTURE_TARGETS[a.kind], source.level, 0, 0, source.layer or 0, b.native,
                                   C.TEXTURE_TARGETS[b.kind], target.level, 0, 0, target.layer or 0,
                                   *a.level_size(source.level), 1)  # fmt: skip

    def make_mipmaps(self, texture: Texture) -> None:
        self._acquire()
        target = C.TEXTURE_TARGETS[texture.kind]
        self._state.bind_scratch(target, texture.native)
        self.gl.glGenerateMipmap(target)

    def blit(self, source: Targets, target: Targets, *, depth: bool = False, filter: str = "nearest",
             source_rect: tuple[int, int, int, int] | None = None,
             target_rect: tuple[int, int, int, int] | None = None) -> None:  # fmt: skip
        self._acquire()
        gl = self.gl
        rects = (*(source_rect or (0, 0, *source.size)), *(target_rect or (0, 0, *target.size)))
        gl.glBindFramebuffer(C.READ_FRAMEBUFFER, source.native)
        gl.glBindFramebuffer(C.DRAW_FRAMEBUFFER, target.native)
        self._state.target = None
        count = min(len(source.colors), len(target.colors))
        for i in range(count):
            if source.native:
                gl.glReadBuffer(C.COLOR_ATTACHMENT + i)
            if target.native and count > 1:
                only = [C.COLOR_ATTACHMENT + j if j == i else 0 for j in range(len(target.colors))]
                gl.glDrawBuffers(len(only), (ctypes.c_uint * len(only))(*only))
            mask = C.COLOR_BIT | (C.DEPTH_BIT if depth and i == 0 and filter == "nearest" else 0)
            gl.glBlitFramebuffer(*rects, mask, C.LINEAR if filter == "linear" else C.NEAREST)
        if depth and (count == 0 or filter != "nearest"):
            gl.glBlitFramebuffer(*rects, C.DEPTH_BIT, C.NEAREST)
        if target.native and count > 1:
            all_of = [C.COLOR_ATTACHMENT + j if v is not None else 0 for j, v in enumerate(target.colors)]
            gl.glDrawBuffers(len(all_of), (ctypes.c_uint * len(all_of))(*all_of))

    def fence(self) -> Fence:
        self._acquire()
        return Fence(self, self.gl.glFenceSync(C.SYNC_COMPLETE, 0))

    def wait_fence(self, fence: Fence, timeout_secs: float) -> bool:
        self._acquire()
        if fence.native is None:
            return True
        state = self.gl.glClientWaitSync(fence.native, C.FLUSH_BIT, int(timeout_secs * 1e9))
        if state in (C.ALREADY_SIGNALED, C.CONDITION_SATISFIED):
            self.gl.glDeleteSync(fence.native)
            fence.native = None
            return True
        return False

    def finish(self) -> None:
        self._acquire()
        self.gl.glFinish()

    def time(self, name: str) -> Any:
        self._acquire()
        return self._timers.time(name)

    def timings(self) -> dict[str, float]:
        self._acquire()
        return self._timers.collect()

    # -- data --------------------------------------------------------------------------------------------------------
    def write_buffer(self, buffer: Buffer, data: np.ndarray | bytes, offset: int) -> None:
        self._acquire()
        buffer.native.write(data, offset)

    def read_buffer(self, buffer: Buffer, dtype: np.dtype, offset: int, count: int) -> np.ndarray:
        self._acquire()
        size = (buffer.bytes - offset) // dtype.itemsize if count < 0 else count
        self.barrier()
        return np.frombuffer(buffer.native.read(size * dtype.itemsize, offset=offset), dtype).copy()

    def write_texture(self, texture: Texture, data: np.ndarray | bytes, level: int, layer: int, offset: tuple[int, int],
                      size: tuple[int, int]) -> None:  # fmt: skip
        self._acquire()
        write_texels(self._state, texture, data, level, layer, offset, size)

    def read_texture(self, texture: Texture, level: int, layer: int | None) -> np.ndarray:
        self._acquire()
        return read_texels(self._state, texture, level, layer)

    def read_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int]) -> np.ndarray:
        self._acquire()
        return read_pixels(self._state, targets, index, rect)

    def _copy_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int], buffer: Buffer) -> None:
        self._acquire()
        copy_pixels(self._state, targets, index, rect, buffer.native.glo)
