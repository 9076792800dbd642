"""What was found on a model, as data: for a panel, a command line, and the record beside the mended file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Problem", "Report", "Severity"]

Severity = Literal["error", "warning", "hint"]
_ORDER: Mapping[str, int] = {"error": 0, "warning": 1, "hint": 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be.

    Attributes
    ----------
    code
        What kind it is: "holes", "winding" ...
    severity
        "error": it is drawn or collides wrongly; "warning": it costs more, or breaks later; "hint": perhaps it is meant so.
    where
        The mesh's name; empty where it is the whole model.
    message
        One sentence for a person.
    count
        How many edges, triangles or pieces it is about.
    repair
        What mends it, by the name of a parameter of the generator "repair"; empty where only a hand can.
    """

    code: str
    severity: Severity
    where: str
    message: str
    count: int = 0
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A model at the gate.

    Attributes
    ----------
    triangles, vertices, meshes, materials, draws
        Counted once each, as they are stored; `draws` is primitives as often as they stand.
    size_m, low_m
        Its extent and its least corner, as it stands.
    is_closed
        Whether all its surfaces are closed and of two sides: it has an inside.
    largest_picture_px
        The longest edge of its pictures.
    """

    triangles: int
    vertices: int
    meshes: int
    materials: int
    draws: int
    size_m: tuple[float, float, float]
    low_m: tuple[float, float, float]
    is_closed: bool
    largest_picture_px: int = 0
    problems: tuple[Problem, ...] = field(default=())

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst problem."""
        return min((each.severity for each in self.problems), key=_ORDER.__getitem__, default=None)

    @property
    def repairs(self) -> tuple[str, ...]:
        """What would mend what can be mended, in the order of how bad it is."""
        ordered = sorted(self.problems, key=lambda each: _ORDER[each.severity])
        return tuple(dict.fromkeys(each.repair for each in ordered if each.repair and each.severity != "hint"))

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self) | {"problems": [asdict(each) for each in self.problems]}
