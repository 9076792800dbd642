"""The bar under the menus: tools, axes, snapping, play, saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.snap_menu import draw_snap_menu

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["draw_toolbar"]

_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_docking
    | imgui.WindowFlags_.no_scroll_with_mouse | imgui.WindowFlags_.no_move
)  # fmt: skip


def draw_toolbar(window: EditorWindow) -> None:
    """Lay out the bar; before the dock space, which takes what is left."""
    unit = imgui.get_font_size()
    imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.6, unit * 0.35))
    imgui.push_style_var(imgui.StyleVar_.window_min_size, (1, 1))
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (unit * 0.25, 0))
    imgui.push_style_color(imgui.Col_.window_bg, _ground(window))
    if imgui.internal.begin_viewport_side_bar("###toolbar", imgui.get_main_viewport(), imgui.Dir.up, unit * 2.6, _FLAGS):
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.55, unit * 0.42))
        imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
        _saving(window)
        _gap(unit)
        _tools(window)
        _gap(unit)
        _snapping(window)
        _playing(window)
        imgui.pop_style_color()
        imgui.pop_style_var()
    imgui.end()
    imgui.pop_style_color()
    imgui.pop_style_var(3)


def _button(
    window: EditorWindow, operation: str, picture: str, *, is_on: bool = False, label: str = "", is_main: bool = False
) -> None:
    """A button that does an operation; its tooltip says what, and by which keys."""
    known = window.host.operations
    if operation not in known:
        return
    reason = known.blocked(window.host.session, operation)
    theme = window.theme
    if is_on or is_main:
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else (0, 0, 0, 0))
        imgui.push_style_color(imgui.Col_.text, theme.accent)
    imgui.begin_disabled(bool(reason))
    if imgui.button(f"{icon(picture, window.t(label) if label else '')}###{operation}"):
        window.shell.do_later(operation)
    imgui.end_disabled()
    if is_on or is_main:
        imgui.pop_style_color(2)
    if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled):
        keys = window.shell.keymap.text(operation)
        title = window.t(known.find(operation).title)
        imgui.set_tooltip(f"{title}  {keys}" if not reason else f"{title}\n{window.t(reason)}")
    imgui.same_line()


def _gap(unit: float) -> None:
    imgui.dummy((unit * 0.5, 0))
    imgui.same_line()


def _saving(window: EditorWindow) -> None:
    _button(window, "editor.save", "save")
    _button(window, "history.undo", "undo")
    _button(window, "history.redo", "redo")


def _tools(window: EditorWindow) -> None:
    gizmo = window.shell.gizmo
    for tool in ("select", "move", "rotate", "scale"):
        _button(window, f"tool.{tool}", tool, is_on=gizmo is not None and gizmo.tool == tool and not window.draws_fences)
    _button(window, "tool.fence", "fence", is_on=window.draws_fences)
    if gizmo is not None:
        _gap(imgui.get_font_size())
        _button(window, "gizmo.local", "local" if gizmo.is_local else "world", label="Local" if gizmo.is_local else "World")
        is_active = gizmo.pivot == "active"
        _button(window, "gizmo.pivot", "pivot", label="Active" if is_active else "Middle")


def _snapping(window: EditorWindow) -> None:
    gizmo, t = window.shell.gizmo, window.t
    if gizmo is None:
        return
    snap = gizmo.snap
    _button(window, "snap.toggle", "magnet", is_on=snap.is_on)
    tool = gizmo.tool if gizmo.tool != "select" else "move"
    shown = {"move": f"{snap.move_m:g} m", "rotate": f"{snap.angle_deg:g}°", "scale": f"{snap.scale:g}×"}[tool]
    if imgui.button(f"{shown}###steps"):
        imgui.open_popup("###snap steps")
    imgui.set_item_tooltip(t("Steps of moving, turning and scaling"))
    imgui.same_line()
    imgui.push_style_var(imgui.StyleVar_.window_padding, (imgui.get_font_size() * 0.8,) * 2)
    if imgui.begin_popup("###snap steps"):
        imgui.push_style_color(imgui.Col_.button, window.theme.raised)
        draw_snap_menu(window, snap)
        imgui.pop_style_color()
        imgui.end_popup()
    imgui.pop_style_var()


def _playing(window: EditorWindow) -> None:
    unit, bar = imgui.get_font_size(), window.play_bar
    imgui.same_line(max(imgui.get_cursor_pos_x() + unit, (imgui.get_window_width() - unit * bar.width) / 2))
    bar.draw(_button)


def _ground(window: EditorWindow) -> tuple[float, float, float, float]:
    """Of another colour while a world is played: what is edited then is a copy."""
    theme, play = window.theme, window.host.play
    if not play.is_playing:
        return theme.ground
    tint = theme.warning if play.is_paused else theme.accent
    r, g, b = (0.8 * low + 0.2 * high for low, high in zip(theme.ground[:3], tint[:3], strict=True))
    return (r, g, b, 1.0)
