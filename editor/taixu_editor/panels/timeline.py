"""A ruler of seconds, and rows of keys below it: to look at a time, to choose keys, to drag them to other times."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.panels.curves import Curves, nice_step

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Timeline", "track_title"]

Key = tuple[str, int]
Tracks = dict[str, Any]
_LEFT = 12.0
"""Width of the tracks' names, in heights of the text."""
_NEAR = 0.45
"""Keys stay at the playhead within this, in heights of the text."""


def track_title(window: EditorWindow, track: str) -> str:
    """``transform.position`` as people read it, in their language."""
    from taixu_editor.widgets.spec import humanise

    owner, _, name = track.partition(".")
    return f"{window.t.word(humanise(owner))} · {window.t.word(humanise(name))}"


class Timeline:
    """The keys of one entity.

    Attributes
    ----------
    chosen
        (track, place in it) of the keys that are chosen.
    track
        The track that was touched last: its curve is shown.
    places
        Where keys are on the window, by (track, place), and the ruler's seconds as (x of 0 s, pixels a second, y).
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.chosen: set[Key] = set()
        self.track = ""
        self.shows_curves = False
        self.places: dict[Key, tuple[float, float]] = {}
        self.ruler = (0.0, 1.0, 0.0)
        self.curves = Curves(window)
        self._wanted: set[tuple[str, float]] = set()
        self._held: Key | None = None
        self._by_secs = 0.0
        self._before: dict[Key, tuple[float, float]] = {}
        self._box: tuple[float, float] | None = None

    def draw(
        self, entity: str, tracks: Tracks, time_secs: float, length_secs: float, clips: list[tuple[str, float]]
    ) -> float | None:
        """Lay it out in the room that is left; a time that was asked for, or None."""
        self._follow(tracks)
        imgui.begin_child("###timeline", (0, 0))
        unit = imgui.get_font_size()
        start, space = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        row = unit * 1.6
        left, wide = start.x + unit * _LEFT, max(space.x - unit * (_LEFT + 1), unit * 4)
        scale = wide / length_secs
        self.ruler = (left, scale, start.y + row / 2)
        asked = self._ruler(start.x, start.y, left, wide, row, scale, length_secs)
        self._before, self.places = self.places, {}
        y = start.y + row
        for number, (name, seconds) in enumerate(clips):
            self._clip(name, seconds, number, start.x, y, left, wide, row, scale)
            y += row
        if not tracks and not clips:
            self._nothing(left + unit, y + row * 0.5)
        bottom = start.y + max(space.y, row)
        if self.shows_curves:
            for name in tracks:
                self._name(entity, name, start.x, y, left, row)
                y += row
            top = start.y + row * (1 + len(clips))
            if self.track in tracks:
                self.curves.draw(entity, self.track, tracks[self.track], (left, top, wide, max(bottom - top, row * 2)), scale)
        else:
            self._take_box(left, y, wide, max(bottom - y, row * len(tracks)))
            for name, track in tracks.items():
                self._row(entity, name, track, time_secs, start.x, y, left, wide, row, scale)
                y += row
        self._playhead(left + min(time_secs, length_secs) * scale, start.y, max(bottom, y), row)
        imgui.end_child()
        return asked

    def follow_keys(self, keys: set[tuple[str, float]]) -> None:
        """Choose keys by track and time, as soon as they are there."""
        self._wanted = keys

    def _follow(self, tracks: Tracks) -> None:
        if self._wanted:
            found = {
                (name, key)
                for name, track in tracks.items()
                for key, time in enumerate(track["times"])
                if any(name == one and abs(time - at) < 1e-3 for one, at in self._wanted)
            }
            if found:
                self.chosen, self._wanted = found, set()
        self.chosen = {(name, key) for name, key in self.chosen if name in tracks and key < len(tracks[name]["times"])}
        if self.track not in tracks:
            self.track = next(iter(tracks), "")

    # -- ruler and playhead ------------------------------------------------------------------------------------------
    def _ruler(self, x: float, y: float, left: float, wide: float, row: float, scale: float, length: float) -> float | None:
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        draw.add_rect_filled((x, y), (left + wide + unit, y + row), theme.pack("raised", 0.6), unit * 0.25)
        step = nice_step(unit * 4 / scale)
        for i in range(ceil(length / step) + 1):
            at = left + i * step * scale
            if at > left + wide + 1:
                break
            draw.add_line((at, y + row * 0.65), (at, y + row), theme.pack("faint", 0.7))
            draw.add_text((at + unit * 0.3, y + row * 0.12), theme.pack("faint"), f"{i * step:g}")
        imgui.set_cursor_screen_pos((left, y))
        imgui.invisible_button("###ruler", (wide + unit * 0.5, row))
        return max((imgui.get_io().mouse_pos.x - left) / scale, 0.0) if imgui.is_item_active() else None

    def _playhead(self, x: float, y: float, bottom: float, row: float) -> None:
        draw, unit = imgui.get_window_draw_list(), imgui.get_font_size()
        color = self.window.theme.pack("recording" if self.window.animating.is_recording else "accent")
        draw.add_line((x, y + row * 0.4), (x, bottom), color, max(unit * 0.1, 1.5))
        half = unit * 0.32
        draw.add_triangle_filled((x - half, y + row * 0.25), (x + half, y + row * 0.25), (x, y + row * 0.75), color)

    def _nothing(self, x: float, y: float) -> None:
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        t = self.window.t
        draw.add_text((x, y), theme.pack("text"), t("Nothing moves yet."))
        text = t("Press the diamond beside a field of the inspector, or record what you change.")
        draw.add_text((x, y + unit * 1.5), theme.pack("faint"), text)

    # -- rows --------------------------------------------------------------------------------------------------------
    def _clip(
        self, name: str, seconds: float, number: int, x: float, y: float, left: float, wide: float, row: float, scale: float
    ) -> None:  # fmt: skip
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        text_y, pad = y + (row - unit) / 2, row * 0.16
        draw.add_line((x, y + row), (left + wide + unit, y + row), theme.pack("border"))
        draw.push_clip_rect((x, y), (left - unit * 0.4, y + row), True)
        draw.add_text((x + unit * 0.5, text_y), theme.pack("faint"), icon("animation"))
        draw.add_text((x + unit * 2, text_y), theme.pack("text"), name)
        draw.pop_clip_rect()
        end = left + min(seconds * scale, wide)
        color = theme.pack("accent_soft", 1.0 if number == 0 else 0.6)
        draw.add_rect_filled((left, y + pad), (max(end, left + 2), y + row - pad), color, unit * 0.25)
        label = f"{seconds:.2f} s"
        if end - left > imgui.calc_text_size(label).x + unit:
            draw.add_text((left + unit * 0.5, text_y), theme.pack("text"), label)

    def _name(self, entity: str, name: str, x: float, y: float, left: float, row: float) -> None:
        """The name of a track at the left; the pointer over it finds a bin."""
        draw, theme, unit, window = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size(), self.window
        text_y = y + (row - unit) / 2
        room = left - x - unit * (3.8 if self.shows_curves else 0.8)
        if self.track == name:
            draw.add_rect_filled((x, y + 1), (x + room, y + row - 1), theme.pack("raised"), unit * 0.25)
        imgui.set_cursor_screen_pos((x, y))
        imgui.set_next_item_allow_overlap()
        if imgui.invisible_button(f"###track {name}", (room, row)):
            self.track = name
        hovered = imgui.is_item_hovered(imgui.HoveredFlags_.allow_when_overlapped_by_item)
        title = track_title(window, name)
        end = x + room - (unit * 1.6 if hovered else 0)
        imgui.push_style_color(imgui.Col_.text, theme.text)
        imgui.internal.render_text_ellipsis(draw, (x + unit * 0.5, text_y), (end, y + row), end, title, imgui.calc_text_size(title))
        imgui.pop_style_color()
        if not hovered:
            return
        imgui.set_cursor_screen_pos((x + room - unit * 1.6, y))
        if imgui.invisible_button(f"###delete {name}", (unit * 1.6, row)):
            window.shell.later(lambda: window.do("animation.delete_track", entity=entity, track=name))
        imgui.set_item_tooltip(window.t("Delete the track"))
        color = theme.pack("text" if imgui.is_item_hovered() else "faint")
        draw.add_text((x + room - unit * 1.3, text_y), color, icon("delete"))

    def _row(
        self, entity: str, name: str, track: Tracks, now: float, x: float, y: float, left: float, wide: float, row: float,
        scale: float,
    ) -> None:  # fmt: skip
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        middle = y + row / 2
        draw.add_line((x, y + row), (left + wide + unit, y + row), theme.pack("border"))
        self._name(entity, name, x, y, left, row)
        times = track["times"]
        draw.add_line((left + times[0] * scale, middle), (left + times[-1] * scale, middle), theme.pack("faint", 0.6), unit * 0.12)
        reach = unit * 0.42
        for key, seconds in enumerate(times):
            mine = (name, key)
            if self._held is not None and mine in self.chosen:
                seconds = max(seconds + self._by_secs, 0.0)
            at = left + seconds * scale
            self.places[mine] = (at, middle)
            imgui.set_cursor_screen_pos((at - reach, middle - reach))
            imgui.invisible_button(f"###{name} {key}", (2 * reach, 2 * reach))
            if imgui.is_item_activated():
                self._choose(mine)
            if imgui.is_item_active() and imgui.is_mouse_dragging(imgui.MouseButton_.left):
                self._held = mine
                asked = (imgui.get_io().mouse_pos.x - left) / scale
                asked = now if abs(asked - now) * scale < unit * _NEAR else round(asked, 2)
                self._by_secs = max(asked, 0.0) - times[key]
            elif imgui.is_item_deactivated() and self._held == mine:
                self._drop(entity)
            color = "accent" if mine in self.chosen else "text" if imgui.is_item_hovered() else "faint"
            corners = ((at, middle - reach), (at + reach, middle), (at, middle + reach), (at - reach, middle))
            draw.add_quad_filled(*corners, theme.pack(color))

    # -- choosing and moving -----------------------------------------------------------------------------------------
    def _choose(self, key: Key) -> None:
        self.track = key[0]
        if imgui.get_io().key_ctrl or imgui.get_io().key_shift:
            self.chosen ^= {key}
        elif key not in self.chosen:
            self.chosen = {key}

    def _drop(self, entity: str) -> None:
        """Keys stay where they were let go; they are still chosen there."""
        self._held, by_secs = None, self._by_secs
        self._by_secs = 0.0
        if abs(by_secs) < 1e-4 or not self.chosen:
            return
        window, chosen = self.window, sorted(self.chosen)
        tracks = window.animating.tracks()
        earliest = min(tracks[name]["times"][key] for name, key in chosen)
        by_secs = max(by_secs, -earliest)
        self._wanted = {(name, tracks[name]["times"][key] + by_secs) for name, key in chosen}
        names, keys = [name for name, _ in chosen], [key for _, key in chosen]
        window.do("animation.move_keys", entity=entity, tracks=names, keys=keys, by_secs=by_secs)

    def _take_box(self, x: float, y: float, wide: float, tall: float) -> None:
        """A box drawn with the pointer chooses the keys in it; a click beside them chooses none."""
        imgui.set_cursor_screen_pos((x, y))
        imgui.set_next_item_allow_overlap()
        imgui.invisible_button("###keys", (max(wide, 1.0), max(tall, 1.0)))
        mouse = imgui.get_io().mouse_pos
        if imgui.is_item_activated():
            self._box = (mouse.x, mouse.y)
            if not imgui.get_io().key_ctrl:
                self.chosen = set()
        if self._box is None:
            return
        low = (min(self._box[0], mouse.x), min(self._box[1], mouse.y))
        high = (max(self._box[0], mouse.x), max(self._box[1], mouse.y))
        draw, theme = imgui.get_window_draw_list(), self.window.theme
        if high[0] - low[0] > 3:
            draw.add_rect_filled(low, high, theme.pack("accent_soft"))
            draw.add_rect(low, high, theme.pack("accent"))
        if not imgui.is_item_active():
            self._box = None
            boxed = {key for key, (x, y) in self._before.items() if low[0] <= x <= high[0] and low[1] <= y <= high[1]}
            self.chosen |= boxed
