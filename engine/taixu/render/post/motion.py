"""Motion blur by the moves that the geometry pass writes: what moves is smeared along the fastest motion nearby.

McGuire et al., "A Reconstruction Filter for Plausible Motion Blur", I3D 2012. Frames that take no time (stills) stay sharp.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import tau

import numpy as np
from numpy.typing import NDArray

from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import draw_over
from taixu.render.post.effects import effects_of

__all__ = ["FARTHEST", "FastestPass", "MotionPass", "NeighborsPass"]

FARTHEST = 0.05
"""Longest smear, in heights of the picture; tiles are as large."""


def _block(context: PassContext) -> NDArray[np.float32]:
    asked = effects_of(context.view).motion_blur
    assert asked is not None
    share = asked.shutter_rad / tau if context.frame.delta_secs > 0 else 0.0
    tiles = context.targets("motion_fastest").size
    return np.array([[share, FARTHEST * context.view.size[1], 0, 0], [*tiles, 0, 0]], np.float32)


@dataclass(frozen=True)
class FastestPass:
    """The fastest motion of each tile."""

    name: str = "motion: fastest"
    rank: int = Rank.POST + 60
    reads: Sequence[str] = ("velocity", "depth")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Moves in pixels."""
        return {"motion_fastest": TextureSpec("rg16f", scale=FARTHEST)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        textures = [context.texture(name) for name in self.reads]
        draw_over(context, context.targets("motion_fastest"), "motion_tiles.frag", textures, _block(context))


@dataclass(frozen=True)
class NeighborsPass:
    """The fastest motion of each tile and its neighbours."""

    name: str = "motion: around"
    rank: int = Rank.POST + 61
    reads: Sequence[str] = ("motion_fastest",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Moves in pixels."""
        return {"motion_around": TextureSpec("rg16f", scale=FARTHEST)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        textures = [context.texture("motion_fastest")]
        draw_over(context, context.targets("motion_around"), "motion_around.frag", textures, np.zeros(4, np.float32))


@dataclass(frozen=True)
class MotionPass:
    """Smears the picture."""

    source: str
    name: str = "motion blur"
    rank: int = Rank.POST + 62

    @property
    def reads(self) -> Sequence[str]:
        """The picture, its moves and depths."""
        return (self.source, "velocity", "depth", "motion_around", "motion_fastest")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The picture."""
        return {"radiance_moved": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        textures = [context.texture(name) for name in self.reads[:4]]
        draw_over(context, context.targets("radiance_moved"), "motion_blur.frag", textures, _block(context))
