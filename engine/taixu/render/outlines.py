"""Outlines of toon surfaces: the mesh once more, a little larger and inside out, behind what it goes around."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from taixu.gpu import PREMULTIPLIED, BindGroup, DepthState, Pipeline
from taixu.render.air.volume import air_defines
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.bins import Bin
from taixu.render.blending import BlendedRun
from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.lighting import LightingFeature

__all__ = ["OutlinePass", "outline_pipelines", "outlined_apart"]


@dataclass(frozen=True)
class OutlinePass:
    """Outlines of opaque and masked surfaces; nothing where there is none."""

    lighting: LightingFeature
    tail: str
    name: str = "outlines"
    rank: int = Rank.OPAQUE + 1

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides them but where they stand out."""
        return (f"depth{self.tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over radiance, and hides what is drawn later."""
        return {f"radiance{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw."""
        if context.frame.renderer.materials.has_outlines:
            targets = context.targets(f"radiance{self.tail}", depth=f"depth{self.tail}")
            with context.device.render_pass(targets) as p:
                context.draw_bins(p, outline_pipelines(context, self.lighting))


def outline_pipelines(
    context: PassContext, lighting: LightingFeature
) -> Callable[[Bin], tuple[Pipeline, BindGroup | None] | None]:
    """How the outlines of bins are drawn in a frame of a view."""
    shadows, materials = lighting.has_shadows(context.view), context.frame.renderer.materials
    fog, air = lighting.has_fog(context.view), air_defines(context.view)

    def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None] | None:
        key = item.key
        if not key.is_outlined or item.mode != "triangles":
            return None
        blends = key.alpha == "blend"
        if blends and key.double_sided and item.is_mirrored:
            return None  # the turn of its far sides: the outline comes after the near ones
        path = f"generated/forward/{key.shader}"
        pipeline = context.device.pipeline(
            f"{path}.vert",
            f"{path}.frag",
            defines={
                "OUTLINE": True, "SHADOWS": shadows, "BLENDED": blends, "FOG": fog, **air, **key.signature.defines(),
                **item.defines,
            },
            vertex_layout=MESH_VERTEX_LAYOUT,
            primitive=item.mode,
            cull="back" if item.is_mirrored else "front",
            depth=DepthState(compare="greater_equal"),
            blend=PREMULTIPLIED if blends else None,
            label="outlines",
        )
        return pipeline, materials.bind_group(key)

    return pipeline_for


def outlined_apart(runs: Sequence[BlendedRun]) -> Iterator[Sequence[BlendedRun]]:
    """The same runs in the same order, each that is outlined alone."""
    first = 0
    for i, run in enumerate(runs):
        if run.bin.key.is_outlined:
            if i > first:
                yield runs[first:i]
            yield runs[i : i + 1]
            first = i + 1
    if first < len(runs):
        yield runs[first:]
