"""Which columns a recording holds, by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.ecs import ComponentType, Field
from taixu.errors import TaixuError

__all__ = ["ColumnInfo", "Schema"]

_MAX_COLUMNS = 4096
_TYPES = {kind: np.dtype("<" + kind) for kind in ("u1", "i4", "i8", "u4", "u8", "f4", "f8", "b1")} | {"O": np.dtype("O")}


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One recorded column.

    Attributes
    ----------
    dtype
        Of numbers, little-endian; "O" for texts and data, which are kept as JSON.
    error
        The largest deviation that quantising may bring; 0 is lossless.
    """

    number: int
    component: str
    field: str
    dtype: str
    width: int
    error: float = 0.0

    @property
    def is_object(self) -> bool:
        """Whether values are texts or data."""
        return self.dtype == "O"

    @property
    def numpy(self) -> np.dtype[Any]:
        """The type of numbers."""
        return _TYPES[self.dtype]

    def shape(self, count: int) -> tuple[int, ...]:
        """Of a column of so many values."""
        return (count,) if self.width == 1 else (self.width, count)

    def empty(self, count: int) -> Any:
        """A column of zeros."""
        return np.zeros(self.shape(count), self.numpy)


class Schema:
    """Columns by component and field.

    Parameters
    ----------
    errors
        What may be quantised, and how far: ``{"transform.translation": 0.01}``, in the column's unit.
    """

    def __init__(self, errors: Mapping[str, float] | None = None) -> None:
        self.errors = dict(errors or {})
        self.columns: list[ColumnInfo] = []
        self.versions: dict[str, int] = {}
        self._known: dict[tuple[str, str], ColumnInfo] = {}

    def column(self, declared: ComponentType, fld: Field, *, lane: int = -1) -> ColumnInfo:
        """The column of a field, or of one part of a vector; a new one gets the next number."""
        name = fld.name if lane < 0 else f"{fld.name}.{'xyzw'[lane]}"
        found = self._known.get((declared.name, name))
        if found is None:
            dtype = "O" if fld.kind.is_object else np.dtype(fld.kind.dtype).str[1:]
            error = self.errors.get(f"{declared.name}.{fld.name}", 0.0) if dtype[0] == "f" else 0.0
            width = fld.kind.width if lane < 0 else 1
            found = ColumnInfo(len(self.columns), declared.name, name, dtype, width, error)
            self.versions[declared.name] = declared.version
            self._add(found)
        return found

    def own_column(self, component: str, name: str, dtype: str) -> ColumnInfo:
        """A column of no component's; a new one gets the next number."""
        found = self._known.get((component, name))
        if found is None:
            found = ColumnInfo(len(self.columns), component, name, dtype, 1)
            self._add(found)
        return found

    def find(self, component: str, field: str) -> ColumnInfo | None:
        """The column of a component's field."""
        return self._known.get((component, field))

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        listed = [[c.component, c.field, c.dtype, c.width, c.error] for c in self.columns]
        return {"columns": listed, "versions": self.versions}

    @classmethod
    def from_json(cls, raw: Any) -> Schema:
        """What `to_json` gave.

        Raises
        ------
        TaixuError
            When it is something else.
        """
        schema = cls()
        try:
            for component, fld, dtype, width, error in raw["columns"][:_MAX_COLUMNS]:
                if not (isinstance(component, str) and isinstance(fld, str) and dtype in _TYPES and 1 <= width <= 16):
                    raise ValueError(dtype)
                schema._add(ColumnInfo(len(schema.columns), component, fld, dtype, int(width), float(error)))
            schema.versions = {str(name): int(version) for name, version in raw.get("versions", {}).items()}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise TaixuError("a recording's list of columns is damaged") from None
        return schema

    def copy(self) -> Schema:
        """To extend."""
        other = Schema(self.errors)
        other.extend(self)
        return other

    def extend(self, other: Schema) -> None:
        """Take over what another one has beyond this."""
        for column in other.columns[len(self.columns) :]:
            self._add(column)
        self.versions.update(other.versions)

    def _add(self, column: ColumnInfo) -> None:
        self.columns.append(column)
        self._known[column.component, column.field] = column
