"""Results on a lit ball: maps that lie anywhere on this machine, worn by a body in a studio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imgui_bundle import imgui

from taixu.defaults import App
from taixu.scene import Material, MeshLibrary
from taixu.scene.shape_meshes import ShapeState
from taixu_editor.panels.material_ball import MaterialBall

__all__ = ["ResultBall"]

_MOST_LOOKS = 24
"""Looks whose textures stay on the device."""


class ResultBall(MaterialBall):
    """A ball that wears files of the cache."""

    def number(self, fields: dict[str, Any], side: float) -> Any:
        """Its picture, as draw lists take it; drawn anew only where something changed."""
        scale = imgui.get_io().display_framebuffer_scale.x
        self._size = (max(int(side * scale), 16), max(int(side * scale), 16))
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
        surface = Material(**values)
        app, key = self._ready(), self._key(surface)
        if key != self._drawn:
            self._drawn = key
            self._render(app, surface, self._size)
        assert self._view is not None
        assert self._view.graph is not None
        return imgui.ImTextureRef(self._window.gui.painter.number_of(self._view.graph.textures["color"]))

    def read(self) -> Any:
        """The pixels of the latest picture, uint8 [h, w, 4], the top row first; None where the device gives others."""
        if self._view is None or self._view.graph is None:
            return None
        pixels = self._view.graph.textures["color"].read()[::-1]
        return pixels if pixels.dtype == "uint8" else None

    def turn(self) -> None:
        """Follow the pointer that drags the item just drawn."""
        if imgui.is_item_active():
            moved = imgui.get_io().mouse_delta
            self.turn_rad -= moved.x * 0.01
            self.height_rad = min(max(self.height_rad + moved.y * 0.01, -1.4), 1.4)

    def _ready(self) -> App:
        if self._app is not None and len(self._app.world.resource(MeshLibrary)) > _MOST_LOOKS:
            self.release()
        is_new = self._app is None or self._project is not self._window.host.session.project
        app = super()._ready()
        if is_new:
            app.world.insert_resource(ShapeState(Path))
        return app
