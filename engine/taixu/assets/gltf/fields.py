"""Reading JSON objects that somebody else wrote: every property is checked for its type and range as it is
taken.

What breaks the structure (a string where an index should be, an index past the end) raises `GltfError` with a
JSON pointer; what merely breaks a range is noted in the report and brought into it, so that everything that
leaves here is safe.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taixu.assets.gltf.extensions import KNOWN_EXTENSIONS
from taixu.assets.gltf.findings import GltfError, Report
from taixu.assets.gltf.limits import Limits

__all__ = ["Fields", "Schema"]


class Schema:
    """What all fields of one document share: the report, the limits, and how long each list is."""

    __slots__ = ("declared", "limits", "report", "sizes")

    def __init__(self, root: Mapping[str, Any], *, limits: Limits, report: Report) -> None:
        self.report = report
        self.limits = limits
        self.sizes = {name: len(value) for name, value in root.items() if isinstance(value, list)}
        used = root.get("extensionsUsed")
        self.declared = {name for name in used if isinstance(name, str)} if isinstance(used, list) else set()


class Fields:
    """One JSON object, its place, and ways to take its properties."""

    __slots__ = ("data", "schema", "where")

    def __init__(self, data: Mapping[str, Any], where: str, schema: Schema) -> None:
        self.data = data
        self.where = where
        self.schema = schema

    @property
    def report(self) -> Report:
        """Where findings go."""
        return self.schema.report

    def __contains__(self, name: str) -> bool:
        return name in self.data

    def at(self, name: str) -> str:
        """Give the JSON pointer of a property."""
        return f"{self.where}/{name}"

    def fail(self, name: str, message: str) -> GltfError:
        """Make the error that refuses a property."""
        return GltfError(self.at(name) if name else self.where, message)

    def number(self, name: str, default: float, *, minimum: float = -math.inf, maximum: float = math.inf) -> float:
        """Take a finite number, brought into its range."""
        if name not in self.data:
            return default
        result = self._finite(self.data[name], name)
        if not minimum <= result <= maximum:
            self.report.error(self.at(name), f"{result:g} is not between {minimum:g} and {maximum:g}")
            result = min(max(result, minimum), maximum)
        return result

    def _finite(self, value: object, name: str) -> float:
        if type(value) is float and math.isfinite(value):
            return value
        if type(value) is int and -(2**1000) < value < 2**1000:
            return float(value)
        raise self.fail(name, "it is not a finite number")

    def numbers(
        self,
        name: str,
        default: Sequence[float],
        *,
        minimum: float = -math.inf,
        maximum: float = math.inf,
    ) -> tuple[float, ...]:
        """Take a list of as many finite numbers as the default has, brought into their range."""
        value = self.data.get(name)
        if value is None:
            return tuple(default)
        if not isinstance(value, list) or len(value) != len(default):
            raise self.fail(name, f"it is not a list of {len(default)} numbers")
        result = tuple(self._finite(item, name) for item in value)
        if any(not minimum <= item <= maximum for item in result):
            self.report.error(self.at(name), f"a value is not between {minimum:g} and {maximum:g}")
            result = tuple(min(max(item, minimum), maximum) for item in result)
        return result

    def color(self, name: str, default: tuple[float, float, float]) -> tuple[float, float, float]:
        """Take a linear colour, three numbers in [0, 1]."""
        red, green, blue = self.numbers(name, default, minimum=0.0, maximum=1.0)
        return red, green, blue

    def integer(self, name: str, default: int | None = None, *, minimum: int = 0, maximum: int = 2**53) -> int:
        """Take a whole number (``3.0`` is one, too); without a default it must be there."""
        value = self._whole(self.data.get(name, default), name)
        if not minimum <= value <= maximum:
            raise self.fail(name, f"{value} is not between {minimum} and {maximum}"[:120])
        return value

    def _whole(self, value: Any, name: str) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise self.fail(name, "it is missing" if value is None else "it is not a whole number")
        return value

    def index(self, name: str, kind: str) -> int | None:
        """Take a reference into the document's list `kind`; None where the property is missing."""
        return self.need(name, kind) if name in self.data else None

    def need(self, name: str, kind: str) -> int:
        """Take a reference that must be there."""
        return self._resolve(self.data.get(name), name, kind)

    def _resolve(self, value: Any, name: str, kind: str) -> int:
        index, count = self._whole(value, name), self.schema.sizes.get(kind, 0)
        if not 0 <= index < count:
            raise self.fail(name, f"it refers to {kind} {index}, but there are {count}"[:120])
        return index

    def indices(self, name: str, kind: str) -> list[int]:
        """Take a list of references; each at most once."""
        values = self.items(name)
        result = [self._resolve(value, f"{name}/{order}", kind) for order, value in enumerate(values)]
        if len(set(result)) != len(result):
            self.report.error(self.at(name), f"it names one of the {kind} twice")
            result = list(dict.fromkeys(result))
        return result

    def text(self, name: str, default: str = "") -> str:
        """Take a string."""
        value = self.data.get(name, default)
        if not isinstance(value, str):
            raise self.fail(name, "it is not a string")
        # JSON can spell half a character (a lone surrogate), which nobody can encode again.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """Take one of several strings; anything else is noted, and the default taken."""
        value = self.text(name, default)
        if value not in choices:
            self.report.error(self.at(name), f"'{value[:40]}' is none of {', '.join(choices)}")
            return default
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Take true or false."""
        value = self.data.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(name, "it is neither true nor false")
        return value

    def items(self, name: str) -> list[Any]:
        """Take a list, empty where it is missing."""
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(name, "it is not a list")
        if not value:
            self.report.error(self.at(name), "the list is empty")
        return value

    def object(self, name: str) -> Fields | None:
        """Take an object; None where it is missing."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.fail(name, "it is not an object")
        return Fields(value, self.at(name), self.schema)

    def objects(self, name: str) -> Iterator[Fields]:
        """Take a list of objects, one after the other."""
        values = self.items(name)
        most = self.schema.limits.longest(name)
        if len(values) > most:
            raise self.fail(name, f"{len(values):,} entries are more than the {most:,} allowed; split the model")
        for order, value in enumerate(values):
            if not isinstance(value, dict):
                raise GltfError(f"{self.where}/{name}/{order}", "it is not an object")
            yield Fields(value, f"{self.where}/{name}/{order}", self.schema)

    def extension(self, name: str) -> Fields | None:
        """Take an extension's object; None where it is missing."""
        holder = self.data.get("extensions")
        if holder is None:
            return None
        if not isinstance(holder, dict):
            raise self.fail("extensions", "it is not an object")
        value = holder.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise GltfError(f"{self.where}/extensions/{name}", "it is not an object")
        return Fields(value, f"{self.where}/extensions/{name}", self.schema)

    def other_extensions(self, *read: str) -> dict[str, Any]:
        """Give the extensions not named in `read`, raw, and note those that are undeclared or out of place."""
        holder = self.data.get("extensions")
        if holder is None:
            return {}
        if not isinstance(holder, dict):
            raise self.fail("extensions", "it is not an object")
        rest: dict[str, Any] = {}
        for name, value in holder.items():
            where = f"{self.where}/extensions/{name[:80]}"
            if name not in self.schema.declared:
                self.report.error(where, "the extension is not declared in extensionsUsed")
            if name in read:
                continue
            if name in KNOWN_EXTENSIONS:
                self.report.error(where, "the extension does not belong to this object, and is left out")
            else:
                rest[name] = value
        return rest

    @property
    def name(self) -> str:
        """The object's name."""
        return self.text("name")

    @property
    def extras(self) -> Any:
        """What an application left here; any JSON."""
        return self.data.get("extras")
