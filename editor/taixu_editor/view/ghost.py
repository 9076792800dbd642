"""An asset that is dragged over a view: it stands already where it would be placed, as something that is never saved."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import U8, World, component, field
from taixu.edit.prefab import PrefabInstance
from taixu.render import visible_bounds
from taixu.scene import Model, Node, Transform, despawn_tree
from taixu_editor.assets.kinds import asset_kind
from taixu_editor.placing import family_of
from taixu_editor.view.resting import Resting
from taixu_editor.view.screen import Screen
from taixu_editor.view.surface import SurfacePoint, point_on_ground

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport

__all__ = ["Ghost", "GhostMark"]


@component("editor_ghost", authored=False, made=True)
class GhostMark:
    """Marks what is only being dragged: systems of the editor made it, and it is neither saved nor hashed."""

    shade: U8 = field(default=0)


class Ghost:
    """What one view shows of an asset that is dragged over it."""

    def __init__(self, panel: Viewport) -> None:
        self._panel = panel
        self._beneath = Resting(panel.window)
        self._world: World | None = None
        self._entity = 0
        self._path = ""
        self._key: tuple[Any, ...] = ()
        self.place: tuple[float, float, float] | None = None
        """Where the asset belongs, metres of the world."""

    def update(self, world: World) -> None:
        """Follow what is dragged, if the pointer brings an asset."""
        panel, path = self._panel, self._dragged()
        if not path or panel.view is None:
            self.end()
            return
        if path != self._path or world is not self._world:
            self.end()
            self._begin(world, path)
        screen = Screen(panel.camera, panel.origin, panel.extent)
        found = self._surface(world, screen)
        if found is None:
            self.place = None
            return
        place = found.position.copy()
        bounds = self._bounds(world)
        if bounds is not None:
            offset = bounds - Node(world, self._entity).position
            place = place - found.normal * self._sunk(offset, found.normal)
        if step := panel.gizmo.snap.step("move"):
            across = np.abs(found.normal) < 0.7
            place = np.where(across, np.round(place / step) * step, place)
        self.place = (round(float(place[0]), 4), round(float(place[1]), 4), round(float(place[2]), 4))
        if self._entity:
            Node(world, self._entity).position = np.array(self.place)
        self._draw_ring(screen, found)

    def end(self) -> None:
        """It is dropped, or taken elsewhere."""
        if self._world is not None and self._entity and self._world.alive(self._entity).all():
            despawn_tree(self._world, self._entity)
        self._beneath.end()
        self._world, self._entity, self._path, self._key = None, 0, "", ()

    def _dragged(self) -> str:
        """The asset that is dragged over this view, or nothing."""
        panel = self._panel
        is_result = panel.window.drag_drop.is_dragging("generated")
        if not is_result and not panel.window.drag_drop.is_dragging("asset"):
            return ""
        (x, y), (wide, tall) = panel.origin, panel.extent
        is_here = imgui.is_mouse_hovering_rect((x, y), (x + wide, y + tall))
        if is_result:  # it has no file in the project yet: a ring says where it will be
            return "generated" if is_here else ""
        return str(panel.window.drag_drop.value) if is_here else ""

    def _begin(self, world: World, path: str) -> None:
        self._world, self._path = world, path
        kind = asset_kind(path)
        if kind == "model":
            self._entity = world.spawn(Transform(), Model(source=path), GhostMark())
        elif kind == "prefab":
            self._entity = world.spawn(Transform(), PrefabInstance(source=path), GhostMark())

    def _surface(self, world: World, screen: Screen) -> SurfacePoint | None:
        """What is under the pointer, without the ghost; the ground where nothing is."""
        panel = self._panel
        assert panel.view is not None
        key = (panel.camera.key(), panel.view.size)
        if key != self._key:
            self._key = key
            hidden = family_of(world, self._entity).tolist() if self._entity else []
            self._beneath.begin(world, panel.view, hidden)
        found = self._beneath.surface(screen)
        if found is None:
            ground = point_on_ground(*screen.ray(screen.mouse))
            found = None if ground is None else SurfacePoint(ground, np.array([0.0, 1.0, 0.0]))
        return found

    def _bounds(self, world: World) -> NDArray[np.float64] | None:
        return visible_bounds(world, family_of(world, self._entity)) if self._entity else None

    def _sunk(self, offset: NDArray[np.float64], normal: NDArray[np.float64]) -> float:
        """How far along the normal the farthest corner of bounds [2, 3] lies from the origin, below 0 where it is beneath."""
        corners = np.array([[offset[i >> axis & 1, axis] for axis in range(3)] for i in range(8)])
        return float((corners @ normal).min())

    def _draw_ring(self, screen: Screen, found: SurfacePoint) -> None:
        """A ring on the surface, as wide as a hand."""
        side = np.cross(found.normal, (0.0, 0.0, 1.0) if abs(found.normal[2]) < 0.9 else (1.0, 0.0, 0.0))
        side /= np.linalg.norm(side)
        angles = np.linspace(0, 2 * np.pi, 33)[:, None]
        reach = screen.camera.distance_m * 0.03
        ring = found.position + (np.cos(angles) * side + np.sin(angles) * np.cross(found.normal, side)) * reach
        places, _ = screen.project(ring)
        if np.isfinite(places).all():
            points = [imgui.ImVec2(float(x), float(y)) for x, y in places]
            thick = max(imgui.get_font_size() * 0.12, 1.5)
            for a, b in pairwise(points):
                imgui.get_window_draw_list().add_line(a, b, self._panel.window.theme.pack("accent"), thick)
