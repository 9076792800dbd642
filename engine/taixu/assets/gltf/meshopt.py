"""Decompression of ``EXT_meshopt_compression`` and ``KHR_meshopt_compression``.

Written after the bitstream that the extensions define (their appendices A and B). Vertex data is decoded with
a short loop over groups of 16 bytes, and numpy for the rest; triangle lists are decoded one triangle at a
time, as their format demands. Every read is bounds-checked by slicing: a stream that is cut off raises
`MeshoptError`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.meshopt_filters import apply_filter

__all__ = ["MeshoptError", "decode_meshopt"]

_BITS_V0 = (0, 2, 4, 8)
_BITS_V1 = ((0, 1, 2, 4), (1, 2, 4, 8))
# A packed byte to its values, one a byte: 1-bit values go from the lowest bit, the others from the highest.
_UNPACKED = {
    1: [bytes((packed >> bit) & 1 for bit in range(8)) for packed in range(256)],
    2: [bytes((packed >> bit) & 3 for bit in (6, 4, 2, 0)) for packed in range(256)],
    4: [bytes((packed >> 4, packed & 15)) for packed in range(256)],
}
_ZEROS = bytes(16)


class MeshoptError(Exception):
    """The compressed stream is damaged."""


def decode_meshopt(source: memoryview, *, count: int, stride: int, mode: str, filtering: str) -> NDArray[np.uint8]:
    """Decompress a buffer view.

    Parameters
    ----------
    count, stride : int
        Elements, and bytes an element.
    mode, filtering : str
        As in the extension: ``ATTRIBUTES``, ``TRIANGLES`` or ``INDICES``; ``NONE``, ``OCTAHEDRAL`` ...

    Returns
    -------
    uint8 array [count * stride]

    Raises
    ------
    MeshoptError
        The stream is damaged or does not fit the parameters.
    """
    data = bytes(source)
    if mode == "ATTRIBUTES":
        if stride % 4:
            raise MeshoptError(f"a stride of {stride} bytes cannot be meshopt-compressed")
        elements = _decode_vertices(data, count, stride)
        return apply_filter(elements, filtering).reshape(-1)
    if stride not in (2, 4):
        raise MeshoptError(f"indices of {stride} bytes cannot be meshopt-compressed")
    decode = _decode_triangles if mode == "TRIANGLES" else _decode_sequence
    try:
        indices = decode(data, count)
    except IndexError:
        raise MeshoptError("the meshopt stream is cut off") from None
    wide = np.array(indices, np.int64) & 0xFFFFFFFF
    return wide.astype(np.uint32 if stride == 4 else np.uint16).view(np.uint8)


def _decode_vertices(data: bytes, count: int, stride: int) -> NDArray[np.uint8]:
    if not data or data[0] not in (0xA0, 0xA1):
        raise MeshoptError("the meshopt vertex stream has an unknown version")
    version = data[0] & 15
    tail = stride if version == 0 else stride + stride // 4
    if len(data) < 1 + max(tail, 32 if version == 0 else 24):
        raise MeshoptError("the meshopt stream is cut off")
    tail_at = len(data) - tail
    first = np.frombuffer(data, np.uint8, stride, tail_at)
    modes = bytes(stride // 4) if version == 0 else data[tail_at + stride :]
    block = min(0x2000 // stride & ~15, 256)
    # A byte of input yields at most 1,024 (2 bits say that 256 are zero), so a small stream cannot claim a giant.
    if count * stride > 1024 * len(data):
        raise MeshoptError("the meshopt stream is too short for what it should hold")

    deltas = np.empty((stride, count), np.uint8)
    at = 1
    for start in range(0, count, block):
        size = min(block, count - start)
        control = b""
        if version == 1:
            control = data[at : at + stride // 4]
            at += stride // 4
        at = _decode_block(data, at, control, deltas[:, start : start + size])
    if at > tail_at:
        raise MeshoptError("the meshopt stream is cut off")
    return _undo_deltas(deltas, first, modes)


def _decode_block(data: bytes, at: int, control: bytes, deltas: NDArray[np.uint8]) -> int:
    """Fill `deltas` [stride, size], one row a byte of the element, and give the place where the next block begins."""
    stride, size = deltas.shape
    groups = (size + 15) // 16
    for byte in range(stride):
        bits = _BITS_V0
        if control:
            kind = control[byte >> 2] >> (2 * (byte & 3)) & 3
            if kind == 2:
                deltas[byte] = 0
                continue
            if kind == 3:
                raw = data[at : at + size]
                if len(raw) < size:
                    raise MeshoptError("the meshopt stream is cut off")
                deltas[byte] = np.frombuffer(raw, np.uint8)
                at += size
                continue
            bits = _BITS_V1[kind]
        header = data[at : at + (groups + 3) // 4]
        at += len(header)
        values: list[bytes] = []
        for group in range(groups):
            if group >> 2 >= len(header):
                raise MeshoptError("the meshopt stream is cut off")
            width = bits[header[group >> 2] >> (2 * (group & 3)) & 3]
            if width == 0:
                values.append(_ZEROS)
                continue
            packed = data[at : at + 2 * width]
            at += 2 * width
            if width == 8:
                values.append(packed)
                continue
            table, sentinel = _UNPACKED[width], (1 << width) - 1
            unpacked = b"".join([table[value] for value in packed])
            escapes = unpacked.count(sentinel)
            if escapes:
                # Sentinels stand for whole bytes, which follow the group in order.
                literals = iter(data[at : at + escapes])
                unpacked = bytes([next(literals, 0) if value == sentinel else value for value in unpacked])
                at += escapes
            values.append(unpacked)
        joined = b"".join(values)
        if len(joined) < size:
            raise MeshoptError("the meshopt stream is cut off")
        deltas[byte] = np.frombuffer(joined, np.uint8, size)
    return at


def _undo_deltas(deltas: NDArray[np.uint8], first: NDArray[np.uint8], modes: bytes) -> NDArray[np.uint8]:
    """Sum (or xor) each channel along the elements, beginning at the baseline that the stream's tail holds."""
    stride, count = deltas.shape
    result = np.empty((count, stride), np.uint8)
    for channel in range(stride // 4):
        rows = slice(4 * channel, 4 * channel + 4)
        kind = modes[channel] & 3
        if kind == 3:
            raise MeshoptError("the meshopt stream has an unknown channel mode")
        if kind == 2:
            rotation = modes[channel] >> 4
            words = np.ascontiguousarray(deltas[rows].T).view(np.uint32)[:, 0]
            if rotation:
                words = (words >> np.uint32(rotation)) | (words << np.uint32(32 - rotation))
            if count:
                words[0] ^= first[rows].copy().view(np.uint32)[0]
            result[:, rows] = np.bitwise_xor.accumulate(words).view(np.uint8).reshape(count, 4)
            continue
        unsigned: type[np.uint8] | type[np.uint16] = np.uint16 if kind == 1 else np.uint8
        words = np.ascontiguousarray(deltas[rows].T).view(unsigned)
        steps = (words >> unsigned(1)) ^ (-(words & unsigned(1)).astype(np.int32)).astype(unsigned)
        if count:
            steps[0] += first[rows].copy().view(unsigned)
        summed = np.cumsum(steps, axis=0, dtype=unsigned)
        result[:, rows] = summed.view(np.uint8).reshape(count, 4)
    return result


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 28:
            raise MeshoptError("the meshopt stream holds a number that is too large")


def _decode_sequence(data: bytes, count: int) -> list[int]:
    if not data or data[0] != 0xD1:
        raise MeshoptError("the meshopt index stream has an unknown version")
    if count > len(data):
        raise MeshoptError("the meshopt stream is too short for what it should hold")
    last = [0, 0]
    at = 1
    result: list[int] = []
    for _ in range(count):
        value, at = _read_varint(data, at)
        line, value = value & 1, value >> 1
        last[line] += (value >> 1) ^ -(value & 1)
        result.append(last[line])
    return result


def _decode_triangles(data: bytes, count: int) -> list[int]:
    """Decode a triangle list: a code byte a triangle, which refers to recent edges and vertices."""
    if not data or data[0] != 0xE1:
        raise MeshoptError("the meshopt triangle stream has an unknown version")
    triangles = count // 3
    if count % 3 or len(data) < 1 + triangles + 16:
        raise MeshoptError("the meshopt stream is too short for what it should hold")
    aux = data[len(data) - 16 :]
    at = 1 + triangles
    edges = [(0, 0)] * 16  # rings, written at the position modulo 16
    vertices = [0] * 16
    edge_at = vertex_at = 0
    fresh = last = 0
    result: list[int] = []
    for code in data[1 : 1 + triangles]:
        high, low = code >> 4, code & 15
        if high < 15:
            a, b = edges[(edge_at - 1 - high) & 15]
            if 0 < low < 13:
                c = vertices[(vertex_at - 1 - low) & 15]
            else:
                if low == 0:
                    c = fresh
                    fresh += 1
                elif low == 15:
                    step, at = _read_varint(data, at)
                    last += (step >> 1) ^ -(step & 1)
                    c = last
                else:
                    last += 1 if low == 14 else -1
                    c = last
                vertices[vertex_at & 15] = c
                vertex_at += 1
            edges[edge_at & 15] = (c, b)
            edges[(edge_at + 1) & 15] = (a, c)
            edge_at += 2
        else:
            if low < 14:
                pair = aux[low]
                explicit = False
            else:
                pair = data[at]
                at += 1
                explicit = True
                if pair == 0:
                    fresh = 0
            if low == 15:
                step, at = _read_varint(data, at)
                last += (step >> 1) ^ -(step & 1)
                a = last
            else:
                a = fresh
                fresh += 1
            corners: list[int] = []
            pushed = [a]
            for choice in (pair >> 4, pair & 15):
                if choice == 0:
                    corner = fresh
                    fresh += 1
                    pushed.append(corner)
                elif choice == 15 and explicit:
                    step, at = _read_varint(data, at)
                    last += (step >> 1) ^ -(step & 1)
                    corner = last
                    pushed.append(corner)
                else:
                    corner = vertices[(vertex_at - choice) & 15]
                corners.append(corner)
            b, c = corners
            for corner in pushed:
                vertices[vertex_at & 15] = corner
                vertex_at += 1
            edges[edge_at & 15] = (b, a)
            edges[(edge_at + 1) & 15] = (c, b)
            edges[(edge_at + 2) & 15] = (a, c)
            edge_at += 3
        result += (a, b, c)
    return result
