"""Debug lines: added anywhere in a frame, drawn over the finished picture, then forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import World
from taixu.gpu import ALPHA, Buffer, DepthState, VertexBuffer
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.row_buffer import grown
from taixu.render.views import View
from taixu.scene import CELL_M

__all__ = ["LineBatch", "LineFeature", "LinePass", "line_rows"]

_DTYPE = np.dtype([("offset", "<f4", 3), ("cell", "<i4", 3), ("color", "u1", 4)])
_LAYOUT = (VertexBuffer.packed({0: "f32x3", 1: "i32x3", 2: "unorm8x4"}),)
_BOX_EDGES = np.array([0, 1, 1, 3, 3, 2, 2, 0, 4, 5, 5, 7, 7, 6, 6, 4, 0, 4, 1, 5, 2, 6, 3, 7])


def line_rows(starts: ArrayLike, ends: ArrayLike, *, color: ArrayLike = (1.0, 1.0, 1.0, 1.0)) -> NDArray[np.void]:
    """Vertices of lines as `LineBatch` holds them, for who draws the same ones in many frames; see `LineBatch.add`."""
    a, b = np.atleast_2d(np.asarray(starts, np.float64)), np.atleast_2d(np.asarray(ends, np.float64))
    points = np.stack(np.broadcast_arrays(a, b), 1).reshape(-1, 3)
    colors = np.atleast_2d(np.asarray(color, np.float64))
    if colors.shape[1] == 3:
        colors = np.concatenate([colors, np.ones((len(colors), 1))], 1)
    rows = np.zeros(len(points), _DTYPE)
    cells = np.rint(points / CELL_M)
    rows["cell"], rows["offset"] = cells, points - cells * CELL_M
    shades = np.rint(np.clip(colors, 0, 1) * 255).astype(np.uint8)
    rows["color"] = np.repeat(np.broadcast_to(shades, (len(points) // 2, 4)), 2, axis=0)
    return rows


class LineBatch:
    """Lines of the next frame, of a renderer or of a world (a resource).

    Positions are metres of the world in float64; colours sRGB and alpha in 0..1.
    """

    def __init__(self) -> None:
        self._tested: list[NDArray[np.void]] = []
        self._on_top: list[NDArray[np.void]] = []

    def add(
        self, starts: ArrayLike, ends: ArrayLike, *, color: ArrayLike = (1.0, 1.0, 1.0, 1.0), on_top: bool = False
    ) -> None:
        """Lines from `starts` [n, 3] to `ends` [n, 3]; `color` is one for all or [n, 3 or 4]."""
        self.add_rows(line_rows(starts, ends, color=color), on_top=on_top)

    def add_rows(self, rows: NDArray[np.void], *, on_top: bool = False) -> None:
        """Lines that `line_rows` made, maybe frames ago."""
        (self._on_top if on_top else self._tested).append(rows)

    def add_box(
        self, low: ArrayLike, high: ArrayLike, *, color: ArrayLike = (1.0, 1.0, 1.0, 1.0), on_top: bool = False
    ) -> None:
        """The edges of a box along the axes."""
        bounds = np.stack([np.asarray(low, np.float64), np.asarray(high, np.float64)])
        corners = np.array([[bounds[i & 1, 0], bounds[i >> 1 & 1, 1], bounds[i >> 2, 2]] for i in range(8)])
        ends = corners[_BOX_EDGES].reshape(-1, 2, 3)
        self.add(ends[:, 0], ends[:, 1], color=color, on_top=on_top)

    def take(self) -> tuple[NDArray[np.void], int]:
        """All vertices, those that are depth tested first, and how many of those there are."""
        tested = sum(len(rows) for rows in self._tested)
        parts = [*self._tested, *self._on_top]
        return (np.concatenate(parts) if parts else np.zeros(0, _DTYPE)), tested

    def clear(self) -> None:
        """Forget them."""
        self._tested.clear()
        self._on_top.clear()

    def fork(self, world: World) -> LineBatch:
        """A fork begins without lines."""
        return LineBatch()

    def __len__(self) -> int:
        return sum(len(rows) for rows in (*self._tested, *self._on_top)) // 2


@dataclass(frozen=True)
class LinePass:
    """Draws the renderer's batch and the world's over the picture."""

    batch: LineBatch
    buffers: list[Buffer | None] = field(default_factory=lambda: [None, None], compare=False)
    name: str = "lines"
    rank: int = Rank.OVERLAY
    reads: Sequence[str] = ()
    writes: Mapping[str, TextureSpec | None] = field(default_factory=lambda: {"color": None, "depth": None})

    def run(self, context: PassContext) -> None:
        """One draw for the tested lines, one for those on top."""
        self._draw(context, self.batch, 0)
        if context.frame.world.has_resource(LineBatch):
            self._draw(context, context.frame.world.resource(LineBatch), 1)

    def _draw(self, context: PassContext, batch: LineBatch, place: int) -> None:
        vertices, tested = batch.take()
        if len(vertices) == 0:
            return
        device = context.device
        buffer = self.buffers[place]
        if buffer is None or buffer.size < vertices.nbytes:
            buffer = self.buffers[place] = device.buffer(_DTYPE.itemsize * grown(0, len(vertices)), label="lines")
        buffer.write(vertices)
        with device.render_pass(context.targets("color", depth="depth")) as p:
            for depth, first, count in ((DepthState(write=False), 0, tested), (None, tested, len(vertices) - tested)):
                if count:
                    p.pipeline(
                        device.pipeline(
                            "passes/lines.vert",
                            "passes/lines.frag",
                            vertex_layout=_LAYOUT,
                            primitive="lines",
                            cull="none",
                            depth=depth,
                            blend=ALPHA,
                            label="lines",
                        )
                    )
                    p.vertices(0, buffer)
                    p.draw(count, first=first)


class LineFeature:
    """Lines in every view that has a picture, unless ``view.settings["lines"]`` is False."""

    name = "lines"

    def __init__(self, batch: LineBatch) -> None:
        self._node = LinePass(batch)

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass."""
        return () if not view.settings.get("lines", True) or "color" not in view.outputs else (self._node,)
