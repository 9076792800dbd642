"""Animation: a model's clips to look at, and keys of any field of what is selected, on a timeline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.animation import Animator
from taixu_editor.interface import icon
from taixu_editor.keyframes import animatable, tracks_of
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.timeline import Timeline

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["AnimationPanel"]

_SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0)
_LEAST_SECS = 2.0


class AnimationPanel(Panel):
    """The timeline of the selected entity. Looking at a time changes nothing: the view shows a copy."""

    id: ClassVar[str] = "animation"
    title: ClassVar[str] = "Animation"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.timeline = Timeline(window)
        self.time_secs = 0.0
        self.speed, self.is_looping, self.is_running = 1.0, True, False
        self.clip = ""
        self.track = "transform.position"
        self._entity = ""
        self._world_tick: Any = None

    def draw(self) -> None:
        """The bar, then the timeline."""
        session = self.host.session
        chosen = session.current.selection if session.worlds else ()
        entity = chosen[-1] if chosen else ""
        if entity != self._entity:
            self._leave()
            self._entity, self.time_secs, self.clip, self.timeline.chosen = entity, 0.0, "", None
        if not entity or self.host.play.is_playing:
            self._leave()
            t = self.t
            self._middle(t("Select something to animate it.") if not entity else t("Keys are set while the world does not run."))
            return
        tracks = tracks_of(session, entity)
        clips, lengths = self._clips()
        length = max([lengths.get(self.clip, 0.0), *(track["times"][-1] for track in tracks.values())])
        self._follow_edits()
        self._run(length)
        self._bar(entity, tracks, clips)
        shown = self.timeline.draw(entity, tracks, self.time_secs, max(length * 1.15, _LEAST_SECS))
        if shown is not None:
            self.is_running = False
            self.look_at(shown)

    @property
    def is_previewing(self) -> bool:
        """Whether the view shows the copy."""
        return self.window.preview.world is not None

    def look_at(self, time_secs: float) -> None:
        """Show a time in the view."""
        self.time_secs = max(time_secs, 0.0)
        if not self.is_previewing:
            self.window.preview.start(self._entity)
            self._world_tick = self._edit_key()
        self.window.preview.show(self.time_secs, clip=self.clip)

    def release(self) -> None:
        """Forget the copy."""
        self._leave()

    # -- time --------------------------------------------------------------------------------------------------------
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
            if log and log[-1].operation.startswith("animation."):
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

    def _clips(self) -> tuple[list[str], dict[str, float]]:
        """Names of the model's clips, and their lengths; the first is the one of the empty name."""
        world, handle = self.host.session.world, self.host.session.entity(self._entity)
        animator = world.resource(Animator)
        names = animator.clip_names(handle)
        if not names:
            return [], {}
        return names, {name: animator.duration_secs(handle, name) for name in ("", *names)}

    # -- the bar -----------------------------------------------------------------------------------------------------
    def _bar(self, entity: str, tracks: dict[str, Any], clips: list[str]) -> None:
        unit, t = imgui.get_font_size(), self.t
        if imgui.button(f"{icon('pause' if self.is_running else 'play')}###run"):
            self.is_running = not self.is_running
        imgui.set_item_tooltip(t("Play or pause the preview"))
        imgui.same_line()
        imgui.begin_disabled(not self.is_previewing)
        if imgui.button(f"{icon('stop')}###leave"):
            self._leave()
            self.time_secs = 0.0
        imgui.end_disabled()
        imgui.set_item_tooltip(t("Back to the world as it is"))
        imgui.same_line()
        imgui.set_next_item_width(unit * 5)
        changed, time = imgui.drag_float("###time", self.time_secs, 0.01, 0.0, 1e6, "%.2f s")
        if changed:
            self.is_running = False
            self.look_at(float(time))
        imgui.same_line()
        imgui.set_next_item_width(unit * 4.5)
        if imgui.begin_combo("###speed", f"{self.speed:g}×"):
            for speed in _SPEEDS:
                if imgui.selectable(f"{speed:g}×", speed == self.speed)[0]:
                    self.speed = speed
            imgui.end_combo()
        imgui.same_line()
        _, self.is_looping = imgui.checkbox(f"{t('Loop')}###loop", self.is_looping)
        if clips:
            imgui.same_line()
            imgui.set_next_item_width(unit * 9)
            if imgui.begin_combo("###clip", self.clip or clips[0]):
                for name in clips:
                    if imgui.selectable(name, name == (self.clip or clips[0]))[0]:
                        self.clip = name
                        self.look_at(0.0)
                imgui.end_combo()
            imgui.set_item_tooltip(t("Clip of the model"))
        self._key_bar(entity, tracks)

    def _key_bar(self, entity: str, tracks: dict[str, Any]) -> None:
        unit, t, session = imgui.get_font_size(), self.t, self.host.session
        fields = animatable(session, entity)
        if self.track not in fields and fields:
            self.track = fields[0]
        imgui.same_line(0, unit)
        imgui.set_next_item_width(unit * 11)
        if imgui.begin_combo("###track", self.track, imgui.ComboFlags_.height_large):
            for name in fields:
                if imgui.selectable(name, name == self.track)[0]:
                    self.track = name
            imgui.end_combo()
        imgui.set_item_tooltip(t("The field that gets a key"))
        imgui.same_line()
        if imgui.button(f"{icon('add', t('Key'))}###key"):
            self.window.shell.later(partial(self._key, entity))
        imgui.set_item_tooltip(t("Keep the present value at this time"))
        chosen = self.timeline.chosen
        if chosen is None or chosen[0] not in tracks:
            return
        track, key = chosen
        imgui.same_line(0, unit)
        imgui.set_next_item_width(unit * 6)
        ways = {"linear": t("Linear"), "smooth": t("Smooth"), "step": t("Steps")}
        now = tracks[track]["interpolation"]
        if imgui.begin_combo("###way", ways.get(now, now)):
            for way, title in ways.items():
                if imgui.selectable(f"{title}###{way}", way == now)[0]:
                    self.window.do("animation.interpolation", entity=entity, track=track, interpolation=way)
            imgui.end_combo()
        imgui.same_line()
        is_pressed = imgui.is_window_focused() and imgui.is_key_pressed(imgui.Key.delete)
        if imgui.button(f"{icon('delete')}###delete key") or is_pressed:
            self.timeline.chosen = None
            self.window.do("animation.delete_key", entity=entity, track=track, key=key)
        imgui.set_item_tooltip(t("Delete the key"))

    own_keys: ClassVar[frozenset[str]] = frozenset({"Delete"})

    def _key(self, entity: str) -> None:
        self.window.do("animation.key", entity=entity, track=self.track, time_secs=round(self.time_secs, 4))

    def _middle(self, text: str) -> None:
        space = imgui.get_content_region_avail()
        size = imgui.calc_text_size(text)
        at = imgui.get_cursor_pos()
        imgui.set_cursor_pos((at.x + (space.x - size.x) / 2, at.y + (space.y - size.y) / 2))
        imgui.text_colored(self.window.theme.faint, text)
