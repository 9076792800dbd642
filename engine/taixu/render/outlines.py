"""Outlines of toon surfaces: the mesh once more, a little larger and inside out, behind what it goes around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taixu.gpu import BindGroup, DepthState, Pipeline
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.bins import Bin
from taixu.render.context import PassContext
from taixu.render.graph import Rank, TextureSpec
from taixu.render.lighting import LightingFeature

__all__ = ["OutlinePass"]


@dataclass(frozen=True)
class OutlinePass:
    """Draws materials that are outlined; nothing where none is."""

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
        materials = context.frame.renderer.materials
        if not materials.has_outlines:
            return
        shadows = self.lighting.has_shadows(context.view)

        def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None] | None:
            key = item.key
            if not key.is_outlined or item.mode != "triangles":
                return None
            path = f"generated/forward/{key.shader}"
            pipeline = context.device.pipeline(
                f"{path}.vert",
                f"{path}.frag",
                defines={"OUTLINE": True, "SHADOWS": shadows, **key.signature.defines()},
                vertex_layout=MESH_VERTEX_LAYOUT,
                primitive=item.mode,
                cull="back" if item.is_mirrored else "front",
                depth=DepthState(compare="greater_equal"),
                label="outlines",
            )
            return pipeline, materials.bind_group(key)

        targets = context.targets(f"radiance{self.tail}", depth=f"depth{self.tail}")
        with context.device.render_pass(targets) as p:
            context.draw_bins(p, pipeline_for)
