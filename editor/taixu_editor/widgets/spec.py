"""What a form knows of a field, wherever it comes from: a component, a script, a dataclass, a JSON schema."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from taixu.ecs import ComponentType, Field
from taixu.edit.field_operations import default_of

if TYPE_CHECKING:
    from taixu.script.fields import ScriptField

__all__ = [
    "FieldSpec", "humanise", "spec_of_field", "spec_of_script_field", "specs_of_component", "specs_of_dataclass", "specs_of_schema",
]

_KINDS = {
    "f32": "number", "f64": "number", "u8": "integer", "i32": "integer", "i64": "integer", "u32": "integer", "u64": "integer",
    "bool": "bool", "vec2": "vector", "vec3": "vector", "vec4": "vector", "quat": "quaternion", "color3": "color",
    "i32x3": "vector", "entity": "entity", "text": "text", "asset": "asset", "data": "data",
}  # fmt: skip
_SCRIPT_KINDS = {
    "float": ("number", 1), "int": ("integer", 1), "bool": ("bool", 1), "str": ("text", 1), "Vec3": ("vector", 3),
    "Quat": ("quaternion", 4), "Color": ("color", 3), "Entity": ("entity", 1), "Asset": ("asset", 1), "list": ("data", 1),
    "dict": ("data", 1),
}  # fmt: skip
_UNITS = frozenset({"m", "kg", "rad", "s", "secs", "deg", "hz", "n", "ev", "k", "mb"})
_FACTS = ("doc", "unit", "minimum", "maximum", "label", "kind", "endings")
_ENDINGS = {
    "model": (".glb", ".gltf", ".vrm", ".obj", ".ply", ".stl", ".urdf", ".usd", ".usda", ".usdc", ".usdz", ".bvh"),
    "texture": (".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".dds", ".bmp", ".tga"), "sky": (".hdr", ".exr", ".png", ".jpg"),
    "sound": (".wav", ".ogg", ".mp3", ".flac"), "script": (".py",), "prefab": (".prefab.json",), "lut": (".cube",),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field.

    Attributes
    ----------
    kind
        "number", "integer", "bool", "text", "choice", "vector", "quaternion", "color", "entity", "asset", "data" or "list".
    default
        In the form of documents (JSON).
    width
        Numbers of a vector or a colour; a colour of four has alpha.
    unit
        As written by the declaration; "rad" is shown in degrees.
    endings
        Of files that an asset takes; empty for all.
    item
        What a list holds.
    """

    name: str
    kind: str
    default: Any = None
    label: str = ""
    width: int = 1
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    doc: str = ""
    is_whole: bool = False
    endings: tuple[str, ...] = ()
    item: FieldSpec | None = None

    @property
    def title(self) -> str:
        """What people read, in English."""
        return self.label or humanise(self.name)


def humanise(name: str) -> str:
    """``mass_kg`` as ``Mass``, ``base_color_texture`` as ``Base color texture``."""
    head, _, tail = name.rpartition("_")
    if head and tail.lower() in _UNITS:
        name = head
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def specs_of_component(declared: ComponentType) -> list[FieldSpec]:
    """Specs of a component's fields; a place is one position, whatever cells lie under it."""
    found = [spec_of_field(fld, component=declared.name) for fld in declared.fields]
    if declared.name == "transform":
        place = FieldSpec("position", "vector", [0.0, 0.0, 0.0], width=3, unit="m", doc="From the parent; of a root, in the world.")
        found = [place, *(spec for spec in found if spec.name not in ("translation", "cell"))]
    return found


def spec_of_field(fld: Field, *, component: str = "") -> FieldSpec:
    """The spec of a component's field."""
    kind = _KINDS[fld.kind.name]
    if fld.choices:
        kind = "choice"
    elif fld.kind.name == "vec4" and "color" in fld.name:
        kind = "color"
    return FieldSpec(
        fld.name, kind, default_of(fld), width=fld.kind.width, unit=fld.unit, minimum=fld.minimum, maximum=fld.maximum,
        choices=fld.choices, doc=fld.doc, is_whole=fld.kind.dtype[0] in "iu",
        endings=_endings(fld.name, component) if kind == "asset" else (),
    )  # fmt: skip


def spec_of_script_field(fld: ScriptField) -> FieldSpec:
    """The spec of a script's field."""
    kind, width = _SCRIPT_KINDS.get(fld.type, ("data", 1))
    default = list(fld.default) if isinstance(fld.default, tuple) else fld.default
    return FieldSpec(
        fld.name, "choice" if fld.choices else kind, default, width=width, unit=fld.unit, minimum=fld.minimum,
        maximum=fld.maximum, choices=fld.choices, doc=fld.doc, is_whole=fld.type == "int",
    )  # fmt: skip


def specs_of_dataclass(cls: type) -> list[FieldSpec]:
    """Specs of a dataclass's fields.

    A field's ``metadata`` may hold ``doc``, ``unit``, ``minimum``, ``maximum``, ``label``, ``kind`` (such as "color" or
    "asset"), ``choices`` and ``endings``.
    """
    hints = get_type_hints(cls)
    found = []
    for each in dataclasses.fields(cls):
        default = each.default
        if default is dataclasses.MISSING:
            default = None if each.default_factory is dataclasses.MISSING else each.default_factory()
        spec = _spec_of_hint(each.name, hints[each.name], default)
        facts = {key: each.metadata[key] for key in _FACTS if key in each.metadata}
        if each.metadata.get("choices"):
            facts = {"kind": "choice", "choices": tuple(map(str, each.metadata["choices"]))} | facts
        found.append(dataclasses.replace(spec, **facts))
    return found


def specs_of_schema(schema: Mapping[str, Any]) -> list[FieldSpec]:
    """Specs of the properties of a JSON schema of an object."""
    return [_spec_of_schema(name, part) for name, part in schema.get("properties", {}).items()]


def _spec_of_hint(name: str, hint: Any, default: Any) -> FieldSpec:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        args = tuple(arg for arg in args if arg is not type(None))
        return _spec_of_hint(name, args[0], default) if len(args) == 1 else FieldSpec(name, "data", default)
    if origin is Literal:
        return FieldSpec(name, "choice", default, choices=tuple(map(str, args)))
    if origin is tuple and args and args[-1] is not Ellipsis and set(args) <= {int, float}:
        plain = list(default) if default is not None else [0.0] * len(args)
        return FieldSpec(name, "vector", plain, width=len(args), is_whole=set(args) == {int})
    if origin in (list, tuple) and args:
        return FieldSpec(name, "list", list(default or ()), item=_spec_of_hint("", args[0], None))
    kind = {bool: "bool", int: "integer", float: "number", str: "text"}.get(hint, "data")
    return FieldSpec(name, kind, default, is_whole=hint is int)


def _spec_of_schema(name: str, part: Mapping[str, Any]) -> FieldSpec:
    facts: dict[str, Any] = {
        "default": part.get("default"), "doc": part.get("description", ""), "unit": part.get("unit", ""),
        "minimum": part.get("minimum"), "maximum": part.get("maximum"), "label": part.get("title", ""),
    }  # fmt: skip
    if "enum" in part and all(isinstance(value, str) for value in part["enum"]):
        return FieldSpec(name, "choice", choices=tuple(part["enum"]), **facts)
    kind = part.get("type")
    if kind == "array":
        item = _spec_of_schema("", part.get("items", {}))
        count = part.get("minItems")
        if item.kind in ("number", "integer") and count == part.get("maxItems") and count in (2, 3, 4):
            shown = "color" if "color" in name and count > 2 else "vector"
            return FieldSpec(name, shown, width=count, is_whole=item.is_whole, **facts)
        return FieldSpec(name, "list" if "items" in part else "data", item=item, **facts)
    found = {"number": "number", "integer": "integer", "boolean": "bool", "string": "text"}.get(str(kind), "data")
    if found == "text" and part.get("format") in ("asset", "path"):
        found = "asset"
    return FieldSpec(name, found, is_whole=found == "integer", **facts)


def _endings(name: str, component: str) -> tuple[str, ...]:
    if component == "model":
        return _ENDINGS["model"]
    if component == "prefab_instance":
        return _ENDINGS["prefab"]
    if component == "script":
        return _ENDINGS["script"]
    if "audio" in component or "sound" in name:
        return _ENDINGS["sound"]
    if name == "sky":
        return _ENDINGS["sky"]
    return _ENDINGS["texture"] if "texture" in name else ()
