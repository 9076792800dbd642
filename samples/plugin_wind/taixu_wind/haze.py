"""A pass: what is far away fades into dusty air."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taixu.gpu import ALPHA
from taixu.render import FrameContext, PassContext, PassNode, Rank, TextureSpec, View

__all__ = ["Haze", "HazePass"]


@dataclass(frozen=True)
class HazePass:
    """Blends the colour of dust over the picture, thicker with distance."""

    name: str = "wind_haze"
    rank: int = Rank.OVERLAY
    reads: Sequence[str] = ("depth",)
    writes: Mapping[str, TextureSpec | None] = field(default_factory=lambda: {"color": None})

    def run(self, context: PassContext) -> None:
        """One triangle over the whole picture."""
        device = context.device
        with device.render_pass(context.targets("color")) as p:
            p.pipeline(device.pipeline(
                "passes/fullscreen.vert", "wind/haze.frag", cull="none", depth=None, blend=ALPHA, label="wind haze",
            ))  # fmt: skip
            p.bind_texture(0, context.texture("depth"), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)


class Haze:
    """The renderer's feature: views get the pass where ``view.settings["wind_haze"]`` is true."""

    name = "wind_haze"

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass."""
        return (HazePass(),) if view.settings.get("wind_haze") else ()
