"""Curves in a view: roads, paths and outlines of what is selected, shaped by handles on the ground.

A handle is dragged to move its point, one between two points makes a new one there, a click with Ctrl adds a point at the end, and
a point that is dragged onto its neighbour goes away. A drag is one step of the history. Of a network of roads all lines are there:
points that lie together move together, Ctrl adds to the road that was touched last, Ctrl and Shift begin another; what hangs on it
all is made when the hand lets go.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World, component_type
from taixu.edit import id_text
from taixu.scene import Parent, WorldTransforms
from taixu.scene.terrain import TerrainState, height_on_triangles
from taixu_editor.view.readout import draw_plate
from taixu_editor.view.screen import Screen
from taixu_editor.view.surface import point_on_ground

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport

__all__ = ["CURVES", "CurveView"]

_NEAR_PX = 9.0
_CLOSE_PX = 10.0
_MOST = 500
_MOST_OF_NETWORK = 2000
_JOINED_M = 0.5
"""Points of roads that lie so near move together."""
Points = NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CurveField:
    """Where a component keeps a curve: the field, how many numbers a point has, and the least that it needs.

    A point of two is [x, z]; `closed` says whether the last leads to the first, or names the field that does.
    """

    field: str
    numbers: int
    least: int = 2
    closed: bool | str = False
    is_network: bool = False
    """Whether the field is a list of objects with such points each."""


CURVES = {
    "flatten_path": CurveField("points", 3, closed="closed"),
    "wood": CurveField("outline", 2, least=3, closed=True),
    "props": CurveField("points", 2, least=1),
    "road_network": CurveField("roads", 2, is_network=True),
    "village": CurveField("roads", 2, is_network=True),
    "city": CurveField("roads", 2, is_network=True),
}
"""By the component's name."""


@dataclass(slots=True)
class _Shown:
    """A curve where it stands: its component, entity, frame, and points in the world."""

    component: str
    entity: int
    matrix: Points
    points: Points
    is_closed: bool
    lines: list[int] = field(default_factory=list)
    """Of a network, the row of the field that each point belongs to."""
    rows: int = 0

    def edges(self) -> list[tuple[int, int]]:
        count = len(self.points)
        if self.lines:
            return [(a, b) for a, b in pairwise(range(count)) if self.lines[a] == self.lines[b]]
        found = list(pairwise(range(count)))
        return [*found, (count - 1, 0)] if self.is_closed and count > 2 else found

    def together(self, number: int) -> NDArray[np.intp]:
        """A point, and in a network those that lie on it."""
        if not self.lines:
            return np.array([number])
        away = np.linalg.norm(self.points[:, [0, 2]] - self.points[number, [0, 2]], axis=1)
        return np.flatnonzero(away < _JOINED_M)


class CurveView:
    """The curve of what is selected alone, in one view.

    Attributes
    ----------
    handles
        Middles on the window: ``("point", 0)``, ``("edge", 2)``.
    """

    def __init__(self, panel: Viewport) -> None:
        self._panel = panel
        self.handles: dict[tuple[str, int], Place] = {}
        self._grabbed: int | None = None
        self._drags = 0
        self._held: _Shown | None = None
        """A network as it is while the hand has not let go."""
        self._line = -1
        """The row of the road that was touched last."""

    def is_busy(self, world: World) -> bool:
        """Whether clicks are its own."""
        if self._grabbed is not None:
            return True
        return bool(self.handles) and (self._over() is not None or imgui.get_io().key_ctrl)

    def update(self, world: World, *, hovered: bool) -> None:
        """Follow hands, and draw."""
        panel = self._panel
        curve = self._chosen(world)
        self.handles.clear()
        if curve is None:
            self._grabbed, self._held, self._line = None, None, -1
            return
        if self._held is not None and self._held.entity == curve.entity:
            curve = self._held
        screen = Screen(panel.camera, panel.origin, panel.extent)
        places = self._lay_out(screen, curve)
        is_free = hovered and not panel.navigation.is_dragging
        over = self._over() if is_free else None
        if is_free and imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self._press(screen, curve, over)
        elif self._grabbed is not None:
            if imgui.is_mouse_down(imgui.MouseButton_.left):
                self._drag(screen, curve, self._grabbed)
            else:
                self._release(curve, places, self._grabbed)
                self._grabbed = self._held = None
        self._draw(curve, places, over)

    def _chosen(self, world: World) -> _Shown | None:
        entity = self._panel.window.outlined.active
        if entity is None or len(self._panel.window.outlined.entities) != 1 or not world.alive(entity):
            return None
        for cls in world.types_of(entity):
            found = CURVES.get(component_type(cls).name)
            if found is not None:
                value: Any = world.get(entity, cls)
                matrix = world.resource(WorldTransforms).matrix(entity & 0xFFFFFFFF)
                raw, lines = getattr(value, found.field), list[int]()
                local, lines = _points_of_roads(raw) if found.is_network else (_points_of(raw), lines)
                points = local @ matrix[:3, :3].T + matrix[:3, 3]
                if found.is_network:
                    points[:, 1] += self._rise(world, entity, local, matrix)
                closed = bool(getattr(value, found.closed)) if isinstance(found.closed, str) else found.closed
                rows = len(raw) if isinstance(raw, (list, tuple)) else 0
                return _Shown(component_type(cls).name, entity, matrix, points, closed, lines, rows)
        return None

    def _rise(self, world: World, entity: int, local: Points, matrix: Points) -> Points:
        """How high the ground of the stack lies at points of a step, metres over the step."""
        stack = world.get(entity, Parent).entity if world.has(entity, Parent) else 0
        ground = world.resource(TerrainState).field(stack) if stack and world.has_resource(TerrainState) else None
        if ground is None or not len(local):
            return np.zeros(len(local))
        inverse = np.linalg.inv(world.resource(WorldTransforms).matrix(stack & 0xFFFFFFFF))
        at = (local @ matrix[:3, :3].T + matrix[:3, 3]) @ inverse[:3, :3].T + inverse[:3, 3]
        high = height_on_triangles(ground.heights, ground.size, at[:, 0], at[:, 2])
        return np.asarray(high, np.float64) - at[:, 1] + 0.3

    def _lay_out(self, screen: Screen, curve: _Shown) -> Points:
        """Places of points on the window; handles of what can be seen."""
        if not len(curve.points):
            return np.zeros((0, 2))
        places: Points = screen.project(curve.points)[0]
        edges = curve.edges()
        middles = np.array([(curve.points[a] + curve.points[b]) / 2.0 for a, b in edges]).reshape(-1, 3)
        between = screen.project(middles)[0] if len(middles) else np.zeros((0, 2))
        for kind, stands in (("point", places), ("edge", between)):
            seen = ((i, place) for i, place in enumerate(stands) if np.isfinite(place).all())
            self.handles |= {(kind, i): (float(place[0]), float(place[1])) for i, place in seen}
        return places

    def _over(self) -> tuple[str, int] | None:
        """The handle under the pointer; points come before what is between them."""
        mouse = imgui.get_io().mouse_pos
        near = {
            name: abs(x - mouse.x) + abs(y - mouse.y) + (0.5 if name[0] == "edge" else 0.0) for name, (x, y) in self.handles.items()
        }
        found = min(near, key=lambda name: near[name], default=None)
        return found if found is not None and near[found] < _NEAR_PX else None

    def _press(self, screen: Screen, curve: _Shown, over: tuple[str, int] | None) -> None:
        points = curve.points
        io = imgui.get_io()
        if over is not None and curve.lines:
            self._line = curve.lines[over[1] if over[0] == "point" else curve.edges()[over[1]][0]]
        if over is not None and over[0] == "point":
            self._grabbed = over[1]
            self._held = curve if CURVES[curve.component].is_network else None
        elif len(points) >= (_MOST_OF_NETWORK if CURVES[curve.component].is_network else _MOST):
            return
        elif over is not None:
            one, other = curve.edges()[over[1]]
            self._drags += 1
            self._grabbed = one + 1
            lines = [*curve.lines[: one + 1], *curve.lines[one : one + 1], *curve.lines[one + 1 :]]
            middle = (points[one] + points[other]) / 2.0
            self._change(replace(curve, points=np.insert(points, one + 1, middle, axis=0), lines=lines))
            return
        elif io.key_ctrl and (point := self._under(screen, curve)) is not None:
            self._drags += 1
            self._set(self._longer(curve, point, begins=bool(io.key_shift)))
            return
        self._drags += 1

    def _drag(self, screen: Screen, curve: _Shown, number: int) -> None:
        point = self._under(screen, curve, number=number)
        if point is not None and number < len(curve.points):
            points = curve.points.copy()
            if np.abs(points[number] - point).max() > 1e-3:
                points[curve.together(number)] = point
                self._change(replace(curve, points=points))

    def _release(self, curve: _Shown, places: Points, number: int) -> None:
        """A point on its neighbour goes away; a network is set now."""
        is_network = CURVES[curve.component].is_network
        if number < len(places) and (is_network or len(places) > CURVES[curve.component].least):
            for one, other in curve.edges():
                if number in (one, other) and float(np.abs(places[one] - places[other]).sum()) < _CLOSE_PX:
                    lines = [line for k, line in enumerate(curve.lines) if k != number]
                    self._set(replace(curve, points=np.delete(curve.points, number, axis=0), lines=lines))
                    return
        chosen = self._chosen(self._panel.host.session.world) if is_network else None
        if chosen is not None and not np.array_equal(chosen.points, curve.points):
            self._set(curve)

    def _change(self, curve: _Shown) -> None:
        """A curve is another, for now where much hangs on it."""
        if CURVES[curve.component].is_network:
            self._held = curve
        else:
            self._set(curve)

    def _longer(self, curve: _Shown, point: Points, *, begins: bool) -> _Shown:
        """A curve with one more point: at the end, or in a road of its own."""
        if not CURVES[curve.component].is_network:
            return replace(curve, points=np.append(curve.points, point[None], axis=0))
        if begins or not curve.lines:
            self._line = curve.rows
        elif self._line not in curve.lines:
            self._line = curve.lines[-1]
        mine = [k for k, line in enumerate(curve.lines) if line == self._line]
        at = mine[-1] + 1 if mine else len(curve.points)
        lines = [*curve.lines[:at], self._line, *curve.lines[at:]]
        return replace(curve, points=np.insert(curve.points, at, point, axis=0), lines=lines)

    def _under(self, screen: Screen, curve: _Shown, *, number: int | None = None) -> Points | None:
        """Where the pointer is on what is seen; a point that is dragged stays at its height where its own line hides the ground."""
        mouse = imgui.get_io().mouse_pos
        seen = self._panel.point_at(mouse.x, mouse.y)
        if seen is not None:
            return np.asarray(seen.position, np.float64)
        height = float(curve.points[number][1]) if number is not None else float(curve.matrix[1, 3])
        return point_on_ground(*screen.ray(screen.mouse), height_m=height)

    def _set(self, curve: _Shown) -> None:
        panel, found = self._panel, CURVES[curve.component]
        inverse = np.linalg.inv(curve.matrix)
        local = curve.points @ inverse[:3, :3].T + inverse[:3, 3]
        value: list[Any] = np.round(local if found.numbers == 3 else local[:, [0, 2]], 3).tolist()
        if found.is_network:
            world = panel.host.session.world
            cls = panel.host.session.component(curve.component)
            value = _roads_with(getattr(world.get(curve.entity, cls), found.field), value, curve.lines)
        entity = id_text(panel.host.session.world.stable_id(curve.entity))
        merge = ("curve", id(self), self._drags)
        panel.window.do("component.set", merge=merge, component=curve.component, fields={found.field: value}, entities=[entity])

    def _draw(self, curve: _Shown, places: Points, over: tuple[str, int] | None) -> None:
        panel, theme, draw = self._panel, self._panel.window.theme, imgui.get_window_draw_list()
        low = panel.origin
        draw.push_clip_rect(low, (low[0] + panel.extent[0], low[1] + panel.extent[1]), True)
        for one, other in curve.edges():
            a, b = places[one], places[other]
            if np.isfinite(a).all() and np.isfinite(b).all():
                draw.add_line((float(a[0]), float(a[1])), (float(b[0]), float(b[1])), theme.pack("accent"), 2.0)
        for name, (x, y) in self.handles.items():
            is_lit = name == over or (name[0] == "point" and name[1] == self._grabbed)
            draw.add_circle_filled((x, y), 5.5 if name[0] == "point" else 3.5, theme.pack("text" if is_lit else "accent"))
        draw.pop_clip_rect()
        if len(curve.points) < CURVES[curve.component].least or over is not None:
            said = panel.t("Ctrl and click add a point; drag handles to move points and to make new ones.")
            if CURVES[curve.component].is_network:
                said = panel.t("Ctrl and click add a point, with Shift a road; drag handles to move points and to make new ones.")
            middle = (low[0] + panel.extent[0] / 2, low[1] + panel.extent[1] - imgui.get_font_size() * 2.2)
            draw_plate(theme, [(said, "text")], middle)


def _points_of(raw: Any) -> Points:
    """[n, 3] of what a field holds; what is no point is left out, and its modifier says so."""
    found = []
    for each in raw if isinstance(raw, (list, tuple)) else ():
        if isinstance(each, (list, tuple)) and len(each) in (2, 3) and all(isinstance(v, (int, float)) for v in each):
            found.append([each[0], each[1] if len(each) == 3 else 0.0, each[-1]])
    return np.array(found[:_MOST], np.float64).reshape(-1, 3)


def _points_of_roads(raw: Any) -> tuple[Points, list[int]]:
    """Points of all rows one after the other [n, 3], and the row of each; what does not fit in is left out whole."""
    found: list[Points] = []
    lines: list[int] = []
    for row, road in enumerate(raw if isinstance(raw, (list, tuple)) else ()):
        points = _points_of(road.get("points")) if isinstance(road, dict) else np.zeros((0, 3))
        if len(points) and len(lines) + len(points) <= _MOST_OF_NETWORK:
            found.append(points)
            lines += [row] * len(points)
    return np.concatenate([np.zeros((0, 3)), *found]), lines


def _roads_with(raw: Any, points: list[Any], lines: list[int]) -> list[Any]:
    """Rows of a field with other points; a road that has lost all but one is no more, one point alone begins a road."""
    before = list(raw) if isinstance(raw, (list, tuple)) else []
    kept, found = set(_points_of_roads(before)[1]), []
    last = next((row for row in reversed(before) if isinstance(row, dict)), {})
    for row in range(max(len(before), max(lines, default=-1) + 1)):
        mine = [point for point, line in zip(points, lines, strict=True) if line == row]
        if row >= len(before):
            found.append({"points": mine, "kind": str(last.get("kind", "street"))})
        elif row not in kept:
            found.append(before[row])
        elif len(mine) > 1 or (mine and len(before[row]["points"]) < 2):
            found.append({**before[row], "points": mine})
    return found
