"""Splats in PLY, as the training of Kerbl et al. writes them: logarithms of scales, logits of opacities, y down."""

from __future__ import annotations

import numpy as np

from taixu.assets.splats.cloud import COEFFICIENTS, MOST_SPLATS, SplatCloud, turned_over
from taixu.errors import TaixuError

__all__ = ["decode_ply"]

_MOST_HEADER = 1 << 16
_TYPES = {
    "float": "<f4", "float32": "<f4", "double": "<f8", "float64": "<f8", "uchar": "u1", "uint8": "u1", "char": "i1", "int8": "i1",
    "short": "<i2", "int16": "<i2", "ushort": "<u2", "uint16": "<u2", "int": "<i4", "int32": "<i4", "uint": "<u4", "uint32": "<u4",
}  # fmt: skip


def decode_ply(data: bytes, *, name: str) -> SplatCloud:
    """Splats of a file's bytes.

    Raises
    ------
    TaixuError
        When it is no PLY of splats.
    """
    end = data.find(b"end_header\n", 0, _MOST_HEADER)
    if not data.startswith(b"ply") or end < 0:
        raise TaixuError(f"{name}: it is no PLY file")
    count, fields = _vertices(data[:end].decode("ascii", "replace").replace("\r", "").split("\n"), name)
    kind = np.dtype(fields)
    start = end + len(b"end_header\n")
    if not 0 < count <= MOST_SPLATS:
        raise TaixuError(f"{name}: it names {count:,} splats, and 1 to {MOST_SPLATS:,} are read")
    if len(data) - start < count * kind.itemsize:
        raise TaixuError(f"{name}: it names {count:,} splats and ends before the last")
    rows = np.frombuffer(data, kind, count, start)

    def columns(*names: str) -> np.ndarray:
        lacking = [each for each in names if each not in kind.fields] if kind.fields else list(names)
        if lacking:
            raise TaixuError(f"{name}: its points have no {lacking[0]}; it holds no Gaussian splats")
        return np.stack([rows[each] for each in names], 1).astype(np.float32)

    rest = sum(each.startswith("f_rest_") for each, _ in fields)
    k = next((k for k in reversed(COEFFICIENTS) if 3 * (k - 1) <= rest), 1)
    harmonics = np.zeros((count, k, 3), np.float32)
    harmonics[:, 0] = columns("f_dc_0", "f_dc_1", "f_dc_2")
    if k > 1:  # channel after channel
        per_channel = rest // 3
        for channel in range(3):
            first = channel * per_channel
            harmonics[:, 1:, channel] = columns(*(f"f_rest_{number}" for number in range(first, first + k - 1)))
    with np.errstate(over="ignore", invalid="ignore"):
        scales = np.exp(columns("scale_0", "scale_1", "scale_2"))
        opacities = 1.0 / (1.0 + np.exp(-columns("opacity")[:, 0]))
    rotations = columns("rot_1", "rot_2", "rot_3", "rot_0")
    return turned_over(SplatCloud(columns("x", "y", "z"), scales, rotations, opacities, harmonics))


def _vertices(lines: list[str], name: str) -> tuple[int, list[tuple[str, str]]]:
    """How many vertices, and the types of their properties."""
    count, fields, here = 0, list[tuple[str, str]](), ""
    for line in lines:
        words = line.split()
        if words[:1] == ["format"] and words[1:2] != ["binary_little_endian"]:
            raise TaixuError(f"{name}: splats are read from little-endian binary PLY alone")
        if words[:1] == ["element"] and len(words) == 3:
            if here == "vertex":
                break
            here = words[1]
            if here != "vertex":
                raise TaixuError(f"{name}: its first element is {here[:40]!r}; compressed PLY is not read, convert it to SPZ")
            count = int(words[2]) if words[2].isdigit() and len(words[2]) < 12 else 0
        elif words[:1] == ["property"]:
            if len(words) != 3 or words[1] not in _TYPES or words[2] in dict(fields) or len(fields) >= 256:
                raise TaixuError(f"{name}: it has a property that splats have not: {line[:60]!r}")
            fields.append((words[2], _TYPES[words[1]]))
    if not fields:
        raise TaixuError(f"{name}: its points have no properties")
    return count, fields
