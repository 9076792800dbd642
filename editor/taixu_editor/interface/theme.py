"""Colours and measures of the interface: one design, dark and light, with one accent.

Panels take colours from `Theme` by their meaning and never write one down. The accent is jade; it marks what is chosen and
what is about to happen, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imgui_bundle import imgui

__all__ = ["DARK", "LIGHT", "THEMES", "Theme", "apply_theme"]

Color = tuple[float, float, float, float]


def _hex(text: str, alpha: float = 1.0) -> Color:
    return (int(text[0:2], 16) / 255, int(text[2:4], 16) / 255, int(text[4:6], 16) / 255, alpha)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by meaning, sRGB and alpha.

    Attributes
    ----------
    ground, panel, raised, hover, pressed
        Behind the panels; their surface; fields and buttons, at rest, under the pointer, and held.
    border, text, faint
        Lines; what is read; what is read second.
    accent, accent_hover, accent_soft, on_accent
        What is chosen; the same under the pointer; the background of what is chosen; text over the accent.
    good, warning, bad, recording
        Outcomes; and that changes are being recorded.
    x_axis, y_axis, z_axis
        Axes, in gizmos and in vector fields.
    """

    name: str
    is_dark: bool
    ground: Color
    panel: Color
    raised: Color
    hover: Color
    pressed: Color
    border: Color
    text: Color
    faint: Color
    accent: Color
    accent_hover: Color
    accent_soft: Color
    on_accent: Color
    good: Color
    warning: Color
    bad: Color
    recording: Color
    x_axis: Color
    y_axis: Color
    z_axis: Color

    def pack(self, color: str, alpha: float = 1.0) -> int:
        """A colour of this theme by name, as draw lists want it."""
        r, g, b, a = getattr(self, color)
        return int(imgui.get_color_u32(imgui.ImVec4(r, g, b, a * alpha)))


DARK = Theme(
    "dark", True, ground=_hex("121417"), panel=_hex("1c1f24"), raised=_hex("282c33"), hover=_hex("333943"), pressed=_hex("3d4450"),
    border=_hex("2c3138"), text=_hex("e4e7ec"), faint=_hex("9da6b5"), accent=_hex("2fbf9f"), accent_hover=_hex("4bd0b2"),
    accent_soft=_hex("2fbf9f", 0.22), on_accent=_hex("06251e"), good=_hex("58c472"), warning=_hex("e3b341"), bad=_hex("f5827c"),
    recording=_hex("f0473f"),
    x_axis=_hex("e5534b"), y_axis=_hex("6bbf47"), z_axis=_hex("4b8fe5"),
)  # fmt: skip
LIGHT = Theme(
    "light", False, ground=_hex("dfe3e8"), panel=_hex("fafbfc"), raised=_hex("eaedf1"), hover=_hex("dfe4ea"),
    pressed=_hex("d3d9e1"),
    border=_hex("d3d8df"), text=_hex("1b1f25"), faint=_hex("525c6b"), accent=_hex("08735d"), accent_hover=_hex("0a8a70"),
    accent_soft=_hex("08735d", 0.16), on_accent=_hex("ffffff"), good=_hex("197432"), warning=_hex("7d5600"), bad=_hex("b92720"),
    recording=_hex("d3281f"),
    x_axis=_hex("c93a33"), y_axis=_hex("3f8f1f"), z_axis=_hex("2a69c4"),
)  # fmt: skip
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def apply_theme(theme: Theme, *, scale: float = 1.0) -> None:
    """Make the present context look like a theme; `scale` is of the screen's dots and the user's choice."""
    fresh = imgui.Style()
    style = imgui.get_style()
    _measures(fresh)
    fresh.scale_all_sizes(scale)
    for name in _MEASURES:
        setattr(style, name, getattr(fresh, name))
    style.font_scale_dpi = scale
    for name, color in _colors(theme).items():
        style.set_color_(getattr(imgui.Col_, name), imgui.ImVec4(*color))


_MEASURES = {
    "window_padding": (10, 8), "frame_padding": (8, 5), "cell_padding": (6, 3), "item_spacing": (8, 6),
    "item_inner_spacing": (6, 4),
    "indent_spacing": 16.0, "scrollbar_size": 12.0, "grab_min_size": 10.0, "window_border_size": 0.0, "child_border_size": 1.0,
    "popup_border_size": 1.0, "frame_border_size": 0.0, "tab_border_size": 0.0,
    "tab_bar_border_size": 0.0, "tab_bar_overline_size": 2.0,
    "window_rounding": 6.0, "child_rounding": 5.0, "frame_rounding": 5.0, "popup_rounding": 6.0, "scrollbar_rounding": 6.0,
    "grab_rounding": 4.0, "tab_rounding": 5.0, "docking_separator_size": 3.0, "separator_text_border_size": 1.0,
    "window_menu_button_position": imgui.Dir.none, "selectable_rounding": 4.0, "window_title_align": (0.0, 0.5),
}  # fmt: skip


def _measures(style: Any) -> None:
    for name, value in _MEASURES.items():
        setattr(style, name, imgui.ImVec2(*value) if isinstance(value, tuple) else value)


def _colors(t: Theme) -> dict[str, Color]:
    clear = (0.0, 0.0, 0.0, 0.0)
    return {
        "text": t.text, "text_disabled": t.faint, "window_bg": t.panel, "child_bg": clear, "popup_bg": t.panel, "border": t.border,
        "border_shadow": clear, "frame_bg": t.raised, "frame_bg_hovered": t.hover, "frame_bg_active": t.pressed,
        "title_bg": t.ground,
        "title_bg_active": t.ground, "title_bg_collapsed": t.ground, "menu_bar_bg": t.ground, "scrollbar_bg": clear,
        "scrollbar_grab": t.hover, "scrollbar_grab_hovered": t.pressed, "scrollbar_grab_active": t.faint, "check_mark": t.accent,
        "checkbox_selected_bg": t.raised,
        "slider_grab": t.accent, "slider_grab_active": t.accent, "button": t.raised, "button_hovered": t.hover,
        "button_active": t.pressed, "header": t.accent_soft, "header_hovered": t.hover, "header_active": t.accent_soft,
        "separator": t.border, "separator_hovered": t.accent, "separator_active": t.accent, "resize_grip": clear,
        "resize_grip_hovered": t.accent, "resize_grip_active": t.accent, "tab": t.ground, "tab_hovered": t.hover,
        "tab_selected": t.panel, "tab_selected_overline": t.accent, "tab_dimmed": t.ground, "tab_dimmed_selected": t.panel,
        "tab_dimmed_selected_overline": t.border, "docking_preview": t.accent_soft, "docking_empty_bg": t.ground,
        "plot_lines": t.accent, "plot_lines_hovered": t.text, "plot_histogram": t.accent, "plot_histogram_hovered": t.text,
        "table_header_bg": t.raised, "table_border_strong": t.border, "table_border_light": t.border, "table_row_bg": clear,
        "table_row_bg_alt": (*t.text[:3], 0.025), "text_link": t.accent, "text_selected_bg": t.accent_soft, "tree_lines": t.border,
        "drag_drop_target": t.accent, "drag_drop_target_bg": t.accent_soft, "nav_cursor": t.accent, "input_text_cursor": t.accent,
        "nav_windowing_highlight": t.accent, "modal_window_dim_bg": (0.0, 0.0, 0.0, 0.45), "unsaved_marker": t.warning,
    }  # fmt: skip
