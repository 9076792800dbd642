"""A view while the world is played: the player's eye and hands, or one's own beside him.

The view's own camera is put back when play ends: who has left the player's camera to look around finds the world as it was, and
stands where he stood.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu.defaults.drawing import main_camera
from taixu.platform.events import (
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    PadAxisEvent,
    PadButtonEvent,
    TextEvent,
    WheelEvent,
)
from taixu.render import ViewCamera
from taixu.render.hud import Screen
from taixu.scene import CELL_M
from taixu_editor.interface import icon
from taixu_editor.view.orbit import OrbitCamera

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu_editor.panels.viewport import Viewport

__all__ = ["GameView", "stand_at"]


class GameView:
    """What is the player's in a view.

    Attributes
    ----------
    is_wanted
        Whether the view shows what the player sees, while a world is played that has a camera.
    is_focused
        Whether keys go to the world.
    """

    def __init__(self, view: Viewport, *, is_first: bool) -> None:
        self._view = view
        self._is_first = is_first
        self._before: OrbitCamera | None = None
        self._wants_focus = False
        self.is_wanted = self.is_focused = False

    def begin(self, world: World) -> None:
        """Play begins: the first view is the player's."""
        camera = self._view.camera
        camera.stay()
        self._before = replace(camera, pivot=camera.pivot.copy())
        self.is_wanted = self._wants_focus = self._is_first and main_camera(world) is not None
        if self._is_first and not world.has_resource(Screen):
            world.insert_resource(Screen(interactive=True))
            world.resource(Screen).wire(world)

    def end(self) -> None:
        """Play has ended: one stands again where one stood before."""
        self.is_wanted = self.is_focused = False
        if self._before is not None:
            camera, before, self._before = self._view.camera, self._before, None
            camera.copy_from(before)
            camera.fov_y_rad, camera.is_parallel = before.fov_y_rad, before.is_parallel
            camera.advance(10.0)

    def turn(self) -> None:
        """Leave the player's camera, from where it looks; or go back to it."""
        world = self._view.host.session.world
        self._view.host.play.platform.let_go()
        self.is_wanted, self.is_focused = not self.is_wanted, False
        entity = main_camera(world)
        if self.is_wanted:
            self._wants_focus = True
        elif entity is not None:
            stand_at(self._view.camera, ViewCamera.of_entity(world, entity))

    def lay_out(self, world: World, size: tuple[int, int]) -> int:
        """Lay out what scripts and mods show for a picture of a size; gives a number that changes when it does."""
        if not (self._is_first and world.has_resource(Screen)):
            return 0
        screen = world.resource(Screen)
        screen.pixels_per_unit = size[0] / self._view.extent[0]
        screen.lay_out(world, size)
        return screen.version

    def forward_input(self, *, hovered: bool) -> None:
        """What happens over the picture is the player's."""
        if self._wants_focus:
            self._wants_focus = False
            imgui.set_window_focus(self._view.window_name)
        had_focus, self.is_focused = self.is_focused, imgui.is_window_focused()
        play = self._view.host.play
        if had_focus and not self.is_focused:
            play.platform.let_go()
        events: list[InputEvent] = []
        for event in self._view.window.events:
            match event:
                case MouseMoveEvent(x=x, y=y, dx=dx, dy=dy):
                    events.append(MouseMoveEvent(x - self._view.origin[0], y - self._view.origin[1], dx, dy))
                case MouseButtonEvent(down=down) if hovered or not down:
                    events.append(event)
                case WheelEvent() if hovered:
                    events.append(event)
                case KeyEvent(down=down) if self.is_focused or not down:
                    events.append(event)
                case TextEvent() if self.is_focused:
                    events.append(event)
                case PadButtonEvent() | PadAxisEvent():
                    events.append(event)
        play.platform.put(events)

    def draw_frame(self) -> None:
        """A frame around the picture, and a line at its upper edge: nobody takes the copy that runs for the world itself."""
        view = self._view
        play, t, theme, unit = view.host.play, view.t, view.window.theme, imgui.get_font_size()
        color = "warning" if play.is_paused else "accent"
        (x, y), (wide, tall) = view.origin, view.extent
        draw, thick = imgui.get_window_draw_list(), max(unit * 0.16, 2.0)
        half = thick / 2
        draw.add_rect((x + half, y + half), (x + wide - half, y + tall - half), theme.pack(color), 0.0, thick)
        if not view.is_game:
            keys = view.window.shell.keymap.first("play.eject")
            has_player = self._is_first and main_camera(view.host.session.world) is not None
            text = t("You edit the world that runs") + (f"  ·  {keys} {t('Play on')}" if has_player else "")
            name = "eye"
        elif play.is_paused:
            text, name = t("Paused"), "pause"
        elif not self.is_focused:
            text, name = t("Click to play"), "play"
        else:
            return
        self._draw_pill(icon(name, text), color)

    def _draw_pill(self, text: str, color: str) -> None:
        view, theme, unit = self._view, self._view.window.theme, imgui.get_font_size()
        size, draw = imgui.calc_text_size(text), imgui.get_window_draw_list()
        left = view.origin[0] + (view.extent[0] - size.x) / 2
        if size.x + unit * 12 > view.extent[0]:  # a narrow view has its menus there
            return
        top = view.origin[1] + unit * 0.6
        low, high = (left - unit * 0.8, top), (left + size.x + unit * 0.8, top + size.y + unit * 0.6)
        draw.add_rect_filled(low, high, theme.pack("panel", 0.92), unit)
        draw.add_rect(low, high, theme.pack(color, 0.8), unit)
        draw.add_text((left, top + unit * 0.3), theme.pack("text"), text)


def stand_at(camera: OrbitCamera, seen: ViewCamera) -> None:
    """Look from where another camera looks, with its angle of view."""
    back = seen.world_from_camera[:3, 2]
    eye = seen.world_from_camera[:3, 3] + np.array(seen.cell, float) * CELL_M
    camera.turn_rad, camera.height_rad = float(np.arctan2(back[0], back[2])), float(np.arcsin(np.clip(back[1], -1, 1)))
    camera.fov_y_rad, camera.is_parallel = seen.fov_y_rad, False
    camera.pivot = eye - camera.back * camera.distance_m
    camera.stay()
