"""`game.pyi`: the interface as a stub file, so that editors complete and check what scripts write."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import indent

from taixu.ecs import ComponentType, Field
from taixu.script.api import API, CALLBACKS, ENTITY_API, EVENT_KINDS, ApiEntry

__all__ = ["make_stub"]

_HEAD = '''"""The interface of scripts. Made by Taixu; do not edit.

{callbacks}

Kinds of events:
{events}
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from random import Random
from typing import Any

class ActionState:
    value: float
    held: bool
    pressed: bool
    released: bool
    def __bool__(self) -> bool: ...
    def __float__(self) -> float: ...

class Mouse:
    position: tuple[float, float]
    delta: tuple[float, float]
    wheel: tuple[float, float]

class Hit:
    entity: Entity | None
    position: Vec3
    normal: Vec3
    distance: float

class Timer:
    def cancel(self) -> None: ...

class Wait: ...
class WaitEvent: ...

class Columns:
    ids: Any
    entities: list[Entity]
    def __len__(self) -> int: ...
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, values: Any) -> None: ...
    def write(self, *fields: str) -> None: ...

class Vec3(tuple[float, float, float]):
    def __new__(cls, x: float | Sequence[float] = 0.0, y: float | None = None, z: float = 0.0) -> Vec3: ...
    x: float
    y: float
    z: float
    length: float
    def normalized(self) -> Vec3: ...
    def __add__(self, other: Sequence[float]) -> Vec3: ...  # type: ignore[override]
    def __radd__(self, other: Sequence[float]) -> Vec3: ...
    def __sub__(self, other: Sequence[float]) -> Vec3: ...
    def __rsub__(self, other: Sequence[float]) -> Vec3: ...
    def __mul__(self, other: float | Sequence[float]) -> Vec3: ...  # type: ignore[override]
    def __rmul__(self, other: float | Sequence[float]) -> Vec3: ...  # type: ignore[override]
    def __truediv__(self, other: float) -> Vec3: ...
    def __neg__(self) -> Vec3: ...
    def dot(self, other: Sequence[float]) -> float: ...
    def cross(self, other: Sequence[float]) -> Vec3: ...
    def distance(self, other: Sequence[float]) -> float: ...
    def lerp(self, other: Sequence[float], t: float) -> Vec3: ...

class Quat(tuple[float, float, float, float]):
    def __new__(
        cls, x: float | Sequence[float] = 0.0, y: float = 0.0, z: float = 0.0, w: float = 1.0
    ) -> Quat: ...
    @staticmethod
    def from_axis_angle(axis: Sequence[float], angle_rad: float) -> Quat: ...
    @staticmethod
    def from_yaw(angle_rad: float) -> Quat: ...
    def inverse(self) -> Quat: ...
    def normalized(self) -> Quat: ...
    forward: Vec3
    right: Vec3
    up: Vec3
    def __mul__(self, other: Any) -> Any: ...
    def rotate(self, vector: Sequence[float]) -> Vec3: ...
    def slerp(self, other: Sequence[float], t: float) -> Quat: ...

class Event:
    kind: str
    name: str
    data: Mapping[str, Any]
    def __getattr__(self, name: str) -> Any: ...

Color = Vec3
Asset = str
'''

_WRITTEN_OUT = ("Vec3", "Quat", "Event", "Entity", "Color", "Asset")

_TYPES = {"bool": "bool", "text": "str", "asset": "str", "data": "Any", "entity": "Entity | None", "quat": "Quat"}


def make_stub(components: Iterable[ComponentType] = ()) -> str:
    """Return the text of `game.pyi`, with a class for each component that the app knows."""
    callbacks = "\n".join(f"{item.name}{item.signature}: {item.doc}" for item in CALLBACKS)
    events = "\n".join(f"{kind}: {doc}" for kind, doc in EVENT_KINDS.items())
    parts = [_HEAD.format(callbacks=callbacks, events=events)]
    declared = sorted(components, key=lambda item: item.name)
    parts += [_component_class(item) for item in declared]
    members = [_entry(item, member=True) for item in ENTITY_API]
    taken = {item.name for item in ENTITY_API}  # `entity.name` is the text, not the component that holds it
    members += [f"{item.name}: {_class_name(item)}" for item in declared if item.name not in taken]
    parts.append("class Entity:\n" + indent("\n".join(members), "    ") + "\n")
    parts += [_entry(item, member=False) for item in API if item.name not in _WRITTEN_OUT]
    return "\n".join(parts) + "\n"


def _entry(item: ApiEntry, *, member: bool) -> str:
    if not item.is_function:
        return f'{item.name}: {item.signature}\n"""{item.doc}"""'
    arguments, _, result = item.signature.rpartition(" -> ")
    inner = arguments[1:-1]
    if member:
        inner = f"self, {inner}" if inner else "self"
    return f'def {item.name}({inner}) -> {result}:\n    """{item.doc}"""\n    ...'


def _component_class(item: ComponentType) -> str:
    lines = [f"{fld.name}: {_type(fld)}" for fld in item.fields] or ["..."]
    return f"class {_class_name(item)}:\n" + indent("\n".join(lines), "    ") + "\n"


def _class_name(item: ComponentType) -> str:
    return "_" + "".join(part.title() for part in item.name.split("_"))


def _type(item: Field) -> str:
    kind = item.kind
    if kind.name in _TYPES:
        return _TYPES[kind.name]
    number = "float" if kind.dtype.startswith("f") else "int"
    if kind.width == 3 and number == "float":
        return "Vec3"
    return number if kind.width == 1 else "tuple[" + ", ".join([number] * kind.width) + "]"
