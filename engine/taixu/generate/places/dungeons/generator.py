"""The generator of dungeons: a folder with a world that opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.dungeons.furnishing import furnish
from taixu.generate.places.dungeons.layout import Cell, Layout, lay_out_dungeon
from taixu.generate.places.dungeons.spec import STYLES, DungeonSpec
from taixu.generate.places.dungeons.tiles import STEPS, WALL
from taixu.generate.places.dungeons.words import parameters_of_words
from taixu.generate.places.props.staging import Stage
from taixu.generate.places.world_text import quaternion_towards, world_text
from taixu.generate.request import Request

__all__ = ["DungeonGenerator", "stage_dungeon"]


class DungeonGenerator(Generator):
    """Rooms, corridors and stairs under ground."""

    name, makes, suffix = "dungeon", "dungeon", ".json"
    summary = "dungeons as worlds: crypts, mines, cellars, temples, bases; rooms, stairs, doors, torches"
    parameters = DungeonSpec
    needs = Needs(memory_mb=4096)
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Style, size and water of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first; then levels, doors and things."""
        progress(0.1, "rooms and corridors")
        layout = lay_out_dungeon(request.parameters, request.seed)
        progress(0.3, "walls and things")
        stage = Stage(request.folder)
        stage_dungeon(stage, layout, request.seed)
        file = request.folder / "place.world.json"
        write_atomic(file, world_text(stage.entities, settings={"physics": {"backend": "rapier"}}).encode())
        said = {"cells": len(layout.cells), "rooms": len(layout.rooms),
            "steps to the way out": layout.steps_from(layout.entry)[layout.exit]}
        return [Made(file, said=said), *stage.files]


def stage_dungeon(stage: Stage, layout: Layout, seed: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Put a dungeon on a stage with what lights it, a view and the place where one begins; gives that and where one looks."""
    furnish(stage, layout, seed)
    tint = STYLES[layout.spec.style].ambient
    stage.add("sky", {
        "environment": {"intensity": 0.045, "sun_direction": [0.2, 0.9, 0.3], "exposure_ev": 1.1, "tonemap": "neutral",
                        "ground_color": [0.5 * value for value in tint]},
    })  # fmt: skip
    spawn = layout.middle(layout.entry)
    towards = _ahead(layout, layout.entry)
    stage.add("spawn", {"transform": {"position": list(spawn), "rotation": quaternion_towards(towards)}})
    eye, target = _view(layout)
    stage.add("view", {
        "transform": {"position": list(eye), "rotation": quaternion_towards(np.subtract(target, eye))},
        "camera": {"fov_y_rad": 1.05, "near_m": 0.1},
    })  # fmt: skip
    return spawn, towards


def _ahead(layout: Layout, cell: Cell) -> tuple[float, float, float]:
    side = next((side for side in range(4) if layout.cells[cell].sides[side] != WALL), 0)
    dx, _, dz = STEPS[side]
    return float(dx), 0.0, float(dz)


def _view(layout: Layout) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """From a corner of the largest room, across it."""
    room = layout.rooms[0]
    lowest = [each for each in layout.rooms if each[0][1] == 0]
    if layout.spec.flooded > 0 and lowest:
        room = lowest[0]
    pairs = [(a, b) for a in room for b in room]
    a, b = max(pairs, key=lambda pair: ((pair[0][0] - pair[1][0]) ** 2 + (pair[0][2] - pair[1][2]) ** 2, pair))
    start, end = np.array(layout.middle(a)), np.array(layout.middle(b))
    ahead = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    eye = start - ahead * 1.1 + (0, 1.75, 0)
    target = end + np.array([0.0, 1.0, 0.0])
    return (float(eye[0]), float(eye[1]), float(eye[2])), (float(target[0]), float(target[1]), float(target[2]))
