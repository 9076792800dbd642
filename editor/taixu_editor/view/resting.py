"""Things that are moved rest on what is under the pointer: its depth is drawn once, without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.render import View, visible_bounds
from taixu.scene import MeshInstance
from taixu_editor.view.surface import SurfacePoint, point_under

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Resting"]


class Resting:
    """One drag over surfaces."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._view: View | None = None
        self._corners: NDArray[np.float64] | None = None
        self._middle = np.zeros(3)

    @property
    def has_begun(self) -> bool:
        """Whether it knows what lies under."""
        return self._view is not None

    def begin(self, world: World, seen: View, moving: Sequence[int], start: NDArray[np.float64]) -> None:
        """Look at the world without what moves; `start` is where the handles are, metres of the world."""
        self.end()
        handles = np.array(moving, np.uint64)
        bounds = visible_bounds(world, handles)
        low, high = (start, start) if bounds is None else np.asarray(bounds, float)
        self._corners = np.array([[(low, high)[i >> axis & 1][axis] for axis in range(3)] for i in range(8)]) - start
        self._middle = (np.asarray(low) + np.asarray(high)) / 2 - start
        view = replace(seen.asking(), name="resting", outputs=frozenset({"depth"}), settings={}, _configured=None)
        self._view = view
        meshes = world.gather(handles, MeshInstance, "mesh")
        world.scatter(handles, MeshInstance, "mesh", 0)  # nothing that is saved: what is drawn is made anew from it
        try:
            self._window.renderer.render(world, [view])
        finally:
            world.scatter(handles, MeshInstance, "mesh", meshes)

    def find(self, x: int, y: int) -> SurfacePoint | None:
        """Where the handles belong so that everything lies on what is seen at a pixel; None over the sky."""
        found = None if self._view is None else point_under(self._window.renderer, self._view, x, y)
        if found is None or self._corners is None:
            return None
        sunk = float((-(self._corners - self._middle) @ found.normal).max())
        return SurfacePoint(found.position + found.normal * sunk - self._middle, found.normal)

    def end(self) -> None:
        """Forget it."""
        if self._view is not None:
            self._view.release()
        self._view = None
