"""Column files of places: float32 [n, 5], x y z, turn about the vertical, scale."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["MOST_PLACES", "read_places", "write_places"]

MOST_PLACES = 8_000_000
_COLUMNS = 5
_MOST_METRES = 1.0e6


def write_places(path: Path, places: NDArray[Any]) -> None:
    """Write places, whole or not at all."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(places, np.float32), version=(1, 0), allow_pickle=False)
    write_atomic(path, buffer.getvalue())


def read_places(path: Path) -> NDArray[np.float32]:
    """Read places.

    Raises
    ------
    TaixuError
        When it is no file of places, holds too many, or numbers that are none.
    """
    data = read_bytes(path, max_bytes=MOST_PLACES * _COLUMNS * 8 + 4096)
    try:
        found: Any = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError, KeyError, TypeError, SyntaxError) as error:
        raise TaixuError(f"{path}: this is no .npy of places ({str(error)[:80]})") from None
    if found.ndim != 2 or found.shape[1] != _COLUMNS or found.dtype.kind != "f" or len(found) > MOST_PLACES:
        raise TaixuError(
            f"{path}: places are rows of x, y, z, turn and scale, at most {MOST_PLACES:,}; this is {found.dtype} {found.shape}"
        )
    if not np.isfinite(found).all() or (len(found) and float(np.abs(found).max()) > _MOST_METRES):
        raise TaixuError(f"{path}: places hold numbers that are none, or beyond {_MOST_METRES:g} m")
    return np.ascontiguousarray(found, np.float32)
