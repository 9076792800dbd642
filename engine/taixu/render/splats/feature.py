"""Splats are sorted by depth on the CPU where a view has moved, projected as ellipses (Zwicker et al., "EWA Splatting", 2002; Kerbl
et al., "3D Gaussian Splatting", 2023), and mixed in a picture of their own, which is laid over what is opaque.

The picture of their own is sRGB, in which captures are trained and mixed; linear light is made of it once. Where there is air in
between, how far away they are is mixed in the same way, and air lies before the middle of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.loading import Signature, file_signature
from taixu.assets.splats import SplatCloud, read_splats
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.gpu import PREMULTIPLIED, Buffer, DepthState, Device
from taixu.render.air.volume import air_defines
from taixu.render.context import FrameContext, PassContext
from taixu.render.geometry import wanted_geometry
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lighting import LightingFeature
from taixu.render.splats.rows import far_first, packed, words_of
from taixu.render.views import View
from taixu.scene import CELL_M, Air, Fog, WorldTransforms
from taixu.scene.splats import Splats

__all__ = ["MOST_BYTES", "MOST_CLOUDS", "SplatFeature"]

MOST_CLOUDS = 256
MOST_BYTES = 128 << 20
"""Of all clouds of a world: what drivers let a storage block hold. What is more loses harmonics, then is left out."""
_ROWS, _ORDER, _PLACES = 12, 13, 14  # storage blocks
_PICTURE, _AWAY = "splats", "splats away"
_NEAR_M = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cloud where it stands."""

    source: str
    matrix: NDArray[np.float64]
    cell: NDArray[np.int32]
    opacity: float
    brightness: float
    index: int


@dataclass
class _Loaded:
    signature: Signature
    cloud: SplatCloud | None
    first: int = 0
    degree: int = 0


@dataclass
class _Sorted:
    """What a view draws; good while nothing moves."""

    key: bytes
    count: int = 0
    order: Buffer | None = None
    places: Buffer | None = None
    seen: int = field(default=0)


class SplatFeature:
    """Follows `Splats` of the world and gives the pass that draws them.

    ``view.settings["splats"]`` False leaves them out.
    """

    name = "splats"

    def __init__(self, device: Device, lighting: LightingFeature) -> None:
        self.device, self.lighting = device, lighting
        device.shaders.add_source(
            "generated/splats.glsl",
            f"#define SPLAT_ROWS {_ROWS}\n#define SPLAT_ORDER {_ORDER}\n#define SPLAT_PLACES {_PLACES}\n",
        )
        self._loaded: dict[str, _Loaded] = {}
        self._shown: list[_Shown] = []
        self._rows: Buffer | None = None
        self._revision = 0
        self._sorted: dict[int, _Sorted] = {}
        self._frame = 0

    @property
    def size_bytes(self) -> int:
        """What the clouds take on the device."""
        return 0 if self._rows is None else self._rows.size

    def choose(self, world: World, view: View) -> str:
        """Whether there are any, and whether there may be air before them: "", "clear" or "air"."""
        if view.quality == "fast" or not view.settings.get("splats", True) or not len(world.query(Splats)):
            return ""
        return "air" if len(world.query(Fog)) or len(world.query(Air)) else "clear"

    def extract(self, frame: FrameContext) -> None:
        """Find clouds and where they stand; read files that are new or were written."""
        self._shown.clear()
        self._frame = frame.frame_index
        for number in [number for number, each in self._sorted.items() if each.seen < self._frame - 60]:
            self._forget(self._sorted.pop(number))
        world = frame.world
        if not world.has_resource(WorldTransforms):
            return
        places, handles = world.resource(WorldTransforms), frame.renderer.mirror(world).handles
        for table in world.query(Splats):
            columns = {name: table.read(Splats, name).tolist() for name in ("enabled", "source", "opacity", "brightness")}
            rows = indices_of(table.entities)
            handles[rows] = table.entities  # they have no mesh by which they were known
            index = rows.tolist()
            for at, enabled, source, opacity, brightness in zip(index, *columns.values(), strict=True):
                matrix = np.eye(4)
                matrix[:3] = places.matrices[at].reshape(3, 4)
                if enabled and source and np.isfinite(matrix).all() and len(self._shown) < MOST_CLOUDS:
                    look = (float(np.clip(np.nan_to_num(opacity), 0, 1)), float(np.clip(np.nan_to_num(brightness), 0, 1e3)))
                    self._shown.append(_Shown(source, matrix, places.cells[at].copy(), *look, at))
        self._follow(world)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass, where there are clouds."""
        found, tail = view.choices.get(self.name), "_ms" if view.samples > 1 else ""
        if not found:
            return ()
        seen = _SplatPass(self, tail, has_air=found == "air")
        return (seen, _SplatIdPass(self, tail)) if "id" in wanted_geometry(view) else (seen,)

    def _air(self, view: View) -> dict[str, object]:
        """What shaders are told of the air before splats; nothing where there is none."""
        found = {"FOG": self.lighting.has_fog(view), **air_defines(view)}
        return {"AWAY": True, **found} if found["FOG"] or found.get("AERIAL") else {}

    def release(self) -> None:
        """Give buffers back."""
        for each in self._sorted.values():
            self._forget(each)
        self._sorted.clear()
        self._loaded.clear()
        if self._rows is not None:
            self._rows.release()
        self._rows = None

    def draw(self, context: PassContext, radiance: str) -> None:
        """Sort where something moved, mix, and lay over the picture."""
        device, view = self.device, context.view
        found = self._sorted_for(view)
        found.seen = self._frame
        if not found.count or self._rows is None or found.order is None or found.places is None:
            return
        air = self._air(view)
        targets = (_PICTURE, _AWAY) if air else (_PICTURE,)
        splat = device.pipeline(
            "passes/splats/splat.vert", "passes/splats/splat.frag", cull="none", blend=PREMULTIPLIED, label="splats",
            defines={"AWAY": True} if air else None, depth=DepthState(compare="greater_equal", write=False),
        )  # fmt: skip
        with device.render_pass(context.targets(*targets, depth="depth"), clear_colors=[(0, 0, 0, 0)] * len(targets)) as p:
            p.pipeline(splat)
            for slot, buffer in ((_ROWS, self._rows), (_ORDER, found.order), (_PLACES, found.places)):
                device.bind_storage(slot, buffer)
            p.draw(6 * found.count)
        over = device.pipeline(
            "passes/fullscreen.vert", "passes/splats/over.frag", defines=air, cull="none", depth=None, blend=PREMULTIPLIED,
            label="splats over",
        )  # fmt: skip
        with device.render_pass(context.targets(radiance)) as p:
            p.pipeline(over)
            for unit, name in enumerate(targets):
                p.bind_texture(unit, context.texture(name), device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)

    def draw_ids(self, context: PassContext, ids: str, depth: str) -> None:
        """Write which entity's cloud is seen."""
        device, found = self.device, self._sorted_for(context.view)
        if not found.count or self._rows is None or found.order is None or found.places is None:
            return
        pipeline = device.pipeline(
            "passes/splats/splat.vert", "passes/splats/id.frag", defines={"ID": True}, cull="none", label="ids of splats",
            depth=DepthState(compare="greater_equal", write=False),
        )  # fmt: skip
        with device.render_pass(context.targets(ids, depth=depth)) as p:
            p.pipeline(pipeline)
            for slot, buffer in ((_ROWS, self._rows), (_ORDER, found.order), (_PLACES, found.places)):
                device.bind_storage(slot, buffer)
            p.draw(6 * found.count)

    def _follow(self, world: World) -> None:
        """Have the files' splats in one buffer."""
        if not self._shown and not self._loaded:
            return
        changed = False
        wanted = dict.fromkeys(each.source for each in self._shown)
        for source in wanted:
            file = _file_of(world, source)
            signature = file_signature(file)
            if source in self._loaded and self._loaded[source].signature == signature:
                continue
            changed = True
            try:
                self._loaded[source] = _Loaded(signature, read_splats(file))
            except TaixuError as error:
                _log.error("splats of %s are not shown: %s", source, error)
                self._loaded[source] = _Loaded(signature, None)
        gone = self._loaded.keys() - wanted.keys()
        for source in gone:
            del self._loaded[source]
        if changed or gone:
            self._upload()

    def _upload(self) -> None:
        self._revision += 1
        if self._rows is not None:
            self._rows.release()
            self._rows = None
        parts: list[NDArray[np.uint32]] = []
        at = 0
        for source, loaded in self._loaded.items():
            cloud = loaded.cloud
            if cloud is None:
                continue
            room = MOST_BYTES // 4 - at
            fits = [degree for degree in range(cloud.degree + 1) if len(cloud) * words_of(degree) <= room]
            if not fits:
                _log.error("splats of %s are not shown: with the others they are more than %d MB", source, MOST_BYTES >> 20)
                loaded.cloud = None
                continue
            if fits[-1] < cloud.degree:
                _log.warning("splats of %s lose harmonics beyond degree %d, for room", source, fits[-1])
            loaded.first, loaded.degree = at, fits[-1]
            parts.append(packed(cloud, loaded.degree).reshape(-1))
            at += len(parts[-1])
        if parts:
            self._rows = self.device.buffer(np.concatenate(parts), label="splats")

    def _sorted_for(self, view: View) -> _Sorted:
        camera = view.camera
        ahead = -camera.world_from_camera[:3, 2].astype(np.float64)
        eye = camera.world_from_camera[:3, 3].astype(np.float64)
        shown: list[tuple[_Shown, _Loaded, SplatCloud, NDArray[np.float64]]] = []
        for each in self._shown:
            loaded = self._loaded.get(each.source)
            if loaded is not None and loaded.cloud is not None:
                placed = each.matrix.copy()
                placed[:3, 3] += (each.cell - np.asarray(camera.cell, np.int32)) * CELL_M
                shown.append((each, loaded, loaded.cloud, placed))
        parts = [np.concatenate([ahead, eye])]
        parts += [np.append(placed, (each.opacity, each.brightness, each.index)) for each, _, _, placed in shown]
        key = np.concatenate(parts).tobytes() + self._revision.to_bytes(8, "little")
        found = self._sorted.setdefault(id(view), _Sorted(b""))
        if found.key == key:
            return found
        self._forget(found)
        found.key, found.count = key, 0
        if not shown:
            return found
        near = -np.inf if camera.height_m > 0 else _NEAR_M
        depths = [(cloud.positions @ (ahead @ placed[:3, :3]).astype(np.float32)) + np.float32(ahead @ (placed[:3, 3] - eye))
                  for _, _, cloud, placed in shown]  # fmt: skip
        order = far_first(np.concatenate(depths), near)
        firsts = np.concatenate([[0], np.cumsum([len(each) for each in depths])])
        which = np.searchsorted(firsts, order, side="right") - 1
        first = np.array([loaded.first for _, loaded, _, _ in shown])
        words = np.array([words_of(loaded.degree) for _, loaded, _, _ in shown])
        if len(order):
            rows = np.column_stack([first[which] + (order - firsts[which]) * words[which], which]).astype(np.uint32)
            table = np.zeros((len(shown), 6, 4), np.float32)
            for number, (each, loaded, cloud, placed) in enumerate(shown):
                table[number, :4] = placed.T
                table[number, 4] = (each.opacity, each.brightness, loaded.degree, cloud.is_linear)
                table[number, 5, :1].view(np.uint32)[0] = each.index
            found.order = self.device.buffer(rows, label="order of splats")
            found.places = self.device.buffer(table, label="clouds of splats")
            found.count = len(order)
        return found

    def _forget(self, found: _Sorted) -> None:
        for buffer in (found.order, found.places):
            if buffer is not None:
                buffer.release()
        found.order = found.places = None


@dataclass(frozen=True)
class _SplatPass:
    """Draws splats over opaque surfaces, which hide them where they are nearer."""

    feature: SplatFeature
    tail: str
    has_air: bool = False
    name: str = "splats"
    rank: int = Rank.TRANSPARENT - 20

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind."""
        return ("depth",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """A picture of their own, and radiance."""
        own = {_PICTURE: TextureSpec("rgba16f"), **({_AWAY: TextureSpec("r16f")} if self.has_air else {})}
        return {**own, f"radiance{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw."""
        self.feature.draw(context, f"radiance{self.tail}")


@dataclass(frozen=True)
class _SplatIdPass:
    """Ids of clouds, over those of what lies behind: what was captured can be picked."""

    feature: SplatFeature
    tail: str
    name: str = "ids of splats"
    rank: int = Rank.DEPTH + 6

    @property
    def reads(self) -> Sequence[str]:
        """Depth hides what lies behind."""
        return (f"depth{self.tail}",)

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """Draws over ids."""
        return {f"id{self.tail}": None}

    def run(self, context: PassContext) -> None:
        """Draw."""
        self.feature.draw_ids(context, f"id{self.tail}", f"depth{self.tail}")


def _file_of(world: World, path: str) -> Path:
    from taixu.assets import AssetDatabase

    try:
        return world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
    except TaixuError:
        return Path(path)
