"""`NetBroker`: what mods ask of servers, a few at a time, each in a thread of its own; answers come with the next frame."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection
from time import monotonic

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.mods.host import ModHost
from taixu.mods.net.https import Line, ask_page
from taixu.platform import AnswerEvent, Input
from taixu.script.inbox import owner_text

__all__ = ["NetBroker"]

_AT_ONCE = 8
_AT_ONCE_OF_ONE = 2
_IN_A_ROW = 10
_A_SEC = 1.0
_MOST_WAITING = 64


class NetBroker:
    """Asks servers for the mods of one world.

    Parameters
    ----------
    refusal
        Says why nothing may be asked here; empty where it may.
    line
        How the network is reached.

    What could not be asked, or was not answered, is told to who asked as an event, and to the user in a line.
    """

    def __init__(self, refusal: Callable[[], str] = lambda: "", *, line: Line | None = None) -> None:
        self._refusal, self._line = refusal, line or Line()
        self._done: deque[AnswerEvent] = deque(maxlen=_MOST_WAITING)
        self._busy: dict[int | str, int] = {}
        self._budgets: dict[int | str, tuple[float, float]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def ask(
        self, world: World, owner: int | str, hosts: Collection[str] | None, *, name: str, url: str, method: str = "GET",
        body: str = "",
    ) -> None:
        """Ask for an owner; `hosts` None allows any. The answer, or why there is none, is an event of a later step."""
        problem = self._refusal() or self._too_much(owner)
        if problem:
            self._done.append(AnswerEvent(owner_text(owner), name, 0, "", problem))
            return
        with self._lock:
            self._busy[owner] = self._busy.get(owner, 0) + 1
        threading.Thread(
            target=self._run, args=(owner, hosts, name, url, method, body), name="taixu net", daemon=True
        ).start()  # fmt: skip

    @property
    def waiting(self) -> int:
        """Questions whose answers were not handed on yet."""
        with self._lock:
            return sum(self._busy.values()) + len(self._done)

    def tend(self, world: World) -> None:
        """Hand on what was answered; at the beginning of a frame."""
        while self._done:
            answer = self._done.popleft()
            mod = world.resource(ModHost).mods.get(answer.owner) if world.has_resource(ModHost) else None
            if answer.error and mod is not None:
                mod.tell_once(f"mod {mod.name!r} asked a server in vain: {answer.error}")
            if world.has_resource(Input):
                world.resource(Input).inject(answer)

    def close(self) -> None:
        """Nobody waits for answers any more."""
        self._closed = True

    def _too_much(self, owner: int | str) -> str:
        with self._lock:
            if self._busy.get(owner, 0) >= _AT_ONCE_OF_ONE or sum(self._busy.values()) >= _AT_ONCE:
                return f"{_AT_ONCE_OF_ONE} questions are on their way already; wait for their answers"
        now = monotonic()
        left, then = self._budgets.get(owner, (float(_IN_A_ROW), now))
        left = min(float(_IN_A_ROW), left + (now - then) * _A_SEC)
        self._budgets[owner] = (max(0.0, left - 1.0), now)
        return "" if left >= 1.0 else "one question a second is asked for long; ask less often"

    def _run(self, owner: int | str, hosts: Collection[str] | None, name: str, url: str, method: str, body: str) -> None:
        status, text, problem = 0, "", ""
        try:
            page = ask_page(url, hosts=hosts, method=method, body=body, line=self._line)
            status, text = page.status, page.text
        except TaixuError as error:
            problem = str(error)
        except Exception as error:  # whatever a server brings to light, the mod gets its answer
            problem = f"it cannot be asked ({type(error).__name__})"
        if not self._closed:
            self._done.append(AnswerEvent(owner_text(owner), name, status, text, problem))
        with self._lock:
            self._busy[owner] -= 1
