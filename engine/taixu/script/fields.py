"""Typed fields of a script: what an editor shows, found without running a line of it.

A field is an annotated assignment at the top of the file whose default is a literal, or `game.field(...)` of
literals:

    speed: float = 2.0
    strength: float = game.field(1.0, min=0, max=10, unit="N", doc="How hard it pushes.")

They are read from the syntax tree, so that an editor can list the fields of a script that nobody trusts yet.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taixu.errors import TaixuError
from taixu.script.vectors import Quat, Vec3

__all__ = ["FIELD_TYPES", "FieldDefault", "ScriptField", "find_fields"]

FIELD_TYPES = ("float", "int", "bool", "str", "Vec3", "Quat", "Color", "Entity", "Asset", "list", "dict")
"""Annotations that make a field. An Entity is kept by name or stable id, an Asset by path, a Color as linear
RGB.
"""

_LARGEST = 1e300
_FIELD_ARGUMENTS = ("default", "min", "max", "unit", "doc", "choices")


@dataclass(frozen=True, slots=True)
class FieldDefault:
    """What `game.field` returns while a script is run; the host puts the value in its place."""

    value: Any


@dataclass(frozen=True, slots=True)
class ScriptField:
    """One field: name, type (of `FIELD_TYPES`), default as JSON-able data, and what an inspector needs."""

    name: str
    type: str
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    doc: str = ""
    choices: tuple[str, ...] = ()

    def convert(self, value: Any) -> Any:
        """Return a value of a document as the script gets it.

        Raises
        ------
        TaixuError
            If it is not of the field's type, not finite, or not one of the choices.
        """
        good: Any = None
        numbers = isinstance(value, (list, tuple)) and all(_is_number(v) for v in value)
        match self.type:
            case "float" if _is_number(value):
                good = self._clamp(float(value))
            case "int" if _is_number(value) and float(value).is_integer():
                good = int(self._clamp(value))
            case "bool" if isinstance(value, bool):
                good = value
            case "str" | "Asset" | "Entity" if isinstance(value, str):
                good = value
            case "Vec3" | "Color" if numbers and len(value) == 3:
                good = Vec3(value)
            case "Quat" if numbers and len(value) == 4:
                good = Quat(value).normalized()
            case "list" if isinstance(value, (list, tuple)):
                good = list(value)
            case "dict" if isinstance(value, Mapping):
                good = dict(value)
        if good is None:
            raise TaixuError(f"field {self.name!r} takes {self.type}, not {value!r:.80}")
        if self.choices and good not in self.choices:
            raise TaixuError(f"field {self.name!r} takes one of {', '.join(self.choices)}, not {value!r:.80}")
        return good

    def to_data(self, value: Any) -> Any:
        """Return a value that the script holds as JSON-able data."""
        return list(value) if isinstance(value, tuple) else value

    def _clamp(self, value: float) -> float:
        low = value if self.minimum is None else max(self.minimum, value)
        return low if self.maximum is None else min(self.maximum, low)


def find_fields(tree: ast.Module, *, file: str) -> tuple[ScriptField, ...]:
    """Return the fields of a parsed script in the order of the file.

    Raises
    ------
    TaixuError
        If a default does not fit its type, or `game.field` gets an argument that it does not take.
    """
    found: dict[str, ScriptField] = {}
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            continue
        name, kind = node.target.id, _type_name(node.annotation)
        if name.startswith("_") or kind not in FIELD_TYPES:
            continue
        try:
            facts = _facts(node.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):  # as literal_eval documents them
            continue  # worked out when the script runs: a variable of the script, nothing to edit
        if facts is None:
            continue
        try:
            found[name] = _make(name, kind, facts)
        except TaixuError as error:
            raise TaixuError(f"{file}:{node.lineno}: {error}") from None
    return tuple(found.values())


def _make(name: str, kind: str, facts: dict[str, Any]) -> ScriptField:
    unknown = set(facts) - set(_FIELD_ARGUMENTS)
    if unknown or "default" not in facts:
        wrong = f"does not take {min(unknown)!r}" if unknown else "needs a default"
        raise TaixuError(f"game.field of {name!r} {wrong}; it takes a default, min, max, unit, doc and choices")
    low, high = facts.get("min"), facts.get("max")
    if any(limit is not None and not _is_number(limit) for limit in (low, high)):
        raise TaixuError(f"game.field of {name!r} takes numbers as min and max")
    choices = facts.get("choices", ())
    if not isinstance(choices, Sequence) or isinstance(choices, str) or not all(isinstance(c, str) for c in choices):
        raise TaixuError(f"game.field of {name!r} takes a list of texts as choices")
    made = ScriptField(
        name=name,
        type=kind,
        default=facts["default"],
        minimum=low,
        maximum=high,
        unit=str(facts.get("unit", "")),
        doc=str(facts.get("doc", "")),
        choices=tuple(choices),
    )
    made.convert(made.default)
    return made


def _facts(value: ast.expr) -> dict[str, Any] | None:
    """What a default says: None for calls of anything but `game.field`; ValueError where it is no literal."""
    if not isinstance(value, ast.Call):
        return {"default": ast.literal_eval(value)}
    called = value.func
    if isinstance(called, ast.Attribute) and called.attr in ("Vec3", "Quat") and not value.keywords:
        return {"default": [ast.literal_eval(argument) for argument in value.args]}
    if not (isinstance(called, ast.Attribute) and called.attr == "field"):
        return None
    facts: dict[str, Any] = {}
    if value.args:
        first = value.args[0]
        inner = _facts(first) if isinstance(first, ast.Call) else {"default": ast.literal_eval(first)}
        if inner is None:
            return None
        facts.update(inner)
    facts.update({keyword.arg or "**": ast.literal_eval(keyword.value) for keyword in value.keywords})
    return facts


def _type_name(annotation: ast.expr) -> str:
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(name)):
            return name.rpartition(".")[2]
        case ast.Subscript(value=inner):
            return _type_name(inner)
    return ""


def _is_number(value: Any) -> bool:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return abs(value) <= _LARGEST  # not a NaN either, nor an int that no float can hold
