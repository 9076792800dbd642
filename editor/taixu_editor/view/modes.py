"""What a view shows of surfaces: light (or what paths find of it), colours, directions, distance, edges, or how often a pixel is
drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taixu.gpu import ADD, BindGroup, DepthState, Pipeline
from taixu.render import FrameContext, PassContext, View
from taixu.render.bindings import MESH_VERTEX_LAYOUT, UniformSlot
from taixu.render.bins import Bin
from taixu.render.graph import PassNode, Rank, TextureSpec

__all__ = ["LIT", "MODES", "ModeFeature", "mode_outputs", "mode_settings"]

MODES: dict[str, str] = {
    "lit": "Lit", "reference": "Reference", "albedo": "Colours", "normals": "Normals", "depth": "Depth", "wireframe": "Wireframe",
    "overdraw": "Overdraw",
}  # fmt: skip
"""Titles by mode."""
LIT = ("lit", "reference")
"""Modes that show light: the second one as paths find it, once the camera rests."""

_OVERDRAW = (0.2, 0.075, 0.03, 1.0)
"""What each layer adds; five are orange, thirty white."""
Color = tuple[float, float, float, float]


def mode_settings(mode: str, background: Color) -> dict[str, object]:
    """Settings of a view that shows a mode; `background` is sRGB."""
    if mode in LIT:
        return {}
    linear = tuple(round(c**2.2, 5) for c in background[:3])
    return {"shown": mode, "background": linear, "exposure_ev": 0.0, "tonemap": "linear"}


def mode_outputs(mode: str) -> frozenset[str]:
    """What such a view asks for besides."""
    return frozenset({"normal"}) if mode == "normals" else frozenset()


class ModeFeature:
    """Gives its pass to views whose setting ``shown`` is a mode that is no shading.

    Attributes
    ----------
    distances_m
        By name of the view: how far away grey is half, in the picture of depth.
    background, ink
        Colours (sRGB) behind everything, and of edges.
    """

    name = "modes"

    def __init__(self) -> None:
        self.distances_m: dict[str, float] = {}
        self.background: Color = (0.0, 0.0, 0.0, 1.0)
        self.ink: Color = (1.0, 1.0, 1.0, 1.0)

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """One pass over the picture."""
        mode = view.settings.get("shown", "lit")
        if mode in ("normals", "depth"):
            return (SurfacePass(self, mode, ("normal" if mode == "normals" else "depth",)),)
        return (GeometryModePass(self, mode),) if mode in ("wireframe", "overdraw") else ()


@dataclass(frozen=True)
class SurfacePass:
    """Directions or distances, from what the geometry pass wrote."""

    feature: ModeFeature
    mode: str
    reads: Sequence[str]
    name: str = "shown surfaces"
    rank: int = Rank.OVERLAY - 20

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over the picture."""
        return {"color": None}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        device, view = context.device, context.view
        clip = view.camera.clip_from_view(view.size[0] / view.size[1])
        half_m = self.feature.distances_m.get(view.name, 10.0)
        block = np.array([self.feature.background, (clip[2, 2], clip[2, 3], clip[3, 2], clip[3, 3]), (half_m, 0, 0, 0)], np.float32)
        pipeline = device.pipeline(
            "passes/fullscreen.vert", "passes/shown.frag", defines={"NORMALS": self.mode == "normals"}, cull="none", depth=None,
            label=self.name,
        )  # fmt: skip
        with device.render_pass(context.targets("color")) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, block)
            p.bind_texture(0, context.texture(self.reads[0]), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)


@dataclass(frozen=True)
class GeometryModePass:
    """Edges of triangles, those behind surfaces left out; or every layer of surfaces, one over the other."""

    feature: ModeFeature
    mode: str
    name: str = "shown geometry"
    rank: int = Rank.OVERLAY - 20
    reads: Sequence[str] = ("depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over the picture."""
        return {"color": None}

    def run(self, context: PassContext) -> None:
        """Draw all bins in one colour."""
        is_wire = self.mode == "wireframe"
        ground = self.feature.background if is_wire else (0.0, 0.0, 0.0, 1.0)
        ink = self.feature.ink if is_wire else _OVERDRAW
        with context.device.render_pass(context.targets("color", depth="depth"), clear_colors=[ground]) as p:
            p.push_uniform(UniformSlot.PASS, np.array([ink], np.float32))
            context.draw_bins(p, lambda item: self._pipeline(context, item, is_wire))
            context.draw_blended(p, lambda item: self._pipeline(context, item, is_wire)[0])

    def _pipeline(self, context: PassContext, item: Bin, is_wire: bool) -> tuple[Pipeline, BindGroup | None]:
        # Edges lie a little nearer than their own faces, so that these do not swallow them.
        depth = DepthState(write=False, bias=2.0, slope_bias=1.0) if is_wire else None
        return context.device.pipeline(
            "passes/geometry.vert", "passes/flat.frag", defines=item.defines, vertex_layout=MESH_VERTEX_LAYOUT,
            primitive="edges" if is_wire and item.mode == "triangles" else item.mode, cull=item.cull, depth=depth,
            blend=None if is_wire else ADD, label=self.name,
        ), None  # fmt: skip
