"""The lines of public transport, as ribbons on the ground in their colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive
from taixu.ecs import World
from taixu.scene import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary
from taixu.simulation.transit_feed import LineCourse
from taixu.simulation.worlds.placing import surface_entity
from taixu.simulation.worlds.relief import Relief
from taixu.simulation.worlds.runs import Part, Simulations

__all__ = ["TransitShown", "ribbon_mesh", "show_transit_lines"]

_WIDE_M, _ABOVE_M, _PIECE_M = 1.6, 0.2, 8.0
_MOST_MITRE = 2.0
_MOST_POINTS = 1 << 20
_GLOW = 0.35
"""Of their colour, so that lines are told apart at night, too."""


class TransitShown:
    """Whose lines are there (a resource)."""

    def __init__(self) -> None:
        self.parts: dict[tuple[int, str], Part] = {}


def show_transit_lines(world: World) -> None:
    """Have a mesh for the lines of each simulator that goes along some; it stays while the simulator does."""
    runs, shown = world.resource(Simulations), world.resource(TransitShown)
    for name, part in runs.parts.items():
        key = (part.entity, name)
        if "courses" in part.facts and shown.parts.get(key) is not part:
            shown.parts[key] = part
            number = _lines_mesh(world, key, part.facts["courses"], part.facts.get("relief"))
            if number:
                surface_entity(world, part, number)


def ribbon_mesh(points: NDArray[np.float64], heights: NDArray[np.float64], *, wide_m: float = _WIDE_M) -> Primitive | None:
    """A flat ribbon along points ``[n, 2]`` (x and z, metres) at heights ``[n]``, mitred at bends; None where it has no length."""
    kept = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > 1e-3])
    points, heights = points[kept], heights[kept]
    if len(points) < 2:
        return None
    ways = np.diff(points, axis=0)
    ways /= np.hypot(*ways.T)[:, None]
    before, after = np.concatenate([ways[:1], ways]), np.concatenate([ways, ways[-1:]])
    mean = before + after
    size = np.hypot(*mean.T)[:, None]
    mean = np.where(size > 1e-3, mean / np.maximum(size, 1e-3), after)
    reach = np.minimum(1.0 / np.maximum(np.abs((mean * after).sum(axis=1)), 1e-3), _MOST_MITRE)
    side = np.stack([-mean[:, 1], mean[:, 0]], axis=1) * (reach * wide_m / 2)[:, None]  # to the right of the way
    flat = np.stack([points - side, points + side], axis=1)
    count = len(points)
    place = np.stack([flat[..., 0], np.repeat(heights[:, None], 2, axis=1), flat[..., 1]], axis=-1).reshape(-1, 3)
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    texture = np.stack([np.tile([0.0, 1.0], count), np.repeat(metres, 2)], axis=1)
    first = 2 * np.arange(count - 1)
    indices = np.stack([first, first + 2, first + 1, first + 1, first + 2, first + 3], axis=1).ravel()
    a, b, c = place[indices[:3]]
    if np.cross(b - a, c - a)[1] < 0:
        indices = indices.reshape(-1, 3)[:, [0, 2, 1]].ravel()
    normal = np.tile(np.array([0, 1, 0], np.float32), (2 * count, 1))
    attributes = {"POSITION": place.astype(np.float32), "NORMAL": normal, "TEXCOORD_0": texture.astype(np.float32)}
    return Primitive(attributes, indices.astype(np.uint32))


def _lines_mesh(world: World, key: tuple[int, str], courses: Sequence[LineCourse], relief: Relief | None) -> int:
    """The number of the mesh of all lines; 0 where there is nothing to see."""
    primitives, paints, left = [], [], _MOST_POINTS
    materials = world.resource(MaterialLibrary)
    for course in courses:
        points = course.points if relief is None else _divided(course.points, left)
        if len(points) > left:
            break
        left -= len(points)
        heights = np.zeros(len(points)) if relief is None else relief.at(points[:, 0], points[:, 1])
        ribbon = ribbon_mesh(points, heights + _ABOVE_M)
        if ribbon is not None:
            glow = (_GLOW * course.color[0], _GLOW * course.color[1], _GLOW * course.color[2])
            material = Material(name="line", base_color=(*course.color, 1.0), metallic=0.0, roughness=0.7, emissive=glow)
            primitives.append(ribbon)
            paints.append(materials.put(("transit line", course.color), LibraryMaterial(material, ModelData(materials=[material]))))
    if not primitives:
        return 0
    return world.resource(MeshLibrary).put(("transit lines", *key), LibraryMesh(tuple(primitives), tuple(paints)))


def _divided(points: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """A line with points near enough to follow the ground, as long as there is room for them."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    metres = np.concatenate([[0.0], np.cumsum(lengths)])
    count = int(min(metres[-1] / _PIECE_M, most))
    at = np.union1d(metres, np.linspace(0.0, metres[-1], count + 1))
    return np.stack([np.interp(at, metres, points[:, axis]) for axis in (0, 1)], axis=1)
