"""A lens that bends lines and parts colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import draw_over
from taixu.render.post.effects import effects_of

__all__ = ["BendPass"]

_BEND, _PARTING = 0.35, 0.02
"""At full strength: by how much more corners are moved than the middle, and how far blue is from red in them."""


@dataclass(frozen=True)
class BendPass:
    """Draws "radiance_bent"."""

    source: str
    name: str = "lens"
    rank: int = Rank.POST + 70

    @property
    def reads(self) -> Sequence[str]:
        """The picture."""
        return (self.source,)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The bent one."""
        return {"radiance_bent": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        asked = effects_of(context.view).lens
        assert asked is not None
        width, height = context.view.size
        block = np.array([_BEND * asked.distortion, _PARTING * asked.chromatic_aberration, width / height, 0], np.float32)
        draw_over(context, context.targets("radiance_bent"), "lens.frag", [context.texture(self.source)], block, smooth=True)
