"""Conditions as text, evaluated over columns: ``motor.temperature > 80 and device.kind == "press"``.

The grammar is Python's, and a small part of it: numbers, texts, ``and or not``, comparisons (chains too), ``+ - * / % **``,
``in`` with a tuple of texts, fields (``component.field.x``), the names that `Scope` gives, and its functions. Text is parsed, never
run: nothing can be reached from it that is not listed here.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["Expression", "Scope", "read_expression"]

_MAX_TEXT, _MAX_NODES, _MAX_DEPTH = 2000, 200, 30
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip


class Scope(Protocol):
    """What an expression sees: columns of the entities that it is asked about."""

    count: int

    def field(self, component: str, name: str, lane: int) -> NDArray[Any]:
        """A column ``[n]``."""

    def name(self, name: str) -> NDArray[Any]:
        """What a bare name stands for, ``[n]``."""

    def call(self, name: str, arguments: tuple[Any, ...], node: int) -> NDArray[Any]:
        """What a function gives, ``[n]``; `node` numbers the call within its expression, for those that remember."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or a number that was read.

    Attributes
    ----------
    fields
        The fields that it looks at: component, field, part of a vector or -1.
    names, functions
        What else it uses.
    """

    text: str
    fields: frozenset[tuple[str, str, int]]
    names: frozenset[str]
    functions: frozenset[str]
    tree: ast.expr

    @property
    def components(self) -> frozenset[str]:
        """Components that an entity must have to be asked."""
        return frozenset(component for component, _, _ in self.fields)

    def evaluate(self, scope: Scope) -> NDArray[Any]:
        """Its value for each entity, ``[n]``; NaN and what is divided by zero compare false.

        Raises
        ------
        TaixuError
            When texts and numbers are mixed up.
        """
        try:
            with np.errstate(all="ignore"):
                found = _evaluate(self.tree, scope)
        except (TypeError, np.exceptions.DTypePromotionError):
            raise TaixuError(f"{self.text!r} mixes up texts and numbers") from None
        return np.broadcast_to(np.asarray(found), (scope.count,))

    def holds(self, scope: Scope) -> NDArray[np.bool_]:
        """Where it is true, ``bool[n]``."""
        return self.evaluate(scope).astype(bool)


def read_expression(text: Any, *, functions: Mapping[str, tuple[int, int]], names: frozenset[str]) -> Expression:
    """Read an expression.

    Parameters
    ----------
    functions
        Those that there are, with the least and the most arguments that they take.
    names
        Bare names that there are.

    Raises
    ------
    TaixuError
        When it is none, in one sentence.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > _MAX_TEXT:
        raise TaixuError("a condition is a text such as motor.temperature > 80")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise TaixuError(f"{text[:80]!r} is no condition such as motor.temperature > 80") from None
    reader = _Reader(text, functions, names)
    reader.read(tree, 0)
    return Expression(text.strip(), frozenset(reader.fields), frozenset(reader.used), frozenset(reader.called), tree)


class _Reader:
    """Walks through what was parsed and refuses what is not listed."""

    def __init__(self, text: str, functions: Mapping[str, tuple[int, int]], names: frozenset[str]) -> None:
        self.text, self.functions, self.names = text, functions, names
        self.fields: set[tuple[str, str, int]] = set()
        self.used: set[str] = set()
        self.called: set[str] = set()
        self.nodes = 0

    def read(self, node: ast.expr, depth: int) -> None:
        self.nodes += 1
        if self.nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise TaixuError(f"{self.text[:60]!r}... is too long for a condition; split it")
        children: list[ast.expr] = []
        if isinstance(node, ast.BoolOp):
            children = node.values
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
            children = [node.operand]
        elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            children = [node.left, node.right]
        elif isinstance(node, ast.Compare):
            children = [node.left, *self._compared(node)]
        elif isinstance(node, ast.Call):
            children = self._called(node)
        elif isinstance(node, ast.Attribute):
            self._field(node)
        elif isinstance(node, ast.Name):
            if node.id not in self.names:
                self._refuse(node, f"there are {', '.join(sorted(self.names))}, and fields as component.field")
            self.used.add(node.id)
        elif not (isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str))):
            self._refuse(node, "it is not understood here")
        elif isinstance(node.value, int) and abs(node.value) > 1 << 53:
            self._refuse(node, "the number is too large")
        for child in children:
            self.read(child, depth + 1)

    def _compared(self, node: ast.Compare) -> list[ast.expr]:
        found: list[ast.expr] = []
        for kind, right in zip(node.ops, node.comparators):
            if isinstance(kind, (ast.In, ast.NotIn)):
                if not isinstance(right, (ast.Tuple, ast.List)) or not all(isinstance(each, ast.Constant) for each in right.elts):
                    self._refuse(right, "in takes a list such as (\"idle\", \"fault\")")
                found += right.elts  # type: ignore[attr-defined]
            elif type(kind) in _COMPARE:
                found.append(right)
            else:
                self._refuse(node, "is compares nothing here; write ==")
        return found

    def _called(self, node: ast.Call) -> list[ast.expr]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in self.functions or node.keywords:
            self._refuse(node, f"there are the functions {', '.join(sorted(self.functions))}")
        least, most = self.functions[name]
        if not least <= len(node.args) <= most:
            self._refuse(node, f"{name} takes {least if least == most else f'{least} to {most}'} arguments")
        self.called.add(name)
        return node.args

    def _field(self, node: ast.Attribute) -> None:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or len(parts) > 2:
            self._refuse(node, "a field is written component.field, or component.field.x")
        parts.append(inner.id)  # type: ignore[attr-defined]
        component, name, *part = reversed(parts)
        lane = "xyzw".find(part[0]) if part and len(part[0]) == 1 else -1
        if part and lane < 0:
            self._refuse(node, "a vector's parts are x, y, z and w")
        self.fields.add((component, name, lane))

    def _refuse(self, node: ast.expr, why: str) -> None:
        part = ast.get_source_segment(self.text.strip(), node) or self.text
        raise TaixuError(f"{part[:60]!r} in a condition: {why}")


def _evaluate(node: ast.expr, scope: Scope) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return scope.name(node.id)
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Attribute):
            inner = node.value
            return scope.field(inner.value.id, inner.attr, "xyzw".index(node.attr))  # type: ignore[attr-defined]
        return scope.field(node.value.id, node.attr, -1)  # type: ignore[attr-defined]
    if isinstance(node, ast.BoolOp):
        found = [np.asarray(_evaluate(value, scope)).astype(bool) for value in node.values]
        combine = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        whole = found[0]
        for each in found[1:]:
            whole = combine(whole, each)
        return whole
    if isinstance(node, ast.UnaryOp):
        value = _evaluate(node.operand, scope)
        return ~np.asarray(value).astype(bool) if isinstance(node.op, ast.Not) else -np.asarray(value, float)
    if isinstance(node, ast.BinOp):
        left, right = (np.asarray(_evaluate(side, scope)) for side in (node.left, node.right))
        if left.dtype.kind in "OU" or right.dtype.kind in "OU":
            raise TypeError("texts are not calculated with")
        return _BINARY[type(node.op)](left.astype(float), right.astype(float))
    if isinstance(node, ast.Compare):
        return _compare(node, scope)
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    arguments = tuple(_evaluate(argument, scope) for argument in node.args)
    return scope.call(node.func.id, arguments, node.col_offset)


def _compare(node: ast.Compare, scope: Scope) -> Any:
    left = _evaluate(node.left, scope)
    whole: Any = None
    for kind, comparator in zip(node.ops, node.comparators):
        if isinstance(kind, (ast.In, ast.NotIn)):
            values = [each.value for each in comparator.elts]  # type: ignore[attr-defined]
            held = np.zeros(np.shape(left), bool)
            for value in values:
                held = held | _same(left, value)
            here, right = (held if isinstance(kind, ast.In) else ~held), left
        else:
            right = _evaluate(comparator, scope)
            if isinstance(kind, (ast.Eq, ast.NotEq)):
                here = _same(left, right)
                here = ~np.asarray(here) if isinstance(kind, ast.NotEq) else here
            elif np.asarray(left).dtype.kind in "OU" or np.asarray(right).dtype.kind in "OU":
                raise TypeError("texts are equal or not")
            else:
                here = _COMPARE[type(kind)](left, right)
        whole = here if whole is None else np.logical_and(whole, here)
        left = right
    return whole


def _same(left: Any, right: Any) -> NDArray[np.bool_]:
    """Equal; a text and a number never are."""
    return np.asarray(np.asarray(left) == np.asarray(right), bool)
