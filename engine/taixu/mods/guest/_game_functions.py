"""The functions of `game` over columns: numbers and columns in, the same out."""

from __future__ import annotations

import math
from array import array

from _game_columns import Column, Vectors, binary, choose, made, unary
from _game_numbers import find, has_host, number_of, promote, run, wait, with_number
from _game_plain import PLAIN, larger, smaller
from _game_wire import GameError

__all__ = [
    "atan2", "clamp", "cos", "exp", "floor", "largest", "length", "maximum", "minimum", "roll", "sin", "smallest", "sqrt", "sum",
    "where",
]  # fmt: skip

_sum = sum


def _one(name):
    plain = PLAIN[name]

    def run(a):
        if isinstance(a, Vectors):
            return Vectors([run(part) for part in a._parts])
        if isinstance(a, Column):
            return unary(name, a, a._code if a._code in "fd" else "d")
        return _number(name, plain, a)

    run.__name__ = name
    return run


def _two(name, plain):
    def run(a, b):
        if isinstance(a, (Column, Vectors)) or isinstance(b, (Column, Vectors)):
            return binary(name, a, b)
        return float(plain(a, b)) if isinstance(a, float) or isinstance(b, float) else plain(a, b)

    run.__name__ = name
    return run


def _number(name, function, *values):
    """Plain numbers calculate as columns of one do."""
    if not has_host():
        return function(*values)
    out = made("d", 1)
    run(name, out, *(Column(array("d", [value])) for value in values))
    return out[0]


sqrt, sin, cos, exp, floor = (_one(name) for name in ("sqrt", "sin", "cos", "exp", "floor"))
minimum, maximum = _two("minimum", smaller), _two("maximum", larger)


def clamp(a, low, high):
    return minimum(maximum(a, low), high)


def atan2(y, x):
    if isinstance(y, Column) or isinstance(x, Column):
        return binary("atan2", y, x)
    return _number("atan2", math.atan2, y, x)


def where(mask, yes, no):
    if has_host() and type(yes) is float and type(no) is Column and type(mask) is Column:  # what most say, the shortest way
        count = len(mask._array) if no._code in "fd" else -1
        if len(no._array) == count:
            return _where(mask, yes, no)
    if isinstance(mask, bool):
        return yes if mask else no
    if not isinstance(mask, Column):
        raise GameError("game.where takes a column of truths first, as (columns.mass_kg > 2) gives it")
    codes = [item._code for item in (yes, no) if isinstance(item, Column)]
    if len(codes) == 2:
        code = promote(*codes)
    elif codes:
        code = with_number(codes[0], no if isinstance(yes, Column) else yes)
    else:
        code = "d" if isinstance(yes, float) or isinstance(no, float) else "q"
    if isinstance(no, Column) and no._code == code and len(no) == len(mask):
        if has_host() and not isinstance(yes, Column):
            return _where(mask, float(yes), no)
        out = no.copy()
    else:
        out = made(code, len(mask))
        out._take(no)
    choose(out, mask, yes)
    return out


def _where(mask, number, no):
    """The number where the mask is true, else what the column says, which keeps its type."""
    count = len(mask._array)
    out = made(no._code, count)
    wait(number_of("where", no._code, mask._code, no._code), out._at, mask._at, no._at, count, number, out, mask, no)
    return out


def roll(column, shift):
    if isinstance(column, Vectors):
        return Vectors([roll(part, shift) for part in column._parts])
    if not isinstance(column, Column):
        raise GameError("game.roll takes a column first, as game.columns gives it")
    data = column._data
    cut = len(data) - shift % len(data) if len(data) else 0
    return Column(data[cut:] + data[:cut], column._code)


def length(vectors):
    return sqrt(_sum(part * part for part in vectors))


def _reduce(name, column):
    if not isinstance(column, Column):
        column = Column(array("d", column))
    if has_host():
        return find(name, [column])
    if name == "sum":
        return math.fsum(column._data)
    if not len(column):
        return math.nan
    return float((min if name == "smallest" else max)(column._data))


def sum(column):
    return _reduce("sum", column)


def smallest(column):
    return _reduce("smallest", column)


def largest(column):
    return _reduce("largest", column)
