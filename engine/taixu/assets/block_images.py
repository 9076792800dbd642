"""Pictures that a GPU reads compressed: blocks of 4 x 4 texels (BCn) with their mip maps, out of DDS and KTX 2.0 files.

They take a quarter to an eighth of the memory, and their mip maps are the author's. Basis Universal data is brought to blocks
by the optional package opengl_basisu. Layouts: Microsoft's "Programming Guide for DDS"; KTX File Format Specification 2.0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["BLOCK_BYTES", "BlockImage", "read_block_image"]

BLOCK_BYTES = {"bc1": 8, "bc3": 16, "bc4": 8, "bc5": 16, "bc6h": 16, "bc7": 16}
"""Bytes of a block of 4 x 4 texels by format."""

_DXGI = {71: "bc1", 72: "bc1", 77: "bc3", 78: "bc3", 80: "bc4", 83: "bc5", 95: "bc6h", 98: "bc7", 99: "bc7"}
_FOUR_CC = {b"DXT1": "bc1", b"DXT5": "bc3", b"ATI1": "bc4", b"BC4U": "bc4", b"ATI2": "bc5", b"BC5U": "bc5"}
_VULKAN = {133: "bc1", 134: "bc1", 137: "bc3", 138: "bc3", 139: "bc4", 141: "bc5", 143: "bc6h", 145: "bc7", 146: "bc7"}
_BASIS = 0
_MOST_SIDE = 1 << 14
_CUBE_OR_VOLUME = 0x200 | 0x200000
_KTX_HEADER = struct.Struct("<9I4I2Q")
_KTX_LEVEL = struct.Struct("<3Q")


@dataclass(frozen=True, slots=True, eq=False)
class BlockImage:
    """Blocks of a picture.

    Attributes
    ----------
    format
        One of `BLOCK_BYTES`; whether colours are in the sRGB encoding is for who uses them to say.
    size
        (width, height) of level 0.
    levels
        Level 0 first, uint8 arrays of the blocks, row by row.
    """

    format: str
    size: tuple[int, int]
    levels: tuple[NDArray[np.uint8], ...]

    @property
    def is_whole(self) -> bool:
        """Whether mip maps reach down to a single texel."""
        return len(self.levels) == max(self.size).bit_length()


def read_block_image(data: bytes | memoryview, *, name: str = "texture") -> BlockImage | None:
    """The blocks of a DDS or KTX 2.0 file.

    Returns
    -------
    BlockImage or None
        None where the file is another, holds no such blocks, or nothing here can make them.

    Raises
    ------
    TaixuError
        When it is damaged or cut short.
    """
    data = bytes(data)
    if data[:4] == b"DDS ":
        return _read_dds(data, name)
    if data[:7] == b"\xabKTX 20":
        return _read_ktx2(data, name)
    return None


def _read_dds(data: bytes, name: str) -> BlockImage | None:
    if len(data) < 128:
        raise TaixuError(f"{name}: the DDS texture is cut off; export it again")
    height, width = struct.unpack_from("<2I", data, 12)
    count, code, flags = struct.unpack_from("<I", data, 28)[0], data[84:88], struct.unpack_from("<I", data, 112)[0]
    start, format = 128, _FOUR_CC.get(code)
    if code == b"DX10":
        if len(data) < 148:
            raise TaixuError(f"{name}: the DDS texture is cut off; export it again")
        number, kind, more, layers = struct.unpack_from("<4I", data, 128)
        start, format = 148, _DXGI.get(number) if kind == 3 and not more & 4 and layers <= 1 else None
    if format is None or flags & _CUBE_OR_VOLUME:
        return None
    return _cut(data, name, format=format, size=(width, height), starts=start, count=max(1, count))


def _read_ktx2(data: bytes, name: str) -> BlockImage | None:
    if len(data) < 12 + _KTX_HEADER.size + _KTX_LEVEL.size:
        raise TaixuError(f"{name}: the KTX2 texture is cut off; export it again")
    kind, _, width, height, depth, layers, faces, count, packing, *_ = _KTX_HEADER.unpack_from(data, 12)
    if depth or layers > 1 or faces != 1:
        return None
    if kind == _BASIS:
        return _transcode(data, name, size=(width, height), count=max(1, count))
    if kind not in _VULKAN or packing:
        return None
    if not 1 <= count <= 15 or len(data) < 12 + _KTX_HEADER.size + count * _KTX_LEVEL.size:
        return None
    starts = [_KTX_LEVEL.unpack_from(data, 12 + _KTX_HEADER.size + i * _KTX_LEVEL.size)[0] for i in range(count)]
    return _cut(data, name, format=_VULKAN[kind], size=(width, height), starts=starts, count=count)


def _cut(data: bytes, name: str, *, format: str, size: tuple[int, int], starts: int | list[int], count: int) -> BlockImage:
    """Levels where they start in a file; from a number on they follow each other."""
    width, height = size
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE and count <= max(size).bit_length()):
        raise TaixuError(f"{name}: the texture says that it has {width} x {height} texels and {count} mip maps; export it again")
    levels = []
    at = starts if isinstance(starts, int) else 0
    for i in range(count):
        w, h = max(1, width >> i), max(1, height >> i)
        length = -(-w // 4) * -(-h // 4) * BLOCK_BYTES[format]
        at = starts[i] if isinstance(starts, list) else at
        if at + length > len(data):
            raise TaixuError(f"{name}: level {i} of the texture is cut off; export it again")
        levels.append(np.frombuffer(data, np.uint8, length, at))
        at += length
    return BlockImage(format, size, tuple(levels))


def _transcode(data: bytes, name: str, *, size: tuple[int, int], count: int) -> BlockImage | None:
    if not (0 < size[0] <= _MOST_SIDE and 0 < size[1] <= _MOST_SIDE and count == max(size).bit_length()):
        return None  # a device makes no mip maps of blocks: without the author's, it is better decoded
    try:
        import opengl_basisu
    except ImportError:
        return None
    try:
        texture = opengl_basisu.open(data)
        images = texture.transcode_levels(opengl_basisu.Target.BC7)
    except (opengl_basisu.BasisuError, ValueError) as error:
        raise TaixuError(f"{name}: its Basis Universal data is damaged ({str(error)[:80]}); export it again") from None
    levels = tuple(np.ascontiguousarray(image.data, np.uint8).reshape(-1) for image in images)
    return BlockImage("bc7", size, levels)
