"""A track as curves over time, a line for each of its numbers; keys on them are dragged to other values."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.animation import PropertyTrack, value_at

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Curves", "nice_step"]

_COLORS = ("x_axis", "y_axis", "z_axis", "faint")
_SAMPLES = 160


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... (and their tenths) that is not below."""
    power = 10.0 ** floor(log10(max(least, 1e-12)))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= least)


class Curves:
    """Curves of one track.

    Attributes
    ----------
    places
        Where keys are on the window, by (key, number of the value).
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.places: dict[tuple[int, int], tuple[float, float]] = {}
        self._drag: tuple[int, int] | None = None
        self._value = 0.0
        self._span = (0.0, 1.0)
        self._key: Any = None
        self._lines: Any = None

    def draw(self, entity: str, name: str, track: dict[str, Any], area: tuple[float, float, float, float], scale: float) -> None:
        """Lay it out in an area (x, y, width, height); `scale` is pixels a second."""
        x, y, wide, tall = area
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        values = np.array(track["values"], np.float64)
        if self._drag is None:
            low, high = float(values.min()), float(values.max())
            room = max((high - low) * 0.15, 0.5 if high - low < 1e-6 else 0.0)
            self._span = (low - room, high + room)
        low, high = self._span
        rise = (tall - unit) / max(high - low, 1e-9)
        base = y + tall - unit * 0.5

        def height(value: float) -> float:
            return base - (value - low) * rise

        draw.push_clip_rect((x - unit * 4, y), (x + wide + unit, y + tall), True)
        step = nice_step(unit * 2 / rise)
        for part in range(ceil(low / step), floor(high / step) + 1):
            line = height(part * step)
            draw.add_line((x, line), (x + wide, line), theme.pack("border"))
            text = f"{part * step:.6g}"
            draw.add_text((x - imgui.calc_text_size(text).x - unit * 0.4, line - unit * 0.5), theme.pack("faint"), text)
        times, lines = self._sampled(name, track)
        for number in range(lines.shape[1]):
            color = theme.pack(_COLORS[number % 4] if lines.shape[1] > 1 else "accent")
            points: list[Any] = [
                imgui.ImVec2(x + t * scale, height(v)) for t, v in zip(times.tolist(), lines[:, number].tolist(), strict=True)
            ]
            draw.add_polyline(points, color, max(unit * 0.1, 1.5), 0)
        self._draw_keys(entity, name, track, values, x, scale, height, low, rise, base)
        draw.pop_clip_rect()

    def _draw_keys(
        self, entity: str, name: str, track: dict[str, Any], values: Any, x: float, scale: float, height: Any, low: float,
        rise: float, base: float,
    ) -> None:  # fmt: skip
        draw, theme, unit = imgui.get_window_draw_list(), self.window.theme, imgui.get_font_size()
        self.places = {}
        reach = unit * 0.35
        for key, time in enumerate(track["times"]):
            for number in range(values.shape[1]):
                mine = (key, number)
                value = self._value if self._drag == mine else float(values[key, number])
                at, up = x + time * scale, height(value)
                self.places[mine] = (at, up)
                imgui.set_cursor_screen_pos((at - reach, up - reach))
                imgui.invisible_button(f"###{name} {key} {number}", (2 * reach, 2 * reach))
                if imgui.is_item_active() and imgui.is_mouse_dragging(imgui.MouseButton_.left):
                    self._drag = mine
                    self._value = float(f"{low + (base - imgui.get_io().mouse_pos.y) / rise:.4g}")
                elif imgui.is_item_deactivated() and self._drag == mine:
                    changed = [float(v) for v in values[key]]
                    changed[number] = self._value
                    self._drag = None
                    self.window.do("animation.key", entity=entity, track=name, time_secs=time, value=changed)
                hovered = imgui.is_item_hovered() or self._drag == mine
                if hovered:
                    imgui.set_tooltip(f"{value:.4g}")
                color = "text" if hovered else _COLORS[number % 4] if values.shape[1] > 1 else "accent"
                draw.add_circle_filled((at, up), reach * 0.7, theme.pack(color))

    def _sampled(self, name: str, track: dict[str, Any]) -> tuple[Any, Any]:
        """Times and values [n, width] along the track, worked out anew when it changes."""
        key = (name, str(track))
        if key != self._key:
            owner, _, field = name.partition(".")
            times, values = np.array(track["times"], np.float64), np.array(track["values"], np.float64)
            found = PropertyTrack(owner, field, times, values, track["interpolation"])
            moments = np.unique(np.concatenate([times, times - 1e-4, np.linspace(times[0], times[-1], _SAMPLES)]))
            moments = moments[moments >= times[0]]
            rotates = self._rotates(owner, field)
            self._lines = (moments, np.array([value_at(found, float(t), rotates=rotates) for t in moments]))
            self._key = key
        return self._lines

    def _rotates(self, owner: str, field: str) -> bool:
        declared = self.window.host.session.components.find(owner)
        found = None if declared is None else declared.by_name.get(field)
        return found is not None and found.kind.name == "quat"
