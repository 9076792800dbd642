"""`game.where`, `game.sqrt` and their like for a project's own scripts: numbers and numpy columns in, the same out."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.math.column_arithmetic import BINARY, REDUCE, UNARY
from taixu.script.wire import GameError

__all__ = ["ColumnFunctions"]


class ColumnFunctions:
    """The column functions of `game`; a sandbox's columns ask the host for the same arithmetic."""

    @staticmethod
    def where(mask: Any, yes: Any, no: Any) -> Any:
        return _plain(np.where(mask, yes, no))

    @staticmethod
    def minimum(a: Any, b: Any) -> Any:
        return _two("minimum", a, b)

    @staticmethod
    def maximum(a: Any, b: Any) -> Any:
        return _two("maximum", a, b)

    @staticmethod
    def clamp(a: Any, low: Any, high: Any) -> Any:
        return _two("minimum", _two("maximum", a, low), high)

    @staticmethod
    def roll(column: Any, shift: int) -> Any:
        if not np.ndim(column):
            raise GameError("game.roll takes a column first, as game.columns gives it")
        return np.roll(column, shift, axis=-1)

    @staticmethod
    def sqrt(a: Any) -> Any:
        return _one("sqrt", a)

    @staticmethod
    def sin(a: Any) -> Any:
        return _one("sin", a)

    @staticmethod
    def cos(a: Any) -> Any:
        return _one("cos", a)

    @staticmethod
    def atan2(y: Any, x: Any) -> Any:
        return _plain(BINARY["atan2"](y, x, _floating(np.result_type(y, x))))

    @staticmethod
    def exp(a: Any) -> Any:
        return _one("exp", a)

    @staticmethod
    def floor(a: Any) -> Any:
        return _one("floor", a)

    @staticmethod
    def length(vectors: Any) -> Any:
        with np.errstate(all="ignore"):
            return _plain(np.sqrt(sum(part * part for part in vectors)))

    @staticmethod
    def sum(column: Any) -> float:
        return float(REDUCE["sum"](np.asarray(column)))

    @staticmethod
    def smallest(column: Any) -> float:
        return float(REDUCE["smallest"](np.asarray(column)))

    @staticmethod
    def largest(column: Any) -> float:
        return float(REDUCE["largest"](np.asarray(column)))


def _floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _one(name: str, a: Any) -> Any:
    with np.errstate(all="ignore"):
        return _plain(UNARY[name](a, _floating(np.asarray(a).dtype)))


def _two(name: str, a: Any, b: Any) -> Any:
    return _plain(BINARY[name](a, b, np.result_type(a, b)))


def _plain(found: Any) -> Any:
    """Numbers in give a number, not an array of none."""
    return found if np.ndim(found) else np.asarray(found).item()
