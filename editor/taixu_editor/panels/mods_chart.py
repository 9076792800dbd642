"""What the steps of a mod took, as a curve: small in a list, larger beside it; with its budget as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

if TYPE_CHECKING:
    from taixu_editor.interface.theme import Theme

__all__ = ["draw_curve"]

_STEP_PX = 2.0


def draw_curve(
    theme: Theme, millis: NDArray[np.float64], budget: float, size: tuple[float, float], *, is_filled: bool = False
) -> None:
    """Lay a curve out; its upper edge is the budget, or what was above it.

    Parameters
    ----------
    millis : array of shape [n]
        The latest step last.
    budget
        Milliseconds; a line is drawn there.
    size
        Width and height in units of the screen.
    """
    place, draw = imgui.get_cursor_screen_pos(), imgui.get_window_draw_list()
    wide, tall = size
    imgui.dummy(size)
    if is_filled:
        draw.add_rect_filled(place, (place.x + wide, place.y + tall), theme.pack("raised", 0.6), imgui.get_font_size() * 0.25)
    shown = millis[-max(int(wide / _STEP_PX), 2) :]
    top = max(budget * 1.15, float(shown.max()) * 1.1 if len(shown) else 0.0, 1e-6)
    y = place.y + tall * (1 - budget / top)
    draw.add_line((place.x, y), (place.x + wide, y), theme.pack("faint", 0.45), 1.0)
    if len(shown) < 2:
        return
    xs = place.x + wide - _STEP_PX * np.arange(len(shown) - 1, -1, -1)
    ys = place.y + tall * (1 - np.minimum(shown / top, 1.0))
    color = "warning" if float(np.median(shown)) > budget else "accent"
    if is_filled:
        for x, above in zip(xs.tolist(), ys.tolist(), strict=True):
            draw.add_line((x, above), (x, place.y + tall), theme.pack(color, 0.16), _STEP_PX)
    draw.add_polyline([imgui.ImVec2(x, each) for x, each in zip(xs.tolist(), ys.tolist(), strict=True)], theme.pack(color), 1.4, 0)
