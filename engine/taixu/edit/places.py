"""Where roots stand in documents: one position in metres instead of a cell and an offset."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.edit.values import shortest
from taixu.scene import CELL_M, split_position

__all__ = ["MAX_POSITION_M", "position_doubt", "positions_to_json", "split_json_position"]

MAX_POSITION_M = CELL_M * 2.0**30
"""Fifteen times the distance to the moon and more: cells are 32-bit integers."""


def positions_to_json(cells: NDArray[np.int32], offsets: NDArray[np.float32]) -> list[list[float] | None]:
    """The shortest positions that split into these cells and offsets (``[3, n]`` each).

    None where no position does: an offset that reaches out of its cell, one finer than a float64 is out there, or
    a place beyond all worlds.
    """
    found: list[list[float] | None] = []
    texts = shortest(offsets.T)
    here = (cells == 0).all(0) & (np.abs(offsets) < CELL_M / 2).all(0)
    for place, simple in enumerate(here.tolist()):
        if simple:
            found.append(texts[3 * place : 3 * place + 3])
            continue
        axes = [_axis(int(cells[axis, place]), offsets[axis, place]) for axis in range(3)]
        found.append(None if None in axes else [axis for axis in axes if axis is not None])
    return found


def position_doubt(position: Any) -> str:
    """Why a JSON value is no position; empty where it is one."""
    if not isinstance(position, list) or len(position) != 3:
        return "takes 3 numbers"
    if any(isinstance(item, bool) or not isinstance(item, (int, float)) for item in position):
        return "takes 3 numbers"
    if not all(abs(item) <= MAX_POSITION_M for item in position):
        return f"lies beyond {MAX_POSITION_M:.0e} m, the end of every world"
    return ""


def split_json_position(position: list[float]) -> dict[str, list[float]]:
    """`cell` and `translation` of a position, as JSON."""
    cell, offset = split_position(np.array(position, np.float64))
    return {"cell": cell.tolist(), "translation": offset.astype(np.float64).tolist()}


def _axis(cell: int, offset: np.float32) -> float | None:
    exact = cell * CELL_M + float(offset)
    if abs(exact) > MAX_POSITION_M / 2:
        return None
    for digits in range(6, 18):
        candidate = float(f"{exact:.{digits}g}")
        found_cell = np.rint(candidate / CELL_M)
        if found_cell == cell and np.float32(candidate - found_cell * CELL_M) == offset:
            return int(candidate) if candidate.is_integer() else candidate
    return None
