"""Fences in a view: drawn as translucent walls with their names, made corner by corner, and shaped by handles.

Their edges are lines of the picture: before things they are clear, behind them faint. Walls and names are laid over it.

While the tool is on, clicks on the ground set corners; a double click or Enter closes the fence, Backspace takes the last corner
away, Escape gives up. Of fences that are selected corners are dragged, handles between two corners make a new one, and those
above and below the middle change heights; a corner that is dragged onto its neighbour goes away.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit import id_text
from taixu.errors import TaixuError
from taixu.render import LineBatch
from taixu.scene import CELL_M, Name, WorldTransforms
from taixu.twin.rules.fences import Fence, check_points
from taixu_editor.view.readout import draw_plate
from taixu_editor.view.screen import Screen
from taixu_editor.view.surface import point_on_ground

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport

__all__ = ["FenceView", "ShownFence"]

_BOUNDLESS_M = 500.0
"""Tops and bottoms as far away say that there are none: such walls are drawn as high as a room."""
_ROOM_M = 4.0
_MOST = 256
_RAILS = 5
_NEAR_PX = 9.0
_CLOSE_PX = 10.0
_TOP_M = 3.0
_APART_PX = {"top": -12.0, "bottom": 20.0}
"""How far handles of heights stand from what they move, down the window: other handles are there."""
Points = NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ShownFence:
    """A fence that stands in the world.

    Attributes
    ----------
    corners
        ``float64[n, 2]``, x and z in the world.
    bottom_m, top_m
        As they are drawn.
    """

    entity: int
    name: str
    place: Points
    corners: Points
    bottom_m: float
    top_m: float

    def ring(self, height_m: float) -> Points:
        """Corners at a height, ``float64[n, 3]``."""
        return np.stack([self.corners[:, 0], np.full(len(self.corners), height_m), self.corners[:, 1]], 1)

    def edges(self) -> Points:
        """Below, above and upright, ``float64[3 n, 2, 3]``."""
        low, high = self.ring(self.bottom_m), self.ring(self.top_m)
        return np.concatenate([_rounds(low), _rounds(high), np.stack([low, high], 1)])

    def rails(self) -> Points:
        """Between bottom and top, ``float64[m, 2, 3]``: they show walls where things stand before them."""
        return np.concatenate([_rounds(self.ring(height)) for height in np.linspace(self.bottom_m, self.top_m, _RAILS + 2)[1:-1]])


class FenceView:
    """Fences of one view.

    Attributes
    ----------
    corners
        Of the one that is being drawn, in the world, ``[x, z]``.
    handles
        Middles of handles on the window, by what they are: ``("corner", 0)``, ``("edge", 2)``, ``("top", 0)``, ``("bottom", 0)``.
    """

    def __init__(self, panel: Viewport) -> None:
        self._panel = panel
        self.corners: list[Place] = []
        self.ground_m = 0.0
        self.handles: dict[tuple[str, int], Place] = {}
        self._key: object = None
        self._shown: list[ShownFence] = []
        self._grabbed: tuple[str, int] | None = None
        self._offset_px = 0.0
        self._drags = 0

    @property
    def is_drawing(self) -> bool:
        """Whether the tool is on."""
        return bool(self._panel.window.draws_fences)

    @property
    def is_busy(self) -> bool:
        """Whether clicks are its own."""
        return self.is_drawing or self._grabbed is not None or self._over() is not None

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self, world: World) -> None:
        """Walls, outlines and names over the picture."""
        panel = self._panel
        screen = Screen(panel.camera, panel.origin, panel.extent)
        draw = imgui.get_window_draw_list()
        low = panel.origin
        draw.push_clip_rect(low, (low[0] + panel.extent[0], low[1] + panel.extent[1]), True)
        chosen = set(panel.window.outlined.entities)
        for fence in self.fences(world):
            _draw_prism(screen, fence, panel.window.theme, is_chosen=fence.entity in chosen)
        draw.pop_clip_rect()

    def update(self, world: World, *, hovered: bool) -> None:
        """Follow hands."""
        panel = self._panel
        screen = Screen(panel.camera, panel.origin, panel.extent)
        if self.is_drawing:
            self.handles.clear()
            self._pen(screen, hovered=hovered)
            return
        self.corners.clear()
        self._handles(world, screen, hovered=hovered)

    def add_lines(self, lines: LineBatch, world: World) -> None:
        """Edges of all fences, for the next picture."""
        theme, chosen = self._panel.window.theme, set(self._panel.window.outlined.entities)
        for fence in self.fences(world):
            is_chosen = fence.entity in chosen
            color = np.array(theme.accent if is_chosen else theme.warning, float)
            edges, rails = fence.edges(), fence.rails()
            hidden = [*color[:3], 0.4 if is_chosen else 0.22]
            lines.add(edges[:, 0], edges[:, 1], color=hidden, on_top=True)
            lines.add(edges[:, 0], edges[:, 1], color=[*color[:3], 1.0])
            lines.add(rails[:, 0], rails[:, 1], color=[*color[:3], 0.28])

    def fences(self, world: World) -> list[ShownFence]:
        """All fences where they stand; looked for again when one moved or changed."""
        tables = list(world.query(Fence).tables())
        key = (id(world), tuple((table.id, table.count, table.touched) for table in tables))
        if key != self._key:
            self._key, self._shown = key, []
            places = world.resource(WorldTransforms)
            for table in tables:
                names = table.read(Name, "text") if Name in table.types else [""] * table.count
                rows = indices_of(table.entities)
                origins = places.matrices[rows].reshape(-1, 3, 4)[:, :, 3].astype(np.float64) + places.cells[rows] * CELL_M
                for row in range(min(table.count, _MOST - len(self._shown))):
                    found = _shown(int(table.entities[row]), str(names[row]), origins[row], table.value(Fence, row))
                    if found is not None:
                        self._shown.append(found)
        return self._shown

    # -- drawing a new one -------------------------------------------------------------------------------------------
    def _pen(self, screen: Screen, *, hovered: bool) -> None:
        panel, theme, io = self._panel, self._panel.window.theme, imgui.get_io()
        point = self._ground_under(screen) if hovered else None
        if hovered and imgui.is_mouse_clicked(imgui.MouseButton_.left) and not panel.navigation.is_dragging:
            is_double = imgui.is_mouse_double_clicked(imgui.MouseButton_.left)
            if len(self.corners) >= 3 and (is_double or self._is_at_start(screen)):
                self.finish()
                return
            if point is not None and not is_double:
                if not self.corners:
                    seen = panel.point_at(io.mouse_pos.x, io.mouse_pos.y)
                    self.ground_m = round(float(seen.position[1]), 3) if seen is not None else 0.0
                    point = self._ground_under(screen)
                if point is not None:
                    self.corners.append(point)
        if imgui.is_key_pressed(imgui.Key.backspace, False) and self.corners:
            self.corners.pop()
        if imgui.is_key_pressed(imgui.Key.enter, False) or imgui.is_key_pressed(imgui.Key.keypad_enter, False):
            self.finish()
        if imgui.is_key_pressed(imgui.Key.escape, False):
            if self.corners:
                self.corners.clear()
            else:
                panel.window.draws_fences = False
        self._draw_pen(screen, point)
        said = panel.t("Click the corners; a double click or Enter closes the fence. Escape gives up.")
        middle = (panel.origin[0] + panel.extent[0] / 2, panel.origin[1] + panel.extent[1] - imgui.get_font_size() * 2.2)
        draw_plate(theme, [(said, "text")], middle)

    def finish(self) -> None:
        """Make a fence of the corners; with fewer than three there is none."""
        panel = self._panel
        if len(self.corners) >= 3:
            points = [list(corner) for corner in self.corners]
            panel.window.do("twin.fence", points=points, ground_m=self.ground_m, top_m=_TOP_M)
            panel.window.draws_fences = False
        self.corners.clear()

    def _is_at_start(self, screen: Screen) -> bool:
        place = screen.project(np.array([[self.corners[0][0], self.ground_m, self.corners[0][1]]]))[0][0]
        return bool(np.isfinite(place).all()) and float(np.abs(place - screen.mouse).sum()) < _CLOSE_PX

    def _draw_pen(self, screen: Screen, point: Place | None) -> None:
        theme, draw = self._panel.window.theme, imgui.get_window_draw_list()
        path = [*self.corners, *([point] if point is not None else [])]
        if not path:
            return
        ring = np.array([[x, self.ground_m, z] for x, z in path])
        if len(path) >= 3:
            fence = ShownFence(0, "", ring.mean(0), ring[:, [0, 2]], self.ground_m, self.ground_m + _TOP_M)
            _draw_prism(screen, fence, theme, is_chosen=True, has_edges=True)
        places = screen.project(ring)[0]
        for a, b in pairwise(places):
            if np.isfinite(a).all() and np.isfinite(b).all():
                draw.add_line((float(a[0]), float(a[1])), (float(b[0]), float(b[1])), theme.pack("accent"), 2.0)
        for place in places:
            if np.isfinite(place).all():
                draw.add_circle_filled((float(place[0]), float(place[1])), 4.0, theme.pack("accent"))

    def _ground_under(self, screen: Screen, *, height_m: float | None = None) -> Place | None:
        """Where the pointer is on the ground, by the steps of the snap."""
        found = point_on_ground(*screen.ray(screen.mouse), height_m=self.ground_m if height_m is None else height_m)
        if found is None:
            return None
        step = self._panel.gizmo.snap.step("move")
        x, z = (round(float(v) / step) * step if step else float(v) for v in (found[0], found[2]))
        return (round(x, 4), round(z, 4))

    # -- shaping one that is there -----------------------------------------------------------------------------------
    def _handles(self, world: World, screen: Screen, *, hovered: bool) -> None:
        fence = self._chosen(world)
        if fence is None:
            self.handles.clear()
            self._grabbed = None
            return
        if self._grabbed is None:
            self._lay_out(screen, fence)
        over = self._over() if hovered and not self._panel.navigation.is_dragging else None
        if over is not None and imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self._grabbed = over
            self._drags += 1
            self._offset_px = imgui.get_io().mouse_pos.y - self.handles[over][1] + _APART_PX.get(over[0], 0.0)
            if over[0] == "edge":
                self._insert(fence, over[1])
                self._grabbed = ("corner", over[1] + 1)
        elif self._grabbed is not None:
            if imgui.is_mouse_down(imgui.MouseButton_.left):
                self._drag(screen, fence, *self._grabbed)
            else:
                self._release(screen, fence, *self._grabbed)
                self._grabbed = None
            self._lay_out(screen, fence)
        self._draw_handles(over or self._grabbed)

    def _chosen(self, world: World) -> ShownFence | None:
        """The fence that is selected alone."""
        panel = self._panel
        entity = panel.window.outlined.active
        if entity is None or len(panel.window.outlined.entities) != 1:
            return None
        return next((each for each in self.fences(world) if each.entity == entity), None)

    def _lay_out(self, screen: Screen, fence: ShownFence) -> None:
        ring = fence.ring(fence.bottom_m)
        middles = (ring + np.roll(ring, -1, axis=0)) / 2
        ends = np.array([[*middles[0][:1], fence.top_m, middles[0][2]], middles[0]])
        places = screen.project(np.concatenate([ring, middles, ends]))[0]
        places[-2:, 1] += [_APART_PX["top"], _APART_PX["bottom"]]
        names = [("corner", i) for i in range(len(ring))] + [("edge", i) for i in range(len(ring))] + [("top", 0), ("bottom", 0)]
        self.handles = {
            name: (float(place[0]), float(place[1])) for name, place in zip(names, places, strict=True) if np.isfinite(place).all()
        }

    def _over(self) -> tuple[str, int] | None:
        """The handle under the pointer."""
        mouse = imgui.get_io().mouse_pos
        near = {name: abs(x - mouse.x) + abs(y - mouse.y) for name, (x, y) in self.handles.items()}
        found = min(near, key=lambda name: near[name], default=None)
        return found if found is not None and near[found] < _NEAR_PX else None

    def _drag(self, screen: Screen, fence: ShownFence, kind: str, number: int) -> None:
        if kind == "corner":
            point = self._ground_under(screen, height_m=fence.bottom_m)
            if point is not None and number < len(fence.corners):
                points = fence.corners.copy()
                points[number] = point
                self._set(fence, points=np.round(points - fence.place[[0, 2]], 4).tolist())
            return
        foot = (fence.corners[0] + fence.corners[1]) / 2
        height = _height_under(screen, np.array([foot[0], 0.0, foot[1]]), screen.mouse - [0.0, self._offset_px])
        if height is None:
            return
        step = self._panel.gizmo.snap.step("move")
        height = round(height / step) * step if step else height
        base = float(fence.place[1])
        if kind == "top":
            self._set(fence, top_m=round(max(height, fence.bottom_m + 0.05) - base, 3))
        else:
            self._set(fence, bottom_m=round(min(height, fence.top_m - 0.05) - base, 3))

    def _insert(self, fence: ShownFence, edge: int) -> None:
        middle = (fence.corners[edge] + fence.corners[(edge + 1) % len(fence.corners)]) / 2
        points = np.insert(fence.corners, edge + 1, middle, axis=0)
        self._set(fence, points=np.round(points - fence.place[[0, 2]], 4).tolist())

    def _release(self, screen: Screen, fence: ShownFence, kind: str, number: int) -> None:
        """A corner on its neighbour goes away."""
        if kind != "corner" or len(fence.corners) <= 3 or number >= len(fence.corners):
            return
        places = screen.project(fence.ring(fence.bottom_m))[0]
        count = len(places)
        for neighbour in ((number - 1) % count, (number + 1) % count):
            if float(np.abs(places[number] - places[neighbour]).sum()) < _CLOSE_PX:
                points = np.delete(fence.corners, number, axis=0)
                self._set(fence, points=np.round(points - fence.place[[0, 2]], 4).tolist())
                return

    def _set(self, fence: ShownFence, **fields: Any) -> None:
        panel = self._panel
        entity = id_text(panel.host.session.world.stable_id(fence.entity))
        merge = ("fence", id(self), self._drags)
        panel.window.do("component.set", merge=merge, component="fence", fields=fields, entities=[entity])

    def _draw_handles(self, over: tuple[str, int] | None) -> None:
        theme, draw = self._panel.window.theme, imgui.get_window_draw_list()
        for name, (x, y) in self.handles.items():
            size = {"corner": 5.5, "edge": 3.5}.get(name[0], 5.5) + (1.5 if name == over else 0.0)
            fill = theme.pack("accent" if name == over or name[0] != "edge" else "panel")
            if name[0] in ("corner", "edge"):
                draw.add_circle_filled((x, y), size, fill)
                draw.add_circle((x, y), size, theme.pack("on_accent" if name[0] == "corner" else "accent"), 0, 1.5)
                continue
            tip = -size * 1.8 if name[0] == "top" else size * 1.8
            draw.add_triangle_filled((x - size, y), (x + size, y), (x, y + tip), fill)


def _rounds(ring: Points) -> Points:
    return np.stack([ring, np.roll(ring, -1, axis=0)], 1)


def _shown(entity: int, name: str, place: Points, fence: Fence) -> ShownFence | None:
    try:
        corners = check_points(fence.points, where="a fence")
    except TaixuError:  # said where rules are
        return None
    place = np.nan_to_num(place)
    low = fence.bottom_m if fence.bottom_m > -_BOUNDLESS_M else 0.0
    high = fence.top_m if fence.top_m < _BOUNDLESS_M else max(low, 0.0) + _ROOM_M
    return ShownFence(entity, name, place, corners + place[[0, 2]], float(place[1] + low), float(place[1] + high))


def _draw_prism(screen: Screen, fence: ShownFence, theme: Any, *, is_chosen: bool, has_edges: bool = False) -> None:
    """Ground and walls, faint; edges above them where the picture has none; the name over the middle."""
    draw = imgui.get_window_draw_list()
    color = "accent" if is_chosen else "warning"
    fill, ink = theme.pack(color, 0.12 if is_chosen else 0.06), theme.pack(color, 0.95 if is_chosen else 0.7)
    ring, top_ring = fence.ring(fence.bottom_m), fence.ring(fence.top_m)
    floor = _projected(screen, ring)
    if len(floor) >= 3:
        draw.add_concave_poly_filled(floor, fill)
    count = len(ring)
    for i in range(count):
        j = (i + 1) % count
        wall = _projected(screen, np.stack([ring[i], ring[j], top_ring[j], top_ring[i]]))
        if len(wall) >= 3:
            draw.add_convex_poly_filled(_clockwise(wall), fill)
        lines = ((ring[i], ring[j], 1.8), (top_ring[i], top_ring[j], 1.3), (ring[i], top_ring[i], 1.0))
        for a, b, width in lines if has_edges else ():
            line = _projected(screen, np.stack([a, b]), is_closed=False)
            if len(line) == 2:
                draw.add_line(line[0], line[1], ink, width)
    if fence.name:
        top = np.array([[fence.corners[:, 0].mean(), fence.top_m, fence.corners[:, 1].mean()]])
        place = screen.project(top)[0][0]
        if np.isfinite(place).all():
            size = imgui.calc_text_size(fence.name)
            x, y = float(place[0] - size.x / 2), float(place[1] - size.y - 4)
            pad = imgui.get_font_size() * 0.35
            low, high = (x - pad, y - pad * 0.4), (x + size.x + pad, y + size.y + pad * 0.4)
            draw.add_rect_filled(low, high, theme.pack("panel", 0.8), pad)
            draw.add_text((x, y), theme.pack("text"), fence.name)


def _projected(screen: Screen, points: Points, *, is_closed: bool = True) -> list[Any]:
    """Places of a polygon on the window, cut where it goes behind the camera."""
    seen = screen.camera.camera()
    eye = seen.world_from_camera[:3, 3] + np.array(seen.cell, float) * CELL_M
    away = (points - eye) @ -seen.world_from_camera[:3, 2] - 0.05
    if (away <= 0).all() and not screen.camera.is_parallel:
        return []
    kept: list[Points] = []
    count = len(points)
    for i in range(count):
        if away[i] > 0:
            kept.append(points[i])
        j = (i + 1) % count
        if (is_closed or i + 1 < count) and (away[i] > 0) != (away[j] > 0):
            share = away[i] / (away[i] - away[j])
            kept.append(points[i] + (points[j] - points[i]) * share)
    places = screen.project(np.array(kept))[0]
    limit = 1e5
    return [imgui.ImVec2(float(x), float(y)) for x, y in np.clip(places, -limit, limit) if np.isfinite(x) and np.isfinite(y)]


def _clockwise(path: list[Any]) -> list[Any]:
    """Dear ImGui smooths edges of polygons that go clockwise on the window."""
    area = sum(a.x * b.y - b.x * a.y for a, b in zip(path, [*path[1:], path[0]]))
    return path if area >= 0 else path[::-1]


def _height_under(screen: Screen, foot: Points, mouse: Points) -> float | None:
    """How high over a place the pointer is: where its ray meets the upright plane that faces the camera."""
    origin, direction = screen.ray(mouse)
    normal = np.array([direction[0], 0.0, direction[2]])
    length = float(np.linalg.norm(normal))
    if length < 1e-6:
        return None
    share = float((foot - origin) @ normal / (direction @ normal))
    return float(origin[1] + direction[1] * share) if share > 0 else None
