"""The renderer: worlds in, pictures out. Ties extraction, culling, features and views together."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary, finalize

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.ecs import World
from taixu.gpu import BindGroup, Buffer, BufferRange, Device, Pipeline, RenderPass, ShaderError, Targets, Texture
from taixu.render.air.stars import StarFeature
from taixu.render.air.volume import AirFeature
from taixu.render.bindings import (
    FLAG_VISIBLE,
    FRAME_BLOCK,
    StorageSlot,
    UniformSlot,
    register_sources,
)  # fmt: skip
from taixu.render.bins import Bin
from taixu.render.blending import BlendedRun, BlendedRuns, sort_blended
from taixu.render.context import ChoosingFeature, DrawKey, Feature, FrameContext, PassContext, PipelineFor
from taixu.render.culling import VisibleList
from taixu.render.culling_hidden import hidden_culling_of
from taixu.render.decals import DecalFeature
from taixu.render.developing import DevelopingFeature
from taixu.render.extraction import WorldMirror
from taixu.render.falling import FallingFeature
from taixu.render.fast import FastFeature
from taixu.render.geometry import GeometryFeature
from taixu.render.graph import PassGraph, Rank
from taixu.render.hud import HudFeature
from taixu.render.impostors import ImpostorPainter
from taixu.render.indirect import IndirectFeature
from taixu.render.lamps.contact import ContactFeature
from taixu.render.library import LibraryMirror, TextureLoader
from taixu.render.lighting import LightingFeature
from taixu.render.lines import LineBatch, LineFeature
from taixu.render.material_loading import TextureLoader as PoolTextureLoader
from taixu.render.materials import MaterialTable
from taixu.render.meshes import MeshPool
from taixu.render.occlusion import OcclusionFeature
from taixu.render.particles import ParticleFeature
from taixu.render.pictures import Picture
from taixu.render.plugin import RenderFeatures
from taixu.render.post import PostFeature
from taixu.render.reflections import ReflectionFeature, ScreenReflectionFeature
from taixu.render.shading import ShadingFeature
from taixu.render.splats import SplatFeature
from taixu.render.temporal.choice import shown_names, temporal_of
from taixu.render.temporal.feature import TemporalFeature
from taixu.render.views import OUTPUTS, View, ViewCamera, finished_block, view_block, view_planes
from taixu.render.wind import STILL_AIR, WIND_SLOT, wind_block
from taixu.scene import Details, WorldTransforms

__all__ = ["Renderer"]

_log = logging.getLogger(__name__)
_WATCH_SECS = 0.5
_RETRY_SECS = 1.0
_UNMEASURED = nullcontext()


class Renderer:
    """Draws worlds on a device.

    Parameters
    ----------
    device
        Stays the caller's.
    load_textures
        Brings a material's images to the texture pool; by default it decodes them.
    watch_shaders
        Look twice a second for edited shaders; one that does not compile is logged, and the last good one stays.

    Attributes
    ----------
    meshes, materials
        What all worlds share: the mesh pool and the material table.
    impostors
        Takes the pictures that far levels of detail show.
    lines
        Debug lines for the next frame.
    lighting
        Sky and lights; `lighting.use_sky` lights everything with a picture.
    features
        In the order in which they are asked.
    measures_passes
        Time each pass of each view on the GPU; `Device.timings` has the milliseconds by "view: pass".
    """

    def __init__(
        self, device: Device, *, load_textures: TextureLoader | None = None, watch_shaders: bool = False
    ) -> None:
        self.device = device
        register_sources(device)
        self.meshes = MeshPool(device)
        self.materials = MaterialTable(device)
        self.impostors = ImpostorPainter(device, self.meshes, self.materials)
        self.lines = LineBatch()
        self.watches_shaders = watch_shaders
        self.measures_passes = False
        self._watched_secs = 0.0
        self.load_textures: TextureLoader = load_textures or PoolTextureLoader(self.materials.pool)
        self.features: list[Feature] = []
        self._choosing: list[ChoosingFeature] = []
        self.frame_index = 0
        self._mirrors: WeakKeyDictionary[World, WorldMirror] = WeakKeyDictionary()
        self._current: WorldMirror | None = None
        self._orphans: list[WorldMirror] = []
        self._made: WeakKeyDictionary[World, int] = WeakKeyDictionary()
        self._revision = 0
        self._broken: dict[DrawKey, float] = {}  # until when a surface that does not compile is not tried again
        self.lighting = LightingFeature(device)
        decals = DecalFeature(device, self.lighting)
        indirect = IndirectFeature(device, self.lighting)
        self._reflections = ReflectionFeature(device, self.lighting, indirect)
        for feature in (TemporalFeature(), GeometryFeature(), FastFeature(), self.lighting, OcclusionFeature(device),
                        ContactFeature(self.lighting),
                        AirFeature(device, self.lighting), StarFeature(device, self.lighting),
                        ParticleFeature(device, self.lighting), SplatFeature(device, self.lighting), decals,
                        indirect, self._reflections, ScreenReflectionFeature(),
                        ShadingFeature(device, self.lighting, decals), FallingFeature(device),
                        PostFeature(device), DevelopingFeature(device, self.lighting),
                        LineFeature(self.lines), HudFeature()):  # fmt: skip
            self.add_feature(feature)

    # -- set-up ------------------------------------------------------------------------------------------------------
    def add_feature(self, feature: Feature) -> None:
        """Add a part of the renderer; its nodes appear in every view from the next frame on."""
        self.features.append(feature)
        if isinstance(feature, ChoosingFeature):
            self._choosing.append(feature)
        self._revision += 1

    def feature(self, name: str) -> Feature:
        """The feature of that name."""
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(f"no render feature {name!r}; there are {', '.join(f.name for f in self.features)}")

    def mirror(self, world: World) -> WorldMirror:
        """The world as the GPU knows it."""
        found = self._mirrors.get(world)
        if found is None:
            library = LibraryMirror(self.meshes, self.materials, self.load_textures, pictures=self.impostors.textures)
            found = self._mirrors[world] = WorldMirror(self.device, self.meshes, self.materials, library)
            finalize(world, self._orphans.append, found)  # freed at the next frame, on the device's thread
        return found

    def configure(self, view: View) -> None:
        """Resolve the view's pass graph if its configuration changed."""
        limits = self.device.capabilities
        most = min(limits.max_samples, limits.max_integer_samples) if "id" in view.outputs else limits.max_samples
        view.samples = min(view.samples, most)
        for name in view.outputs - set(OUTPUTS):
            raise ValueError(f"view {view.name!r} wants {name!r}; there are {', '.join(OUTPUTS)}")
        wanted = (view.configuration(), self._revision)
        if view._configured == wanted and view.graph is not None:
            return
        if view.graph is not None:
            view.graph.release()
        graph = PassGraph()
        for feature in self.features:
            for node in feature.nodes(view):
                graph.add(node)
        view.graph = graph.resolve(self.device, view.size, view.outputs, drawn_size=view.drawn_size)
        missing = view.outputs - set(view.graph.textures)
        if missing:
            raise ValueError(f"view {view.name!r}: quality {view.quality!r} gives no {', '.join(sorted(missing))}")
        view._configured = wanted

    # -- frames ------------------------------------------------------------------------------------------------------
    def render(
        self, world: World, views: Sequence[View], *, time_secs: float | None = None, delta_secs: float = 0.0
    ) -> None:
        """Draw one frame of a world into all views. Transforms have been propagated.

        `time_secs` is what surfaces that move go by; by default the world's own.
        """
        device = self.device
        if time_secs is None:
            time_secs = world.resource(Clock).now_secs if world.has_resource(Clock) else 0.0
        self._add_features_of(world)
        self._reload_shaders()
        with device.frame():
            while self._orphans:
                self._orphans.pop().release()
            for view in views:
                if view.entity is not None:
                    view.camera = ViewCamera.of_entity(world, view.entity)
                self._choose(world, view)
            if views and world.has_resource(Details):
                world.resource(Details).follow(world, [view.eye() for view in views])
            mirror = self._current = self.mirror(world)
            want_previous = any(v.graph is not None and "velocity" in v.graph.textures for v in views)
            mirror.update(world, want_previous=want_previous)
            device.push_uniform(WIND_SLOT, STILL_AIR)  # pictures are taken in it
            self._take_pictures(world, mirror, views, want_previous=want_previous)
            frame = FrameContext(device, self, world, self.frame_index, time_secs, delta_secs, views)
            for feature in self.features:
                feature.extract(frame)
            mirror.bind()
            block = FRAME_BLOCK.zeros()
            block["time_secs"], block["delta_secs"] = time_secs, delta_secs
            block["frame_index"], block["transform_count"] = self.frame_index & 0xFFFFFFFF, mirror.transforms.count
            device.push_uniform(UniformSlot.FRAME, block)
            device.push_uniform(WIND_SLOT, wind_block(world, time_secs, delta_secs))
            device.barrier()
            for face in self._reflections.faces(frame):
                self._choose(world, face)
                self._render_view(frame, face, 0)
            for index, view in enumerate(views):
                self._render_view(frame, view, index)
            self.frame_index += 1
        self.lines.clear()
        if world.has_resource(LineBatch):
            world.resource(LineBatch).clear()

    def _choose(self, world: World, view: View) -> None:
        view.choices = {feature.name: feature.choose(world, view) for feature in self._choosing}
        self.configure(view)

    def _take_pictures(self, world: World, mirror: WorldMirror, views: Sequence[View], *, want_previous: bool) -> None:
        """Pictures of what is far; who waits for skies waits for them, and shows them at once."""
        waits = self.lighting.skies.waits
        finished = self.impostors.follow(world, mirror, list(self._mirrors.values()), waits=waits)
        if finished and waits and world.has_resource(Details):
            world.resource(Details).follow(world, [view.eye() for view in views])
            mirror.update(world, want_previous=want_previous)

    def _reload_shaders(self) -> None:
        if self.watches_shaders and monotonic() - self._watched_secs > _WATCH_SECS:
            self._watched_secs = monotonic()
            for message in self.device.reload_shaders():
                _log.error("%s", message)

    def _add_features_of(self, world: World) -> None:
        """Make the features that plugins left in the world."""
        if world.has_resource(RenderFeatures):
            makers, done = world.resource(RenderFeatures).makers, self._made.get(world, 0)
            for make in makers[done:]:
                self.add_feature(make(self))
            self._made[world] = len(makers)

    def _render_view(self, frame: FrameContext, view: View, index: int) -> None:
        mirror = self._current
        assert mirror is not None
        planes = view_planes(view)
        frusta = np.concatenate([planes[None], self.lighting.plan(view)])
        mirror.deformer.show(frame.world, view, mirror.renderables, frusta, np.arange(len(frusta)) > 0)
        self.device.bind_storage(StorageSlot.MATERIALS, self.materials.buffer)
        mirror.deformer.bind()
        for feature in self.features:
            feature.prepare(frame, view)
        values = view_block(view, index=index, planes=planes)
        block = finished = self.device.push(values)
        if temporal_of(view) is not None:
            finished = self.device.push(finished_block(view, values))
        if view.visible is None:
            view.visible = VisibleList(self.device, label=view.name)
        self._cull_view(view, view.visible, block)
        context = PassContext(frame, view, view.visible)
        over = PassContext(frame, view, view.visible, shown_names(view))
        assert view.graph is not None
        view.shown = self._current
        for node in view.graph.nodes:
            self.device.bind_uniform(UniformSlot.VIEW, block if node.rank < Rank.POST else finished)
            with self.device.time(f"{view.name}: {node.name}") if self.measures_passes else _UNMEASURED:
                node.run(context if node.rank <= Rank.POST else over)

    def cull(self, visible: VisibleList, block: BufferRange, *, flags: int = FLAG_VISIBLE) -> None:
        """Cull this frame's world for a view block, which stays bound; `flags` are those that a renderable must have. Shadow
        passes bring lists and blocks of their own.
        """
        assert self._current is not None, "culling belongs to a frame"
        mirror = self._current
        self.device.bind_uniform(UniformSlot.VIEW, block)
        mirror.culler.cull(mirror.lists, visible, count=mirror.renderables.high, flags=flags)

    def _cull_view(self, view: View, visible: VisibleList, block: BufferRange) -> None:
        mirror, hidden = self._current, hidden_culling_of(view, self.device)
        assert mirror is not None
        if hidden is None:
            self.cull(visible, block)
        else:
            self.device.bind_uniform(UniformSlot.VIEW, block)
            hidden.begin(mirror.culler, mirror.lists, visible, count=mirror.renderables.high)

    def find_newly_seen(self, view: View, visible: VisibleList, depth: Texture) -> VisibleList:
        """See `PassContext.find_newly_seen`."""
        mirror, hidden = self._current, hidden_culling_of(view, self.device)
        assert mirror is not None
        assert hidden is not None
        return hidden.find_newly_seen(mirror.culler, mirror.lists, visible, depth)

    # -- drawing, for passes -----------------------------------------------------------------------------------------
    def draw_bins(self, render_pass: RenderPass, visible: VisibleList, pipeline_for: PipelineFor, *,
                  positions_only: bool = False) -> None:  # fmt: skip
        """See `PassContext.draw_bins`."""
        assert self._current is not None
        if visible.commands is None or visible.ids is None:
            return
        self._bind_deformed(render_pass)
        first = count = 0
        using: tuple[Pipeline, BindGroup | None] | None = None
        for item in self._current.lists.bins:
            wanted = self._using(item, pipeline_for)
            if wanted is not None and using is not None and wanted[0] is using[0] and wanted[1] is using[1] \
                    and item.first == first + count:  # fmt: skip
                count += item.count
                continue
            if using is not None:
                self._draw_run(render_pass, using, visible.commands, visible.ids, first, count, positions_only)
            using, first, count = wanted, item.first, item.count
        if using is not None:
            self._draw_run(render_pass, using, visible.commands, visible.ids, first, count, positions_only)

    def blended_runs(self, view: View) -> Sequence[BlendedRun]:
        """See `PassContext.blended_runs`."""
        mirror = self._current
        assert mirror is not None
        if len(mirror.blended) == 0:
            return ()
        world = next(w for w, m in self._mirrors.items() if m is mirror)
        commands, ids, runs = sort_blended(mirror, world.resource(WorldTransforms), view)
        if runs:
            view.history.setdefault("blended", BlendedRuns()).upload(self.device, commands, ids)
        return runs

    def draw_blended(self, render_pass: RenderPass, view: View, runs: Sequence[BlendedRun], pipeline_for: PipelineFor) -> None:
        """See `PassContext.draw_blended`."""
        if not runs:
            return
        kept: BlendedRuns = view.history["blended"]
        assert kept.commands is not None
        assert kept.ids is not None
        self._bind_deformed(render_pass)
        for run in runs:
            using = self._using(run.bin, pipeline_for)
            if using is not None:
                self._draw_run(render_pass, using, kept.commands, kept.ids, run.first, run.count, False)

    def _bind_deformed(self, render_pass: RenderPass) -> None:
        """Culling and other compute used these numbers meanwhile."""
        assert self._current is not None
        deformer = self._current.deformer
        vertices = deformer.deformed_vertices
        render_pass.bind_storage(StorageSlot.DEFORMED_VERTICES, vertices)
        render_pass.bind_storage(StorageSlot.PREVIOUS_POSITIONS, deformer.previous_positions or vertices)

    def _using(self, item: Bin, pipeline_for: PipelineFor) -> tuple[Pipeline, BindGroup | None] | None:
        """What draws a bin. A surface of somebody's whose shader does not compile is left out, and said; it is tried again."""
        if self._broken and monotonic() < self._broken.get(item.key, 0.0):
            return None
        try:
            found = pipeline_for(item)
        except ShaderError as error:
            if item.key.shader in ("", "standard"):
                raise
            if item.key not in self._broken:
                _log.error("things with the surface %s are not drawn: %s", item.key.shader, error)
            self._broken[item.key] = monotonic() + _RETRY_SECS
            return None
        if self._broken:
            self._broken.pop(item.key, None)
        return (found, None) if isinstance(found, Pipeline) else found

    def _draw_run(
        self,
        render_pass: RenderPass,
        using: tuple[Pipeline, BindGroup | None],
        commands: Buffer,
        ids: Buffer,
        first: int,
        count: int,
        positions_only: bool,
    ) -> None:
        pipeline, group = using
        render_pass.pipeline(pipeline)
        if group is not None:
            render_pass.bind(group)
        render_pass.vertices(0, self.meshes.positions)
        if positions_only:
            render_pass.vertices(1, ids)
        else:
            render_pass.vertices(1, self.meshes.surfaces)
            render_pass.vertices(2, ids)
        render_pass.indices(self.meshes.indices)
        render_pass.draw_multi_indirect(commands, first * 20, count)

    # -- results -----------------------------------------------------------------------------------------------------
    def read(self, view: View, output: str = "color") -> NDArray[Any]:
        """An output of the latest frame, [height, width, channels], top row first. Waits for the device."""
        assert view.graph is not None, "render the view first"
        targets = view.graph.targets(
            self.device, () if output == "depth" else (output,), "depth" if output == "depth" else None
        )
        pixels = self.device.read_pixels(targets, -1 if output == "depth" else 0, (0, 0, *view.size))
        return pixels[::-1]

    def picture(
        self, world: World, *, camera: ViewCamera | int, size: tuple[int, int] = (1280, 720), **options: Any
    ) -> Picture:
        """Draw a world and give its colour: one frame, or as many as its antialiasing gathers. `camera` may be an entity;
        `options` as in `View`.
        """
        entity = camera if isinstance(camera, int) else None
        pose = ViewCamera.of_entity(world, camera) if isinstance(camera, int) else camera
        view = View(pose, size, entity=entity, name="picture", **options)
        self.render(world, [view])
        gathers = temporal_of(view)
        for _ in range(len(gathers.offsets) - 1 if gathers is not None else 0):
            self.render(world, [view])
        picture = Picture(self.read(view))
        view.release()
        return picture

    def present(self, view: View, target: Targets) -> None:
        """Copy a view's colour to a window (or any targets), scaling where sizes differ."""
        assert view.graph is not None, "render the view first"
        source = view.graph.targets(self.device, ("color",), None)
        same = source.size == target.size
        with self.device.frame():
            self.device.blit(source, target, filter="nearest" if same else "linear")

    def pick(self, view: View, x: int, y: int) -> int | None:
        """Handle of the entity at a pixel (from the upper left), or None. The view has "id" among its outputs."""
        found = self.pick_rect(view, x, y, 1, 1)
        return int(found[0]) if len(found) else None

    def pick_rect(self, view: View, x: int, y: int, width: int, height: int) -> NDArray[np.uint64]:
        """Handles of the entities seen in a rectangle of pixels (from the upper left), each once."""
        if "id" not in view.outputs:
            raise ValueError(f"view {view.name!r} draws no ids: add 'id' to its outputs")
        assert view.graph is not None, "render the view first"
        assert view.shown is not None
        left, top = max(0, x), max(0, y)
        right, bottom = min(view.size[0], x + width), min(view.size[1], y + height)
        if right <= left or bottom <= top:
            return np.zeros(0, np.uint64)
        targets = view.graph.targets(self.device, ("id",), None)
        rect = (left, view.size[1] - bottom, right - left, bottom - top)
        indices = np.unique(self.device.read_pixels(targets, 0, rect))
        indices = indices[indices != NOTHING_PICKED].astype(np.intp)
        return view.shown.handles_of(indices)

    def release(self, views: Iterable[View] = ()) -> None:
        """Give everything on the device back."""
        for view in views:
            view.release()
        self.impostors.release()
        for mirror in (*self._mirrors.values(), *self._orphans):
            mirror.release()
        self._mirrors.clear()
        self._orphans.clear()
        self._current = None


NOTHING_PICKED = 0xFFFFFFFF
"""What an id target is cleared to; entity indices stay below."""
