"""What worlds are made of for everybody: transforms and hierarchy, names, models, shapes, lights, cameras.

`Transform` is what people and documents write; `WorldTransforms` holds the matrices that follow from it, by entity
index. `Model` and `Shape` are what people write; systems make `MeshInstance` of them, which is what renderers read.
"""

from __future__ import annotations

from taixu.scene.air import Air
from taixu.scene.components import (
    CELL_M,
    SHARED_COMPONENTS,
    Camera,
    Environment,
    FromModel,
    Light,
    Material,
    MeshInstance,
    Model,
    Name,
    Parent,
    Shape,
    Transform,
    Visibility,
)
from taixu.scene.decal import Decal
from taixu.scene.details import Details, Eye
from taixu.scene.fog import Fog
from taixu.scene.hierarchy import Hierarchy, despawn_tree
from taixu.scene.instantiate import ModelHooks, Spawned, spawn_model
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary, add_mesh
from taixu.scene.node import Node
from taixu.scene.particles import Particles
from taixu.scene.plugin import ScenePlugin
from taixu.scene.probes import LightProbes
from taixu.scene.reflections import ReflectionProbe, ScreenReflections
from taixu.scene.scatter import Scatter
from taixu.scene.shapes import SHAPE_KINDS, shape_mesh
from taixu.scene.surfaces import ColorTexture, DataTexture, NormalTexture, SurfaceType, surface, surface_data, surface_type
from taixu.scene.terrain import Terrain, TerrainGround, WaterSurface
from taixu.scene.transforms import WorldTransforms, propagate_transforms, split_position

__all__ = [
    "CELL_M",
    "SHAPE_KINDS",
    "SHARED_COMPONENTS",
    "Air",
    "Camera",
    "ColorTexture",
    "DataTexture",
    "Decal",
    "Details",
    "Environment",
    "Eye",
    "Fog",
    "FromModel",
    "Hierarchy",
    "LibraryMaterial",
    "LibraryMesh",
    "Light",
    "LightProbes",
    "Material",
    "MaterialLibrary",
    "MeshInstance",
    "MeshLibrary",
    "Model",
    "ModelHooks",
    "Name",
    "Node",
    "NormalTexture",
    "Parent",
    "Particles",
    "ReflectionProbe",
    "Scatter",
    "ScenePlugin",
    "ScreenReflections",
    "Shape",
    "Spawned",
    "SurfaceType",
    "Terrain",
    "TerrainGround",
    "Transform",
    "Visibility",
    "WaterSurface",
    "WorldTransforms",
    "add_mesh",
    "despawn_tree",
    "propagate_transforms",
    "shape_mesh",
    "spawn_model",
    "split_position",
    "surface",
    "surface_data",
    "surface_type",
]
