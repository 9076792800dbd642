"""Splats in SPZ, versions 1 to 3 (https://github.com/nianticlabs/spz): gzip over columns of quantised numbers, y up."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from taixu.assets.splats.cloud import COEFFICIENTS, MOST_SPLATS, SplatCloud
from taixu.errors import TaixuError

__all__ = ["decode_spz"]

_MAGIC = 0x5053474E
_HEADER = 16
_COLOR_SCALE = 0.15


def decode_spz(data: bytes, *, name: str) -> SplatCloud:
    """Splats of a file's bytes.

    Raises
    ------
    TaixuError
        When it is no SPZ, or of a version that is not read.
    """
    header = _inflated(data, _HEADER, name)
    magic, version, count = (int(each) for each in np.frombuffer(header, "<u4", 3))
    degree, fraction = header[12], header[13]
    if magic != _MAGIC:
        raise TaixuError(f"{name}: it is no SPZ file")
    if version not in (1, 2, 3) or degree > 3 or fraction > 24:
        raise TaixuError(f"{name}: SPZ of version {version} with harmonics of degree {degree} is not read; versions 1 to 3 are")
    if not 0 < count <= MOST_SPLATS:
        raise TaixuError(f"{name}: it names {count:,} splats, and 1 to {MOST_SPLATS:,} are read")
    k = COEFFICIENTS[degree]
    widths = (6 if version == 1 else 9, 1, 3, 3, 4 if version == 3 else 3, 3 * (k - 1))
    whole = _inflated(data, _HEADER + count * sum(widths), name)
    parts, at = [], _HEADER
    for width in widths:
        parts.append(np.frombuffer(whole, np.uint8, count * width, at).reshape(count, width))
        at += count * width
    places, alphas, colors, scales, turns, rest = parts
    if version == 1:
        positions = np.ascontiguousarray(places).view("<f2").astype(np.float32)
    else:
        bytes_ = places.reshape(count, 3, 3).astype(np.int32)
        fixed = bytes_[..., 0] | bytes_[..., 1] << 8 | bytes_[..., 2] << 16
        positions = ((fixed ^ 0x800000) - 0x800000).astype(np.float32) / np.float32(1 << fraction)
    harmonics = np.zeros((count, k, 3), np.float32)
    harmonics[:, 0] = (colors / np.float32(255) - np.float32(0.5)) / np.float32(_COLOR_SCALE)
    harmonics[:, 1:] = ((rest.astype(np.float32) - 128) / 128).reshape(count, k - 1, 3)
    rotations = _smallest_three(turns) if version == 3 else _first_three(turns)
    sizes, opacities = np.exp(scales.astype(np.float32) / 16 - 10), alphas[:, 0] * np.float32(1 / 255)
    return SplatCloud(positions, sizes, rotations, opacities, harmonics)


def _first_three(turns: NDArray[np.uint8]) -> NDArray[np.float32]:
    """x, y and z as bytes; w is not negative."""
    xyz = turns.astype(np.float32) / np.float32(127.5) - 1
    w = np.sqrt(np.maximum(1 - (xyz * xyz).sum(1), 0))
    return np.column_stack([xyz, w]).astype(np.float32)


def _smallest_three(turns: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Which is the largest in two bits; the others, from the last on, as nine bits and a sign."""
    packed = np.ascontiguousarray(turns).view("<u4")[:, 0].copy()
    largest = (packed >> 30).astype(np.intp)
    found = np.zeros((len(packed), 4), np.float32)
    for axis in (3, 2, 1, 0):
        other = largest != axis
        size = (packed & 511).astype(np.float32) / np.float32(511) * np.float32(np.sqrt(0.5))
        found[other, axis] = np.where(packed >> 9 & 1, -size, size)[other]
        packed = np.where(other, packed >> 10, packed)
    found[np.arange(len(found)), largest] = np.sqrt(np.maximum(1 - (found * found).sum(1), 0))
    return found


def _inflated(data: bytes, size: int, name: str) -> bytes:
    """The first bytes of what was packed; no more is unpacked than is asked for."""
    try:
        found = zlib.decompressobj(31).decompress(data, size)
    except zlib.error:
        raise TaixuError(f"{name}: it is no SPZ file, or is damaged") from None
    if len(found) < size:
        raise TaixuError(f"{name}: it ends before its last splat")
    return found
