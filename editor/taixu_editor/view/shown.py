"""What a view shows, and the small menu in its corner that chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.view.modes import MODES

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["LAYERS", "Shown", "draw_shown_menu"]

LAYERS: dict[str, str] = {
    "grid": "Grid", "icons": "Lights and cameras", "colliders": "Colliders", "lights": "Reach of lights",
    "cameras": "What cameras see",
}  # fmt: skip
"""Titles of what lies over the picture."""


@dataclass
class Shown:
    """What a view shows: one of `MODES`, and the layers over it."""

    mode: str = "lit"
    grid: bool = True
    icons: bool = True
    colliders: bool = False
    lights: bool = False
    cameras: bool = False

    def key(self) -> tuple[object, ...]:
        """Changes when the picture does."""
        return (self.mode, self.grid, self.icons, self.colliders, self.lights, self.cameras)


def draw_shown_menu(window: EditorWindow, view: str, shown: Shown, origin: tuple[float, float]) -> bool:
    """The button in the upper left corner and its menu; whether the pointer is theirs."""
    unit, t, theme = imgui.get_font_size(), window.t, window.theme
    imgui.set_cursor_screen_pos((origin[0] + unit * 0.6, origin[1] + unit * 0.6))
    r, g, b, _ = theme.panel
    imgui.push_style_color(imgui.Col_.button, (r, g, b, 0.78))
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, unit * 0.4)
    imgui.push_item_flag(imgui.ItemFlags_.no_tab_stop, True)  # Tab goes to the next number of a drag, and not here
    imgui.push_item_flag(imgui.ItemFlags_.no_nav, True)
    if imgui.button(f"{icon('eye', t(MODES[shown.mode]))}  {icon('down')}###shown"):
        imgui.open_popup("###shown menu")
    imgui.pop_item_flag()
    imgui.pop_item_flag()
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    imgui.pop_style_var()
    imgui.pop_style_color()
    is_over = imgui.is_item_hovered()
    imgui.set_item_tooltip(t("What this view shows"))
    imgui.push_style_var(imgui.StyleVar_.item_spacing, (unit * 0.6, unit * 0.5))
    imgui.set_next_window_pos((low.x, high.y + unit * 0.3), imgui.Cond_.appearing)
    if imgui.begin_popup("###shown menu"):
        is_over = True
        for mode, title in MODES.items():
            if imgui.menu_item(f"{t(title)}###{mode}", "", mode == shown.mode)[0]:
                window.do("view.mode", mode=mode, view=view)
        imgui.separator()
        for layer, title in LAYERS.items():
            is_on = bool(getattr(shown, layer))
            if imgui.menu_item(f"{t(title)}###{layer}", "", is_on)[0]:
                window.do("view.show", layer=layer, on=not is_on, view=view)
        imgui.separator()
        for operation in ("selection.box_inside", "selection.box_through"):
            is_on = bool(getattr(window.shell.settings, operation.partition(".")[2]))
            if imgui.menu_item(f"{t(window.host.operations.find(operation).title)}###{operation}", "", is_on)[0]:
                window.shell.later(partial(window.do, operation))
        imgui.end_popup()
    imgui.pop_style_var()
    return bool(is_over)
