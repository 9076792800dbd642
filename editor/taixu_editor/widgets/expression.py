"""Numbers as people type them: ``1.5``, ``2*3``, ``1/3``, ``90+45``, ``pi/2``, ``1,5``."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from taixu.errors import TaixuError

__all__ = ["read_number"]

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Mod: operator.mod,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_NAMES = {"pi": math.pi, "tau": math.tau}
_LONGEST = 200


def read_number(text: str, *, before: float = 0.0) -> float:
    """The number of a text; ``+=2``, ``-=2``, ``*=2`` and ``/=2`` go on from `before`.

    Raises
    ------
    TaixuError
        When it is none, in a sentence.
    """
    plain = text.strip().replace("×", "*").replace("−", "-")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    if plain[:2] in ("+=", "-=", "*=", "/="):
        plain = f"({before!r}){plain[0]}({plain[2:]})"
    try:
        if not plain or len(plain) > _LONGEST:
            raise ValueError
        value = float(_value(ast.parse(plain, mode="eval").body))
    except ZeroDivisionError:
        raise TaixuError(f"{text.strip()!r:.40} divides by zero.") from None
    except (ValueError, SyntaxError, TypeError, OverflowError, RecursionError, MemoryError):
        raise TaixuError(f"{text.strip()!r:.40} is no number; write 1.5 or 2*3.") from None
    if not math.isfinite(value):
        raise TaixuError(f"{text.strip()!r:.40} is no finite number.")
    return value


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=sign, operand=inner) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(inner))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left), _value(right))
    raise ValueError
