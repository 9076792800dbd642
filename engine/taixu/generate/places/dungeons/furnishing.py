"""Doors, lights and things in a dungeon."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.places.dungeons.building import CEILING_M, DOOR_HIGH_M, DOOR_WIDE_M, WAY_M, level_model, side_direction
from taixu.generate.places.dungeons.layout import CELL_M, Cell, Layout
from taixu.generate.places.dungeons.spec import STYLES, Style
from taixu.generate.places.dungeons.tiles import DOOR, OPEN, WALL
from taixu.generate.places.noise import lattice_hash
from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.staging import Stage, turned

__all__ = ["furnish"]

_LAMP_M = {"wall_torch": 1.75, "brazier": 0.0}
_MOST_LAMPS = 70
Vector = tuple[float, float, float]


def furnish(stage: Stage, layout: Layout, seed: int) -> None:
    """Put a dungeon and all that is in it on a stage."""
    style = STYLES[layout.spec.style]
    for level in range(layout.spec.levels):
        name = stage.write(f"level_{level}", level_model(layout, level))
        stage.add(f"level {level}", {
            "transform": {}, "model": {"source": name}, "collider": {"shape": "mesh", "friction": 0.8},
        })  # fmt: skip
    _doors(stage, layout, style, seed)
    taken = _lamps(stage, layout, style, seed)
    _things(stage, layout, style, seed, taken)
    if layout.spec.flooded > 0:
        _water(stage, layout)


def _chance(seed: int, cell: Cell, what: int) -> float:
    h = lattice_hash(np.array([cell[0] * 64 + cell[1]]), np.array([cell[2]]), (seed & 0x7FFFFFFF) + 7919 * what)
    return float(h[0]) / 2**32


def _doors(stage: Stage, layout: Layout, style: Style, seed: int) -> None:
    """A leaf in every doorway, hinge at its origin, standing open."""
    bench = Bench(seed)
    wide, high = DOOR_WIDE_M - 0.04, DOOR_HIGH_M - 0.03
    leaf = "hull" if style.trim == "steel" else "dark wood"
    bench.block(leaf, wide, high, 0.06, (wide / 2, 0.01, 0), bevel=0.008)
    for y in (0.35, 1.1, 1.85):
        bench.block("iron", wide * 0.94, 0.06, 0.075, (wide / 2, y, 0), bevel=0.004)
    bench.block("brass", 0.05, 0.05, 0.16, (wide - 0.12, 1.0, 0), bevel=0.01)
    source = ""
    for cell, tile in layout.cells.items():
        for side in range(4):
            if tile.sides[side] != DOOR:
                continue
            source = source or stage.write("door", bench.model("door", texture_px=128))
            x, y, z = layout.middle(cell)
            dx, dz = side_direction(side)
            # The doorway's left post, seen from inside the room.
            hinge = (x + dx * (CELL_M / 2 - 0.3) + dz * wide / 2, y, z + dz * (CELL_M / 2 - 0.3) - dx * wide / 2)
            closed = side * np.pi / 2 - np.pi / 2
            opened = closed + (1.45 if _chance(seed, cell, 3 + side) < 0.8 else 1.9)
            stage.add("door", {
                "transform": {"position": list(hinge), "rotation": turned(opened)}, "model": {"source": source},
                "collider": {"shape": "box", "size": [wide, high, 0.08], "offset": [wide / 2, high / 2, 0.0]},
            })  # fmt: skip


def _wall(layout: Layout, cell: Cell, side: int, away: float) -> tuple[Vector, float]:
    """A place in front of a wall of a cell, and the turn that has +z away from it."""
    x, y, z = layout.middle(cell)
    dx, dz = side_direction(side)
    half = (CELL_M / 2 - 0.3) if layout.cells[cell].kind == "room" else WAY_M / 2
    return (x + dx * (half - away), y, z + dz * (half - away)), float(np.arctan2(-dx, -dz))


def _lamps(stage: Stage, layout: Layout, style: Style, seed: int) -> set[tuple[Cell, int]]:
    """Lights on walls of rooms and at turns of corridors, or in ceilings."""
    taken: set[tuple[Cell, int]] = set()
    lit: list[Cell] = []
    order = sorted(layout.cells, key=lambda cell: (layout.cells[cell].kind != "room", _chance(seed, cell, 11), cell))
    for cell in order:
        tile = layout.cells[cell]
        if len(lit) >= _MOST_LAMPS or tile.kind in ("stairs", "well"):
            continue
        apart = 2 if tile.kind == "room" else 3
        if any(other[1] == cell[1] and abs(other[0] - cell[0]) + abs(other[2] - cell[2]) < apart for other in lit):
            continue
        x, y, z = layout.middle(cell)
        if not style.lamp:
            stage.light("ceiling light", (x, y + CEILING_M - 0.35, z), (0.8, 0.92, 1.0), 6.0, 11.0)
            _strip(stage, (x, y + CEILING_M - 0.05, z))
            lit.append(cell)
            continue
        walls = [side for side in range(4) if tile.sides[side] == WALL]
        if not walls:
            continue
        side = walls[int(_chance(seed, cell, 13) * len(walls))]
        at, turn = _wall(layout, cell, side, 0.0 if _LAMP_M.get(style.lamp) else 0.6)
        stage.prop(style.lamp, (at[0], at[1] + _LAMP_M[style.lamp], at[2]), turn=turn)
        taken.add((cell, side))
        lit.append(cell)
    for name, cell in (("way in", layout.entry), ("way out", layout.exit)):
        x, y, z = layout.middle(cell)
        stage.light(f"light at the {name}", (x, y + 2.5, z), (0.55, 0.75, 1.0) if name == "way in" else (1.0, 0.8, 0.4), 4.0, 9.0)
    return taken


def _strip(stage: Stage, at: Vector) -> None:
    stage.add("ceiling lamp", {
        "transform": {"position": list(at)}, "shape": {"kind": "box", "size": [1.6, 0.08, 0.3], "cast_shadow": False},
        "material": {"base_color": [1, 1, 1, 1], "emissive": [0.75, 0.9, 1.0], "emissive_strength": 4.0},
    })  # fmt: skip


def _things(stage: Stage, layout: Layout, style: Style, seed: int, taken: set[tuple[Cell, int]]) -> None:
    """Things along walls, in corners and in the middle, never in a way."""
    for room in layout.rooms:
        for cell in room:
            tile = layout.cells[cell]
            x, y, z = layout.middle(cell)
            walls = [side for side in range(4) if tile.sides[side] == WALL and (cell, side) not in taken]
            free = [side for side in walls if tile.sides[(side + 2) % 4] != DOOR]
            if free and cell not in (layout.entry,) and _chance(seed, cell, 17) < 0.6:
                side = free[int(_chance(seed, cell, 19) * len(free))]
                kind = style.wall_things[int(_chance(seed, cell, 23) * len(style.wall_things))]
                deep = {"sarcophagus": 0.65, "altar": 0.65, "statue": 0.5, "wine_rack": 0.6, "mine_cart": 0.6}.get(kind, 0.45)
                at, turn = _wall(layout, cell, side, deep)
                lies = kind in ("sarcophagus",)
                stage.prop(kind, at, turn=turn + (np.pi / 2 if lies else 0.0), variant=0)
            elif len([side for side in range(4) if tile.sides[side] == OPEN]) >= 3 and _chance(seed, cell, 29) < 0.55:
                kind = style.middle_things[int(_chance(seed, cell, 31) * len(style.middle_things))]
                stage.prop(kind, (x, y, z), turn=round(_chance(seed, cell, 37) * 4) * np.pi / 2)
            corner = next((side for side in range(4) if tile.sides[side] == WALL and tile.sides[(side + 1) % 4] == WALL), None)
            if corner is None or cell in (layout.entry, layout.exit):
                continue
            (ax, az), (bx, bz) = side_direction(corner), side_direction((corner + 1) % 4)
            for k in range(1 + int(_chance(seed, cell, 41) * 3)):
                kind = style.corners[int(_chance(seed, cell, 43 + k) * len(style.corners))]
                away = CELL_M / 2 - 1.15
                side_step = (-0.75 * (k == 1), -0.75 * (k == 2))
                px = x + ax * (away + side_step[0]) + bx * (away + side_step[1])
                pz = z + az * (away + side_step[0]) + bz * (away + side_step[1])
                stage.prop(kind, (px, y, pz), turn=float(np.arctan2(-(ax + bx), -(az + bz))) + 0.5 * _chance(seed, cell, 53 + k))
    x, y, z = layout.middle(layout.exit)
    if layout.cells[layout.exit].kind == "room":
        stage.prop("chest", (x, y, z), turn=0.4)


def _water(stage: Stage, layout: Layout) -> None:
    """One surface over the lowest level: walls hide what lies between rooms."""
    from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive

    wide, deep, high = layout.spec.width * CELL_M, layout.spec.depth * CELL_M, layout.spec.flooded
    line_x, line_z = np.linspace(-wide / 2, wide / 2, layout.spec.width + 1), np.linspace(-deep / 2, deep / 2,
        layout.spec.depth + 1)
    z, x = np.meshgrid(line_z, line_x, indexing="ij")
    points = np.stack([x, np.full_like(x, high), z], -1).reshape(-1, 3).astype(np.float32)
    columns = len(line_x)
    corner = (np.arange(len(line_z) - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    faces = np.concatenate([
        np.stack([corner, corner + columns, corner + 1], 1), np.stack([corner + 1, corner + columns, corner + columns + 1], 1),
    ])  # fmt: skip
    normals = np.tile(np.array([0, 1, 0], np.float32), (len(points), 1))
    uv = (points[:, [0, 2]] / 4.0).astype(np.float32)
    model = ModelData(name="water")
    model.materials.append(Material(name="water", base_color=(0.01, 0.03, 0.03, 0.72), metallic=0.0, roughness=0.06,
        alpha_mode="BLEND"))
    attributes: dict[str, Any] = {"POSITION": points, "NORMAL": normals, "TEXCOORD_0": uv}
    model.meshes.append(Mesh("water", [Primitive(attributes, faces.astype(np.uint32).ravel(), material=0)]))
    model.nodes.append(Node(name="water", mesh=0))
    stage.add("water", {"transform": {}, "model": {"source": stage.write("water", model), "cast_shadow": False}})
