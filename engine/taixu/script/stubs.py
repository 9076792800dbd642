"""`game.pyi`: the interface as a stub file, so that editors complete and check what scripts write.

A project has it twice: in ``typings/``, where Pyright and VS Code look without being told, and beside its scripts, where mypy
and PyCharm do. Both are made anew when the project is opened by another version.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import indent

from taixu.ecs import ComponentType, Field
from taixu.errors import TaixuError
from taixu.script.api import API, CALLBACKS, ENTITY_API, EVENT_KINDS, ApiEntry

__all__ = ["STUBS", "make_stub", "write_stubs"]

STUBS = ("typings/game.pyi", "scripts/game.pyi")
"""Where a project has its stub."""

CHECKER = "pyrightconfig.json"
"""Tells Pyright and VS Code that scripts are what is to be checked, and that the interface has a stub and no source."""

_CHECKER_TEXT = """{
    "include": ["scripts"],
    "reportMissingModuleSource": "none"
}
"""
_CHECKERS = (CHECKER, "pyproject.toml")  # a project that has either says itself how it is checked
_MARK = '"""The interface of scripts. Made by Taixu'
_MOST_BYTES = 1 << 20
_HEAD = '''"""The interface of scripts. Made by Taixu {version}; do not edit.

{callbacks}

Kinds of events:
{events}
"""
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

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

class RayBatch:
    ready: bool
    hits: list[Hit | None]

Column = Any

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
    parts = [_HEAD.format(version=_version(), callbacks=callbacks, events=events)]
    declared = sorted(components, key=lambda item: item.name)
    parts += [_component_class(item) for item in declared]
    members = [_entry(item, member=True) for item in ENTITY_API]
    taken = {item.name for item in ENTITY_API}  # `entity.name` is the text, not the component that holds it
    members += [f"{item.name}: {_class_name(item)}" for item in declared if item.name not in taken]
    parts.append("class Entity:\n" + indent("\n".join(members), "    ") + "\n")
    parts += [_entry(item, member=False) for item in API if item.name not in _WRITTEN_OUT]
    return "\n".join(parts) + "\n"


def write_stubs(root: Path, components: Iterable[ComponentType] = ()) -> list[str]:
    """Write a project's stubs where they are not as this version makes them; gives their paths in the project.

    A file of that name that somebody else wrote stays, and so does all where the folder cannot be written.
    """
    from taixu.assets.atomic import write_atomic

    text, written = make_stub(components), []
    for path, content in (*((path, text) for path in STUBS), (CHECKER, _CHECKER_TEXT)):
        file = root / path
        try:
            if _is_kept(root, file, content):
                continue
            file.parent.mkdir(exist_ok=True)
            write_atomic(file, content.encode("utf-8"))
        except (OSError, TaixuError):
            continue
        written.append(path)
    return written


def _is_kept(root: Path, file: Path, content: str) -> bool:
    """Whether a file stays as it is: it is right already, or somebody else's."""
    if file.name == CHECKER:
        return any((root / name).exists() for name in _CHECKERS)
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        known = stream.read(_MOST_BYTES).decode("utf-8", errors="replace")
    return known == content or not known.startswith(_MARK)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("taixu")
    except PackageNotFoundError:
        return ""


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
