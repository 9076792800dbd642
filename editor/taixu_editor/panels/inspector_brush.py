"""What a brush does and how large it is, below its component in the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.view.brushing import HEIGHT_KINDS

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["draw_brush"]

_WORDS = {"raise": "Raise", "level": "Level", "smooth": "Smooth"}


def draw_brush(panel: InspectorPanel, component: str) -> None:
    """The button that takes the brush into the hand, and its settings."""
    brush, t = panel.window.brush, panel.t
    width, unit = imgui.get_content_region_avail().x, imgui.get_font_size()
    imgui.begin_disabled(panel.sheet.is_made or len(panel.sheet.entities) != 1)
    label = t("Put the brush away") if brush.is_on else t("Paint in the view")
    if imgui.button(f"{icon('material', label)}###brush", (width, 0)):
        brush.is_on = not brush.is_on
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    panel.places["brush"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
    imgui.end_disabled()
    if not brush.is_on:
        return
    if component == "height_brush":
        for number, kind in enumerate(HEIGHT_KINDS):
            if number:
                imgui.same_line()
            if imgui.radio_button(f"{t(_WORDS[kind])}###{kind}", brush.kind == kind):
                brush.kind = kind
    imgui.set_next_item_width(width - unit * 6)
    clamped = imgui.SliderFlags_.always_clamp
    scale = imgui.SliderFlags_.logarithmic | clamped
    _, brush.radius_m = imgui.slider_float(f"{t('Radius')}###radius", brush.radius_m, 0.5, 500.0, "%.1f m", scale)
    imgui.set_next_item_width(width - unit * 6)
    is_raising = component == "height_brush" and brush.kind == "raise"
    most = 20.0 if is_raising else 1.0
    brush.strength = min(brush.strength, most)
    form = "%.2f m" if is_raising else "%.2f"
    _, brush.strength = imgui.slider_float(f"{t('Strength')}###strength", brush.strength, 0.05, most, form, clamped)
