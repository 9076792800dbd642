"""State as bytes: arrays and plain facts, without pickle, the same bytes for the same state.

Layout, little-endian: ``TXSS``, uint32 length of a JSON head ``{"facts": ..., "arrays": [[name, dtype, shape], ...]}`` with sorted
keys, then the arrays' bytes in C order, in the head's order (by name).
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["hash_state", "pack", "unpack"]

_MAGIC = b"TXSS"
_MOST_BYTES = 1 << 32
_MOST_HEAD = 1 << 20
_KINDS = "biuf"


def pack(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> bytes:
    """Arrays of numbers and JSON's facts as bytes."""
    ready = {name: _little(np.asarray(arrays[name])) for name in sorted(arrays)}
    listed = [[name, array.dtype.str, list(array.shape)] for name, array in ready.items()]
    head = json.dumps({"arrays": listed, "facts": dict(facts)}, sort_keys=True, separators=(",", ":")).encode()
    return b"".join([_MAGIC, struct.pack("<I", len(head)), head, *(array.tobytes() for array in ready.values())])


def unpack(state: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """What `pack` was given; the arrays are copies that one may write to.

    Raises
    ------
    TaixuError
        When these are other bytes.
    """
    try:
        if state[:4] != _MAGIC or len(state) > _MOST_BYTES:
            raise ValueError
        (length,) = struct.unpack_from("<I", state, 4)
        if length > min(_MOST_HEAD, len(state) - 8):
            raise ValueError
        head = json.loads(state[8 : 8 + length])
        at, arrays = 8 + length, {}
        for name, kind, shape in head["arrays"]:
            dtype = np.dtype(kind)
            if dtype.kind not in _KINDS or not all(isinstance(side, int) and side >= 0 for side in shape):
                raise ValueError
            size = math.prod(shape) * dtype.itemsize
            if size > len(state) - at:
                raise ValueError
            arrays[str(name)] = np.frombuffer(state, dtype, math.prod(shape), at).reshape(shape).copy()
            at += size
        if at != len(state) or not isinstance(head["facts"], dict):
            raise ValueError
    except (ValueError, TypeError, KeyError, struct.error, RecursionError) as error:
        raise TaixuError("this is no state of a simulator: it is damaged, or something else") from error
    return arrays, head["facts"]


def hash_state(state: bytes) -> str:
    """The hash of a packed state: 32 hexadecimal digits."""
    return hashlib.blake2b(state, digest_size=16).hexdigest()


def _little(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"a state holds numbers, not {array.dtype}")
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")
