"""What worlds are made of for everybody: transforms and hierarchy, names, models, shapes, lights, cameras.

`Transform` is what people and documents write; `WorldTransforms` holds the matrices that follow from it, by entity
index. `Model` and `Shape` are what people write; systems make `MeshInstance` of them, which is what renderers read.
"""

from __future__ import annotations

from taixu.scene.components import (
    CELL_M, SHARED_COMPONENTS, Camera, Environment, FromModel, Light, Material, MeshInstance, Model, Name, Parent, Shape,
    Transform, Visibility,
)
from taixu.scene.hierarchy import Hierarchy, despawn_tree
from taixu.scene.node import Node
from taixu.scene.transforms import WorldTransforms, propagate_transforms, split_position

__all__ = [
    "CELL_M", "SHARED_COMPONENTS", "Camera", "Environment", "FromModel", "Hierarchy", "Light", "Material", "MeshInstance",
    "Model", "Name", "Node", "Parent", "Shape", "Transform", "Visibility", "WorldTransforms", "despawn_tree",
    "propagate_transforms", "split_position",
]
