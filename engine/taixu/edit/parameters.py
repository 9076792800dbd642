"""Parameters of operations and generators: frozen dataclasses, JSON outside, with a schema and a sentence for what is wrong.

A field's ``metadata`` may hold ``doc``, ``unit``, ``minimum``, ``maximum`` and ``choices``; those of a list are those of what
is in it.
"""

from __future__ import annotations

import json
import math
import os
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from taixu.errors import UsageError

__all__ = ["EntitiesParameters", "Nothing", "PathParameters", "parameter_schema", "read_parameters"]

_DEEPEST = 64
_PLAIN_WORDS = frozenset({
    "type", "items", "description", "unit", "minimum", "maximum", "enum", "anyOf", "additionalProperties",
})  # fmt: skip
_TYPES = {"string": (str,), "boolean": (bool,), "integer": (int,), "number": (float, int)}
_SHOWN = 60
_PLAIN: dict[type, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", tuple: "array",
}  # fmt: skip
_WORDS = {
    "string": "a text", "boolean": "true or false", "integer": "a whole number", "number": "a number", "object": "a table",
    "array": "a list", "null": "null",
}  # fmt: skip
_PLURALS = {"string": "texts", "boolean": "truth values", "integer": "whole numbers", "number": "numbers", "object": "tables"}


@dataclass(frozen=True, slots=True)
class Nothing:
    """Parameters of an operation that has none."""


@dataclass(frozen=True, slots=True)
class PathParameters:
    """A file or a folder: in the project, or wherever the operation says."""

    path: str


@dataclass(frozen=True, slots=True)
class EntitiesParameters:
    """Which entities; those selected where none are named."""

    entities: tuple[str, ...] = ()


def parameter_schema(parameters: type) -> dict[str, Any]:
    """JSON Schema (2020-12) of parameters, with what their fields' ``metadata`` says of them."""
    hints = get_type_hints(parameters)
    declared = fields(parameters)
    properties = {each.name: _schema_of(hints[each.name]) | _said_of(each.metadata) for each in declared}
    for each in declared:
        _limit(properties[each.name], each.metadata)
    needed = [each.name for each in declared if each.default is MISSING and each.default_factory is MISSING]
    said = {"description": " ".join(doc.split())} if (doc := _doc_of(parameters)) else {}
    return {"type": "object", **said, "properties": properties, "required": needed, "additionalProperties": False}


def _doc_of(parameters: type) -> str:
    """What was written about a class; dataclasses that have nothing get their signature."""
    doc = parameters.__doc__ or ""
    return "" if doc.startswith(f"{parameters.__name__}(") else doc


def _said_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    said = {"description": metadata.get("doc"), "unit": metadata.get("unit")}
    return {key: value for key, value in said.items() if value}


def _limit(schema: dict[str, Any], metadata: Mapping[str, Any]) -> None:
    """Put a range, or choices, where numbers and texts stand: in the field itself, or in what its list holds."""
    limits = {key: metadata[key] for key in ("minimum", "maximum") if metadata.get(key) is not None}
    limits |= {"enum": list(metadata["choices"])} if metadata.get("choices") else {}
    for part in (schema, schema.get("items", {}), *schema.get("prefixItems", ()), *schema.get("anyOf", ())):
        if part.get("type") in ("number", "integer", "string"):
            part.update(limits)


def _schema_of(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return {}
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if arg is type(None) else _schema_of(arg) for arg in args]}
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _schema_of(args[0])}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_schema_of(arg) for arg in args], "minItems": len(args), "maxItems": len(args)}
    if origin is list:
        return {"type": "array", "items": _schema_of(args[0])}
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        inner = {} if args[1] is Any else _schema_of(args[1])
        return {"type": "object", "additionalProperties": inner} if inner else {"type": "object"}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    raise TypeError(f"parameters of operations are JSON: {hint!r} is not")


def read_parameters(parameters: type, values: Mapping[str, Any], *, name: str = "", whose: str = "operation") -> Any:
    """Parameters from JSON-able values, checked against their schema. Arrays and paths of Python are taken as well.

    Errors name whose they are: ``operation 'entity.move'``.

    Raises
    ------
    UsageError
        One sentence: the operation, the parameter, what is wrong, what would be right.
    """
    assert is_dataclass(parameters)
    operation = f"{whose} {name!r}" if name else "parameters"
    plain = _plain(values, operation, ())
    schema, hints = _read_of(parameters)
    known = schema["properties"]
    if not (plain.keys() >= set(schema["required"]) and all(_fits(known.get(key), value) for key, value in plain.items())):
        _validate(parameters, plain, operation)
    return parameters(**{key: _as_declared(hints[key], value) for key, value in plain.items()})


@lru_cache(maxsize=512)
def _read_of(parameters: type) -> tuple[dict[str, Any], dict[str, Any]]:
    return parameter_schema(parameters), get_type_hints(parameters)


def _fits(schema: Mapping[str, Any] | None, value: Any) -> bool:
    """Whether a value is plainly what a schema wants; of what is not, a validator has the last word.

    Nearly all that is given is right, so the validator is seldom imported, and never asked for each of a hundred thousand texts.
    """
    if schema is None or not schema.keys() <= _PLAIN_WORDS:
        return False
    if "anyOf" in schema:
        return any(_fits(each, value) for each in schema["anyOf"])
    kind = schema.get("type")
    if kind == "null":
        return value is None
    if kind == "array":
        return isinstance(value, list) and "items" in schema and _all_fit(schema["items"], value)
    if kind == "object":
        inner = schema.get("additionalProperties")
        return isinstance(value, dict) and (inner is None or _all_fit(inner, list(value.values())))
    if type(value) not in _TYPES.get(kind or "", ()):
        return False
    within = schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf) if kind in ("integer", "number") else True
    return within and ("enum" not in schema or (kind == "string" and value in schema["enum"]))


def _all_fit(schema: Mapping[str, Any], values: list[Any]) -> bool:
    kinds = set(map(type, values))
    if schema.keys() <= {"type"} and len(kinds) == 1:
        return next(iter(kinds)) in _TYPES.get(schema.get("type", ""), ())
    return all(_fits(schema, each) for each in values)


def _validate(parameters: type, plain: Mapping[str, Any], operation: str) -> None:
    """Ask a validator.

    Raises
    ------
    UsageError
        The least deep of what it finds.
    """
    validator = _validator(parameters)
    properties = validator.schema["properties"]
    right = {key for key, value in plain.items() if "items" in properties.get(key, {}) and _fits(properties[key], value)}
    checked = {key: [] if key in right else value for key, value in plain.items()}
    error = min(validator.iter_errors(checked), key=lambda each: len(each.absolute_path), default=None)
    if error is not None:
        raise UsageError(_sentence(error, operation, properties))


@lru_cache(maxsize=512)
def _validator(parameters: type) -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(parameter_schema(parameters))


def _plain(value: Any, operation: str, where: tuple[str, ...]) -> Any:
    """As JSON holds it: no numbers that are none, and no deeper than anybody needs."""
    if len(where) > _DEEPEST:
        raise UsageError(f"{operation}, parameter {where[0]!r}: tables and lists lie {_DEEPEST} deep at the most")
    if isinstance(value, Mapping):
        return {str(key): _plain(each, operation, (*where, str(key))) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        if set(map(type, value)) == {str}:
            _refuse_unwritable("".join(value), operation, where)
            return list(value)
        if set(map(type, value)) == {float} and all(map(math.isfinite, value)):
            return list(value)
        return [_plain(each, operation, (*where, str(i))) for i, each in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"{operation}, parameter {'.'.join(where)!r}: {value} is no number that a world can hold")
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, str):
        _refuse_unwritable(value, operation, where)
        return value
    if hasattr(value, "tolist"):  # numpy's
        return _plain(value.tolist(), operation, where)
    return value


def _refuse_unwritable(text: str, operation: str, where: tuple[str, ...]) -> None:
    """Neither files nor names of files hold these."""
    if "\0" in text or not (text.isascii() or _is_unicode(text)):
        raise UsageError(f"{operation}, parameter {'.'.join(where)!r}: the text holds a character that no file can hold")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_declared(hint: Any, value: Any) -> Any:
    """Lists become tuples where tuples are declared."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(value, list) and args == (str, Ellipsis):
        return tuple(value)
    if isinstance(value, list) and (origin is tuple or hint is tuple):
        kinds = args[:1] * len(value) if args[1:] == (Ellipsis,) else args or (Any,) * len(value)
        return tuple(_as_declared(kind, each) for kind, each in zip(kinds, value, strict=True))
    if isinstance(value, list) and origin in (Union, types.UnionType):
        return _as_declared(next((arg for arg in args if get_origin(arg) is tuple), Any), value)
    if hint is float and isinstance(value, int):
        return float(value)
    return value


def _sentence(error: Any, operation: str, properties: Mapping[str, Any]) -> str:
    """What a validator found, for people."""
    where = ".".join(map(str, error.absolute_path))
    about = f"{operation}, parameter {where!r}: " if where else f"{operation}: "
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{operation}: the parameter {missing!r} is missing; give {_words(properties[missing])}"
    if error.validator == "additionalProperties" and not where:
        unknown = next(key for key in error.instance if key not in properties)
        if not properties:
            return f"{operation} has no parameter {unknown[:_SHOWN]!r}, for it takes none"
        near = get_close_matches(unknown, properties, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, properties))}"
        return f"{operation} has no parameter {unknown[:_SHOWN]!r}; {hint}"
    if error.validator in ("minItems", "maxItems"):
        return f"{about}a list of {len(error.instance)} was given; give {_words(error.schema)}"
    return f"{about}{_shown(error.instance)} was given; give {_words(error.schema)}"


def _words(schema: Mapping[str, Any]) -> str:
    """What a schema lets through, in words."""
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_words(each) for each in schema["anyOf"])
    if "prefixItems" in schema:
        kinds = {each.get("type", "") for each in schema["prefixItems"]}
        what = _PLURALS.get(next(iter(kinds)), "values") if len(kinds) == 1 else "values"
        return f"a list of {len(schema['prefixItems'])} {what}"
    if schema.get("type") == "array":
        items = schema.get("items", {})
        return f"a list of {_PLURALS.get(items.get('type', ''), 'lists' if items.get('type') == 'array' else 'values')}"
    return _WORDS.get(schema.get("type", ""), "a value") + _range_words(schema)


def _range_words(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    unit = f" {schema['unit']}" if schema.get("unit") else ""
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}{unit}"
    if least is not None:
        return f" of at least {least:g}{unit}"
    return f" of at most {most:g}{unit}" if most is not None else ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if not (value is None or isinstance(value, (bool, int, float, str))):
        return f"something of the type {type(value).__name__}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
