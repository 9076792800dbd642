"""Brushes in a view: a ring on the ground under the pointer, and strokes that go into the brush that is selected.

While the brush is on, the left button paints: each stroke is one step of the history, and the ground follows while it is drawn. Alt
paints the other way, the brackets make the ring smaller and larger, Escape puts the brush away.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.edit import id_text
from taixu.generate.modifiers import HeightBrush, MaskBrush
from taixu.scene import WorldTransforms
from taixu_editor.view.readout import draw_plate
from taixu_editor.view.screen import Screen

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport

__all__ = ["HEIGHT_KINDS", "Brush", "BrushView"]

HEIGHT_KINDS = ("raise", "level", "smooth")
_BRUSHES: dict[str, type] = {"height_brush": HeightBrush, "mask_brush": MaskBrush}
_RING = 48
_STEP = 0.3
"""Points of a stroke are so many radii apart."""
_MOST_POINTS = 2000
_LEAST_M, _MOST_M = 0.5, 500.0


@dataclass(slots=True)
class Brush:
    """What hands hold.

    Attributes
    ----------
    kind
        What a height brush does.
    strength
        Metres that it raises, or the share by which it levels, smooths and paints.
    """

    is_on: bool = False
    kind: str = "raise"
    radius_m: float = 8.0
    strength: float = 1.0


class BrushView:
    """The brush of one view.

    Attributes
    ----------
    point
        Where it is on the ground, metres of the world; None where it is not over any.
    """

    def __init__(self, panel: Viewport) -> None:
        self._panel = panel
        self.point: NDArray[np.float64] | None = None
        self._stroke: list[list[float]] = []
        self._last: NDArray[np.float64] | None = None
        self._start = np.zeros(3)
        self._strokes_before: list[Any] = []
        self._count = 0

    def component(self, world: World) -> str:
        """The brush component of what is selected alone; empty where there is none."""
        entity = self._panel.window.outlined.active
        if entity is None or len(self._panel.window.outlined.entities) != 1:
            return ""
        return next((name for name, cls in _BRUSHES.items() if world.has(entity, cls)), "")

    def is_busy(self, world: World) -> bool:
        """Whether clicks are its own."""
        return bool(self._panel.window.brush.is_on and self.component(world))

    def update(self, world: World, *, hovered: bool) -> None:
        """Follow hands."""
        panel, brush, io = self._panel, self._panel.window.brush, imgui.get_io()
        component = self.component(world)
        if not component or not brush.is_on:
            self.point, self._stroke = None, []
            return
        if imgui.is_key_pressed(imgui.Key.escape, False):
            brush.is_on = False
            return
        for key, factor in ((imgui.Key.left_bracket, 1 / 1.15), (imgui.Key.right_bracket, 1.15)):
            if hovered and imgui.is_key_pressed(key):
                brush.radius_m = round(min(max(brush.radius_m * factor, _LEAST_M), _MOST_M), 2)
        seen = panel.point_at(io.mouse_pos.x, io.mouse_pos.y) if hovered or self._stroke else None
        self.point = None if seen is None else np.asarray(seen.position, np.float64)
        if hovered and imgui.is_mouse_clicked(imgui.MouseButton_.left) and self.point is not None:
            self._begin(world, component)
        if self._stroke:
            if imgui.is_mouse_down(imgui.MouseButton_.left):
                self._go_on(world, component, is_other_way=io.key_alt)
            else:
                self._stroke, self._last = [], None
        self._draw(component)

    def _begin(self, world: World, component: str) -> None:
        entity = self._panel.window.outlined.active
        assert entity is not None
        strokes: Any = getattr(world.get(entity, _BRUSHES[component]), "strokes", ())
        self._strokes_before = list(strokes) if isinstance(strokes, (list, tuple)) else []
        self._count += 1
        self._last = None
        self._stroke = []
        self._add_point(world, entity)

    def _go_on(self, world: World, component: str, *, is_other_way: bool) -> None:
        panel, brush = self._panel, self._panel.window.brush
        entity = panel.window.outlined.active
        assert entity is not None
        is_first = len(self._stroke) == 1
        if not self._add_point(world, entity) and not is_first:
            return
        amount = -brush.strength if is_other_way and (component == "mask_brush" or brush.kind == "raise") else brush.strength
        stroke: dict[str, Any] = {"points": [list(each) for each in self._stroke], "radius_m": brush.radius_m, "amount": amount}
        if component == "height_brush":
            stroke["kind"] = brush.kind
            if brush.kind == "level" and self._last is not None:
                stroke["height_m"] = self._height_of_start(world, entity)
        merge = ("stroke", id(self), self._count)
        text = id_text(world.stable_id(entity))
        panel.window.do(
            "component.set", merge=merge, component=component, fields={"strokes": [*self._strokes_before, stroke]}, entities=[text]
        )

    def _add_point(self, world: World, entity: int) -> bool:
        """Take where the pointer is into the stroke, once it is far enough from the last point."""
        if self.point is None or len(self._stroke) >= _MOST_POINTS:
            return False
        apart = np.inf if self._last is None else float(np.linalg.norm((self.point - self._last)[[0, 2]]))
        if apart < self._panel.window.brush.radius_m * _STEP:
            return False
        x, _, z = self._local(world, entity, self.point)
        self._stroke.append([round(float(x), 3), round(float(z), 3)])
        if self._last is None:
            self._start = self.point
        self._last = self.point
        return True

    def _height_of_start(self, world: World, entity: int) -> float:
        """The height where the stroke began, in the frame of the brush."""
        return round(float(self._local(world, entity, self._start)[1]), 3)

    def _local(self, world: World, entity: int, point: NDArray[np.float64]) -> NDArray[np.float64]:
        matrix = world.resource(WorldTransforms).matrix(entity & 0xFFFFFFFF)
        local: NDArray[np.float64] = np.linalg.solve(matrix, np.append(point, 1.0))[:3]
        return local

    def _draw(self, component: str) -> None:
        """The ring, and what keys do."""
        panel, brush = self._panel, self._panel.window.brush
        theme = panel.window.theme
        if self.point is not None:
            turns = np.linspace(0.0, 2.0 * np.pi, _RING + 1)
            ring = self.point + np.stack([np.cos(turns), np.zeros(_RING + 1), np.sin(turns)], 1) * brush.radius_m
            places = Screen(panel.camera, panel.origin, panel.extent).project(ring)[0]
            draw = imgui.get_window_draw_list()
            draw.push_clip_rect(panel.origin, (panel.origin[0] + panel.extent[0], panel.origin[1] + panel.extent[1]), True)
            color = theme.pack("warning" if imgui.get_io().key_alt else "accent")
            for one, other in pairwise(places):
                if np.isfinite(one).all() and np.isfinite(other).all():
                    draw.add_line((float(one[0]), float(one[1])), (float(other[0]), float(other[1])), color, 2.0)
            draw.pop_clip_rect()
        said = panel.t("Drag to paint; Alt the other way, [ and ] change the size, Escape puts the brush away.")
        middle = (panel.origin[0] + panel.extent[0] / 2, panel.origin[1] + panel.extent[1] - imgui.get_font_size() * 2.2)
        draw_plate(theme, [(said, "text")], middle)
