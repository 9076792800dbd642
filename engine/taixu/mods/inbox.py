"""Messages on their way to a mod: so many and so long from each sender, so that nobody's flood costs the others a hearing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Inbox", "Letter", "length_of"]

_MOST_OF_ONE = 64
_MOST_BYTES_OF_ONE = 16 << 10
_MOST = 256
_MOST_BYTES = 64 << 10
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Letter:
    """One message.

    Attributes
    ----------
    name
        What it is called.
    to, sender
        Stable ids: whom it is for (None for all), and the entity that the sender runs for (0 for none).
    data
        What it says, as it crosses.
    nbytes
        How long that is.
    """

    name: str
    to: int | None
    sender: int
    data: dict[str, Any]
    nbytes: int = 0


@dataclass
class Inbox:
    """What one mod is told with its next step.

    Attributes
    ----------
    missed
        How many messages had no room, by sender.
    """

    missed: dict[str, int] = field(default_factory=dict)
    _letters: dict[str, list[Letter]] = field(default_factory=dict)
    _nbytes: dict[str, int] = field(default_factory=dict)
    _order: list[str] = field(default_factory=list)

    def add(
        self, sender: str, name: str, data: dict[str, Any], *, to: int | None = None, entity: int = 0, nbytes: int = 0
    ) -> bool:
        """Take a message in, of `nbytes` bytes where that is known; False where its sender has sent enough for this step."""
        nbytes = nbytes or length_of(name, data)
        mine, used = self._letters.setdefault(sender, []), self._nbytes.get(sender, 0)
        if len(mine) >= _MOST_OF_ONE or used + nbytes > _MOST_BYTES_OF_ONE:
            self.missed[sender] = self.missed.get(sender, 0) + 1
            return False
        mine.append(Letter(name, to, entity, data, nbytes))
        self._nbytes[sender] = used + nbytes
        self._order.append(sender)
        return True

    def take(self) -> list[Letter]:
        """Give the messages in the order in which they came, and begin anew.

        Where there are too many for one step, senders take turns; those without a turn are missed.
        """
        if not self._order:
            return []
        taken = self._share()
        left = {sender: iter(letters) for sender, letters in self._letters.items()}
        counts = dict.fromkeys(self._letters, 0)
        found = []
        for sender in self._order:
            letter = next(left[sender])
            counts[sender] += 1
            if counts[sender] <= taken[sender]:
                found.append(letter)
            else:
                self.missed[sender] = self.missed.get(sender, 0) + 1
        self._letters, self._nbytes, self._order = {}, {}, []
        return found

    def _share(self) -> dict[str, int]:
        """How many of each sender's messages are taken."""
        taken = dict.fromkeys(self._letters, 0)
        if len(self._order) <= _MOST and sum(self._nbytes.values()) <= _MOST_BYTES:
            return {sender: len(letters) for sender, letters in self._letters.items()}
        count = nbytes = 0
        turn = list(self._letters)
        while turn:
            again = []
            for sender in turn:
                letters, place = self._letters[sender], taken[sender]
                if count >= _MOST or nbytes + letters[place].nbytes > _MOST_BYTES:
                    continue
                taken[sender], count, nbytes = place + 1, count + 1, nbytes + letters[place].nbytes
                if place + 1 < len(letters):
                    again.append(sender)
            turn = again
        return taken


def length_of(name: str, data: dict[str, Any]) -> int:
    """How many bytes a message takes."""
    return len(name) + len(_encode(data))
