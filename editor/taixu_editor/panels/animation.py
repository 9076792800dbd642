"""Animation: a model's clips to look at, and keys of any field of what is selected, on a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.keyframes import animatable
from taixu_editor.panels.animation_clips import ClipChoice
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.timeline import Timeline, track_title
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["AnimationPanel"]

_SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0)
_LEAST_SECS = 2.0
_WAYS = {"linear": "Linear", "smooth": "Smooth", "step": "Steps"}


class AnimationPanel(Panel):
    """The timeline of the selected entity. Looking at a time changes nothing: the view shows a copy, unless it records."""

    id: ClassVar[str] = "animation"
    title: ClassVar[str] = "Animation"
    dock: ClassVar[str] = "bottom"
    own_keys: ClassVar[frozenset[str]] = frozenset({"Delete", "Ctrl+C", "Ctrl+V", "Ctrl+A"})

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.timeline, self.clips = Timeline(window), ClipChoice(window)
        self.speed, self.is_looping, self.is_running = 1.0, True, False
        self.track = "transform.position"
        self.copied: list[tuple[str, float, list[float]]] = []
        """Keys that were copied: track, seconds after the first of them, value."""
        self._entity = ""
        self._world_tick: Any = None

    @property
    def time_secs(self) -> float:
        """Where the playhead is."""
        return self.window.animating.time_secs

    def draw(self) -> None:
        """The bars, then the timeline."""
        animating, entity = self.window.animating, self.window.animating.entity
        animating.shown_frame = imgui.get_frame_count()
        if entity != self._entity:
            self._leave()
            self._entity, self.timeline.chosen = entity, set()
            if entity:
                self.clips.meet(entity)
                if not animating.is_recording:
                    animating.time_secs = 0.0
        if not entity:
            self._leave()
            self._draw_nothing()
            return
        tracks = animating.tracks()
        self.clips.follow(entity)
        length = max([self.clips.length_secs, *(track["times"][-1] for track in tracks.values())])
        self._follow_edits()
        self._run(length)
        self._bar(entity, tracks)
        if self.clips.names and self.clips.draw(entity):
            self.look_at(self.time_secs)
        seen = max(length * 1.15, _LEAST_SECS, self.time_secs * 1.05 if not self.is_running else 0.0)
        asked = self.timeline.draw(entity, tracks, self.time_secs, seen, self.clips.shown())
        if asked is not None:
            self._go(asked)
        self._keys(entity, tracks)

    # -- time --------------------------------------------------------------------------------------------------------
    @property
    def is_previewing(self) -> bool:
        """Whether the view shows the copy."""
        return self.window.preview.world is not None

    def look_at(self, time_secs: float) -> None:
        """Show a time in the view, by a copy."""
        self.window.animating.time_secs = max(time_secs, 0.0)
        if not self.is_previewing:
            self.window.preview.start(self._entity)
            self._world_tick = self._edit_key()
        self.window.preview.show(self.time_secs, **self.clips.looks())

    def _go(self, time_secs: float) -> None:
        """Put the playhead somewhere by hand."""
        self.is_running = False
        if self.window.animating.is_recording:
            self.window.preview.stop()
            self.window.animating.move_to(time_secs)
        else:
            self.look_at(time_secs)

    def release(self) -> None:
        """Forget the copy."""
        self._leave()

    def _leave(self) -> None:
        self.is_running = False
        if self.is_previewing:
            self.window.preview.stop()

    def _edit_key(self) -> object:
        world = self.host.session.world
        return (id(world), max((table.touched for table in world.tables), default=0))

    def _follow_edits(self) -> None:
        """An edit ends the look at the copy: one wants to see what one does. Edits of keys are looked at."""
        if self.is_previewing and self._edit_key() != self._world_tick:
            self.window.preview.stop()
            log = self.host.operations.log
            if log and log[-1].operation.startswith("animation.") and not self.window.animating.is_recording:
                self.look_at(self.time_secs)
            else:
                self.is_running = False

    def _run(self, length: float) -> None:
        if not self.is_running:
            return
        time = self.time_secs + imgui.get_io().delta_time * self.speed
        if length > 0 and time > length:
            time, self.is_running = (time % length, True) if self.is_looping else (length, False)
        self.look_at(time)

    # -- the bar -----------------------------------------------------------------------------------------------------
    def _bar(self, entity: str, tracks: dict[str, Any]) -> None:
        unit, t, theme = imgui.get_font_size(), self.t, self.window.theme
        if imgui.button(f"{icon('start')}###to start"):
            self._go(0.0)
        imgui.set_item_tooltip(t("To the beginning"))
        imgui.same_line(0, unit * 0.2)
        if imgui.button(f"{icon('pause' if self.is_running else 'play')}###run"):
            self.is_running = not self.is_running
        imgui.set_item_tooltip(t("Play or pause the preview"))
        imgui.same_line(0, unit * 0.2)
        imgui.begin_disabled(not self.is_previewing)
        if imgui.button(f"{icon('stop')}###leave"):
            self._leave()
            self.window.animating.time_secs = 0.0
        imgui.end_disabled()
        imgui.set_item_tooltip(t("Back to the world as it is"))
        imgui.same_line()
        imgui.set_next_item_width(unit * 5)
        changed, time = imgui.drag_float("###time", self.time_secs, 0.01, 0.0, 1e6, "%.2f s")
        if changed:
            self._go(float(time))
        imgui.same_line()
        if begin_combo(self.window, "###speed", f"{self.speed:g}×", unit * 4.2):
            for speed in _SPEEDS:
                if imgui.selectable(f"{speed:g}×", speed == self.speed)[0]:
                    self.speed = speed
            imgui.end_combo()
        imgui.set_item_tooltip(t("Speed of the preview"))
        imgui.same_line()
        _, self.is_looping = imgui.checkbox(f"{t('Loop')}###loop", self.is_looping)
        self._record_button(unit, theme)
        self._key_bar(entity, tracks)

    def _record_button(self, unit: float, theme: Any) -> None:
        is_on = self.window.animating.is_recording
        imgui.same_line(0, unit)
        imgui.push_style_color(imgui.Col_.text, theme.recording)
        imgui.push_style_color(imgui.Col_.button, theme.pressed if is_on else theme.raised)
        if imgui.button(f"{icon('record')}###record"):
            self.is_running = False
            self.window.preview.stop()
            self.window.shell.later(lambda: self.window.animating.record(on=not is_on))
        imgui.pop_style_color(2)
        imgui.set_item_tooltip(
            self.t("Stop recording") if is_on else self.t("Record: what you change becomes keys at the playhead")
        )

    def _key_bar(self, entity: str, tracks: dict[str, Any]) -> None:
        unit, t = imgui.get_font_size(), self.t
        fields = animatable(self.host.session, entity)
        if self.track not in fields and fields:
            self.track = fields[0]
        imgui.same_line(0, unit * 0.4)
        if begin_combo(self.window, "###track", track_title(self.window, self.track), unit * 10.5, imgui.ComboFlags_.height_large):
            for name in fields:
                if imgui.selectable(f"{track_title(self.window, name)}###field {name}", name == self.track)[0]:
                    self.track = name
            imgui.end_combo()
        imgui.set_item_tooltip(t("The field that gets a key"))
        imgui.same_line(0, unit * 0.2)
        if imgui.button(f"{icon('key', t('Key'))}###key"):
            self.window.shell.later(lambda: self.window.animating.key_here(self.track))
        imgui.set_item_tooltip(
            f"{t('Keep the present value at this time')}  {self.window.shell.keymap.first('animation.key_here')}"
        )
        self._chosen_bar(entity, tracks, unit)
        right = imgui.get_window_width() - imgui.get_style().window_padding.x - unit * 2.2
        imgui.same_line(max(right, imgui.get_cursor_pos_x()))
        is_on, theme = self.timeline.shows_curves, self.window.theme
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.text)
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
        if imgui.button(f"{icon('curve')}###curves"):
            self.timeline.shows_curves = not is_on
        imgui.pop_style_color(2)
        imgui.set_item_tooltip(t("Keys") if is_on else t("Curves"))

    def _chosen_bar(self, entity: str, tracks: dict[str, Any], unit: float) -> None:
        """What can be done with the keys that are chosen."""
        chosen = sorted(self.timeline.chosen)
        names = sorted({name for name, _ in chosen if name in tracks})
        imgui.same_line(0, unit * 0.5)
        imgui.begin_disabled(not names)
        now = {tracks[name]["interpolation"] for name in names}
        shown = self.t(_WAYS.get(next(iter(now)), "")) if len(now) == 1 else "–"
        if begin_combo(self.window, "###way", shown, unit * 5.2):
            for way, title in _WAYS.items():
                if imgui.selectable(f"{self.t(title)}###way {way}", now == {way})[0]:
                    self.window.shell.later(lambda way=way: self._interpolate(entity, names, way))  # type: ignore[misc]
            imgui.end_combo()
        imgui.set_item_tooltip(self.t("How it goes from key to key"))
        imgui.same_line(0, unit * 0.2)
        if imgui.button(f"{icon('delete')}###delete key"):
            self._delete(entity)
        imgui.end_disabled()
        imgui.set_item_tooltip(self.t("Delete the chosen keys"))

    def _interpolate(self, entity: str, names: list[str], way: str) -> None:
        steps = [
            {"operation": "animation.interpolation", "parameters": {"entity": entity, "track": name, "interpolation": way}}
            for name in names
        ]
        if len(steps) == 1:
            self.window.do("animation.interpolation", **steps[0]["parameters"])  # type: ignore[arg-type]
        else:
            self.window.do("edit.batch", label=self.t("Interpolation"), steps=steps)

    # -- keys --------------------------------------------------------------------------------------------------------
    def _keys(self, entity: str, tracks: dict[str, Any]) -> None:
        """Keys of the keyboard that are the timeline's while it has them."""
        if not imgui.is_window_focused(imgui.FocusedFlags_.child_windows):
            return
        self.keyboard_frame = imgui.get_frame_count()
        if imgui.get_io().want_text_input:
            return
        if imgui.is_key_pressed(imgui.Key.delete) and self.timeline.chosen:
            self._delete(entity)
        elif imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.a):
            self.timeline.chosen = {(name, key) for name, track in tracks.items() for key in range(len(track["times"]))}
        elif imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.c) and self.timeline.chosen:
            keys = [(name, tracks[name]["times"][key], tracks[name]["values"][key]) for name, key in sorted(self.timeline.chosen)]
            first = min(time for _, time, _ in keys)
            self.copied = [(name, time - first, value) for name, time, value in keys]
        elif imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.v):
            self._paste(entity)

    def _delete(self, entity: str) -> None:
        chosen = sorted(self.timeline.chosen)
        self.timeline.chosen = set()
        names, keys = [name for name, _ in chosen], [key for _, key in chosen]
        self.window.shell.later(lambda: self.window.do("animation.delete_keys", entity=entity, tracks=names, keys=keys))

    def _paste(self, entity: str) -> None:
        """What was copied, from the playhead on; fields that this entity has not are left out."""
        known = set(animatable(self.host.session, entity))
        keys = [(name, round(self.time_secs + later, 4), value) for name, later, value in self.copied if name in known]
        if not keys:
            return
        self.timeline.follow_keys({(name, time) for name, time, _ in keys})
        names, times, values = zip(*keys, strict=True)
        self.window.do("animation.add_keys", entity=entity, tracks=names, times_secs=times, values=values)

    def _draw_nothing(self) -> None:
        t, playing = self.t, self.host.play.is_playing
        text = t("Keys are set while the world does not run.") if playing else t("Select something to animate it.")
        if say_nothing(self.window, "animation", text, button=t("Stop") if playing else t("Find an entity")):
            self.window.shell.later(lambda: self.window.do("play.stop" if playing else "editor.find_entity"))
