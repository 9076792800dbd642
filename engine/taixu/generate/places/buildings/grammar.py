"""The split grammar: rules as text become trees that `deriving` unfolds over a wall.

    Front  = split y { ground: Ground | ~1: repeat y floor: Storey | 0.5: cornice(out=0.4) }
    Storey = split x { ~0.4: wall | ~1: repeat x 2.6: Bay | ~0.4: wall }
    Bay    = any { 70: Plain | 30: Plain + balcony(depth=0.6) }
    Plain  = if w > 1.6: split x { ~1: wall | 1.1: Hole | ~1: wall } else wall
    Hole   = split y { 0.9: wall | 1.4: window(kind=sash, sill=1) | ~1: wall }

`split` cuts along an axis: a size is metres, after ``~`` a share of what is left. `repeat` fills with equal parts of about a size.
`any` chooses by weights, `if` by a comparison, ``+`` lays one over the other. Names in capitals are rules, names in small letters
things that are made: `deriving.THINGS`. The idea is Müller et al., "Procedural modeling of buildings" (CGA shape), 2006; the
language is this file's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Any_", "Expression", "If", "Name", "Node", "Over", "Repeat", "Rules", "Split", "Thing", "parse_rules"]

_TOKEN = re.compile(r"\s*(?:(#[0-9a-fA-F]{6})|(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z_0-9]*)|(<=|>=|==|!=|[-+*/(){}|:,=<>~]))")
_MOST_DEPTH = 40
MOST_TEXT = 64_000

Expression = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Name:
    """Another rule."""

    name: str


@dataclass(frozen=True)
class Thing:
    """Something that is made here."""

    name: str
    arguments: dict[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """Parts along an axis: (flexible, size, what)."""

    axis: str
    parts: tuple[tuple[bool, Expression, Node], ...]


@dataclass(frozen=True)
class Repeat:
    """Equal parts."""

    axis: str
    size: Expression
    what: Node


@dataclass(frozen=True)
class Any_:
    """One of several, by weight."""

    parts: tuple[tuple[Expression, Node], ...]


@dataclass(frozen=True)
class If:
    """One of two."""

    test: Expression
    yes: Node
    no: Node


@dataclass(frozen=True)
class Over:
    """All, one over the other."""

    parts: tuple[Node, ...]


Node = Name | Thing | Split | Repeat | Any_ | If | Over
Rules = dict[str, Node]


def parse_rules(text: str, *, where: str) -> Rules:
    """The rules of a text.

    Raises
    ------
    TaixuError
        With the rule that is wrong, and how.
    """
    if len(text) > MOST_TEXT:
        raise TaixuError(f"{where}: rules have {len(text):,} letters; at most {MOST_TEXT:,} are read")
    text = "\n".join(re.sub(r"(?<!\S)#(?![0-9a-fA-F]{6}\b).*", "", line) for line in text.splitlines())
    heads = list(re.finditer(r"^([A-Z]\w*)\s*=", text, re.MULTILINE))
    if heads and text[: heads[0].start()].strip():
        raise TaixuError(f"{where}: {text[: heads[0].start()].strip()[:40]!r} is no rule; rules are written Name = what")
    rules: Rules = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        name = head[1]
        body = text[head.end() : following.start() if following else len(text)]
        if name in rules:
            raise TaixuError(f"{where}: there are two rules {name}; join them with 'any'")
        rules[name] = _Parser(body, f"{where}: rule {name}").whole()
    for name, node in rules.items():
        for used in _names(node):
            if used not in rules:
                raise TaixuError(f"{where}: rule {name} uses {used}, which is no rule; there are {', '.join(rules)}")
    return rules


def _names(node: Node) -> list[str]:
    if isinstance(node, Name):
        return [node.name]
    if isinstance(node, Split):
        return [name for _, _, what in node.parts for name in _names(what)]
    if isinstance(node, Any_):
        return [name for _, what in node.parts for name in _names(what)]
    if isinstance(node, Over):
        return [name for what in node.parts for name in _names(what)]
    if isinstance(node, Repeat):
        return _names(node.what)
    if isinstance(node, If):
        return _names(node.yes) + _names(node.no)
    return []


class _Parser:
    def __init__(self, text: str, where: str) -> None:
        self.where, self.tokens, at = where, list[str](), 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise TaixuError(f"{where}: {text[at:].strip()[:20]!r} cannot be read")
            self.tokens.append(found[0].strip())
            at = found.end()
        self.at = self.depth = 0

    def fail(self, wanted: str) -> TaixuError:
        found = self.tokens[self.at] if self.at < len(self.tokens) else "the end"
        return TaixuError(f"{self.where}: {wanted} should stand where {found!r} does")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, token: str = "") -> str:
        found = self.peek()
        if not found or (token and found != token):
            raise self.fail(repr(token) if token else "something")
        self.at += 1
        return found

    def whole(self) -> Node:
        node = self.body()
        if self.peek():
            raise self.fail("the end")
        return node

    def body(self) -> Node:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise TaixuError(f"{self.where}: it is nested more than {_MOST_DEPTH} deep")
        parts = [self.unit()]
        while self.peek() == "+":
            self.take()
            parts.append(self.unit())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Over(tuple(parts))

    def unit(self) -> Node:
        token = self.take()
        if token == "(":
            node = self.body()
            self.take(")")
            return node
        if token == "split":
            return Split(self.axis(), tuple(self.items(self.split_item)))
        if token == "repeat":
            axis = self.axis()
            size = self.sum()
            self.take(":")
            return Repeat(axis, size, self.body())
        if token == "any":
            return Any_(tuple(self.items(self.any_item)))
        if token == "if":
            test = self.comparison()
            self.take(":")
            yes = self.body()
            self.take("else")
            return If(test, yes, self.body())
        if token[0].isupper():
            return Name(token)
        if not token[0].isalpha():
            self.at -= 1
            raise self.fail("a rule or a thing")
        arguments: dict[str, Expression] = {}
        if self.peek() == "(":
            self.take()
            while self.peek() != ")":
                name = self.take()
                self.take("=")
                arguments[name] = self.sum()
                if self.peek() != ")":
                    self.take(",")
            self.take(")")
        return Thing(token, arguments)

    def axis(self) -> str:
        token = self.take()
        if token not in ("x", "y"):
            self.at -= 1
            raise self.fail("x or y")
        return token

    def items(self, read: Callable[[], Any]) -> list[Any]:
        self.take("{")
        found = [read()]
        while self.peek() == "|":
            self.take()
            found.append(read())
        self.take("}")
        return found

    def split_item(self) -> tuple[bool, Expression, Node]:
        flexible = self.peek() == "~"
        if flexible:
            self.take()
        size = self.sum()
        self.take(":")
        return flexible, size, self.body()

    def any_item(self) -> tuple[Expression, Node]:
        weight = self.sum()
        self.take(":")
        return weight, self.body()

    def comparison(self) -> Expression:
        a, sign = self.sum(), self.take()
        b = self.sum()
        tests: dict[str, Callable[[Any, Any], bool]] = {
            "<": lambda x, y: x < y, ">": lambda x, y: x > y, "<=": lambda x, y: x <= y, ">=": lambda x, y: x >= y,
            "==": lambda x, y: x == y, "!=": lambda x, y: x != y,
        }  # fmt: skip
        if sign not in tests:
            raise TaixuError(f"{self.where}: {sign!r} compares nothing; use < > <= >= == !=")
        test = tests[sign]
        return lambda known: test(a(known), b(known))

    def sum(self) -> Expression:
        left = self.product()
        while self.peek() in ("+", "-"):
            sign, right = self.take(), self.product()
            left = _added(left, right, 1 if sign == "+" else -1)
        return left

    def product(self) -> Expression:
        left = self.atom()
        while self.peek() in ("*", "/"):
            sign, right = self.take(), self.atom()
            left = _times(left, right, divide=sign == "/")
        return left

    def atom(self) -> Expression:
        token = self.take()
        if token == "(":
            inner = self.sum()
            self.take(")")
            return inner
        if token == "-":
            return _times(self.atom(), lambda known: -1.0, divide=False)
        if token[0].isdigit():
            value = float(token)
            return lambda known: value
        if token in ("rand", "min", "max") and self.peek() == "(":
            self.take()
            low = self.sum()
            self.take(",")
            high = self.sum()
            self.take(")")
            if token == "rand":
                return lambda known: low(known) + (high(known) - low(known)) * known["chance"]()
            choose = min if token == "min" else max
            return lambda known: choose(low(known), high(known))
        if token[0] == "#" or token[0].isalpha():
            if self.peek().startswith("#"):
                token += self.take()
            return lambda known: known.get(token, token)
        self.at -= 1
        raise self.fail("a size")


def _added(a: Expression, b: Expression, sign: int) -> Expression:
    return lambda known: a(known) + sign * b(known)


def _times(a: Expression, b: Expression, *, divide: bool) -> Expression:
    if divide:
        return lambda known: a(known) / (b(known) or 1e-9)
    return lambda known: a(known) * b(known)
