"""Bloom: light spreads in a lens. A chain of pictures, each half as large, and back up; what is spread is taken from where it was.

Jimenez, "Next Generation Post Processing in Call of Duty: Advanced Warfare", 2014. Without a threshold the mean of the picture
stays what it was, but for single bright pixels, which are held back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import numpy as np

from taixu.gpu import BlendState
from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import draw_over, stops_by_hand
from taixu.render.post.effects import effects_of

__all__ = ["BloomPass", "level_count"]

_MOST_LEVELS, _SMALLEST_PX = 7, 4
_MIX = BlendState(("src_alpha", "one_minus_src_alpha", "add"), ("zero", "one", "add"))


def level_count(size: tuple[int, int]) -> int:
    """How often a picture of this size is halved."""
    return max(1, min(_MOST_LEVELS, int(log2(max(1.0, min(size) / _SMALLEST_PX)))))


@dataclass(frozen=True)
class BloomPass:
    """The whole chain; what comes of it is "bloom_1", half the view's size."""

    source: str
    size: tuple[int, int]
    measured: bool
    name: str = "bloom"
    rank: int = Rank.POST + 80

    @property
    def reads(self) -> Sequence[str]:
        """The picture."""
        return (self.source,)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """A picture for each level."""
        count = level_count(self.size)
        return {f"bloom_{i}": TextureSpec("rgba16f", scale=0.5**i) for i in range(1, count + 1)}

    def run(self, context: PassContext) -> None:
        """Down, and up again."""
        asked = effects_of(context.view).bloom
        threshold, radius = (asked.threshold, asked.radius) if asked is not None else (0.0, 0.5)
        names = [self.source, *self.writes]
        for at, (larger, smaller) in enumerate(pairwise(names)):
            defines: dict[str, object] = {"FIRST": True} if at == 0 else {}
            if at == 0 and self.measured:
                defines["MEASURED"] = True
            block = np.array([2.0 ** stops_by_hand(context), threshold, 0, 0], np.float32)
            draw_over(context, context.targets(smaller), "bloom_down.frag", [context.texture(larger)], block, defines=defines,
                      smooth=True)  # fmt: skip
        share = np.array([0.35 + 0.6 * radius, 0, 0, 0], np.float32)
        for larger, smaller in zip(names[-2:0:-1], names[:1:-1], strict=False):
            draw_over(context, context.targets(larger), "bloom_up.frag", [context.texture(smaller)], share, smooth=True, blend=_MIX)
