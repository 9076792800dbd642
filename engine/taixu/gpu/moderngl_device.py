"""The device on OpenGL 4.3: moderngl for contexts, buffers and programs, raw GL for the rest.

State is tracked, so that a call that would change nothing is not made. Code that is not ours (a window toolkit, an editor
interface) changes state behind our back: `begin_frame` forgets what was tracked, `end_frame` puts OpenGL's defaults back.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np

from taixu.errors import MachineError
from taixu.gpu.device import Capabilities, Device
from taixu.gpu.formats import VERTEX_FORMATS, TextureFormat
from taixu.gpu.raw import GL
from taixu.gpu.raw import Constants as C
from taixu.gpu.resources import (
    BindGroup, Buffer, BufferRange, ComputePipeline, Fence, Pipeline, Sampler, Targets, Texture, TextureView,
)  # fmt: skip
from taixu.gpu.shaders import ShaderError, ShaderLibrary, ShaderSource
from taixu.gpu.states import VertexBuffer

__all__ = ["ModernglDevice", "attach_device", "open_device"]

_NEEDED = 430
_FOREIGN_UNIFORMS = 4
"""Uniform bindings that a window toolkit may be using."""
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


class ModernglDevice(Device):
    """See `Device`. Made by `open_device` and `attach_device`."""

    def __init__(self, context: Any, *, make_current: Callable[[], object], shaders: ShaderLibrary | None, debug: bool,
                 owns: bool) -> None:  # fmt: skip
        name, version = context.info["GL_RENDERER"], context.info["GL_VERSION"]
        if context.version_code < _NEEDED:
            code = context.version_code
            if owns:
                context.release()
            raise MachineError(f"OpenGL 4.3 is needed, and {name} offers {code // 100}.{code // 10 % 10}: "
                               "update the graphics driver or use a newer GPU")  # fmt: skip
        self.gl = gl = GL(context.mglo._context.load_opengl_function)
        if "GL_ARB_clip_control" not in context.extensions and context.version_code < 450:
            raise MachineError(f"reversed depth needs ARB_clip_control, which {name} lacks: update the graphics driver")
        extensions = context.extensions
        super().__init__(Capabilities(
            name=name, version=version, version_code=context.version_code, max_texture_size=gl.integer(0x0D33),
            max_layers=gl.integer(0x88FF), max_samples=gl.integer(0x8D57), max_storage_bytes=gl.integer(0x90DE),
            max_anisotropy=gl.number(0x84FF) if "GL_EXT_texture_filter_anisotropic" in extensions else 1.0,
            has_indirect_count=context.version_code >= 460 or "GL_ARB_indirect_parameters" in extensions,
            has_buffer_storage=context.version_code >= 440 or "GL_ARB_buffer_storage" in extensions,
            has_s3tc="GL_EXT_texture_compression_s3tc" in extensions,
            has_bptc=context.version_code >= 420, is_software="llvmpipe" in name or "softpipe" in name,
        ), shaders)  # fmt: skip
        self.context = context
        self._make_current, self._owns = make_current, owns
        self._programs: dict[tuple[str, ...], Any] = {}
        self._vertex_arrays: dict[tuple[VertexBuffer, ...], int] = {}
        self._timers: dict[str, list[tuple[int, int]]] = {}
        self._timings: dict[str, float] = {}
        self._in_frame = False
        self._foreign: tuple[tuple[int, ...], list[int]] | None = None
        if debug:
            gl.on_debug(lambda message: _log.error("OpenGL: %s", message))
        _current.device = self
        if owns:
            self._take_state()
        else:
            self._set_rows()
            self._forget_state()

    # -- context and state -------------------------------------------------------------------------------------------
    def _acquire(self) -> None:
        if getattr(_current, "device", None) is not self:
            self._make_current()
            _current.device = self
            if self._owns or self._in_frame:
                self._take_state()
            else:  # transfers between frames leave the others' state alone
                self._set_rows()
                self._forget_state()

    def begin_frame(self) -> None:
        if not self._owns:
            _current.device = None  # others may have drawn since
            self._make_current()
            gl = self.gl
            self._foreign = (gl.integers(0x0BA2, 4), [gl.integer_at(0x8A28, i) for i in range(_FOREIGN_UNIFORMS)])
        self._in_frame = True
        super().begin_frame()

    def _take_state(self) -> None:
        """Set what holds for all our work, and forget what was tracked."""
        gl = self.gl
        gl.glClipControl(C.LOWER_LEFT, C.ZERO_TO_ONE)
        for flag in (C.SEAMLESS_CUBE, C.PROGRAM_POINT_SIZE, C.MULTISAMPLE):
            gl.glEnable(flag)
        for flag in (C.FRAMEBUFFER_SRGB, C.SCISSOR, C.STENCIL):
            gl.glDisable(flag)
        gl.glFrontFace(0x0901)
        self._set_rows()
        self._forget_state()

    def _set_rows(self) -> None:
        """Rows of texels lie without gaps."""
        self.gl.glPixelStorei(0x0CF5, 1)
        self.gl.glPixelStorei(0x0D05, 1)

    def _forget_state(self) -> None:
        self._s_program = self._s_vao = self._s_target = self._s_pipeline = None
        self._s_blend: Any = None
        self._s_depth: Any = 0  # a value that no pipeline has
        self._s_cull: Any = None
        self._s_mask: Any = None
        self._s_indices: Any = None
        self._s_indirect: Any = None
        self._s_viewport: Any = None
        self._s_vertices: dict[int, Any] = {}
        self._s_uniforms: dict[int, Any] = {}
        self._s_storages: dict[int, Any] = {}
        self._s_textures: dict[int, Any] = {}
        self._mode = 4

    def _yield_state(self) -> None:
        self._in_frame = False
        if self._owns:
            return
        gl = self.gl
        gl.glClipControl(C.LOWER_LEFT, C.NEGATIVE_ONE_TO_ONE)
        for flag in (C.BLEND, C.CULL_FACE, C.DEPTH_TEST, C.DEPTH_CLAMP, C.POLYGON_OFFSET):
            gl.glDisable(flag)
        gl.glDepthFunc(C.COMPARE["less"])
        gl.glDepthMask(1)
        gl.glColorMask(1, 1, 1, 1)
        gl.glBlendEquationSeparate(0x8006, 0x8006)
        gl.glBindVertexArray(0)
        gl.glUseProgram(0)
        gl.glBindFramebuffer(C.FRAMEBUFFER, 0)
        for unit in self._s_textures:
            gl.glBindSampler(unit, 0)
        gl.glActiveTexture(0x84C0)
        if self._foreign is not None:
            viewport, uniforms = self._foreign
            gl.glViewport(*viewport)
            for binding, buffer in enumerate(uniforms):  # a toolkit binds its projection once and relies on it
                gl.glBindBufferBase(C.UNIFORM_BUFFER, binding, buffer)
        _current.device = None

    def _close(self) -> None:
        if self._owns:
            self.context.release()
        if getattr(_current, "device", None) is self:
            _current.device = None

    def _delete(self, kind: str, native: Any) -> None:
        if kind == "buffer":
            native.release()
        elif kind == "texture":
            self.gl.delete("Textures", native)
        elif kind == "targets":
            if native:
                self.gl.delete("Framebuffers", native)
        elif kind == "sampler":
            self.gl.delete("Samplers", native)
        # Names are used again, so what was tracked by name may lie. The pipeline in use stays.
        self._s_target = self._s_indices = self._s_indirect = None
        for known in (self._s_vertices, self._s_uniforms, self._s_storages, self._s_textures):
            known.clear()

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
        gl, name = self.gl, self.gl.generate("Textures")
        target = C.TEXTURE_TARGETS["2d_ms" if samples > 1 else kind]
        self._bind_scratch(target, name)
        if samples > 1:
            gl.glTexStorage2DMultisample(target, samples, format.internal, *size, 1)
        elif kind in ("2d", "cube"):
            gl.glTexStorage2D(target, levels, format.internal, *size)
        else:
            gl.glTexStorage3D(target, levels, format.internal, *size, layers)
        if samples == 1:
            filters = (C.NEAREST, C.NEAREST) if format.is_integer else (C.FILTERS["linear", "linear"], C.LINEAR)
            gl.glTexParameteri(target, 0x2801, filters[0])
            gl.glTexParameteri(target, 0x2800, filters[1])
        if gl.glGetError() == 0x0505:
            gl.delete("Textures", name)
            raise MachineError(f"the GPU has no memory left for a texture of {size[0]}x{size[1]}x{layers} {format.name}")
        return name

    def _bind_scratch(self, target: int, name: int) -> None:
        """Bind to unit 0 for editing, which the tracked state then no longer knows."""
        self.gl.glActiveTexture(0x84C0)
        self.gl.glBindTexture(target, name)
        self._s_textures.pop(0, None)

    def _new_sampler(self, min_filter: str, mag_filter: str, mip: str, wraps: tuple[str, str], anisotropy: float,
                     compare: str | None, max_level: float, border: Any) -> Any:  # fmt: skip
        self._acquire()
        gl, name = self.gl, self.gl.generate("Samplers")
        gl.glSamplerParameteri(name, 0x2801, C.FILTERS[min_filter, mip])
        gl.glSamplerParameteri(name, 0x2800, C.LINEAR if mag_filter == "linear" else C.NEAREST)
        for parameter, wrap in zip((0x2802, 0x2803, 0x8072), (*wraps, wraps[1]), strict=True):
            gl.glSamplerParameteri(name, parameter, C.WRAPS[wrap])
        if anisotropy > 1:
            gl.glSamplerParameterf(name, 0x84FE, anisotropy)
        if max_level < 1000:
            gl.glSamplerParameterf(name, 0x813B, max_level)
        if compare:
            gl.glSamplerParameteri(name, 0x884C, 0x884E)
            gl.glSamplerParameteri(name, 0x884D, C.COMPARE[compare])
        if border:
            gl.glSamplerParameterfv(name, 0x1004, (ctypes.c_float * 4)(*border))
        return name

    def _new_targets(self, colors: tuple[TextureView | None, ...], depth: TextureView | None) -> Any:
        self._acquire()
        gl, name = self.gl, self.gl.generate("Framebuffers")
        gl.glBindFramebuffer(C.FRAMEBUFFER, name)
        self._s_target = None
        for i, view in enumerate(colors):
            if view is not None:
                self._attach(C.COLOR_ATTACHMENT + i, view)
        if depth is not None:
            self._attach(C.DEPTH_ATTACHMENT, depth)
        buffers = [C.COLOR_ATTACHMENT + i if v is not None else 0 for i, v in enumerate(colors)] or [0]
        gl.glDrawBuffers(len(buffers), (ctypes.c_uint * len(buffers))(*buffers))
        if not any(colors):
            gl.glReadBuffer(0)
        status = gl.glCheckFramebufferStatus(C.FRAMEBUFFER)
        if status != C.FRAMEBUFFER_COMPLETE:
            gl.delete("Framebuffers", name)
            kinds = ", ".join(v.texture.format.name for v in (*colors, depth) if v is not None)
            raise MachineError(f"this OpenGL cannot draw into targets of {kinds} (status {status:#x})")
        return name

    def _attach(self, point: int, view: TextureView) -> None:
        gl, texture = self.gl, view.texture
        if view.layer is None:
            if texture.kind == "2d":
                target = C.TEXTURE_TARGETS["2d_ms" if texture.samples > 1 else "2d"]
                gl.glFramebufferTexture2D(C.FRAMEBUFFER, point, target, texture.native, view.level)
            else:
                gl.glFramebufferTexture(C.FRAMEBUFFER, point, texture.native, view.level)
        elif texture.kind == "cube":
            gl.glFramebufferTexture2D(C.FRAMEBUFFER, point, C.CUBE_FACE_0 + view.layer, texture.native, view.level)
        else:
            gl.glFramebufferTextureLayer(C.FRAMEBUFFER, point, texture.native, view.level, view.layer)

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
            self._s_program = None
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
            self._s_vao = None
        pipeline.vao = vao
        if self._s_pipeline is pipeline:
            self._s_pipeline = None

    # -- passes ------------------------------------------------------------------------------------------------------
    def _begin_pass(self, targets: Targets, clear_colors: Any, clear_depth: float | None, viewport: Any) -> None:
        self._acquire()
        gl = self.gl
        if self._s_target != targets.native:
            gl.glBindFramebuffer(C.FRAMEBUFFER, targets.native)
            self._s_target = targets.native
        self._viewport(viewport)
        for i, color in enumerate(clear_colors):
            if color is None:
                continue
            if self._s_mask is not True:
                gl.glColorMask(1, 1, 1, 1)
                self._s_mask = True
                self._s_pipeline = None
            view = targets.colors[i]
            if view is not None and view.texture.format.is_integer:
                gl.glClearBufferuiv(C.COLOR, i, (ctypes.c_uint * 4)(*(int(c) for c in color)))
            else:
                gl.glClearBufferfv(C.COLOR, i, (ctypes.c_float * 4)(*color))
        if clear_depth is not None:
            gl.glDepthMask(1)
            self._s_depth = 0
            self._s_pipeline = None
            gl.glClearBufferfv(C.DEPTH, 0, (ctypes.c_float * 1)(clear_depth))

    def _viewport(self, rect: tuple[int, int, int, int]) -> None:
        if rect != self._s_viewport:
            self.gl.glViewport(*rect)
            self._s_viewport = rect

    def _use(self, pipeline: Pipeline) -> None:
        if self._s_pipeline is pipeline:
            return
        gl = self.gl
        self._s_pipeline = pipeline
        if self._s_program is not pipeline.native:
            gl.glUseProgram(pipeline.native.glo)
            self._s_program = pipeline.native
        if self._s_vao != pipeline.vao:
            gl.glBindVertexArray(pipeline.vao)
            self._s_vao, self._s_indices = pipeline.vao, None
            self._s_vertices.clear()
        self._mode = C.PRIMITIVES[pipeline.primitive]
        if self._s_cull != pipeline.cull:
            if pipeline.cull == "none":
                gl.glDisable(C.CULL_FACE)
            else:
                gl.glEnable(C.CULL_FACE)
                gl.glCullFace(C.CULL[pipeline.cull])
            self._s_cull = pipeline.cull
        if self._s_depth != pipeline.depth:
            self._set_depth(pipeline)
        if self._s_blend != pipeline.blend:
            self._set_blend(pipeline)
        if self._s_mask is not pipeline.write_mask:
            gl.glColorMask(*(int(pipeline.write_mask),) * 4)
            self._s_mask = pipeline.write_mask

    def _set_depth(self, pipeline: Pipeline) -> None:
        gl, depth = self.gl, pipeline.depth
        self._s_depth = depth
        if depth is None:
            gl.glDisable(C.DEPTH_TEST)
            return
        gl.glEnable(C.DEPTH_TEST)
        gl.glDepthFunc(C.COMPARE[depth.compare])
        gl.glDepthMask(int(depth.write))
        if depth.bias or depth.slope_bias:
            gl.glEnable(C.POLYGON_OFFSET)
            gl.glPolygonOffset(depth.slope_bias, depth.bias)
        else:
            gl.glDisable(C.POLYGON_OFFSET)
        (gl.glEnable if depth.clamp else gl.glDisable)(C.DEPTH_CLAMP)

    def _set_blend(self, pipeline: Pipeline) -> None:
        gl, blends = self.gl, pipeline.blend
        self._s_blend = blends
        if all(b is None for b in blends):
            gl.glDisable(C.BLEND)
        elif len(blends) == 1 and blends[0] is not None:
            blend = blends[0]
            gl.glEnable(C.BLEND)
            f, o = C.BLEND_FACTORS, C.BLEND_OPERATIONS
            gl.glBlendFuncSeparate(f[blend.color[0]], f[blend.color[1]], f[blend.alpha[0]], f[blend.alpha[1]])
            gl.glBlendEquationSeparate(o[blend.color[2]], o[blend.alpha[2]])
        else:
            f, o = C.BLEND_FACTORS, C.BLEND_OPERATIONS
            gl.glDisable(C.BLEND)
            for i, each in enumerate(blends):
                if each is None:
                    gl.glDisablei(C.BLEND, i)
                    continue
                gl.glEnablei(C.BLEND, i)
                gl.glBlendFuncSeparatei(i, f[each.color[0]], f[each.color[1]], f[each.alpha[0]], f[each.alpha[1]])
                gl.glBlendEquationSeparatei(i, o[each.color[2]], o[each.alpha[2]])

    def _bind_vertices(self, slot: int, buffer: Buffer, offset: int) -> None:
        name = buffer.native.glo
        if self._s_vertices.get(slot) != (name, offset):
            assert self._s_pipeline is not None, "set a pipeline before its vertices"
            self.gl.glBindVertexBuffer(slot, name, offset, self._s_pipeline.vertex_layout[slot].stride)
            self._s_vertices[slot] = (name, offset)

    def _bind_indices(self, buffer: Buffer) -> None:
        name = buffer.native.glo
        if self._s_indices != name:
            self.gl.glBindBuffer(C.ELEMENT_BUFFER, name)
            self._s_indices = name

    def _draw(self, count: int, first: int, instances: int) -> None:
        self.gl.glDrawArraysInstanced(self._mode, first, count, instances)

    def _draw_indexed(self, count: int, first: int, base_vertex: int, instances: int) -> None:
        self.gl.glDrawElementsInstancedBaseVertex(self._mode, count, C.UINT, first * 4, instances, base_vertex)

    def _draw_indirect(self, commands: Buffer, offset: int, count: int) -> None:
        name = commands.native.glo
        if self._s_indirect != name:
            self.gl.glBindBuffer(C.INDIRECT_BUFFER, name)
            self._s_indirect = name
        self.gl.glMultiDrawElementsIndirect(self._mode, C.UINT, offset, count, 20)

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

    def _bind_block(self, target: int, known: dict[int, Any], binding: int, source: Buffer | BufferRange) -> None:
        if isinstance(source, Buffer):
            key = (source.native.glo, 0, source.bytes)
        else:
            key = (source.buffer.native.glo, source.offset, source.size)
        if known.get(binding) != key:
            self.gl.glBindBufferRange(target, binding, *key)
            known[binding] = key

    def bind_uniform(self, binding: int, source: Buffer | BufferRange) -> None:
        self._acquire()
        self._bind_block(C.UNIFORM_BUFFER, self._s_uniforms, binding, source)

    def bind_storage(self, binding: int, source: Buffer | BufferRange) -> None:
        self._acquire()
        self._bind_block(C.STORAGE_BUFFER, self._s_storages, binding, source)

    def bind_texture(self, binding: int, texture: Texture, sampler: Sampler) -> None:
        self._acquire()
        key = (texture.native, sampler.native)
        if self._s_textures.get(binding) != key:
            gl = self.gl
            gl.glActiveTexture(0x84C0 + binding)
            gl.glBindTexture(C.TEXTURE_TARGETS["2d_ms" if texture.samples > 1 else texture.kind], texture.native)
            gl.glBindSampler(binding, 0 if texture.samples > 1 else sampler.native)
            self._s_textures[binding] = key

    # -- work --------------------------------------------------------------------------------------------------------
    def dispatch(self, pipeline: ComputePipeline, x: int, y: int = 1, z: int = 1) -> None:
        self._acquire()
        if self._s_program is not pipeline.native:
            self.gl.glUseProgram(pipeline.native.glo)
            self._s_program, self._s_pipeline = pipeline.native, None
        self.gl.glDispatchCompute(x, y, z)

    def barrier(self) -> None:
        self.gl.glMemoryBarrier(C.ALL_BARRIERS)

    def copy_buffer(self, source: Buffer, target: Buffer, *, size: int, source_offset: int = 0, target_offset: int = 0) -> None:
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
        self._bind_scratch(target, texture.native)
        self.gl.glGenerateMipmap(target)

    def blit(self, source: Targets, target: Targets, *, depth: bool = False, filter: str = "nearest",
             source_rect: tuple[int, int, int, int] | None = None,
             target_rect: tuple[int, int, int, int] | None = None) -> None:  # fmt: skip
        self._acquire()
        gl = self.gl
        rects = (*(source_rect or (0, 0, *source.size)), *(target_rect or (0, 0, *target.size)))
        gl.glBindFramebuffer(C.READ_FRAMEBUFFER, source.native)
        gl.glBindFramebuffer(C.DRAW_FRAMEBUFFER, target.native)
        self._s_target = None
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

    @contextmanager
    def time(self, name: str) -> Any:
        self._acquire()
        gl = self.gl
        begin, end = gl.generate("Queries"), gl.generate("Queries")
        gl.glQueryCounter(begin, C.TIMESTAMP)
        try:
            yield
        finally:
            gl.glQueryCounter(end, C.TIMESTAMP)
            waiting = self._timers.setdefault(name, [])
            waiting.append((begin, end))
            if len(waiting) > 16:
                self.timings()

    def timings(self) -> dict[str, float]:
        self._acquire()
        gl = self.gl
        for name, waiting in self._timers.items():
            while waiting:
                begin, end = waiting[0]
                ready = ctypes.c_int()
                gl.glGetQueryObjectiv(end, C.QUERY_AVAILABLE, ctypes.byref(ready))
                if not ready.value:
                    break
                times = [ctypes.c_uint64(), ctypes.c_uint64()]
                for query, out in zip((begin, end), times, strict=True):
                    gl.glGetQueryObjectui64v(query, C.QUERY_RESULT, ctypes.byref(out))
                    gl.delete("Queries", query)
                self._timings[name] = (times[1].value - times[0].value) / 1e6
                waiting.pop(0)
        return dict(self._timings)

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
        gl, spec = self.gl, texture.format
        values = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else np.ascontiguousarray(data)
        layer_bytes = spec.upload_bytes(*size)
        layers, rest = divmod(values.nbytes, layer_bytes)
        if rest or not 0 < layers <= texture.layers - layer:
            raise ValueError(f"texture {texture.label!r}: {values.nbytes} bytes for {size[0]}x{size[1]} {spec.name}")
        target = C.TEXTURE_TARGETS[texture.kind]
        self._bind_scratch(target, texture.native)
        base = values.ctypes.data
        for i in range(layers if texture.kind in ("2d", "cube") else 1):
            face = C.CUBE_FACE_0 + layer + i if texture.kind == "cube" else target
            at = base + i * layer_bytes
            if texture.kind in ("2d", "cube"):
                if spec.is_block:
                    gl.glCompressedTexSubImage2D(face, level, *offset, *size, spec.internal, layer_bytes, at)
                else:
                    gl.glTexSubImage2D(face, level, *offset, *size, spec.external, spec.kind, at)
            elif spec.is_block:
                gl.glCompressedTexSubImage3D(target, level, *offset, layer, *size, layers, spec.internal, values.nbytes, base)
            else:
                gl.glTexSubImage3D(target, level, *offset, layer, *size, layers, spec.external, spec.kind, base)

    def read_texture(self, texture: Texture, level: int, layer: int | None) -> np.ndarray:
        self._acquire()
        if texture.samples > 1:
            raise ValueError(f"texture {texture.label!r} is multisampled: resolve it before reading")
        gl, spec = self.gl, texture.format
        width, height = texture.level_size(level)
        dtype, kind = (np.dtype("f4"), C.FLOAT) if spec.is_depth else (spec.dtype, spec.kind)
        out = np.empty((texture.layers, height, width, spec.channels), dtype)
        target = C.TEXTURE_TARGETS[texture.kind]
        self._bind_scratch(target, texture.native)
        if texture.kind == "cube":
            for face in range(6):
                gl.glGetTexImage(C.CUBE_FACE_0 + face, level, spec.external, kind, out[face].ctypes.data)
        else:
            gl.glGetTexImage(target, level, spec.external, kind, out.ctypes.data)
        return out[0] if texture.kind == "2d" else (out if layer is None else out[layer])

    def read_pixels(self, targets: Targets, index: int, rect: tuple[int, int, int, int]) -> np.ndarray:
        self._acquire()
        gl = self.gl
        gl.glBindFramebuffer(C.READ_FRAMEBUFFER, targets.native)
        self._s_target = None
        view = targets.depth if index < 0 else targets.colors[index]
        if index < 0:
            dtype, channels, external, kind = np.dtype("f4"), 1, 0x1902, C.FLOAT
        elif view is None:  # the window
            dtype, channels, external, kind = np.dtype("u1"), 4, 0x1908, 0x1401
        else:
            spec = view.texture.format
            dtype, channels, external, kind = spec.dtype, spec.channels, spec.external, spec.kind
        if index >= 0 and targets.native:
            gl.glReadBuffer(C.COLOR_ATTACHMENT + index)
        out = np.empty((rect[3], rect[2], channels), dtype)
        gl.glReadPixels(*rect, external, kind, out.ctypes.data)
        return out
