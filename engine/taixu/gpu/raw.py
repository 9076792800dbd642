"""OpenGL by its own names, for what moderngl does not offer: the only module that calls GL itself.

Entry points come from the loader of the context that moderngl already owns, so this needs no GL library by name. Each
is looked up at its first use and kept. `CFUNCTYPE` lets go of the interpreter lock while the driver works.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_float, c_int, c_ssize_t, c_ubyte, c_uint, c_uint64, c_void_p
from typing import Any, ClassVar

__all__ = ["GL", "Constants"]

_E = _U = c_uint
_I = c_int
_F = c_float
_P = c_void_p
_S = c_ssize_t
_B = c_ubyte

# name: (result, arguments...)
_SIGNATURES: dict[str, tuple[Any, ...]] = {
    # state
    "glEnable": (None, _E), "glDisable": (None, _E), "glEnablei": (None, _E, _U), "glDisablei": (None, _E, _U),
    "glGetError": (_U,), "glFlush": (None,), "glFinish": (None,), "glGetIntegerv": (None, _E, _P),
    "glGetFloatv": (None, _E, _P),
    "glGetIntegeri_v": (None, _E, _U, _P),
    "glGetString": (c_char_p, _E), "glClipControl": (None, _E, _E), "glDepthFunc": (None, _E),
    "glDepthMask": (None, _B),
    "glColorMask": (None, _B, _B, _B, _B), "glCullFace": (None, _E), "glFrontFace": (None, _E),
    "glPolygonOffset": (None, _F, _F), "glPolygonMode": (None, _E, _E),
    "glViewport": (None, _I, _I, _I, _I), "glScissor": (None, _I, _I, _I, _I), "glPixelStorei": (None, _E, _I),
    "glBlendFuncSeparate": (None, _E, _E, _E, _E), "glBlendEquationSeparate": (None, _E, _E),
    "glBlendFuncSeparatei": (None, _U, _E, _E, _E, _E), "glBlendEquationSeparatei": (None, _U, _E, _E),
    "glMemoryBarrier": (None, _U), "glDebugMessageCallback": (None, _P, _P), "glUseProgram": (None, _U),
    # buffers
    "glBindBuffer": (None, _E, _U), "glBindBufferBase": (None, _E, _U, _U),
    "glBindBufferRange": (None, _E, _U, _U, _S, _S),
    "glCopyBufferSubData": (None, _E, _E, _S, _S, _S), "glBufferStorage": (None, _E, _S, _P, _U),
    "glMapBufferRange": (_P, _E, _S, _S, _U), "glUnmapBuffer": (_B, _E), "glGetBufferSubData": (None, _E, _S, _S, _P),
    # textures and samplers
    "glGenTextures": (None, _I, _P), "glDeleteTextures": (None, _I, _P), "glBindTexture": (None, _E, _U),
    "glActiveTexture": (None, _E), "glTexParameteri": (None, _E, _E, _I),
    "glTexStorage2D": (None, _E, _I, _E, _I, _I), "glTexStorage3D": (None, _E, _I, _E, _I, _I, _I),
    "glTexStorage2DMultisample": (None, _E, _I, _E, _I, _I, _B),
    "glTexSubImage2D": (None, _E, _I, _I, _I, _I, _I, _E, _E, _P),
    "glTexSubImage3D": (None, _E, _I, _I, _I, _I, _I, _I, _I, _E, _E, _P),
    "glCompressedTexSubImage2D": (None, _E, _I, _I, _I, _I, _I, _E, _I, _P),
    "glCompressedTexSubImage3D": (None, _E, _I, _I, _I, _I, _I, _I, _I, _E, _I, _P),
    "glTexBuffer": (None, _E, _E, _U),
    "glGetTexImage": (None, _E, _I, _E, _E, _P), "glGenerateMipmap": (None, _E),
    "glCopyImageSubData": (None, *(_U, _E, _I, _I, _I, _I) * 2, _I, _I, _I),
    "glBindImageTexture": (None, _U, _U, _I, _B, _I, _E, _E),
    "glGenSamplers": (None, _I, _P), "glDeleteSamplers": (None, _I, _P), "glBindSampler": (None, _U, _U),
    "glSamplerParameteri": (None, _U, _E, _I), "glSamplerParameterf": (None, _U, _E, _F),
    "glSamplerParameterfv": (None, _U, _E, _P),
    # framebuffers
    "glGenFramebuffers": (None, _I, _P), "glDeleteFramebuffers": (None, _I, _P), "glBindFramebuffer": (None, _E, _U),
    "glFramebufferTexture": (None, _E, _E, _U, _I), "glFramebufferTexture2D": (None, _E, _E, _E, _U, _I),
    "glFramebufferTextureLayer": (None, _E, _E, _U, _I, _I), "glCheckFramebufferStatus": (_U, _E),
    "glDrawBuffers": (None, _I, _P), "glReadBuffer": (None, _E), "glReadPixels": (None, _I, _I, _I, _I, _E, _E, _P),
    "glBlitFramebuffer": (None, *(_I,) * 8, _U, _E),
    "glClearBufferfv": (None, _E, _I, _P), "glClearBufferuiv": (None, _E, _I, _P),
    "glClearBufferiv": (None, _E, _I, _P),
    # vertex arrays
    "glGenVertexArrays": (None, _I, _P), "glDeleteVertexArrays": (None, _I, _P), "glBindVertexArray": (None, _U),
    "glEnableVertexAttribArray": (None, _U), "glVertexAttribFormat": (None, _U, _I, _E, _B, _U),
    "glVertexAttribIFormat": (None, _U, _I, _E, _U), "glVertexAttribBinding": (None, _U, _U),
    "glVertexBindingDivisor": (None, _U, _U), "glBindVertexBuffer": (None, _U, _U, _S, _I),
    # draws and dispatches
    "glDrawArraysInstanced": (None, _E, _I, _I, _I), "glDispatchCompute": (None, _U, _U, _U),
    "glDrawElementsInstancedBaseVertex": (None, _E, _I, _E, _P, _I, _I),
    "glMultiDrawElementsIndirect": (None, _E, _E, _P, _I, _I),
    "glMultiDrawElementsIndirectCount": (None, _E, _E, _P, _S, _I, _I),
    "glMultiDrawElementsIndirectCountARB": (None, _E, _E, _P, _S, _I, _I),
    # queries and fences
    "glGenQueries": (None, _I, _P), "glDeleteQueries": (None, _I, _P), "glQueryCounter": (None, _U, _E),
    "glGetQueryObjectui64v": (None, _U, _E, _P), "glGetQueryObjectiv": (None, _U, _E, _P),
    "glFenceSync": (_P, _E, _U), "glClientWaitSync": (_U, _P, _U, c_uint64), "glDeleteSync": (None, _P),
}  # fmt: skip


class Constants:
    """OpenGL enumerants that the back end uses, grouped by what they are for."""

    TEXTURE_TARGETS: ClassVar = {"2d": 0x0DE1, "2d_array": 0x8C1A, "cube": 0x8513, "cube_array": 0x9009, "3d": 0x806F,
                       "2d_ms": 0x9100}  # fmt: skip
    CUBE_FACE_0 = 0x8515
    TEXEL_BUFFER, MOST_TEXELS = 0x8C2A, 0x8C2B
    TEXEL_FORMATS: ClassVar = {1: 0x8236, 2: 0x823C, 4: 0x8D70}  # R32UI, RG32UI, RGBA32UI
    COMPARE: ClassVar = {"never": 0x200, "less": 0x201, "equal": 0x202, "less_equal": 0x203, "greater": 0x204,
        "not_equal": 0x205,
               "greater_equal": 0x206, "always": 0x207}  # fmt: skip
    BLEND_FACTORS: ClassVar = {"zero": 0, "one": 1, "src_color": 0x300, "one_minus_src_color": 0x301,
        "src_alpha": 0x302,
                     "one_minus_src_alpha": 0x303, "dst_alpha": 0x304, "one_minus_dst_alpha": 0x305, "dst_color": 0x306,
                     "one_minus_dst_color": 0x307}  # fmt: skip
    BLEND_OPERATIONS: ClassVar = {
        "add": 0x8006,
        "min": 0x8007,
        "max": 0x8008,
        "subtract": 0x800A,
        "reverse_subtract": 0x800B,
    }
    WRAPS: ClassVar = {"repeat": 0x2901, "mirror": 0x8370, "clamp": 0x812F, "border": 0x812D}
    FILTERS: ClassVar = {("nearest", "none"): 0x2600, ("linear", "none"): 0x2601, ("nearest", "nearest"): 0x2700,
               ("linear", "nearest"): 0x2701, ("nearest", "linear"): 0x2702, ("linear", "linear"): 0x2703}  # fmt: skip
    PRIMITIVES: ClassVar = {"points": 0, "lines": 1, "triangles": 4, "triangle_strip": 5, "edges": 4}
    FRONT_AND_BACK, LINE, FILL, POLYGON_OFFSET_LINE = 0x408, 0x1B01, 0x1B02, 0x2A02
    CULL: ClassVar = {"front": 0x404, "back": 0x405}
    ACCESS: ClassVar = {"read": 0x88B8, "write": 0x88B9, "read_write": 0x88BA}
    ARRAY_BUFFER, ELEMENT_BUFFER, UNIFORM_BUFFER, STORAGE_BUFFER = 0x8892, 0x8893, 0x8A11, 0x90D2
    PIXEL_PACK_BUFFER = 0x88EB
    COPY_READ, COPY_WRITE, INDIRECT_BUFFER, PARAMETER_BUFFER = 0x8F36, 0x8F37, 0x8F3F, 0x80EE
    FRAMEBUFFER, READ_FRAMEBUFFER, DRAW_FRAMEBUFFER = 0x8D40, 0x8CA8, 0x8CA9
    COLOR_ATTACHMENT, DEPTH_ATTACHMENT, FRAMEBUFFER_COMPLETE = 0x8CE0, 0x8D00, 0x8CD5
    COLOR_BIT, DEPTH_BIT = 0x4000, 0x100
    COLOR, DEPTH = 0x1800, 0x1801
    BLEND, CULL_FACE, DEPTH_TEST, DEPTH_CLAMP, POLYGON_OFFSET, SCISSOR = 0xBE2, 0xB44, 0xB71, 0x864F, 0x8037, 0xC11
    SEAMLESS_CUBE, PROGRAM_POINT_SIZE, MULTISAMPLE, FRAMEBUFFER_SRGB, STENCIL = 0x884F, 0x8642, 0x809D, 0x8DB9, 0xB90
    LOWER_LEFT, ZERO_TO_ONE, NEGATIVE_ONE_TO_ONE = 0x8CA1, 0x935F, 0x935E
    FLOAT, UINT, TIMESTAMP, QUERY_RESULT, QUERY_AVAILABLE = 0x1406, 0x1405, 0x8E28, 0x8866, 0x8867
    SYNC_COMPLETE, ALREADY_SIGNALED, CONDITION_SATISFIED, FLUSH_BIT = 0x9117, 0x911A, 0x911C, 1
    NEAREST, LINEAR, ALL_BARRIERS = 0x2600, 0x2601, 0xFFFFFFFF
    DEBUG_OUTPUT, DEBUG_SYNCHRONOUS = 0x92E0, 0x8242


class GL:
    """Entry points of one context as attributes; `AttributeError` where the context lacks one."""

    def __init__(self, load: Callable[[str], int]) -> None:
        self._load = load
        self._debug_callback: Any = None  # kept: the driver holds only its address

    def __getattr__(self, name: str) -> Any:
        signature = _SIGNATURES.get(name)
        address = self._load(name) if signature else 0
        if not signature or not address:
            raise AttributeError(f"this OpenGL has no {name}")
        function = ctypes.CFUNCTYPE(*signature)(address)
        setattr(self, name, function)
        return function

    def has(self, name: str) -> bool:
        """Whether the context offers this entry point (its loader may answer for unsupported ones too)."""
        return bool(self._load(name))

    def generate(self, what: str) -> int:
        """One new name from ``glGen<what>``."""
        name = c_uint()
        getattr(self, f"glGen{what}")(1, ctypes.byref(name))
        return name.value

    def delete(self, what: str, name: int) -> None:
        """Give one name back to ``glDelete<what>``."""
        getattr(self, f"glDelete{what}")(1, ctypes.byref(c_uint(name)))

    def integer(self, parameter: int) -> int:
        """``glGetIntegerv`` of a single value."""
        value = c_int()
        self.glGetIntegerv(parameter, ctypes.byref(value))
        return value.value

    def integer_at(self, parameter: int, index: int) -> int:
        """``glGetIntegeri_v`` of a single value."""
        value = c_int()
        self.glGetIntegeri_v(parameter, index, ctypes.byref(value))
        return value.value

    def integers(self, parameter: int, count: int) -> tuple[int, ...]:
        """``glGetIntegerv`` of several values."""
        values = (c_int * count)()
        self.glGetIntegerv(parameter, values)
        return tuple(values)

    def number(self, parameter: int) -> float:
        """``glGetFloatv`` of a single value."""
        value = c_float()
        self.glGetFloatv(parameter, ctypes.byref(value))
        return value.value

    def on_debug(self, report: Callable[[str], None]) -> None:
        """Call `report` with every message of the driver that is an error or worse than a note."""
        prototype = ctypes.CFUNCTYPE(None, _U, _U, _U, _U, _I, POINTER(ctypes.c_char), _P)

        def receive(_source: int, kind: int, _id: int, severity: int, length: int, text: Any, _user: Any) -> None:
            if kind == 0x824C or severity == 0x9146:  # an error, or of high severity
                report(ctypes.string_at(text, length).decode(errors="replace").strip())

        self._debug_callback = prototype(receive)
        self.glEnable(Constants.DEBUG_OUTPUT)
        self.glEnable(Constants.DEBUG_SYNCHRONOUS)
        self.glDebugMessageCallback(ctypes.cast(self._debug_callback, c_void_p), None)
