"""The passes: what is solid is kept aside, frames are gathered, and depth is brought to the size of the picture.

Karis, "High Quality Temporal Supersampling", SIGGRAPH 2014; Salvi, "An Excursion in Temporal Supersampling", GDC 2016 (clipping by
variance); Jimenez, "Filmic SMAA", SIGGRAPH 2016 (Catmull-Rom in five looks). As frames are weighted by where they looked, they may
be smaller than the picture that is gathered of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.gpu import DepthState
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.context import PassContext
from taixu.render.developing import resolve_radiance
from taixu.render.graph import Rank, TextureSpec
from taixu.render.post.drawing import exposure_buffer, stops_by_hand
from taixu.render.post.effects import effects_of
from taixu.render.temporal.past import Past

__all__ = ["GatherPass", "KeepSolidPass", "ShownGeometryPass"]

_SHARPNESS = 2.3
"""Samples count by exp(-this r^2), r in pixels of the picture."""
_MOST_STILL, _MOST_MOVING = 32.0, 8.0
"""Frames that the gathered light counts as, at most: where nothing moves, and where something moves fast."""
_SPREAD = 1.25
"""How many standard deviations of what is around gathered light may be off."""
_OWN_SPREAD = 4.0
"""And how many times as far as it changes from frame to frame by itself: wires that only some frames hit."""
_LEARNED = 0.04
"""Share of that which a frame teaches: shadows that pass teach little."""


@dataclass(frozen=True)
class KeepSolidPass:
    """Keeps the picture without what is blended: where that changes much, the past says little."""

    samples: int
    name: str = "temporal: solid"
    rank: int = Rank.TRANSPARENT - 10

    @property
    def reads(self) -> Sequence[str]:
        """The picture so far."""
        return ("radiance_ms" if self.samples > 1 else "radiance",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """A copy."""
        return {"radiance_solid": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Copy, where something is blended."""
        if not is_blended(context):
            return
        if self.samples == 1:
            context.device.copy_texture(context.texture("radiance").view(), context.texture("radiance_solid").view())
        else:
            resolve_radiance(context, self.samples, target="radiance_solid")


def is_blended(context: PassContext) -> bool:
    """Whether anything of the view has no velocity of its own."""
    frame = context.frame
    return bool(context.view.choices.get("particles")) or len(frame.renderer.mirror(frame.world).blended) > 0


@dataclass(frozen=True)
class GatherPass:
    """Adds the frame to what was gathered before."""

    upscales: bool
    name: str = "temporal"
    rank: int = Rank.POST

    @property
    def reads(self) -> Sequence[str]:
        """The frame, its depth and moves."""
        return ("radiance", "depth", "velocity", "radiance_solid")

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The picture, and what is known about each pixel."""
        return {"radiance_temporal": TextureSpec("rgba16f", keep=True), "temporal_state": TextureSpec("rgba16f", keep=True)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle; keep what comes of it."""
        device, view = context.device, context.view
        past: Past = view.history["temporal"]
        past.reserve(device, view.size)
        assert past.picture is not None
        assert past.state is not None
        targets = context.targets("radiance_temporal", "temporal_state")
        measured = effects_of(view).auto_exposure is not None and "exposure" in view.history
        solid = is_blended(context)
        drawn = view.drawn_size
        jitter = np.asarray(view.jitter) * 0.5 * drawn
        block = np.array(
            [
                (*drawn, *jitter),
                (*view.size, past.is_begun, 2.0 ** stops_by_hand(context)),
                (_SHARPNESS, _MOST_STILL, _MOST_MOVING, 0.0),
                (_SPREAD, _OWN_SPREAD, _LEARNED, 0.0),
            ],
            np.float32,
        )
        defines: dict[str, object] = {
            name: True for name, is_on in (("MEASURED", measured), ("SOLID", solid), ("UPSCALES", self.upscales)) if is_on
        }
        pipeline = device.pipeline(
            "passes/fullscreen.vert", "passes/temporal/gather.frag", defines=defines, cull="none", depth=None, label="temporal"
        )
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        smooth = device.sampler(filter="linear", mip="none", wrap="clamp")
        with device.render_pass(targets) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, block)
            if measured:
                p.bind_storage(StorageSlot.FREE, exposure_buffer(context))
            for unit, name in enumerate(("radiance", "depth", "velocity")):
                p.bind_texture(unit, context.texture(name), nearest)
            p.bind_texture(3, past.picture, smooth)
            p.bind_texture(4, past.state, nearest)
            if solid:
                p.bind_texture(5, context.texture("radiance_solid"), nearest)
            p.draw(3)
        device.copy_texture(context.texture("radiance_temporal").view(), past.picture.view())
        device.copy_texture(context.texture("temporal_state").view(), past.state.view())
        past.is_begun = True


@dataclass(frozen=True)
class ShownGeometryPass:
    """Depth and moves at the size of the picture, for passes over it."""

    name: str = "temporal: geometry"
    rank: int = Rank.POST
    reads: Sequence[str] = ("depth", "velocity")
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """What both are called then; they are as large as the picture till its end."""
        return {"depth_shown": TextureSpec("depth32f", keep=True), "velocity_shown": TextureSpec("rg16f", keep=True)}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device, view = context.device, context.view
        pipeline = device.pipeline(
            "passes/fullscreen.vert", "passes/temporal/shown.frag", cull="none", depth=DepthState(compare="always"), label=self.name
        )
        nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
        jitter = 0.5 * np.asarray(view.jitter)
        with device.render_pass(context.targets("velocity_shown", depth="depth_shown")) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, np.array([*jitter, 0, 0], np.float32))
            for unit, name in enumerate(self.reads):
                p.bind_texture(unit, context.texture(name), nearest)
            p.draw(3)
