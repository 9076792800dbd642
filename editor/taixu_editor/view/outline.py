"""Lines around what is selected, found in the picture of entity numbers: exact for whatever is drawn, however it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.gpu import ALPHA, Buffer
from taixu.render import FrameContext, PassContext, View
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.scene import Hierarchy

__all__ = ["OutlineFeature", "Outlined"]

Color = tuple[float, float, float, float]


@dataclass
class Outlined:
    """What has lines around it, and in which colours (a view's setting would copy it: it is shared by all views).

    Attributes
    ----------
    handles : uint64[n]
        What is selected; with it has lines all that is below.
    entities, among
        The same as numbers, in their order and to be looked up.
    active
        The one that was selected last.
    version
        Goes up when others are selected.
    """

    handles: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    entities: tuple[int, ...] = ()
    among: frozenset[int] = frozenset()
    active: int | None = None
    version: int = 0
    color: Color = (1.0, 1.0, 1.0, 1.0)
    active_color: Color = (1.0, 1.0, 1.0, 1.0)
    radius_px: int = 2

    def choose(self, handles: NDArray[np.uint64]) -> None:
        """Others are selected, if this is another array than the last."""
        if handles is self.handles:
            return
        self.handles, self.entities = handles, tuple(handles.tolist())
        self.among = frozenset(self.entities)
        self.active = self.entities[-1] if self.entities else None
        self.version += 1


class OutlineFeature:
    """Gives the outline pass to views with the setting ``outline``."""

    name = "outline"

    def __init__(self, outlined: Outlined) -> None:
        self.outlined = outlined
        self.bits: NDArray[np.uint32] = np.zeros(1, np.uint32)
        self.buffer: Buffer | None = None
        self.is_empty = True
        self._seen: tuple[NDArray[np.uint64], NDArray[np.int32], int] | None = None

    def extract(self, frame: FrameContext) -> None:
        """Write two bits for each entity: it, or one above it, is selected or active."""
        world = frame.world
        seen = (self.outlined.handles, world.resource(Hierarchy).parents, world.index_capacity)
        if self._seen is not None and seen[0] is self._seen[0] and seen[1] is self._seen[1] and seen[2] == self._seen[2]:
            return  # the same things with the same families: both arrays are one world's own
        self._seen = seen
        self.bits = _bits(world, self.outlined)
        self.is_empty = not self.bits.any()
        if self.is_empty:
            return
        if self.buffer is None or self.buffer.size < self.bits.nbytes:
            self.buffer = frame.device.buffer(max(4096, 2 * self.bits.nbytes), label="outlined entities")
        self.buffer.write(self.bits)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """One pass over the picture."""
        return (OutlinePass(self),) if view.settings.get("outline") and "id" in view.outputs else ()


@dataclass(frozen=True)
class OutlinePass:
    """Draws the lines."""

    feature: OutlineFeature
    name: str = "outline"
    rank: int = Rank.OVERLAY
    reads: Sequence[str] = ("id",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over the picture."""
        return {"color": None}

    def run(self, context: PassContext) -> None:
        """Draw one triangle."""
        feature, device = self.feature, context.device
        if feature.is_empty or feature.buffer is None:
            return
        chosen = feature.outlined
        size = context.view.size
        block = np.array([chosen.color, chosen.active_color, (*size, chosen.radius_px, feature.bits.size * 16)], np.float32)
        pipeline = device.pipeline(
            "passes/fullscreen.vert", "passes/outline.frag", cull="none", depth=None, blend=ALPHA, label="outline"
        )
        with device.render_pass(context.targets("color")) as p:
            p.pipeline(pipeline)
            p.push_uniform(UniformSlot.PASS, block)
            p.bind_storage(StorageSlot.FREE, feature.buffer)
            p.bind_texture(0, context.texture("id"), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)


def _bits(world: World, outlined: Outlined) -> NDArray[np.uint32]:
    values = np.zeros((world.index_capacity + 15) // 16 * 16 or 16, np.uint32)
    for state, handles in ((1, outlined.handles), (2, outlined.handles[-1:])):
        alive = world.living(handles)
        if len(alive):
            indices = indices_of(alive)
            values[indices] = state
            values[world.resource(Hierarchy).descendants_of(indices)] = state
    return np.bitwise_or.reduce(values.reshape(-1, 16) << (2 * np.arange(16, dtype=np.uint32)), axis=1).astype(np.uint32)
