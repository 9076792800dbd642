"""One triangle over a whole target: what most of the passes draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from taixu.gpu import BlendState, Targets, Texture
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.context import PassContext
from taixu.render.post.effects import effects_of

__all__ = ["draw_over", "exposure_buffer", "stops_by_hand"]


def draw_over(
    context: PassContext,
    targets: Targets,
    fragment: str,
    textures: Sequence[Texture],
    block: NDArray[Any],
    *,
    defines: Mapping[str, object] | None = None,
    smooth: bool = False,
    blend: BlendState | None = None,
) -> None:
    """Draw `fragment` over `targets`; `textures` take units from 0 on, and the block is the pass's."""
    device = context.device
    pipeline = device.pipeline(
        "passes/fullscreen.vert", f"passes/post/{fragment}", defines=defines, cull="none", depth=None, blend=blend, label=fragment
    )
    sampler = device.sampler(filter="linear" if smooth else "nearest", mip="none", wrap="clamp")
    with device.render_pass(targets) as p:
        p.pipeline(pipeline)
        p.push_uniform(UniformSlot.PASS, block)
        if defines and "MEASURED" in defines:
            p.bind_storage(StorageSlot.FREE, exposure_buffer(context))
        for unit, texture in enumerate(textures):
            p.bind_texture(unit, texture, sampler)
        p.draw(3)


def exposure_buffer(context: PassContext) -> Any:
    """The exposure that was measured for this view."""
    return context.view.history["exposure"]


def stops_by_hand(context: PassContext) -> float:
    """The exposure that was set, where none is measured; 0 where one is."""
    if effects_of(context.view).auto_exposure is not None:
        return 0.0
    environment = context.frame.renderer.lighting.environment
    return float(context.settings("exposure_ev", environment.exposure_ev))
