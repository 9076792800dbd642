"""Bindings: which fields of which topics go into which columns.

    {"topic": "agv/{key}/pose", "from": ["x", "y"], "to": "transform.position", "unit": "mm", "frame": "hall"}
    {"topic": "press/+/state", "from": "temp", "to": "motor.temperature", "unit": "degF"}

A world's settings hold a list of them (``twin.bindings``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.ecs import Field
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin.frames import Frame
from taixu.twin.settings_lists import read_listed, read_object
from taixu.twin.units import Conversion, conversion

__all__ = ["Binding", "Target", "TopicPattern", "read_bindings", "target_of"]

_MAX_BINDINGS = 10_000
_KNOWN = frozenset({"topic", "from", "to", "unit", "frame", "entity", "source", "sigma", "drift", "labels"})
_PLACEHOLDER = "{key}"


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """Topics as MQTT's filters name them (``+`` is one level, ``#`` at the end is all below), and ``{key}``: one level that
    says which thing.
    """

    text: str
    regex: re.Pattern[str]

    @classmethod
    def read(cls, text: str) -> TopicPattern:
        """A pattern of its text.

        Raises
        ------
        TaixuError
            When it is none.
        """
        levels = text.split("/")
        if not text or len(text) > 400 or len(levels) > 40:
            raise TaixuError("a topic must be a text such as plant/{key}/state")
        parts: list[str] = []
        for i, level in enumerate(levels):
            if level == "#" and i == len(levels) - 1:
                parts.append(".*")
            elif level == "+":
                parts.append("[^/]*")
            elif level == _PLACEHOLDER and _PLACEHOLDER not in levels[:i]:
                parts.append("(?P<key>[^/]+)")
            elif "+" in level or "#" in level or "{" in level:
                raise TaixuError(f"the topic {text!r} has {level!r}: + and {{key}} (once) are whole levels, # is the last")
            else:
                parts.append(re.escape(level))
        pattern = "/".join(parts)
        if levels[-1] == "#" and len(levels) > 1:  # MQTT: "a/#" is "a", too
            pattern = "/".join(parts[:-1]) + "(?:/.*)?"
        return cls(text, re.compile(pattern + r"\Z", re.DOTALL))

    @property
    def filter(self) -> str:
        """What MQTT's subscribers ask for."""
        return self.text.replace(_PLACEHOLDER, "+")

    def match(self, topic: str) -> tuple[bool, str]:
        """Whether a topic is meant, and the key that stands in it (or nothing)."""
        found = self.regex.match(topic)
        return (False, "") if found is None else (True, found.groupdict().get("key") or "")


@dataclass(frozen=True, slots=True)
class Target:
    """A place for values: a field of a component, or one number of a vector."""

    cls: type
    field: Field
    lane: int = -1
    is_position: bool = False
    """Whether it is a place in the world, in metres, rather than the offset in a cell."""

    @property
    def width(self) -> int:
        """Numbers in a value."""
        return 1 if self.lane >= 0 else self.field.kind.width


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """Where some fields of a topic go.

    Attributes
    ----------
    names
        The source's fields, one a lane of the target.
    conversion
        From the source's unit.
    frame
        Of positions.
    entity
        The key of the device whose it is, where neither topic nor reading says.
    source
        Only readings of this source; of any without it.
    sigma
        Standard deviation of what it measures, in the column's unit; 0 takes it as it is. Or the source's field that says it.
    drift
        Standard deviation of how much the true value wanders in a second.
    labels
        What numbers mean, for targets that hold text.
    """

    text: str
    pattern: TopicPattern
    names: tuple[str, ...]
    target: Target
    conversion: Conversion
    frame: Frame | None = None
    entity: str = ""
    source: str = ""
    sigma: float = 0.0
    sigma_name: str = ""
    drift: float = 1.0
    labels: Mapping[str, str] | None = None


def read_bindings(raw: Any, components: Components, frames: Mapping[str, Frame]) -> list[Binding]:
    """The bindings of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(raw, lambda item: _read_binding(item, components, frames), where="twin.bindings", most=_MAX_BINDINGS)


def target_of(text: str, components: Components) -> Target:
    """What ``component.field`` or ``component.field.x`` names; ``transform.position`` is a place in the world.

    Raises
    ------
    TaixuError
        When there is no such thing.
    """
    parts = text.split(".")
    declared = components.find(parts[0])
    if declared is None or len(parts) not in (2, 3):
        near = "" if declared else f"; there is no component {parts[0][:40]!r}"
        raise TaixuError(f"{text[:80]!r} is no place for values such as motor.temperature{near}")
    if declared.cls is Transform and parts[1] == "position":
        if len(parts) == 3:
            raise TaixuError("a position is bound whole: its three numbers together")
        return Target(Transform, declared.by_name["translation"], is_position=True)
    fld = declared.by_name.get(parts[1])
    if fld is None or fld.kind.name in ("data", "entity"):
        has = ", ".join(declared.by_name)
        raise TaixuError(f"{parts[0]} has no field {parts[1][:40]!r} that readings can go into; it has {has}")
    lane = -1
    if len(parts) == 3:
        lane = "xyzw".find(parts[2]) if len(parts[2]) == 1 else -1
        if not 0 <= lane < fld.kind.width or fld.kind.width == 1:
            raise TaixuError(f"{parts[0]}.{parts[1]} has no part {parts[2][:20]!r}")
    return Target(declared.cls, fld, lane)


def _read_binding(raw: Any, components: Components, frames: Mapping[str, Frame]) -> Binding:
    raw = read_object(raw, _KNOWN, what="a binding")
    for name in ("topic", "to", "unit", "frame", "entity", "source"):
        if not isinstance(raw.get(name, ""), str):
            raise TaixuError(f"{name} takes a text")
    names = raw.get("from", "value")
    names = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, list) else ()
    if not names or not all(isinstance(name, str) and name for name in names):
        raise TaixuError("from takes a field's name, or a list of them")
    target = target_of(raw.get("to", ""), components)
    _check_width(names, target)
    frame = None
    if target.is_position:
        frame = frames.get(raw.get("frame", ""))
        if frame is None:
            raise TaixuError(f"there is no frame {raw['frame'][:40]!r}; twin.frames has {', '.join(sorted(filter(None, frames)))}")
    elif "frame" in raw:
        raise TaixuError("frame is for transform.position only")
    geographic = frame is not None and frame.transformer is not None
    unit = raw.get("unit", "")
    if geographic and unit:
        raise TaixuError("a geographic frame says its units itself; leave unit out")
    sigma = raw.get("sigma", 0.0)
    labels = raw.get("labels")
    if labels is not None and not (target.field.kind.name == "text" and isinstance(labels, Mapping) and _all_texts(labels)):
        raise TaixuError("labels takes an object of texts, for a field that holds text")
    numeric = not target.field.kind.is_object
    if not isinstance(sigma, str) and not _positive(sigma, zero=True):
        raise TaixuError("sigma takes a number, or the name of the field that says it")
    if (sigma and not (numeric and target.field.kind.dtype[0] == "f")) or not _positive(raw.get("drift", 1.0)):
        raise TaixuError("sigma and drift are for fields that hold numbers with a point; drift is above 0")
    return Binding(
        f"{raw.get('topic', '')} to {raw['to']}",
        TopicPattern.read(raw.get("topic", "")),
        names,
        target,
        (1.0, 0.0) if geographic or not numeric else conversion(unit, target.field.unit),
        frame,
        raw.get("entity", ""),
        raw.get("source", ""),
        0.0 if isinstance(sigma, str) else float(sigma),
        sigma if isinstance(sigma, str) else "",
        float(raw.get("drift", 1.0)),
        labels,
    )


def _check_width(names: tuple[str, ...], target: Target) -> None:
    allowed = (2, 3) if target.is_position else (target.width,)
    if len(names) not in allowed:
        raise TaixuError(f"from names {len(names)} fields, and the target takes {' or '.join(map(str, allowed))}")


def _all_texts(labels: Mapping[Any, Any]) -> bool:
    return all(isinstance(key, str) and isinstance(value, str) for key, value in labels.items())


def _positive(value: Any, *, zero: bool = False) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and (0 < value < 1e18 or (zero and value == 0))
