"""Loops over cells and agents, compiled by numba: the one place that knows it. Import kernels where they are used.

No fast maths, so that results are the same bits on every run; no threads of numba's own, whose pools cannot be shared: kernels let
go of the interpreter's lock, and whoever has bands of rows gives them to a pool of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from taixu.errors import MachineError

try:
    import numba
except ImportError as error:
    raise MachineError("water, traffic and crowds want numba: pip install 'taixu[city]'") from error

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile at the first call, and keep what was compiled beside the source or, where that is locked, in the user's cache."""
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
