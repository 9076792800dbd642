"""Playing: the world as it is now goes into a world of its own, which runs; stopping forgets it.

The edited world is never touched by play. While it plays, the session's active world is the copy, so whoever edits, edits
what runs; `changes` says in what it has become different, and `keep` takes chosen differences over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, cast

from taixu.edit import OpenWorld, WorldParts, document_of, fill_world
from taixu.edit.touched import touched_by
from taixu.errors import TaixuError
from taixu.platform.events import InputEvent, KeyEvent, MouseButtonEvent
from taixu_editor.play_changes import Change, Changes, find_changes, keep_command

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu_editor.host import Host

__all__ = ["Change", "Changes", "Offer", "Play", "ViewPlatform"]

_log = logging.getLogger(__name__)
_SLOWEST, _FASTEST = 0.01, 100.0


class ViewPlatform:
    """Where a played world's input comes from: what happens over the view that shows it."""

    window = None

    def __init__(self) -> None:
        self._waiting: list[InputEvent] = []
        self._held: dict[tuple[type, str], InputEvent] = {}

    def put(self, events: Iterable[InputEvent]) -> None:
        """Events for the next frame."""
        for event in events:
            self._waiting.append(event)
            match event:
                case KeyEvent(key=name, down=down) | MouseButtonEvent(button=name, down=down):
                    if down:
                        self._held[type(event), name] = event
                    else:
                        self._held.pop((type(event), name), None)

    def let_go(self) -> None:
        """Whatever is held comes up: hands have left, and nobody walks on by himself."""
        held, self._held = self._held, {}
        for kind, name in held:
            self._waiting.append(KeyEvent(name, False) if kind is KeyEvent else MouseButtonEvent(name, False))

    def poll(self, fixed_tick: int) -> Sequence[InputEvent]:
        """What has come since the last call."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def present(self) -> None:
        """The view shows the world."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass(slots=True)
class Offer:
    """What the latest play has changed, of a world that is open still."""

    changes: Changes
    world: OpenWorld


class Play:
    """The one played world of a host, or none."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._edited: OpenWorld | None = None
        self._entry: OpenWorld | None = None
        self._since = 0  # the copy's tick when play began
        self._has_failed = False
        self._speed = 1.0
        self.platform = ViewPlatform()
        self.steps_wanted = 0
        self.started_at = 0.0
        """When the latest play began, in seconds since 1970."""
        self.offer: Offer | None = None
        """What the latest play has changed, until it is taken over or another one begins."""

    @property
    def speed(self) -> float:
        """Seconds of the world to a second of the clock; it stays from one play to the next."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = min(max(speed, _SLOWEST), _FASTEST)
        if self._entry is not None:
            self._entry.app.clock.speed = self._speed

    @property
    def now_secs(self) -> float:
        """How long the played world has lived, in its own time."""
        return 0.0 if self._entry is None else self._entry.app.clock.now_secs

    @property
    def frame_secs(self) -> float:
        """How much of the played world's time the latest frame took; 0 while it is paused, and while none is played."""
        return 0.0 if self._entry is None else self._entry.app.clock.frame_secs

    @property
    def is_playing(self) -> bool:
        """Whether a world is played, paused or not."""
        return self._entry is not None

    @property
    def edited(self) -> OpenWorld | None:
        """The world whose copy is played; None while none is."""
        return self._edited if self.is_playing else None

    @property
    def app(self) -> App | None:
        """What runs the played world; None while none is."""
        return None if self._entry is None else cast("App", self._entry.app)

    @property
    def is_paused(self) -> bool:
        """Whether time stands still in it."""
        return self._entry is not None and self._entry.app.clock.paused

    def is_played(self, entry: OpenWorld) -> bool:
        """Whether a world is the played copy, which nobody saves."""
        return entry is self._entry

    def start(self) -> None:
        """Play the active world from its beginning.

        Raises
        ------
        TaixuError
            When it is played already, or cannot be copied; nothing has changed then.
        """
        session = self._host.session
        if self.is_playing:
            raise TaixuError("the world is played already; stop it first")
        edited = session.current
        parts = document_of(edited.app.world)
        self.platform = ViewPlatform()
        app = self._host.make_app(session.project, platform=self.platform)
        try:
            _fill(app, parts)
        except BaseException:
            app.close()
            raise
        self._host.mods.begin(app)
        app.clock.speed = self._speed
        self._edited, self.offer, self._has_failed = edited, None, False
        self._entry = OpenWorld(app, edited.path, selection=edited.selection, recorded_tick=app.world.tick)
        self._since, self.started_at = app.world.tick, time()
        app.world.advance()
        session.worlds.append(self._entry)
        session.active = len(session.worlds) - 1

    def stop(self) -> None:
        """Forget the played world; the edited one is active again, and what has become different is on offer."""
        if self._entry is None:
            return
        session = self._host.session
        self._host.mods.end()
        self.offer = self._make_offer()
        entry, self._entry = self._entry, None
        session.active = session.worlds.index(entry)
        session.close()
        if self._edited is not None and self._edited in session.worlds:
            session.active = session.worlds.index(self._edited)
            self._edited.selection = session.living(entry.selection)
        self._edited = None

    def pause(self, on: bool | None = None) -> None:
        """Let time stand still, or go on."""
        if self._entry is not None:
            clock = self._entry.app.clock
            clock.paused = not clock.paused if on is None else on
            self._has_failed = False

    def step(self) -> None:
        """One fixed step, paused before and after."""
        self.pause(True)
        self.steps_wanted += 1

    def frame(self, delta_secs: float) -> None:
        """Let the played world run for the time of a frame.

        Raises
        ------
        TaixuError
            When a part of the engine or of a plugin fails in it: play is paused then, and can go on or be stopped.
        """
        if self._entry is None or self._has_failed:
            return
        app = self._entry.app
        try:
            if self.steps_wanted:
                self.steps_wanted -= 1
                app.clock.paused = False
                app.frame(app.clock.step_secs / max(app.clock.speed, 1e-3))
                app.clock.paused = True
            else:
                app.frame(delta_secs)
        except Exception as error:
            app.clock.paused = self._has_failed = True
            what = str(error) if isinstance(error, TaixuError) else f"{type(error).__name__}: {error}"
            _log.debug("play failed", exc_info=True)
            raise TaixuError(f"play is paused, because something failed in it: {what}") from error

    def changes(self, only: Iterable[str] | None = None) -> Changes:
        """In what the played world differs from the edited one now; `only` of some entities."""
        if self._entry is None or self._edited is None:
            return Changes()
        touched = touched_by(self._entry.history)
        return find_changes(self._edited, self._entry, since=self._since, touched=touched, only=only)

    def keep(self, changes: Iterable[Change]) -> int:
        """Take changes over into the edited world, as one step that can be undone; gives how many.

        While it plays, it goes on.

        Raises
        ------
        TaixuError
            When one of them cannot be made there; nothing has changed then.
        """
        chosen, session = list(changes), self._host.session
        edited = self._edited if self._edited is not None else self.offer.world if self.offer is not None else None
        if not chosen or edited is None or edited not in session.worlds:
            return 0
        active = session.active
        session.active = session.worlds.index(edited)
        try:
            session.do(keep_command(session, chosen), label="Keep changes of play")
        finally:
            session.active = active
        self.offer = None
        return len(chosen)

    def _make_offer(self) -> Offer | None:
        if self._edited is None or self._edited not in self._host.session.worlds:
            return None
        try:
            changes = self.changes()
        except Exception as error:  # whatever a script has left behind: stopping always works
            _log.warning("what changed while playing cannot be told: %s", error)
            return None
        return Offer(changes, self._edited) if changes.items else None


def _fill(app: App, parts: WorldParts) -> None:
    """Make a world from another's document, without a file between."""
    fill_world(app.world, parts, app.components)
    app.settle()
