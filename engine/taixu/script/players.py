"""What people at a world's screens do with what scripts and mods show: as input events, so that recordings hold it.

A window, an editor and a browser call `press`, `submit` and `say`; the event arrives with the next poll of input, as a key
does, and scripts and mods hear of it in their next step. What comes from the outside (answers of servers, what was stored)
takes the same way.
"""

from __future__ import annotations

from taixu.app import Clock
from taixu.ecs import World
from taixu.platform import AnswerEvent, ChatEvent, Input, InputEvent, StoredEvent, WidgetEvent
from taixu.script.chat import Chat
from taixu.script.inbox import owner_of_text, owner_text
from taixu.script.storage import Storage
from taixu.script.widgets import Widgets

__all__ = ["hear_players", "hear_storage", "press", "say", "submit"]


def press(world: World, owner: int | str, name: str) -> None:
    """Press a button."""
    _send(world, WidgetEvent(owner_text(owner), name, ""))


def submit(world: World, owner: int | str, name: str, text: str) -> None:
    """Write a text into a field."""
    _send(world, WidgetEvent(owner_text(owner), name, text))


def say(world: World, text: str, *, who: str = "You") -> None:
    """Say something in the chat, as a player."""
    _send(world, ChatEvent(who, text))


def _send(world: World, event: InputEvent) -> None:
    if world.has_resource(Input):
        world.resource(Input).inject(event)


def hear_storage(world: World) -> None:
    """At the beginning of a frame: what a recording says that was stored, before anybody asks for it."""
    for event in world.resource(Input).frame.events if world.has_resource(Input) else ():
        if isinstance(event, StoredEvent) and world.has_resource(Storage):
            world.resource(Storage).give(event)


def hear_players(world: World) -> None:
    """At the beginning of a step: hand on what came since the last."""
    if not world.has_resource(Input):
        return
    for event in world.resource(Input).tick.events:
        match event:
            case WidgetEvent(owner, name, text):
                widgets, whose = world.resource(Widgets), owner_of_text(owner)
                widgets.press(whose, name)  # of the two, only what it is
                widgets.submit(whose, name, text)
            case ChatEvent(who, text):
                now = world.resource(Clock).now_secs
                world.resource(Chat).say(text, who=who, role="player", now_secs=now)
            case AnswerEvent(owner, name, status, text, error):
                world.resource(Widgets).inbox.add(
                    owner_of_text(owner), "answer", name, status=status, text=text, error=error
                )  # fmt: skip
            case StoredEvent():
                world.resource(Storage).give(event)
            case _:
                pass
