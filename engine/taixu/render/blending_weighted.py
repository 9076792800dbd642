"""Blended surfaces in no order: each is weighted by its depth, and their mean lies over the picture by what all let through.

McGuire and Bavoil, "Weighted Blended Order-Independent Transparency", 2013, with the weights of their equation 7. For crowds,
and for things that go through each other, for which no order of whole things is right. It is a mean: who is before whom is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taixu.gpu import ADD, PREMULTIPLIED, BindGroup, BlendState, Pipeline
from taixu.render.bins import Bin
from taixu.render.blending import BlendedRun
from taixu.render.context import PassContext
from taixu.render.graph import TextureSpec
from taixu.render.views import View

__all__ = ["WEIGHTED_BLENDS", "WEIGHTED_TEXTURES", "draw_weighted", "is_weighted"]

_LIGHT, _LEFT = "weighted_light", "weighted_left"
WEIGHTED_TEXTURES = {_LIGHT: TextureSpec("rgba32f"), _LEFT: TextureSpec("r16f")}
WEIGHTED_BLENDS = (ADD, BlendState(("zero", "one_minus_src_color", "add"), ("zero", "one_minus_src_alpha", "add")))


def is_weighted(view: View) -> bool:
    """Whether ``view.settings["transparency"]`` is "weighted"; views with several samples a pixel stay sorted."""
    return view.settings.get("transparency", "sorted") == "weighted" and view.samples == 1


def draw_weighted(
    context: PassContext, runs: Sequence[BlendedRun], pipelines: Callable[[Bin], tuple[Pipeline, BindGroup | None]],
    *, radiance: str, depth: str,
) -> None:  # fmt: skip
    """Gather what `runs` give, and lay it over the picture."""
    device = context.device
    with device.render_pass(context.targets(_LIGHT, _LEFT, depth=depth), clear_colors=[(0, 0, 0, 0), (1, 1, 1, 1)]) as p:
        context.draw_blended(p, pipelines, runs=runs)
    over = device.pipeline(
        "passes/fullscreen.vert", "passes/blended/weighted.frag", cull="none", depth=None, blend=PREMULTIPLIED, label="weighted"
    )
    nearest = device.sampler(filter="nearest", mip="none", wrap="clamp")
    with device.render_pass(context.targets(radiance)) as p:
        p.pipeline(over)
        p.bind_texture(0, context.texture(_LIGHT), nearest)
        p.bind_texture(1, context.texture(_LEFT), nearest)
        p.draw(3)
