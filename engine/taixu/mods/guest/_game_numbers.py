"""Arithmetic over whole columns, handed to the host: what is asked for waits in a list until somebody looks at a number.

One call into the host costs as much as the work on ten thousand numbers, so a step's operations go together. The list keeps
what it speaks of alive, and is carried out in order, so nobody can tell when that was. Where there is no host (tests), plain
Python calculates at once.
"""

from __future__ import annotations

from array import array

from _game_plain import PLAIN

__all__ = [
    "STORED", "TYPES", "Held", "ask", "find", "flush", "has_host", "number_of", "promote", "run", "use_host", "wait", "with_number",
]  # fmt: skip

TYPES = {"f": 1, "d": 2, "i": 3, "I": 4, "B": 5, "?": 6, "Q": 7, "q": 8}
STORED = {"?": "B"}
_RANK = {"?": 0, "B": 1, "i": 2, "I": 3, "q": 4, "Q": 5, "f": 6, "d": 7}
_SIX = 6
_MOST_WAITING = 24 * _SIX
_MOST_FOUND = 8
_host = None
_ops = {}
_all = 0
_waiting, _held = [], []  # six numbers an operation, and the columns that they speak of
_packed = {}


class Held:
    """Numbers in memory where the host finds them.

    `_array` and its address `_at` stay; `_data` is the same array after all that waits is done, for whoever looks into it.
    `_touched` says whether the numbers may be others than those that came from the mirror.
    """

    __slots__ = ("_array", "_at", "_code", "_touched")

    def __init__(self, data, code=""):
        self._array = data
        self._at = data.buffer_info()[0]
        self._code = code or data.typecode
        self._touched = False

    def __len__(self):
        return len(self._array)

    @property
    def _data(self):
        if _waiting:
            flush()
        return self._array


def use_host(function, ops):
    """Let the host calculate: `function(op, dst, a, b, n, k)`, numbers of operations by name."""
    global _host, _ops, _all
    _host, _ops, _all = function, ops, ops["all"]


def has_host():
    """Whether the host calculates."""
    return _host is not None


def flush():
    """Have everything done that was asked for; gives what reductions in it found."""
    if not _waiting:
        return 0.0
    asked = array("d", _waiting)
    found = _host(_all, asked.buffer_info()[0], 0, 0, len(_waiting) // _SIX, 0.0)
    _waiting.clear()
    _held.clear()
    return found


def wait(op, at, first, second, count, k, *held):
    """Ask for an operation by its number, on columns at addresses; whoever lies there is held until it is done."""
    _waiting.extend((op, at, first, second, count, k))
    _held.append(held)
    if len(_waiting) >= _MOST_WAITING:
        flush()


def ask(name, out, a, b, count, k=0.0):
    """Ask for an operation on columns or numbers; `k` is the number where both are columns."""
    at, first, second, to, one, two = 0, 0, 0, "", "", ""
    if out is not None:
        to, at = out._code, out._at
    if isinstance(a, Held):
        one, first = a._code, a._at
    elif a is not None:
        k = float(a)
    if isinstance(b, Held):
        two, second = b._code, b._at
    elif b is not None:
        k = float(b)
    wait(number_of(name, to, one, two), at, first, second, count, k, out, a, b)


def number_of(*key):
    """The number that asks for an operation on columns of these types ("" for a number): name, what comes of it, a, b."""
    op = _packed.get(key)
    if op is None:
        name, *codes = key
        op = _ops[name]
        for place, code in enumerate(codes):
            op |= (TYPES[code] if code else 0) << 8 + 4 * place
        _packed[key] = op
    return op


def find(name, columns):
    """The sum of what a reduction finds in columns."""
    if len(columns) > _MOST_FOUND:
        raise ValueError(f"{len(columns)} columns are not looked at together")
    if len(_waiting) + _SIX * len(columns) >= _MOST_WAITING:
        flush()
    for column in columns:
        wait(number_of(name, "", column._code, ""), 0, column._at, 0, len(column._array), 0.0, column)
    return flush()


def run(name, out, a, b=None):
    """Fill `out` with an operation on columns or numbers."""
    count = len(out)
    for item in (a, b):
        if isinstance(item, Held) and len(item) != count:
            raise ValueError(f"columns of {count} and {len(item)} entries do not fit together")
    if _host is not None:
        ask(name, out, a, b, count)
        return
    function = PLAIN[name]
    if "f" in (out._code, getattr(a, "_code", ""), getattr(b, "_code", "")) and out._code != "d":
        a, b = (array("f", [item])[0] if isinstance(item, float) else item for item in (a, b))  # as the column holds numbers
    first = a._data if isinstance(a, Held) else [a] * count
    if b is None:
        values = map(function, first)
    else:
        values = map(function, first, b._data if isinstance(b, Held) else [b] * count)
    to = STORED.get(out._code, out._code)
    if to not in "fd":
        values = map(int, values)
    out._data[:] = array(to, values)


def promote(a, b):
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


def with_number(code, value):
    """The type of a result of a column and one number."""
    if isinstance(value, bool):
        return code
    if isinstance(value, int):
        return "q" if code == "?" else code
    if isinstance(value, float):
        return code if code in "fd" else "d"
    raise TypeError(f"columns calculate with numbers and columns, not {type(value).__name__}")
