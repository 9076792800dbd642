"""Ambient occlusion from depth: what darkens corners and grounds things, where the light comes from all around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.gpu import Device, Texture
from taixu.render.bindings import TextureSlot, UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.views import View

__all__ = ["OcclusionFeature", "has_occlusion"]

UNIT = TextureSlot.SHADING + 3
_REACH, _LONGEST_M = 0.12, 0.8


def has_occlusion(view: View) -> bool:
    """Whether the view darkens its corners: ``view.settings["occlusion"]``, on by default."""
    return view.quality != "fast" and bool(view.settings.get("occlusion", True))


class OcclusionFeature:
    """Gives the occlusion passes, and a white picture in its place to views that want none.

    ``view.settings["occlusion"]`` False turns it off.
    """

    name = "occlusion"

    def __init__(self, device: Device) -> None:
        self.device = device
        self._open: Texture | None = None

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Bind what stands for no occlusion; the pass binds its own."""
        if view.quality == "fast":
            return
        if self._open is None:
            self._open = self.device.texture((1, 1), "r8", data=np.full((1, 1, 1), 255, np.uint8), label="no occlusion")
        self.device.bind_texture(UNIT, self._open, self.device.sampler(filter="nearest", mip="none", wrap="clamp"))

    def nodes(self, view: View) -> Sequence[PassNode]:
        """Half-size occlusion, and its way to full size."""
        return (_HorizonPass(), _SmoothPass(), _FullSizePass()) if has_occlusion(view) else ()


@dataclass(frozen=True)
class _HorizonPass:
    """Looks for horizons."""

    name: str = "occlusion"
    rank: int = Rank.AMBIENT
    reads: Sequence[str] = ("depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Openness and distance, half the view's size."""
        return {"occlusion_half": TextureSpec("rg16f", scale=0.5)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device = context.device
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/occlusion.frag", cull="none", depth=None, label="occlusion")
        with device.render_pass(context.targets("occlusion_half")) as p:
            p.pipeline(pipeline)
            # The noise turns while pictures are averaged, and holds still in films: the smoothing takes it out of each frame.
            history = context.view.history
            turn = float(history.get("noise_turn", 0.0)) if "sample" in history else 0.0
            p.push_uniform(UniformSlot.PASS, np.array([_REACH, _LONGEST_M, turn, 0], np.float32))
            p.bind_texture(0, context.texture("depth"), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)


@dataclass(frozen=True)
class _SmoothPass:
    """Takes the noise out."""

    name: str = "smooth occlusion"
    rank: int = Rank.AMBIENT + 10
    reads: Sequence[str] = ("depth", "occlusion_half")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The same, smooth."""
        return {"occlusion_smooth": TextureSpec("rg16f", scale=0.5)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        _smooth(context, "occlusion_half", "occlusion_smooth", half_size=True)


@dataclass(frozen=True)
class _FullSizePass:
    """Brings it to full size, where shading finds it."""

    name: str = "full-size occlusion"
    rank: int = Rank.AMBIENT + 20
    reads: Sequence[str] = ("depth", "occlusion_smooth")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Openness of each pixel."""
        return {"occlusion": TextureSpec("r8")}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        _smooth(context, "occlusion_smooth", "occlusion", half_size=False)
        nearest = context.device.sampler(filter="nearest", mip="none", wrap="clamp")
        context.device.bind_texture(UNIT, context.texture("occlusion"), nearest)


def _smooth(context: PassContext, source: str, target: str, *, half_size: bool) -> None:
    device = context.device
    pipeline = device.pipeline(
        "passes/fullscreen.vert",
        "passes/occlusion_smooth.frag",
        defines={"HALF_SIZE": half_size},
        cull="none",
        depth=None,
        label="smooth occlusion",
    )
    nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
    with device.render_pass(context.targets(target)) as p:
        p.pipeline(pipeline)
        p.bind_texture(0, context.texture("depth"), nearest)
        p.bind_texture(1, context.texture(source), nearest)
        p.draw(3)
