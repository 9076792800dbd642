"""What a worker process makes of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from taixu.generate.modifiers.blocks import Block
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.evaluation import Counts, Evaluation
from taixu.generate.modifiers.layers import Layers
from taixu.generate.modifiers.stacks import Stack

__all__ = ["make_blocks"]


def make_blocks(stack: Stack, wants: Sequence[tuple[int, Block]], folder: str) -> tuple[dict[str, Layers], Counts]:
    """Make what steps make of blocks, and all that hangs on; gives it by key, and what was made."""
    cache = LayerCache(Path(folder) if folder else None)
    evaluation = Evaluation(stack, cache)
    return {evaluation.key(number, block): evaluation.layers(number, block) for number, block in wants}, evaluation.counts
