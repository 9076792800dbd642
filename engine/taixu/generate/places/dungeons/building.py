"""Floors, walls, ceilings, stairs and doorways of a dungeon: closed solids by level and surface."""

from __future__ import annotations

import numpy as np

from taixu.assets.model import Mesh, ModelData, Node
from taixu.generate.places.dungeons.layout import CELL_M, LEVEL_M, Cell, Layout
from taixu.generate.places.dungeons.spec import STYLES
from taixu.generate.places.dungeons.tiles import DOOR, OPEN, STEPS, WALL
from taixu.generate.places.props.bench import dressed
from taixu.generate.places.props.solids import Solid, box, prism
from taixu.generate.places.props.surfaces import GRAINED, SURFACES, add_look

__all__ = ["CEILING_M", "DOOR_HIGH_M", "DOOR_WIDE_M", "WAY_M", "level_model", "level_solids", "side_direction"]

CEILING_M, THICK_M = 3.1, 0.3
WAY_M = 2.2
DOOR_WIDE_M, DOOR_HIGH_M = 1.3, 2.25
_STEPS = 14


def side_direction(side: int) -> tuple[float, float]:
    """x and z of a side."""
    dx, _, dz = STEPS[side]
    return float(dx), float(dz)


def level_model(layout: Layout, level: int) -> ModelData:
    """A level as it is drawn, in the dungeon's frame."""
    model = ModelData(name=f"level {level}")
    parts = level_solids(layout, level)
    primitives = []
    for surface in sorted(parts):
        number, tile = add_look(model, surface, size=layout.spec.texture_px)
        primitives.append(dressed(parts[surface], number, tile, grain=SURFACES[surface].family in GRAINED))
    model.meshes.append(Mesh(model.name, primitives))
    model.nodes.append(Node(name=model.name, mesh=0))
    return model


def level_solids(layout: Layout, level: int) -> dict[str, list[Solid]]:
    """A level's closed bodies by surface."""
    style = STYLES[layout.spec.style]
    parts: dict[str, list[Solid]] = {}

    def add(surface: str, solid: Solid) -> None:
        parts.setdefault(surface, []).append(solid)

    for cell, tile in layout.cells.items():
        if cell[1] != level:
            continue
        x, y, z = layout.middle(cell)
        above = (cell[0], cell[1] + 1, cell[2])
        rises = tile.kind == "stairs"
        ceiling = LEVEL_M if rises else CEILING_M
        if tile.kind != "well":
            add(style.floor, box(CELL_M, 0.3, CELL_M, bevel=0).moved(x, y - 0.15, z))
        if not rises:
            lid = LEVEL_M - CEILING_M - (0.3 if above in layout.cells and layout.cells[above].kind != "well" else 0.0)
            lid = max(lid, 0.12)
            add(style.ceiling, box(CELL_M, lid, CELL_M, bevel=0).moved(x, y + CEILING_M + lid / 2, z))
        if tile.kind == "room":
            for solid in _room_walls(tile.sides, ceiling):
                add(style.wall, solid.moved(x, y, z))
            for solid in _room_trim(tile.sides, ceiling):
                add(style.trim, solid.moved(x, y, z))
        else:
            for solid in _way_walls(tile.sides, ceiling):
                add(style.wall, solid.moved(x, y, z))
            if tile.kind == "way" and (cell[0] + cell[2]) % 2 == 0:
                for solid in _frames(tile.sides, ceiling):
                    add(style.trim, solid.moved(x, y, z))
        if rises:
            add(style.trim, _stairs(tile.turn).moved(x, y, z))
        if tile.kind == "well":
            add(style.floor, _landing(tile.turn).moved(x, y, z))
    return parts


def _along(side: int, near: float, far: float, wide: float, low: float, high: float, *, shift: float = 0.0) -> Solid:
    """A box from `near` to `far` metres away from the middle towards a side, `wide` across, shifted along the wall."""
    solid = box(far - near, high - low, wide, bevel=0).moved((near + far) / 2, (low + high) / 2, shift)
    return solid.turned(y=side * np.pi / 2)


def _room_walls(sides: tuple[int, ...], ceiling: float) -> list[Solid]:
    half, found = CELL_M / 2, []
    for side in range(4):
        if sides[side] == WALL:
            found.append(_along(side, half - THICK_M, half, CELL_M, 0, ceiling))
        elif sides[side] == DOOR:
            rest = (CELL_M - DOOR_WIDE_M) / 2
            for sign in (-1, 1):
                found.append(_along(side, half - THICK_M, half, rest, 0, ceiling, shift=sign * (DOOR_WIDE_M + rest) / 2))
            found.append(_along(side, half - THICK_M, half, DOOR_WIDE_M, DOOR_HIGH_M, ceiling))
    return found


def _room_trim(sides: tuple[int, ...], ceiling: float) -> list[Solid]:
    """Skirting, and frames about doors."""
    half, found = CELL_M / 2, []
    for side in range(4):
        if sides[side] == WALL:
            found.append(_along(side, half - THICK_M - 0.05, half - THICK_M + 0.02, CELL_M - 0.02, 0, 0.22))
            found.append(_along(side, half - THICK_M - 0.07, half - THICK_M + 0.02, CELL_M - 0.02, ceiling - 0.2, ceiling - 0.005))
        elif sides[side] == DOOR:
            for sign in (-1, 1):
                found.append(_along(side, half - THICK_M - 0.06, half + 0.02, 0.16, 0, DOOR_HIGH_M + 0.14,
                    shift=sign * (DOOR_WIDE_M / 2 + 0.06)))
            found.append(_along(side, half - THICK_M - 0.06, half + 0.02, DOOR_WIDE_M + 0.3, DOOR_HIGH_M - 0.02,
                DOOR_HIGH_M + 0.16))
    if sides.count(OPEN) == 2:  # a pier in the corner of two walls
        corner = next(side for side in range(4) if sides[side] != OPEN and sides[(side + 1) % 4] != OPEN)
        c, s = side_direction(corner), side_direction((corner + 1) % 4)
        away = half - THICK_M - 0.16
        found.append(box(0.42, ceiling - 0.01, 0.42, bevel=0.03).moved((c[0] + s[0]) * away, ceiling / 2, (c[1] + s[1]) * away))
    return found


def _way_walls(sides: tuple[int, ...], ceiling: float) -> list[Solid]:
    half, inner = CELL_M / 2, WAY_M / 2
    thick = half - inner
    found = []
    for side in range(4):
        if sides[side] == WALL:
            found.append(_along(side, inner, half, WAY_M, 0, ceiling))
    for sx in (-1, 1):
        for sz in (-1, 1):
            found.append(box(thick, ceiling, thick, bevel=0).moved(sx * (inner + thick / 2), ceiling / 2, sz * (inner + thick / 2)))
    return found


def _frames(sides: tuple[int, ...], ceiling: float) -> list[Solid]:
    """An arch or a pair of props over the middle of a straight way."""
    straight = next((side for side in (0, 1) if sides[side] and sides[side + 2] and not sides[1 - side] and not sides[3 - side]),
        None)
    if straight is None:
        return []
    found = [_along((straight + 1) % 4, sign * (WAY_M / 2 - 0.1) - 0.1, sign * (WAY_M / 2 - 0.1) + 0.1, 0.24, 0, ceiling - 0.01)
        for sign in (-1, 1)]
    found.append(_along(straight, -0.12, 0.12, WAY_M, ceiling - 0.26, ceiling - 0.005))
    return found


def _stairs(turn: int) -> Solid:
    """Steps that rise towards a side."""
    rise, run = LEVEL_M / _STEPS, CELL_M / _STEPS
    outline = [(-CELL_M / 2, 0.0)]
    for k in range(_STEPS):
        outline += [(-CELL_M / 2 + k * run, (k + 1) * rise), (-CELL_M / 2 + (k + 1) * run, (k + 1) * rise)]
    outline.append((CELL_M / 2, 0.0))
    outline = [outline[0], *outline[1:]]
    return prism(outline, WAY_M).turned(y=turn * np.pi / 2)


def _landing(turn: int) -> Solid:
    """The sill where stairs arrive."""
    return _along(turn, CELL_M / 2 - 0.05, CELL_M / 2, WAY_M, -0.3, 0.0)


def open_cells(layout: Layout, cell: Cell) -> int:
    """On how many sides a cell goes on."""
    return sum(socket != WALL for socket in layout.cells[cell].sides[:4])
