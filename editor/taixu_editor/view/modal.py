"""Moving, turning and scaling by keys, as Blender has it: a key begins, the pointer does it without a button, X Y Z choose axes.

Numbers may be typed in place of the pointer. Enter or a click ends it; Escape or the right button gives it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu_editor.view.drag import Axes, Drag
from taixu_editor.view.dragging import axes_of
from taixu_editor.view.screen import Screen

if TYPE_CHECKING:
    from taixu_editor.view.gizmo import Gizmo

__all__ = ["Modal"]

_KEYS = (imgui.Key.x, imgui.Key.y, imgui.Key.z)
_COLORS = ("x_axis", "y_axis", "z_axis")
_ALL: Axes = (True, True, True)
Vector = NDArray[np.float64]


class Modal:
    """What keys drag in a view.

    Attributes
    ----------
    drag
        The drag, or None.
    """

    def __init__(self, gizmo: Gizmo) -> None:
        self.drag: Drag | None = None
        self._gizmo = gizmo
        self._begun: Vector | None = None
        self._tool = ""
        self._ended = -10
        self._is_local = False

    @property
    def is_fresh(self) -> bool:
        """Whether it goes on, or ended in this frame or the last."""
        return self.drag is not None or imgui.get_frame_count() - self._ended <= 1

    def start(self, tool: str) -> None:
        """Begin with what is selected, from where the pointer is."""
        gizmo, window = self._gizmo, self._gizmo.window
        gizmo.stop()
        world = window.host.session.world
        entities = gizmo.movable(world)
        if not entities:
            return
        if gizmo.window_name:
            imgui.set_window_focus(gizmo.window_name)  # so that no other panel answers Enter
        imgui.get_io().config_flags &= ~imgui.ConfigFlags_.nav_enable_keyboard
        pivot = gizmo.pose(world, entities)[:3, 3]
        self._is_local = False
        self.drag = gizmo.begin(world, entities, tool=tool, basis=np.eye(3), pivot=pivot)
        self._tool, self._begun = tool, None

    def update(self, screen: Screen) -> None:
        """Follow pointer and keys for a frame."""
        drag = self.drag
        assert drag is not None
        if self._begun is None:
            self._begun = screen.mouse
        if imgui.is_key_pressed(imgui.Key.escape, False) or imgui.is_mouse_clicked(imgui.MouseButton_.right):
            drag.cancel()
            self.end()
            return
        self._choose_axes(drag)
        drag.read_keys()
        if self._tool == "move":
            drag.move(self._place(drag, screen, screen.mouse) - self._place(drag, screen, self._begun), screen)
        elif self._tool == "rotate":
            axis = drag.basis @ np.array(drag.axes, float) if sum(drag.axes) == 1 else screen.camera.back
            facing = 1.0 if axis @ screen.camera.back >= 0 else -1.0
            turned = self._angle(drag, screen, screen.mouse) - self._angle(drag, screen, self._begun)
            drag.rotate(drag.unwound(turned) * facing, axis)
        else:
            middle = screen.project(drag.pivot[None])[0][0]
            now, then = (max(float(np.linalg.norm(place - middle)), 1.0) for place in (screen.mouse, self._begun))
            drag.scale(np.where(drag.axes, now / then, 1.0))
        keys = (imgui.Key.enter, imgui.Key.keypad_enter, imgui.Key.space)
        if any(imgui.is_key_pressed(key, False) for key in keys) or imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self.end()

    def end(self) -> None:
        """It stays where it is."""
        if self.drag is not None:
            self.drag.end()
            self._ended = imgui.get_frame_count()
            imgui.get_io().config_flags |= imgui.ConfigFlags_.nav_enable_keyboard
        self.drag = None

    def draw(self, screen: Screen) -> None:
        """Lines along the axes that were chosen."""
        drag = self.drag
        if drag is None or all(drag.axes):
            return
        lines, theme, far = imgui.get_window_draw_list(), self._gizmo.window.theme, 4.0 * sum(screen.extent)
        for i in (i for i in range(3) if drag.axes[i]):
            reach = screen.camera.distance_m * 0.01
            places, _ = screen.project(np.stack([drag.pivot, drag.pivot + drag.basis[:, i] * reach]))
            way = places[1] - places[0]
            length = float(np.linalg.norm(way))
            if not np.isfinite(length) or length < 1e-6:
                continue
            way = way / length * far
            low, high = places[0] - way, places[0] + way
            lines.add_line(
                (float(low[0]), float(low[1])), (float(high[0]), float(high[1])), theme.pack(_COLORS[i], 0.8),
                max(imgui.get_font_size() * 0.1, 1.0),
            )  # fmt: skip

    def _choose_axes(self, drag: Drag) -> None:
        """X along x, X again along the own x, once more free; with Shift all but x."""
        if imgui.get_io().key_ctrl:
            return
        for i, key in enumerate(_KEYS):
            if not imgui.is_key_pressed(key, False):
                continue
            chosen: Axes = (i == 0, i == 1, i == 2)
            if imgui.get_io().key_shift and self._tool != "rotate":
                chosen = (i != 0, i != 1, i != 2)
            if drag.axes != chosen:
                drag.axes, self._is_local = chosen, False
            elif not self._is_local:
                self._is_local = True
            else:
                drag.axes, self._is_local = _ALL, False
            drag.basis = axes_of(drag.dragging.before[-1]) if self._is_local else np.eye(3)

    def _place(self, drag: Drag, screen: Screen, mouse: Vector) -> Vector:
        """What a place of the window means: on the plane of the picture, on a plane of axes, or along an axis."""
        origin, direction = screen.ray(mouse)
        free = [i for i in range(3) if drag.axes[i]]
        if len(free) == 1:
            along = drag.basis[:, free[0]]
            across = np.cross(along, np.cross(direction, along))  # square to the axis, towards the ray
            slope = float(direction @ across)
            reach = float((drag.pivot - origin) @ across) / slope if abs(slope) > 1e-9 else 0.0
            hit = origin + direction * reach
            return np.asarray(drag.pivot + along * float((hit - drag.pivot) @ along))
        normal = screen.camera.back if len(free) == 3 else drag.basis[:, next(i for i in range(3) if not drag.axes[i])]
        slope = float(direction @ normal)
        reach = float((drag.pivot - origin) @ normal) / slope if abs(slope) > 1e-6 else 0.0
        hit = origin + direction * max(reach, 0.0)
        return np.asarray(hit)

    def _angle(self, drag: Drag, screen: Screen, mouse: Vector) -> float:
        middle = screen.project(drag.pivot[None])[0][0]
        x, y = mouse - middle
        return float(np.arctan2(-y, x))
