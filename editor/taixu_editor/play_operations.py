"""Playing, as operations: none of them edits by itself, but keeping changes is a step that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.edit import Nothing, Operation, Session
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError
from taixu_editor.play_changes import Change, family_of

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.play import Play

__all__ = ["play_operations"]


@dataclass(frozen=True, slots=True)
class SpeedParameters:
    """Seconds of the world to a second of the clock."""

    speed: float


@dataclass(frozen=True, slots=True)
class KeepParameters:
    """Changes of play to be kept."""

    changes: list[Any] = field(
        metadata={"doc": "each {entity, component, field, after}; without a field the component, without both the entity"}
    )


def play_operations(play: Play) -> tuple[Operation, ...]:
    """Starting, stopping, pausing; each is grey while it makes no sense."""

    def ready(session: Session) -> str:
        if not session.worlds:
            return "no world is open"
        if session.current.is_prefab:
            return "a prefab is not played; go to a world that it stands in"
        return "the world is played already" if play.is_playing else ""

    def playing(session: Session) -> str:
        return "" if play.is_playing else "nothing is played"

    def selected(session: Session) -> str:
        return playing(session) or ("" if session.current.selection else "nothing is selected")

    return (
        Operation("play.start", "Play", run=_start, shortcut="F5", blocked=ready),
        Operation("play.stop", "Stop", run=_stop, shortcut="Shift+F5", blocked=playing),
        Operation("play.pause", "Pause", run=_pause, shortcut="F6", blocked=playing),
        Operation("play.step", "Step", run=_step, shortcut="F7", blocked=playing),
        Operation("play.speed", "Time scale", run=_speed, parameters=SpeedParameters),
        Operation("play.keep", "Keep changes of play", run=_keep, parameters=KeepParameters, blocked=no_world),
        Operation("play.keep_selected", "Keep the selection as it is now", run=_keep_selected, shortcut="K", blocked=selected),
    )


def _start(host: Host, _: Nothing) -> None:
    host.play.start()


def _stop(host: Host, _: Nothing) -> None:
    host.play.stop()


def _pause(host: Host, _: Nothing) -> None:
    host.play.pause()


def _step(host: Host, _: Nothing) -> None:
    host.play.step()


def _speed(host: Host, p: SpeedParameters) -> None:
    host.play.speed = p.speed


def _keep(host: Host, p: KeepParameters) -> int:
    for number, each in enumerate(p.changes, 1):
        if not isinstance(each, dict) or not isinstance(each.get("entity"), str):
            raise TaixuError(f"change {number} names no entity")
    found = [Change(e["entity"], e.get("component", ""), e.get("field", ""), None, e.get("after")) for e in p.changes]
    return host.play.keep(found)


def _keep_selected(host: Host, _: Nothing) -> int:
    """With all below, as they are now, also as the world itself has moved them: rubble that has come to rest."""
    return host.play.keep(host.play.changes(only=family_of(host.session, host.session.current.selection)).items)
