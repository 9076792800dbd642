"""Arithmetic over whole columns, as mods ask the host for it: one call for ten thousand numbers.

Python in a sandbox adds a million numbers in a fifth of a second; numpy, in half a millisecond. So a mod's columns hand
operators to the host by one import, `colop(op, dst, a, b, n, k)`, and this is what the host does. A project's own scripts
use the same functions (`taixu.math.column_arithmetic`), so that both tiers calculate alike to the last bit.

`op` packs what to do (bits 0 to 7) and the types of dst, a and b (four bits each, from bit 8); type 0 says that the scalar
`k` stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.math.column_arithmetic import BINARY, COMPARE, LOGIC, REDUCE, UNARY

__all__ = ["ELEMENT_TYPES", "MOST_ELEMENTS", "OP_NUMBERS", "View", "apply", "pack"]

View = Callable[[int, int, "np.dtype[Any]"], NDArray[Any]]
"""Gives `count` numbers of a type at an address of the guest's memory, writable; raises ValueError outside of it."""

ELEMENT_TYPES = ("", "f4", "f8", "i4", "u4", "u1", "?", "u8", "i8")
"""By the number that stands for it in `op`; the first says that there is a scalar."""
MOST_ELEMENTS = 1 << 24

_MOVES = ("copy", "select", "take", "put", "fill")
_FAMILIES = {1: BINARY, 32: COMPARE, 64: LOGIC, 96: UNARY, 160: REDUCE}
OP_NUMBERS = {
    **{name: first + place for first, family in _FAMILIES.items() for place, name in enumerate(family)},
    **{name: 192 + place for place, name in enumerate(_MOVES)},
}
"""The number of each operation, in bits 0 to 7 of `op`."""
_NAMES = {number: name for name, number in OP_NUMBERS.items()}
_FUNCTIONS: dict[str, Any] = {**BINARY, **COMPARE, **LOGIC, **UNARY, **REDUCE}


def pack(name: str, dst: str, a: str = "", b: str = "") -> int:
    """The number that asks for an operation on columns of these types (of `ELEMENT_TYPES`; "" for the scalar)."""
    types = (ELEMENT_TYPES.index(item) << 8 + 4 * place for place, item in enumerate((dst, a, b)))
    return OP_NUMBERS[name] | sum(types)


def apply(view: View, op: int, dst: int, a: int, b: int, n: int, k: float) -> float:
    """Do one operation in the guest's memory.

    Parameters
    ----------
    view : callable
        Checks and gives memory.
    op : int
        What, and the types; see `pack`.
    dst, a, b : int
        Addresses. "take" is ``dst[:] = a[b]`` and "put" is ``dst[b] = a`` with whole numbers in b; "select" is
        ``dst[a] = b`` where the mask a is true.
    n : int
        How many numbers.
    k : float
        The scalar.

    Returns
    -------
    float
        What a reduction found, else 0.

    Raises
    ------
    ValueError
        If an address, a type or a count is none.
    """
    name = _NAMES.get(op & 0xFF)
    codes = (op >> 8 & 15, op >> 12 & 15, op >> 16 & 15)
    if name is None or op >> 20 or max(codes) >= len(ELEMENT_TYPES) or not 0 <= n <= MOST_ELEMENTS:
        raise ValueError(f"no column operation {op:#x} of {n} numbers")
    to, first, second = (None if not code else np.dtype(ELEMENT_TYPES[code]) for code in codes)
    with np.errstate(all="ignore"):
        if name in ("take", "put"):
            _move(view, name, (to, dst), (first, a), (second, b), n)
            return 0.0
        left: Any = k if first is None else view(a, n, first)
        right: Any = k if second is None else view(b, n, second)
        if name in REDUCE:
            return float(_FUNCTIONS[name](np.asarray(left)))
        if to is None:
            raise ValueError("a column operation writes into a column")
        out = view(dst, n, to)
        if name == "select":
            np.copyto(out, np.asarray(right).astype(to, copy=False), where=np.asarray(left, bool))
        elif name in ("copy", "fill"):
            np.copyto(out, np.asarray(left).astype(to, copy=False))
        elif name in UNARY:
            out[...] = _FUNCTIONS[name](left, to)
        else:
            out[...] = _FUNCTIONS[name](left, right, to)
    return 0.0


def _move(view: View, name: str, dst: tuple[Any, int], a: tuple[Any, int], b: tuple[Any, int], n: int) -> None:
    """Gather or scatter by indices, which may reach as far as the guest's memory does."""
    if dst[0] is None or a[0] is None or b[0] is None or b[0].kind not in "iu":
        raise ValueError("take and put move columns by whole numbers")
    rows = view(b[1], n, b[0]).astype(np.int64)
    if not n:
        return
    if rows.min() < 0 or rows.max() >= MOST_ELEMENTS:
        raise ValueError("an index of a column operation lies outside")
    reach = int(rows.max()) + 1
    if name == "take":
        view(dst[1], n, dst[0])[...] = view(a[1], reach, a[0])[rows]
    else:
        view(dst[1], reach, dst[0])[rows] = view(a[1], n, a[0])
