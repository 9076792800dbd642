"""A ruler of seconds and rows of keys: click the ruler to look at a time, drag keys to other times."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Timeline"]

_STEPS = (1, 2, 5, 10)
_LEFT = 11.0
"""Width of the tracks' names, in heights of the text."""


class Timeline:
    """The keys of one entity.

    Attributes
    ----------
    chosen
        (track, place in it) of the key that was clicked last, or None.
    places
        Where keys are on the window, by (track, place), and the ruler's seconds as (x of 0 s, pixels a second, y).
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.chosen: tuple[str, int] | None = None
        self.places: dict[tuple[str, int], tuple[float, float]] = {}
        self.ruler = (0.0, 1.0, 0.0)
        self._drag: tuple[str, int] | None = None
        self._drag_secs = 0.0

    def draw(self, entity: str, tracks: dict[str, Any], time_secs: float, length_secs: float) -> float | None:
        """Lay it out in the room that is left; a time that was asked for, or None."""
        imgui.begin_child("###timeline", (0, 0))
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        start, space = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        row = unit * 1.7
        left, wide = start.x + unit * _LEFT, max(space.x - unit * (_LEFT + 1), unit * 4)
        scale = wide / length_secs
        self.ruler = (left, scale, start.y + row / 2)
        asked = self._ruler(start.x, start.y, left, wide, row, scale, length_secs)
        self.places = {}
        if not tracks:
            text = self.window.t("Choose a field, go to a time, and press Key.")
            draw.add_text((left + unit, start.y + row * 1.5), theme.pack("faint"), text)
        for number, (name, track) in enumerate(tracks.items()):
            self._row(entity, name, track, start.x, start.y + row * (number + 1), left, wide, row, scale)
        x = left + min(time_secs, length_secs) * scale
        draw.add_line((x, start.y + row * 0.4), (x, start.y + max(space.y, row)), theme.pack("accent"), max(unit * 0.1, 1.5))
        half = unit * 0.32
        draw.add_triangle_filled(
            (x - half, start.y + row * 0.3), (x + half, start.y + row * 0.3), (x, start.y + row * 0.75), theme.pack("accent")
        )
        imgui.end_child()
        return asked

    def _ruler(self, x: float, y: float, left: float, wide: float, row: float, scale: float, length: float) -> float | None:
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        draw.add_rect_filled((x, y), (left + wide + unit, y + row), theme.pack("raised", 0.5))
        least = unit * 4 / scale
        power = 10.0 ** floor(log10(least))
        step = next(power * each for each in _STEPS if power * each >= least)
        for i in range(ceil(length / step) + 1):
            at = left + i * step * scale
            if at > left + wide + 1:
                break
            draw.add_line((at, y + row * 0.65), (at, y + row), theme.pack("faint", 0.7))
            draw.add_text((at + unit * 0.25, y + row * 0.08), theme.pack("faint"), f"{i * step:g}")
        imgui.set_cursor_screen_pos((left, y))
        imgui.invisible_button("###ruler", (wide + unit * 0.5, row))
        return max((imgui.get_io().mouse_pos.x - left) / scale, 0.0) if imgui.is_item_active() else None

    def _row(
        self, entity: str, name: str, track: dict[str, Any], x: float, y: float, left: float, wide: float, row: float, scale: float
    ) -> None:  # fmt: skip
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        middle = y + row / 2
        draw.add_line((x, y + row), (left + wide + unit, y + row), theme.pack("border"))
        draw.push_clip_rect((x, y), (left - unit * 0.4, y + row), True)
        draw.add_text((x + unit * 0.5, middle - unit / 2), theme.pack("text"), name)
        draw.pop_clip_rect()
        times = track["times"]
        draw.add_line((left + times[0] * scale, middle), (left + times[-1] * scale, middle), theme.pack("faint", 0.6), unit * 0.12)
        reach = unit * 0.42
        for key, seconds in enumerate(times):
            mine = (name, key)
            if self._drag == mine:
                seconds = self._drag_secs
            at = left + seconds * scale
            self.places[mine] = (at, middle)
            imgui.set_cursor_screen_pos((at - reach, middle - reach))
            imgui.invisible_button(f"###{name} {key}", (2 * reach, 2 * reach))
            if imgui.is_item_activated():
                self.chosen = mine
            if imgui.is_item_active() and imgui.is_mouse_dragging(imgui.MouseButton_.left):
                self._drag, self._drag_secs = mine, max(round((imgui.get_io().mouse_pos.x - left) / scale, 2), 0.0)
            elif imgui.is_item_deactivated() and self._drag == mine:
                self._drop(entity, times)
            color = "accent" if self.chosen == mine else "text" if imgui.is_item_hovered() else "faint"
            draw.add_quad_filled(
                (at, middle - reach), (at + reach, middle), (at, middle + reach), (at - reach, middle), theme.pack(color)
            )

    def _drop(self, entity: str, times: list[float]) -> None:
        """The dragged key stays where it was let go; the one that is chosen goes with it."""
        assert self._drag is not None
        (name, key), self._drag = self._drag, None
        seconds = self._drag_secs
        if abs(seconds - times[key]) > 1e-4:
            self.window.do("animation.move_key", entity=entity, track=name, key=key, time_secs=seconds)
            self.chosen = (name, sum(1 for i, t in enumerate(times) if i != key and t < seconds))
