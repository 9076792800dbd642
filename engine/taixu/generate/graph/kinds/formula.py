"""A node that computes what a formula says of its inputs: ``smoothstep(0, 0.2, edge) * (0.7 + 0.3 * grain)``."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, ClassVar

from taixu.errors import TaixuError
from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.nodes import field, node
from taixu.generate.graph.values import Kind, Value

__all__ = ["FUNCTIONS"]

FUNCTIONS = ("floor", "ceil", "fract", "abs", "sign", "sqrt", "exp", "log", "sin", "cos", "atan2", "pow", "min", "max", "clamp",
             "mix", "step", "smoothstep", "dot", "length", "vec")  # fmt: skip
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARES: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge,
}  # fmt: skip
_LONGEST = 2000


def _formula(k: Kernel, p: Any, i: Any, kind: Kind) -> dict[str, Value]:
    if len(p.formula) > _LONGEST:
        raise TaixuError(f"a formula of {len(p.formula)} letters is too long; take several nodes")
    try:
        tree = ast.parse(p.formula, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise TaixuError(f"{p.formula[:80]!r} is no formula") from None
    names = {"x": k.at.x, "y": k.at.y, **vars(i)}
    value = k.value(_compute(k, tree.body, names, p.formula))
    if kind == "vec3" and value.kind == "float":
        value = k.vec(value, value, value)
    if value.kind != kind:
        raise TaixuError(f"{p.formula[:80]!r} makes a {value.kind}; this node makes a {kind}")
    return {"value": value}


def _compute(k: Kernel, tree: ast.expr, names: dict[str, Any], text: str) -> Any:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float)) and not isinstance(tree.value, bool):
        return float(tree.value)
    if isinstance(tree, ast.Name) and tree.id in names:
        return names[tree.id]
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        left = _compute(k, tree.left, names, text)
        return _OPERATORS[type(tree.op)](k.value(left), _compute(k, tree.right, names, text))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return -k.value(_compute(k, tree.operand, names, text))
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and type(tree.ops[0]) in _COMPARES:
        left, right = (k.value(_compute(k, each, names, text)) for each in (tree.left, tree.comparators[0]))
        return k.where(_COMPARES[type(tree.ops[0])](left, right), 1.0, 0.0)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in FUNCTIONS and not tree.keywords:
        arguments = [k.value(_compute(k, each, names, text)) for each in tree.args]
        try:
            return getattr(k, tree.func.id)(*arguments)
        except TypeError:
            raise TaixuError(f"in {text[:80]!r}, {tree.func.id} is given {len(arguments)} numbers") from None
    if isinstance(tree, ast.Attribute) and tree.attr in "xyz":
        value = _compute(k, tree.value, names, text)
        if isinstance(value, Value) and value.width > "xyz".index(tree.attr):
            return value["xyz".index(tree.attr)]
    said = ast.unparse(tree)[:40]
    raise TaixuError(f"in {text[:80]!r}, {said!r} means nothing; there are {', '.join(names)} and {', '.join(FUNCTIONS)}")


@node("math.formula")
class Formula:
    """A number by a formula of its inputs, which have any names; x and y are places in the square where no input is called so."""

    has_free_inputs: ClassVar[bool] = True
    formula: str = field(default="0.5")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        return _formula(k, p, i, "float")


@node("color.formula")
class ColorFormula:
    """A colour by a formula of its inputs; ``vec(r, g, b)`` makes one of numbers."""

    has_free_inputs: ClassVar[bool] = True
    outputs: ClassVar[dict[str, Kind]] = {"value": "vec3"}
    formula: str = field(default="vec(0.5, 0.5, 0.5)")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        return _formula(k, p, i, "vec3")
