"""Light for the colour pass: the sky and its maps, punctual lights in clusters, shadow maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import BindGroup, Buffer, DepthState, Device, Pipeline, StructLayout, Targets, Texture
from taixu.render.bindings import (
    FLAG_CAST_FAR,
    FLAG_CAST_SHADOW,
    FLAG_VISIBLE,
    MESH_VERTEX_LAYOUT,
    POSITION_VERTEX_LAYOUT,
    VIEW_BLOCK,
    StorageSlot,
    TexelUnit,
    TextureSlot,
    UniformSlot,
    row_reader,
)
from taixu.render.bins import Bin
from taixu.render.cards import CARD
from taixu.render.clusters import FEW_LIGHTS, GRID, clusters_glsl, depth_slices
from taixu.render.context import FrameContext, PassContext
from taixu.render.culling import VisibleList
from taixu.render.environment import make_dfg_texture
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.lamps.areas import areas_glsl, has_areas, make_lobes
from taixu.render.lamps.kept import KeptMaps, stand_still
from taixu.render.lamps.sorting import ClusterLists
from taixu.render.lights import LIGHT_ROW, Lights, gather_lights, light_rows
from taixu.render.octahedron import tiles_glsl
from taixu.render.shadows import ATLAS_WIDTH, CASCADES, MOST_TILES, SHADOW_ROW, ShadowTile, plan_shadows, shadow_rows
from taixu.render.skies import Skies, Sky
from taixu.render.views import View
from taixu.scene import CELL_M, Environment, Fog

__all__ = ["LIGHTING_BLOCK", "LightingFeature"]

LIGHTING_BLOCK = StructLayout(
    "LightingBlock",
    [
        ("sky_turn", "f4", (4,)),  # cosine and sine of its turn, intensity; by how much of a turn noise is other in this frame
        ("light_counts", "u4", (4,)),  # directional, local, whether clusters are in use, -
        ("cluster_extent", "f4", (4,)),  # half width and height of the view (at 1 m), whether perspective, -
        ("cluster_scale", "f4"),
        ("cluster_offset", "f4"),
        ("padding", "f4", (2,)),
        ("fog", "f4", (4,)),  # density, its level in the camera's cell, 1 / fade, glow
        ("fog_color", "f4", (4,)),
        ("fog_sky", "f4", (4,)),  # radiance from all around, on average
        ("sun_towards", "f4", (4,)),  # of a sun that shines alone
        ("sun_light", "f4", (4,)),  # its irradiance
        ("sky_red", "f4", (4, 4)),  # quadratic forms of the normal: the sky's irradiance / pi
        ("sky_green", "f4", (4, 4)),
        ("sky_blue", "f4", (4, 4)),
    ],
    rules="std140",
)

_COARSE_TEXEL_M = 0.12
"""A texel of a tree's pictures."""
UNITS = {
    "ENVIRONMENT": TextureSlot.SHADING,
    "DFG": TextureSlot.SHADING + 1,
    "SHADOWS": TextureSlot.SHADING + 2,
    "OPENNESS": TextureSlot.SHADING + 3,
}


def lighting_glsl(device: Device) -> str:
    """The blocks and numbers of this module in GLSL."""
    return (
        clusters_glsl()
        + "".join(f"#define TEXTURE_{name} {unit}\n" for name, unit in UNITS.items())
        + LIGHTING_BLOCK.uniform_block("LightingUniforms", binding=UniformSlot.LIGHTING, instance="lighting")
        + LIGHT_ROW.storage_block("Lights", binding=StorageSlot.LIGHTS, array="light_rows")
        + row_reader(device, LIGHT_ROW, "light_row", array="light_rows", binding=StorageSlot.LIGHTS, unit=TexelUnit.LIGHTS)
        + f"{SHADOW_ROW.glsl}layout(std140, binding = {UniformSlot.SHADOWS}) uniform ShadowMaps "
        f"{{ ShadowRow shadows[{MOST_TILES}]; }};\n"
        + f"#ifdef WRITE_CLUSTERS\nlayout(std430, binding = {StorageSlot.CLUSTERS}) buffer Clusters "
        "{ uint cluster_lists[]; };\n#else\n"
        f"layout(std430, binding = {StorageSlot.CLUSTERS}) readonly buffer Clusters "
        "{ uint cluster_lists[]; };\n#endif\n"
    )


@dataclass
class _ViewLight:
    """What a view keeps between frames."""

    rows: Buffer | None = None
    shadows: Buffer | None = None
    tiles: list[ShadowTile] = field(default_factory=list)
    owners: NDArray[np.int32] | None = None
    height: int = 0
    clustered: bool = False


class LightingFeature:
    """Follows lights and environment of the world, and gives the cluster and shadow passes.

    ``view.settings``: "shadows" False turns them off; "soft_shadows" True makes those of suns as soft as suns are wide, False
    all sharp (by default those of lamps with a width are soft); "shadow_tiles": maps of lamps drawn in a frame, 16 by default,
    128 at most; "shadow_distance_m"; "shadow_texels" along the edge of
    a sun's map, 1024 or less; "fog" False leaves the world's fog out.

    Attributes
    ----------
    environment : Environment
        Of the world that is drawn: the component's values, or its defaults.
    maps_drawn, maps_kept : int
        Shadow maps so far: those that were drawn, and those that still lay in the atlas as they would have been.
    """

    name = "lighting"

    def __init__(self, device: Device) -> None:
        self.device = device
        device.shaders.add_source("generated/lighting.glsl", lighting_glsl(device))
        device.shaders.add_source("generated/environment.glsl", tiles_glsl())
        device.shaders.add_source("generated/areas.glsl", areas_glsl())
        self.environment = Environment()
        self.skies = Skies(device)
        self._sky: Sky | None = None
        self._fog: Fog | None = None
        self._lights = Lights.none()
        self._dfg: Texture | None = None
        self._atlas: Texture | None = None
        self._targets: Targets | None = None
        self._clusters: ClusterLists | None = None
        self._lobes: Buffer | None = None
        self._casters: VisibleList | None = None
        self._held = KeptMaps()
        self.maps_drawn = self.maps_kept = 0

    # -- what others ask ---------------------------------------------------------------------------------------------
    @property
    def sky(self) -> Sky:
        """The sky of the world that is drawn."""
        assert self._sky is not None, "belongs to a frame"
        return self._sky

    def use_sky(self, image: NDArray[np.floating[Any]] | None) -> None:
        """Light with this equirectangular picture [h, w, 3] in place of the world's sky; None ends that."""
        self.skies.override(image)

    @property
    def lights(self) -> Lights:
        """Lights of the world that is drawn, its sun with them."""
        return self._lights

    @property
    def lamp_count(self) -> int:
        """Lights of the world that is drawn, its sun with them."""
        return self._lights.count

    def has_shadows(self, view: View) -> bool:
        """Whether the view has shadow maps in this frame."""
        return bool(self._of(view).tiles)

    def lean_maps(self, view: View) -> int | None:
        """Maps of the only light there is, a sun; None where there are others, which `common/lean_light.glsl` does not know."""
        lights, kept = self._lights, self._of(view)
        return None if lights.count > 1 or lights.directional_count != lights.count else len(kept.tiles)

    def has_soft_shadows(self, view: View) -> bool:
        """Whether edges of some of them are soft."""
        return any(tile.soft for tile in self._of(view).tiles)

    @property
    def has_areas(self) -> bool:
        """Whether areas shine in the world that is drawn."""
        return has_areas(self._lights)

    def has_fog(self, view: View) -> bool:
        """Whether the view shows fog in this frame."""
        return self._fog is not None and bool(view.settings.get("fog", True))

    @property
    def fog(self) -> Fog | None:
        """The fog of the world that is drawn, where it has some."""
        return self._fog

    def fog_of(self, world: World) -> Fog | None:
        """The fog of a world, where it has some that is in use."""
        return _fog_of(world)

    # -- feature -----------------------------------------------------------------------------------------------------
    def extract(self, frame: FrameContext) -> None:
        """Follow environment and lights."""
        loader = frame.renderer.load_textures
        if hasattr(loader, "forget"):
            loader.forget()
        if all(view.quality == "fast" for view in frame.views):
            return
        found: Environment | None = None
        for table in frame.world.query(Environment):
            if len(table.entities):
                found = frame.world.get(int(table.entities[0]), Environment)
        self.environment = found or Environment()
        self._sky = self.skies.of(frame.world, found)
        self._fog = _fog_of(frame.world)
        self._lights = gather_lights(frame.world)
        sun, direction = self._sky.sun_irradiance, self._sky.sun_direction
        if sun is not None and direction is not None and sun.max() > 0 and self._lights.directional_count == 0:
            self._lights = self._lights.with_sun(direction, sun * self.environment.intensity)

    def plan(self, view: View) -> NDArray[np.float64]:
        """Decide what shadow maps the view has in this frame, before it is prepared; gives their frusta's planes, [k, 6, 4]."""
        kept = self._of(view)
        kept.tiles, kept.owners, kept.height = [], None, 0
        if view.quality != "fast" and view.settings.get("shadows", True):
            kept.tiles, kept.owners, kept.height = plan_shadows(self._lights, view)
        return np.array([tile.planes for tile in kept.tiles if tile.viewport[2]]).reshape(-1, 6, 4)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Upload and bind what this view's passes read."""
        if view.quality == "fast":
            return
        device, lights, kept = self.device, self._lights, self._of(view)
        cell = view.camera.cell
        rows = light_rows(lights, cell, kept.owners) if lights.count else LIGHT_ROW.zeros(1)
        kept.rows = _grown(device, kept.rows, rows, label="lights")
        maps = shadow_rows(kept.tiles, max(kept.height, 1))
        kept.shadows = _write(device, kept.shadows, maps, SHADOW_ROW.dtype.itemsize * MOST_TILES, label="shadow maps")
        if self._clusters is None:
            self._clusters = ClusterLists(device)
        if self._dfg is None:
            self._dfg = make_dfg_texture(device)
        self._reserve_atlas(kept.height)
        assert self._atlas is not None
        directional = lights.directional_count
        kept.clustered = lights.count - directional > FEW_LIGHTS
        if kept.clustered:
            self._clusters.begin(lights, view)
        block = LIGHTING_BLOCK.zeros()
        turn = self.environment.rotation_rad
        block["sky_turn"] = (np.cos(turn), np.sin(turn), self.environment.intensity, float(view.history.get("noise_turn", 0.0)))
        block["light_counts"] = (directional, lights.count - directional, kept.clustered, 0)
        camera = view.camera
        aspect, parallel = view.size[0] / view.size[1], camera.height_m > 0
        half = camera.height_m / 2 if parallel else np.tan(camera.fov_y_rad / 2)
        block["cluster_extent"] = (half * aspect, half, not parallel, 0)
        if lights.count == directional == 1:
            block["sun_towards"][:3], block["sun_light"][:3] = -lights.directions[0], lights.colors[0]
        block["sky_red"], block["sky_green"], block["sky_blue"] = self.sky.maps.smooth
        block["cluster_scale"], block["cluster_offset"] = depth_slices()
        if self._fog is not None:
            fog = self._fog
            level = float(fog.level_m) - camera.cell[1] * CELL_M
            block["fog"] = (fog.density, level, 1.0 / max(float(fog.falloff_m), 0.1), fog.glow)
            block["fog_color"][:3] = fog.color
            block["fog_sky"][:3] = self.sky.maps.mean * (self.environment.intensity * float(fog.sky_light))
        device.push_uniform(UniformSlot.LIGHTING, block)
        device.bind_storage(StorageSlot.LIGHTS, kept.rows)
        device.bind_uniform(UniformSlot.SHADOWS, kept.shadows)
        if self.has_areas:
            self._lobes = self._lobes or make_lobes(device)
            device.bind_uniform(UniformSlot.AREA_LOBES, self._lobes)
        device.bind_storage(StorageSlot.CLUSTERS, self._clusters.buffer)
        smooth = device.sampler(mip="none", wrap="clamp")
        device.bind_texture(UNITS["ENVIRONMENT"], self.sky.maps.atlas, smooth)
        device.bind_texture(UNITS["DFG"], self._dfg, smooth)
        device.bind_texture(UNITS["SHADOWS"], self._atlas, device.sampler(filter="nearest", mip="none", wrap="clamp"))

    def nodes(self, view: View) -> Sequence[PassNode]:
        """Clusters and shadow maps."""
        return () if view.quality == "fast" else (_ClusterPass(self), _ShadowPass(self))

    def release(self) -> None:
        """Give textures and buffers back."""
        self.skies.release()
        for resource in (self._dfg, self._targets, self._atlas, self._clusters, self._casters, self._lobes):
            if resource is not None:
                resource.release()
        self._sky = None
        self._dfg = self._targets = self._atlas = self._clusters = self._casters = self._lobes = None

    def bind_lamps(self, buffer: Buffer | None, cell: tuple[int, int, int]) -> Buffer:
        """Bind the world's lights relative to a cell; gives the buffer that holds them, to be passed again."""
        rows = light_rows(self._lights, cell) if self._lights.count else LIGHT_ROW.zeros(1)
        buffer = _grown(self.device, buffer, rows, label="lamps")
        self.device.bind_storage(StorageSlot.LIGHTS, buffer)
        return buffer

    def bind_clusters(self) -> None:
        """Bind the lists of lights again, after something else was sorted as they are."""
        assert self._clusters is not None, "belongs to a frame"
        self.device.bind_storage(StorageSlot.CLUSTERS, self._clusters.buffer)

    # -- own ---------------------------------------------------------------------------------------------------------
    def _of(self, view: View) -> _ViewLight:
        found: _ViewLight = view.history.setdefault("lighting", _ViewLight())
        return found

    def _reserve_atlas(self, height: int) -> None:
        wanted = max(height, 1)
        if self._atlas is None or (height and self._atlas.size[1] != wanted):
            width = ATLAS_WIDTH if height else 1
            self._atlas = self.device.texture((width, wanted), "depth32f", label="shadow maps")
            self._targets = self.device.targets((), self._atlas, label="shadow maps")
            self._held.clear()

    def draw_shadows(self, context: PassContext) -> None:
        """Draw the maps of the context's view that do not lie in the atlas yet."""
        kept = self._of(context.view)
        if not kept.tiles:
            return
        assert self._targets is not None
        if self._casters is None:
            self._casters = VisibleList(self.device, label="shadow casters")
        block = VIEW_BLOCK.zeros()
        block["camera_cell"][:3], block["layer_mask"] = context.view.camera.cell, context.view.layers & 0xFFFFFFFF
        renderer = context.frame.renderer
        mirror, cell = renderer.mirror(context.frame.world), context.view.camera.cell
        changes, versions = mirror.caster_changes, (mirror.lists.version, mirror.pool.version, renderer.materials.version)
        keeps = stand_still(mirror.lists) and not renderer.watches_shaders
        for number, tile in enumerate(kept.tiles):
            if not tile.viewport[2]:
                continue
            block["clip_from_world"] = tile.clip_from_world.T
            _look_from(block, tile)
            block["frustum_planes"] = tile.planes
            # What falls far away is cast by impostors, where there are some; and where the map shows no more than they do.
            is_coarse = number >= CASCADES // 2 or tile.texel_size > _COARSE_TEXEL_M
            flags = FLAG_CAST_FAR if tile.is_parallel and is_coarse else FLAG_CAST_SHADOW | FLAG_VISIBLE
            key = (changes, tile.clip_from_world.tobytes(), cell, context.view.layers, flags, versions)
            if keeps and self._held.holds(tile, key, cell, changes):
                self.maps_kept += 1
                continue
            self.maps_drawn += 1
            self._held.draw(tile.viewport, key if keeps else None, changes.serial)
            renderer.cull(self._casters, self.device.push(block), flags=flags)
            with self.device.render_pass(self._targets, clear_depth=0.0, viewport=tile.viewport, clears_viewport=True) as p:
                context.draw_bins(p, self._solid_caster, visible=self._casters, positions_only=True)
                context.draw_bins(p, self._masked_caster(context), visible=self._casters)

    def _solid_caster(self, item: Bin) -> Pipeline | None:
        if item.key.alpha != "opaque" or item.mode != "triangles":
            return None
        return self.device.pipeline(
            "passes/shadow.vert",
            None,
            defines=item.defines,
            vertex_layout=POSITION_VERTEX_LAYOUT,
            cull="none",
            depth=DepthState(clamp=True),
            label="shadows",
        )

    def _masked_caster(self, context: PassContext) -> Callable[[Bin], tuple[Pipeline, BindGroup | None] | None]:
        def pipeline_for(item: Bin) -> tuple[Pipeline, BindGroup | None] | None:
            if item.key.alpha != "mask" or item.mode != "triangles":
                return None
            key = item.key
            vertex, fragment, signature = "passes/shadow.vert", "passes/shadow.frag", key.signature.only("base_color")
            if key.cuts_holes:
                vertex, fragment = f"generated/forward/{key.shader}.vert", f"generated/holes/{key.shader}.frag"
                signature = key.signature
            defines: dict[str, object] = {"ALPHA_MASK": True, **signature.defines(), **item.defines}
            if key.shader == CARD.name:
                defines["CASTER"] = True
            pipeline = self.device.pipeline(
                vertex,
                fragment,
                defines=defines,
                vertex_layout=MESH_VERTEX_LAYOUT,
                cull="none",
                depth=DepthState(clamp=True),
                label="shadows",
            )
            return pipeline, context.frame.renderer.materials.bind_group(key)

        return pipeline_for


@dataclass(frozen=True)
class _ClusterPass:
    """Sorts local lights into clusters, where there are many."""

    feature: LightingFeature
    name: str = "clusters"
    rank: int = Rank.PREPARE
    reads: Sequence[str] = ()
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """No textures."""
        return {}

    def run(self, context: PassContext) -> None:
        """Dispatch."""
        if not self.feature._of(context.view).clustered:
            return
        context.device.dispatch(context.device.compute_pipeline("compute/clusters.comp"), GRID[2])
        context.device.barrier()


@dataclass(frozen=True)
class _ShadowPass:
    """Draws shadow maps."""

    feature: LightingFeature
    name: str = "shadows"
    rank: int = Rank.SHADOWS
    reads: Sequence[str] = ()
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The atlas is the feature's own: all views share it, one after the other."""
        return {}

    def run(self, context: PassContext) -> None:
        """Draw."""
        self.feature.draw_shadows(context)


def _fog_of(world: World) -> Fog | None:
    for table in world.query(Fog):
        if table.count:
            found = world.get(int(table.entities[0]), Fog)
            return found if found.enabled and found.density > 0 else None
    return None


def _look_from(block: NDArray[Any], tile: ShadowTile) -> None:
    """Say where the light is, for what turns towards whoever looks."""
    if tile.is_parallel:  # reversed depth grows towards the light
        towards = tile.clip_from_world[2, :3]
        block["world_from_view"][2, :3] = towards / np.linalg.norm(towards)
        block["camera_position"] = 0.0
    else:
        place = np.linalg.inv(tile.clip_from_world) @ (0.0, 0.0, 1.0, 0.0)
        block["camera_position"] = (*(place[:3] / place[3]), 1.0)


def _write(device: Device, buffer: Buffer | None, rows: NDArray[Any], size: int, *, label: str) -> Buffer:
    """Write rows into a block that is always of its full size, as uniform blocks have to be."""
    if buffer is None:
        buffer = device.buffer(size, label=label)
    buffer.write(rows)
    return buffer


def _grown(device: Device, buffer: Buffer | None, rows: NDArray[Any], *, label: str) -> Buffer:
    """Write rows into a block with room for them."""
    if buffer is None or buffer.size < rows.nbytes:
        buffer = device.buffer(max(2 * rows.nbytes, 16 * rows.itemsize), label=label)
    buffer.write(rows)
    return buffer
