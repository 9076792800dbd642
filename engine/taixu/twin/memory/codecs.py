"""Columns to bytes and back: byte planes, differences to the last keyframe, and what a declared error allows.

Numbers of one column resemble each other most in their upper bytes, so bytes are laid out plane by plane before zstd sees them.
Lossless columns are XORed with the keyframe (what did not change much begins with zeros); quantised ones are whole steps away from
the keyframe's, in 1, 2 or 4 bytes. A block needs its keyframe and no other block.
"""

from __future__ import annotations

import struct
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = [
    "WIDTHS", "Reader", "decode_numbers", "decode_rows", "decode_steps", "encode_numbers", "encode_rows", "encode_steps", "planes",
    "quantised", "restored", "unplaned", "unzigzag", "zigzag",
]  # fmt: skip

Array = NDArray[Any]
Indices = NDArray[np.intp]

WIDTHS = (1, 2, 4, 8)
"""Bytes that numbers of one column may be laid out in."""


class Reader:
    """Walks through a payload; what would lead beyond its end is refused."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """An unsigned 64-bit number."""
        return int(struct.unpack("<Q", self.take(8))[0])

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if not 0 <= count <= len(self._data) - self._at:
            raise TaixuError("a block of a recording ends too soon; it is damaged")
        self._at += count
        return self._data[self._at - count : self._at]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self._at)


def encode_rows(rows: NDArray[np.uint32], total: int) -> bytes:
    """Sorted row numbers below `total`: all of them, a bit for each, or the steps between them."""
    count = len(rows)
    if count == total:
        return struct.pack("<QB", count, 0)
    if count * 2 > total // 8:  # a bit each is smaller than a step each
        mask = np.zeros(total, bool)
        mask[rows] = True
        packed = np.packbits(mask)
        return struct.pack("<QB", count, 1) + packed.tobytes()
    steps = np.diff(rows.astype(np.int64), prepend=-1) - 1
    return struct.pack("<QB", count, 2) + planes(steps.astype(np.uint64))


def decode_rows(reader: Reader, total: int) -> Indices:
    """What `encode_rows` wrote."""
    count, form = reader.number(), reader.take(1)[0]
    if count > total or form > 2 or (form == 0 and count != total):
        raise TaixuError("a block of a recording names rows that there are not; it is damaged")
    if form == 0:
        return np.arange(total)
    if form == 1:
        mask = np.unpackbits(np.frombuffer(reader.take((total + 7) // 8), np.uint8), count=total)
        rows = np.flatnonzero(mask)
    else:
        rows = np.cumsum(unplaned(reader, count).astype(np.int64) + 1) - 1
    if len(rows) != count or (count and int(rows[-1]) >= total):
        raise TaixuError("a block of a recording names rows that there are not; it is damaged")
    return rows


def encode_numbers(values: Array, key: Array | None) -> bytes:
    """Numbers of any type, exactly: ``[n]`` or ``[width, n]``, against the keyframe's of the same rows where there are any."""
    whole = np.ascontiguousarray(values).view(f"<u{values.dtype.itemsize}")
    if key is not None and len(key):
        whole = whole ^ np.ascontiguousarray(key).view(whole.dtype)
    return planes(whole.reshape(-1))


def decode_numbers(reader: Reader, like: np.dtype[Any], shape: tuple[int, ...], key: Array | None) -> Array:
    """What `encode_numbers` wrote."""
    whole = unplaned(reader, prod(shape)).astype(f"<u{like.itemsize}", copy=False).reshape(shape)
    if key is not None and len(key):
        whole ^= np.ascontiguousarray(key).view(whole.dtype)
    return whole.view(like)


def quantised(values: Array, step: float) -> Array:
    """Whole steps, int32 of float32 and int64 of float64; half a step is the largest error."""
    kind = np.int32 if values.dtype.itemsize == 4 else np.int64
    return np.rint(values.astype(np.float64) / step).astype(kind)


def restored(steps: Array, step: float, like: np.dtype[Any]) -> Array:
    """Values of whole steps."""
    return np.multiply(steps, step, dtype=np.float64).astype(like)


def zigzag(steps: Array) -> Array:
    """Signed to unsigned, small to small."""
    bits = 8 * steps.dtype.itemsize - 1
    return ((steps << 1) ^ (steps >> bits)).view(f"u{steps.dtype.itemsize}")


def unzigzag(codes: Array, kind: np.dtype[Any]) -> Array:
    """What `zigzag` was given, as a signed type."""
    wide = codes.astype(f"u{kind.itemsize}", copy=False)
    steps: Array = (wide >> 1).view(kind)
    steps ^= -(wide & 1).view(kind)
    return steps


def encode_steps(steps: Array, key: Array | None) -> bytes:
    """Whole steps, as differences to the keyframe's."""
    return planes(zigzag(steps - key if key is not None else steps).reshape(-1))


def decode_steps(reader: Reader, shape: tuple[int, ...], kind: np.dtype[Any], key: Array | None) -> Array:
    """What `encode_steps` wrote, as int32 or int64."""
    steps = unzigzag(unplaned(reader, prod(shape)), kind).reshape(shape)
    if key is not None:
        steps += key
    return steps


def planes(whole: Array) -> bytes:
    """Unsigned numbers by byte planes, in as many bytes as the largest needs."""
    top = int(whole.max()) if len(whole) else 0
    width = next(width for width in WIDTHS if top < 1 << (8 * width))
    narrow = whole.astype(f"<u{width}")
    if width > 1:
        laid = narrow.view(np.uint8).reshape(-1, width).T
        return struct.pack("<B", width) + np.ascontiguousarray(laid).tobytes()
    return struct.pack("<B", width) + narrow.tobytes()


def unplaned(reader: Reader, count: int) -> Array:
    """What `planes` wrote."""
    width = reader.take(1)[0]
    if width not in WIDTHS:
        raise TaixuError("a block of a recording has numbers of no known width; it is damaged")
    laid = np.frombuffer(reader.take(count * width), np.uint8).reshape(width, count)
    whole = laid[0].astype(f"<u{width}")
    for place in range(1, width):
        if laid[place].any():  # upper bytes seldom have anything in them
            whole |= laid[place].astype(whole.dtype) << (8 * place)
    return whole
