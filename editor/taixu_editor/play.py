"""Playing: the world as it is now goes into a world of its own, which runs; stopping forgets it.

The edited world is never touched by play. While it plays, the session's active world is the copy, so whoever edits, edits
what runs; `changes` says in which fields it has become different, and `keep` takes chosen ones over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taixu.edit import Group, OpenWorld, SetFields, WorldParts, document_of, fill_world
from taixu.errors import TaixuError
from taixu.platform.events import InputEvent

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu_editor.host import Host

__all__ = ["Change", "Play", "ViewPlatform"]


class ViewPlatform:
    """Where a played world's input comes from: what happens over the view that shows it."""

    window = None

    def __init__(self) -> None:
        self._waiting: list[InputEvent] = []

    def put(self, events: Iterable[InputEvent]) -> None:
        """Events for the next frame."""
        self._waiting.extend(events)

    def poll(self, fixed_tick: int) -> Sequence[InputEvent]:
        """What has come since the last call."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def present(self) -> None:
        """The view shows the world."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the played world that is not as in the edited one."""

    entity: str
    component: str
    field: str
    before: Any
    after: Any


class Play:
    """The one played world of a host, or none."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._edited: OpenWorld | None = None
        self._entry: OpenWorld | None = None
        self.platform = ViewPlatform()
        self.steps_wanted = 0

    @property
    def is_playing(self) -> bool:
        """Whether a world is played, paused or not."""
        return self._entry is not None

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
        self._edited = edited
        self._entry = OpenWorld(app, edited.path, selection=edited.selection, recorded_tick=app.world.tick)
        session.worlds.append(self._entry)
        session.active = len(session.worlds) - 1

    def stop(self) -> None:
        """Forget the played world; the edited one is active again."""
        if self._entry is None:
            return
        session = self._host.session
        entry, self._entry = self._entry, None
        session.active = session.worlds.index(entry)
        session.close()
        if self._edited in session.worlds:
            session.active = session.worlds.index(self._edited)
        self._edited = None

    def pause(self, on: bool | None = None) -> None:
        """Let time stand still, or go on."""
        if self._entry is not None:
            clock = self._entry.app.clock
            clock.paused = not clock.paused if on is None else on

    def step(self) -> None:
        """One fixed step, paused before and after."""
        self.pause(True)
        self.steps_wanted += 1

    def frame(self, delta_secs: float) -> None:
        """Let the played world run for the time of a frame."""
        if self._entry is None:
            return
        app = self._entry.app
        if self.steps_wanted:
            self.steps_wanted -= 1
            app.clock.paused = False
            app.frame(app.clock.step_secs / max(app.clock.speed, 1e-3))
            app.clock.paused = True
        else:
            app.frame(delta_secs)

    def changes(self) -> list[Change]:
        """Authored fields in which the played world differs from the edited one, by entity and component."""
        if self._entry is None or self._edited is None:
            return []
        before = document_of(self._edited.app.world, columns_above=1 << 30).document.entities
        after = document_of(self._entry.app.world, columns_above=1 << 30).document.entities
        return [
            Change(entity, component, field, before[entity][component].get(field), value)
            for entity, block in after.items()
            if entity in before
            for component, fields in block.items()
            if isinstance(fields, dict) and isinstance(before[entity].get(component), dict)
            for field, value in fields.items()
            if before[entity][component].get(field) != value
        ]

    def keep(self, changes: Iterable[Change]) -> None:
        """Take changes over into the edited world, as one step that can be undone; it keeps playing."""
        chosen = list(changes)
        if self._edited is None or not chosen:
            return
        session = self._host.session
        playing = session.active
        session.active = session.worlds.index(self._edited)
        try:
            commands = tuple(SetFields(each.entity, each.component, {each.field: each.after}) for each in chosen)
            session.do(Group(commands), label="Keep changes of play")
        finally:
            session.active = playing


def _fill(app: App, parts: WorldParts) -> None:
    """Make a world from another's document, without a file between."""
    fill_world(app.world, parts, app.components)
    app.settle()
