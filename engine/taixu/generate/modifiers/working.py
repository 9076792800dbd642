"""What a worker process makes of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from taixu.generate.modifiers.blocks import Block
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.evaluation import Counts, Evaluation, Plans
from taixu.generate.modifiers.layers import Layers
from taixu.generate.modifiers.stacks import Stack

__all__ = ["make_blocks", "make_plans"]


def make_blocks(
    stack: Stack, wants: Sequence[tuple[int, Block]], folder: str, plans: Plans | None = None
) -> tuple[dict[str, Layers], Counts]:
    """Make what steps make of blocks, and all that hangs on; gives it by key, and what was made."""
    cache = LayerCache(Path(folder) if folder else None, keeps_all=True)
    evaluation = Evaluation(stack, cache, plans=plans)
    made = {evaluation.key(number, block): evaluation.layers(number, block) for number, block in wants}
    for key in sorted(evaluation.shared):  # so that who is given a block anew finds in it what he has
        found = cache.held(key)
        if found is not None:
            made[key] = found
    return made, evaluation.counts


def make_plans(stack: Stack, folder: str, plans: Plans | None = None) -> tuple[Plans, dict[str, Layers], Counts]:
    """Let steps decide what shall be where; gives that, what they looked at by key, and what was made."""
    cache = LayerCache(Path(folder) if folder else None, keeps_all=True)
    evaluation = Evaluation(stack, cache, plans=plans)
    for number, step in enumerate(stack.steps):
        if step.kind.plan:
            evaluation.plan(number)
    return evaluation.plans, cache.kept(), evaluation.counts
