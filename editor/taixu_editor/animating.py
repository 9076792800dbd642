"""Animating by hand: the playhead, keys that the inspector sets, and the recording, which makes keys of all that changes.

While it records, the selected entity itself stands as its tracks say at the playhead, so that handles, inspector and view
agree; what hands change then becomes keys of the same step of history, as soon as they let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.edit import Done, Nothing, Operation, Session
from taixu.edit.history import JOINED
from taixu.errors import TaixuError
from taixu_editor.keyframes import animatable, tracks_of, value_now

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Animating", "animating_operations"]

_SAME = 1e-6
_SAME_SECS = 1e-3
_QUIET = ("animation.", "selection.", "history.")
"""What is no change by hand."""


class Animating:
    """What a window animates.

    Attributes
    ----------
    time_secs
        Where the playhead is.
    is_recording
        Whether changes become keys.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.time_secs = 0.0
        self.is_recording = False
        self._hovered, self._hovered_frame = "", -10
        self.shown_frame = -10
        """The latest frame in which the timeline was seen."""
        self._values: dict[str, list[float]] = {}
        self._posed = ""
        self._is_due = False
        self._takes = 0
        self._tracks: dict[str, Any] = {}
        self._tracks_key: object = None
        window.host.operations.on_done.append(self._done)

    # -- what is animated --------------------------------------------------------------------------------------------
    @property
    def entity(self) -> str:
        """The selected entity, the active one of several; empty for none, and while a world runs."""
        session = self._window.host.session
        if not session.worlds or self._window.host.play.is_playing or not session.current.selection:
            return ""
        return str(session.current.selection[-1])

    @property
    def is_shown(self) -> bool:
        """Whether the timeline is seen, so that fields have marks of keys."""
        return self.is_recording or imgui.get_frame_count() - self.shown_frame <= 1

    def tracks(self) -> dict[str, Any]:
        """Tracks of the entity, read again when something was edited."""
        session, entity = self._window.host.session, self.entity
        if not entity:
            return {}
        world = session.world
        key = (id(world), entity, max((table.touched for table in world.tables), default=0))
        if key != self._tracks_key:
            self._tracks_key, self._tracks = key, tracks_of(session, entity)
        return self._tracks

    def mark_of(self, track: str) -> str:
        """What a field's mark shows: "key" at the playhead, "track" where it has keys elsewhere, or "none"."""
        found = self.tracks().get(track)
        if found is None:
            return "none"
        return "key" if any(abs(time - self.time_secs) < _SAME_SECS for time in found["times"]) else "track"

    def hover(self, track: str) -> None:
        """The pointer is over a field."""
        self._hovered, self._hovered_frame = track, imgui.get_frame_count()

    # -- keys by hand ------------------------------------------------------------------------------------------------
    def press(self, track: str) -> None:
        """Set a key of a field at the playhead, or take away the one that is there."""
        entity, window = self.entity, self._window
        if not entity:
            return
        if self.mark_of(track) == "key":
            times = self.tracks()[track]["times"]
            key = min(range(len(times)), key=lambda i: abs(times[i] - self.time_secs))
            window.shell.later(lambda: window.do("animation.delete_key", entity=entity, track=track, key=key))
        else:
            at = round(self.time_secs, 4)
            window.shell.later(lambda: window.do("animation.key", entity=entity, track=track, time_secs=at))

    def key_here(self, fallback: str = "") -> None:
        """Set a key of the field under the pointer, or else of the one that the timeline has chosen."""
        entity = self.entity
        track = self._hovered if imgui.get_frame_count() - self._hovered_frame <= 2 else fallback
        if entity and track:
            self._window.do("animation.key", entity=entity, track=track, time_secs=round(self.time_secs, 4))

    # -- recording ---------------------------------------------------------------------------------------------------
    def record(self, *, on: bool) -> None:
        """Begin to record, or end."""
        self.is_recording = on and bool(self.entity)
        self._takes += 1
        self._is_due = False
        if self.is_recording:
            self._pose()

    def move_to(self, time_secs: float) -> None:
        """Put the playhead at a time; while it records the entity goes there with it."""
        self.time_secs = max(time_secs, 0.0)
        if self.is_recording:
            self._pose()

    def frame(self) -> None:
        """After the panels: what hands have let go of becomes keys."""
        self.draw_frames()
        if not self.is_recording:
            return
        if not self.entity:
            self.record(on=False)
        elif self.entity != self._posed:
            self._takes += 1
            self._pose()
        elif self._is_due and not imgui.is_mouse_down(imgui.MouseButton_.left):
            self._is_due = False
            self._keep_changes()

    def draw_frames(self) -> None:
        """A red frame around the views while it records, so that nobody forgets it."""
        if not self.is_recording:
            return
        unit = imgui.get_font_size()
        views: list[Any] = [panel for panel in self._window.panels if hasattr(panel, "navigation") and panel.is_open]
        for view in views:
            found = imgui.internal.find_window_by_name(view.window_name)
            if found is None or not found.active:
                continue
            (x, y), (wide, tall) = view.origin, view.extent
            edge = unit * 0.2
            found.draw_list.push_clip_rect((x, y), (x + wide, y + tall))
            color = self._window.theme.pack("recording")
            found.draw_list.add_rect((x + edge / 2, y + edge / 2), (x + wide - edge / 2, y + tall - edge / 2), color, 0.0, edge)
            found.draw_list.pop_clip_rect()

    def _done(self, done: Done) -> None:
        if not self.is_recording:
            return
        if done.operation.startswith("history."):
            self._is_due, self._values = False, self._read()
        elif not done.operation.startswith(_QUIET) and self._window.host.operations.find(done.operation).is_edit:
            self._is_due = True

    def _pose(self) -> None:
        """The entity stands as its tracks say; all looks at times that follow one another are one step."""
        entity = self.entity
        if entity:
            take = ("pose", entity, self._takes)
            self._window.do("animation.pose", merge=take, entity=entity, time_secs=self.time_secs)
        self._values, self._is_due, self._posed = self._read(), False, entity

    def _read(self) -> dict[str, list[float]]:
        """What all fields are now."""
        session, entity = self._window.host.session, self.entity
        if not entity:
            return {}
        try:
            return {name: value_now(session, entity, name) for name in animatable(session, entity)}
        except TaixuError:
            return {}

    def _keep_changes(self) -> None:
        """Keys of what differs; a field without any gets one at the beginning as well, as it was."""
        before, self._values = self._values, self._read()
        tracks = self.tracks()
        found: list[tuple[str, float, list[float]]] = []
        for name, value in self._values.items():
            was = before.get(name)
            if was is None or len(was) != len(value) or max(abs(a - b) for a, b in zip(was, value, strict=True)) <= _SAME:
                continue
            if name not in tracks and self.time_secs > _SAME_SECS:
                found.append((name, 0.0, was))
            found.append((name, round(self.time_secs, 4), value))
        if found:
            self._takes += 1
            names, times, values = zip(*found, strict=True)
            self._window.do("animation.add_keys", merge=JOINED, entity=self.entity, tracks=names, times_secs=times, values=values)


def animating_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """What a window's user does to animate."""

    def fallback() -> str:
        panel = next((each for each in window.panels if each.id == "animation"), None)
        return str(getattr(panel, "track", ""))

    def set_key(host: Any, p: Nothing) -> None:
        window.animating.key_here(fallback())

    def record(host: Any, p: Nothing) -> None:
        window.animating.record(on=not window.animating.is_recording)

    def blocked(session: Session) -> str:
        return "" if window.animating.entity else "nothing to animate is selected"

    return (
        Operation("animation.key_here", "Set a key at the playhead", run=set_key, shortcut="I", blocked=blocked),
        Operation("animation.record", "Record keys", run=record, blocked=blocked),
    )
