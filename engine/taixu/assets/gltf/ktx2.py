"""KTX 2.0 textures (``KHR_texture_basisu``): the largest image of a file as RGBA.

Basis Universal data (ETC1S, UASTC) is transcoded by the optional package opengl_basisu; plain 8-bit formats need none.
Layout of the file: KTX File Format Specification 2.0, section 3.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError

__all__ = ["decode_ktx2", "is_ktx2"]

MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"
HEADER = struct.Struct("<9I4I2Q")
LEVEL = struct.Struct("<3Q")
BASIS = 0  # VK_FORMAT_UNDEFINED: the data format descriptor says what it is, which is Basis Universal
PLAIN_CHANNELS = {9: 1, 15: 1, 16: 2, 22: 2, 23: 3, 29: 3, 37: 4, 43: 4}
"""Vulkan's numbers of R8, RG8, RGB8 and RGBA8, each UNORM and SRGB."""


def is_ktx2(data: bytes | memoryview) -> bool:
    """Whether the bytes begin as a KTX 2.0 file does."""
    return bytes(data[:12]) == MAGIC


def decode_ktx2(data: bytes | memoryview, *, name: str = "texture", max_pixels: int = 1 << 26) -> NDArray[np.uint8]:
    """Decode the largest mip level of a two-dimensional KTX 2.0 texture.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in errors.
    max_pixels : int
        The largest picture that is decoded.

    Returns
    -------
    uint8 array [h, w, 4]
        Row 0 is the top; colours as stored, mostly sRGB.

    Raises
    ------
    TaixuError
        It is damaged, too large, or of a kind that is not read.
    MachineError
        The transcoder is not installed.
    """
    data = bytes(data)
    if not is_ktx2(data) or len(data) < 12 + HEADER.size + LEVEL.size:
        raise TaixuError(f"{name}: it is no KTX 2.0 texture, or it is cut off; export it again")
    kind, _, width, height, depth, layers, faces, levels, packing, *_ = HEADER.unpack_from(data, 12)
    if not 0 < width <= 1 << 16 or not 0 < height <= 1 << 16 or width * height > max_pixels:
        raise TaixuError(f"{name}: its size of {width} x {height} pixels is not read; scale it down")
    if depth or layers > 1 or faces != 1:
        raise TaixuError(f"{name}: it is a volume, an array or a cube map; only two-dimensional KTX2 textures are read")
    if len(data) < 12 + HEADER.size + max(levels, 1) * LEVEL.size:
        raise TaixuError(f"{name}: the KTX2 texture is cut off; export it again")
    for level in range(max(levels, 1)):
        start, size, _ = LEVEL.unpack_from(data, 12 + HEADER.size + level * LEVEL.size)
        if start + size > len(data):
            raise TaixuError(f"{name}: level {level} of the KTX2 texture is cut off; export it again")
    if kind == BASIS:
        return _transcode(data, name, width=width, height=height)
    channels = PLAIN_CHANNELS.get(kind)
    if channels is None or packing not in (0, 3):
        what = f"Vulkan format {kind}, supercompression {packing}"
        raise TaixuError(f"{name}: KTX2 textures of this kind ({what}) are not read; convert it to Basis or PNG")
    start, size, _ = LEVEL.unpack_from(data, 12 + HEADER.size)
    return _unpack(data[start : start + size], name, shape=(height, width, channels), zipped=packing == 3)


def _transcode(data: bytes, name: str, *, width: int, height: int) -> NDArray[np.uint8]:
    try:
        import opengl_basisu
    except ImportError:
        raise MachineError(f'{name}: it is a Basis Universal texture: pip install "taixu[models]" brings the decoder') from None
    try:
        pixels = np.asarray(opengl_basisu.open(data).transcode(opengl_basisu.Target.RGBA8).data, np.uint8)
    except (opengl_basisu.BasisuError, ValueError) as error:
        reason = str(error)[:80]
        raise TaixuError(f"{name}: its Basis Universal data is damaged ({reason}); export it again") from None
    return pixels.reshape(height, width, 4)


def _unpack(data: bytes, name: str, *, shape: tuple[int, int, int], zipped: bool) -> NDArray[np.uint8]:
    height, width, channels = shape
    size = height * width * channels
    if zipped:
        try:
            data = zlib.decompressobj().decompress(data, size)
        except zlib.error as error:
            raise TaixuError(f"{name}: its data is damaged ({error}); export it again") from None
    if len(data) < size:
        raise TaixuError(f"{name}: the KTX2 texture is cut off; export it again")
    stored = np.frombuffer(data, np.uint8, size).reshape(shape)
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., :channels] = stored
    if channels < 4:
        pixels[..., 3] = 255
    return pixels
