"""What colour surfaces are, without light: "albedo" rgba16f, linear Rec.709, premultiplied; of metals their reflection's colour.

Blended surfaces lie over what is behind them; transmissive ones (glass) are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taixu.gpu import PREMULTIPLIED, BindGroup, DepthState, Pipeline
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.bins import Bin
from taixu.render.blending import is_transmissive
from taixu.render.context import PassContext
from taixu.render.decals import DecalFeature, decal_defines
from taixu.render.graph import Rank, TextureSpec

__all__ = ["ALBEDO_FORMAT", "AlbedoPass"]

ALBEDO_FORMAT = "rgba16f"


@dataclass(frozen=True)
class AlbedoPass:
    """Draws every surface as if no light fell on it, where the depth of the geometry pass lets it."""

    samples: int = 1
    name: str = "albedo"
    rank: int = Rank.OPAQUE + 50

    @property
    def reads(self) -> Sequence[str]:
        """The depth that is drawn over."""
        return ("depth_ms" if self.samples > 1 else "depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Albedo."""
        return {"albedo_ms" if self.samples > 1 else "albedo": TextureSpec(ALBEDO_FORMAT, samples=self.samples)}

    def run(self, context: PassContext) -> None:
        """Draw what is solid, then what blends, far ones first."""
        (name,) = self.writes
        decals = decal_defines(context.view)
        if decals:
            feature = context.frame.renderer.feature(DecalFeature.name)
            assert isinstance(feature, DecalFeature)
            feature.bind_textures()
        with context.device.render_pass(context.targets(name, depth=self.reads[0]), clear_colors=[(0, 0, 0, 0)]) as p:
            context.draw_bins(p, lambda item: _pipeline(context, item, decals))
            context.draw_blended(p, lambda item: None if is_transmissive(item.key) else _pipeline(context, item, {}))


def _pipeline(context: PassContext, item: Bin, decals: dict[str, object]) -> tuple[Pipeline, BindGroup | None]:
    key = item.key
    blends, path = key.alpha == "blend", f"generated/forward/{key.shader or 'standard'}"
    pipeline = context.device.pipeline(
        f"{path}.vert", f"{path}.frag",
        defines={"UNLIT": True, "BLENDED": blends, **decals, **key.signature.defines(), **item.defines},
        vertex_layout=MESH_VERTEX_LAYOUT, primitive=item.mode, cull=item.cull,
        depth=DepthState(compare="equal" if key.alpha == "mask" else "greater_equal", write=False),
        blend=PREMULTIPLIED if blends else None, label="albedo")  # fmt: skip
    return pipeline, context.frame.renderer.materials.bind_group(key)
