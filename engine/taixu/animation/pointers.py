"""What the JSON pointers of `KHR_animation_pointer` mean here.

Pointers to a node's transform or weights are channels like any other. The rest set a field of a light's or camera's
component, hide a node, or replace a material of the library; a material is shared by all copies of its model, so they
all change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Channel, Material, ModelData
from taixu.scene import Camera, Light, Visibility

__all__ = ["PointerTarget", "find_target", "node_channels", "with_values"]

_NODE = re.compile(r"/nodes/(\d+)/(translation|rotation|scale|weights)\Z")
_MESH = re.compile(r"/meshes/(\d+)/weights\Z")
_VISIBLE = re.compile(r"/nodes/(\d+)/extensions/KHR_node_visibility/visible\Z")
_LIGHT = re.compile(r"/extensions/KHR_lights_punctual/lights/(\d+)/(.+)\Z")
_CAMERA = re.compile(r"/cameras/(\d+)/(.+)\Z")
_MATERIAL = re.compile(r"/materials/(\d+)/(.+)\Z")

_LIGHT_FIELDS = {
    "color": "color",
    "intensity": "intensity",
    "range": "range_m",
    "spot/innerConeAngle": "inner_angle_rad",
    "spot/outerConeAngle": "outer_angle_rad",
}
_CAMERA_FIELDS = {
    "perspective/yfov": ("fov_y_rad", 1.0),
    "perspective/znear": ("near_m", 1.0),
    "perspective/zfar": ("far_m", 1.0),
    "orthographic/ymag": ("height_m", 2.0),
    "orthographic/znear": ("near_m", 1.0),
    "orthographic/zfar": ("far_m", 1.0),
}
_TEXTURES = {
    "pbrMetallicRoughness/baseColorTexture": "base_color_texture",
    "pbrMetallicRoughness/metallicRoughnessTexture": "metallic_roughness_texture",
    "normalTexture": "normal_texture",
    "occlusionTexture": "occlusion_texture",
    "emissiveTexture": "emissive_texture",
}
_MATERIAL_FIELDS = {
    "pbrMetallicRoughness/baseColorFactor": "base_color",
    "pbrMetallicRoughness/metallicFactor": "metallic",
    "pbrMetallicRoughness/roughnessFactor": "roughness",
    "emissiveFactor": "emissive",
    "alphaCutoff": "alpha_cutoff",
    "normalTexture/scale": "normal_texture.strength",
    "occlusionTexture/strength": "occlusion_texture.strength",
    "KHR_materials_emissive_strength/emissiveStrength": "emissive_strength",
    "KHR_materials_ior/ior": "ior",
    "KHR_materials_dispersion/dispersion": "dispersion",
    "KHR_materials_clearcoat/clearcoatFactor": "clearcoat.factor",
    "KHR_materials_clearcoat/clearcoatRoughnessFactor": "clearcoat.roughness",
    "KHR_materials_clearcoat/clearcoatNormalTexture/scale": "clearcoat.normal_texture.strength",
    "KHR_materials_sheen/sheenColorFactor": "sheen.color",
    "KHR_materials_sheen/sheenRoughnessFactor": "sheen.roughness",
    "KHR_materials_transmission/transmissionFactor": "transmission.factor",
    "KHR_materials_volume/thicknessFactor": "volume.thickness_m",
    "KHR_materials_volume/attenuationDistance": "volume.attenuation_distance_m",
    "KHR_materials_volume/attenuationColor": "volume.attenuation_color",
    "KHR_materials_specular/specularFactor": "specular.factor",
    "KHR_materials_specular/specularColorFactor": "specular.color",
    "KHR_materials_iridescence/iridescenceFactor": "iridescence.factor",
    "KHR_materials_iridescence/iridescenceIor": "iridescence.ior",
    "KHR_materials_iridescence/iridescenceThicknessMinimum": "iridescence.thickness_min_nm",
    "KHR_materials_iridescence/iridescenceThicknessMaximum": "iridescence.thickness_max_nm",
    "KHR_materials_anisotropy/anisotropyStrength": "anisotropy.strength",
    "KHR_materials_anisotropy/anisotropyRotation": "anisotropy.rotation_rad",
    "KHR_materials_diffuse_transmission/diffuseTransmissionFactor": "diffuse_transmission.factor",
    "KHR_materials_diffuse_transmission/diffuseTransmissionColorFactor": "diffuse_transmission.color",
}
_TEXTURE_LAYERS = {
    "clearcoatTexture": "clearcoat.texture",
    "clearcoatRoughnessTexture": "clearcoat.roughness_texture",
    "clearcoatNormalTexture": "clearcoat.normal_texture",
    "sheenColorTexture": "sheen.color_texture",
    "sheenRoughnessTexture": "sheen.roughness_texture",
    "transmissionTexture": "transmission.texture",
    "thicknessTexture": "volume.thickness_texture",
    "specularTexture": "specular.texture",
    "specularColorTexture": "specular.color_texture",
    "iridescenceTexture": "iridescence.texture",
    "iridescenceThicknessTexture": "iridescence.thickness_texture",
    "anisotropyTexture": "anisotropy.texture",
    "diffuseTransmissionTexture": "diffuse_transmission.texture",
    "diffuseTransmissionColorTexture": "diffuse_transmission.color_texture",
}
_TRANSFORM = "/extensions/KHR_texture_transform/"
_TRANSFORM_FIELDS = {"offset": "offset", "scale": "scale", "rotation": "rotation_rad"}


@dataclass(frozen=True, slots=True)
class PointerTarget:
    """What a pointer names.

    Attributes
    ----------
    component : type or None
        `Light`, `Camera` or `Visibility` of the `nodes`; None for a material.
    nodes : tuple of int
        Node indices.
    material : int
        Material index, where it is one.
    field : str
        Field of the component, or dotted field of the `Material`.
    factor : float
        What values are multiplied by.
    """

    field: str
    component: type | None = None
    nodes: tuple[int, ...] = ()
    material: int = -1
    factor: float = 1.0

    def value(self, sampled: NDArray[np.float32]) -> Any:
        """Return sampled numbers, [c], as the field holds them."""
        if self.component is Visibility:
            return bool(sampled[0] >= 0.5)
        scaled = tuple(float(number) * self.factor for number in sampled)
        return scaled[0] if len(scaled) == 1 else scaled


def node_channels(channel: Channel, model: ModelData) -> list[tuple[int, str]]:
    """Return the nodes and paths of a channel that moves nodes or morphs meshes; empty for all other pointers."""
    if channel.path != "pointer":
        return [] if channel.node is None else [(channel.node, channel.path)]
    found = _NODE.match(channel.pointer)
    if found and int(found[1]) < len(model.nodes):
        return [(int(found[1]), found[2])]
    found = _MESH.match(channel.pointer)
    if found:  # every node that shows the mesh and has no weights of its own
        users = enumerate(model.nodes)
        return [(place, "weights") for place, node in users if node.mesh == int(found[1]) and node.weights is None]
    return []


def find_target(pointer: str, model: ModelData) -> PointerTarget | None:
    """Return what a pointer names; None for what is not read."""
    nodes = enumerate(model.nodes)
    if found := _VISIBLE.match(pointer):
        place = int(found[1])
        return PointerTarget("visible", Visibility, (place,)) if place < len(model.nodes) else None
    if (found := _LIGHT.match(pointer)) and found[2] in _LIGHT_FIELDS:
        users = tuple(place for place, node in nodes if node.light == int(found[1]))
        return PointerTarget(_LIGHT_FIELDS[found[2]], Light, users)
    if (found := _CAMERA.match(pointer)) and found[2] in _CAMERA_FIELDS:
        users = tuple(place for place, node in nodes if node.camera == int(found[1]))
        name, factor = _CAMERA_FIELDS[found[2]]
        return PointerTarget(name, Camera, users, factor=factor)
    if (found := _MATERIAL.match(pointer)) and int(found[1]) < len(model.materials):
        name = _material_field(found[2])
        return PointerTarget(name, material=int(found[1])) if name else None
    return None


def _material_field(path: str) -> str:
    texture, transform, part = path.partition(_TRANSFORM)
    if transform:
        name = _TEXTURES.get(texture) or _TEXTURE_LAYERS.get(texture.rpartition("/")[2])
        return f"{name}.{_TRANSFORM_FIELDS[part]}" if name and part in _TRANSFORM_FIELDS else ""
    return _MATERIAL_FIELDS.get(path.removeprefix("extensions/"), "")


def with_values(material: Material, values: Mapping[str, Any]) -> Material:
    """Return a copy of a material with dotted fields changed; layers and textures that it lacks are left out."""
    copies: dict[str, Any] = {"": replace(material)}
    for path, value in values.items():
        parts = path.split(".")
        for depth in range(1, len(parts)):
            prefix = ".".join(parts[:depth])
            if prefix not in copies:
                above = copies[".".join(parts[: depth - 1])]
                part = getattr(above, parts[depth - 1]) if above is not None else None
                copies[prefix] = None if part is None else replace(part)
                if part is not None:
                    setattr(above, parts[depth - 1], copies[prefix])
        owner = copies[".".join(parts[:-1])]
        if owner is not None:
            setattr(owner, parts[-1], value)
    copy: Material = copies[""]
    return copy
