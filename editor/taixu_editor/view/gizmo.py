"""Handles that move, rotate and scale what is selected (ImGuizmo), in world or local axes, around a pivot.

ImGuizmo draws them and says what the hand does to them; what becomes of that is a `Drag`, as it is of keys (`Modal`) and of
corners that are dragged to corners while V is held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui, imguizmo
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.math.projection import orthographic
from taixu.render import View
from taixu.scene import CELL_M
from taixu_editor.view.drag import Axes, Drag
from taixu_editor.view.dragging import axes_of, world_matrices
from taixu_editor.view.grabbed import Grabbed
from taixu_editor.view.modal import Modal
from taixu_editor.view.orbit import OrbitCamera
from taixu_editor.view.readout import draw_plate
from taixu_editor.view.screen import Screen
from taixu_editor.view.snap import Snap
from taixu_editor.view.vertices import Corners

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["TOOLS", "Gizmo", "style_gizmo"]

_g = imguizmo.im_guizmo
TOOLS = ("select", "move", "rotate", "scale")
_OPERATIONS = {"move": _g.OPERATION.translate, "rotate": _g.OPERATION.rotate, "scale": _g.OPERATION.scale}
_AXES: dict[Any, Axes] = {
    _g.MOVETYPE.mt_move_x: (True, False, False), _g.MOVETYPE.mt_move_y: (False, True, False),
    _g.MOVETYPE.mt_move_z: (False, False, True), _g.MOVETYPE.mt_move_yz: (False, True, True),
    _g.MOVETYPE.mt_move_zx: (True, False, True), _g.MOVETYPE.mt_move_xy: (True, True, False),
    _g.MOVETYPE.mt_rotate_x: (True, False, False), _g.MOVETYPE.mt_rotate_y: (False, True, False),
    _g.MOVETYPE.mt_rotate_z: (False, False, True), _g.MOVETYPE.mt_scale_x: (True, False, False),
    _g.MOVETYPE.mt_scale_y: (False, True, False), _g.MOVETYPE.mt_scale_z: (False, False, True),
}  # fmt: skip
_HANDLE_LETTERS = 5.5
"""How long handles are, in heights of the letters: the same in small views and large ones, on any screen."""
_REACH = 40.0
"""How far from the pointer corners of what is selected are held, in window units."""
Matrix = NDArray[np.float64]


@dataclass
class Gizmo:
    """The handles of one view.

    Attributes
    ----------
    tool
        One of `TOOLS`.
    is_local
        Axes of the active entity in place of the world's.
    pivot
        "median" of all that is selected, or the "active" one.
    window_name
        What Dear ImGui knows the view's window by.
    seen
        Gives the view that it is in.
    drag
        What is dragged now, by handles or by a corner.
    modal
        What keys drag.
    """

    window: EditorWindow
    tool: str = "move"
    is_local: bool = False
    pivot: str = "median"
    snap: Snap = field(default_factory=Snap)
    window_name: str = ""
    seen: Callable[[], View | None] = field(default=lambda: None, repr=False)
    drag: Drag | None = field(default=None, repr=False)
    _matrix: Any = field(default=None, repr=False)
    _start: Matrix = field(default_factory=lambda: np.eye(4), repr=False)
    _by_corner: bool = False
    _over_corner: bool = False
    _given_up: bool = False
    _count: int = 0

    def __post_init__(self) -> None:
        self.modal = Modal(self)
        self.corners, self.grabbed = Corners(), Grabbed()

    @property
    def is_busy(self) -> bool:
        """Whether the pointer is over a handle or a corner, or drags something."""
        if self.is_dragging or self._over_corner:
            return True
        return bool(_g.is_over() and self.window.outlined.entities and self.tool != "select")

    @property
    def is_dragging(self) -> bool:
        """Whether something is dragged: keys are numbers then."""
        return self.drag is not None or self.modal.drag is not None

    def movable(self, world: World) -> list[int]:
        """What is selected and can be moved."""
        self.grabbed.update(world, self.window.outlined.handles)
        return self.grabbed.entities

    def update(
        self, world: World, camera: OrbitCamera, origin: tuple[float, float], extent: tuple[float, float], *, hovered: bool = False
    ) -> None:
        """Draw the handles into the present window, and follow a drag."""
        entities, screen = self.movable(world), Screen(camera, origin, extent)
        self._over_corner = False
        if not entities:
            self.stop()
            return
        if self.modal.drag is not None:
            self.modal.update(screen)
        elif self._by_corner or (self.tool == "move" and self.drag is None and self.snap.wants_vertex and not _g.is_using_any()):
            self._update_corner(world, entities, screen, hovered)
        elif self.tool != "select":
            self._update_handles(world, entities, camera, screen)
        self._draw(screen)

    def begin(self, world: World, entities: list[int], **more: Any) -> Drag:
        """A drag of these, with a key of its own."""
        self._count += 1
        view = self.seen()
        return Drag(self.window, world, entities, snap=self.snap, view=view, key=(id(self), self._count), **more)

    def stop(self) -> None:
        """Let go of everything."""
        if self.drag is not None:
            self.drag.end()
        self.drag, self._by_corner = None, False
        self.modal.end()

    # -- handles -----------------------------------------------------------------------------------------------------
    def _update_handles(self, world: World, entities: list[int], camera: OrbitCamera, screen: Screen) -> None:
        seen = camera.camera()
        cell = np.array(seen.cell, float) * CELL_M
        if self.drag is None and not self._given_up:
            pose = self.pose(world, entities)
            pose[:3, 3] -= cell
            self._matrix = _packed(pose)
        _g.push_id(id(self) & 0x7FFFFFFF)
        _g.set_orthographic(camera.is_parallel)
        _g.set_drawlist()
        _g.set_rect(*screen.origin, *screen.extent)
        reach = min(_HANDLE_LETTERS * imgui.get_font_size(), 0.3 * min(screen.extent))
        _g.set_gizmo_size_clip_space(2 * reach / max(screen.extent))
        _g.enable(not self._given_up)
        step = self.snap.step(self.tool) if self.tool != "move" else 0.0
        view: Matrix = np.asarray(np.linalg.inv(seen.world_from_camera), np.float64)
        is_world = self.tool != "scale" and not self.is_local
        imgui.push_font(None, 1.0)  # its own readout is not wanted: a plate says more
        _g.manipulate(
            _packed(view), _packed(_plain_projection(camera, screen.aspect)), _OPERATIONS[self.tool],
            _g.MODE.world if is_world else _g.MODE.local, self._matrix, None, _g.Matrix3([step] * 3) if step else None,
        )  # fmt: skip
        imgui.pop_font()
        is_using, handle = _g.is_using(), _g.get_active_handle_type()
        _g.pop_id()
        if self._given_up:
            self._given_up = imgui.is_mouse_down(imgui.MouseButton_.left)
            return
        if not is_using:
            if self.drag is not None:
                self.drag.end()
                self.drag = None
            return
        if self.drag is None:
            self._start = self.pose(world, entities)
            axes = _AXES.get(handle, (True, True, True))
            self.drag = self.begin(
                world, entities, tool=self.tool, basis=self._start[:3, :3], pivot=self._start[:3, 3], axes=axes
            )
        self._follow(self.drag, screen, cell)

    def _follow(self, drag: Drag, screen: Screen, cell: Matrix) -> None:
        if imgui.is_key_pressed(imgui.Key.escape, False):
            drag.cancel()
            self.drag, self._given_up = None, True
            return
        drag.read_keys()
        now = _unpacked(self._matrix)
        now[:3, 3] += cell
        if not np.isfinite(now).all():
            return
        if drag.tool == "move":
            delta = drag.move(now[:3, 3] - self._start[:3, 3], screen)
            kept = self._start.copy()
            kept[:3, 3] += delta - cell
            self._matrix = _packed(kept)
        elif drag.tool == "rotate":
            axis = drag.basis @ np.array(drag.axes, float) if sum(drag.axes) == 1 else screen.camera.back
            turn = now[:3, :3] @ self._start[:3, :3].T
            swing = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]]) @ axis / 2
            drag.rotate(drag.unwound(float(np.arctan2(swing, (np.trace(turn) - 1) / 2))), axis)
        else:
            before = self._start[:3, :3]
            drag.scale(np.einsum("ij,ij->j", now[:3, :3], before) / np.einsum("ij,ij->j", before, before))

    def pose(self, world: World, entities: list[int]) -> Matrix:
        """Where the handles are and how they are turned, metres of the world."""
        active = world_matrices(world, entities[-1:])[0]
        pose = np.eye(4)
        if self.is_local or self.tool == "scale":
            pose[:3, :3] = axes_of(active)
        pose[:3, 3] = active[:3, 3] if self.pivot == "active" else self.grabbed.middle(world)
        return pose

    # -- corners -----------------------------------------------------------------------------------------------------
    def _update_corner(self, world: World, entities: list[int], screen: Screen, hovered: bool) -> None:
        """The corner of the selection that is nearest to the pointer is held, and dragged to others."""
        if self.drag is not None:
            if imgui.is_key_pressed(imgui.Key.escape, False):
                self.drag.cancel()
                self.drag, self._by_corner = None, False
            elif not imgui.is_mouse_down(imgui.MouseButton_.left):
                self.drag.end()
                self.drag, self._by_corner = None, False
            else:
                self.drag.read_keys()
                self.drag.move(self._on_plane(screen) - self._start[:3, 3], screen)
            return
        points, places, _ = self.corners.near(world, self.window.selected_family(), screen, screen.mouse, _REACH)
        if not (hovered and len(points)):
            return
        self._over_corner = True
        _draw_corners(self.window, places, screen.project(points[:1])[0][0])
        if imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self._by_corner = True
            self._start = np.eye(4)
            self._start[:3, 3] = points[0]
            self.drag = self.begin(
                world, entities, tool="move", basis=np.eye(3), pivot=self.pose(world, entities)[:3, 3], grabbed=points[0]
            )

    def _on_plane(self, screen: Screen) -> Matrix:
        """The pointer's place on the plane of the corner that is held, facing the camera."""
        origin, direction = screen.ray(screen.mouse)
        back, place = screen.camera.back, self._start[:3, 3]
        reach = ((place - origin) @ back) / (direction @ back)
        return np.asarray(origin + direction * reach)

    def _draw(self, screen: Screen) -> None:
        drag = self.drag or self.modal.drag
        if drag is None:
            return
        if drag.vertex is not None:
            _draw_corners(self.window, drag.around, screen.project(drag.vertex[None])[0][0])
        self.modal.draw(screen)
        middle = (screen.origin[0] + screen.extent[0] / 2, screen.origin[1] + screen.extent[1] - imgui.get_font_size() * 2.2)
        draw_plate(self.window.theme, drag.segments(), middle)


def style_gizmo(scale: float) -> None:
    """Make the handles as thick as a finger wants them on this screen."""
    style = _g.get_style()
    style.translation_line_thickness = style.rotation_line_thickness = style.scale_line_thickness = 3.5 * scale
    style.rotation_outer_line_thickness, style.translation_line_arrow_size = 2.5 * scale, 7.0 * scale
    style.scale_line_circle_size = style.center_circle_size = 6.5 * scale


def _draw_corners(window: EditorWindow, places: Matrix, chosen: Matrix) -> None:
    """Dots for corners, and a ring around the one that is meant."""
    draw, theme, unit = imgui.get_window_draw_list(), window.theme, imgui.get_font_size()
    for x, y in places[:200].tolist():
        draw.add_circle_filled((x, y), unit * 0.14, theme.pack("text", 0.8), 8)
    if np.isfinite(chosen).all():
        place = (float(chosen[0]), float(chosen[1]))
        draw.add_circle_filled(place, unit * 0.24, theme.pack("accent"), 12)
        draw.add_circle(place, unit * 0.5, theme.pack("accent"), 20, max(unit * 0.12, 1.5))


def _plain_projection(camera: OrbitCamera, aspect: float) -> Matrix:
    """Depth from -1 to 1, as ImGuizmo has it."""
    if camera.is_parallel:
        height = 2 * camera.distance_m * np.tan(camera.fov_y_rad / 2)
        return np.asarray(orthographic(height * aspect, height, 0.01, 1e5), float)
    f, near, far = 1 / np.tan(camera.fov_y_rad / 2), 0.01, 1e5
    matrix = np.zeros((4, 4))
    matrix[0, 0], matrix[1, 1], matrix[3, 2] = f / aspect, f, -1.0
    matrix[2, 2], matrix[2, 3] = (far + near) / (near - far), 2 * far * near / (near - far)
    return matrix


def _packed(matrix: Matrix) -> Any:
    return _g.Matrix16([float(v) for v in matrix.T.reshape(-1)])


def _unpacked(matrix: Any) -> Matrix:
    return np.array(matrix.values, np.float64).reshape(4, 4).T
