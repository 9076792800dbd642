"""What a search finds, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Found", "Match"]


@dataclass(frozen=True, slots=True)
class Match:
    """A value because of which something was found.

    Attributes
    ----------
    field
        ``motor.temperature``.
    value, unit
        Of a span of time, the one that is furthest beyond the limit.
    at_ns
        When it was so; None for now.
    """

    field: str
    value: float | str
    unit: str = ""
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A thing or a file.

    Attributes
    ----------
    id
        A thing's stable id in hexadecimal digits; a file's path in the project.
    at
        Where it is now, in metres.
    distance_m
        From whom it had to be near.
    """

    id: str
    name: str
    kind: str = ""
    at: tuple[float, float, float] | None = None
    distance_m: float | None = None
    because: tuple[Match, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON, without what is not known."""
        told: dict[str, Any] = {"id": self.id, "name": self.name, "kind": self.kind, "at": list(self.at) if self.at else None}
        if self.distance_m is not None:
            told["distance_m"] = round(self.distance_m, 3)
        told["because"] = [
            {"field": each.field, "value": each.value, "unit": each.unit} | ({} if each.at_ns is None else {"at_ns": each.at_ns})
            for each in self.because
        ]
        return told
