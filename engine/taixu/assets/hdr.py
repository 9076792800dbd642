"""Radiance HDR pictures: RGB mantissas of 8 bits that share an exponent (Ward, "Real Pixels", Graphics Gems II).

The layout is that of Radiance's ``color.c``: a text header, a line that gives size and orientation, then scanlines
that are flat, in the old run-length code (pixels 1, 1, 1, n repeat the last one) or in the new one (each component by
itself).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError, UsageError

__all__ = ["decode_hdr", "encode_hdr"]

_MAX_HEADER = 1 << 16
_MAX_PIXELS = 1 << 25  # 8,192 x 4,096: floats take three times the memory of bytes
_RESOLUTION = re.compile(rb"([+-])([XY])\s+(\d{1,9})\s+([+-])([XY])\s+(\d{1,9})\s*")
# CIE XYZ (equal-energy white, as Radiance has it) to linear Rec.709.
_RGB_FROM_XYZ = np.array(
    ((2.5651, -1.1665, -0.3986), (-1.0217, 1.9777, 0.0439), (0.0753, -0.2543, 1.1892)), np.float32
)


def decode_hdr(data: bytes, *, name: str = "image", max_pixels: int = 1 << 26) -> NDArray[np.float32]:
    """Decode a Radiance picture to linear Rec.709, float32 [h, w, 3], the top row first.

    The header's EXPOSURE is left alone, as other readers do.

    Raises
    ------
    TaixuError
        When it is damaged, cut short or larger than `max_pixels`, or than 8,192 x 4,096.
    """
    start, width, height, axes, is_xyz = _read_header(data, name, min(max_pixels, _MAX_PIXELS))
    lines = np.empty((height, width, 4), np.uint8)
    pos = start
    for row in range(height):
        if width < 8 or width > 32767 or data[pos : pos + 2] != b"\2\2" or data[pos + 2 : pos + 3] > b"\x7f":
            _read_old(data, pos, lines[row:], name)
            break
        if int.from_bytes(data[pos + 2 : pos + 4], "big") != width:
            raise TaixuError(f"{name}: scanline {row} has another width than the picture")
        pos = _read_new(data, pos + 4, lines[row], name, row)
    pixels = _floats(lines)
    if is_xyz:
        for row in pixels:  # a picture's worth of products would be as large again
            np.maximum(row @ _RGB_FROM_XYZ.T, 0.0, out=row)
    return np.ascontiguousarray(_upright(pixels, axes))


def _read_header(data: bytes, name: str, max_pixels: int) -> tuple[int, int, int, tuple[str, str], bool]:
    """Where pixels start, width and height of the scanlines, their axes (``-Y``, ``+X``), whether they are XYZ."""
    end = data.find(b"\n\n", 0, _MAX_HEADER)
    if data[:2] != b"#?" or end < 0:
        raise TaixuError(f"{name}: is no Radiance picture: its header does not end")
    is_xyz = b"FORMAT=32-bit_rle_xyze" in data[:end]
    if not is_xyz and b"FORMAT=" in data[:end] and b"FORMAT=32-bit_rle_rgbe" not in data[:end]:
        raise TaixuError(f"{name}: has a pixel format that is not read (32-bit_rle_rgbe and 32-bit_rle_xyze are)")
    line_end = data.find(b"\n", end + 2, end + 2 + 256)
    found = _RESOLUTION.fullmatch(data[end + 2 : line_end]) if line_end > 0 else None
    if found is None or found[2] == found[5]:
        raise TaixuError(f"{name}: the line with its size is damaged")
    height, width = int(found[3]), int(found[6])
    if not height or not width or height * width > max_pixels:
        raise TaixuError(f"{name}: has {width} x {height} pixels; 1 to {max_pixels:,} are decoded")
    size = len(data) - line_end - 1
    # A scanline takes 4 bytes and two for every 127 values of a component; in the old code a pixel at the least.
    if size < height * (4 + 8 * -(-width // 127) if 8 <= width <= 32767 and data[line_end + 1 : line_end + 3] == b"\2\2"
                        else 1):
        raise TaixuError(f"{name}: says that it has {width} x {height} pixels, which {len(data):,} bytes cannot hold")
    axes = ((found[1] + found[2]).decode(), (found[4] + found[5]).decode())
    return line_end + 1, width, height, axes, is_xyz


def _read_new(data: bytes, pos: int, line: NDArray[np.uint8], name: str, row: int) -> int:
    """Decode a scanline whose components are coded one after the other; gives where the next starts."""
    width = len(line)
    planes = bytearray(4 * width)
    done, size = 0, len(data)
    for component in range(1, 5):
        end = component * width
        while done < end:
            if pos + 1 >= size:
                raise TaixuError(f"{name}: is cut short in scanline {row}")
            count = data[pos]
            if count > 128:
                count -= 128
                stop = done + count
                planes[done:stop] = data[pos + 1 : pos + 2] * count
                pos += 2
            else:
                stop = done + count
                planes[done:stop] = data[pos + 1 : pos + 1 + count]
                pos += 1 + count
            # A literal cut off by the end of the file, a run over the end of the component, or a run of nothing.
            if stop > end or pos > size or not count:
                raise TaixuError(f"{name}: a run in scanline {row} is damaged")
            done = stop
    line[:] = np.frombuffer(planes, np.uint8).reshape(4, width).T
    return pos


def _read_old(data: bytes, pos: int, lines: NDArray[np.uint8], name: str) -> None:
    """Decode all that is left as pixels, some of which repeat the one before: 1, 1, 1, n says n times.

    Repeats in a row count 256 times as much each, as ``oldreadcolrs`` has it.
    """
    records = np.frombuffer(data, np.uint8, (len(data) - pos) // 4 * 4, pos).reshape(-1, 4)
    repeats = np.all(records[:, :3] == 1, axis=1)
    order = np.arange(len(records))
    last_pixel = np.maximum.accumulate(np.where(repeats, -1, order))
    shifts = np.minimum(np.where(repeats, order - last_pixel - 1, 0), 3) * 8
    counts = np.where(repeats, records[:, 3].astype(np.int64) << shifts, 1)
    wanted = lines.shape[0] * lines.shape[1]
    ends = np.cumsum(np.minimum(counts, wanted))
    used = int(np.searchsorted(ends, wanted)) + 1
    if used > len(records):
        raise TaixuError(f"{name}: is cut short: pixels for {wanted:,} were expected")
    if repeats[0]:
        raise TaixuError(f"{name}: repeats a pixel before the first one")
    counts = np.minimum(counts[:used], wanted)
    counts[-1] -= int(ends[used - 1]) - wanted
    lines[...] = np.repeat(records[last_pixel[:used]], counts, axis=0).reshape(lines.shape)


def _floats(lines: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mantissa times 2^(exponent - 136), as other readers have it; an exponent of 0 is black."""
    scales = np.ldexp(np.float32(1.0), np.arange(256) - 136).astype(np.float32)
    scales[0] = 0.0
    pixels = lines[..., :3].astype(np.float32)
    for row in range(len(lines)):  # a picture's worth of scales would be as large again
        pixels[row] *= scales[lines[row, :, 3]][:, None]
    return pixels


def _upright(pixels: NDArray[np.float32], axes: tuple[str, str]) -> NDArray[np.float32]:
    """Turn scanlines so that rows run from the top, columns from the left; -Y +X is so already."""
    for axis, name in enumerate(axes):
        if name in ("+Y", "-X"):
            pixels = np.flip(pixels, axis)
    return pixels.swapaxes(0, 1) if axes[0][1] == "X" else pixels


def encode_hdr(pixels: NDArray[Any]) -> bytes:
    """Encode linear Rec.709, floats [h, w, 3 or 4] (alpha is dropped); negative values become black.

    Raises
    ------
    UsageError
        When the array is no such picture, or wider than the format's 32,767.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype.kind != "f" or 0 in pixels.shape:
        raise UsageError("a Radiance picture is made of floats [height, width, 3]")
    height, width = pixels.shape[:2]
    if width > 32767:
        raise UsageError(f"a Radiance picture is at most 32,767 pixels wide, not {width:,}")
    lines = _mantissas(np.asarray(pixels[..., :3], np.float32))
    head = f"#?RADIANCE\nSOFTWARE=Taixu\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    if width < 8:
        return head + lines.tobytes()
    # The new code with literal runs alone: 1/128 larger than flat, which a first pixel of 2, 2 would break.
    planes = lines.transpose(0, 2, 1)
    starts = np.arange(0, width, 128)
    coded = np.empty((height, 4, width + len(starts)), np.uint8)
    where = np.arange(width) + np.arange(width) // 128 + 1
    coded[:, :, where] = planes
    coded[:, :, starts + np.arange(len(starts))] = np.minimum(width - starts, 128).astype(np.uint8)
    marks = np.tile(np.array((2, 2, width >> 8, width & 255), np.uint8), (height, 1))
    return head + np.concatenate([marks, coded.reshape(height, -1)], axis=1).tobytes()


def _mantissas(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Three mantissas and an exponent for each pixel, [h, w, 4]; what is darker than 1e-32 is black."""
    lines = np.empty((*pixels.shape[:2], 4), np.uint8)
    for top in range(0, len(pixels), 64):  # a block that stays in the cache
        block = np.nan_to_num(pixels[top : top + 64], posinf=1e38).clip(0.0, np.float32(1.7e38))
        brightest = block.max(axis=2)
        _, exponents = np.frexp(brightest)
        lit = brightest >= 1e-32
        exponents[~lit] = 0
        scales = np.ldexp(np.float32(1.0), 8 - exponents).astype(np.float32)
        part = lines[top : top + 64]
        part[..., :3] = np.minimum(block * (scales * lit)[..., None] + np.float32(0.5), 255.0)
        part[..., 3] = np.where(lit, exponents + 128, 0)
    return lines
