"""Colours: linear in the world, shown and typed as screens have them (sRGB)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.widgets.form import Edit, any_mixed
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Form

__all__ = ["color_field", "linear_of", "srgb_of"]


def srgb_of(linear: float) -> float:
    """The screen's value of a linear one (IEC 61966-2-1, continued above 1)."""
    value = max(linear, 0.0)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def linear_of(srgb: float) -> float:
    """The linear value of a screen's."""
    value = max(srgb, 0.0)
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def color_field(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    """A swatch that opens a picker; dragging in the picker is one step."""
    theme, t = form.window.theme, form.window.t
    numbers = list(value or [0.0] * spec.width)
    shown = [srgb_of(v) for v in numbers[:3]] + numbers[3:]
    height, start = imgui.get_frame_height(), imgui.get_cursor_screen_pos()
    differs = any_mixed(mixed)
    flags = imgui.ColorEditFlags_.alpha_preview_half | imgui.ColorEditFlags_.no_tooltip
    color = (*[min(v, 1.0) for v in shown[:3]], shown[3] if len(shown) > 3 else 1.0)
    imgui.push_style_var(imgui.StyleVar_.frame_border_size, 1.0)
    if imgui.color_button("##swatch", color, flags, (width, height)):
        form.gesture += 1
        imgui.open_popup("picker")
    imgui.pop_style_var()
    imgui.set_item_tooltip(t("Different values") if differs else hex_text(numbers))
    if differs:
        text = t("Different values")
        wide = imgui.calc_text_size(text).x
        where = imgui.ImVec2(start.x + (width - wide) / 2, start.y + (height - imgui.get_font_size()) / 2)
        end = imgui.ImVec2(start.x + width, start.y + height)
        imgui.get_window_draw_list().add_rect_filled(start, end, theme.pack("raised"), imgui.get_style().frame_rounding)
        imgui.get_window_draw_list().add_text(where, theme.pack("faint"), text)
    if not imgui.begin_popup("picker"):
        return None
    edit = _picker(form, spec, shown)
    imgui.end_popup()
    return edit


def hex_text(numbers: Sequence[float]) -> str:
    """``#rrggbb`` of linear numbers; brighter than a screen can say stays white."""
    return "#" + "".join(f"{round(255 * min(srgb_of(v), 1.0)):02x}" for v in numbers[:3])


def _picker(form: Form, spec: FieldSpec, shown: list[float]) -> Edit | None:
    is_bright = spec.maximum is None or spec.maximum > 1.0
    flags = imgui.ColorEditFlags_.picker_hue_wheel | imgui.ColorEditFlags_.display_hex | imgui.ColorEditFlags_.display_rgb
    flags |= imgui.ColorEditFlags_.no_side_preview
    if is_bright:
        flags |= imgui.ColorEditFlags_.hdr | imgui.ColorEditFlags_.float
    flags |= imgui.ColorEditFlags_.no_alpha if spec.width < 4 else imgui.ColorEditFlags_.alpha_bar
    imgui.set_next_item_width(imgui.get_font_size() * 14)
    start = imgui.ImVec4(shown[0], shown[1], shown[2], shown[3] if len(shown) > 3 else 1.0)
    changed, now = imgui.color_picker4("##color", start, flags)
    if not changed:
        return None
    plain = [round(linear_of(v), 6) for v in (now.x, now.y, now.z)] + ([round(now.w, 4)] if spec.width > 3 else [])
    return Edit(plain, merge=form.merge_key())
