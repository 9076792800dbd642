"""The renderer's part in decals: follows the world's, sorts them into the clusters of each view, and binds them for surfaces.

Surfaces take decals before they are lit, so that light, shadows and reflections fall on them as on anything else: Sousa and
Geffroy, "The devil is in the details: idTech 666", SIGGRAPH 2016. Worlds without decals compile and bind nothing of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import Buffer, Device
from taixu.render.bindings import StorageSlot, TextureSlot
from taixu.render.clusters import GRID
from taixu.render.context import FrameContext, PassContext
from taixu.render.decals.images import DecalImages
from taixu.render.decals.rows import DECAL_ROW, DecalSet
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lamps.sorting import ClusterLists
from taixu.render.lighting import LightingFeature
from taixu.render.views import View
from taixu.scene import Decal

__all__ = ["DecalFeature", "decal_defines"]

_FAR_M = 2e5
"""No cluster is taken to reach further."""


def _glsl() -> str:
    return (
        f"#define DECAL_FAR_M {_FAR_M!r}\n"
        f"#define DECAL_COLORS {TextureSlot.DECALS}\n#define DECAL_NUMBERS {TextureSlot.DECALS + 1}\n"
        + DECAL_ROW.storage_block("Decals", binding=StorageSlot.DECALS, array="decal_rows")
        + "#ifndef OF_DECALS\n"
        + f"layout(std430, binding = {StorageSlot.DECAL_LISTS}) readonly buffer DecalLists {{ uint decal_lists[]; }};\n#endif\n"
    )


def decal_defines(view: View) -> dict[str, object]:
    """What colour passes of a view are compiled with."""
    return {"DECALS": True} if view.choices.get(DecalFeature.name) else {}


class DecalFeature:
    """Gives the pass that sorts decals, to views of worlds that have some.

    ``view.settings["decals"]`` False leaves them out.
    """

    name = "decals"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        device.shaders.add_source("generated/decals.glsl", _glsl())
        self.count = 0
        """Of the view that was prepared last."""
        self._sets: WeakKeyDictionary[World, DecalSet] = WeakKeyDictionary()
        self._set: DecalSet | None = None
        self._images = {"color": DecalImages(device, is_color=True), "data": DecalImages(device, is_color=False)}
        self._seen_files: tuple[int, int] | None = None
        self._rows: Buffer | None = None
        self._spheres: NDArray[np.float64] = np.zeros((0, 4))
        self._uploaded: tuple[Any, ...] | None = None
        self._lists: ClusterLists | None = None

    def choose(self, world: World, view: View) -> bool:
        """Whether there are any."""
        wanted = view.quality != "fast" and bool(view.settings.get("decals", True))
        return wanted and any(table.count for table in world.query(Decal))

    def extract(self, frame: FrameContext) -> None:
        """Follow the world's."""
        known = self._sets.get(frame.world)
        self._set = None
        if known is None and not any(table.count for table in frame.world.query(Decal)):
            return
        if known is None:
            known = self._sets[frame.world] = DecalSet()
        known.follow(frame.world)
        self._set = known
        if self._seen_files != (id(known), known.version):
            self._seen_files = (id(known), known.version)
            for kind, images in self._images.items():
                images.follow(frame.world, known.paths[kind])

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Upload and bind what the view's surfaces read."""
        if not view.choices.get(self.name):
            return
        self.bind(view.camera.cell)
        if self._lists is None:
            self._lists = ClusterLists(self.device, advice="decals in view overlap too much: smaller boxes help")
        self._lists.begin_with(self._spheres[:, :3], self._spheres[:, 3], view)
        self.count = self._lists.in_view_count
        self.device.bind_storage(StorageSlot.DECAL_LISTS, self._lists.buffer)

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass that sorts, where there are decals."""
        return (_SortPass(self),) if view.choices.get(self.name) else ()

    def release(self) -> None:
        """Give buffers and textures back."""
        for resource in (self._rows, self._lists, *self._images.values()):
            if resource is not None:
                resource.release()
        self._rows = self._lists = self._uploaded = self._seen_files = None

    def bind(self, cell: tuple[int, int, int]) -> int:
        """Bind the world's decals relative to a cell; gives how many there are."""
        assert self._set is not None
        state = (id(self._set), self._set.version, cell)
        if self._uploaded != state or self._rows is None:
            rows, self._spheres = self._set.rows(cell, {kind: images.layers for kind, images in self._images.items()})
            room = max(len(rows), 1)
            if self._rows is None or self._rows.size < room * DECAL_ROW.dtype.itemsize:
                if self._rows is not None:
                    self._rows.release()
                self._rows = self.device.buffer((1 << (room - 1).bit_length()) * DECAL_ROW.dtype.itemsize, label="decals")
            if len(rows):
                self._rows.write(rows)
            self._uploaded = state
        self.device.bind_storage(StorageSlot.DECALS, self._rows)
        return len(self._spheres)

    def bind_textures(self) -> None:
        """Bind the pictures, where a pass before may have had others."""
        smooth = self.device.sampler(wrap="clamp")  # software goes through every texel that a long footprint covers
        self.device.bind_texture(TextureSlot.DECALS, self._images["color"].texture, smooth)
        self.device.bind_texture(TextureSlot.DECALS + 1, self._images["data"].texture, smooth)

    def sort(self) -> None:
        """Fill the lists of the view that was prepared."""
        assert self._lists is not None
        device = self.device
        device.bind_storage(StorageSlot.CLUSTERS, self._lists.buffer)
        device.dispatch(device.compute_pipeline("compute/clusters.comp", defines={"OF_DECALS": True}), GRID[2])
        device.barrier()
        self.lighting.bind_clusters()


@dataclass(frozen=True)
class _SortPass:
    """Sorts decals into clusters."""

    feature: DecalFeature
    name: str = "decals"
    rank: int = Rank.PREPARE + 1
    reads: Sequence[str] = ()
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """No textures."""
        return {}

    def run(self, context: PassContext) -> None:
        """Dispatch."""
        self.feature.sort()
