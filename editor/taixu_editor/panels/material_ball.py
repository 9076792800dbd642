"""A surface on a simple body under steady light, drawn when it changed and not otherwise."""

from __future__ import annotations

from math import cos, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.app import Stage
from taixu.defaults import App
from taixu.render import View, ViewCamera
from taixu.scene import Environment, Shape, Transform

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["BODIES", "MaterialBall"]

BODIES = {"sphere": ("sphere", (1.0, 1.0, 1.0)), "box": ("box", (0.8, 0.8, 0.8)), "torus": ("torus", (1.1, 0.35, 1.1)),
          "plane": ("plane", (1.3, 0.0, 1.3)), "cone": ("cone", (0.9, 1.1, 0.9))}  # fmt: skip
"""Bodies by name: a kind of `Shape`, and its size."""
_TURN_A_PIXEL = 0.01


class MaterialBall:
    """A small world of its own, with its own renderer: the sky of the world that is edited stays where it is."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.body = "sphere"
        self.turn_rad, self.height_rad = 0.5, 0.35
        self._app: App | None = None
        self._project: Any = None
        self._entity = 0
        self._surface_type: type = object
        self._view: View | None = None
        self._shown: object = None
        self._drawn: object = None

    def draw(self, surface: Any, side: float) -> None:
        """Lay out the picture of a surface (a component); dragging turns the body."""
        app = self._ready()
        scale = imgui.get_io().display_framebuffer_scale.x
        size = (max(int(side * scale), 16), max(int(side * scale), 16))
        key = (repr(surface), self.body, size, round(self.turn_rad, 3), round(self.height_rad, 3), self._window.theme.name)
        if key != self._drawn:
            self._drawn = key
            self._render(app, surface, size)
        assert self._view is not None
        assert self._view.graph is not None
        number = self._window.gui.painter.number_of(self._view.graph.textures["color"])
        start = imgui.get_cursor_screen_pos()
        imgui.invisible_button("ball", (side, side))
        if imgui.is_item_active():
            moved = imgui.get_io().mouse_delta
            self.turn_rad -= moved.x * _TURN_A_PIXEL
            self.height_rad = float(np.clip(self.height_rad + moved.y * _TURN_A_PIXEL, -1.4, 1.4))
        round_px = imgui.get_font_size() * 0.5
        white = imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        end = (start.x + side, start.y + side)
        imgui.get_window_draw_list().add_image_rounded(
            imgui.ImTextureRef(number), (start.x, start.y), end, (0, 1), (1, 0), white, round_px
        )

    def release(self) -> None:
        """Give all back."""
        if self._view is not None:
            if self._view.graph is not None and "color" in self._view.graph.textures:
                self._window.gui.painter.forget(self._view.graph.textures["color"])
            self._view.release()
        if self._app is not None:
            self._app.close()
        self._view = self._app = self._drawn = self._shown = None

    def _ready(self) -> App:
        host = self._window.host
        if self._app is None or self._project is not host.session.project:
            self.release()
            self._project = host.session.project
            self._app = app = host.make_app(self._project)
            world = app.world
            world.spawn(Environment(sun_direction=(0.5, 0.7, 0.7)))
            self._entity = world.spawn(Transform(), Shape())
        return self._app

    def _render(self, app: App, surface: Any, size: tuple[int, int]) -> None:
        world, shown = app.world, (repr(surface), self.body)
        if shown != self._shown:
            before, self._shown = self._shown, shown
            kind, extent = BODIES[self.body]
            world.insert(self._entity, Shape(kind=kind, size=extent))
            if before is not None and type(surface) is not self._surface_type:
                world.remove(self._entity, self._surface_type)
            self._surface_type = type(surface)
            world.insert(self._entity, surface)
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            app.run_stage(stage)
        if self._view is None or self._view.size != size:
            if self._view is not None:
                if self._view.graph is not None and "color" in self._view.graph.textures:
                    self._window.gui.painter.forget(self._view.graph.textures["color"])
                self._view.release()
            self._view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0)), size, name="material", settings={"antialias": "fxaa"})
        self._view.settings["background"] = tuple(channel**2.2 for channel in self._window.theme.raised[:3])
        flat = cos(self.height_rad)
        eye = np.array([flat * sin(self.turn_rad), sin(self.height_rad), flat * cos(self.turn_rad)]) * 2.6
        self._view.camera = ViewCamera.looking(eye, (0.0, 0.0, 0.0), fov_y_rad=0.5)
        app.drawing.renderer.render(world, [self._view])
