"""Columns of numbers as mods calculate with them: operators that the host carries out, ten thousand numbers a call.

They follow numpy's arithmetic (its types too), because a project's own scripts have numpy columns: the same lines give the
same numbers in both.
"""

from __future__ import annotations

import math
from array import array

from _game_numbers import STORED, TYPES, Held, ask, find, has_host, number_of, promote, run, wait, with_number

__all__ = ["Column", "Vectors", "are_finite", "binary", "choose", "made", "unary"]

_AMBIGUOUS = "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
_ONE = {code: array(STORED.get(code, code), [0]) for code in TYPES}


def made(code, count):
    """A new column of noughts."""
    return Column(_ONE[code] * count, code)


def binary(name, a, b, code=None):
    if isinstance(b, Vectors) or isinstance(a, Vectors):
        return _by_parts(lambda x, y: binary(name, x, y, code), a, b)
    if isinstance(a, Column):
        common = promote(a._code, b._code) if isinstance(b, Column) else with_number(a._code, b)
        count = len(a)
    else:
        common, count = with_number(b._code, a), len(b)
    out = made(code or _divided(name, common), count)
    run(name, out, a, b)
    return out


def _divided(name, code):
    """Whole numbers become broken ones in what divides."""
    return "d" if code not in "fd" and name in ("div", "pow", "atan2") else code


def unary(name, a, code=None):
    if isinstance(a, Vectors):
        return Vectors([unary(name, part, code) for part in a._parts])
    out = made(code or a._code, len(a))
    run(name, out, a)
    return out


def _by_parts(function, a, b):
    width = len(a._parts if isinstance(a, Vectors) else b._parts)
    first = a._parts if isinstance(a, Vectors) else [a] * width
    second = b._parts if isinstance(b, Vectors) else [b] * width
    if len(first) != len(second):
        raise ValueError(f"vectors of {len(first)} and {len(second)} numbers do not fit together")
    return Vectors([function(x, y) for x, y in zip(first, second)])


def _operator(name, code=None):
    known = {}  # by the types of two columns, or of a column and a number: what to ask for, noughts, and what comes of it

    def learn(a, b):
        result = code or _divided(name, promote(a, b) if b else with_number(a, 0.0))
        found = known[a, b] = number_of(name, result, a, b), _ONE[result], result
        return found

    def forward(self, other):
        if type(self) is Column and has_host():  # what most say, and so the shortest way
            kind = type(other)
            if kind is float:
                op, noughts, result = known.get((self._code, "")) or learn(self._code, "")
                count = len(self._array)
                out = Column(noughts * count, result)
                wait(op, out._at, self._at, 0, count, other, out, self)
                return out
            if kind is Column and len(other._array) == len(self._array):
                op, noughts, result = known.get((self._code, other._code)) or learn(self._code, other._code)
                count = len(self._array)
                out = Column(noughts * count, result)
                wait(op, out._at, self._at, other._at, count, 0.0, out, self, other)
                return out
        if not isinstance(other, (int, float, Column, Vectors)):
            return NotImplemented
        return binary(name, self, other, code)

    def backward(self, other):
        if not isinstance(other, (int, float)):
            return NotImplemented
        return binary(name, other, self, code)

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
    out._touched = True
    common = promote(out._code, other._code) if isinstance(other, Column) else with_number(out._code, other)
    if name in ("div", "pow") and common not in "fd":
        common = "d"
    if common == out._code:
        run(name, out, out, other)
        return
    if out._code not in "fd":
        raise TypeError("a column of whole numbers cannot take broken ones; make a new one")
    run("copy", out, binary(name, out, other))


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
        return unary("neg", self)

    def __abs__(self):
        return unary("abs", self)

    def __invert__(self):
        return unary("not", self, "?")


class Column(_Arithmetic, Held):
    """Numbers of one type, one an entity; see `game.columns`."""

    __slots__ = ()

    def __iter__(self):
        return iter(self.tolist())

    def __bool__(self):
        if len(self) != 1:
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
        self._touched = True
        if isinstance(key, int):
            self._data[key] = value
        elif isinstance(key, Column):
            _select(self, key, value)
        else:
            spots = range(*key.indices(len(self)))
            values = value._data if isinstance(value, Column) else [value] * len(spots)
            if len(values) != len(spots):
                raise ValueError(f"{len(values)} values do not fit {len(spots)} entries")
            for spot, item in zip(spots, values):
                self._data[spot] = item

    def __repr__(self):
        return f"<Column of {len(self)}>"

    def tolist(self):
        """The numbers as a list."""
        return list(map(bool, self._data)) if self._code == "?" else self._data.tolist()

    def copy(self):
        """Another column with the same numbers."""
        if not has_host():
            return Column(self._data[:], self._code)
        out = made(self._code, len(self))
        ask("copy", out, self, None, len(self))
        return out

    def any(self):
        """Whether one is true, or not 0."""
        return any(self._data)

    def all(self):
        """Whether all are true, or not 0."""
        return all(self._data)

    def is_finite(self):
        """Whether all are numbers, and none is infinite."""
        return are_finite([self])

    def _take(self, values):
        """Take over one number, or a column, or a list."""
        if values is self:
            return
        self._touched = True
        if isinstance(values, (int, float)):
            if has_host():
                ask("fill", self, values, None, len(self))
            else:
                self._data[:] = array(self._array.typecode, [values]) * len(self)
        elif type(values) is Column and has_host() and len(values._array) == len(self._array):
            wait(number_of("copy", self._code, values._code, ""), self._at, values._at, 0, len(self._array), 0.0, self, values)
        elif isinstance(values, Column):
            run("copy", self, values)
        else:
            values = list(values)
            if len(values) != len(self):
                raise ValueError(f"a column of {len(self)} entries does not take {len(values)}")
            self._data[:] = array(self._array.typecode, values)


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
    choose(out, mask, values)


def choose(out, mask, values):
    """`out[mask] = values`, entry by entry."""
    if has_host():
        ask("select", out, mask, values, len(out))
        return
    given = values._data if isinstance(values, Column) else [values] * len(out)
    out._data[:] = array(out._array.typecode, [new if true else old for true, new, old in zip(mask._data, given, out._data)])


def are_finite(columns):
    """Whether all numbers of columns are numbers, and none is infinite."""
    if has_host():
        return find("finite", columns) == len(columns)
    return all(all(map(math.isfinite, column._data)) for column in columns)
