"""Entities that are moved, turned and scaled together, always from where they were when the drag began: nothing drifts.

Each frame sets all transforms by one operation that merges with the last, so a drag is one undo. Places are taken through
the parents' inverse matrices and so are exact; a turn goes through the parents' turns alone (the orthogonal part of their
matrices), so that below a stretched parent a quarter turn done four times is none; scale is multiplied along one's own
axes, which are those nearest to the handles', and never shears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit import id_text
from taixu.math.affine import invert
from taixu.math.quaternion import from_matrix, multiply
from taixu.scene import CELL_M, Hierarchy, Node, WorldTransforms

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Dragging", "axes_of", "topmost", "world_matrices"]

Matrix = NDArray[np.float64]


class Dragging:
    """What is dragged, and how it stood.

    Parameters
    ----------
    entities
        Those that are selected; children of others among them go with these.
    key
        Of the drag: its steps become one.
    """

    def __init__(self, window: EditorWindow, world: World, entities: list[int], key: object) -> None:
        self._window, self._world, self._key = window, world, key
        self.roots = topmost(world, entities)
        self.before = world_matrices(world, self.roots)
        """World-from-local, float64 [n, 4, 4], metres."""
        nodes = [Node(world, root) for root in self.roots]
        above = [node.parent for node in nodes]
        matrices = [np.eye(4) if parent is None else parent.world_matrix for parent in above]
        self._local_from_world = np.stack([np.asarray(invert(matrix)) for matrix in matrices])
        left, _, right = np.linalg.svd(np.stack([matrix[:3, :3] for matrix in matrices]))
        self._parent_turns = left @ right  # with reflections, where there are any
        self._rotations = [node.rotation for node in nodes]
        self._scales = np.stack([node.scale for node in nodes])
        self._ids = [id_text(world.stable_id(root)) for root in self.roots]
        self._last: Any = None
        self._fields: set[str] = set()
        self.has_moved = False

    def set(
        self, *, delta: Matrix | None = None, turn: Matrix | None = None, grown: Matrix | None = None,
        pivot: Matrix, basis: Matrix,
    ) -> None:  # fmt: skip
        """Be moved by `delta` [3], turned by `turn` [3, 3], scaled by `grown` [3] along `basis` (columns), around `pivot` [3]."""
        state = [None if each is None else np.round(each, 9).tobytes() for each in (delta, turn, grown)]
        if state == self._last:
            return
        is_first, self._last = self._last is None, state
        linear = np.eye(3)
        if grown is not None:
            linear = basis @ np.diag(grown) @ basis.T
        if turn is not None:
            linear = turn @ linear
        if is_first and np.allclose(linear, np.eye(3), atol=1e-9) and (delta is None or not np.abs(delta).max() > 1e-9):
            self._last = None
            return
        places = (self.before[:, :3, 3] - pivot) @ linear.T + pivot + (0.0 if delta is None else delta)
        if not np.isfinite(places).all():
            return
        local = np.einsum("nij,nj->ni", self._local_from_world[:, :3], np.concatenate([places, np.ones((len(places), 1))], 1))
        values: dict[str, list[list[float]]] = {"position": local.tolist()}
        self._fields |= {"rotation"} if turn is not None else set()
        self._fields |= {"scale"} if grown is not None else set()
        if "rotation" in self._fields:
            values["rotation"] = self._turned(np.eye(3) if turn is None else turn)
        if "scale" in self._fields:
            values["scale"] = self._grown(np.ones(3) if grown is None else grown, basis)
        transforms = {
            text: {name: rows[i] for name, rows in values.items()} for i, text in enumerate(self._ids)
            if self._world.alive(self.roots[i]).all()
        }  # fmt: skip
        if transforms:
            self._window.do("transform.set", merge=("drag", self._key), transforms=transforms)
            self.has_moved = True

    def _turned(self, turn: Matrix) -> list[list[float]]:
        inner = np.swapaxes(self._parent_turns, 1, 2) @ turn @ self._parent_turns
        return [[float(v) for v in multiply(from_matrix(inner[i]), self._rotations[i])] for i in range(len(inner))]

    def _grown(self, grown: Matrix, basis: Matrix) -> list[list[float]]:
        axes = self.before[:, :3, :3] / np.maximum(np.linalg.norm(self.before[:, :3, :3], axis=1, keepdims=True), 1e-12)
        nearest = np.argmax(np.abs(np.einsum("ki,nkj->nij", basis, axes)), axis=1)  # of the handles' axes to each own one
        found: list[list[float]] = (self._scales * grown[nearest]).tolist()
        return found

    def cancel(self) -> None:
        """Everything is where it was, and history knows nothing of it."""
        if self.has_moved:
            self._window.host.session.take_back(("drag", self._key))
        self.has_moved = False


def topmost(world: World, entities: list[int]) -> list[int]:
    """Those that no other one stands above: children move with their parents."""
    handles = np.array(entities, np.uint64)
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    below = hierarchy.descendants_of(indices_of(handles))
    is_below = np.isin(indices_of(handles), below)
    return [int(handle) for handle in handles[~is_below]]


def world_matrices(world: World, entities: list[int]) -> Matrix:
    """World-from-local, float64 [n, 4, 4], metres of the world."""
    places, index = world.resource(WorldTransforms), indices_of(np.array(entities, np.uint64))
    found = np.tile(np.eye(4), (len(index), 1, 1))
    found[:, :3] = places.matrices[index].reshape(-1, 3, 4)
    found[:, :3, 3] += places.cells[index] * CELL_M
    return found


def axes_of(matrix: Matrix) -> Matrix:
    """Unit axes of an entity's matrix, square to one another also where its parents are stretched [3, 3]."""
    lengths = np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-12)
    left, _, right = np.linalg.svd(matrix[:3, :3] / lengths)
    found: Matrix = left @ right
    if np.linalg.det(found) < 0:
        found[:, 2] = -found[:, 2]
    return found
