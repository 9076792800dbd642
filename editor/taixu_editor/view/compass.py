"""The axes in a view's corner: they show how it is turned, and a click on one looks along it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu_editor.view.orbit import OrbitCamera

if TYPE_CHECKING:
    from taixu_editor.interface import Theme

__all__ = ["Compass"]

_ENDS = (
    ("right", (1, 0, 0), "x_axis", "X"), ("left", (-1, 0, 0), "x_axis", ""), ("top", (0, 1, 0), "y_axis", "Y"),
    ("bottom", (0, -1, 0), "y_axis", ""), ("front", (0, 0, 1), "z_axis", "Z"), ("back", (0, 0, -1), "z_axis", ""),
)  # fmt: skip


class Compass:
    """Draws the axes; `is_hovered` says whether the pointer is theirs."""

    def __init__(self) -> None:
        self.is_hovered = False
        self.places: dict[str, tuple[float, float]] = {}
        """Where the ends are on the window, by side."""

    def draw(
        self, camera: OrbitCamera, theme: Theme, origin: tuple[float, float], extent: tuple[float, float], *, hovered: bool
    ) -> None:
        """Into the upper right corner of a picture; a click glides."""
        unit = imgui.get_font_size()
        reach, dot = unit * 2.1, unit * 0.52
        middle = np.array([origin[0] + extent[0] - unit * 3.2, origin[1] + unit * 3.2])
        mouse = np.array([imgui.get_io().mouse_pos.x, imgui.get_io().mouse_pos.y])
        draw = imgui.get_window_draw_list()
        self.is_hovered = bool(hovered and np.linalg.norm(mouse - middle) < reach + dot)
        if self.is_hovered:
            draw.add_circle_filled(tuple(middle), reach + dot * 1.3, theme.pack("panel", 0.55), 48)
        axes, ends = camera.axes, []
        for side, way, color, letter in _ENDS:
            right, up, back = axes @ np.array(way, float)
            place = middle + np.array([right, -up]) * reach
            ends.append((float(back), side, place, color, letter))
        self.places = {side: (float(place[0]), float(place[1])) for _, side, place, _, _ in ends}
        over = ""
        if self.is_hovered:
            near = [(float(np.linalg.norm(mouse - place)), -back, side) for back, side, place, _, _ in ends]
            near = [each for each in near if each[0] < dot * 1.3]
            over = min(near, key=lambda each: each[1])[2] if near else ""
        for back, side, place, color, letter in sorted(ends, key=lambda end: end[0]):
            shade = 0.55 + 0.45 * (back + 1) / 2
            if letter:
                draw.add_line(tuple(middle), tuple(place), theme.pack(color, shade), max(unit * 0.14, 1.5))
                draw.add_circle_filled(tuple(place), dot, theme.pack(color, shade), 24)
                size = imgui.calc_text_size(letter)
                draw.add_text((place[0] - size.x / 2, place[1] - size.y / 2), theme.pack("ground"), letter)
            else:
                draw.add_circle_filled(tuple(place), dot * 0.8, theme.pack("panel", 0.7), 24)
                draw.add_circle(tuple(place), dot * 0.8, theme.pack(color, shade), 24, max(unit * 0.1, 1.0))
            if side == over:
                draw.add_circle(tuple(place), dot * 1.2, theme.pack("text"), 24, max(unit * 0.1, 1.0))
        if over and imgui.is_mouse_clicked(imgui.MouseButton_.left):
            camera.face(over)
