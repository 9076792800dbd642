"""Scenes of moments that were, for viewers who scrub or play a recording.

A thread of its own reads the recording into worlds apart from the one that runs, and each of those has an audience. Who looks at
the same moment shares one; who drags along the timeline asks for many moments, and only the newest is answered.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from taixu.app import App
from taixu.errors import TaixuError
from taixu.serve.audience import Audience
from taixu.serve.poses import PoseFrame, Poses
from taixu.serve.shelf import MeshShelf
from taixu.serve.sight import SceneFrame, Sight
from taixu.serve.skeletons import SkeletonShelf
from taixu.twin.memory import Recording
from taixu.twin.memory.chronicle import Chronicle
from taixu.twin.memory.cursor import Cursor
from taixu.twin.memory.measured import measures_at
from taixu.twin.recalling import recall_moment

__all__ = ["PastSource", "Pasts", "Watcher", "Wish"]

_log = logging.getLogger(__name__)
_MAX_SHOWS = 4
_SHOWN_A_SEC = 15.0
_LOOK_AGAIN_SECS = 0.5
_IDLE_SECS = 120.0
_MAX_SPEED = 3600.0
_MAX_ALARMS = 100


@dataclass(frozen=True, slots=True)
class PastSource:
    """Where the past comes from (a resource of the app that is served).

    Attributes
    ----------
    make
        Makes an app for moments of the past, with the project's files and an empty world; called in the past's thread.
    folder
        The recording; None is the one that is being written.
    end_ns
        Where a finished one ends; 0 while it is being written.
    """

    make: Callable[[], App]
    folder: Path | None = None
    end_ns: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """Which moment somebody wants to see.

    Attributes
    ----------
    speed
        0 stands still; 1 plays on from there as it went.
    is_known
        Show what was true then, by all that is known by now, rather than what was known then.
    """

    at_ns: int
    speed: float = 0.0
    is_known: bool = False

    def __post_init__(self) -> None:
        if not -_MAX_SPEED <= self.speed <= _MAX_SPEED or abs(self.at_ns) >= 1 << 62:
            raise TaixuError(f"a moment is {{\"at\": nanoseconds since 1970, \"speed\": at most {_MAX_SPEED:g}}}")


class Watcher(Protocol):
    """Somebody who can look at the past (the network's thread)."""

    def enter(self, audience: Audience) -> None:
        """See what this audience sees from now on, all of it told anew."""

    def hear_moment(self, facts: dict[str, Any]) -> None:
        """Learn which moment is shown."""

    def hear_problem(self, sentence: str) -> None:
        """Learn why nothing is."""

    def go_live(self) -> None:
        """What was played has caught up with what is."""


@dataclass(slots=True)
class _Scene:
    """A world of the past (the past's thread)."""

    app: App
    sight: Sight
    poses: Poses
    cursor: Cursor


@dataclass(slots=True, eq=False)
class _Show:
    """What some watchers look at together."""

    wish: Wish
    version: int = 0
    """Goes up with every wish."""
    audience: Audience = field(default_factory=Audience)
    watchers: list[Watcher] = field(default_factory=list)
    is_ready: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    scene: _Scene | None = None
    answered: int = -1
    begun: float = 0.0
    due: float = 0.0
    left: float = 0.0
    """When the last watcher went."""


class Pasts:
    """All that is shown of the past."""

    def __init__(self, shelf: MeshShelf, skeletons: SkeletonShelf) -> None:
        self._shelf, self._skeletons = shelf, skeletons
        self._shows: list[_Show] = []
        self._lock = threading.Condition()
        self._source: tuple[Path, Callable[[], App], Callable[..., None]] | None = None
        self._recording: Recording | None = None
        self._chronicle: Chronicle | None = None
        self._looked = 0.0
        self._is_closed = self._is_finished = False
        self._thread: threading.Thread | None = None

    def open(self, folder: Path, make: Callable[[], App], call_soon: Callable[..., None], *, is_finished: bool) -> None:
        """Say where the past comes from, and how to call functions in the network's thread."""
        self._source, self._is_finished = (folder, make, call_soon), is_finished

    def close(self) -> None:
        """End."""
        with self._lock:
            self._is_closed = True
            self._lock.notify()
        if self._thread is not None:
            self._thread.join()

    # The network's thread

    def look(self, watcher: Watcher, wish: Wish) -> None:
        """Somebody wants to see a moment; what he asked for before is forgotten.

        Raises
        ------
        TaixuError
            When nothing is recorded, or too many look at other moments.
        """
        if self._source is None:
            raise TaixuError("nothing is recorded here; start it with taixu serve --record")
        with self._lock:
            own = next((show for show in self._shows if watcher in show.watchers), None)
            shared = next((show for show in self._shows if show.wish == wish and show.watchers and show is not own), None)
            if shared is not None:
                self._part(watcher, own)
                shared.watchers.append(watcher)
                if shared.is_ready:
                    watcher.enter(shared.audience)
                    watcher.hear_moment(shared.facts)
                return
            show = own if own is not None and len(own.watchers) == 1 else self._free_show(wish)
            if show is not own:
                self._part(watcher, own)
                show.watchers.append(watcher)
                show.is_ready = False
            show.wish = wish
            show.version += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="taixu past", daemon=True)
                self._thread.start()
            self._lock.notify()

    def leave(self, watcher: Watcher) -> None:
        """Somebody looks at the past no more."""
        with self._lock:
            self._part(watcher, next((show for show in self._shows if watcher in show.watchers), None))
            self._lock.notify()

    def _part(self, watcher: Watcher, show: _Show | None) -> None:
        if show is not None:
            show.watchers.remove(watcher)
            show.left = time.monotonic()

    def _free_show(self, wish: Wish) -> _Show:
        for show in self._shows:
            if not show.watchers:
                return show
        if len(self._shows) >= _MAX_SHOWS:
            raise TaixuError("too many look at other moments just now; look where somebody else does, or come again")
        self._shows.append(_Show(wish))
        return self._shows[-1]

    def _shown(
        self, show: _Show, version: int, frame: SceneFrame, posed: PoseFrame, facts: dict[str, Any], *, is_anew: bool,
        is_first: bool,
    ) -> None:  # fmt: skip
        """A frame of the past has come; the first of a world knows nothing of those before."""
        if is_first:
            show.audience = Audience()
        if is_anew:
            show.audience.tell_anew()
        show.audience.show(frame)
        show.audience.pose(posed)
        show.facts = show.facts | facts
        show.is_ready = show.is_ready or version == show.version
        for watcher in list(show.watchers) if show.is_ready else ():
            watcher.enter(show.audience)
            watcher.hear_moment(facts)

    def _failed(self, show: _Show, sentence: str) -> None:
        for watcher in list(show.watchers):
            watcher.hear_problem(sentence)

    def _caught_up(self, show: _Show) -> None:
        for watcher in list(show.watchers):
            watcher.go_live()

    # The past's thread

    def _run(self) -> None:
        while True:
            with self._lock:
                show = self._next()
                if show is None and not self._is_closed:
                    self._lock.wait(self._pause())
                if self._is_closed:
                    break
                show, old = self._next(), self._old()
                wish, version = (show.wish, show.version) if show is not None else (Wish(0), 0)
            for scene in old:
                scene.app.close()
            if show is None:
                continue
            assert self._source is not None
            try:
                self._answer(show, wish, version)
            except TaixuError as error:
                self._give_up(show, version, str(error))
            except Exception:
                _log.exception("a moment of the past cannot be shown")
                self._give_up(show, version, "this moment cannot be shown; the server's log says why")
        for each in self._shows:
            if each.scene is not None:
                each.scene.app.close()

    def _give_up(self, show: _Show, version: int, sentence: str) -> None:
        """What broke halfway is not gone on with: the next wish begins with a world of its own."""
        assert self._source is not None
        if show.scene is not None:
            show.scene.app.close()
        show.answered, show.scene, show.due = version, None, float("inf")
        self._source[2](self._failed, show, sentence)

    def _next(self) -> _Show | None:
        """The show that waits longest."""
        now = time.monotonic()
        waiting = [show for show in self._shows if show.watchers and (show.version != show.answered or show.due <= now)]
        return min(waiting, key=lambda show: show.due, default=None)

    def _old(self) -> list[_Scene]:
        """Worlds that nobody has looked at for a while: they are made again when somebody wants them."""
        found = []
        for show in self._shows:
            if not show.watchers and show.scene is not None and time.monotonic() - show.left > _IDLE_SECS:
                found.append(show.scene)
                show.scene = None
        return found

    def _pause(self) -> float | None:
        due = [show.due for show in self._shows if show.watchers]
        due += [show.left + _IDLE_SECS for show in self._shows if not show.watchers and show.scene is not None]
        soonest = min(due, default=float("inf"))
        return None if soonest == float("inf") else max(soonest - time.monotonic(), 0.0) + 0.001

    def _answer(self, show: _Show, wish: Wish, version: int) -> None:
        assert self._source is not None
        is_anew = version != show.answered
        now = time.monotonic()
        recording = self._follow(now, wish.at_ns)
        first, last = recording.span_ns
        if not self._is_finished:
            last = max(last, time.time_ns())  # nothing has happened since
        at_ns = wish.at_ns + (0 if is_anew else round((now - show.begun) * wish.speed * 1e9))
        is_over = bool(wish.speed) and not first <= at_ns <= last
        if is_over and wish.speed > 0 and not self._is_finished:
            show.answered, show.due = version, float("inf")
            self._source[2](self._caught_up, show)
            return
        at_ns = min(max(at_ns, first), last)
        is_first = show.scene is None
        frame, posed, measures = self._frame(show, recording, at_ns, known_ns=last if wish.is_known else None)
        if is_anew:
            show.begun = time.monotonic()  # the first moment of a recording may take its time
        speed = 0.0 if is_over else wish.speed
        show.answered = version
        show.due = now + 1.0 / _SHOWN_A_SEC if speed else float("inf")
        facts: dict[str, Any] = {"time_ns": at_ns, "live": False, "speed": speed, "known": wish.is_known}
        assert self._chronicle is not None
        alarms = self._chronicle.alarms(at_ns)[:_MAX_ALARMS]
        if is_anew or alarms != show.facts.get("alarms"):
            facts["alarms"] = alarms
        if is_anew or measures != show.facts.get("measures"):
            facts["measures"] = measures
        self._source[2](partial(self._shown, is_anew=is_anew, is_first=is_first), show, version, frame, posed, facts)

    def _follow(self, now: float, at_ns: int) -> Recording:
        assert self._source is not None
        if self._recording is None or self._recording.folder != self._source[0]:  # the clock was set: another goes on
            self._recording = Recording(self._source[0])
            self._chronicle = Chronicle(self._recording)
            self._chronicle.refresh()
        elif not self._is_finished and (now - self._looked > _LOOK_AGAIN_SECS or at_ns > self._recording.span_ns[1]):
            self._recording.refresh()
            assert self._chronicle is not None
            self._chronicle.refresh()
            self._looked = now
        return self._recording

    def _frame(
        self, show: _Show, recording: Recording, at_ns: int, *, known_ns: int | None
    ) -> tuple[SceneFrame, PoseFrame, list[dict[str, Any]]]:
        assert self._source is not None
        if show.scene is None:
            sight = Sight(self._shelf)
            show.scene = _Scene(self._source[1](), sight, Poses(sight, self._skeletons), Cursor(recording))
        scene, app = show.scene, show.scene.app
        moment = scene.cursor.moment(at_ns, known_ns=known_ns)
        recall_moment(app, moment)
        return scene.sight.look(app.world, time_ns=at_ns), scene.poses.look(app.world), measures_at(moment)
