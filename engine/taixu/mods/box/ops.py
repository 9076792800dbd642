"""Arithmetic over whole columns, as mods ask the host for it: one call for ten thousand numbers.

Python in a sandbox adds a million numbers in a fifth of a second; numpy, in half a millisecond. So a mod's columns hand
operators to the host by one import, `colop(op, dst, a, b, n, k)`, and this is what the host does. A project's own scripts
use the same functions (`taixu.math.column_arithmetic`), so that both tiers calculate alike to the last bit.

`op` packs what to do (bits 0 to 7) and the types of dst, a and b (four bits each, from bit 8); type 0 says that the scalar
`k` stands there.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.math.column_arithmetic import BINARY, COMPARE, LOGIC, REDUCE, UNARY

__all__ = ["ALL", "ELEMENT_TYPES", "MOST_ELEMENTS", "OP_NUMBERS", "View", "apply", "apply_all", "list_of", "pack", "weight"]

View = Callable[[int, int, "np.dtype[Any]"], NDArray[Any]]
"""Gives `count` numbers of a type at an address of the guest's memory, writable; raises ValueError outside of it."""

ELEMENT_TYPES = ("", "f4", "f8", "i4", "u4", "u1", "?", "u8", "i8")
"""By the number that stands for it in `op`; the first says that there is a scalar."""
MOST_ELEMENTS = 1 << 24

_MOVES = ("copy", "select", "take", "put", "fill", "where")
_FAMILIES = {1: BINARY, 32: COMPARE, 64: LOGIC, 96: UNARY, 160: REDUCE}
OP_NUMBERS = {
    **{name: first + place for first, family in _FAMILIES.items() for place, name in enumerate(family)},
    **{name: 192 + place for place, name in enumerate(_MOVES)},
    "all": 255,
}
"""The number of each operation, in bits 0 to 7 of `op`."""
ALL = OP_NUMBERS["all"]
"""A list of operations at dst, n of them, six float64 each: op, dst, a, b, n, k."""
_MOST_LISTED = 64
_PLAIN_FUEL, _MOVE_FUEL, _SLOW_FUEL = 8, 40, 300
_SLOW = ("pow", "atan2", "sin", "cos", "exp", "floordiv", "mod")
_WEIGHTS = [_PLAIN_FUEL] * 256
for _name in (*_SLOW, "take", "put"):
    _WEIGHTS[OP_NUMBERS[_name]] = _SLOW_FUEL if _name in _SLOW else _MOVE_FUEL
_NAMES = {number: name for name, number in OP_NUMBERS.items() if name != "all"}
_F8 = np.dtype("<f8")
_SIX = struct.Struct("<6d")
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
        ``dst[a] = b`` where the mask a is true, "where" the scalar there and b elsewhere.
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
    with np.errstate(all="ignore"):
        return apply_all(view, list_of(view, dst, n) if op == ALL else [(op, dst, a, b, n, k)])


def list_of(view: View, address: int, count: int) -> list[tuple[int, int, int, int, int, float]]:
    """The operations of a list; ValueError where a number of one cannot be."""
    if not 0 <= count <= _MOST_LISTED:
        raise ValueError(f"no list of {count} column operations")
    numbers = view(address, count * 6, _F8)
    try:
        return [(int(op), int(dst), int(a), int(b), int(n), k) for op, dst, a, b, n, k in _SIX.iter_unpack(numbers.data)]
    except OverflowError:
        raise ValueError("a number of a column operation is infinite") from None


def apply_all(view: View, operations: Iterable[tuple[int, int, int, int, int, float]]) -> float:
    """Do operations one after the other, within ``np.errstate(all="ignore")``; gives the sum of what reductions found."""
    found: float | None = None
    for op, dst, a, b, n, k in operations:
        plan = _plans.get(op) or _make_plan(op)
        if not 0 <= n <= MOST_ELEMENTS:
            raise ValueError(f"no column operation of {n} numbers")
        each = plan(view, (dst, a, b), n, k)
        if each is not None:
            found = each if found is None else found + each
    return 0.0 if found is None else found


def weight(op: int) -> int:
    """Fuel for each number of an operation: about ten thousand are a microsecond."""
    return _WEIGHTS[op & 0xFF]


_Plan = Callable[[View, tuple[int, int, int], int, float], float | None]
_plans: dict[int, _Plan] = {}
"""What was asked for before: there are some ten thousand that can be."""


def _make_plan(op: int) -> _Plan:
    """What an operation on columns of some types is, its number looked at once."""
    name = _NAMES.get(op & 0xFF)
    codes = (op >> 8 & 15, op >> 12 & 15, op >> 16 & 15)
    if name is None or op >> 20 or max(codes) >= len(ELEMENT_TYPES):
        raise ValueError(f"no column operation {op:#x}")
    to, first, second = (None if not code else np.dtype(ELEMENT_TYPES[code]) for code in codes)
    if name in ("take", "put"):
        plan = _plan_move(name, to, first, second)
    elif name in REDUCE:
        plan = _plan_reduction(name, first)
    elif to is None:
        raise ValueError("a column operation writes into a column")
    elif name == "select":
        plan = _plan_select(to, first, second)
    elif name == "where":
        plan = _plan_where(to, first, second)
    elif name in ("copy", "fill"):
        plan = _plan_copy(to, first)
    else:
        plan = _plan_arithmetic(name, to, first, None if name in UNARY else second)
    _plans[op] = plan
    return plan


def _plan_arithmetic(name: str, to: Any, first: Any, second: Any) -> _Plan:
    function, is_single, is_float = _FUNCTIONS[name], name in UNARY, to.kind == "f"
    is_direct = name in BINARY or to.kind == "b"

    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> None:
        out = view(at[0], n, to)
        left: Any = k if first is None else view(at[1], n, first)
        if is_single:
            out[...] = function(left, to)
        elif is_direct:
            function(left, k if second is None else view(at[2], n, second), to, out)
        else:
            out[...] = function(left, k if second is None else view(at[2], n, second), to)
        if is_float and n:
            _settle(out)

    return run


def _settle(out: NDArray[Any]) -> None:
    """Give what is not a number the one bit pattern that it has in WebAssembly: processors differ in sign and rest."""
    most = np.maximum.reduce(out)
    if most != most:
        out[np.isnan(out)] = np.nan


def _plan_reduction(name: str, first: Any) -> _Plan:
    function = REDUCE[name]

    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> float:
        found = float(function(np.asarray(k if first is None else view(at[1], n, first))))
        return found if found == found else math.nan

    return run


def _plan_select(to: Any, first: Any, second: Any) -> _Plan:
    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> None:
        out = view(at[0], n, to)
        mask = np.asarray(k if first is None else view(at[1], n, first), bool)
        np.copyto(out, _cast(k if second is None else view(at[2], n, second), to), where=mask)

    return run


def _plan_where(to: Any, first: Any, second: Any) -> _Plan:
    if first is None or second is None:
        raise ValueError("where chooses between a number and a column by a column of truths")
    is_plain = second == to and to.kind == "f"

    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> None:
        out = view(at[0], n, to)
        mask = view(at[1], n, first).astype(bool)  # a copy: what it says may lie where it is written to
        other = view(at[2], n, second)
        out[...] = other if is_plain else _cast(other, to)
        np.copyto(out, k if is_plain else _cast(k, to), where=mask)

    return run


def _plan_copy(to: Any, first: Any) -> _Plan:
    is_plain = first == to

    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> None:
        values = k if first is None else view(at[1], n, first)
        view(at[0], n, to)[...] = values if is_plain else _cast(values, to)

    return run


def _cast(values: Any, to: np.dtype[Any]) -> Any:
    """Numbers as another type. Floats that whole numbers cannot hold become the nearest that they can, as WebAssembly has it."""
    values = np.asarray(values)
    if values.dtype.kind == "f" and to.kind in "iu":
        info = np.iinfo(to)
        values = values.astype(np.float64)
        inside = (values > info.min - 1.0) & (values < info.max + 1.0)
        if not inside.all():
            whole = np.where(inside, values, 0.0).astype(to)
            return np.where(inside, whole, np.where(values > 0.0, info.max, np.where(values < 0.0, info.min, 0)).astype(to))
    return values.astype(to, copy=False)


def _plan_move(name: str, to: Any, first: Any, second: Any) -> _Plan:
    """Gather or scatter by indices, which may reach as far as the guest's memory does."""
    if to is None or first is None or second is None or second.kind not in "iu":
        raise ValueError("take and put move columns by whole numbers")

    def run(view: View, at: tuple[int, int, int], n: int, k: float) -> None:
        rows = view(at[2], n, second).astype(np.int64)
        if not n:
            return
        least, most = int(rows.min()), int(rows.max())
        if least < 0 or most >= MOST_ELEMENTS:
            raise ValueError("an index of a column operation lies outside")
        if name == "take":
            view(at[0], n, to)[...] = view(at[1], most + 1, first)[rows]
        else:
            view(at[0], most + 1, to)[rows] = view(at[1], n, first)

    return run
