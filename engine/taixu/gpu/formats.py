"""Formats of texels and vertices, by name, with what a backend and a reader of pixels must know about each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["TEXTURE_FORMATS", "VERTEX_FORMATS", "TextureFormat", "VertexFormat", "texture_format"]


@dataclass(frozen=True, slots=True)
class TextureFormat:
    """A texel format.

    Attributes
    ----------
    internal, external, kind
        OpenGL's sized internal format, pixel format and pixel type.
    dtype
        numpy's type of one channel when reading or writing.
    channels
        Number of channels.
    texel_bytes
        Bytes of one texel; for block formats, of one block of 4x4.
    is_depth, is_block, is_integer
        Depth formats render as depth; block formats are uploaded compressed; integer formats never filter.
    """

    name: str
    internal: int
    external: int
    kind: int
    dtype: np.dtype
    channels: int
    texel_bytes: int
    is_depth: bool = False
    is_block: bool = False
    is_integer: bool = False

    def level_bytes(self, width: int, height: int) -> int:
        """Bytes that one layer of `width` x `height` texels takes."""
        if self.is_block:
            return ((width + 3) // 4) * ((height + 3) // 4) * self.texel_bytes
        return width * height * self.texel_bytes

    def upload_bytes(self, width: int, height: int) -> int:
        """Bytes of numpy data for as much: packed formats are written as plain channels."""
        if self.is_block:
            return self.level_bytes(width, height)
        return width * height * self.channels * self.dtype.itemsize


_R, _RG, _RGB, _RGBA, _DEPTH = 0x1903, 0x8227, 0x1907, 0x1908, 0x1902
_RED_INT, _RG_INT, _RGBA_INT = 0x8D94, 0x8228, 0x8D99
_U8, _I8, _U16, _I16, _U32, _I32, _F32, _F16 = 0x1401, 0x1400, 0x1403, 0x1402, 0x1405, 0x1404, 0x1406, 0x140B
_U10F_11F_11F, _U2_10_10_10 = 0x8C3B, 0x8368


def _plain(name: str, internal: int, external: int, kind: int, dtype: str, channels: int) -> TextureFormat:
    item = np.dtype(dtype)
    return TextureFormat(name, internal, external, kind, item, channels, item.itemsize * channels,
                         is_integer=external in (_RED_INT, _RG_INT, _RGBA_INT))


def _depth(name: str, internal: int, kind: int, dtype: str, size: int) -> TextureFormat:
    return TextureFormat(name, internal, _DEPTH, kind, np.dtype(dtype), 1, size, is_depth=True)


def _block(name: str, internal: int, size: int) -> TextureFormat:
    return TextureFormat(name, internal, _RGBA, _U8, np.dtype("u1"), 4, size, is_block=True)


TEXTURE_FORMATS: dict[str, TextureFormat] = {
    f.name: f
    for f in (
        _plain("r8", 0x8229, _R, _U8, "u1", 1),
        _plain("rg8", 0x822B, _RG, _U8, "u1", 2),
        _plain("rgba8", 0x8058, _RGBA, _U8, "u1", 4),
        _plain("rgba8_srgb", 0x8C43, _RGBA, _U8, "u1", 4),
        _plain("rgba8_snorm", 0x8F97, _RGBA, _I8, "i1", 4),
        _plain("r16", 0x822A, _R, _U16, "u2", 1),
        _plain("rg16", 0x822C, _RG, _U16, "u2", 2),
        _plain("rgba16", 0x805B, _RGBA, _U16, "u2", 4),
        _plain("rg16_snorm", 0x8F99, _RG, _I16, "i2", 2),
        _plain("r16f", 0x822D, _R, _F16, "f2", 1),
        _plain("rg16f", 0x822F, _RG, _F16, "f2", 2),
        _plain("rgba16f", 0x881A, _RGBA, _F16, "f2", 4),
        _plain("r32f", 0x822E, _R, _F32, "f4", 1),
        _plain("rg32f", 0x8230, _RG, _F32, "f4", 2),
        _plain("rgba32f", 0x8814, _RGBA, _F32, "f4", 4),
        _plain("r8ui", 0x8232, _RED_INT, _U8, "u1", 1),
        _plain("r16ui", 0x8234, _RED_INT, _U16, "u2", 1),
        _plain("r32ui", 0x8236, _RED_INT, _U32, "u4", 1),
        _plain("r32i", 0x8235, _RED_INT, _I32, "i4", 1),
        _plain("rg32ui", 0x823C, _RG_INT, _U32, "u4", 2),
        _plain("rgba32ui", 0x8D70, _RGBA_INT, _U32, "u4", 4),
        TextureFormat("r11g11b10f", 0x8C3A, _RGB, _F32, np.dtype("f4"), 3, 4),
        TextureFormat("rgb10a2", 0x8059, _RGBA, _U2_10_10_10, np.dtype("u4"), 1, 4),
        _depth("depth16", 0x81A5, _U16, "u2", 2),
        _depth("depth24", 0x81A6, _U32, "u4", 4),
        _depth("depth32f", 0x8CAC, _F32, "f4", 4),
        _block("bc1", 0x83F1, 8), _block("bc1_srgb", 0x8C4D, 8),
        _block("bc3", 0x83F3, 16), _block("bc3_srgb", 0x8C4F, 16),
        _block("bc4", 0x8DBB, 8), _block("bc5", 0x8DBD, 16), _block("bc6h", 0x8E8F, 16),
        _block("bc7", 0x8E8C, 16), _block("bc7_srgb", 0x8E8D, 16),
    )
}  # fmt: skip


def texture_format(name: str) -> TextureFormat:
    """The format called `name`; `KeyError` with the known names when there is none."""
    try:
        return TEXTURE_FORMATS[name]
    except KeyError:
        raise KeyError(f"no texture format {name!r}; there are {', '.join(TEXTURE_FORMATS)}") from None


@dataclass(frozen=True, slots=True)
class VertexFormat:
    """One vertex attribute as it lies in a buffer; `is_integer` attributes arrive in GLSL as int or uint."""

    name: str
    channels: int
    kind: int
    size: int
    normalized: bool = False
    is_integer: bool = False


def _vertex_formats() -> dict[str, VertexFormat]:
    formats = {}
    for n, suffix in ((1, ""), (2, "x2"), (3, "x3"), (4, "x4")):
        for kind, code, size in (("f32", _F32, 4), ("f16", _F16, 2)):
            formats[kind + suffix] = VertexFormat(kind + suffix, n, code, size * n)
        for kind, code, size in (("u8", _U8, 1), ("u16", _U16, 2), ("u32", _U32, 4), ("i8", _I8, 1),
                                 ("i16", _I16, 2), ("i32", _I32, 4)):  # fmt: skip
            formats[kind + suffix] = VertexFormat(kind + suffix, n, code, size * n, is_integer=True)
        for kind, code, size in (("unorm8", _U8, 1), ("unorm16", _U16, 2), ("snorm8", _I8, 1), ("snorm16", _I16, 2)):
            formats[kind + suffix] = VertexFormat(kind + suffix, n, code, size * n, normalized=True)
    return formats


VERTEX_FORMATS: dict[str, VertexFormat] = _vertex_formats()
