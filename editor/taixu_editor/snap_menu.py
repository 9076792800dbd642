"""What drags keep to, in a small menu of the toolbar: steps to choose or to type, and what they find."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.view import Snap
    from taixu_editor.window import EditorWindow

__all__ = ["draw_snap_menu"]

_STEPS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "snap_move_m": ("Move", " m", (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)),
    "snap_angle_deg": ("Rotate", "°", (1.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0)),
    "snap_scale": ("Scale", "×", (0.05, 0.1, 0.25, 0.5, 1.0)),
}
"""By setting: title, unit, and steps that are offered."""
_LIMITS = {"snap_move_m": (0.001, 100.0), "snap_angle_deg": (0.1, 180.0), "snap_scale": (0.001, 10.0)}


def draw_snap_menu(window: EditorWindow, snap: Snap) -> None:
    """Lay out the menu; whoever calls has begun its popup."""
    unit, t = imgui.get_font_size(), window.t
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (unit * 0.35, unit * 0.5))
    imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.5, unit * 0.3))
    for setting, (title, mark, steps) in _STEPS.items():
        _row(window, setting, t(title), mark, steps)
    imgui.separator()
    for operation in ("snap.toggle", "snap.to_grid", "snap.surface", "snap.align", "snap.vertex"):
        is_on = snap.is_on if operation == "snap.toggle" else bool(getattr(snap, operation.partition(".")[2]))
        _check(window, operation, is_on=is_on)
    imgui.separator()
    for key, what in (("Ctrl", t("steps, while it is held")), ("Shift", t("on surfaces")), ("V", t("corner to corner"))):
        imgui.text_colored(window.theme.text, key)
        imgui.same_line(0, unit * 0.4)
        imgui.text_colored(window.theme.faint, what)
        imgui.same_line(0, unit * 1.2)
    imgui.new_line()
    imgui.pop_style_var(2)


def _row(window: EditorWindow, setting: str, title: str, mark: str, steps: tuple[float, ...]) -> None:
    """Steps side by side, the one that is in force marked, and a field for any other."""
    unit, theme, settings = imgui.get_font_size(), window.theme, window.shell.settings
    value = before = float(getattr(settings, setting))
    imgui.push_id(setting)
    imgui.align_text_to_frame_padding()
    imgui.text_colored(theme.faint, title)
    imgui.same_line(unit * 5)
    imgui.set_next_item_width(unit * 5)
    low, high = _LIMITS[setting]
    typed, number = imgui.input_float("##step", value, 0.0, 0.0, f"%g{mark}", imgui.InputTextFlags_.enter_returns_true)
    if typed and low <= number <= high:
        value = float(number)
    for step in steps:
        imgui.same_line()
        is_on = abs(step - before) < 1e-9
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.text)
        if imgui.button(f"{step:g}###{step:g}"):
            value = step
        imgui.pop_style_color(2)
    imgui.pop_id()
    if value != before:
        setattr(settings, setting, value)
        window.shell.settings_changed()


def _check(window: EditorWindow, operation: str, *, is_on: bool) -> None:
    """An entry with a tick; the menu stays open."""
    known = window.host.operations.find(operation)
    imgui.push_item_flag(imgui.ItemFlags_.auto_close_popups, False)
    if imgui.menu_item(f"{window.t(known.title)}###{operation}", window.shell.keymap.first(operation), is_on)[0]:
        window.shell.later(partial(window.do, operation))
    imgui.pop_item_flag()
