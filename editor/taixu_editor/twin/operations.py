"""Twins, as operations: sources, bindings and rules are edits of the world's settings; connecting and looking back edit nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, Operation, Session, WorldSettings
from taixu.edit.conditions import no_world
from taixu.edit.parameters import PathParameters, read_parameters
from taixu.errors import TaixuError
from taixu.scene import Name
from taixu_editor.twin.places import PLACE_EDITS
from taixu_editor.twin.settings_edit import SetSection, section_of

if TYPE_CHECKING:
    from taixu.edit.operations import Step
    from taixu.twin.connectors import Connectors
    from taixu_editor.host import Host
    from taixu_editor.twin.desk import TwinDesk

__all__ = ["TWIN_EDITS", "frames_of", "known_connectors", "twin_operations"]

_MAX_NAME = 60
_SETTINGS = frozenset({"georeference", "frames", "ahead_secs", "controls", "recording", "arrivals", "measures", "simulators"})


@dataclass(frozen=True, slots=True)
class SourceParameters:
    """A source of readings by its name; `former` is what it was called before."""

    name: str
    settings: dict[str, Any] = field(metadata={"doc": 'its kind, and what that takes: {"kind": "mqtt", "url": "..."}'})
    former: str = ""


@dataclass(frozen=True, slots=True)
class NameParameters:
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class BindParameters:
    """A binding, in place of the one at a place of the list; a new one where that is -1."""

    binding: dict[str, Any] = field(metadata={"doc": 'such as {"topic": "press/{key}", "from": "temp", "to": "motor.temperature"}'})
    place: int = field(default=-1, metadata={"minimum": -1})
    entity: str = field(default="", metadata={"doc": "becomes a device with the key, if it is none"})
    key: str = ""


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """A place in a list of the settings."""

    place: int = field(metadata={"minimum": 0})


@dataclass(frozen=True, slots=True)
class RuleParameters:
    """A rule, in place of the one at a place of the list; a new one where that is -1."""

    rule: dict[str, Any] = field(metadata={"doc": 'such as {"name": "too hot", "when": "motor.temperature > 80"}'})
    place: int = field(default=-1, metadata={"minimum": -1})


@dataclass(frozen=True, slots=True)
class SettingParameters:
    """One more of the twin's settings, such as georeference or frames; null takes it away."""

    key: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class FenceParameters:
    """A fence: its corners on the ground, in metres of the world, and heights above the ground that it stands on."""

    points: list[list[float]] = field(metadata={"doc": "[x, z] each, three or more"})
    ground_m: float = 0.0
    top_m: float = 3.0
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class MomentParameters:
    """A time of the recording: nanoseconds since 1970."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class AlarmParameters:
    """An alarm, by its number."""

    number: int = field(metadata={"minimum": 1})


@dataclass(frozen=True, slots=True)
class SpeedParameters:
    """Seconds of the recording to a second of the clock."""

    speed: float = field(metadata={"minimum": 0.01, "maximum": 10000.0})


# -- edits -----------------------------------------------------------------------------------------------------------
def _set_source(session: Session, p: SourceParameters) -> Command:
    section = section_of(session)
    sources = _table(section, "sources")
    if not p.name or len(p.name) > _MAX_NAME or not p.name.isprintable() or "/" in p.name:
        raise TaixuError("a source's name is a text of at most 60 characters without /")
    if p.name != p.former and p.name in sources:
        raise TaixuError(f"two sources are called {p.name!r}; choose another name")
    kind = known_connectors().find(p.settings.get("kind"))
    given = {key: value for key, value in p.settings.items() if key != "kind"}
    read_parameters(kind.parameters, given, name=p.name, whose="source")
    former = p.former if p.former in sources else p.name
    sources = {(p.name if name == former else name): (p.settings if name == former else each) for name, each in sources.items()}
    sources[p.name] = p.settings
    if former != p.name:
        for each in section.get("bindings", []):
            if isinstance(each, dict) and each.get("source") == former:
                each["source"] = p.name
    return SetSection("twin", section | {"sources": sources})


def _remove_source(session: Session, p: NameParameters) -> Command:
    section = section_of(session)
    sources = _table(section, "sources")
    if p.name not in sources:
        raise TaixuError(f"there is no source {p.name!r}")
    del sources[p.name]
    return SetSection("twin", section | {"sources": sources})


def _bind_steps(session: Session, p: BindParameters) -> list[Step]:
    """The binding, and the device that it needs."""
    steps: list[Step] = []
    if p.entity and p.key:
        from taixu.twin.device import Device

        if not session.world.has(session.entity(p.entity), Device):
            steps.append(("component.add", {"component": "device", "fields": {"key": p.key}, "entities": [p.entity]}))
    return [*steps, ("twin.set_binding", {"binding": p.binding, "place": p.place})]


def _set_binding(session: Session, p: BindParameters) -> Command:
    from taixu.twin.bindings import read_bindings

    section = section_of(session)
    bindings = _list(section, "bindings")
    read_bindings([p.binding], session.components, frames_of(session))
    return SetSection("twin", section | {"bindings": _put(bindings, p.place, p.binding, "binding")})


def _unbind(session: Session, p: PlaceParameters) -> Command:
    section = section_of(session)
    return SetSection("twin", section | {"bindings": _without(_list(section, "bindings"), p.place, "binding")})


def _set_rule(session: Session, p: RuleParameters) -> Command:
    from taixu.twin.rules import read_rules

    section = section_of(session)
    rules = _list(section, "rules")
    read_rules([p.rule], session.components)
    others = [each for place, each in enumerate(rules) if place != p.place and isinstance(each, dict)]
    if any(each.get("name") == p.rule.get("name") for each in others):
        raise TaixuError(f"two rules are called {p.rule.get('name')!r}; choose another name")
    return SetSection("twin", section | {"rules": _put(rules, p.place, p.rule, "rule")})


def _remove_rule(session: Session, p: PlaceParameters) -> Command:
    section = section_of(session)
    return SetSection("twin", section | {"rules": _without(_list(section, "rules"), p.place, "rule")})


def _set_setting(session: Session, p: SettingParameters) -> Command:
    if p.key not in _SETTINGS:
        raise TaixuError(f"there is no setting {p.key[:40]!r} of twins; there are {', '.join(sorted(_SETTINGS))}")
    section = section_of(session)
    if p.value is None:
        section.pop(p.key, None)
    else:
        section[p.key] = p.value
    if p.key in ("georeference", "frames"):
        _read_frames(section)
    return SetSection("twin", section)


def _fence_settled(session: Session, p: FenceParameters) -> FenceParameters:
    from dataclasses import replace

    return p if p.id else replace(p, id=session.new_id())


def _fence_steps(session: Session, p: FenceParameters) -> list[Step]:
    """An entity in the middle of its corners."""
    import numpy as np

    from taixu.twin.rules.fences import Fence, check_points

    corners = check_points(p.points, where="a fence")
    if not -1e6 < p.ground_m < p.ground_m + p.top_m < 1e6:
        raise TaixuError("a fence's top lies above its ground")
    middle = np.round((corners.min(0) + corners.max(0)) / 2, 3)
    taken = {str(name) for name in session.world.gather(session.world.query(Fence).entities, Name, "text")}
    name = p.name or next(text for number in range(1, 100_000) if (text := f"Fence {number}") not in taken)
    points = np.round(corners - middle, 4).tolist()
    position = [float(middle[0]), p.ground_m, float(middle[1])]
    components = {"transform": {"position": position}, "fence": {"points": points, "bottom_m": 0.0, "top_m": p.top_m}}
    return [
        ("entity.spawn", {"name": name, "components": components, "id": p.id}),
        ("selection.set", {"entities": [p.id]}),
    ]


def _no_twin(session: Session) -> str:
    return no_world(session) or ("a prefab has no twin; go to a world that it stands in" if session.current.is_prefab else "")


TWIN_EDITS = (
    *PLACE_EDITS,
    Operation("twin.set_source", "Set a source", plan=_set_source, parameters=SourceParameters, blocked=_no_twin),
    Operation("twin.remove_source", "Remove a source", plan=_remove_source, parameters=NameParameters, blocked=_no_twin),
    Operation("twin.bind", "Bind", steps=_bind_steps, parameters=BindParameters, blocked=_no_twin),
    Operation("twin.set_binding", "Set a binding", plan=_set_binding, parameters=BindParameters, blocked=_no_twin),
    Operation("twin.unbind", "Remove a binding", plan=_unbind, parameters=PlaceParameters, blocked=_no_twin),
    Operation("twin.set_rule", "Set a rule", plan=_set_rule, parameters=RuleParameters, blocked=_no_twin),
    Operation("twin.remove_rule", "Remove a rule", plan=_remove_rule, parameters=PlaceParameters, blocked=_no_twin),
    Operation("twin.set", "Set the twin's settings", plan=_set_setting, parameters=SettingParameters, blocked=_no_twin),
    Operation(
        "twin.fence", "Draw a fence", steps=_fence_steps, parameters=FenceParameters, blocked=_no_twin, settle=_fence_settled
    ),
)
"""Edits of the world's twin; each can be undone."""


# -- what edits nothing ----------------------------------------------------------------------------------------------
def twin_operations(desk: TwinDesk) -> tuple[Operation, ...]:
    """Connecting, and looking back."""

    def ready(session: Session) -> str:
        return _no_twin(session) or ("stop playing first" if desk.host.play.is_playing else "")

    def connected(session: Session) -> str:
        return "" if desk.is_live else "nothing is connected"

    def past(session: Session) -> str:
        return "" if desk.past is not None else "no recording is open"

    def run(act: Callable[[Any], object]) -> Callable[[Host, Any], object]:
        return lambda host, parameters: act(parameters)

    return (
        Operation("live.connect", "Connect", run=run(lambda p: desk.connect()), blocked=ready, shortcut="F9"),
        Operation("live.disconnect", "Disconnect", run=run(lambda p: desk.stop()), blocked=connected, shortcut="Shift+F9"),
        Operation("live.acknowledge", "Acknowledge an alarm", run=run(lambda p: desk.acknowledge(p.number)),
                  parameters=AlarmParameters, blocked=connected),
        Operation("past.open", "Open a recording", run=run(lambda p: desk.look_back(Path(p.path))),
                  parameters=PathParameters, blocked=ready),
        Operation("past.close", "Close the recording", run=run(lambda p: desk.stop()), blocked=past),
        Operation("past.seek", "Go to a time", run=run(lambda p: desk.the_past.seek(p.at_ns)), parameters=MomentParameters,
                  blocked=past),
        Operation("past.play", "Play or pause the recording", run=run(lambda p: desk.the_past.toggle()), blocked=past),
        Operation("past.speed", "Speed of the recording", run=run(lambda p: desk.the_past.set_speed(p.speed)),
                  parameters=SpeedParameters, blocked=past),
        Operation("past.try_rules", "Try the rules on the recording", run=run(lambda p: desk.try_rules()), blocked=past),
    )  # fmt: skip


# -- help ------------------------------------------------------------------------------------------------------------
_connectors: list[Connectors] = []


def known_connectors() -> Connectors:
    """The kinds of sources that are installed; looked for once."""
    from taixu.twin.connectors import Connectors

    if not _connectors:
        _connectors.append(Connectors())
    return _connectors[0]


def frames_of(session: Session) -> Mapping[str, Any]:
    """Frames of the active world by name.

    Raises
    ------
    TaixuError
        When its settings describe one that there cannot be.
    """
    return _read_frames(session.world.resource(WorldSettings).section("twin"))


def _read_frames(section: Mapping[str, Any]) -> Mapping[str, Any]:
    from taixu.twin.frames import read_frames

    return read_frames(section.get("frames", {}), section.get("georeference"))


def _table(section: dict[str, Any], key: str) -> dict[str, Any]:
    found = section.get(key)
    return found if isinstance(found, dict) else {}


def _list(section: dict[str, Any], key: str) -> list[Any]:
    found = section.get(key)
    return found if isinstance(found, list) else []


def _put(items: list[Any], place: int, item: Any, what: str) -> list[Any]:
    if place < 0:
        return [*items, item]
    return [*_without(items, place, what)[:place], item, *items[place + 1 :]]


def _without(items: list[Any], place: int, what: str) -> list[Any]:
    if not 0 <= place < len(items):
        raise TaixuError(f"there is no {what} at place {place}")
    return items[:place] + items[place + 1 :]
