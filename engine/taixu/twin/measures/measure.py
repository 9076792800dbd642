"""Measures as a world's settings say them (``twin.measures``).

    {"name": "temperature", "unit": "degC", "value": "mean(motor.temperature)", "where": "device.kind == 'press'"}
    {"name": "people", "value": "count(device.kind == 'person')", "by": "zone", "zones": ["Yard", "Hall"]}
    {"name": "utilisation", "value": "portion(motor.state == 'running', 3600)", "by": "entity"}
    {"name": "takt", "takt": {"enters": "Exit", "over": 600, "target": 30, "show": "mean"}, "where": "device.kind == 'part'"}
    {"name": "cycle", "unit": "s", "takt": {"when": "press.state == 'closed'"}, "by": "entity"}
    {"name": "parts", "passages": {"settle": 0.5, "joined_on": "station/{key}/joined"}, "where": "device.kind == 'part'"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.bindings import Target, TopicPattern, target_of
from taixu.twin.measures.beats import SHOWN, Shown
from taixu.twin.measures.formula import Formula, read_formula
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import read_condition
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["By", "Measure", "Passages", "Takt", "read_budget", "read_measures"]

By = Literal["whole", "zone", "entity"]
_BYS: tuple[By, ...] = ("whole", "zone", "entity")
_MAX_MEASURES = 500
_MAX_ZONES = 1000
_KINDS = ("value", "takt", "passages")
_KNOWN = frozenset({"name", "unit", "by", "where", "zones", *_KINDS})
_KNOWN_TAKT = frozenset({"enters", "when", "over", "target", "show", "settle"})
_KNOWN_PASSAGES = frozenset({"settle", "joined_on", "part", "into", "joined_by"})


@dataclass(frozen=True, slots=True, eq=False)
class Takt:
    """The time between events: that somebody enters one of the measure's zones, or that a condition becomes true."""

    when: Expression | None
    over_secs: float
    target_secs: float
    shown: Shown
    settle_secs: float


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Who is in which zone since when, and who was.

    Attributes
    ----------
    joined_on, part, into
        Readings that say what became part of what, and the two fields of them that do, by keys.
    joined_by
        A field of the parts' own that says it: the key of what each is in.
    """

    settle_secs: float
    joined_on: TopicPattern | None
    part: str
    into: str
    joined_by: Target | None


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One measure.

    Attributes
    ----------
    where
        Of whom; of all who have what is asked about, without it.
    zones
        Fences by name; all that there are, without any.
    formula, each, takt, passages
        What is measured: one of these. `each` is a number for each entity.
    """

    name: str
    unit: str
    by: By
    where: Expression | None
    zones: tuple[str, ...]
    formula: Formula | None = None
    each: Expression | None = None
    takt: Takt | None = None
    passages: Passages | None = None


def read_measures(raw: Any, components: Components) -> list[Measure]:
    """The measures of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(
        raw, lambda item: _read_measure(item, components), where="twin.measures", most=_MAX_MEASURES,
        name_of=lambda measure: measure.name,
    )  # fmt: skip


def read_budget(raw: Any) -> tuple[float, float]:
    """How often at most, and for how much of a core: ``twin.measuring`` (``{"per_sec": 5, "share": 0.1}``).

    Raises
    ------
    TaixuError
        When it is neither.
    """
    raw = read_object(raw, frozenset({"per_sec", "share"}), what="twin.measuring")
    per_sec, share = raw.get("per_sec", 5.0), raw.get("share", 0.1)
    for name, value, least, most in (("per_sec", per_sec, 0.01, 240.0), ("share", share, 0.001, 1.0)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise TaixuError(f"twin.measuring.{name} takes a number from {least:g} to {most:g}")
    return float(per_sec), float(share)


def _read_measure(raw: Any, components: Components) -> Measure:
    raw = read_object(raw, _KNOWN, what="a measure")
    name, unit, zones = raw.get("name"), raw.get("unit", ""), raw.get("zones", [])
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise TaixuError("a measure has a name")
    if not isinstance(unit, str) or len(unit) > 40:
        raise TaixuError("unit takes a short text")
    if not isinstance(zones, list) or len(zones) > _MAX_ZONES or not all(isinstance(zone, str) and zone for zone in zones):
        raise TaixuError("zones takes a list of names of fences")
    kinds = [kind for kind in _KINDS if kind in raw]
    if len(kinds) != 1:
        raise TaixuError(f"a measure says one of {', '.join(_KINDS)}")
    by = raw.get("by", "zone" if "passages" in raw else "whole")
    if by not in _BYS:
        raise TaixuError(f"by is one of {', '.join(_BYS)}")
    where = read_condition(raw["where"], components) if "where" in raw else None
    if "value" in raw:
        if by == "entity":
            return Measure(name, unit, by, where, tuple(zones), each=read_condition(raw["value"], components))
        return Measure(name, unit, by, where, tuple(zones), formula=read_formula(raw["value"], components))
    if "takt" in raw:
        takt, entered = _read_takt(raw["takt"], components)
        return Measure(name, unit or ("1/h" if takt.shown == "per_hour" else "s"), by, where, entered or tuple(zones), takt=takt)
    if by == "whole":
        raise TaixuError("passages are by zone or by entity")
    return Measure(name, unit, by, where, tuple(zones), passages=_read_passages(raw["passages"], components))


def _read_takt(raw: Any, components: Components) -> tuple[Takt, tuple[str, ...]]:
    raw = read_object(raw, _KNOWN_TAKT, what="takt")
    if "enters" in raw and "when" in raw:
        raise TaixuError("takt is of who enters a zone, or of when something becomes true; say one of them")
    enters = raw.get("enters", [])
    enters = [enters] if isinstance(enters, str) else enters
    if not isinstance(enters, list) or not all(isinstance(zone, str) and zone for zone in enters) or len(enters) > _MAX_ZONES:
        raise TaixuError("enters takes a zone's name, or a list of them")
    shown = raw.get("show", "mean")
    if shown not in SHOWN:
        raise TaixuError(f"show is one of {', '.join(SHOWN)}")
    when = read_condition(raw["when"], components) if "when" in raw else None
    over, target = _secs(raw, "over", 3600.0, least=1.0), _secs(raw, "target", 0.0)
    return Takt(when, over, target, shown, _secs(raw, "settle", 0.0)), tuple(enters)


def _read_passages(raw: Any, components: Components) -> Passages:
    raw = read_object({} if raw is True else raw, _KNOWN_PASSAGES, what="passages")
    part, into, topic = raw.get("part", "part"), raw.get("into", "into"), raw.get("joined_on")
    if not isinstance(part, str) or not isinstance(into, str) or not isinstance(topic, (str, type(None))):
        raise TaixuError("joined_on takes a topic, part and into names of fields in its readings")
    joined_by = target_of(str(raw["joined_by"]), components) if "joined_by" in raw else None
    if joined_by is not None and joined_by.field.kind.name != "text":
        raise TaixuError("joined_by names a field of texts, which are keys")
    return Passages(_secs(raw, "settle", 0.0), TopicPattern.read(topic) if topic is not None else None, part, into, joined_by)


def _secs(raw: Mapping[str, Any], name: str, usual: float, *, least: float = 0.0) -> float:
    value = raw.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= 1e7:
        raise TaixuError(f"{name} takes seconds")
    return float(value)
