"""JSON Schema of documents, made from the components that an app knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.ecs import ComponentType, Field
from taixu.edit.document import DOCUMENT_VERSION, VERSION_KEY, Kind
from taixu.edit.ids import ID_PATTERN
from taixu.edit.places import MAX_POSITION_M
from taixu.edit.values import GREATEST, allowed_range
from taixu.scene import Transform

__all__ = ["component_schema", "document_schema", "field_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_schema(components: Components, *, kind: Kind = "world") -> dict[str, Any]:
    """The schema of world or prefab documents. Components and fields that nobody declared are allowed, and kept."""
    authored = [declared for declared in components if declared.authored]
    hashes = {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
    properties: dict[str, Any] = {
        "format": {"const": f"taixu.{kind}"},
        "version": {"const": DOCUMENT_VERSION},
        "settings": {"type": "object", "description": "By the name of the part that reads them."},
        "assets": {**hashes, "description": "SHA-256 of the assets referred to, so that moved files are found."},
        "columns": {**hashes, "description": "SHA-256 of the column files beside this document."},
        "entities": {
            "type": "object",
            "propertyNames": {"pattern": ID_PATTERN},
            "additionalProperties": {"$ref": "#/$defs/entity"},
        },
    }
    required = ["format", "version", "entities"]
    if kind == "prefab":
        properties["root"] = {"type": "string", "pattern": ID_PATTERN, "description": "What instances stand for."}
        required.append("root")
    return {
        "$schema": _DIALECT,
        "title": f"Taixu {kind}",
        "type": "object",
        "properties": properties,
        "required": required,
        "$defs": {
            "entity": {
                "type": "object",
                "description": "Components by name.",
                "properties": {declared.name: {"$ref": f"#/$defs/{declared.name}"} for declared in authored},
                "additionalProperties": {"type": "object"},
            },
            **{declared.name: component_schema(declared) for declared in authored},
        },
    }


def component_schema(declared: ComponentType) -> dict[str, Any]:
    """The schema of one component: every field may be left out."""
    version = {"type": "integer", "minimum": 1, "description": "Version of the component; 1 is left out."}
    properties = {VERSION_KEY: version, **{fld.name: field_schema(fld) for fld in declared.fields}}
    if declared.cls is Transform:
        metres = {"type": "number", "minimum": -MAX_POSITION_M, "maximum": MAX_POSITION_M}
        properties["position"] = {
            "type": "array", "items": metres, "minItems": 3, "maxItems": 3,
            "description": "Place of a root in the world, instead of cell and translation (m).",
        }
    return {"type": "object", "description": (declared.cls.__doc__ or "").strip(), "properties": properties}


def field_schema(fld: Field) -> dict[str, Any]:
    """The schema of one field."""
    schema: dict[str, Any] = {**_type(fld)}
    if fld.choices:
        schema["enum"] = list(fld.choices)
    description = " ".join(filter(None, (fld.doc, f"({fld.unit})" if fld.unit else "")))
    if description:
        schema["description"] = description
    if fld.kind.name != "entity":
        schema["default"] = list(fld.default) if isinstance(fld.default, tuple) else fld.default
    return schema


def _type(fld: Field) -> Mapping[str, Any]:
    kind = fld.kind
    if kind.name == "data":
        return {}
    if kind.is_object:
        return {"type": "string"}
    if kind.name == "entity":
        return {"type": "string", "pattern": ID_PATTERN}
    if kind.dtype == "?":
        return {"type": "boolean"}
    number = _number(fld)
    if kind.width == 1:
        return number
    return {"type": "array", "items": number, "minItems": kind.width, "maxItems": kind.width}


def _number(fld: Field) -> dict[str, Any]:
    low, high = allowed_range(fld)
    if fld.kind.dtype[0] in "iu":
        limits = np.iinfo(fld.kind.dtype)
        low = int(limits.min) if low is None else low
        high = int(limits.max) if high is None else high
        return {"type": "integer", "minimum": low, "maximum": high}
    greatest = GREATEST[fld.kind.dtype]
    return {
        "type": "number",
        "minimum": -greatest if low is None else low,
        "maximum": greatest if high is None else high,
    }
