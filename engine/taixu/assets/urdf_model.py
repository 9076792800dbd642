"""What is seen of a robot as a model: a node for each link, Y up."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import numpy as np

from taixu.assets.building import Y_UP_FROM_Z_UP, ModelBuilder, linear_from_srgb
from taixu.assets.importers import Importers
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material, ModelData
from taixu.assets.robot import RobotData, RobotGeometry, RobotMaterial, RobotShape
from taixu.assets.solids import box_primitive, turned_primitive
from taixu.assets.urdf import read_urdf
from taixu.errors import TaixuError

__all__ = ["model_of_robot", "read_urdf_model"]

_DEFAULT = Material(name="link", base_color=(0.5, 0.5, 0.5, 1.0), metallic=0.0, roughness=0.5)
_PLANE_M = 20.0
_Drawn = list[tuple[Primitive, np.ndarray]]


def read_urdf_model(path: str | Path, *, root: str | Path | None = None) -> ModelData:
    """Read a URDF as a model; see `read_urdf` and `model_of_robot`."""
    return model_of_robot(read_urdf(path, root=root))


def model_of_robot(robot: RobotData) -> ModelData:
    """Make nodes of a robot's links, at joint positions 0, and meshes of what is seen of them.

    The root node turns Z up to Y up; below it a link's node has its joint's name in ``extras["joint"]``. Meshes that
    are missing or cannot be read are left out, and noted in ``robot.notes`` and the model's.
    """
    builder = ModelBuilder(robot.path or robot.name, generator="URDF")
    files: dict[Path, ModelData | None] = {}
    top = builder.node(robot.name, matrix=Y_UP_FROM_Z_UP)
    nodes = {robot.root: builder.node(robot.links[robot.root].name, parent=top)}
    for index in robot.order():
        joint = robot.joints[index]
        node = builder.node(robot.links[joint.child].name, parent=nodes[joint.parent], matrix=joint.parent_from_joint)
        builder.model.nodes[node].extras = {"joint": joint.name}
        nodes[joint.child] = node
    for index, node in nodes.items():
        for shape in robot.links[index].visuals:
            try:
                _add_shape(builder, robot, shape, node, files)
            except TaixuError as error:
                robot.notes.append(str(error))
    builder.model.notes = list(dict.fromkeys(robot.notes))
    return builder.finish()


def _add_shape(
    builder: ModelBuilder, robot: RobotData, shape: RobotShape, parent: int, files: dict[Path, ModelData | None]
) -> None:
    geometry = shape.geometry
    material = None if shape.material is None else _material(shape.material, builder)
    if geometry.kind != "mesh":
        primitive, turn = _solid(geometry)
        primitive.material = builder.material(material or _DEFAULT)
        mesh = builder.mesh(shape.name or geometry.kind, primitive)
        builder.node(shape.name or geometry.kind, parent=parent, matrix=shape.link_from_shape @ turn, mesh=mesh)
        return
    if geometry.path is None:
        return
    if geometry.path not in files:
        files[geometry.path] = None  # tried once
        files[geometry.path] = _read_mesh(geometry.path, robot)
    model = files[geometry.path]
    if model is None:
        return
    scale = np.diag((*geometry.size, 1.0))
    for name, local, mesh in _placed_meshes(model):
        copies = [replace(primitive, material=_copy_material(builder, model, primitive, material))
                  for primitive in model.meshes[mesh].primitives]
        made = builder.mesh(name, *copies)
        builder.node(name, parent=parent, matrix=shape.link_from_shape @ scale @ local, mesh=made)


def _read_mesh(path: Path, robot: RobotData) -> ModelData:
    """Read a mesh in its own axes, which are the robot's whatever the format's convention."""
    function = Importers().find(path).find()
    if path.suffix.lower() == ".urdf":
        raise TaixuError(f"{path}: a robot's mesh cannot be a robot")
    arguments = inspect.signature(function).parameters
    options: dict[str, object] = {"turned": False} if "turned" in arguments else {}
    if "root" in arguments and robot.path is not None:
        options["root"] = path.parent
    model: ModelData = function(path, **options)
    return model


def _solid(geometry: RobotGeometry) -> tuple[Primitive, np.ndarray]:
    turn = np.eye(4)
    if geometry.kind == "box":
        return box_primitive(geometry.size), turn
    if geometry.kind == "plane":
        turn[2, 3] = -0.01
        return box_primitive((_PLANE_M, _PLANE_M, 0.02)), turn
    return turned_primitive(geometry.kind, radius_m=geometry.radius_m, length_m=geometry.length_m), turn


def _placed_meshes(model: ModelData) -> list[tuple[str, np.ndarray, int]]:
    """Meshes with their model_from_local [4, 4]."""
    found = []
    waiting = [(index, np.eye(4)) for index in model.roots()]
    while waiting:
        index, parent = waiting.pop()
        node = model.nodes[index]
        matrix = parent @ node.parent_from_local().astype(np.float64)
        if node.mesh is not None:
            found.append((node.name, matrix, node.mesh))
        waiting.extend((child, matrix) for child in node.children)
    return found


def _copy_material(builder: ModelBuilder, model: ModelData, primitive: Primitive, override: Material | None) -> int:
    """The material of a mesh's file in the robot's model; the URDF's own wins where the file has no texture."""
    own = _DEFAULT if primitive.material is None else model.materials[primitive.material]
    reference = own.base_color_texture
    if reference is None:
        return builder.material(override or own)
    texture = model.textures[reference.texture]
    if texture.image is None:
        return builder.material(override or replace(own, base_color_texture=None))
    image = model.images[texture.image]
    data = image.path if image.data is None else bytes(image.data)
    if data is None:
        return builder.material(override or replace(own, base_color_texture=None))
    return builder.material(replace(own, base_color_texture=builder.texture(data, name=image.name)))


def _material(source: RobotMaterial, builder: ModelBuilder) -> Material | None:
    if source.color is None and source.texture is None:
        return None
    color = source.color or (1.0, 1.0, 1.0, 1.0)
    red, green, blue = (float(value) for value in linear_from_srgb(np.array(color[:3])))
    return Material(
        name=source.name, base_color=(red, green, blue, color[3]), metallic=0.0, roughness=0.5,
        alpha_mode="OPAQUE" if color[3] >= 1.0 else "BLEND",
        base_color_texture=None if source.texture is None else builder.texture(source.texture),
    )
