"""`Chat`: what players, scripts and mods say to each other, one line each, for all to read.

Whoever shows a world draws the lines. Scripts and mods hear a line once, in the step after it was said, and never
their own. They may say a few lines at once and two a second for long; players are as fast as they type.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from taixu.script.plain_text import plain_line

__all__ = ["MOST_SAID", "Chat", "ChatLine"]

MOST_SAID = 300
"""Characters of a line."""
_KEPT = 100
_LONGEST_NAME = 40
_AT_ONCE = 8
_LINES_A_SEC = 2.0


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line.

    Attributes
    ----------
    owner : int or str
        Stable id of a script's entity, the id of a mod, or "" for a player.
    role : str
        "player", "mod" or "script".
    who, text : str
    secs : float
        World time at which it was said.
    """

    owner: int | str
    role: str
    who: str
    text: str
    secs: float


class Chat:
    """The chat of a world (a resource).

    Attributes
    ----------
    lines : deque of ChatLine
        The latest hundred.
    count : int
        Lines ever said.
    open : bool
        Whether anybody uses it here: there is something to read, or somebody who listens.
    """

    def __init__(self) -> None:
        self.lines: deque[ChatLine] = deque(maxlen=_KEPT)
        self.count = 0
        self.open = False
        self._budgets: dict[int | str, tuple[float, float]] = {}

    def say(self, text: str, *, owner: int | str = "", who: str, role: str, now_secs: float) -> bool:
        """Say a line; False where there is nothing in it, or its owner says too much."""
        line = plain_line(text)[:MOST_SAID]
        if not line or (role != "player" and not self._may(owner, now_secs)):
            return False
        self.lines.append(ChatLine(owner, role, plain_line(who)[:_LONGEST_NAME] or "?", line, now_secs))
        self.count += 1
        self.open = True
        return True

    def clear(self) -> None:
        """Nothing was said here yet."""
        self.lines.clear()
        self._budgets.clear()
        self.open = False

    def since(self, count: int) -> list[ChatLine]:
        """The lines that came after the first `count`."""
        new = min(self.count - count, len(self.lines))
        return list(self.lines)[len(self.lines) - new :] if new > 0 else []

    def _may(self, owner: int | str, now_secs: float) -> bool:
        left, then = self._budgets.get(owner, (float(_AT_ONCE), now_secs))
        left = min(float(_AT_ONCE), left + max(0.0, now_secs - then) * _LINES_A_SEC)
        self._budgets[owner] = (left - 1.0 if left >= 1.0 else left, now_secs)
        return left >= 1.0

    def fork(self, world: object) -> Chat:
        """Nobody chats in a fork."""
        return Chat()
