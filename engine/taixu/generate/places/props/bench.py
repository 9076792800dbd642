"""Where a prop is put together: solids by surface, then one mesh."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.generate.places.props.solids import Solid, box
from taixu.generate.places.props.surfaces import GRAINED, SURFACES, add_look

__all__ = ["Bench", "dressed"]

Array = NDArray[Any]
_CREASE = float(np.cos(np.radians(38.0)))


class Bench:
    """Solids that make a thing.

    Attributes
    ----------
    random
        Chance of this thing.
    parts
        Solids by surface.
    lamps
        Where it shines: offset, colour, candela, metres.
    """

    def __init__(self, seed: int) -> None:
        self.random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 41]))
        self.parts: dict[str, list[Solid]] = {}
        self.lamps: list[tuple[tuple[float, float, float], tuple[float, float, float], float, float]] = []

    def add(self, surface: str, *solids: Solid) -> None:
        """Put solids on it."""
        self.parts.setdefault(surface, []).extend(solids)

    def block(
        self, surface: str, x: float, y: float, z: float, at: tuple[float, float, float], *, bevel: float = 0.012,
        turn: float = 0.0,
        tilt: float = 0.0, taper: float = 1.0,
    ) -> None:
        """A box by its size, the middle of its foot at a place; turned about y, leaning about x by `tilt`."""
        solid = box(x, y, z, bevel=bevel, taper=taper).moved(y=y / 2).turned(x=tilt, y=turn)
        self.add(surface, solid.moved(*at))

    def lamp(
        self, at: tuple[float, float, float], *, candela: float = 14.0, range_m: float = 12.0,
        color: tuple[float, float, float] = (1.0, 0.62, 0.3),
    ) -> None:
        """Let it shine from a place."""
        self.lamps.append((at, color, candela, range_m))

    def model(self, name: str, *, texture_px: int = 128) -> ModelData:
        """All of it as a model with a primitive a surface."""
        model = ModelData(name=name)
        primitives = []
        for surface in sorted(self.parts):
            number, tile = add_look(model, surface, size=texture_px)
            primitives.append(dressed(self.parts[surface], number, tile, grain=SURFACES[surface].family in GRAINED))
        model.meshes.append(Mesh(name, primitives))
        model.nodes.append(Node(name=name, mesh=0))
        return model


def dressed(solids: list[Solid], material: int, tile_m: float, *, grain: bool = False) -> Primitive:
    """Solids as they are drawn: light is smooth over round edges and breaks at sharp ones, pictures lie on by metres,
    with `grain` along each body's longest extent.
    """
    offsets = np.cumsum([0] + [len(solid.points) for solid in solids[:-1]])
    points = np.concatenate([solid.points for solid in solids])
    triangles = np.concatenate([solid.triangles + offset for solid, offset in zip(solids, offsets, strict=True)])
    longest = [int(np.argmax(solid.points.max(0) - solid.points.min(0))) if grain else -1 for solid in solids]
    along = np.repeat(longest, [len(solid.triangles) * 3 for solid in solids])
    positions, normals, uv, indices = _dressed(points, triangles, tile_m, along)
    attributes = {
        name: np.ascontiguousarray(values, np.float32)
        for name, values in (("POSITION", positions), ("NORMAL", normals), ("TEXCOORD_0", uv))
    }
    return Primitive(attributes, indices.astype(np.uint32).ravel(), material=material)


def _dressed(points: Array, triangles: Array, tile_m: float, along: Array) -> tuple[Array, Array, Array, Array]:
    """Positions, normals, coordinates and triangles; `along` is the axis of the grain by corner, -1 for none."""
    corners = points[triangles]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(areas, axis=1)
    units = areas / np.maximum(lengths, 1e-15)[:, None]
    vertex, face = triangles.ravel(), np.repeat(np.arange(len(triangles)), 3)
    order = np.argsort(vertex, kind="stable")
    counts = np.bincount(vertex, minlength=len(points))
    starts = np.concatenate([[0], np.cumsum(counts)])
    repeats = counts[vertex]
    first = np.repeat(np.arange(len(vertex)), repeats)
    within = np.arange(len(first)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    other = face[order[starts[vertex[first]] + within]]
    joins = (units[face[first]] * units[other]).sum(1) > _CREASE
    normals = np.zeros((len(vertex), 3))
    np.add.at(normals, first[joins], areas[other[joins]])
    sizes = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(sizes > 1e-12, normals / np.maximum(sizes, 1e-12), units[face])
    # Pictures lie on from the side that a face looks to most; boards run along the longest extent, all else stands upright.
    axis = np.argmax(np.abs(units), axis=1)[face]
    first, second = np.array([1, 0, 0])[axis], np.array([2, 2, 1])[axis]
    swap = np.where(along >= 0, second == along, axis == 0)
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    flat = points[vertex] / tile_m
    rows = np.arange(len(flat))
    uv = np.stack([flat[rows, first], flat[rows, second]], 1)
    keys = np.concatenate([vertex[:, None], normals.round(4), uv.round(5)], 1)
    _, chosen, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return points[vertex[chosen]], normals[chosen], uv[chosen], inverse.reshape(-1, 3)
