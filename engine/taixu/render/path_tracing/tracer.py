"""Paths of light through a world, sample after sample: the picture that the rasteriser aims at.

Each sample is a path from the eye: where it meets a surface, light is asked of one lamp and of the sky, and the path goes on in a
direction that the surface's lobes send light from; both ways to the sky are weighed against each other. Paths are
kept in a list and carried on by kernels, one for walking and one for each kind of material, so that the rasteriser's own code
answers what a surface looks like and how it reflects. The same samples give the same picture on a device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.gpu import Buffer
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.context import FrameContext
from taixu.render.decals import DecalFeature
from taixu.render.path_tracing.blocks import KIND_BLOCK, LAMP_RAY, PATH_BLOCK, PATH_STATE, PathSlot
from taixu.render.path_tracing.kernels import Kernels
from taixu.render.path_tracing.sky_shares import sky_shares
from taixu.render.path_tracing.things import gather_things
from taixu.render.post.effects import read_effects
from taixu.render.post.focus import aperture_radius_m
from taixu.render.views import View, ViewCamera, view_block, view_planes
from taixu.scene import Details

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer

__all__ = ["PathSettings", "PathSums", "PathTracer"]

_GROUP = 64
_SEEN_THROUGH_AT_MOST = 8
"""Thin surfaces and holes, one behind the other, that light which is asked for goes through."""
_SUN_RADIUS = 0.012

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class PathSettings:
    """How far paths go.

    Attributes
    ----------
    bounces
        Surfaces that a path meets at most.
    passes
        Holes and thin surfaces that it goes straight through, at most.
    brightest
        Of light that has met two surfaces or more a single sample brings no more than this: what lies above is lost, which
        darkens a little where small bright things light a room by way of others, and would else be points for very long.
    seed
        Other numbers give other noise.
    tile
        Pixels along an edge of what one step does; smaller ones take less time and more of it in all.
    """

    bounces: int = 12
    passes: int = 32
    brightest: float = 20.0
    seed: int = 0
    tile: int = 256


@dataclass(frozen=True)
class PathSums:
    """What was found so far, means over the samples; top row first, linear Rec.709 after exposure.

    Attributes
    ----------
    halves : float32[2, height, width, 4]
        By even and odd samples, premultiplied alpha; the same picture twice while there is one sample.
    albedo, normal : float32[height, width, 3]
        Of the first surface; zero where there is none.
    samples
    """

    halves: Floats
    albedo: Floats
    normal: Floats
    samples: int

    @property
    def mean(self) -> Floats:
        """float32[height, width, 4]."""
        even, odd = (self.samples + 1) // 2, self.samples // 2
        return (self.halves[0] * np.float32(even) + self.halves[1] * np.float32(odd)) / np.float32(max(self.samples, 1))


@dataclass
class _Tile:
    x: int
    y: int
    width: int
    height: int
    sums: Buffer

    @property
    def count(self) -> int:
        return self.width * self.height


class PathTracer:
    """A picture that gets better with every sample, of a world as it stands when this is made.

    Parameters
    ----------
    view_settings
        As in `View`: "background" and "exposure_ev" are heard.

    Raises
    ------
    TaixuError
        Where the world is larger than what the device binds at once.
    """

    def __init__(
        self,
        renderer: Renderer,
        world: World,
        camera: ViewCamera,
        *,
        size: tuple[int, int],
        settings: PathSettings | None = None,
        view_settings: dict[str, Any] | None = None,
        layers: int = 0xFFFFFFFF,
    ) -> None:
        self.renderer, self.world, self.size = renderer, world, size
        self.settings = settings or PathSettings()
        self.samples = 0
        wanted = {**(view_settings or {}), "shadows": False, "traced": True}
        self._view = View(camera, size, name="paths", layers=layers, settings=wanted)
        device = renderer.device
        self._effects = read_effects(world, wanted, camera)
        self._follow()
        self.things = gather_things(
            device, renderer.mirror(world), renderer.materials, world, cell=camera.cell, layers=layers
        )
        decals = renderer.feature(DecalFeature.name)
        assert isinstance(decals, DecalFeature)
        self._decals = decals if decals.choose(world, self._view) else None
        self._decal_count = 0
        self._kernels = Kernels(renderer.materials, depth=self.things.depth, sees_through=bool(self.things.seen_through),
                                has_decals=self._decals is not None)  # fmt: skip
        shares, self._sky_size = sky_shares(renderer.lighting.sky.maps.sky.read())
        self._shares = device.buffer(shares, label="sky as a lamp")
        width, height = size
        edge = self.settings.tile
        most = min(width, edge) * min(height, edge)
        self._paths = device.buffer(most * PATH_STATE.dtype.itemsize, label="paths")
        rays = LAMP_RAY.zeros(2 * most)
        rays["most"] = -1.0
        self._lamp_rays = device.buffer(rays, label="light that is asked for")
        self._going = device.buffer(np.zeros(4, np.uint32), label="paths that go on")
        self._tiles = [
            _Tile(x, y, min(edge, width - x), min(edge, height - y), self._sums(min(edge, width - x) * min(edge, height - y)))
            for y in range(0, height, edge)
            for x in range(0, width, edge)
        ]
        self._steps: Iterator[None] | None = None

    # -- progress ----------------------------------------------------------------------------------------------------
    def advance(self, *, samples: int = 1, secs: float | None = None) -> int:
        """Take so many samples more, or as many whole ones as fit into a time (at least one); gives how many there are now."""
        start = perf_counter()
        for _ in range(samples if secs is None else 1 << 30):
            for _step in self._sample():
                pass
            if secs is not None and perf_counter() - start >= secs:
                break
        return self.samples

    def step(self) -> bool:
        """A tile's share of a sample, for who must answer meanwhile; True when it ended a sample."""
        if self._steps is None:
            self._steps = self._sample()
        before = self.samples
        next(self._steps)
        if self.samples == before:
            return False
        self._steps = None
        return True

    def read(self) -> PathSums:
        """What was found so far; waits for the device."""
        width, height = self.size
        sums = np.zeros((4, height, width, 4), np.float32)
        for tile in self._tiles:
            found = tile.sums.read(np.float32).reshape(tile.height, tile.width, 4, 4).transpose(2, 0, 1, 3)
            sums[:, tile.y : tile.y + tile.height, tile.x : tile.x + tile.width] = found
        even, odd = (self.samples + 1) // 2, self.samples // 2
        halves = np.stack([sums[0] / np.float32(max(even, 1)), sums[1] / np.float32(odd) if odd else sums[0]])
        count = np.float32(max(self.samples, 1))
        return PathSums(halves, sums[2, ..., :3] / count, sums[3, ..., :3] / count, self.samples)

    def release(self) -> None:
        """Give the memory back."""
        self.things.release()
        for buffer in (self._shares, self._paths, self._lamp_rays, self._going, *(tile.sums for tile in self._tiles)):
            buffer.release()
        self._view.release()

    # -- own ---------------------------------------------------------------------------------------------------------
    def _sums(self, count: int) -> Buffer:
        return self.renderer.device.buffer(np.zeros((count, 4, 4), np.float32), label="sums of a tile")

    def _follow(self) -> None:
        """Take over what changed in the world: meshes, materials, lights, sky."""
        if self.world.has_resource(Details):
            self.world.resource(Details).follow(self.world, [replace(self._view.eye(), wants_meshes=True)])
        renderer, view = self.renderer, self._view
        renderer.render(self.world, [])
        with renderer.device.frame():
            renderer.lighting.extract(self._frame())
            mirror = renderer.mirror(self.world)
            mirror.deformer.show(self.world, view, mirror.renderables, view_planes(view)[None], np.zeros(1, bool))
            renderer.device.barrier()

    def _frame(self) -> FrameContext:
        secs = self.world.resource(Clock).now_secs if self.world.has_resource(Clock) else 0.0
        renderer = self.renderer
        return FrameContext(renderer.device, renderer, self.world, renderer.frame_index, secs, 0.0, [self._view])

    def _sample(self) -> Iterator[None]:
        for tile in self._tiles:
            with self.renderer.device.frame():
                self._trace(tile)
            if tile is self._tiles[-1]:
                self.samples += 1
            yield

    def _trace(self, tile: _Tile) -> None:
        renderer, device, kernels, things = self.renderer, self.renderer.device, self._kernels, self.things
        renderer.lighting.prepare(self._frame(), self._view)  # lamps, and the table of energies
        self._bind(tile)
        groups = -(-tile.count // _GROUP)
        device.dispatch(kernels.begin, groups)
        device.barrier()
        for _ in range(self.settings.bounces + self.settings.passes):
            self._going.write(np.zeros(4, np.uint32))
            device.dispatch(kernels.walk, groups)
            device.barrier()
            if not self._going.read(np.uint32, count=1)[0]:
                break
            self._by_surface("shade", things.keys, groups)
            self._ask_lamps(groups)
        device.dispatch(kernels.finish, groups)
        device.barrier()

    def _ask_lamps(self, groups: int) -> None:
        device, kernels, through = self.renderer.device, self._kernels, self.things.seen_through
        for _ in range(_SEEN_THROUGH_AT_MOST if through else 1):
            if through:
                self._going.write(np.zeros(4, np.uint32))
            device.dispatch(kernels.shadow, 2 * groups)
            device.barrier()
            if not through or not self._going.read(np.uint32, count=1)[0]:
                break
            self._by_surface("see_through", through, 2 * groups)
        device.dispatch(kernels.gather, groups)
        device.barrier()

    def _by_surface(self, kind: str, keys: tuple[int, ...], groups: int) -> None:
        device, materials = self.renderer.device, self.renderer.materials
        block = KIND_BLOCK.zeros()
        for number in keys:
            pipeline, group = self._kernels.of_surface(materials.draw_keys[number], kind)
            if group is not None:
                device.bind(group)
            block["key"][0] = number
            device.push_uniform(UniformSlot.PASS, block)
            device.dispatch(pipeline, groups)
        device.barrier()

    def _bind(self, tile: _Tile) -> None:
        device, things = self.renderer.device, self.things
        pool = self.renderer.meshes
        for slot, buffer in (
            (PathSlot.PATHS, self._paths), (PathSlot.SUMS, tile.sums), (PathSlot.NODES, things.nodes),
            (PathSlot.TRIANGLES, things.triangles), (PathSlot.THINGS, things.things), (PathSlot.SURFACE_WORDS, things.surfaces),
            (PathSlot.INDICES, pool.indices), (PathSlot.SKY, self._shares), (PathSlot.LAMP_RAYS, self._lamp_rays),
            (PathSlot.GOING, self._going), (PathSlot.EMITTERS, things.emitters),
            (StorageSlot.MATERIALS, self.renderer.materials.buffer),
        ):  # fmt: skip
            device.bind_storage(slot, buffer)
        if self._decals is not None:
            self._decals.extract(self._frame())
            self._decal_count = self._decals.bind(self._view.camera.cell)
            self._decals.bind_textures()
        sky = self.renderer.lighting.sky.maps.sky
        device.bind_texture(PathSlot.SKY_UNIT, sky, device.sampler(mip="none", wrap=("repeat", "clamp")))
        device.push_uniform(UniformSlot.FREE, self._block(tile))

    def _block(self, tile: _Tile) -> NDArray[Any]:
        lighting, view, settings = self.renderer.lighting, self._view, self.settings
        environment, wanted = lighting.environment, self._view.settings
        seen = view_block(view, advance=False)
        block = PATH_BLOCK.zeros()
        block["world_from_clip"], block["eye"] = seen["world_from_clip"], seen["camera_position"]
        block["backwards"][:3] = view.camera.world_from_camera[:3, 2]
        block["right"][:3] = view.camera.world_from_camera[:3, 0]
        block["picture"] = seen["viewport"]
        block["tile"] = (tile.x, tile.y, tile.width, tile.height)
        turn = environment.rotation_rad
        shown = wanted.get("background", "sky") == "sky"
        block["sky_turn"] = (np.cos(turn), np.sin(turn), environment.intensity, shown)
        block["sun"], block["sun_color"] = lighting.sky.sun_disk()
        block["sky_size"] = self._sky_size if environment.intensity > 0 else (0, 0)
        block["sample_index"], block["seed"] = self.samples, settings.seed & 0xFFFFFFFF
        block["node_count"], block["lamp_count"] = self.things.node_count, lighting.lamp_count
        block["most_bounces"], block["most_passes"] = settings.bounces, settings.passes
        stops = wanted.get("exposure_ev", environment.exposure_ev)
        block["exposure"], block["brightest"] = 2.0 ** float(stops), settings.brightest
        block["sun_radius"], block["three"] = _SUN_RADIUS, 3
        block["decal_count"] = self._decal_count
        block["emitted"], block["emitter_count"] = self.things.emitted, self.things.emitter_count
        if self._effects.depth_of_field is not None:
            radius = aperture_radius_m(self._effects, view.camera)
            block["lens"][:3] = self._effects.focus_m, radius, self._effects.depth_of_field.blades
        return block
