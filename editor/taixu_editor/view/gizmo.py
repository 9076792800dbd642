"""Handles that move, rotate and scale what is selected (ImGuizmo), in world or local axes, around a pivot.

While a handle is dragged the selection's world matrices of the drag's beginning are kept, and each frame sets all
transforms from those by one operation that merges with the last: a drag is one undo, and nothing drifts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui, imguizmo
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.edit import id_text
from taixu.edit.marks import is_locked
from taixu.math.affine import decompose, invert
from taixu.math.projection import orthographic
from taixu.render import View
from taixu.scene import CELL_M, Node, Transform, WorldTransforms
from taixu_editor.view.orbit import OrbitCamera
from taixu_editor.view.resting import Resting

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["TOOLS", "Gizmo", "Snap", "style_gizmo"]

_g = imguizmo.im_guizmo
TOOLS = ("select", "move", "rotate", "scale")
_OPERATIONS = {"move": _g.OPERATION.translate, "rotate": _g.OPERATION.rotate, "scale": _g.OPERATION.scale}
Matrix = NDArray[np.float64]


@dataclass
class Snap:
    """Steps that drags keep to, while `is_on` or Ctrl is held (which turns it over)."""

    is_on: bool = False
    move_m: float = 0.25
    angle_deg: float = 15.0
    scale: float = 0.1

    def step(self, tool: str) -> float:
        """The step of a tool; 0 for none."""
        if self.is_on == imgui.get_io().key_ctrl:
            return 0.0
        return {"move": self.move_m, "rotate": self.angle_deg, "scale": self.scale}[tool]


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
    seen
        Gives the view that it is in.
    """

    window: EditorWindow
    tool: str = "move"
    is_local: bool = False
    pivot: str = "median"
    snap: Snap = field(default_factory=Snap)
    seen: Callable[[], View | None] = field(default=lambda: None, repr=False)
    _start: Matrix | None = field(default=None, repr=False)
    _kept: dict[int, Matrix] = field(default_factory=dict, repr=False)
    _matrix: Any = field(default=None, repr=False)
    _drag: int = 0

    def __post_init__(self) -> None:
        self.resting = Resting(self.window)

    @property
    def is_busy(self) -> bool:
        """Whether the pointer is over a handle, or drags one."""
        return bool(self._start is not None or (_g.is_over() and self.window.outlined.entities and self.tool != "select"))

    def update(self, world: World, camera: OrbitCamera, origin: tuple[float, float], extent: tuple[float, float]) -> None:
        """Draw the handles into the present window, and follow a drag."""
        chosen = self.window.outlined.entities
        entities = [e for e in chosen if world.alive(e).all() and world.has(e, Transform) and not is_locked(world, e)]
        if self.tool == "select" or not entities:
            self._start = None
            return
        seen = camera.camera()
        cell = np.array(seen.cell)
        roots = _topmost(world, entities)
        if self._start is None:
            self._matrix = self._pose(world, entities, cell)
        _g.set_orthographic(camera.is_parallel)
        _g.set_drawlist()
        _g.set_rect(*origin, *extent)
        step = self.snap.step(self.tool)
        view: Matrix = np.asarray(np.linalg.inv(seen.world_from_camera), np.float64)
        projection = _plain_projection(camera, extent[0] / extent[1])
        is_world = self.tool != "scale" and not self.is_local
        _g.manipulate(
            _packed(view), _packed(projection), _OPERATIONS[self.tool], _g.MODE.world if is_world else _g.MODE.local, self._matrix,
            None, _g.Matrix3([step] * 3) if step else None,
        )  # fmt: skip
        if not _g.is_using():
            self._start = None
            self.resting.end()
            return
        if self._start is None:
            self._drag += 1
            self._start = self._pose_as_matrix(world, entities, cell)
            self._kept = {root: _world_matrix(world, root, cell) for root in roots}
        if self.tool == "move" and imgui.get_io().key_shift:
            self._rest(world, cell, origin, extent)
        self._apply(world, cell)

    def _rest(self, world: World, cell: Matrix, origin: tuple[float, float], extent: tuple[float, float]) -> None:
        """With Shift held, what moves lies on what is under the pointer."""
        assert self._start is not None
        view = self.seen()
        if view is None:
            return
        if not self.resting.has_begun:
            now = self._pose_as_matrix(world, list(self.window.outlined.entities), cell)
            self.resting.begin(world, view, self.window.selected_family(), now[:3, 3] + cell * CELL_M)
        mouse, scale = imgui.get_io().mouse_pos, view.size[0] / extent[0]
        found = self.resting.find(int((mouse.x - origin[0]) * scale), int((mouse.y - origin[1]) * scale))
        if found is not None:
            now = self._start.copy()
            now[:3, 3] = found.position - cell * CELL_M
            self._matrix = _packed(now)

    def _apply(self, world: World, cell: Matrix) -> None:
        assert self._start is not None
        now = _unpacked(self._matrix)
        if not np.isfinite(now).all() or np.abs(now - self._start).max() < 1e-7:
            return
        change = now @ np.linalg.inv(self._start)
        transforms: dict[str, Any] = {}
        for root, before in self._kept.items():
            if not world.alive(root).all():
                continue
            if self.tool == "scale":  # along each one's own axes, so that nothing is sheared
                grown = np.linalg.norm(now[:3, :3], axis=0) / np.linalg.norm(self._start[:3, :3], axis=0)
                after = before.copy()
                after[:3, :3] = before[:3, :3] * grown
                after[:3, 3] = (change @ np.append(before[:3, 3], 1.0))[:3]
            else:
                after = change @ before
            transforms[id_text(world.stable_id(root))] = _local_fields(world, root, after, cell, self.tool)
        self.window.do("transform.set", merge=("gizmo", id(self), self._drag), transforms=transforms)

    def _pose(self, world: World, entities: list[int], cell: Matrix) -> Any:
        return _packed(self._pose_as_matrix(world, entities, cell))

    def _pose_as_matrix(self, world: World, entities: list[int], cell: Matrix) -> Matrix:
        active = _world_matrix(world, entities[-1], cell)
        pose = np.eye(4)
        if self.is_local or self.tool == "scale":
            axes = active[:3, :3]
            pose[:3, :3] = axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)
        places = np.array([_world_matrix(world, e, cell)[:3, 3] for e in entities])
        pose[:3, 3] = active[:3, 3] if self.pivot == "active" else (places.min(0) + places.max(0)) / 2
        return pose


def style_gizmo(scale: float) -> None:
    """Make the handles as thick as a finger wants them on this screen."""
    style = _g.get_style()
    style.translation_line_thickness = style.rotation_line_thickness = style.scale_line_thickness = 3.5 * scale
    style.rotation_outer_line_thickness, style.translation_line_arrow_size = 2.5 * scale, 7.0 * scale
    style.scale_line_circle_size = style.center_circle_size = 6.5 * scale


def _topmost(world: World, entities: list[int]) -> list[int]:
    """Those that no other one stands above: children move with their parents."""
    chosen, found = set(entities), []
    for entity in entities:
        node = Node(world, entity).parent
        while node is not None and node.entity not in chosen:
            node = node.parent
        if node is None:
            found.append(entity)
    return found


def _world_matrix(world: World, entity: int, cell: Matrix) -> Matrix:
    """float64[4, 4], relative to a cell."""
    places, index = world.resource(WorldTransforms), entity & 0xFFFFFFFF
    matrix = np.eye(4)
    matrix[:3] = places.matrices[index].reshape(3, 4)
    matrix[:3, 3] += (places.cells[index] - cell) * CELL_M
    return matrix


def _local_fields(world: World, entity: int, after: Matrix, cell: Matrix, tool: str) -> dict[str, Any]:
    """Fields of the transform that puts an entity there; only those that a tool changes."""
    parent = Node(world, entity).parent
    if parent is not None:
        local = np.asarray(invert(_world_matrix(world, parent.entity, cell))) @ after
    else:
        local = after.copy()
        local[:3, 3] += cell * CELL_M
    translation, rotation, scale = decompose(local)
    fields: dict[str, Any] = {"position": [float(v) for v in translation]}
    if tool == "rotate":
        fields["rotation"] = [float(v) for v in rotation]
    if tool == "scale":
        fields["scale"] = [float(v) for v in scale]
    return fields


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
