"""Ghosts of bright lights in the lens, out of the picture that bloom makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import draw_over, stops_by_hand

__all__ = ["FlarePass"]


@dataclass(frozen=True)
class FlarePass:
    """Draws "flare", a quarter of the view's size."""

    measured: bool
    name: str = "flare"
    rank: int = Rank.POST + 90
    reads: Sequence[str] = ("bloom_1",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The ghosts."""
        return {"flare": TextureSpec("rgba16f", scale=0.25)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        width, height = context.view.size
        block = np.array([2.0 ** stops_by_hand(context), width / height, 0, 0], np.float32)
        draw_over(context, context.targets("flare"), "flare.frag", [context.texture("bloom_1")], block,
                  defines={"MEASURED": True} if self.measured else None, smooth=True)  # fmt: skip
