"""What is meant when a field of a topic is dropped on something: a binding as good as can be guessed, to be looked at and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from taixu.ecs import component_type
from taixu.edit import Session, WorldSettings
from taixu.errors import MachineError, TaixuError
from taixu.scene import Transform
from taixu.twin.bindings import TopicPattern
from taixu.twin.device import Device
from taixu.twin.units import conversion
from taixu_editor.twin.topics import Topic, TopicBook

__all__ = ["TopicField", "compatible_units", "is_read_by", "key_level", "propose_binding", "targets_of"]

POSITION = "transform.position"
_PLACES = (
    ("x", "y", "z"), ("lon", "lat", "height"), ("lon", "lat", "alt"), ("lng", "lat", "alt"), ("longitude", "latitude", "altitude"),
    ("longitude", "latitude", "height"), ("easting", "northing", "height"), ("east", "north", "up"), ("pos_x", "pos_y", "pos_z"),
)  # fmt: skip
_GEOGRAPHIC = frozenset({"lon", "lng", "longitude", "easting"})
_UNITS = (
    "mm", "cm", "m", "km", "inch", "foot", "mile", "degC", "degF", "kelvin", "mm/s", "m/s", "km/h", "mile/hour", "knot", "rad",
    "deg", "turn", "rad/s", "deg/s", "rpm", "g", "kg", "tonne", "lb", "N", "kN", "N*m", "Pa", "kPa", "bar", "psi", "W", "kW", "hp",
    "J", "kWh", "mV", "V", "mA", "A", "ohm", "ms", "s", "minute", "hour", "Hz", "kHz", "L/min", "m^3/h", "L", "m^3", "lux",
    "percent", "dimensionless", "ppm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicField:
    """A field of a topic that is dragged about; a whole topic where no field is named."""

    source: str
    topic: str
    field: str = ""


@lru_cache(maxsize=256)
def compatible_units(wanted: str) -> tuple[str, ...]:
    """Units, as pint writes them, that can become the wanted one; the common ones."""
    if not wanted:
        return ()
    found = []
    for unit in _UNITS:
        try:
            conversion(unit, wanted)
        except MachineError:
            return ()
        except TaixuError:
            continue
        found.append(unit)
    return tuple(found)


def targets_of(session: Session, entity: str) -> list[str]:
    """Fields of an entity that readings can go into: those of its own components first, then where it stands."""
    world, handle = session.world, session.entity(entity)
    found: list[str] = []
    places = [POSITION, "transform.rotation"] if world.has(handle, Transform) else []
    for declared in sorted((component_type(cls) for cls in world.types_of(handle)), key=lambda each: each.name):
        if not declared.authored or declared.cls in (Device, Transform) or declared.name in ("name", "parent", "fence"):
            continue
        for fld in declared.fields:
            if fld.kind.name in ("data", "entity", "asset"):
                continue
            name = f"{declared.name}.{fld.name}"
            found += [name] if fld.kind.width == 1 else [name, *(f"{name}.{part}" for part in "xyzw"[: fld.kind.width])]
    own = [name for name in found if not _is_engines(session, name)]
    return [*own, *places, *(name for name in found if name not in own)]


def _is_engines(session: Session, target: str) -> bool:
    declared = session.components.find(target.split(".")[0])
    return declared is not None and declared.cls.__module__.startswith("taixu.") and "declared" not in declared.cls.__module__


def key_level(topic: Topic, topics: Iterable[Topic], keys: Iterable[str]) -> int:
    """Which level of a topic says what thing it is of; -1 where none does.

    It is the one that a device is called by; else the one in which topics that are otherwise alike differ; else the last with a
    digit in it.
    """
    levels = topic.levels
    known = set(keys)
    for place in reversed(range(len(levels))):
        if levels[place] in known:
            return place
    if topic.keys:
        return -1
    for place in reversed(range(len(levels))):
        for other in topics:
            them = other.levels
            if other.source != topic.source or len(them) != len(levels) or them[place] == levels[place]:
                continue
            if them[:place] == levels[:place] and them[place + 1 :] == levels[place + 1 :]:
                return place
    return next((place for place in reversed(range(len(levels))) if any(letter.isdigit() for letter in levels[place])), -1)


def propose_binding(
    session: Session, book: TopicBook, dragged: TopicField, *, entity: str, target: str = ""
) -> tuple[dict[str, Any], str]:
    """A binding for a field that was dropped on an entity, or on a field of it; and the key that the entity needs.

    Raises
    ------
    TaixuError
        When the topic is not known any more, or the entity has nothing that readings could go into.
    """
    topic = book.find(dragged.source, dragged.topic)
    if topic is None:
        raise TaixuError(f"nothing is known of {dragged.topic!r} any more; connect again")
    world, handle = session.world, session.entity(entity)
    own = str(world.get(handle, Device).key) if world.has(handle, Device) else ""
    keys = {str(key) for table in world.query(Device) for key in table.read(Device, "key")} - {""}
    place = key_level(topic, book, keys)
    levels = topic.levels
    key = own or (levels[place] if place >= 0 else topic.keys[0] if topic.keys else "")
    pattern = "/".join("{key}" if at == place else level for at, level in enumerate(levels))
    target = target or _guess_target(session, topic, dragged.field, targets_of(session, entity))
    if not target:
        raise TaixuError("this entity has nothing that readings could go into; add a component first")
    names = _names_for(session, topic, dragged.field, target)
    binding: dict[str, Any] = {"topic": pattern, "from": names[0] if len(names) == 1 else names, "to": target}
    if target == POSITION and names[0].lower() in _GEOGRAPHIC:
        frames = session.world.resource(WorldSettings).section("twin").get("frames", {})
        geographic = [name for name, facts in frames.items() if isinstance(facts, dict) and "crs" in facts]
        binding["frame"] = geographic[0] if geographic else "gps"
    if place < 0 and not topic.keys:
        binding["entity"] = key or levels[-1]
        key = key or levels[-1]
    if len(book.find_sources()) > 1:
        binding["source"] = topic.source
    return binding, "" if own else key


def is_read_by(binding: Any, topic: Topic, field: str) -> bool:
    """Whether a binding of the settings takes a field of a topic."""
    if not isinstance(binding, dict) or binding.get("source", "") not in ("", topic.source):
        return False
    names = binding.get("from", "value")
    if field not in ([names] if isinstance(names, str) else names if isinstance(names, list) else []):
        return False
    try:
        return TopicPattern.read(str(binding.get("topic", ""))).match(topic.name)[0]
    except TaixuError:
        return False


def _guess_target(session: Session, topic: Topic, field: str, targets: Sequence[str]) -> str:
    """A field of the same name; a place where the topic tells one; else the first."""
    plain = field.lower().replace(" ", "_")
    for target in targets:
        if len(plain) > 1 and target.rpartition(".")[2] == plain:
            return target
    if POSITION in targets and _place_names(topic, field):
        return POSITION
    for target in targets:
        name = target.rpartition(".")[2]
        if len(plain) > 2 and (plain.startswith(name[:4]) or name.startswith(plain[:4])):
            return target
    return targets[0] if targets else ""


def _names_for(session: Session, topic: Topic, field: str, target: str) -> list[str]:
    """As many fields of the topic as the target is wide."""
    if target == POSITION:
        return _place_names(topic, field) or [field or "x", "y", "z"]
    parts = target.split(".")
    declared = session.components.find(parts[0])
    fld = declared.by_name.get(parts[1]) if declared is not None and len(parts) > 1 else None
    width = 1 if fld is None or len(parts) == 3 else fld.kind.width
    names = list(topic.fields)
    if width == 1:
        return [field or (names[0] if names else "value")]
    start = names.index(field) if field in names else 0
    found = names[start : start + width]
    return found if len(found) == width else [field or "value"] * width


def _place_names(topic: Topic, field: str) -> list[str]:
    by_lower = {name.lower(): name for name in topic.fields}
    for names in _PLACES:
        if (not field or field.lower() in names) and all(name in by_lower for name in names[:2]):
            return [by_lower[name] for name in names if name in by_lower]
    return []
