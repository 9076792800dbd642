"""What people and the outside send to scripts and mods: presses, texts, answers; kept until their owner's next step."""

from __future__ import annotations

from typing import Any

__all__ = ["Heard", "Inbox", "owner_of_text", "owner_text"]

Heard = tuple["int | str", str, str, dict[str, Any]]
"""Owner, and the event's kind, name and facts."""

_MOST = 64
"""Of one owner in a step: nobody writes or presses more."""


class Inbox:
    """Events by owner: the stable id of a script's entity, or the id of a mod."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []

    def add(self, owner: int | str, kind: str, name: str, **facts: Any) -> None:
        """Keep an event; what is more than anybody can mean is dropped."""
        if sum(1 for heard in self._heard if heard[0] == owner) < _MOST:
            self._heard.append((owner, kind, name, facts))

    def take(self, *, of_mods: bool) -> list[Heard]:
        """What came for mods, or for scripts, since this was last asked."""
        taken = [heard for heard in self._heard if isinstance(heard[0], str) == of_mods]
        self._heard = [heard for heard in self._heard if isinstance(heard[0], str) != of_mods]
        return taken


def owner_text(owner: int | str) -> str:
    """An owner as recordings and pages write it: a mod's id, or ``#`` and a stable id in hexadecimal digits."""
    return owner if isinstance(owner, str) else f"#{owner:x}"


def owner_of_text(text: str) -> int | str:
    """The owner that `owner_text` wrote; what is none names nobody."""
    if text.startswith("#"):
        try:
            return int(text[1:17], 16)
        except ValueError:
            return ""
    return text
