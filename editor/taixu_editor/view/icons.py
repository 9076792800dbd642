"""Pictures for lights and cameras, which have no surface: seen in the view, and clicked to select them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, Camera, Light, WorldTransforms
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu.render import ViewCamera
    from taixu_editor.interface import Theme

__all__ = ["EntityIcons"]

_MOST = 200


class EntityIcons:
    """The pictures of one view.

    Attributes
    ----------
    over
        Handle of the entity whose picture is under the pointer, or None.
    places
        Where they are on the window, by handle.
    """

    def __init__(self) -> None:
        self.over: int | None = None
        self.places: dict[int, tuple[float, float]] = {}

    def draw(
        self, world: World, seen: ViewCamera, theme: Theme, origin: tuple[float, float], extent: tuple[float, float],
        chosen: frozenset[int], *, pivot_m: float, hovered: bool,
    ) -> None:  # fmt: skip
        """Over the picture: at most the nearest two hundred, smaller far behind the pivot (so far away), one where many overlap."""
        self.over, self.places = None, {}
        draw, unit = imgui.get_window_draw_list(), imgui.get_font_size()
        mouse = imgui.get_io().mouse_pos
        for kind, picture in ((Light, "light"), (Camera, "camera")):
            handles = _authored(world, kind)
            if not len(handles):
                continue
            points, away = _projected(world, handles, seen, origin, extent)
            for row in _sparse(points, away, handles, origin, extent, chosen, unit).tolist():
                x, y = float(points[row, 0]), float(points[row, 1])
                handle = int(handles[row])
                radius = unit * 0.85 * float(np.clip(3.0 * pivot_m / away[row], 0.6, 1.0))
                is_over = hovered and abs(mouse.x - x) < radius and abs(mouse.y - y) < radius
                self.places[handle] = (x, y)
                if is_over:
                    self.over = handle
                is_chosen = handle in chosen
                draw.add_circle_filled((x, y), radius, theme.pack("panel", 0.92 if is_over or is_chosen else 0.62), 24)
                if is_over or is_chosen:
                    draw.add_circle((x, y), radius, theme.pack("accent"), 24, max(unit * 0.1, 1.0))
                glyph = icon(picture)
                size = imgui.calc_text_size(glyph)
                color = theme.pack("accent" if is_chosen else "text", 1.0 if is_over or is_chosen else 0.85)
                draw.add_text((x - size.x / 2, y - size.y / 2), color, glyph)


def _sparse(
    points: NDArray[np.float64], away: NDArray[np.float64], handles: NDArray[np.uint64], origin: tuple[float, float],
    extent: tuple[float, float], chosen: frozenset[int], unit: float,
) -> NDArray[np.intp]:  # fmt: skip
    """Rows that are shown, the farthest first: of those that would cover one another the nearest, and what is selected."""
    inside = (points >= origin).all(1) & (points < np.add(origin, extent)).all(1) & (away > 0)
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(away[rows], kind="stable")][: 4 * _MOST]
    is_chosen = np.array([int(handle) in chosen for handle in handles[rows]], bool)
    rows = rows[np.argsort(~is_chosen, kind="stable")]
    cells = np.floor((points[rows] - origin) / (unit * 1.3)).astype(np.int64)
    _, first = np.unique(cells[:, 0] * 100_000 + cells[:, 1], return_index=True)
    kept = rows[np.sort(first)][:_MOST]
    return np.asarray(kept[np.argsort(-away[kept], kind="stable")])


def _authored(world: World, kind: type) -> NDArray[np.uint64]:
    """Those that somebody placed, and no system made."""
    found = [table.entities for table in world.query(kind).tables() if not table.made]
    return np.concatenate([np.zeros(0, np.uint64), *found])


def _projected(
    world: World, handles: NDArray[np.uint64], seen: ViewCamera, origin: tuple[float, float], extent: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places on the window [n, 2], and distances along the view [n]; behind the camera they are below 0."""
    transforms, index = world.resource(WorldTransforms), indices_of(handles)
    matrices = transforms.matrices[index].reshape(-1, 3, 4)
    places = matrices[:, :, 3].astype(np.float64) + (transforms.cells[index] - np.array(seen.cell)) * CELL_M
    local = np.concatenate([places, np.ones((len(places), 1))], 1) @ np.linalg.inv(seen.world_from_camera).T
    clip = local @ seen.clip_from_view(extent[0] / extent[1]).T
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = clip[:, :2] / clip[:, 3:]
    points = np.stack([origin[0] + (shares[:, 0] + 1) / 2 * extent[0], origin[1] + (1 - shares[:, 1]) / 2 * extent[1]], 1)
    return points, -local[:, 2]
