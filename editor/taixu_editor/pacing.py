"""How soon the next frame is: at once while something moves or hands do, a few times a second while all is still.

An editor is looked at for hours. While nothing happens its loop waits for events, and what it lays out meanwhile (logs grow, files
change, a cursor blinks) is painted only where it came out differently.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.app import Jobs

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Pacing"]

_AWAKE_SECS = 0.7
"""After the last event: tooltips come, and what was begun ends."""
_REST_SECS = 0.25
_WORK_SECS, _GLANCE_SECS = 0.03, 0.1
"""While jobs run in the background whose progress is shown, and while those run that are mostly done at once."""
_STEP_SECS = 1 / 60
_PAINT_SECS = 1.0
"""Not every desktop keeps what another window covered."""


class Pacing:
    """Says after each frame how long to wait for events before the next."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._until = monotonic() + _AWAKE_SECS
        self._drawn = window.device.frames
        self._paint_at = 0.0
        self._idle_at = monotonic()
        self.rest_secs = 0.0
        """How long the present frame has waited for events, at most; 0 while awake."""

    def wake(self, secs: float = _AWAKE_SECS) -> None:
        """Something goes on: draw at full speed for a while."""
        self._until = max(self._until, monotonic() + secs)

    def step(self, delta_secs: float) -> float:
        """The time that a frame stands for: what was waited is no time in which things move."""
        return min(delta_secs, _STEP_SECS) if self.rest_secs else delta_secs

    def must_paint(self) -> bool:
        """Whether the present frame has to be painted, though it may have come out like the last one."""
        now = monotonic()
        if self.rest_secs and self._window.device.frames - self._drawn <= 1 and now < self._paint_at:
            return False
        self._paint_at = now + _PAINT_SECS
        return True

    def follow(self) -> None:
        """A frame is over: decide when the next one begins."""
        if self._is_moving():
            self.wake()
        if monotonic() < self._until:
            self.rest_secs = 0.0
        else:
            self.rest_secs = self._rest()

    def _is_moving(self) -> bool:
        window = self._window
        drawn, self._drawn = self._drawn, window.device.frames
        if window.events or self._drawn - drawn > 1:  # one is the window's own; more is a world that was drawn
            return True
        play, past = window.host.play, window.host.twin.past
        if past is not None and (past.is_playing or past.is_busy):
            return True
        return (play.is_playing and not play.is_paused) or imgui.is_any_mouse_down() or window.shell.is_waiting

    def _rest(self) -> float:
        window, now = self._window, monotonic()
        if window.thumbnails.pending or window.renderer.lighting.skies.is_making:
            return _WORK_SECS
        if window.host.twin.copy is not None:  # readings come whenever they come
            return _WORK_SECS
        worlds = (entry.app.world for entry in window.host.session.worlds)
        if not any(world.has_resource(Jobs) and world.resource(Jobs).pending for world in worlds):
            self._idle_at = now
            return _REST_SECS
        return _WORK_SECS if now - self._idle_at > 0.5 else _GLANCE_SECS
