"""Trees as documents: read, checked, bounded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.navigation.behavior.kinds import KINDS, Parameter

__all__ = ["MOST_BYTES", "Node", "Tree", "behavior_schema", "parse_tree", "read_tree"]

MOST_BYTES = 256 * 1024
_MOST_NODES = 2000
_DEEPEST = 40
_LONGEST_TEXT = 1000
_MOST_CHOICES = 256
_TESTS = ("is", "over", "under", "set")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node: its number in the tree, its kind, what it takes, and its children."""

    number: int
    kind: str
    where: str
    values: dict[str, Any]
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A behaviour: a root, and what the blackboard holds at first."""

    name: str
    root: Node
    blackboard: dict[str, Any]
    count: int


def read_tree(path: Path) -> Tree:
    """Read a ``*.behavior.json``.

    Raises
    ------
    TaixuError
        When it cannot be read, or is no tree.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise TaixuError(f"{path}: this behaviour cannot be read ({error.strerror or error})") from None
    return parse_tree(data, name=str(path))


def parse_tree(data: bytes | str, *, name: str = "a behaviour") -> Tree:
    """Make a tree of its text.

    Raises
    ------
    TaixuError
        When it is no tree: where in it, and what is wrong.
    """
    if len(data) > MOST_BYTES:
        raise TaixuError(f"{name}: a behaviour has at most {MOST_BYTES // 1024} KB; put less into one")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{name}: this is no JSON ({str(error)[:80]})") from None
    return _Reader(name).tree(document)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def tree(self, document: Any) -> Tree:
        if not isinstance(document, dict) or "root" not in document:
            raise self._wrong("/", "a behaviour is an object with a root")
        for key in document.keys() - {"root", "name", "version", "blackboard", "about"}:
            raise self._wrong(f"/{key}", "there is no such part; there are name, about, version, blackboard and root")
        if document.get("version", 1) != 1:
            raise self._wrong("/version", "this version of Taixu reads version 1")
        board = document.get("blackboard", {})
        if not isinstance(board, dict):
            raise self._wrong("/blackboard", "it is an object")
        root = self._node(document["root"], "/root", 0)
        title = document.get("name", "")
        return Tree(title if isinstance(title, str) else "", root, board, self._count)

    def _node(self, found: Any, where: str, depth: int) -> Node:
        if not isinstance(found, dict) or not isinstance(found.get("do"), str):
            raise self._wrong(where, 'a node is an object that says what to "do"')
        kind = KINDS.get(found["do"])
        if kind is None:
            raise self._wrong(f"{where}/do", f"there is no {found['do'][:40]!r}; there are {', '.join(KINDS)}")
        if depth > _DEEPEST:
            raise self._wrong(where, f"trees are at most {_DEEPEST} nodes deep")
        number, self._count = self._count, self._count + 1
        if self._count > _MOST_NODES:
            raise self._wrong(where, f"trees have at most {_MOST_NODES} nodes")
        children: list[Node] = []
        given = {"many": "children", "one": "child"}.get(kind.children)
        if given is not None:
            below = found.get(given)
            if kind.children == "one":
                children.append(self._node(below, f"{where}/child", depth + 1))
            elif not isinstance(below, list) or not below:
                raise self._wrong(where, f"{found['do']} needs a list of children")
            else:
                children += [self._node(item, f"{where}/children/{i}", depth + 1) for i, item in enumerate(below)]
        values = {}
        for key, value in found.items():
            if key in ("do", "about", given):
                continue
            parameter = kind.parameters.get(key)
            if parameter is None:
                known = ", ".join((*([given] if given else []), *kind.parameters)) or "nothing"
                raise self._wrong(f"{where}/{key}", f"{found['do']} does not take this; it takes {known}")
            values[key] = self._value(value, parameter, f"{where}/{key}")
        for key, parameter in kind.parameters.items():
            if parameter.required and key not in values:
                raise self._wrong(where, f"{found['do']} needs {key!r}: {parameter.doc.lower()}")
        return Node(number, found["do"], where, values, tuple(children))

    def _value(self, value: Any, parameter: Parameter, where: str) -> Any:
        form = parameter.form
        if isinstance(value, str) and value.startswith("$") and form != "test":
            if not 1 < len(value) <= 80:
                raise self._wrong(where, "a name on the blackboard has 1 to 79 letters")
            return value
        if form in ("number", "span"):
            parts = value if form == "span" and isinstance(value, list) and len(value) == 2 else [value]
            for part in parts:
                if isinstance(part, bool) or not isinstance(part, (int, float)) or not isfinite(part):
                    raise self._wrong(where, "this is a number" + (", or two" if form == "span" else ""))
                if not parameter.least <= part <= parameter.most:
                    raise self._wrong(where, f"this lies between {parameter.least:g} and {parameter.most:g}")
            return [float(part) for part in parts] if len(parts) == 2 else float(parts[0])
        if form in ("text", "thing"):
            return self._text(value, where)
        if form == "texts":
            if not isinstance(value, list):
                return self._text(value, where)
            return [self._text(item, f"{where}/{i}") for i, item in enumerate(self._several(value, where))]
        if form == "flag":
            if not isinstance(value, bool):
                raise self._wrong(where, "this is true or false")
            return value
        if form == "place":
            if value == "random" or is_place(value):
                return value
            if isinstance(value, list) and value and all(is_place(item) for item in self._several(value, where)):
                return value
            raise self._wrong(where, 'a place is [x, y, z] in metres, a list of such, "random", or "$name"')
        if form == "test":
            return self._test(value, where, 0)
        return value

    def _several(self, value: list[Any], where: str) -> list[Any]:
        if not 1 <= len(value) <= _MOST_CHOICES:
            raise self._wrong(where, f"of these there are 1 to {_MOST_CHOICES}")
        return value

    def _text(self, value: Any, where: str) -> str:
        if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT:
            raise self._wrong(where, f"this is a text of 1 to {_LONGEST_TEXT} letters")
        return value

    def _test(self, value: Any, where: str, depth: int) -> dict[str, Any]:
        if not isinstance(value, dict) or depth > 8:
            raise self._wrong(where, 'a test is an object with "key", "field", "near", "not", "all" or "any"')
        heads = [name for name in ("key", "field", "near", "not", "all", "any") if name in value]
        if len(heads) != 1:
            raise self._wrong(where, 'a test has one of "key", "field", "near", "not", "all" and "any"')
        head = heads[0]
        if head == "not":
            return {"not": self._test(value["not"], f"{where}/not", depth + 1)}
        if head in ("all", "any"):
            if not isinstance(value[head], list):
                raise self._wrong(f"{where}/{head}", "this is a list of tests")
            parts = self._several(value[head], f"{where}/{head}")
            return {head: [self._test(item, f"{where}/{head}/{i}", depth + 1) for i, item in enumerate(parts)]}
        self._text(value[head], f"{where}/{head}")
        allowed = {"near": ("within",), "field": (*_TESTS, "of"), "key": _TESTS}[head]
        for key in value.keys() - {head, *allowed}:
            raise self._wrong(f"{where}/{key}", f"this test takes {', '.join(allowed)}")
        if head == "near" or any(name in value for name in ("over", "under")):
            for name in ("within",) if head == "near" else ("over", "under"):
                number = value.get(name, 0.0 if name != "within" else None)
                if isinstance(number, bool) or not isinstance(number, (int, float)) or not isfinite(number):
                    raise self._wrong(f"{where}/{name}", "this is a number")
        elif not any(name in value for name in _TESTS):
            raise self._wrong(where, "this test says what is to be: is, over, under or set")
        if head == "field" and value["field"].count(".") != 1:
            raise self._wrong(f"{where}/field", 'a field is "component.field", as in "agent.state"')
        return dict(value)

    def _wrong(self, where: str, what: str) -> TaixuError:
        return TaixuError(f"{self._name}: {where}: {what}")


def is_place(value: Any) -> bool:
    """Whether a value is three finite numbers."""
    return (
        isinstance(value, (list, tuple)) and len(value) == 3
        and all(isinstance(part, (int, float)) and not isinstance(part, bool) and abs(part) < 1e7 for part in value)
    )


def behavior_schema() -> dict[str, Any]:
    """The JSON Schema of behaviours, for editors of text."""
    number: dict[str, Any] = {"type": "number"}
    text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": _LONGEST_TEXT}
    place: dict[str, Any] = {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
    forms: dict[str, Any] = {
        "text": text, "thing": text, "flag": {"type": "boolean"}, "value": {}, "test": {"type": "object"},
        "texts": {"anyOf": [text, {"type": "array", "items": text, "minItems": 1, "maxItems": _MOST_CHOICES}]},
        "place": {"anyOf": [text, place, {"type": "array", "items": place, "minItems": 1, "maxItems": _MOST_CHOICES}]},
    }  # fmt: skip
    kinds = []
    for name, kind in KINDS.items():
        properties: dict[str, Any] = {"do": {"const": name, "description": kind.doc}, "about": {"type": "string"}}
        for key, parameter in kind.parameters.items():
            bounded = {"type": "number", "minimum": parameter.least, "maximum": parameter.most}
            form = forms.get(parameter.form, bounded)
            if parameter.form == "span":
                form = {"anyOf": [bounded, {"type": "array", "items": bounded, "minItems": 2, "maxItems": 2}]}
            named = {"type": "string", "pattern": r"^\$.+"}
            properties[key] = {"description": parameter.doc, "anyOf": [form, named]} if parameter.form != "test" else form
        needed = ["do", *(key for key, parameter in kind.parameters.items() if parameter.required)]
        if kind.children == "many":
            properties["children"] = {"type": "array", "items": {"$ref": "#/$defs/node"}, "minItems": 1}
            needed.append("children")
        elif kind.children == "one":
            properties["child"] = {"$ref": "#/$defs/node"}
            needed.append("child")
        kinds.append({"type": "object", "properties": properties, "required": needed, "additionalProperties": False})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Behaviour", "type": "object",
        "properties": {
            "name": {"type": "string"}, "about": {"type": "string"}, "version": {"const": 1}, "blackboard": {"type": "object"},
            "root": {"$ref": "#/$defs/node"},
        },
        "required": ["root"], "additionalProperties": False, "$defs": {"node": {"anyOf": kinds}},
    }  # fmt: skip
