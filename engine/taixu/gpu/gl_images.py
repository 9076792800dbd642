"""Textures, samplers and framebuffers in OpenGL: making them, and carrying texels in and out."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from taixu.errors import MachineError
from taixu.gpu.formats import TextureFormat
from taixu.gpu.gl_state import GLState
from taixu.gpu.raw import Constants as C
from taixu.gpu.resources import Targets, Texture, TextureView

__all__ = ["copy_pixels", "new_framebuffer", "new_sampler", "new_texture", "read_pixels", "read_texels", "write_texels"]


def new_texture(state: GLState, format: TextureFormat, size: tuple[int, int], kind: str, layers: int, levels: int,
                 samples: int) -> Any:  # fmt: skip
    """Storage for a texture; its name."""
    gl, name = state.gl, state.gl.generate("Textures")
    target = C.TEXTURE_TARGETS["2d_ms" if samples > 1 else kind]
    state.bind_scratch(target, name)
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


def new_sampler(state: GLState, min_filter: str, mag_filter: str, mip: str, wraps: tuple[str, str], anisotropy: float,
                 compare: str | None, max_level: float, border: Any, decodes: bool) -> Any:  # fmt: skip
    """A sampler object; its name."""
    gl, name = state.gl, state.gl.generate("Samplers")
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
    if not decodes:
        gl.glSamplerParameteri(name, 0x8A48, 0x8A4A)  # EXT_texture_sRGB_decode
    return name


def new_framebuffer(state: GLState, colors: tuple[TextureView | None, ...], depth: TextureView | None) -> Any:
    """A framebuffer of these views; its name."""
    gl, name = state.gl, state.gl.generate("Framebuffers")
    gl.glBindFramebuffer(C.FRAMEBUFFER, name)
    state.target = None
    for i, view in enumerate(colors):
        if view is not None:
            _attach(state, C.COLOR_ATTACHMENT + i, view)
    if depth is not None:
        _attach(state, C.DEPTH_ATTACHMENT, depth)
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


def _attach(state: GLState, point: int, view: TextureView) -> None:
    gl, texture = state.gl, view.texture
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


def write_texels(state: GLState, texture: Texture, data: np.ndarray | bytes, level: int, layer: int,
                 offset: tuple[int, int], size: tuple[int, int]) -> None:  # fmt: skip
    """See `Texture.write`."""
    gl, spec = state.gl, texture.format
    values = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else np.ascontiguousarray(data)
    layer_bytes = spec.upload_bytes(*size)
    layers, rest = divmod(values.nbytes, layer_bytes)
    if rest or not 0 < layers <= texture.layers - layer:
        raise ValueError(f"texture {texture.label!r}: {values.nbytes} bytes for {size[0]}x{size[1]} {spec.name}")
    target = C.TEXTURE_TARGETS[texture.kind]
    state.bind_scratch(target, texture.native)
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
            gl.glCompressedTexSubImage3D(
                target, level, *offset, layer, *size, layers, spec.internal, values.nbytes, base
            )
        else:
            gl.glTexSubImage3D(target, level, *offset, layer, *size, layers, spec.external, spec.kind, base)


def read_texels(state: GLState, texture: Texture, level: int, layer: int | None) -> np.ndarray:
    """See `Texture.read`."""
    if texture.samples > 1:
        raise ValueError(f"texture {texture.label!r} is multisampled: resolve it before reading")
    gl, spec = state.gl, texture.format
    width, height = texture.level_size(level)
    dtype, kind = (np.dtype("f4"), C.FLOAT) if spec.is_depth else (spec.dtype, spec.kind)
    out = np.empty((texture.layers, height, width, spec.channels), dtype)
    target = C.TEXTURE_TARGETS[texture.kind]
    state.bind_scratch(target, texture.native)
    if texture.kind == "cube":
        for face in range(6):
            gl.glGetTexImage(C.CUBE_FACE_0 + face, level, spec.external, kind, out[face].ctypes.data)
    else:
        gl.glGetTexImage(target, level, spec.external, kind, out.ctypes.data)
    return out[0] if texture.kind == "2d" else (out if layer is None else out[layer])


def read_pixels(state: GLState, targets: Targets, index: int, rect: tuple[int, int, int, int]) -> np.ndarray:
    """See `Device.read_pixels`."""
    gl = state.gl
    gl.glBindFramebuffer(C.READ_FRAMEBUFFER, targets.native)
    state.target = None
    view = targets.depth if index < 0 else targets.colors[index]
    dtype: np.dtype
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


def copy_pixels(state: GLState, targets: Targets, index: int, rect: tuple[int, int, int, int], buffer: int) -> None:
    """Have pixels of a colour copied into a buffer; see `Device.read_later`."""
    gl, view = state.gl, targets.colors[index]
    assert view is not None
    gl.glBindFramebuffer(C.READ_FRAMEBUFFER, targets.native)
    state.target = None
    gl.glReadBuffer(C.COLOR_ATTACHMENT + index)
    gl.glBindBuffer(C.PIXEL_PACK_BUFFER, buffer)
    gl.glReadPixels(*rect, view.texture.format.external, view.texture.format.kind, 0)
    gl.glBindBuffer(C.PIXEL_PACK_BUFFER, 0)
