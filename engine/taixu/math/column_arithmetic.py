"""Arithmetic over whole columns, the same to the last bit in both tiers.

A project's own scripts calculate with numpy; a mod's columns ask the host for these very functions. Each takes the type of
its result, in which it calculates; sines and the like go through float64, so that no vector unit's shortcut for float32
shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["BINARY", "COMPARE", "LOGIC", "REDUCE", "UNARY"]

_Binary = Callable[..., Any]  # (a, b, dtype) and where to put it: for truths a column of truths
_Unary = Callable[[Any, "np.dtype[Any]"], Any]


def _plain(function: Any) -> _Binary:
    return lambda a, b, to, out=None: function(a, b, out=out, dtype=to, casting="unsafe")


def _compare(function: Any) -> _Binary:
    return lambda a, b, to, out=None: function(a, b, out=out)


def _wide(function: Any) -> _Binary:
    def run(a: Any, b: Any, to: np.dtype[Any], out: Any = None) -> Any:
        found = function(np.asarray(a, np.float64), np.asarray(b, np.float64)).astype(to)
        if out is None:
            return found
        out[...] = found
        return out

    return run


def _single(function: Any) -> _Unary:
    return lambda a, to: function(np.asarray(a).astype(to, copy=False))


def _single_wide(function: Any) -> _Unary:
    return lambda a, to: function(np.asarray(a, np.float64)).astype(to)


BINARY: Mapping[str, _Binary] = {
    "add": _plain(np.add),
    "sub": _plain(np.subtract),
    "mul": _plain(np.multiply),
    "div": _plain(np.true_divide),
    "floordiv": _plain(np.floor_divide),
    "mod": _plain(np.remainder),
    "pow": _wide(np.power),
    "minimum": _plain(np.minimum),
    "maximum": _plain(np.maximum),
    "atan2": _wide(np.arctan2),
}
COMPARE: Mapping[str, _Binary] = {
    "lt": _compare(np.less),
    "le": _compare(np.less_equal),
    "gt": _compare(np.greater),
    "ge": _compare(np.greater_equal),
    "eq": _compare(np.equal),
    "ne": _compare(np.not_equal),
}
LOGIC: Mapping[str, _Binary] = {
    "and": _compare(np.logical_and),
    "or": _compare(np.logical_or),
    "xor": _compare(np.logical_xor),
}
UNARY: Mapping[str, _Unary] = {
    "neg": _single(np.negative),
    "abs": _single(np.abs),
    "sqrt": _single(np.sqrt),
    "floor": _single(np.floor),
    "ceil": _single(np.ceil),
    "sin": _single_wide(np.sin),
    "cos": _single_wide(np.cos),
    "exp": _single_wide(np.exp),
    "not": _single(np.logical_not),
}
REDUCE: Mapping[str, Callable[[Any], Any]] = {
    "sum": lambda a: np.asarray(a, np.float64).sum(),
    "smallest": lambda a: a.min() if len(a) else np.nan,
    "largest": lambda a: a.max() if len(a) else np.nan,
    "finite": lambda a: np.logical_and.reduce(np.isfinite(a)),
}
