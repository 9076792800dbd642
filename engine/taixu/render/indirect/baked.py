"""Light that probes found, as a file: ``*.probes``, for machines that are to trace nothing.

The file: 8 bytes `MAGIC`, the length of a header (uint32, little endian), the header (JSON: spacing, first, counts, columns, and by
what it was made), and the atlas, float16 by rows, deflated.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.render.indirect.blocks import TILE
from taixu.render.indirect.lattice import Lattice

__all__ = ["BakedProbes", "decode_probes", "encode_probes", "read_probes"]

MAGIC = b"TXPROBE1"
_MOST_BYTES, _MOST_HEADER, _MOST_PROBES = 64 << 20, 1 << 16, 8192
_FARTHEST = 1 << 30


@dataclass(frozen=True)
class BakedProbes:
    """What probes know.

    Attributes
    ----------
    lattice
        Where they stand.
    atlas : float16[h, w, 4]
        As in `taixu.render.indirect.blocks`.
    made_by
        How it was made, for people: rays, rounds, which world.
    """

    lattice: Lattice
    atlas: NDArray[np.float16]
    made_by: dict[str, Any]


def encode_probes(baked: BakedProbes) -> bytes:
    """The bytes of a file."""
    lattice = baked.lattice
    header = json.dumps({
        "spacing_m": lattice.spacing_m, "first": lattice.first, "counts": lattice.counts,
        "columns": baked.atlas.shape[1] // TILE[0], "made_by": baked.made_by,
    }).encode()  # fmt: skip
    atlas = np.ascontiguousarray(baked.atlas, "<f2").tobytes()
    return MAGIC + len(header).to_bytes(4, "little") + header + zlib.compress(atlas, 6)


def read_probes(path: str | os.PathLike[str]) -> BakedProbes:
    """Read a file of at most 64 MiB; errors as `decode_probes`'s."""
    return decode_probes(read_bytes(path, max_bytes=_MOST_BYTES), name=Path(path).name)


def decode_probes(data: bytes, *, name: str = "light") -> BakedProbes:
    """Probes out of a file's bytes.

    Raises
    ------
    TaixuError
        Where they are no such file, or are damaged.
    """
    try:
        if data[:8] != MAGIC:
            raise ValueError("it does not begin as such a file does")
        length = int.from_bytes(data[8:12], "little")
        if length > _MOST_HEADER:
            raise ValueError(f"its header says {length} bytes")
        header = json.loads(data[12 : 12 + length].decode())
        lattice, columns = _lattice(header)
        rows = -(-lattice.count // columns)
        shape = (rows * TILE[1], columns * TILE[0], 4)
        size = shape[0] * shape[1] * 8
        unpacker = zlib.decompressobj()
        atlas = unpacker.decompress(data[12 + length :], size + 1)
        if len(atlas) != size:
            raise ValueError(f"{len(atlas)} bytes of light, and {size} are wanted")
        made_by = header.get("made_by")
        texels = np.frombuffer(atlas, "<f2").reshape(shape).astype(np.float16)
        return BakedProbes(lattice, np.nan_to_num(texels, posinf=6e4, neginf=0.0), made_by if isinstance(made_by, dict) else {})
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, zlib.error) as error:
        raise TaixuError(f"{name} is no file of baked light: {error}; bake it again with taixu bake") from None


def _lattice(header: dict[str, Any]) -> tuple[Lattice, int]:
    spacing, columns = float(header["spacing_m"]), int(header["columns"])
    first, counts = [[int(v) for v in header[key]] for key in ("first", "counts")]
    if not (isfinite(spacing) and 1e-3 <= spacing <= 1e4 and len(first) == len(counts) == 3):
        raise ValueError("its probes stand nowhere")
    if min(counts) < 2 or max(counts) > _MOST_PROBES or np.prod(counts) > _MOST_PROBES or not 1 <= columns <= np.prod(counts):
        raise ValueError(f"it has {counts} probes")
    if max(map(abs, first)) > _FARTHEST:
        raise ValueError("its probes are too far away")
    return Lattice(spacing, (first[0], first[1], first[2]), (counts[0], counts[1], counts[2])), columns
