"""Modifiers: ground and what stands on it, as an ordered stack that stays open to change.

A stack is an entity with `Modifiers`; its steps are children with `Modifier` and one component of a kind (`HeightBrush`, a road, a
wood), whose fields are the kind's parameters. A `ModifierKind` joins such a component to a pure function that makes layers of a
block of cells from the layers below. Nothing here remembers what was made how: a layer's key is a hash of function, version,
parameters, seed and the keys of what it reads in its block and reach, so a stack that was changed finds under their keys all layers
that the change does not concern, in memory, on disk, or made by another process. That is why a kind says what it reads, where it
has effect, and how far it looks, and why order of making, threads and restarts cannot matter.

`evaluation` knows keys and layers and no world; `following` reads stacks out of a world by ticks, has blocks made (in the
background when that takes long) and `showing` touches what differs: heights of a terrain, places of scatters, made entities. What a
hand changes of made things is pinned by ids that hang on the modifier, the cell and the thing's own number (`pins`), and laid over
what is made anew.
"""

from __future__ import annotations

from taixu.generate.modifiers.blocks import CELL_M, Block, Bounds, Cell
from taixu.generate.modifiers.chunks import ChunkState, follow_chunks, show_chunks
from taixu.generate.modifiers.components import MadeBy, Modifier, Modifiers, Pins
from taixu.generate.modifiers.evaluation import Counts, Evaluation
from taixu.generate.modifiers.following import ModifierState, follow_modifiers
from taixu.generate.modifiers.ground_components import (
    BaseTerrain,
    BiomePlants,
    EndlessTerrain,
    FlattenPath,
    HeightBrush,
    MaskBrush,
    ScatterRule,
    Wood,
)
from taixu.generate.modifiers.kinds import Inputs, ModifierKind, ModifierKinds
from taixu.generate.modifiers.layers import Layers, Places, Thing
from taixu.generate.modifiers.pins import pin_id, pinned, unpinned
from taixu.generate.modifiers.plugin import ModifiersPlugin
from taixu.generate.modifiers.stacks import Ground, Stack, Step

__all__ = [
    "CELL_M", "BaseTerrain", "BiomePlants", "Block", "Bounds", "Cell", "ChunkState", "Counts", "EndlessTerrain", "Evaluation",
    "FlattenPath", "Ground", "HeightBrush", "Inputs", "Layers", "MadeBy", "MaskBrush", "Modifier", "ModifierKind", "ModifierKinds",
    "ModifierState", "Modifiers", "ModifiersPlugin", "Pins", "Places", "ScatterRule", "Stack", "Step", "Thing", "Wood",
    "follow_chunks", "follow_modifiers", "pin_id", "pinned", "show_chunks", "unpinned",
]  # fmt: skip
