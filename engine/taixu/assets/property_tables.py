"""Tables of properties that a model carries (``EXT_structural_metadata``): a row for each thing that its vertices name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Metadata", "PropertyTable"]


@dataclass(slots=True)
class PropertyTable:
    """Properties of things, by column.

    Attributes
    ----------
    class_name
        Which class of the schema describes its columns.
    columns
        A list of `count` values each: numbers, texts, truths, names of an enumeration, or lists of these; None where a thing has
        none.
    """

    class_name: str
    count: int
    columns: dict[str, list[Any]] = field(default_factory=dict)
    name: str = ""

    def row(self, index: int) -> dict[str, Any]:
        """What is said of one thing."""
        return {name: values[index] for name, values in self.columns.items() if values[index] is not None}


@dataclass(slots=True)
class Metadata:
    """Tables, and the schema that describes them, as the 3D Metadata Specification has it.

    Attributes
    ----------
    rest
        What else the extension says, raw: property textures and attributes.
    """

    schema: dict[str, Any]
    tables: list[PropertyTable] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)

    def properties(self, class_name: str) -> dict[str, Any]:
        """How the schema describes the columns of a class; empty where it does not."""
        classes = self.schema.get("classes")
        found = classes.get(class_name) if isinstance(classes, dict) else None
        named = found.get("properties") if isinstance(found, dict) else None
        return {name: each for name, each in named.items() if isinstance(each, dict)} if isinstance(named, dict) else {}

    def enumeration(self, name: object) -> tuple[str, dict[int, str]]:
        """The type of an enumeration's numbers, and its names by number."""
        enums = self.schema.get("enums")
        found = enums.get(name) if isinstance(enums, dict) and isinstance(name, str) else None
        values = found.get("values") if isinstance(found, dict) else None
        names = {each["value"]: str(each.get("name", each["value"])) for each in values or ()
                 if isinstance(each, dict) and isinstance(each.get("value"), int)} if isinstance(values, list) else {}  # fmt: skip
        return str(found.get("valueType", "UINT16")) if isinstance(found, dict) else "UINT16", names
