"""Who listens to a world's news: each has room for the newest of every subject, and hears of nothing else.

What waits for a listener is one message a subject, the newest. So a slow one hears less often but nothing old, and costs no more
memory than a quick one; a message is encoded once, however many hear it.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest

__all__ = ["Listener", "Listeners"]

MAX_FOLLOWED = 16
"""Entities that one listener may follow."""
_MAX_FOLLOWED_BY_ALL = 2048
_SAID_A_SEC, _SAID_AT_ONCE = 30.0, 60.0
_MAX_LISTENERS = 1000
_MAX_OTHERS = 32
"""Of so many others a listener hears where they look."""
_FARTHEST_M = 1e9
_ID = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody with an open page."""

    guest: Guest
    number: int = 0
    follows: tuple[int, ...] = ()
    eye: tuple[list[float], list[float]] | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    """The newest message of each subject that he has not been sent yet."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _left: float = _SAID_AT_ONCE
    _at: float = field(default_factory=time.monotonic)

    def tell(self, subject: str, message: str) -> None:
        """Let him know, instead of what he has not heard yet of the subject."""
        self.waiting.pop(subject, None)
        self.waiting[subject] = message
        self.wake.set()

    def may_speak(self) -> bool:
        """Whether he says no more than anybody needs to."""
        now = time.monotonic()
        self._left = min(_SAID_AT_ONCE, self._left + (now - self._at) * _SAID_A_SEC)
        self._at = now
        self._left -= 1.0
        return self._left >= 0.0


class Listeners:
    """All listeners, and the newest of what all of them hear (the network's thread)."""

    def __init__(self) -> None:
        self.all: list[Listener] = []
        self.followed: frozenset[int] = frozenset()
        """Stable ids that anybody follows; swapped as a whole, so that the world's thread may read it."""
        self._news: dict[str, str] = {}
        self._values: dict[int, str] = {}
        self._entered = 0
        self._is_presence_old = False

    @property
    def is_full(self) -> bool:
        """Whether nobody else finds room."""
        return len(self.all) >= _MAX_LISTENERS

    def enter(self, listener: Listener) -> None:
        """Somebody came: he hears all that is known."""
        self._entered += 1
        listener.number = self._entered
        self.all.append(listener)
        for subject, message in self._news.items():
            listener.tell(subject, message)
        self._is_presence_old = True

    def leave(self, listener: Listener) -> None:
        """Somebody went."""
        self.all.remove(listener)
        self._count_followed()
        self._is_presence_old = True

    def tell(self, subject: str, facts: Any) -> None:
        """Tell everybody, and who comes later: ``{subject: facts}``."""
        message = self._news[subject] = _packed({subject: facts})
        for listener in self.all:
            listener.tell(subject, message)

    def tell_values(self, values: dict[int, dict[str, Any]]) -> None:
        """What entities say now, to those who follow them."""
        if len(self._values) > 2 * _MAX_FOLLOWED_BY_ALL:
            self._values = {entity: text for entity, text in self._values.items() if entity in self.followed}
        messages = {entity: _packed({"values": told}) for entity, told in values.items()}
        self._values |= messages
        for listener in self.all:
            for entity in listener.follows:
                if entity in messages:
                    listener.tell(f"values {entity}", messages[entity])

    def follow(self, listener: Listener, ids: Any) -> None:
        """Somebody wants to hear what some entities say, in place of those he followed before.

        Parameters
        ----------
        ids
            Stable ids as documents write them.

        Raises
        ------
        TaixuError
            When they are no such ids, or too many.
        """
        are_ids = isinstance(ids, list) and all(isinstance(each, str) and _ID.match(each) for each in ids)
        if not are_ids or len(ids) > MAX_FOLLOWED:
            raise TaixuError(f"follow takes a list of at most {MAX_FOLLOWED} ids such as 00000000000000aa")
        wanted = tuple(dict.fromkeys(int(each, 16) for each in ids))
        if len(self.followed.union(wanted)) > _MAX_FOLLOWED_BY_ALL:
            raise TaixuError("all viewers together follow too many things; come again")
        new = set(wanted).difference(listener.follows)
        listener.follows = wanted
        self._count_followed()
        for entity in new:
            if entity in self._values:
                listener.tell(f"values {entity}", self._values[entity])

    def look(self, listener: Listener, eye: Any) -> None:
        """Somebody looks from a place towards another.

        Raises
        ------
        TaixuError
            When these are no places.
        """
        places: list[Any] = [eye.get("at"), eye.get("toward")] if isinstance(eye, dict) else []
        if not places or not all(map(_is_place, places)):
            raise TaixuError('eye takes {"at": [x, y, z], "toward": [x, y, z]} in metres')
        at, toward = ([round(float(each), 2) for each in place] for place in places)
        self._is_presence_old |= listener.eye != (at, toward)
        listener.eye = (at, toward)

    def tell_presence(self) -> None:
        """Tell everybody who is there, where that changed since the last call."""
        if not self._is_presence_old:
            return
        self._is_presence_old = False
        shown = self.all[: _MAX_OTHERS + 1]
        others = [(each, _packed(_presence(each, you=False))) for each in shown]
        for listener in self.all:
            parts = [_packed(_presence(listener, you=True))]
            parts += [text for each, text in others if each is not listener][:_MAX_OTHERS]
            listener.tell("presence", f'{{"presence":[{",".join(parts)}],"watching":{len(self.all)}}}')

    def _count_followed(self) -> None:
        self.followed = frozenset().union(*(each.follows for each in self.all))

def _presence(listener: Listener, *, you: bool) -> dict[str, Any]:
    at, toward = listener.eye or (None, None)
    return {"name": listener.guest.name, "number": listener.number, "you": you, "at": at, "toward": toward}


def _is_place(place: Any) -> bool:
    return (
        isinstance(place, list) and len(place) == 3
        and all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in place)
        and all(abs(each) <= _FARTHEST_M for each in place)  # NaN is not
    )  # fmt: skip


def _packed(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def hear(listeners: Listeners, listener: Listener, text: str) -> None:
    """Do what somebody says: ``{"follow": [ids]}``, ``{"eye": {...}}``.

    Raises
    ------
    TaixuError
        When it cannot be understood.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise TaixuError("a listener says objects of JSON: follow or eye")
    actions: Sequence[tuple[str, Callable[[Listener, Any], None]]] = (("follow", listeners.follow), ("eye", listeners.look))
    for name, act in actions:
        if name in said:
            act(listener, said[name])
