"""Entities that are moved, turned and scaled together, always from where they were when the drag began: nothing drifts.

Each frame sets all transforms by one operation that merges with the last, so a drag is one undo. Places are taken through
the parents' inverse matrices and so are exact; a turn goes through the parents' turns alone (the orthogonal part of their
matrices), so that below a stretched parent a quarter turn done four times is none; scale is multiplied along one's own
axes, which are those nearest to the handles', and never shears.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit.families import families_of
from taixu.edit.ids import id_texts
from taixu.math.quaternion import from_matrix, multiply
from taixu.scene import CELL_M, Hierarchy, Transform, WorldTransforms

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Dragging", "axes_of", "topmost", "world_matrices"]

Matrix = NDArray[np.float64]
_MANY = 32
"""From how many on they are set by columns."""


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
        handles = np.array(self.roots, np.uint64)
        families = families_of(world, handles)
        self._which = families.which
        """Of each the place of its parent in what follows."""
        self._local_from_world = families.inverses
        left, _, right = np.linalg.svd(families.matrices[:, :3, :3])
        self._parent_turns = left @ right  # with reflections, where there are any
        self._rotations = world.gather(handles, Transform, "rotation").astype(np.float64)
        self._scales = world.gather(handles, Transform, "scale").T.astype(np.float64)
        self._handles, self._ids = handles, id_texts(world.stable_ids(handles))
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
        inverses = self._local_from_world[self._which]
        local = np.einsum("nij,nj->ni", inverses[:, :3, :3], places) + inverses[:, :3, 3]
        values = {"position": local}
        self._fields |= {"rotation"} if turn is not None else set()
        self._fields |= {"scale"} if grown is not None else set()
        if "rotation" in self._fields:
            values["rotation"] = self._turned(np.eye(3) if turn is None else turn)
        if "scale" in self._fields:
            values["scale"] = self._grown(np.ones(3) if grown is None else grown, basis)
        self._write(values)

    def _write(self, values: dict[str, Matrix]) -> None:
        """Set fields [n, width] of those that live."""
        lives = self._world.alive(self._handles)
        if not lives.any():
            return
        ids = self._ids if lives.all() else list(compress(self._ids, lives.tolist()))
        merge = ("drag", self._key)
        if len(ids) < _MANY:
            rows = {name: column[lives].tolist() for name, column in values.items()}
            transforms = {text: {name: column[i] for name, column in rows.items()} for i, text in enumerate(ids)}
            self._window.do("transform.set", merge=merge, transforms=transforms)
        else:
            columns = {name: column[lives].ravel().tolist() for name, column in values.items()}
            self._window.do("transform.place", merge=merge, entities=ids, **columns)
        self.has_moved = True

    def _turned(self, turn: Matrix) -> Matrix:
        inner = np.swapaxes(self._parent_turns, 1, 2) @ turn @ self._parent_turns
        turns = np.stack([from_matrix(matrix) for matrix in inner])[self._which]
        return np.asarray(multiply(turns.T, self._rotations).T, np.float64)

    def _grown(self, grown: Matrix, basis: Matrix) -> Matrix:
        axes = self.before[:, :3, :3] / np.maximum(np.linalg.norm(self.before[:, :3, :3], axis=1, keepdims=True), 1e-12)
        nearest = np.argmax(np.abs(np.einsum("ki,nkj->nij", basis, axes)), axis=1)  # of the handles' axes to each own one
        found: Matrix = self._scales * grown[nearest]
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
    return handles[~is_below].tolist()


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
