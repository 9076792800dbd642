"""OpenGL's state as it was last set, so that a call that would change nothing is not made."""

from __future__ import annotations

from typing import Any

from taixu.gpu.raw import GL
from taixu.gpu.raw import Constants as C
from taixu.gpu.resources import Buffer, BufferRange, Pipeline, Sampler, Texture

__all__ = ["GLState"]

_FOREIGN_UNIFORMS = 4
"""Uniform bindings that a window toolkit may be using."""


class GLState:
    """The state of one context, for one device.

    Where others draw in the same context, `remember` and `give_back` stand round our work: what a toolkit set once and
    relies on (its viewport, its projection block) is put back, the rest goes to OpenGL's defaults.
    """

    def __init__(self, gl: GL) -> None:
        self.gl = gl
        self.mode = 4
        self.texels: dict[int, tuple[int, int]] = {}
        """Storage blocks that are texels too: the texture unit and format, by binding."""
        self._foreign: tuple[tuple[int, ...], list[int]] | None = None
        self._views: dict[tuple[int, int], int] = {}  # textures that look at buffers, by the buffer's name and the format
        self.forget()

    def take(self) -> None:
        """Set what holds for all our work, and forget what was tracked."""
        gl = self.gl
        gl.glClipControl(C.LOWER_LEFT, C.ZERO_TO_ONE)
        for flag in (C.SEAMLESS_CUBE, C.PROGRAM_POINT_SIZE, C.MULTISAMPLE):
            gl.glEnable(flag)
        for flag in (C.FRAMEBUFFER_SRGB, C.SCISSOR, C.STENCIL):
            gl.glDisable(flag)
        gl.glFrontFace(0x0901)
        self.set_rows()
        self.forget()

    def set_rows(self) -> None:
        """Rows of texels lie without gaps."""
        self.gl.glPixelStorei(0x0CF5, 1)
        self.gl.glPixelStorei(0x0D05, 1)

    def forget(self) -> None:
        """Others may have set anything."""
        self.program: Any = None
        self.target: Any = None
        self.pipeline: Pipeline | None = None
        self._vao: Any = None
        self._blend: Any = None
        self._depth: Any = 0  # a value that no pipeline has
        self._cull: Any = None
        self._mask: Any = None
        self._edges: Any = None
        self._indices: Any = None
        self._indirect: Any = None
        self._rect: Any = None
        self._vertices: dict[int, Any] = {}
        self._uniforms: dict[int, Any] = {}
        self._storages: dict[int, Any] = {}
        self._textures: dict[int, Any] = {}

    def forget_names(self) -> None:
        """Something was deleted: names are used again, so what was tracked by name may lie. The pipeline stays."""
        self.target = self._indices = self._indirect = None
        for known in (self._vertices, self._uniforms, self._storages, self._textures):
            known.clear()

    def forget_vao(self) -> None:
        """Another vertex array was bound."""
        self._vao = self.pipeline = None

    def remember(self) -> None:
        """Note what a toolkit relies on."""
        gl = self.gl
        self._foreign = (gl.integers(0x0BA2, 4), [gl.integer_at(0x8A28, i) for i in range(_FOREIGN_UNIFORMS)])

    def give_back(self) -> None:
        """Set OpenGL's defaults, and what was remembered."""
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
        for unit in self._textures:
            gl.glBindSampler(unit, 0)
        gl.glActiveTexture(0x84C0)
        if self._foreign is not None:
            viewport, uniforms = self._foreign
            gl.glViewport(*viewport)
            for binding, buffer in enumerate(uniforms):  # a toolkit binds its projection once and relies on it
                gl.glBindBufferBase(C.UNIFORM_BUFFER, binding, buffer)

    def set_target(self, name: int) -> None:
        """Draw into a framebuffer."""
        if self.target != name:
            self.gl.glBindFramebuffer(C.FRAMEBUFFER, name)
            self.target = name

    def allow_clearing(self, *, color: bool) -> None:
        """Open the write mask that clearing obeys; pipelines set theirs anew."""
        if color and self._mask is not True:
            self.gl.glColorMask(1, 1, 1, 1)
            self._mask, self.pipeline = True, None
        elif not color:
            self.gl.glDepthMask(1)
            self._depth, self.pipeline = 0, None

    def use_program(self, native: Any) -> None:
        """Use a compute program."""
        if self.program is not native:
            self.gl.glUseProgram(native.glo)
            self.program, self.pipeline = native, None

    def bind_scratch(self, target: int, name: int) -> None:
        """Bind a texture to unit 0 for editing."""
        self.gl.glActiveTexture(0x84C0)
        self.gl.glBindTexture(target, name)
        self._textures.pop(0, None)

    def viewport(self, rect: tuple[int, int, int, int]) -> None:
        """Set the viewport (x, y, width, height)."""
        if rect != self._rect:
            self.gl.glViewport(*rect)
            self._rect = rect

    def use(self, pipeline: Pipeline) -> None:
        """Use a pipeline: program, vertex array and fixed state."""
        if self.pipeline is pipeline:
            return
        gl = self.gl
        self.pipeline = pipeline
        if self.program is not pipeline.native:
            gl.glUseProgram(pipeline.native.glo)
            self.program = pipeline.native
        if self._vao != pipeline.vao:
            gl.glBindVertexArray(pipeline.vao)
            self._vao, self._indices = pipeline.vao, None
            self._vertices.clear()
        self.mode = C.PRIMITIVES[pipeline.primitive]
        if self._edges is not (pipeline.primitive == "edges"):
            self._edges = pipeline.primitive == "edges"
            gl.glPolygonMode(C.FRONT_AND_BACK, C.LINE if self._edges else C.FILL)
            (gl.glEnable if self._edges else gl.glDisable)(C.POLYGON_OFFSET_LINE)
        if self._cull != pipeline.cull:
            if pipeline.cull == "none":
                gl.glDisable(C.CULL_FACE)
            else:
                gl.glEnable(C.CULL_FACE)
                gl.glCullFace(C.CULL[pipeline.cull])
            self._cull = pipeline.cull
        if self._depth != pipeline.depth:
            self._set_depth(pipeline)
        if self._blend != pipeline.blend:
            self._set_blend(pipeline)
        if self._mask is not pipeline.write_mask:
            gl.glColorMask(*(int(pipeline.write_mask),) * 4)
            self._mask = pipeline.write_mask

    def _set_depth(self, pipeline: Pipeline) -> None:
        gl, depth = self.gl, pipeline.depth
        self._depth = depth
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
        self._blend = blends
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

    def bind_vertices(self, slot: int, buffer: Buffer, offset: int) -> None:
        """Bind the vertex buffer of a slot of the pipeline in use."""
        name = buffer.native.glo
        if self._vertices.get(slot) != (name, offset):
            assert self.pipeline is not None, "set a pipeline before its vertices"
            self.gl.glBindVertexBuffer(slot, name, offset, self.pipeline.vertex_layout[slot].stride)
            self._vertices[slot] = (name, offset)

    def bind_indices(self, buffer: Buffer) -> None:
        """Bind the index buffer."""
        name = buffer.native.glo
        if self._indices != name:
            self.gl.glBindBuffer(C.ELEMENT_BUFFER, name)
            self._indices = name

    def draw_indirect(self, commands: Buffer, offset: int, count: int) -> None:
        """Draw `count` commands of 20 bytes from byte `offset`."""
        name = commands.native.glo
        if self._indirect != name:
            self.gl.glBindBuffer(C.INDIRECT_BUFFER, name)
            self._indirect = name
        self.gl.glMultiDrawElementsIndirect(self.mode, C.UINT, offset, count, 20)

    def bind_uniform(self, binding: int, source: Buffer | BufferRange) -> None:
        """Bind a uniform block."""
        self._bind_block(C.UNIFORM_BUFFER, self._uniforms, binding, source)

    def bind_storage(self, binding: int, source: Buffer | BufferRange) -> None:
        """Bind a storage block, and its texels where it has some."""
        self._bind_block(C.STORAGE_BUFFER, self._storages, binding, source)
        if binding in self.texels:
            self._bind_texels(*self.texels[binding], source)

    def _bind_texels(self, unit: int, format: int, source: Buffer | BufferRange) -> None:
        if not isinstance(source, Buffer):
            raise ValueError("a part of a buffer is bound where shaders read the whole one as texels")
        key = (source.native.glo, format)
        if self._textures.get(unit) == key:
            return
        self.gl.glActiveTexture(0x84C0 + unit)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self.gl.generate("Textures")
            self.gl.glBindTexture(C.TEXEL_BUFFER, view)
            self.gl.glTexBuffer(C.TEXEL_BUFFER, format, source.native.glo)
        else:
            self.gl.glBindTexture(C.TEXEL_BUFFER, view)
        self._textures[unit] = key

    def drop_texels(self, name: int) -> None:
        """A buffer goes: nobody looks at it any more."""
        for key in [key for key in self._views if key[0] == name]:
            self.gl.delete("Textures", self._views.pop(key))

    def bind_texture(self, binding: int, texture: Texture, sampler: Sampler) -> None:
        """Bind a texture with its sampler."""
        key = (texture.native, sampler.native)
        if self._textures.get(binding) != key:
            gl = self.gl
            gl.glActiveTexture(0x84C0 + binding)
            gl.glBindTexture(C.TEXTURE_TARGETS["2d_ms" if texture.samples > 1 else texture.kind], texture.native)
            gl.glBindSampler(binding, 0 if texture.samples > 1 else sampler.native)
            self._textures[binding] = key

    def _bind_block(self, target: int, known: dict[int, Any], binding: int, source: Buffer | BufferRange) -> None:
        if isinstance(source, Buffer):
            key = (source.native.glo, 0, source.bytes)
        else:
            key = (source.buffer.native.glo, source.offset, source.size)
        if known.get(binding) != key:
            self.gl.glBindBufferRange(target, binding, *key)
            known[binding] = key
