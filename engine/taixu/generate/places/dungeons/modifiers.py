"""Dungeons as a modifier: rooms, corridors and stairs at the entity's height."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from taixu.ecs import F32, I32, Text, component, field
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.kinds import Inputs, ModifierKind
from taixu.generate.modifiers.layers import Layers, Thing

__all__ = ["KINDS", "Dungeon", "dungeon_bounds", "dungeon_words", "make_dungeon"]

_STYLES = ("crypt", "mine", "cellar", "temple", "base")
_CELL_M = 4.0


@component("dungeon")
class Dungeon:
    """Rooms, corridors, stairs and what stands in them, at the entity's height: put it below the ground."""

    style: Text = field(default="crypt", choices=_STYLES)
    width: I32 = field(default=8, minimum=4, maximum=24, doc="Cells of 4 m along x.")
    depth: I32 = field(default=8, minimum=4, maximum=24, doc="Cells of 4 m along z.")
    levels: I32 = field(default=1, minimum=1, maximum=5, doc="One above the other.")
    openness: F32 = field(default=0.6, minimum=0.1, maximum=1.0, doc="How much is hollow.")
    flooded: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=1.2, doc="Depth of water on the lowest level.")


def dungeon_bounds(parameters: Any, frame: Any) -> Bounds:
    """Around its cells."""
    spec = _spec(parameters)
    x, z = spec.width * _CELL_M / 2, spec.depth * _CELL_M / 2
    corners = np.array([[-x, 0, -z], [x, 0, -z], [x, 0, z], [-x, 0, z]])
    return Bounds.of(corners, frame=np.asarray(frame, np.float64), margin_m=1.0)


def dungeon_words(prompt: str) -> dict[str, Any]:
    """Parameters that words name."""
    from taixu.generate.places.dungeons.words import parameters_of_words

    return parameters_of_words(prompt)


def make_dungeon(block: Block, inputs: Inputs, seed: int) -> Layers:
    """What of a dungeon has its place in a block."""
    key = f"{_spec(inputs.parameters)}|{seed}|{np.asarray(inputs.frame).tolist()}".encode()
    whole = inputs.once("dungeon", key, partial(_whole, inputs.parameters, inputs.frame, seed))
    x = np.array([thing.position[0] for thing in whole])
    z = np.array([thing.position[2] for thing in whole])
    return {"things": [thing for thing, is_here in zip(whole, block.holds(x, z).tolist(), strict=True) if is_here]}


def _whole(parameters: Any, frame: Any, seed: int) -> list[Thing]:
    from taixu.generate.places.dungeons.furnishing import furnish
    from taixu.generate.places.dungeons.layout import lay_out_dungeon
    from taixu.generate.places.props.thing_stage import ThingStage

    stage = ThingStage()
    furnish(stage, lay_out_dungeon(_spec(parameters), seed), seed)
    return stage.things(frame)


def _spec(parameters: Any) -> Any:
    from taixu.generate.places.dungeons.spec import DungeonSpec

    return DungeonSpec(
        style=str(parameters.style), width=int(parameters.width), depth=int(parameters.depth), levels=int(parameters.levels),
        openness=float(parameters.openness), flooded=float(parameters.flooded), texture_px=128,
    ).check()  # fmt: skip


_HOME = "taixu.generate.places.dungeons.modifiers"
KINDS: tuple[ModifierKind, ...] = (
    ModifierKind(
        Dungeon, f"{_HOME}:make_dungeon", reads=(), writes=("things",), bounds=f"{_HOME}:dungeon_bounds",
        words=f"{_HOME}:dungeon_words", most_level=0,
    ),
)  # fmt: skip
"""What this package brings."""
