"""Rays in stills: the sky that surfaces hide from each other, and the light that they send each other.

A view whose settings say ``"traced": True`` sends a ray for each lobe of each pixel in every frame (`shaders/common/
traced_light.glsl`). The mean over the frames of a still goes to what a path tracer sees after one bounce, with what the
surfaces met send back of the sky taken from the prefiltered maps. The world is taken as it stands in the first frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.bvh import build_trees
from taixu.render.context import FrameContext
from taixu.render.graph import PassNode
from taixu.render.traced_scene import TracedScene, gather_triangles
from taixu.render.traced_sky import COLUMNS, ROWS, sky_cells
from taixu.render.views import View

if TYPE_CHECKING:
    from taixu.render.renderer import Renderer

__all__ = ["TracingFeature", "ensure_rays", "is_traced", "pack_tree"]

_UNIFORM, _NODES, _TRIANGLES = 6, 14, 15
_START_SHARE = 2e-5
"""Rays start this share of the world's size above a surface."""


def is_traced(view: View) -> bool:
    """Whether the view sends rays: it wants to, and there is something to meet."""
    kept = view.history.get("tracing")
    return isinstance(kept, _Traced) and kept.node_count > 0


def ensure_rays(renderer: Renderer) -> None:
    """Make sure that the renderer can send rays; one that never traced knows nothing of them."""
    if not any(feature.name == TracingFeature.name for feature in renderer.features):
        renderer.add_feature(TracingFeature(renderer.device))


@dataclass
class _Traced:
    nodes: Buffer
    triangles: Buffer
    node_count: int
    start_m: float
    sky: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Columns, rows, the first word of the sky's cells among the nodes, and the share of rays that go by them."""


class TracingFeature:
    """Makes the tree of a view that is traced, in its first frame, and binds it."""

    name = "tracing"

    def __init__(self, device: Device) -> None:
        self.device = device

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Bind the tree and the number of the sample."""
        if not view.settings.get("traced") or view.quality == "fast":
            return
        kept: _Traced | None = view.history.get("tracing")
        if kept is None:
            kept = view.history["tracing"] = self._trace(frame, view)
        sample, samples = view.history.get("sample", (0, 1))
        self.device.bind_storage(_NODES, kept.nodes)
        self.device.bind_storage(_TRIANGLES, kept.triangles)
        words = [kept.node_count, sample, samples, kept.start_m, *kept.sky]
        self.device.push_uniform(_UNIFORM, np.array(words, np.float32))

    def nodes(self, view: View) -> Sequence[PassNode]:
        """No passes of its own: rays are part of the colour passes."""
        return ()

    def _trace(self, frame: FrameContext, view: View) -> _Traced:
        renderer = frame.renderer
        scene = gather_triangles(
            renderer.mirror(frame.world), renderer.materials, frame.world, cell=view.camera.cell, layers=view.layers
        )
        if scene is None:
            nothing = self.device.buffer(np.zeros(24, np.float32), label="nothing to meet")
            return _Traced(nothing, nothing, 0, 0.0)
        nodes, triangles = pack_tree(scene)
        size = float(np.linalg.norm(np.ptp(scene.corners.reshape(-1, 3), axis=0)))
        cells, share = sky_cells(renderer.lighting.sky.maps.sky.read())
        words = np.concatenate([nodes.reshape(-1, 4), cells.reshape(-1, 4)])
        return _Traced(
            self.device.buffer(words, label="traced nodes"),
            self.device.buffer(triangles, label="traced triangles"),
            nodes.shape[1],
            _START_SHARE * size,
            (COLUMNS, ROWS, nodes.size // 4, share),
        )


def pack_tree(scene: TracedScene) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What shaders read: nodes [8, n, 2, 4] by octant and triangles [m, 6, 4], as `shaders/common/tracing.glsl` says.

    Whole numbers are stored as floats, which hold them up to 2^24.
    """
    trees = build_trees(scene.corners.min(1), scene.corners.max(1))
    tree = trees[0]
    nodes = np.zeros((8, len(tree.skips), 2, 4), np.float32)
    # Slabs that are as thin as a wall must not vanish in rounding.
    pad = np.maximum(np.abs(tree.lows), np.abs(tree.highs)).max() * 1e-6
    for octant, one in enumerate(trees):
        nodes[octant, :, 0, :3], nodes[octant, :, 1, :3] = one.lows - pad, one.highs + pad
        nodes[octant, :, 0, 3] = one.skips
        nodes[octant, :, 1, 3] = np.where(one.counts > 0, one.firsts * 8 + one.counts, 0)
    order = tree.order
    corners = scene.corners[order]
    triangles = np.zeros((len(order), 6, 4), np.float32)
    triangles[:, 0, :3], triangles[:, 0, 3] = corners[:, 0], scene.roughness[order]
    triangles[:, 1, :3], triangles[:, 1, 3] = corners[:, 1] - corners[:, 0], scene.coverage[order]
    triangles[:, 2, :3] = corners[:, 2] - corners[:, 0]
    triangles[:, 3, :3], triangles[:, 4, :3] = scene.diffuse[order], scene.mirror[order]
    triangles[:, 5, :3] = scene.emissive[order]
    return nodes, triangles
