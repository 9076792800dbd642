"""The operations on columns in plain Python, number by number: for single numbers, and where there is no host."""

from __future__ import annotations

import math
import operator

__all__ = ["PLAIN", "larger", "smaller"]


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
smaller = lambda a, b: a if a != a or a < b else b  # noqa: E731
larger = lambda a, b: a if a != a or a > b else b  # noqa: E731
PLAIN = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": _divide,
    "floordiv": _guard(operator.floordiv, lambda a, b: _floor(_divide(a, b))), "mod": _guard(operator.mod, _no_number),
    "pow": _guard(math.pow, _no_number), "minimum": smaller, "maximum": larger, "atan2": math.atan2,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "and": lambda a, b: bool(a) and bool(b), "or": lambda a, b: bool(a) or bool(b),
    "xor": lambda a, b: bool(a) != bool(b), "not": operator.not_, "neg": operator.neg, "abs": operator.abs,
    "sqrt": _sqrt, "sin": _sin, "cos": _cos, "exp": _exp, "floor": _floor, "copy": lambda a: a,
}  # fmt: skip
