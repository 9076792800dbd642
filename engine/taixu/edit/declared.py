"""Components that a project declares in its manifest rather than in code.

    [components.motor]
    temperature = { kind = "f32", unit = "degC", default = 20.0, doc = "Of the winding." }
    state = { kind = "text", default = "idle", choices = ["idle", "running", "fault"] }

They are components like any other: columns, documents, the inspector, scripts, bindings of a twin.
"""

from __future__ import annotations

import json
import keyword
import re
from functools import lru_cache
from typing import Any, get_args

from taixu import ecs
from taixu.ecs import component, component_type, field
from taixu.errors import TaixuError

__all__ = ["declared_component", "declared_components"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_MAX_COMPONENTS, _MAX_FIELDS = 256, 64
_KINDS: dict[str, Any] = {
    get_args(hint)[1].name: hint
    for hint in (
        ecs.F32, ecs.F64, ecs.U8, ecs.I32, ecs.I64, ecs.U32, ecs.Bool, ecs.Vec2, ecs.Vec3, ecs.Vec4, ecs.Quat, ecs.Color3,
        ecs.EntityRef, ecs.AssetPath, ecs.Text,
    )
}  # fmt: skip
_NUMBER = (int, float)
_FACTS: dict[str, Any] = {
    "kind": str, "unit": str, "doc": str, "default": object, "minimum": _NUMBER, "maximum": _NUMBER, "choices": list,
}  # fmt: skip


def declared_components(raw: Any) -> tuple[type, ...]:
    """The component classes of a manifest's ``[components]``.

    Raises
    ------
    TaixuError
        When something in it is wrong, in one sentence.
    """
    if not isinstance(raw, dict) or len(raw) > _MAX_COMPONENTS:
        raise TaixuError(f"components takes at most {_MAX_COMPONENTS} tables such as [components.motor]")
    return tuple(declared_component(name, fields) for name, fields in sorted(raw.items()))


def declared_component(name: str, fields: Any) -> type:
    """A component class of a declaration; equal declarations give the same class."""
    _check(name, fields)
    try:
        text = json.dumps([name, fields], sort_keys=True)
    except (TypeError, ValueError):  # dates, which TOML has
        raise TaixuError(f"components.{name} holds a value that is neither number, text, true nor false") from None
    return _made(text)


@lru_cache(maxsize=1024)
def _made(text: str) -> type:
    name, fields = json.loads(text)
    annotations: dict[str, Any] = {}
    told_doc = f"Declared by the project as {name!r}."
    body: dict[str, Any] = {"__annotations__": annotations, "__doc__": told_doc, "__module__": __name__}
    for key, facts in fields.items():
        hint = annotations[key] = _KINDS[facts["kind"]]
        kind = get_args(hint)[1]
        default = facts.get("default", _zero(kind, facts))
        told = {fact: facts[fact] for fact in ("unit", "doc", "minimum", "maximum") if fact in facts}
        value = tuple(default) if kind.width > 1 else default
        body[key] = field(default=value, choices=tuple(facts.get("choices", ())), **told)
    made: type = component(name)(type("".join(part.title() for part in name.split("_")), (), body))
    for each in component_type(made).fields:
        try:
            each.column(each.default, 1)
        except TaixuError as error:
            raise TaixuError(f"components.{name}.{each.name}: the default does not fit: {error}") from None
    return made


def _zero(kind: Any, facts: dict[str, Any]) -> Any:
    if kind.name in ("text", "asset"):
        return facts["choices"][0] if facts.get("choices") else ""
    if kind.name == "quat":
        return [0.0, 0.0, 0.0, 1.0]
    if kind.width > 1:
        return [0.0] * kind.width
    return False if kind.name == "bool" else 0.0 if kind.dtype[0] == "f" else 0


def _check(name: str, fields: Any) -> None:
    if not isinstance(name, str) or not _NAME.match(name):
        raise TaixuError(f"components.{str(name)[:60]} must be named in lower_case")
    if not isinstance(fields, dict) or not 0 < len(fields) <= _MAX_FIELDS:
        raise TaixuError(f"components.{name} takes 1 to {_MAX_FIELDS} lines such as temperature = {{ kind = \"f32\" }}")
    for key, facts in fields.items():
        where = f"components.{name}.{key[:60]}"
        if not _NAME.match(key) or keyword.iskeyword(key):
            raise TaixuError(f"{where} must be named in lower_case, and by no word of Python's")
        if not isinstance(facts, dict) or facts.get("kind") not in _KINDS:
            raise TaixuError(f"{where} must have a kind: one of {', '.join(_KINDS)}")
        for fact, value in facts.items():
            if fact not in _FACTS or not isinstance(value, _FACTS[fact]):
                raise TaixuError(f"{where}: {fact[:40]} is not understood; there are {', '.join(_FACTS)}")
        if not all(isinstance(choice, str) for choice in facts.get("choices", ())):
            raise TaixuError(f"{where}: choices are texts in quotes")
