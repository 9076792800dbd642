"""The plugin that makes a world a scene: shared components, hierarchy, transforms, shapes."""

from __future__ import annotations

from pathlib import Path

from taixu.app import App, Stage
from taixu.assets.model import ModelData
from taixu.scene.air import Air
from taixu.scene.components import SHARED_COMPONENTS
from taixu.scene.decal import Decal
from taixu.scene.details import Details
from taixu.scene.fog import Fog
from taixu.scene.hierarchy import Hierarchy
from taixu.scene.instantiate import ModelHooks
from taixu.scene.levels import LevelState, show_levels
from taixu.scene.library import MaterialLibrary, MeshLibrary
from taixu.scene.models import ModelState, ReadingStore, place_models
from taixu.scene.particles import Particles
from taixu.scene.post import POST_COMPONENTS
from taixu.scene.probes import LightProbes
from taixu.scene.reflections import ReflectionProbe, ScreenReflections
from taixu.scene.scatter import Scatter, ScatterState, place_scatters, show_scatters
from taixu.scene.shape_levels import make_shape_forms
from taixu.scene.shape_meshes import ShapeState, make_shapes
from taixu.scene.splats import Splats
from taixu.scene.terrain import Heights, Terrain, TerrainGround, TerrainState, WaterSurface, place_terrains, show_terrains
from taixu.scene.tilesets import Tileset, TilesetState, place_tilesets, show_tilesets
from taixu.scene.transforms import WorldTransforms, propagate_transforms
from taixu.scene.visibility import VisibilityState, update_visibility

__all__ = ["ScenePlugin"]


class ScenePlugin:
    """Registers the shared components and keeps what is derived from them up to date."""

    def build(self, app: App) -> None:
        """Add components, resources and systems."""
        for cls in (*SHARED_COMPONENTS, Air, Fog, Terrain, TerrainGround, WaterSurface, Scatter, LightProbes, *POST_COMPONENTS):
            app.register_component(cls)
        for more in (Particles, Decal, ReflectionProbe, ScreenReflections, Splats, Tileset):
            app.register_component(more)
        for resource in (
            Hierarchy(),
            WorldTransforms(),
            MeshLibrary(),
            MaterialLibrary(),
            ModelHooks(),
            VisibilityState(),
            ShapeState(),
            ModelState(ReadingStore(_read)),
            Heights(),
            TerrainState(),
            LevelState(),
            Details([show_terrains, show_scatters, show_tilesets, make_shape_forms, show_levels]),
            ScatterState(),
            TilesetState(),
        ):
            app.insert_resource(resource)
        # Made before the fixed steps, for physics, and again before the picture, for what those spawned.
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            app.add_system(stage, place_models)
            app.add_system(stage, make_shapes)
            app.add_system(stage, place_terrains, after=("make_shapes",))
            app.add_system(stage, place_scatters, after=("place_terrains",))
            app.add_system(stage, place_tilesets, after=("make_shapes",))
        app.add_system(Stage.PROPAGATE, update_visibility, after=("place_scatters", "place_tilesets"))
        app.add_system(Stage.PROPAGATE, propagate_transforms, after=("place_scatters", "place_tilesets"))


def _read(source: str) -> ModelData:
    from taixu.assets.gltf import read_gltf

    return read_gltf(Path(source))
