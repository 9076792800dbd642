"""Animations: channels with their times and values, cubic splines taken apart."""

from __future__ import annotations

import re
from typing import cast

import numpy as np
from numpy.typing import NDArray

from taixu.assets.clip import Animation, Channel, Interpolation, TargetPath
from taixu.assets.gltf.accessors import Accessors
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import Severity
from taixu.assets.mesh import Mesh
from taixu.assets.model import Node

__all__ = ["read_animation"]

POINTER = "KHR_animation_pointer"
_NODE_POINTER = re.compile(r"/nodes/(\d{1,9})/(translation|rotation|scale|weights)")
_WIDTHS = {"translation": 3, "rotation": 4, "scale": 3}


def read_animation(fields: Fields, accessors: Accessors, *, nodes: list[Node], meshes: list[Mesh]) -> Animation:
    """Read an animation. Channels without a target are left out, as glTF allows."""
    animation = Animation(name=fields.name, extras=fields.extras, extensions=fields.other_extensions())
    samplers = list(fields.objects("samplers"))
    taken: set[tuple[object, ...]] = set()
    for part in fields.objects("channels"):
        target = part.object("target")
        if target is None:
            raise part.fail("target", "it is missing")
        which = part.integer("sampler")
        if which >= len(samplers):
            raise part.fail("sampler", f"it refers to sampler {which}, but there are {len(samplers)}")
        node, path, pointer = _read_target(target)
        if path is None or (path == "pointer" and not pointer):
            continue
        if path != "pointer" and (node is None or not 0 <= node < len(nodes)):
            continue
        if (node, path, pointer) in taken:
            severity: Severity = "warning" if pointer else "error"
            target.report.add(severity, target.where, "another channel animates the same property")
            continue
        taken.add((node, path, pointer))
        width = _WIDTHS.get(path)
        if path == "weights" and node is not None:
            mesh = nodes[node].mesh
            width = len(meshes[mesh].primitives[0].targets) if mesh is not None and meshes[mesh].primitives else 0
            if width == 0:
                target.report.error(target.where, "it animates the morph weights of a node that has none")
                continue
        channel = _read_sampler(samplers[which], accessors, width=width, rotation=path == "rotation")
        channel.node, channel.path, channel.pointer = node, path, pointer
        channel.extras = part.extras
        animation.channels.append(channel)
    return animation


def _read_target(fields: Fields) -> tuple[int | None, TargetPath | None, str]:
    """Give node, path and pointer; pointers to a node's transform or weights become plain targets."""
    path = fields.choice("path", ("translation", "rotation", "scale", "weights", "pointer"), "pointer")
    extension = fields.extension(POINTER)
    fields.other_extensions(POINTER)
    if extension is not None:
        if path != "pointer":
            fields.report.error(fields.at("path"), "with KHR_animation_pointer the path must be 'pointer'")
        pointer = extension.text("pointer")
        match = _NODE_POINTER.fullmatch(pointer)
        if match is not None:
            return int(match[1]), cast(TargetPath, match[2]), ""
        if not pointer.startswith("/"):
            fields.report.error(extension.at("pointer"), "it is no JSON pointer")
            return None, None, ""
        return None, "pointer", pointer
    if path == "pointer":
        return None, None, ""
    return fields.index("node", "nodes"), cast(TargetPath, path), ""


def _read_sampler(fields: Fields, accessors: Accessors, *, width: int | None, rotation: bool) -> Channel:
    kind = fields.choice("interpolation", ("LINEAR", "STEP", "CUBICSPLINE"), "LINEAR")
    source, target = fields.need("input", "accessors"), fields.need("output", "accessors")
    for index in (source, target):
        view = accessors.header(index).view
        if view is not None and "byteStride" in accessors.buffers.view_fields[view]:
            fields.report.error(fields.where, "its accessors must not have a byteStride")
    times = accessors.vectors(source, 1)[:, 0]
    # Going through the keys takes time: thousands of channels on the same giant accessors must not add up.
    if not accessors.budget.spend(16 * len(times) + 512):
        raise fields.fail("", "there are more keys than a file of this size may have; split the animation")
    values = accessors.floats(target)
    per_key = 3 if kind == "CUBICSPLINE" else 1
    keys = len(times)
    if width is None:
        width = values.size // (keys * per_key)
    if width == 0 or values.size != keys * per_key * width:
        message = f"{keys} keys need {keys * per_key * width} numbers, but there are {values.size}"
        raise fields.fail("output", message)
    rows = values.reshape(keys, per_key, width)
    points = rows[:, per_key // 2]
    if rotation:
        points = _unit_quaternions(points, fields)
    channel = Channel(node=None, path="pointer", times=times, values=points, interpolation=cast(Interpolation, kind))
    if per_key == 3:
        channel.in_tangents, channel.out_tangents = rows[:, 0], rows[:, 2]
    if (times < 0).any():
        fields.report.error(fields.at("input"), "there are times before 0")
    kept = _rising(times)
    if not kept.all():
        if accessors.header(source).view is not None:
            fields.report.error(fields.at("input"), "the times do not rise; keys that go back are left out")
        _keep(channel, kept)
    return channel


def _keep(channel: Channel, kept: NDArray[np.bool_]) -> None:
    channel.times, channel.values = channel.times[kept], channel.values[kept]
    if channel.in_tangents is not None and channel.out_tangents is not None:
        channel.in_tangents, channel.out_tangents = channel.in_tangents[kept], channel.out_tangents[kept]


def _rising(times: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark the keys that are later than all before them."""
    kept = np.ones(len(times), bool)
    kept[1:] = times[1:] > np.maximum.accumulate(times)[:-1]
    return kept


def _unit_quaternions(values: NDArray[np.float32], fields: Fields) -> NDArray[np.float32]:
    lengths = np.linalg.norm(values.astype(np.float64), axis=1, keepdims=True)
    if (np.abs(lengths - 1.0) > 5e-4).any():
        # Quantised rotations are off by a little more than the specification's tolerance for floats.
        severity: Severity = "error" if (np.abs(lengths - 1.0) > 2e-2).any() else "warning"
        fields.report.add(severity, fields.at("output"), "there are quaternions whose length is not 1")
        units = np.where(lengths > 1e-12, values / np.maximum(lengths, 1e-12), (0.0, 0.0, 0.0, 1.0))
        return units.astype(np.float32)
    return values
