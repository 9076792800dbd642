"""Columns of numbers as mods calculate with them: operators that the host carries out, ten thousand numbers a call.

They follow numpy's arithmetic (its types too), because a project's own scripts have numpy columns: the same lines give the
same numbers in both. Where there is no host (tests), plain Python calculates.
"""

from __future__ import annotations

import math
import operator
from array import array

from _game_wire import GameError

__all__ = [
    "Column", "Vectors", "atan2", "call_host", "clamp", "cos", "exp", "floor", "has_host", "largest", "length", "maximum",
    "minimum", "roll", "sin", "smallest", "sqrt", "sum", "use_host", "where",
]  # fmt: skip

TYPES = {"f": 1, "d": 2, "i": 3, "I": 4, "B": 5, "?": 6, "Q": 7, "q": 8}
_STORED = {"?": "B"}
_RANK = {"?": 0, "B": 1, "i": 2, "I": 3, "q": 4, "Q": 5, "f": 6, "d": 7}
_host = None
_ops = {}
_sum = sum
_AMBIGUOUS = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"


def use_host(function, ops):
    """Let the host calculate: `function(op, dst, a, b, n, k)`, numbers of operations by name."""
    global _host, _ops
    _host, _ops = function, ops


def has_host():
    """Whether the host calculates."""
    return _host is not None


def call_host(name, out, a, b, count, begin):
    """Gather from, or scatter into, a column that begins somewhere in a larger one."""
    op = _ops[name] | TYPES[out._code] << 8 | TYPES[a._code] << 12 | TYPES[b._code] << 16
    dst, first = out._data.buffer_info()[0], a._data.buffer_info()[0]
    if name == "take":
        first += begin * a._data.itemsize
    else:
        dst += begin * out._data.itemsize
    _host(op, dst, first, b._data.buffer_info()[0], count, 0.0)


def _promote(a, b):
    """The type of a result, as numpy has it."""
    if a == b:
        return a
    a, b = sorted((a, b), key=_RANK.__getitem__)
    if a == "?" or b == "d":
        return b
    if b == "f":
        return "f" if a == "B" else "d"
    if a == "B" or (a == "I" and b == "Q"):
        return b
    return "d" if b == "Q" else "q"


def _with_number(code, value):
    """The type of a result of a column and one number."""
    if isinstance(value, bool):
        return code
    if isinstance(value, int):
        return "q" if code == "?" else code
    if isinstance(value, float):
        return code if code in "fd" else "d"
    raise TypeError(f"columns calculate with numbers and columns, not {type(value).__name__}")


_ONE = {code: array(_STORED.get(code, code), [0]) for code in TYPES}


def _new(code, count):
    return Column(_ONE[code] * count, code)


def _run(name, out, a, b=None):
    """Fill `out` with an operation on columns or numbers."""
    count = len(out)
    for item in (a, b):
        if isinstance(item, Column) and len(item) != count:
            raise ValueError(f"columns of {count} and {len(item)} entries do not fit together")
    if _host is not None:
        _call(name, out, a, b, count)
        return
    function = _PLAIN[name]
    if "f" in (out._code, getattr(a, "_code", ""), getattr(b, "_code", "")) and out._code != "d":
        a, b = (array("f", [item])[0] if isinstance(item, float) else item for item in (a, b))  # as the column holds numbers
    first = a._data if isinstance(a, Column) else [a] * count
    if b is None:
        values = map(function, first)
    else:
        values = map(function, first, b._data if isinstance(b, Column) else [b] * count)
    to = _STORED.get(out._code, out._code)
    if to not in "fd":
        values = map(int, values)
    out._data[:] = array(to, values)


def _call(name, out, a, b, count):
    op, k, first, second = _ops[name], 0.0, 0, 0
    if out is not None:
        op |= TYPES[out._code] << 8
    if isinstance(a, Column):
        op, first = op | TYPES[a._code] << 12, a._data.buffer_info()[0]
    elif a is not None:
        k = float(a)
    if isinstance(b, Column):
        op, second = op | TYPES[b._code] << 16, b._data.buffer_info()[0]
    elif b is not None:
        k = float(b)
    return _host(op, 0 if out is None else out._data.buffer_info()[0], first, second, count, k)


def _binary(name, a, b, code=None):
    if isinstance(b, Vectors) or isinstance(a, Vectors):
        return _by_parts(lambda x, y: _binary(name, x, y, code), a, b)
    if isinstance(a, Column):
        common = _promote(a._code, b._code) if isinstance(b, Column) else _with_number(a._code, b)
        count = len(a)
    else:
        common, count = _with_number(b._code, a), len(b)
    if name in ("div", "pow", "atan2") and common not in "fd":
        common = "d"
    out = _new(code or common, count)
    _run(name, out, a, b)
    return out


def _unary(name, a, code=None):
    if isinstance(a, Vectors):
        return Vectors([_unary(name, part, code) for part in a._parts])
    out = _new(code or a._code, len(a))
    _run(name, out, a)
    return out


def _by_parts(function, a, b):
    width = len(a._parts if isinstance(a, Vectors) else b._parts)
    first = a._parts if isinstance(a, Vectors) else [a] * width
    second = b._parts if isinstance(b, Vectors) else [b] * width
    if len(first) != len(second):
        raise ValueError(f"vectors of {len(first)} and {len(second)} numbers do not fit together")
    return Vectors([function(x, y) for x, y in zip(first, second)])


def _operator(name, code=None):
    def forward(self, other):
        if not isinstance(other, (int, float, Column, Vectors)):
            return NotImplemented
        return _binary(name, self, other, code)

    def backward(self, other):
        if not isinstance(other, (int, float)):
            return NotImplemented
        return _binary(name, other, self, code)

    def in_place(self, other):
        if isinstance(self, Vectors):
            others = other._parts if isinstance(other, Vectors) else [other] * len(self._parts)
            for part, each in zip(self._parts, others):
                _into(name, part, each)
        else:
            _into(name, self, other)
        return self

    return forward, backward, in_place


def _into(name, out, other):
    common = _promote(out._code, other._code) if isinstance(other, Column) else _with_number(out._code, other)
    if name in ("div", "pow") and common not in "fd":
        common = "d"
    if common == out._code:
        _run(name, out, out, other)
        return
    if out._code not in "fd":
        raise TypeError("a column of whole numbers cannot take broken ones; make a new one")
    _run("copy", out, _binary(name, out, other))


class _Arithmetic:
    __slots__ = ()
    __add__, __radd__, __iadd__ = _operator("add")
    __sub__, __rsub__, __isub__ = _operator("sub")
    __mul__, __rmul__, __imul__ = _operator("mul")
    __truediv__, __rtruediv__, __itruediv__ = _operator("div")
    __floordiv__, __rfloordiv__, __ifloordiv__ = _operator("floordiv")
    __mod__, __rmod__, __imod__ = _operator("mod")
    __pow__, __rpow__, __ipow__ = _operator("pow")
    __lt__ = _operator("lt", "?")[0]
    __le__ = _operator("le", "?")[0]
    __gt__ = _operator("gt", "?")[0]
    __ge__ = _operator("ge", "?")[0]
    __eq__ = _operator("eq", "?")[0]
    __ne__ = _operator("ne", "?")[0]
    __and__ = _operator("and", "?")[0]
    __or__ = _operator("or", "?")[0]
    __xor__ = _operator("xor", "?")[0]
    __hash__ = None

    def __neg__(self):
        return _unary("neg", self)

    def __abs__(self):
        return _unary("abs", self)

    def __invert__(self):
        return _unary("not", self, "?")


class Column(_Arithmetic):
    """Numbers of one type, one an entity; see `game.columns`."""

    __slots__ = ("_code", "_data")

    def __init__(self, data, code=""):
        self._data = data
        self._code = code or data.typecode

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(self.tolist())

    def __bool__(self):
        if len(self._data) != 1:
            raise ValueError(_AMBIGUOUS)
        return bool(self._data[0])

    def __getitem__(self, key):
        if isinstance(key, int):
            value = self._data[key]
            return bool(value) if self._code == "?" else value
        if isinstance(key, Column):
            from itertools import compress

            return Column(array(self._data.typecode, compress(self._data, key._data)), self._code)
        return Column(self._data[key], self._code)

    def __setitem__(self, key, value):
        if isinstance(key, int):
            self._data[key] = value
        elif isinstance(key, Column):
            _select(self, key, value)
        else:
            spots = range(*key.indices(len(self._data)))
            values = value._data if isinstance(value, Column) else [value] * len(spots)
            if len(values) != len(spots):
                raise ValueError(f"{len(values)} values do not fit {len(spots)} entries")
            for spot, item in zip(spots, values):
                self._data[spot] = item

    def __repr__(self):
        return f"<Column of {len(self._data)}>"

    def tolist(self):
        """The numbers as a list."""
        return list(map(bool, self._data)) if self._code == "?" else self._data.tolist()

    def copy(self):
        """Another column with the same numbers."""
        return Column(self._data[:], self._code)

    def any(self):
        """Whether one is true, or not 0."""
        return any(self._data)

    def all(self):
        """Whether all are true, or not 0."""
        return all(self._data)

    def is_finite(self):
        """Whether all are numbers, and none is infinite."""
        if _host is not None:
            return _call("finite", None, self, None, len(self)) == 1.0
        return all(map(math.isfinite, self._data))

    def _take(self, values):
        """Take over one number, or a column, or a list."""
        if values is self:
            return
        if isinstance(values, (int, float)):
            if _host is not None:
                _call("fill", self, values, None, len(self))
            else:
                self._data[:] = array(self._data.typecode, [values]) * len(self._data)
        elif isinstance(values, Column):
            if values._code == self._code and len(values) == len(self):
                self._data[:] = values._data
            else:
                _run("copy", self, values)
        else:
            values = list(values)
            if len(values) != len(self._data):
                raise ValueError(f"a column of {len(self._data)} entries does not take {len(values)}")
            self._data[:] = array(self._data.typecode, values)


class Vectors(_Arithmetic):
    """Vectors as columns: `vectors[1]` is the y of all."""

    __slots__ = ("_parts",)

    def __init__(self, parts):
        self._parts = parts

    def __len__(self):
        return len(self._parts)

    def __iter__(self):
        return iter(self._parts)

    def __getitem__(self, key):
        if isinstance(key, tuple):
            part, row = key
            return self._parts[part][row] if isinstance(part, int) else Vectors([each[row] for each in self._parts[part]])
        return self._parts[key] if isinstance(key, int) else Vectors(self._parts[key])

    def __setitem__(self, key, value):
        if isinstance(key, tuple):
            part, row = key
            parts = [self._parts[part]] if isinstance(part, int) else self._parts[part]
            for place, each in enumerate(parts):
                each[row] = value._parts[place] if isinstance(value, Vectors) else value
        elif isinstance(key, int):
            self._parts[key]._take(value)
        else:
            self._take(value)

    def __repr__(self):
        return f"<{len(self._parts)} columns of {len(self._parts[0])}>"

    def tolist(self):
        """A list for each number of the vectors."""
        return [part.tolist() for part in self._parts]

    def copy(self):
        """Others with the same numbers."""
        return Vectors([part.copy() for part in self._parts])

    def _take(self, values):
        if isinstance(values, (int, float, Column)):
            values = [values] * len(self._parts)
        values = list(values)
        if len(values) != len(self._parts):
            raise ValueError(f"vectors of {len(self._parts)} numbers do not take {len(values)}")
        for part, each in zip(self._parts, values):
            part._take(each)


def _select(out, mask, values):
    """`out[mask] = values`; values are one number, a column as long as `out`, or one as long as there are truths."""
    count = len(out)
    if len(mask) != count:
        raise ValueError(f"a mask of {len(mask)} entries does not fit {count}")
    if isinstance(values, Column) and len(values) != count:
        spots = [spot for spot, true in enumerate(mask._data) if true]
        if len(spots) != len(values):
            raise ValueError(f"{len(values)} values do not fit {len(spots)} entries")
        for spot, item in zip(spots, values._data):
            out._data[spot] = item
        return
    if isinstance(values, Column):
        raise ValueError("choose between columns with game.where(mask, yes, no)")
    _choose(out, mask, values)


def _choose(out, mask, values):
    if _host is not None:
        _call("select", out, mask, values, len(out))
        return
    given = values._data if isinstance(values, Column) else [values] * len(out)
    out._data[:] = array(out._data.typecode, [new if true else old for true, new, old in zip(mask._data, given, out._data)])


# Functions of `game`


def _one(name, plain):
    def run(a):
        if isinstance(a, Vectors):
            return Vectors([run(part) for part in a._parts])
        if isinstance(a, Column):
            return _unary(name, a, a._code if a._code in "fd" else "d")
        return _number(plain, a)

    run.__name__ = name
    return run


def _two(name, plain):
    def run(a, b):
        if isinstance(a, (Column, Vectors)) or isinstance(b, (Column, Vectors)):
            return _binary(name, a, b)
        return float(plain(a, b)) if isinstance(a, float) or isinstance(b, float) else plain(a, b)

    run.__name__ = name
    return run


def _number(function, *values):
    """Plain numbers calculate as columns of one do."""
    if _host is None:
        return function(*values)
    out = _new("d", 1)
    _run(_NAMES[function], out, *(Column(array("d", [value])) for value in values))
    return out[0]


def _guard(function, otherwise):
    def run(*values):
        try:
            return function(*values)
        except (ValueError, OverflowError, ZeroDivisionError):
            return otherwise(*values)

    return run


def _no_number(*values):
    return math.nan


def _divide(a, b):
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


_sqrt = _guard(math.sqrt, _no_number)
_exp = _guard(math.exp, lambda a: math.inf)
_sin, _cos = _guard(math.sin, _no_number), _guard(math.cos, _no_number)
_floor = _guard(lambda a: float(math.floor(a)), lambda a: a)
_smaller = lambda a, b: a if a != a or a < b else b  # noqa: E731
_larger = lambda a, b: a if a != a or a > b else b  # noqa: E731
_PLAIN = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": _divide,
    "floordiv": _guard(operator.floordiv, lambda a, b: _floor(_divide(a, b))), "mod": _guard(operator.mod, _no_number),
    "pow": _guard(math.pow, _no_number), "minimum": _smaller, "maximum": _larger, "atan2": math.atan2,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "and": lambda a, b: bool(a) and bool(b), "or": lambda a, b: bool(a) or bool(b),
    "xor": lambda a, b: bool(a) != bool(b), "not": operator.not_, "neg": operator.neg, "abs": operator.abs,
    "sqrt": _sqrt, "sin": _sin, "cos": _cos, "exp": _exp, "floor": _floor, "copy": lambda a: a,
}  # fmt: skip
_NAMES = {_sqrt: "sqrt", _sin: "sin", _cos: "cos", _exp: "exp", _floor: "floor", math.atan2: "atan2"}

sqrt, sin, cos, exp, floor = (_one(name, _PLAIN[name]) for name in ("sqrt", "sin", "cos", "exp", "floor"))
_lesser, _greater = _two("minimum", _smaller), _two("maximum", _larger)


def minimum(a, b):
    return _lesser(a, b)


def maximum(a, b):
    return _greater(a, b)


def clamp(a, low, high):
    return minimum(maximum(a, low), high)


def atan2(y, x):
    if isinstance(y, Column) or isinstance(x, Column):
        return _binary("atan2", y, x)
    return _number(math.atan2, y, x)


def where(mask, yes, no):
    if isinstance(mask, bool):
        return yes if mask else no
    if not isinstance(mask, Column):
        raise GameError("game.where takes a column of truths first, as (columns.mass_kg > 2) gives it")
    codes = [item._code for item in (yes, no) if isinstance(item, Column)]
    if len(codes) == 2:
        code = _promote(*codes)
    elif codes:
        code = _with_number(codes[0], no if isinstance(yes, Column) else yes)
    else:
        code = "d" if isinstance(yes, float) or isinstance(no, float) else "q"
    if isinstance(no, Column) and no._code == code and len(no) == len(mask):
        out = no.copy()
    else:
        out = _new(code, len(mask))
        out._take(no)
    _choose(out, mask, yes)
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
    if _host is not None:
        return _call(name, None, column, None, len(column))
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
