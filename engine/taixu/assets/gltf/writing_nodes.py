"""Nodes, cameras, lights, scenes and animations as JSON and accessors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.clip import Animation, Channel
from taixu.assets.gltf.packing import Packer, plain_floats
from taixu.assets.gltf.properties import Properties
from taixu.assets.mesh import Instances
from taixu.assets.model import Camera, Light, Node, Scene

__all__ = ["animation_json", "camera_json", "light_json", "node_json", "scene_json"]

LIGHTS, INSTANCING, VISIBILITY = "KHR_lights_punctual", "EXT_mesh_gpu_instancing", "KHR_node_visibility"
POINTER = "KHR_animation_pointer"
FAR_M = 1e6
"""Where an orthographic camera without an end sees to: glTF demands an end."""
_USUAL = {"translation": (0.0, 0.0, 0.0), "rotation": (0.0, 0.0, 0.0, 1.0), "scale": (1.0, 1.0, 1.0)}


def node_json(
    node: Node, packer: Packer, properties: Properties, *, mesh: int | None, skin: int | None, where: str
) -> dict[str, Any]:
    """Describe a node; `mesh` and `skin` are indices as written, `where` is its JSON pointer."""
    result: dict[str, Any] = {}
    if node.children:
        result["children"] = list(node.children)
    for name, usual in _USUAL.items():
        values = np.asarray(getattr(node, name), np.float64)
        if name == "rotation":
            values = values / (float(np.linalg.norm(values)) or 1.0)
        if tuple(values) != usual:
            result[name] = plain_floats(values)
    if mesh is not None:
        result["mesh"] = mesh
        if skin is not None:
            result["skin"] = skin
        if node.weights is not None:
            result["weights"] = plain_floats(node.weights)
    if node.camera is not None:
        result["camera"] = node.camera
    if node.light is not None:
        properties.extend(result, LIGHTS, {"light": node.light})
    if not node.visible or properties.is_animated(f"{where}/extensions/{VISIBILITY}"):
        properties.extend(result, VISIBILITY, {"visible": node.visible})
    if node.instances is not None and len(node.instances.translations):
        properties.extend(result, INSTANCING, _instances_json(node.instances, packer, properties))
    return properties.finish(result, node)


def _instances_json(instances: Instances, packer: Packer, properties: Properties) -> dict[str, Any]:
    columns = {
        "TRANSLATION": instances.translations,
        "ROTATION": instances.rotations,
        "SCALE": instances.scales,
        **instances.attributes,
    }
    attributes: dict[str, int] = {}
    for name, values in columns.items():
        found = packer.find(values, "data", "instances")
        if found is None:
            narrow = values.dtype.str[1:] in ("i1", "u1", "i2", "u2")
            stored = values if narrow else values.astype(np.float32)
            found = packer.add_array(values, stored, role="data", kind="instances")
        attributes[name] = found
    return properties.finish({"attributes": attributes}, instances)


def camera_json(camera: Camera, properties: Properties) -> dict[str, Any]:
    """Describe a camera."""
    lens: dict[str, Any] = {"znear": camera.znear}
    if camera.kind == "perspective":
        lens["yfov"] = camera.yfov_rad
        if camera.aspect_ratio is not None:
            lens["aspectRatio"] = camera.aspect_ratio
    else:
        lens["xmag"], lens["ymag"] = camera.xmag, camera.ymag
    if math.isfinite(camera.zfar):
        lens["zfar"] = camera.zfar
    elif camera.kind == "orthographic":
        lens["zfar"] = camera.znear + FAR_M
    return properties.finish({"type": camera.kind, camera.kind: lens}, camera)


def light_json(light: Light, properties: Properties) -> dict[str, Any]:
    """Describe a light."""
    result: dict[str, Any] = {"type": light.kind}
    if light.color != (1.0, 1.0, 1.0):
        result["color"] = list(light.color)
    if light.intensity != 1.0:
        result["intensity"] = light.intensity
    if math.isfinite(light.range_m) and light.kind != "directional":
        result["range"] = light.range_m
    if light.kind == "spot":
        outer = min(max(light.outer_cone_rad, 1e-3), math.pi / 2)
        inner = light.inner_cone_rad if light.inner_cone_rad < outer else outer * 0.999
        result["spot"] = {"innerConeAngle": inner, "outerConeAngle": outer}
    return properties.finish(result, light)


def scene_json(scene: Scene, properties: Properties) -> dict[str, Any]:
    """Describe a scene."""
    return properties.finish({"nodes": list(scene.nodes)} if scene.nodes else {}, scene)


def animation_json(animation: Animation, packer: Packer, properties: Properties, *, inner: dict[int, int]) -> dict[str, Any]:
    """Describe an animation: a sampler for each channel, key times shared where they are the same array.

    `inner` names the nodes that carry the mesh in place of a sheared node.
    """
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    for channel in animation.channels:
        if not len(channel.times):
            continue
        times = packer.find(channel.times, "data", "times")
        if times is None:
            stored = channel.times.astype(np.float32)
            times = packer.add_array(channel.times, stored, role="data", kind="times", bounds=True)
        sampler: dict[str, Any] = {"input": times, "output": _add_values(channel, packer)}
        if channel.interpolation != "LINEAR":
            sampler["interpolation"] = channel.interpolation
        target: dict[str, Any] = {"path": channel.path}
        if channel.path == "pointer":
            properties.extend(target, POINTER, {"pointer": channel.pointer})
        else:
            target["node"] = channel.node
            if channel.path == "weights" and channel.node in inner:
                target["node"] = inner[channel.node]
        entry = {"sampler": len(samplers), "target": target}
        channels.append(properties.finish(entry, channel))
        samplers.append(sampler)
    return properties.finish({"channels": channels, "samplers": samplers}, animation)


def _add_values(channel: Channel, packer: Packer) -> int:
    tangents = (channel.in_tangents, channel.out_tangents)
    if channel.interpolation == "CUBICSPLINE" and tangents[0] is not None and tangents[1] is not None:
        rows: NDArray[Any] = np.stack([tangents[0], channel.values, tangents[1]], axis=1)
        rows = rows.reshape(-1, channel.values.shape[1])
        source: NDArray[Any] = rows
    else:
        source = rows = channel.values
    found = packer.find(source, "data", channel.path)
    if found is not None:
        return found
    stored = rows.astype(np.float32)
    if channel.pointer.endswith("/visible"):
        stored = (rows > 0.5).astype(np.uint8)
    if channel.path == "weights" or stored.shape[1] not in (1, 2, 3, 4):
        stored = stored.reshape(-1)
    return packer.add_array(source, stored, role="data", kind=channel.path)
