"""One of the many equal things that a stack has sown, found by where it stands: it can be held like any made thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import World
from taixu.generate.modifiers.blocks import CELL_M
from taixu.generate.modifiers.components import MadeBy, Pins
from taixu.generate.modifiers.following import ModifierState
from taixu.generate.modifiers.layers import Places
from taixu.generate.modifiers.pins import PinTable, pin_id
from taixu.scene import CELL_M as SCENE_CELL_M
from taixu.scene import Scatter, WorldTransforms

__all__ = ["Sown", "held", "in_stack", "sower_of", "sown_at"]


@dataclass(frozen=True, slots=True, eq=False)
class Sown:
    """A plant, or another of many equal things.

    Attributes
    ----------
    thing
        Its id, as pins name it.
    kind
        What its step calls it.
    row : float32[5]
        x, height above the ground and z in the stack's frame, turn, scale: as it stands now.
    """

    thing: str
    kind: str
    row: NDArray[np.float32]


def in_stack(world: World, stack: int, at: ArrayLike) -> NDArray[np.float64]:
    """A place of the world (metres) in a stack's frame, float64[3]."""
    transforms, index = world.resource(WorldTransforms), stack & 0xFFFFFFFF
    frame = np.eye(4)
    frame[:3] = transforms.matrices[index].reshape(3, 4)
    away = np.asarray(at, np.float64) - transforms.cells[index] * SCENE_CELL_M
    found: NDArray[np.float64] = (np.linalg.inv(frame) @ [*away, 1.0])[:3]
    return found


def sower_of(world: World, entity: int) -> int | None:
    """The step that has sown what a made entity with a `Scatter` shows; None of everybody else."""
    if not (world.has(entity, Scatter) and world.has(entity, MadeBy)):
        return None
    standing = world.resource(ModifierState).standing.get(int(world.get(entity, MadeBy).stack))
    step = None if standing is None else standing.shown.sower_of(entity)
    return None if step is None else world.find(step)


def sown_at(world: World, stack: int, at: ArrayLike, *, within_m: float) -> Sown | None:
    """What of a stack's sown things stands nearest to a place of the world, seen from above; None where none is so near."""
    state = world.resource(ModifierState)
    evaluation = state.evaluation(stack)
    if evaluation is None:
        return None
    pins = PinTable.read(world.get(stack, Pins).made) if world.has(stack, Pins) else PinTable()
    x, _, z = in_stack(world, stack, at).tolist()
    span = range(-1, 2) if within_m > 0 else range(1)
    cells = {(0, int(x // CELL_M) + i, int(z // CELL_M) + j) for i in span for j in span}
    # What was moved by hand still belongs to the cell that it was made in.
    cells |= {(0, home[1], home[2]) for home, changes in pins.homes.items() if any("position" in pin for pin in changes.values())}
    best, away = None, float(within_m)
    for cell in sorted(cells):
        sown: dict[int, list[Places]] = {}
        for number, item in evaluation.standing("places", cell):
            sown.setdefault(evaluation.stack.steps[number].id, []).append(item)
        for step, items in sown.items():
            standing, _ = pins.apply_to_places((step, cell[1], cell[2]), items)
            for item in standing:
                if not len(item.rows):
                    continue
                far = np.hypot(item.rows[:, 0] - x, item.rows[:, 2] - z)
                nearest = int(far.argmin())
                if float(far[nearest]) <= away:
                    away = float(far[nearest])
                    best = Sown(pin_id(step, cell[1:], int(item.numbers[nearest])), item.kind, item.rows[nearest].copy())
    return best


def held(
    found: Sown, *, removed: bool, to: Any = None, turn_rad: float | None = None, scale: float | None = None
) -> dict[str, Any]:
    """What a pin says of it; `to` is x and z in the stack's frame."""
    if removed:
        return {"removed": True}
    changes: dict[str, Any] = {}
    if to is not None:
        changes["position"] = [round(float(to[0]), 3), round(float(found.row[1]), 3), round(float(to[1]), 3)]
    if turn_rad is not None:
        changes["rotation"] = [0.0, round(float(np.sin(turn_rad / 2)), 5), 0.0, round(float(np.cos(turn_rad / 2)), 5)]
    if scale is not None:
        changes["scale"] = [round(float(scale), 4)] * 3
    return changes
