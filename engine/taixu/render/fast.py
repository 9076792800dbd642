"""The fast path (quality "fast"): one light, no shadows, no post effects, straight to an 8-bit picture.

Colours and holes come from the texture of the base colour, light from the vertices; impostors have theirs by pixel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.gpu import ALPHA, BindGroup, DepthState, Pipeline
from taixu.render.bindings import MESH_VERTEX_LAYOUT, UniformSlot
from taixu.render.bins import Bin
from taixu.render.cards import CARD
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.views import View
from taixu.scene import Light, WorldTransforms

__all__ = ["FastFeature", "FastPass"]

_BLENDS = ((ALPHA,), (ALPHA, None))  # without and with ids
_NO_ID = (0xFFFFFFFF,) * 4
SUN_DIRECTION = np.array((0.4, 0.8, 0.45)) / np.linalg.norm((0.4, 0.8, 0.45))


@dataclass(frozen=True)
class FastPass:
    """Draws everything simply lit.

    ``view.settings``: "background" (display-referred colour), "sun_direction" (else the world's light shines).
    """

    feature: FastFeature
    with_id: bool
    samples: int = 1
    name: str = "fast"
    rank: int = Rank.OPAQUE
    reads: Sequence[str] = ()

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Colour, depth and ids."""
        tail = "_ms" if self.samples > 1 else ""
        specs = {f"color{tail}": TextureSpec("rgba8", samples=self.samples),
                 f"depth{tail}": TextureSpec("depth32f", samples=self.samples)}  # fmt: skip
        if self.with_id:
            specs[f"id{tail}"] = TextureSpec("r32ui", samples=self.samples)
        return dict(specs)

    def run(self, context: PassContext) -> None:
        """Draw solid bins, then blended ones."""
        tail = "_ms" if self.samples > 1 else ""
        names = [f"color{tail}", *([f"id{tail}"] if self.with_id else [])]
        targets = context.targets(*names, depth=f"depth{tail}")
        background = context.settings("background", (0.1, 0.1, 0.12, 1.0))
        clears = [background, *([_NO_ID] if self.with_id else [])]
        sun = np.zeros((4, 4), np.float32)
        sun[0, :3] = context.settings("sun_direction", self.feature.sun_direction)
        sun[1], sun[2], sun[3] = (0.85, 0.82, 0.78, 0), (0.3, 0.33, 0.38, 0), (0.12, 0.11, 0.1, 0)
        light = context.device.push(sun)

        world = context.frame.world
        places = world.resource(WorldTransforms) if world.has_resource(WorldTransforms) else None
        common = {"WRITE_ID": self.with_id, **({} if places is not None and places.has_cells else {"NO_CELLS": True})}

        def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None]:
            return self._pipeline(context, item, common)

        with context.device.render_pass(targets, clear_colors=clears, clear_depth=0.0) as p:
            p.bind_uniform(UniformSlot.PASS, light)
            context.draw_bins(p, pipeline_for)
            if not context.culls_hidden:
                context.draw_blended(p, pipeline_for)
        if context.culls_hidden:
            newly = context.find_newly_seen(f"depth{tail}")
            with context.device.render_pass(targets) as p:
                p.bind_uniform(UniformSlot.PASS, light)
                context.draw_bins(p, pipeline_for, visible=newly)
                context.draw_blended(p, pipeline_for)

    def _pipeline(self, context: PassContext, item: Bin, common: Mapping[str, bool]) -> tuple[Pipeline, BindGroup | None]:
        key = item.key
        blends, signature = key.alpha == "blend", key.signature.only("base_color")
        folder, defines = "passes/fast", {**common, **signature.defines()}
        if key.shader == CARD.name:
            folder, defines = f"generated/fast/{CARD.name}", {**common, **key.signature.defines()}
        elif key.alpha == "mask" and signature.textures:
            defines["ALPHA_MASK"] = True
        if key.fades:
            defines["FADES"] = True
        reads = key.shader == CARD.name or signature.textures
        defines |= item.defines
        pipeline = context.device.pipeline(
            f"{folder}.vert",
            f"{folder}.frag",
            defines=defines,
            vertex_layout=MESH_VERTEX_LAYOUT,
            primitive=item.mode,
            cull=item.cull,
            depth=DepthState(write=not blends),
            blend=_BLENDS[self.with_id] if blends else None,
            label="fast",
        )
        return pipeline, context.frame.renderer.materials.bind_group(key) if reads else None


class FastFeature:
    """Gives the fast pass to views of quality "fast"."""

    name = "fast"

    def __init__(self) -> None:
        self.sun_direction: NDArray[np.float64] = SUN_DIRECTION
        """Towards the light: the world's strongest directional one, or a pleasant one where there is none."""

    def extract(self, frame: FrameContext) -> None:
        """Look for the light, where a view asks for it."""
        if any(view.quality == "fast" for view in frame.views):
            self.sun_direction = _sun_direction(frame.world)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass, and its resolve."""
        if view.quality != "fast":
            return ()
        with_id = "id" in view.outputs
        nodes: list[PassNode] = [FastPass(self, with_id, view.samples)]
        if view.samples > 1:
            from taixu.render.geometry import ResolvePass

            names = ("color", "depth", *(("id",) if with_id else ()))
            nodes.append(ResolvePass(names, ("rgba8", "depth32f", "r32ui")[: len(names)]))
        return nodes


def _sun_direction(world: World) -> NDArray[np.float64]:
    strongest = 0.0
    found: NDArray[np.float64] = SUN_DIRECTION
    for table in world.query(Light):
        strengths = np.where(table.read(Light, "kind") == "directional", table.read(Light, "intensity"), 0.0)
        row = int(np.argmax(strengths))
        if strengths[row] > strongest:
            matrices, index = world.resource(WorldTransforms).matrices, int(indices_of(table.entities[row : row + 1])[0])
            if index >= len(matrices):
                continue  # it has only come, and points nowhere yet
            strongest = float(strengths[row])
            matrix = matrices[index]
            back = matrix[2::4].astype(np.float64)  # it shines along its -Z
            found = back / max(float(np.linalg.norm(back)), 1e-12)
    return found
