"""Nodes, cameras, lights, skins and scenes: what stands where."""

from __future__ import annotations

from math import inf, pi

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.accessors import Accessors
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import GltfError, Report
from taixu.assets.gltf.meshes import read_weights
from taixu.assets.gltf.transforms import decompose
from taixu.assets.mesh import Instances, Skin
from taixu.assets.model import Camera, Light, Node, Scene

__all__ = ["link_nodes", "read_camera", "read_light", "read_node", "read_scene", "read_skin"]

LIGHTS, INSTANCING, VISIBILITY = "KHR_lights_punctual", "EXT_mesh_gpu_instancing", "KHR_node_visibility"
LARGEST = 1e30  # beyond it float32 products overflow


def read_node(fields: Fields, accessors: Accessors) -> Node:
    """Read a node; its parent is set by `link_nodes`."""
    node = Node(
        name=fields.name,
        children=fields.indices("children", "nodes") if "children" in fields else [],
        mesh=fields.index("mesh", "meshes"),
        skin=fields.index("skin", "skins"),
        camera=fields.index("camera", "cameras"),
        weights=read_weights(fields) if "weights" in fields else None,
        extras=fields.extras,
    )
    _read_transform(node, fields)
    if "extensions" in fields:
        node.extensions = fields.other_extensions(LIGHTS, INSTANCING, VISIBILITY)
        if (found := fields.extension(LIGHTS)) is not None:
            node.light = found.need("light", "lights")
        if (found := fields.extension(VISIBILITY)) is not None:
            node.visible = found.flag("visible", True)
        if (found := fields.extension(INSTANCING)) is not None:
            node.instances = _read_instances(found, accessors)
    if node.skin is not None and node.mesh is None:
        fields.report.error(fields.where, "there is a skin without a mesh")
    return node


def _read_transform(node: Node, fields: Fields) -> None:
    if "matrix" in fields:
        values = fields.numbers("matrix", np.eye(4).reshape(-1).tolist(), minimum=-LARGEST, maximum=LARGEST)
        matrix = np.array(values).reshape(4, 4).T
        if (matrix[3] != (0.0, 0.0, 0.0, 1.0)).any():
            fields.report.error(fields.at("matrix"), "its last row is not 0, 0, 0, 1")
            matrix[3] = (0.0, 0.0, 0.0, 1.0)
        node.translation, node.rotation, node.scale, shears = decompose(matrix)
        if shears:
            fields.report.error(fields.at("matrix"), "it shears, which no translation, rotation and scale can say")
            node.matrix = matrix.astype(np.float32)
        if any(name in fields for name in ("translation", "rotation", "scale")):
            fields.report.error(fields.where, "there are both a matrix and a translation, rotation or scale")
        return
    if "translation" in fields:
        values = fields.numbers("translation", (0.0,) * 3, minimum=-LARGEST, maximum=LARGEST)
        node.translation = np.array(values, np.float32)
    if "scale" in fields:
        values = fields.numbers("scale", (1.0,) * 3, minimum=-LARGEST, maximum=LARGEST)
        node.scale = np.array(values, np.float32)
    if "rotation" in fields:
        values = fields.numbers("rotation", (0.0, 0.0, 0.0, 1.0), minimum=-LARGEST, maximum=LARGEST)
        rotation = np.array(values)
        length = float(np.linalg.norm(rotation))
        if abs(length - 1.0) > 5e-4:
            fields.report.error(fields.at("rotation"), f"the quaternion's length is {length:g}, not 1")
        unit = rotation / length if length > 1e-12 else np.array((0.0, 0.0, 0.0, 1.0))
        node.rotation = unit.astype(np.float32)


def _read_instances(fields: Fields, accessors: Accessors) -> Instances:
    named = fields.object("attributes")
    if named is None or not named.data:
        raise fields.fail("", "the instances have no attributes")
    index = {name: named.need(name, "accessors") for name in named.data}
    counts = {accessors.header(at).count for at in index.values()}
    if len(counts) > 1:
        raise fields.fail("attributes", f"the attributes have different lengths: {sorted(counts)}"[:200])
    count = counts.pop()
    if not accessors.budget.spend(40 * count):
        raise fields.fail("attributes", "there are more instances than a file of this size may have")

    def take(name: str, default: tuple[float, ...]) -> NDArray[np.float32]:
        if name in index:
            return accessors.vectors(index[name], len(default))
        return np.tile(np.array(default, np.float32), (count, 1))

    rotations = take("ROTATION", (0.0, 0.0, 0.0, 1.0)).astype(np.float64)
    lengths = np.linalg.norm(rotations, axis=1, keepdims=True)
    rotations = np.where(lengths > 1e-12, rotations / np.maximum(lengths, 1e-12), (0.0, 0.0, 0.0, 1.0))
    return Instances(
        translations=take("TRANSLATION", (0.0, 0.0, 0.0)),
        rotations=rotations.astype(np.float32),
        scales=take("SCALE", (1.0, 1.0, 1.0)),
        attributes={name: accessors.raw(at) for name, at in index.items() if name.startswith("_")},
        extras=fields.extras,
    )


def link_nodes(nodes: list[Node], *, depth: int, report: Report) -> None:
    """Set every node's parent, from the lists of children.

    A node with two parents stays with the first.

    Raises
    ------
    GltfError
        The nodes form a cycle, or lie deeper than allowed.
    """
    for index, node in enumerate(nodes):
        kept: list[int] = []
        for child in node.children:
            if nodes[child].parent is None:
                nodes[child].parent = index
                kept.append(child)
            else:
                report.error(f"/nodes/{index}/children", f"node {child} already has a parent")
        node.children = kept
    level = [index for index, node in enumerate(nodes) if node.parent is None]
    reached = 0
    for _ in range(depth):
        if not level:
            break
        reached += len(level)
        level = [child for index in level for child in nodes[index].children]
    if level:
        raise GltfError("/nodes", f"the hierarchy is deeper than {depth:,} nodes; flatten it")
    if reached != len(nodes):
        raise GltfError("/nodes", "some nodes are their own ancestors; export the model again")


def read_camera(fields: Fields) -> Camera:
    """Read a camera."""
    kind = fields.choice("type", ("perspective", "orthographic"), "perspective")
    camera = Camera(name=fields.name, extras=fields.extras, extensions=fields.other_extensions())
    lens = fields.object(kind)
    if lens is None:
        raise fields.fail(kind, "it is missing")
    smallest = 1e-6
    if kind == "perspective":
        camera.yfov_rad = lens.number("yfov", 0.8, minimum=smallest, maximum=pi - smallest)
        camera.znear = lens.number("znear", 0.1, minimum=smallest)
        camera.aspect_ratio = lens.number("aspectRatio", 1.0, minimum=smallest) if "aspectRatio" in lens else None
    else:
        camera.kind = "orthographic"
        camera.xmag = lens.number("xmag", 1.0)
        camera.ymag = lens.number("ymag", 1.0)
        if camera.xmag == 0.0 or camera.ymag == 0.0:
            lens.report.error(lens.where, "xmag and ymag must not be 0")
            camera.xmag, camera.ymag = camera.xmag or 1.0, camera.ymag or 1.0
        camera.znear = lens.number("znear", 0.0, minimum=0.0)
    camera.zfar = lens.number("zfar", inf, minimum=smallest)
    if camera.zfar <= camera.znear:
        lens.report.error(lens.at("zfar"), f"{camera.zfar:g} is not beyond znear, {camera.znear:g}")
        camera.zfar = inf
    return camera


def read_light(fields: Fields) -> Light:
    """Read a light of ``KHR_lights_punctual``."""
    kind = fields.choice("type", ("directional", "point", "spot"), "point")
    light = Light(
        name=fields.name,
        color=fields.color("color", (1.0, 1.0, 1.0)),
        intensity=fields.number("intensity", 1.0, minimum=0.0),
        range_m=fields.number("range", inf, minimum=1e-6),
        extras=fields.extras,
        extensions=fields.other_extensions(),
    )
    if kind == "directional":
        light.kind = "directional"
    elif kind == "spot":
        light.kind = "spot"
        cone = fields.object("spot")
        if cone is None:
            fields.report.error(fields.at("spot"), "a spot light needs it")
        else:
            light.inner_cone_rad = cone.number("innerConeAngle", 0.0, minimum=0.0, maximum=pi / 2)
            light.outer_cone_rad = cone.number("outerConeAngle", pi / 4, minimum=0.0, maximum=pi / 2)
            if light.inner_cone_rad >= light.outer_cone_rad:
                cone.report.error(cone.where, "the inner angle is not smaller than the outer one")
                light.inner_cone_rad = min(light.inner_cone_rad, light.outer_cone_rad)
    return light


def read_skin(fields: Fields, accessors: Accessors) -> Skin:
    """Read a skin; missing inverse bind matrices are identities."""
    joints = fields.indices("joints", "nodes")
    if not joints:
        raise fields.fail("joints", "the skin has no joints")
    skin = Skin(
        name=fields.name,
        joints=joints,
        skeleton=fields.index("skeleton", "nodes"),
        extras=fields.extras,
        extensions=fields.other_extensions(),
    )
    index = fields.index("inverseBindMatrices", "accessors")
    if index is None:
        skin.inverse_bind_matrices = np.broadcast_to(np.eye(4, dtype=np.float32), (len(joints), 4, 4))
        return skin
    matrices = accessors.matrices(index)
    if len(matrices) < len(joints):
        message = f"there are {len(matrices)} matrices for {len(joints)} joints"
        raise fields.fail("inverseBindMatrices", message)
    matrices = matrices[: len(joints)]
    if (np.abs(matrices[:, 3] - np.array((0, 0, 0, 1), np.float32)) > 1e-6).any():
        fields.report.error(fields.at("inverseBindMatrices"), "the last row of a matrix is not 0, 0, 0, 1")
        matrices = matrices.copy()
        matrices[:, 3] = (0.0, 0.0, 0.0, 1.0)
    skin.inverse_bind_matrices = matrices
    return skin


def read_scene(fields: Fields) -> Scene:
    """Read which root nodes are shown together."""
    return Scene(
        name=fields.name,
        nodes=fields.indices("nodes", "nodes") if "nodes" in fields else [],
        extras=fields.extras,
        extensions=fields.other_extensions(),
    )
