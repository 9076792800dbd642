"""Shapes to be textured, as models, and a painter who paints a pattern of space that everybody knows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.assets.solids import box_primitive, turned_primitive
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.painting import Sitting
from taixu.generate.mesh_texturing.subject import Subject, Surface, assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import Texels, bake_texels

__all__ = ["SHAPES", "cup", "laid_out", "model_of", "paint_pattern", "space_pattern", "torus"]


def torus(*, radius_m: float = 0.5, tube_m: float = 0.2, rings: int = 40, sides: int = 20) -> Primitive:
    """A ring about Y."""
    a, b = (np.linspace(0, 2 * np.pi, n + 1) for n in (rings, sides))
    a, b = np.meshgrid(a, b, indexing="ij")
    out = np.stack([np.cos(b) * np.sin(a), np.sin(b), np.cos(b) * np.cos(a)], axis=-1)
    middle = np.stack([np.sin(a), np.zeros_like(a), np.cos(a)], axis=-1) * radius_m
    i, j = np.meshgrid(np.arange(rings), np.arange(sides), indexing="ij")
    corner = (i * (sides + 1) + j).reshape(-1)
    quads = np.stack([corner, corner + sides + 1, corner + sides + 2, corner, corner + sides + 2, corner + 1], axis=1)
    positions = (middle + tube_m * out).reshape(-1, 3).astype(np.float32)
    return Primitive({"POSITION": positions, "NORMAL": out.reshape(-1, 3).astype(np.float32)}, quads.reshape(-1).astype(np.uint32))


def cup() -> Primitive:
    """A thick cup with its opening upwards, turned about Y: outside, rim, inside and bottoms, so that it hides parts of itself."""
    profile = np.array([(0, -0.5), (0.4, -0.5), (0.5, 0.5), (0.38, 0.5), (0.3, -0.36), (0, -0.36)])
    sides = 40
    turns = np.linspace(0, 2 * np.pi, sides + 1)
    ring = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    points = np.stack([profile[:, None, 0] * ring[None, :, 0], np.broadcast_to(profile[:, None, 1], (6, sides + 1)),
                       profile[:, None, 0] * ring[None, :, 1]], axis=-1)  # fmt: skip
    faces = []
    for row in range(5):
        a = row * (sides + 1) + np.arange(sides)
        b = a + sides + 1
        faces.append(np.stack([a, a + 1, b + 1, a, b + 1, b], axis=1).reshape(-1, 3))
    triangles = np.concatenate(faces)
    flat = points.reshape(-1, 3)
    corners = flat[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Primitive({"POSITION": flat.astype(np.float32)}, triangles[area > 1e-9].reshape(-1).astype(np.uint32))


SHAPES = {
    "sphere": lambda: turned_primitive("sphere", radius_m=0.5, sides=32),
    "box": lambda: box_primitive((1.0, 0.6, 0.8)),
    "torus": torus,
    "cup": cup,
}


def model_of(*primitives: Primitive, **node: NDArray[np.float32]) -> ModelData:
    """A model of one mesh on one node."""
    return ModelData(name="shape", meshes=[Mesh("shape", list(primitives))], nodes=[Node("shape", mesh=0, **node)])


def laid_out(model: ModelData, size_px: int) -> tuple[list[Surface], Subject, Texels]:
    """What a model becomes before it is painted."""
    surfaces = gather(model)
    lay_coordinates(surfaces, size_px, stand_scales(model, surfaces))
    subject = assemble(model, surfaces)
    return surfaces, subject, bake_texels(subject, size_px)


def space_pattern(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours of places in space, smooth, all between 0.1 and 0.9."""
    return 0.5 + 0.4 * np.sin(points * np.array((9.0, 11.0, 7.0)) + np.arange(3) + points[:, [1, 2, 0]] * 3)


def paint_pattern(sitting: Sitting) -> NDArray[np.float64]:
    """What a painter would see who knows the pattern; magenta where there is no model."""
    sight = sitting.sight
    picture = np.tile(np.array((1.0, 0.0, 1.0)), (sight.size_px**2, 1))
    picture[sight.pixels] = space_pattern(sight.mixed(sight.subject.positions))
    return picture.reshape(sight.size_px, sight.size_px, 3)
