"""Expressions with aggregates: ``sum(belt.parts) / count(belt.running)``, over all, over each zone.

Aggregates are taken out of the text, each an expression over columns of its own; what is left is calculated with their values.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.rules.expression import Expression, read_expression
from taixu.twin.rules.scope import CALCULATIONS, Senses, TableScope, calculated, classes_of, read_condition

__all__ = ["AGGREGATES", "Formula", "aggregate_all", "read_formula"]

AGGREGATES = frozenset({"count", "sum", "mean", "min", "max", "share"})
"""``count()`` of all, ``count(condition)`` of whom it holds, ``share(condition)`` their share, and of numbers ``sum``, ``mean``,
``min`` and ``max``; what is not a number (NaN) does not count. A second argument says of whom: ``mean(x, y > 2)``."""

_MAX_AGGREGATES = 20
_MAX_TEXT = 2000
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """One aggregate: what of, and of whom."""

    name: str
    inner: Expression | None
    where: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """What is calculated with some aggregates, which it calls a0, a1, ..."""

    text: str
    aggregates: tuple[Aggregate, ...]
    outer: Expression

    def evaluate(self, aggregated: Sequence[Values]) -> Values:
        """Its value for each group, of the aggregates' ``float64[groups]``."""
        return self.outer.evaluate(_Groups(aggregated)).astype(float)


class _Groups:
    """What the outer expression sees."""

    def __init__(self, values: Sequence[Values]) -> None:
        self.values = values
        self.count = len(values[0])

    def field(self, component: str, name: str, lane: int) -> NDArray[Any]:
        raise AssertionError("fields stand within aggregates")

    def name(self, name: str) -> Values:
        return self.values[int(name[1:])]

    def call(self, name: str, arguments: tuple[Any, ...], node: int) -> NDArray[Any]:
        return calculated(name, arguments)


class _Extractor(ast.NodeTransformer):
    """Puts names in the place of aggregates."""

    def __init__(self) -> None:
        self.found: list[ast.Call] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        is_aggregate = name in AGGREGATES and (name not in ("min", "max") or len(node.args) < 2 or _is_condition(node.args[1]))
        if not is_aggregate:
            return self.generic_visit(node)
        if len(self.found) >= _MAX_AGGREGATES:
            raise TaixuError(f"a measure has at most {_MAX_AGGREGATES} aggregates; make two of it")
        self.found.append(node)
        return ast.Name(f"a{len(self.found) - 1}", ast.Load())


def _is_condition(node: ast.expr) -> bool:
    """Whether ``min(a, b)`` means the least a of whom b holds, rather than the lesser of two numbers."""
    return isinstance(node, (ast.Compare, ast.BoolOp)) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def read_formula(text: Any, components: Components) -> Formula:
    """Read one.

    Raises
    ------
    TaixuError
        When something in it is wrong.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > _MAX_TEXT:
        raise TaixuError("value takes a text such as mean(motor.temperature)")
    try:
        tree = ast.parse(text.strip(), mode="eval")
        extractor = _Extractor()
        outer = ast.unparse(extractor.visit(tree).body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise TaixuError(f"{text[:80]!r} cannot be read; write it as in mean(motor.temperature)") from None
    if not extractor.found:
        raise TaixuError(f"{text[:80]!r} has a value for each; say mean(...), count(...) and the like, or \"by\": \"entity\"")
    aggregates = tuple(_read_aggregate(node, components) for node in extractor.found)
    names = frozenset(f"a{i}" for i in range(len(aggregates)))
    try:
        left = read_expression(outer, functions=CALCULATIONS, names=names)
    except TaixuError:
        left = None
    if left is None or left.fields:
        raise TaixuError(
            f"{text[:80]!r}: outside of {', '.join(sorted(AGGREGATES))} there are numbers, + - * / % ** and abs, sqrt, min, max"
        )
    return Formula(text.strip(), aggregates, left)


def _read_aggregate(node: ast.Call, components: Components) -> Aggregate:
    assert isinstance(node.func, ast.Name)
    name, least = node.func.id, 0 if node.func.id == "count" else 1
    if node.keywords or not least <= len(node.args) <= 2:
        raise TaixuError(f"{name} takes what it is of, and a condition that says of whom")
    parts = [read_condition(ast.unparse(argument), components) for argument in node.args]
    return Aggregate(name, parts[0] if parts else None, parts[1] if len(parts) > 1 else None)


def aggregate_all(
    formula: Formula, world: World, senses: Senses, *, where: Expression | None, zones: Sequence[str] | None
) -> list[Values]:
    """The values of a formula's aggregates, each ``float64[groups]``: one group, or one for each zone.

    Raises
    ------
    TaixuError
        When one cannot be evaluated, or there is no such zone.
    """
    return [_aggregated(each, world, senses, where, zones) for each in formula.aggregates]


def _aggregated(
    aggregate: Aggregate, world: World, senses: Senses, where: Expression | None, zones: Sequence[str] | None
) -> Values:
    groups = 1 if zones is None else len(zones)
    number, total = np.zeros(groups), np.zeros(groups)
    least, most = np.full(groups, np.inf), np.full(groups, -np.inf)
    components = world.resource(Components)
    conditions = [each for each in (where, aggregate.where) if each is not None]
    asked = [*conditions, aggregate.inner] if aggregate.inner is not None else conditions
    for table in world.query(*classes_of(_ANY, components, *asked)):
        if not table.count:
            continue
        kept: NDArray[np.bool_] | None = None
        for each in conditions:
            holds = each.holds(TableScope(senses, world, table, each.text))
            kept = holds if kept is None else kept & holds
        values = _values_of(aggregate, TableScope(senses, world, table, "", rows=None if kept is None else np.flatnonzero(kept)))
        places = None if kept is None else np.cumsum(kept) - 1  # where a row's value stands
        for group in range(groups):
            if zones is None:
                here = values
            else:
                rows = senses.ground.inside(world, table, zones[group])
                here = values[rows] if kept is None or places is None else values[places[rows[kept[rows]]]]
            if aggregate.name in ("count", "share"):
                number[group] += len(here)
                total[group] += np.count_nonzero(here)
                continue
            here = here[~np.isnan(here)] if here.dtype.kind == "f" else here
            if len(here):
                number[group] += len(here)
                total[group] += here.sum(dtype=float)
                least[group], most[group] = min(least[group], here.min()), max(most[group], here.max())
    empty = number == 0
    if aggregate.name in ("count", "sum"):
        return total
    found = {"mean": total, "share": total, "min": least, "max": most}[aggregate.name].copy()
    if aggregate.name in ("mean", "share"):
        found /= np.maximum(number, 1)
    found[empty] = np.nan
    return found


def _values_of(aggregate: Aggregate, scope: TableScope) -> NDArray[Any]:
    """What is aggregated, of the rows of a scope."""
    if aggregate.inner is None:
        return np.broadcast_to(True, scope.count)
    scope.text = aggregate.inner.text
    values = aggregate.inner.evaluate(scope)
    if aggregate.name in ("count", "share"):
        return values.astype(bool)
    if values.dtype.kind in "OU":
        raise TaixuError(f"{aggregate.name} is of numbers; {aggregate.inner.text} is a text")
    return values


_ANY = read_expression("1", functions={}, names=frozenset())
