"""Models as every decoder makes them, whatever file they come from.

Renderer, scene, animation and physics read these dataclasses and know no file format. They follow glTF 2.0:
things refer to each other by index into the lists of `ModelData`; right-handed, Y up, metres, seconds,
radians, linear colour, quaternions (x, y, z, w). Matrices are [rows, cols] and act on column vectors (glTF
stores them by column: decoders turn them). Everything is one import away: ``from taixu.assets.model import
ModelData, Mesh, Material``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from taixu.assets.clip import Animation, Channel, Interpolation, TargetPath
from taixu.assets.humanoid import Avatar
from taixu.assets.material import (
    AlphaMode,
    Anisotropy,
    Clearcoat,
    DiffuseTransmission,
    Iridescence,
    Material,
    Sheen,
    Specular,
    SpecularGlossiness,
    Transmission,
    Volume,
)
from taixu.assets.mesh import Instances, Mesh, Mode, Primitive, Skin
from taixu.assets.property_tables import Metadata
from taixu.assets.texture import Filter, Image, Sampler, Texture, TextureRef, Wrap
from taixu.assets.toon import Toon

__all__ = [
    "AlphaMode", "Animation", "Anisotropy", "Avatar", "Camera", "Channel", "Clearcoat", "DiffuseTransmission", "Filter",
    "Image", "Instances", "Interpolation", "Iridescence", "Light", "Material", "Mesh", "Mode", "ModelData",
    "Node", "Primitive", "Sampler", "Scene", "Sheen", "Skin", "Specular", "SpecularGlossiness", "TargetPath",
    "Texture", "TextureRef", "Toon", "Transmission", "Volume", "Wrap", "log_notes",
]  # fmt: skip


_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Node:
    """A place in the hierarchy, and what stands there.

    Attributes
    ----------
    parent : int or None
        Index of the node above; None for a root. The parents form no cycle.
    children : list of int
        Node indices.
    translation, rotation, scale : float32 arrays [3], [4], [3]
        parent_from_local is T R S; the rotation is a unit quaternion. Where `matrix` is set they are its
        nearest.
    matrix : float32 array [4, 4] or None
        parent_from_local, only where it shears, so that no translation, rotation and scale can say it.
    mesh, skin, camera, light : int or None
        Indices into the lists of `ModelData`.
    weights : float32 array [t] or None
        Morph weights in place of the mesh's own.
    instances : Instances or None
        Copies of the mesh (`EXT_mesh_gpu_instancing`).
    visible : bool
        False hides the node and all below (`KHR_node_visibility`).
    """

    name: str = ""
    parent: int | None = None
    children: list[int] = field(default_factory=list)
    translation: NDArray[np.float32] = field(default_factory=lambda: np.zeros(3, np.float32))
    rotation: NDArray[np.float32] = field(default_factory=lambda: np.array((0, 0, 0, 1), np.float32))
    scale: NDArray[np.float32] = field(default_factory=lambda: np.ones(3, np.float32))
    matrix: NDArray[np.float32] | None = None
    mesh: int | None = None
    skin: int | None = None
    camera: int | None = None
    light: int | None = None
    weights: NDArray[np.float32] | None = None
    instances: Instances | None = None
    visible: bool = True
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    def parent_from_local(self) -> NDArray[np.float32]:
        """Give the node's own transform as a float32 [4, 4] matrix."""
        if self.matrix is not None:
            return self.matrix.copy()
        x, y, z, w = (float(value) for value in self.rotation)
        result = np.eye(4, dtype=np.float32)
        result[:3, :3] = (
            (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
        )
        result[:3, :3] *= self.scale
        result[:3, 3] = self.translation
        return result


@dataclass(slots=True)
class Camera:
    """A camera that looks along its node's -Z, +Y up.

    Attributes
    ----------
    kind : "perspective" or "orthographic"
        Which of the fields below count.
    yfov_rad : float
        Vertical field of view, radians.
    aspect_ratio : float or None
        Width / height; None takes the picture's.
    xmag, ymag : float
        Half width and half height of an orthographic view, metres.
    znear, zfar : float
        Metres; ``zfar`` is infinite where the file has none.
    """

    name: str = ""
    kind: Literal["perspective", "orthographic"] = "perspective"
    yfov_rad: float = 0.8
    aspect_ratio: float | None = None
    xmag: float = 1.0
    ymag: float = 1.0
    znear: float = 0.1
    zfar: float = float("inf")
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Light:
    """A light of `KHR_lights_punctual`, shining along its node's -Z.

    Attributes
    ----------
    kind : "directional", "point" or "spot"
        A directional light has no place, only a direction.
    color : (float, float, float)
        Linear Rec.709.
    intensity : float
        Lux (lm/m2) when directional, candela (lm/sr) otherwise.
    range_m : float
        Metres beyond which it may be cut off; infinite where the file has none.
    inner_cone_rad, outer_cone_rad : float
        Spot: angles from the axis where it begins to fade and where it ends.
    """

    name: str = ""
    kind: Literal["directional", "point", "spot"] = "point"
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    intensity: float = 1.0
    range_m: float = float("inf")
    inner_cone_rad: float = 0.0
    outer_cone_rad: float = float(np.pi / 4)
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Scene:
    """Root nodes that are shown together."""

    name: str = ""
    nodes: list[int] = field(default_factory=list)
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ModelData:
    """A whole model file.

    Attributes
    ----------
    scenes, scene : list of Scene, int or None
        `scene` is the one to show; None where the file does not say (show the first).
    variants : list of str
        Names of the material variants (`KHR_materials_variants`).
    asset : dict
        Copyright, generator and version of the file.
    extensions_used : list of str
        As the file declares them.
    avatar : Avatar or None
        Bones, face, springs and terms of a person (VRM); a file with springs or constraints alone has one without bones.
    metadata : Metadata or None
        Tables of properties of what vertices name (``EXT_structural_metadata``).
    extensions : dict
        Extensions of the whole file that are not read into typed fields, raw.
    path : Path or None
        The file it came from.
    notes : list of str
        What its reader left out, each in one sentence without the file's name.
    """

    name: str = ""
    scenes: list[Scene] = field(default_factory=list)
    scene: int | None = None
    nodes: list[Node] = field(default_factory=list)
    meshes: list[Mesh] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    textures: list[Texture] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    samplers: list[Sampler] = field(default_factory=list)
    skins: list[Skin] = field(default_factory=list)
    animations: list[Animation] = field(default_factory=list)
    cameras: list[Camera] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    avatar: Avatar | None = None
    metadata: Metadata | None = None
    asset: dict[str, Any] = field(default_factory=dict)
    extensions_used: list[str] = field(default_factory=list)
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)
    path: Path | None = None
    notes: list[str] = field(default_factory=list)

    def roots(self, scene: int | None = None) -> list[int]:
        """List the roots of a scene (the default one, or the first), or all roots where there is no scene."""
        chosen = scene if scene is not None else (self.scene or 0)
        if self.scenes:
            return self.scenes[chosen].nodes
        return [index for index, node in enumerate(self.nodes) if node.parent is None]


def log_notes(path: str | Path, model: ModelData) -> None:
    """Warn, in one line, of what a model's reader left out."""
    if model.notes:
        more = f" (and {len(model.notes) - 1} more: taixu check lists them)" if len(model.notes) > 1 else ""
        _log.warning("%s: %s%s", path, model.notes[0], more)
