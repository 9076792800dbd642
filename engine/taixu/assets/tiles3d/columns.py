"""Attributes of many things as typed columns of a property table, and back, with nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

__all__ = ["Columns", "untold"]

_NO_WHOLE, _NO_NUMBER, _NO_TRUTH = -(2**53), -1e300, 255
_BAD = re.compile(r"[^A-Za-z0-9_]")


@dataclass
class Columns:
    """A column for each attribute that anything has.

    Attributes
    ----------
    properties
        How the schema describes each; what it is called there may differ, its own name stands in ``extras``.
    names
        Attributes by property.
    """

    properties: dict[str, dict[str, Any]]
    names: dict[str, str]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Columns:
        """Columns that hold all rows; the first is the id."""
        properties: dict[str, dict[str, Any]] = {"id": {"type": "STRING", "semantic": "ID", "required": True}}
        names = {"id": "id"}
        values: dict[str, list[Any]] = {}
        for row in rows:
            for name, value in row.items():
                values.setdefault(name, []).append(value)
        for name, found in values.items():
            base = _BAD.sub("_", name) or "_"
            base = base if not base[0].isdigit() else f"_{base}"
            made, number = base, 2
            while made in properties:
                made, number = f"{base}_{number}", number + 1
            properties[made] = {**_described(found), "name": name}
            properties[made]["extras"] = {**properties[made].get("extras", {}), "key": name}
            names[made] = name
        return cls(properties, names)

    def schema(self) -> dict[str, Any]:
        """The schema of the table's class."""
        return {"id": "taixu", "classes": {"feature": {"properties": self.properties}}}

    def of_rows(self, keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        """The columns of some things: their ids and attributes."""
        made: dict[str, list[Any]] = {"id": list(keys)}
        for name, said in list(self.properties.items())[1:]:
            kind = said.get("extras", {}).get("is")
            column = [row.get(self.names[name]) for row in rows]
            if kind == "json":
                column = [None if each is None else json.dumps(each) for each in column]
            elif kind == "bool":
                column = [None if each is None else int(each) for each in column]
            made[name] = column
        return made


def untold(row: Mapping[str, Any], properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A row of a table as it was before it became typed columns."""
    made: dict[str, Any] = {}
    for name, value in row.items():
        extras = properties.get(name, {}).get("extras")
        extras = extras if isinstance(extras, Mapping) else {}
        if extras.get("is") == "bool" and isinstance(value, int):
            value = bool(value)
        elif extras.get("is") == "json" and isinstance(value, str):
            with suppress(ValueError, RecursionError):
                value = json.loads(value)
        key = extras.get("key")
        made[key if isinstance(key, str) and key not in made else name] = value
    return made


def _described(values: Sequence[Any]) -> dict[str, Any]:
    kinds = {type(each) for each in values}
    if kinds == {str}:
        return {"type": "STRING", "noData": ""}
    if kinds == {bool}:
        return {"type": "SCALAR", "componentType": "UINT8", "noData": _NO_TRUTH, "extras": {"is": "bool"}}
    if kinds == {int} and all(abs(each) < 2**53 for each in values):
        return {"type": "SCALAR", "componentType": "INT64", "noData": _NO_WHOLE}
    if kinds == {float}:
        return {"type": "SCALAR", "componentType": "FLOAT64", "noData": _NO_NUMBER}
    return {"type": "STRING", "noData": "", "extras": {"is": "json"}}
