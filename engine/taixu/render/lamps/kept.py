"""Which shadow maps are still right: those whose light stands still, and at whose casters nothing changed since they were drawn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Rows
from taixu.render.cards import CARD
from taixu.scene import CELL_M, WorldTransforms

if TYPE_CHECKING:
    from taixu.render.bins import DrawLists
    from taixu.render.instances import Renderables
    from taixu.render.shadows import ShadowTile

__all__ = ["MOST_CHANGES", "CasterChanges", "KeptMaps"]

MOST_CHANGES = 512
"""Of more things that change in a frame nobody asks where they are: every map is drawn."""
_REMEMBERED = 64
"""Frames with changes; a map that was drawn before them is drawn again."""

Rect = tuple[int, int, int, int]


class CasterChanges:
    """Where what is drawn of a world changed, frame by frame: spheres around it, before and after.

    Attributes
    ----------
    serial
        Goes up with each frame in which something changed.
    """

    def __init__(self) -> None:
        self.serial = 0
        self._frames: deque[NDArray[np.float64] | None] = deque(maxlen=_REMEMBERED)
        self._known = np.full((0, 4), np.nan)

    def note(self, renderables: Renderables, spheres: NDArray[Any], places: WorldTransforms | None,
             moved: list[Rows], marked: list[NDArray[np.intp]]) -> None:  # fmt: skip
        """Remember a frame: `moved` are entity indices whose transforms changed, `marked` slots of rows that did; `spheres` are
        those of meshes.
        """
        slots = self._slots(renderables, moved, marked)
        if slots is not None and len(slots) == 0:
            return
        self.serial += 1
        if slots is None or places is None or not len(places.matrices):
            self._known[:] = np.nan
            self._frames.append(None)
            return
        high = int(slots.max()) + 1
        if high > len(self._known):
            self._known = np.concatenate([self._known, np.full((2 * high - len(self._known), 4), np.nan)])
        before, after = self._known[slots], _spheres(renderables.rows[slots], spheres, places)
        self._known[slots] = after
        # Nobody knows where something was that nobody asked for: it may have been anywhere. What was free was nowhere.
        unknown = np.isnan(before[:, 3])
        self._frames.append(None if unknown.any() else np.concatenate([before, after]))

    def touch(self, planes: NDArray[np.floating[Any]], cell: tuple[int, int, int], since: int) -> bool:
        """Whether something changed between planes [6, 4], relative to a cell, after `since`."""
        count = self.serial - since
        if count > len(self._frames):
            return True
        offset = np.array(cell, np.float64) * CELL_M
        for spheres in list(self._frames)[len(self._frames) - count :]:
            if spheres is None:
                return True
            heights = (spheres[:, :3] - offset) @ planes[:, :3].T + planes[:, 3]
            if (heights >= -1e-3 - 1.001 * spheres[:, 3:]).all(1).any():
                return True
        return False

    @staticmethod
    def _slots(renderables: Renderables, moved: list[Rows], marked: list[NDArray[np.intp]]) -> NDArray[np.intp] | None:
        """Slots that changed; None: too many."""
        found = list(marked)
        for rows in moved:
            if isinstance(rows, slice):
                if len(range(*rows.indices(len(renderables.first_slots)))) > MOST_CHANGES:
                    return None
                rows = np.arange(*rows.indices(len(renderables.first_slots)))
            if len(rows) > MOST_CHANGES:
                return None
            rows = rows[rows < len(renderables.first_slots)]
            rows = rows[renderables.first_slots[rows] >= 0]
            if len(rows):
                found.append(renderables.slots_of(rows))
        if sum(map(len, found)) > MOST_CHANGES:
            return None
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.intp)


class KeptMaps:
    """What the atlas holds: by place, what was drawn there and when."""

    def __init__(self) -> None:
        self._held: dict[Rect, tuple[Any, int]] = {}

    def holds(self, tile: ShadowTile, key: Any, cell: tuple[int, int, int], changes: CasterChanges) -> bool:
        """Whether a tile lies there as it would be drawn now."""
        held = self._held.get(tile.viewport)
        if held is None or held[0] != key or changes.touch(tile.planes, cell, held[1]):
            return False
        self._held[tile.viewport] = (key, changes.serial)
        return True

    def draw(self, rect: Rect, key: Any, serial: int) -> None:
        """Say that a tile is drawn; what it covers is gone."""
        x, y, w, h = rect
        for a, b, c, d in [r for r in self._held if r != rect]:
            if a < x + w and x < a + c and b < y + h and y < b + d:
                del self._held[a, b, c, d]
        self._held[rect] = (key, serial)

    def clear(self) -> None:
        """Nothing is there any more."""
        self._held.clear()


def stand_still(lists: DrawLists) -> bool:
    """Whether casters change only as rows do: nothing sways, is deformed, cuts holes of its own or turns to who looks."""
    return not any(b.is_deformed or b.key.sways or b.key.cuts_holes or b.key.shader == CARD.name for b in lists.bins)


def _spheres(rows: NDArray[Any], spheres: NDArray[Any], places: WorldTransforms) -> NDArray[np.float64]:
    """Around rows of renderables, in metres of the world, [n, 4]; those that draw nothing are nowhere (a radius below 0)."""
    found = np.empty((len(rows), 4))
    index = rows["transform"].astype(np.intp)
    index[index >= len(places.matrices)] = 0
    matrices = places.matrices[index].reshape(-1, 3, 4).astype(np.float64)
    local = spheres[rows["mesh"]].astype(np.float64)
    found[:, :3] = np.einsum("nij,nj->ni", matrices[:, :, :3], local[:, :3]) + matrices[:, :, 3] + places.cells[index] * CELL_M
    found[:, 3] = local[:, 3] * np.sqrt(np.square(matrices[:, :, :3]).sum((1, 2)))
    found[rows["mesh"] == 0, 3] = -np.inf
    return found
