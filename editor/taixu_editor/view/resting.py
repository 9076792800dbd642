"""What lies beneath things that are moved: the world is drawn once without them, its depth and its entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.render import View
from taixu.scene import MeshInstance
from taixu_editor.view.surface import SurfacePoint, point_under
from taixu_editor.view.vertices import Corners

if TYPE_CHECKING:
    from taixu_editor.view.screen import Screen
    from taixu_editor.window import EditorWindow

__all__ = ["Resting"]

_REACH = 24.0
"""How far from the pointer corners are looked for, in window units."""
_MOST_TESTED = 64
"""Of the nearest corners, those that are compared with the depth."""
_BEHIND = 0.02
"""Share of the distance that a corner may lie behind what is seen, and still be seen."""


class Resting:
    """One drag over the rest of the world."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._view: View | None = None
        self._world: World | None = None
        self.corners = Corners()

    @property
    def view(self) -> View | None:
        """The picture without what moves, with its depth and its entities."""
        return self._view

    @property
    def has_begun(self) -> bool:
        """Whether it knows what lies beneath."""
        return self._view is not None

    def begin(self, world: World, seen: View, moving: Sequence[int]) -> None:
        """Look at the world without what moves."""
        self.end()
        self._world = world
        handles = np.array([e for e in moving if world.has(e, MeshInstance)], np.uint64)
        view = replace(seen.asking(), name="resting", outputs=frozenset({"depth", "id"}), settings={}, _configured=None)
        self._view = view
        if not len(handles):
            self._window.renderer.render(world, [view])
            return
        meshes = world.gather(handles, MeshInstance, "mesh")
        world.scatter(handles, MeshInstance, "mesh", 0)  # nothing that is saved: what is drawn is made anew from it
        try:
            self._window.renderer.render(world, [view])
        finally:
            world.scatter(handles, MeshInstance, "mesh", meshes)

    def surface(self, screen: Screen) -> SurfacePoint | None:
        """What is seen beneath the pointer; None over the sky."""
        if self._view is None:
            return None
        return point_under(self._window.renderer, self._view, *self._pixel(screen))

    def corner(self, screen: Screen, *, reach: float = _REACH) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
        """The corner nearest to the pointer among those that are seen, [3] or None; and places [n, 2] of those around."""
        nowhere = None, np.zeros((0, 2))
        if self._view is None or self._world is None:
            return nowhere
        x, y = self._pixel(screen)
        scale = self._view.size[0] / screen.extent[0]
        around = max(int(reach * scale), 1)
        found = self._window.renderer.pick_rect(self._view, x - around, y - around, 2 * around + 1, 2 * around + 1)
        handles = [int(handle) for handle in found if self._world.alive(int(handle)).all()]
        points, places, away = self.corners.near(self._world, handles, screen, screen.mouse, reach)
        if not len(points):
            return nowhere
        pixels = np.floor((places[:_MOST_TESTED] - screen.origin) * scale).astype(int)
        seen = np.flatnonzero(away[:_MOST_TESTED] <= self._farthest_around(screen, pixels) * (1 + _BEHIND))
        return points[seen[0] if len(seen) else 0], places

    def _farthest_around(self, screen: Screen, pixels: NDArray[np.intp]) -> NDArray[np.float64]:
        """How far away what is seen at pixels [n, 2] is, their neighbours' where these are farther: corners lie on edges."""
        assert self._view is not None
        assert self._view.graph is not None
        (left, top), (right, low) = pixels.min(0) - 1, pixels.max(0) + 2
        left, top = max(left, 0), max(top, 0)
        right, low = min(right, self._view.size[0]), min(low, self._view.size[1])
        if right <= left or low <= top:
            return np.full(len(pixels), np.inf)
        device = self._window.renderer.device
        rect = (int(left), int(self._view.size[1] - low), int(right - left), int(low - top))
        depths = device.read_pixels(self._view.graph.targets(device, (), "depth"), -1, rect)[::-1, :, 0]
        farthest = np.full(len(pixels), np.inf, np.float32)
        for across in (-1, 0, 1):
            for down in (-1, 0, 1):
                column = np.clip(pixels[:, 0] + across - left, 0, right - left - 1)
                row = np.clip(pixels[:, 1] + down - top, 0, low - top - 1)
                farthest = np.minimum(farthest, depths[row, column])
        return screen.away_of(farthest)

    def _pixel(self, screen: Screen) -> tuple[int, int]:
        assert self._view is not None
        scale = self._view.size[0] / screen.extent[0]
        x, y = (screen.mouse - screen.origin) * scale
        return int(x), int(y)

    def end(self) -> None:
        """Forget it."""
        if self._view is not None:
            self._view.release()
        self._view = self._world = None
        self.corners.forget()
