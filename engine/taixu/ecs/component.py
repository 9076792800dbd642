"""Components: frozen dataclasses whose fields say how they are stored, shown, saved and checked.

A component is declared once::

    @component("rigid_body", version=1)
    class RigidBody:
        kind: Text = field(default="dynamic", choices=("static", "kinematic", "dynamic"))
        mass_kg: F32 = field(default=1.0, unit="kg", minimum=0.0)

and from that declaration come the numpy columns, the JSON Schema of world documents, the editor's inspector and
the scripts' attributes. Instances are only a way to hand values in and out; a world keeps none of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar, dataclass_transform, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = [
    "F32",
    "F64",
    "I32",
    "I64",
    "U8",
    "U32",
    "U64",
    "AssetPath",
    "Bool",
    "Color3",
    "ComponentType",
    "Data",
    "EntityRef",
    "Field",
    "I32x3",
    "Kind",
    "Quat",
    "Text",
    "Vec2",
    "Vec3",
    "Vec4",
    "component",
    "component_type",
    "field",
]

T = TypeVar("T")
Array = NDArray[Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """How a field is stored: `name` is what documents and inspectors call it, `width` the components of a vector."""

    name: str
    dtype: str
    width: int = 1

    @property
    def is_object(self) -> bool:
        """Whether values are Python objects (text, JSON data) rather than numbers."""
        return self.dtype == "O"


F32 = Annotated[float, Kind("f32", "f4")]
F64 = Annotated[float, Kind("f64", "f8")]
U8 = Annotated[int, Kind("u8", "u1")]
I32 = Annotated[int, Kind("i32", "i4")]
I64 = Annotated[int, Kind("i64", "i8")]
U32 = Annotated[int, Kind("u32", "u4")]
U64 = Annotated[int, Kind("u64", "u8")]
Bool = Annotated[bool, Kind("bool", "?")]
Vec2 = Annotated[tuple[float, float], Kind("vec2", "f4", 2)]
Vec3 = Annotated[tuple[float, float, float], Kind("vec3", "f4", 3)]
Vec4 = Annotated[tuple[float, float, float, float], Kind("vec4", "f4", 4)]
Quat = Annotated[tuple[float, float, float, float], Kind("quat", "f4", 4)]
Color3 = Annotated[tuple[float, float, float], Kind("color3", "f4", 3)]
I32x3 = Annotated[tuple[int, int, int], Kind("i32x3", "i4", 3)]
EntityRef = Annotated[int, Kind("entity", "u8")]
"""A handle of another entity; 0 is nobody. Documents hold the stable id instead."""
Text = Annotated[str, Kind("text", "O")]
AssetPath = Annotated[str, Kind("asset", "O")]
"""A path in the project, or empty."""
Data = Annotated[Any, Kind("data", "O")]
"""Anything that JSON can hold, treated as immutable: replace it, never change it in place."""


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field of a component: storage, default and what an inspector and a schema need to know."""

    name: str
    kind: Kind
    default: Any
    unit: str = ""
    doc: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    ships: str = ""
    """Of an asset: the path, among what ships with Taixu, of a plain name in place of a file, as ``behaviors/{}.json``."""

    def empty(self, capacity: int) -> Array:
        """An uninitialised column: ``[capacity]``, or ``[width, capacity]`` for vectors."""
        return np.empty(capacity if self.kind.width == 1 else (self.kind.width, capacity), self.kind.dtype)

    def column(self, values: Any, count: int) -> Array:
        """Turn one value, or a column of them, into something that fits a ``[..., count]`` column.

        Parameters
        ----------
        values
            A scalar or a vector (used for every row), or a column ``[count]`` or ``[width, count]``.

        Raises
        ------
        TaixuError
            When shape or type do not fit.
        """
        if self.kind.is_object:
            return self._objects(values, count)
        try:
            array = np.asarray(values, self.kind.dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise TaixuError(f"field {self.name!r} takes {self.kind.name}, not {values!r:.80}") from error
        width = self.kind.width
        if array.shape == (() if width == 1 else (width,)):
            return array if width == 1 else array[:, None]
        if array.shape not in (((count,),) if width == 1 else ((width, count), (width, 1))):
            raise TaixuError(
                f"field {self.name!r} takes {self.kind.name}: one value or a column of {count}, not shape {array.shape}"
            )
        return array

    def _objects(self, values: Any, count: int) -> Array:
        if isinstance(values, np.ndarray) and values.dtype == object:
            if values.shape not in ((), (count,)):
                raise TaixuError(f"field {self.name!r} takes a column of {count}, not shape {values.shape}")
            return values
        if self.kind.name != "data" and not isinstance(values, str):
            raise TaixuError(f"field {self.name!r} takes text, not {values!r:.80}")
        single = np.empty((), object)
        single[()] = values
        return single

    def value(self, column: Array, row: int) -> Any:
        """The value at a row as plain Python: number, text, tuple or data."""
        if self.kind.width > 1:
            return tuple(column[:, row].tolist())
        item = column[row]
        return item if self.kind.is_object else item.item()


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ComponentType:
    """What `component` learnt of a class: its name in documents, version and fields."""

    cls: type
    name: str
    version: int
    authored: bool
    made: bool
    fields: tuple[Field, ...]
    by_name: Mapping[str, Field]

    def check_names(self, names: Mapping[str, Any]) -> None:
        """Refuse names that are no fields of this component."""
        for name in names:
            if name not in self.by_name:
                raise TaixuError(f"{self.cls.__name__} has no field {name!r}; it has {', '.join(self.by_name)}")


def field(
    default: Any, *, unit: str = "", doc: str = "", minimum: float | None = None, maximum: float | None = None,
    choices: tuple[str, ...] = (), ships: str = "",
) -> Any:
    """Declare a component's field: its default and what is known of it.

    Write ``default=`` out: type checkers take a field for required without it.
    """
    facts = {"unit": unit, "doc": doc, "minimum": minimum, "maximum": maximum, "choices": choices, "ships": ships}
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=lambda: default, metadata=facts)
    return dataclasses.field(default=default, metadata=facts)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def component(
    name: str, *, version: int = 1, authored: bool = True, made: bool = False
) -> Callable[[type[T]], type[T]]:
    """Make a class a component.

    Parameters
    ----------
    name
        What documents call it (snake_case).
    version
        Goes up when the fields change meaning; documents are migrated.
    authored
        False for what systems derive (never saved, never in the state hash).
    made
        True for a mark that says of a whole entity that systems made it: it is never saved nor hashed.
    """

    def wrap(cls: type[T]) -> type[T]:
        cls = dataclasses.dataclass(frozen=True, slots=True)(cls)
        hints = get_type_hints(cls, include_extras=True)
        fields = tuple(_field_of(cls, item, hints[item.name]) for item in dataclasses.fields(cls))  # type: ignore[arg-type]
        by_name = {item.name: item for item in fields}
        cls.__component__ = ComponentType(cls, name, version, authored, made, fields, by_name)  # type: ignore[attr-defined]
        return cls

    return wrap


def component_type(cls: type) -> ComponentType:
    """The declaration behind a component class."""
    try:
        found: ComponentType = cls.__component__  # type: ignore[attr-defined]
    except AttributeError:
        raise TypeError(f"{cls!r} is no component: declare it with @component") from None
    return found


def _field_of(cls: type, item: dataclasses.Field[Any], hint: Any) -> Field:
    kinds = [extra for extra in get_args(hint)[1:] if isinstance(extra, Kind)]
    if not kinds:
        raise TypeError(f"{cls.__name__}.{item.name}: annotate it with one of taixu.ecs' field kinds, not {hint!r}")
    if item.default_factory is not dataclasses.MISSING:
        default = item.default_factory()
    elif item.default is not dataclasses.MISSING:
        default = item.default
    else:
        raise TypeError(f"{cls.__name__}.{item.name} needs a default")
    return Field(item.name, kinds[0], default, **item.metadata)
