"""Water that is simulated, as a surface to look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.ecs import World, component_type
from taixu.scene import LibraryMesh, MaterialLibrary, MeshLibrary, WaterSurface
from taixu.scene.shape_meshes import look_number
from taixu.simulation.worlds.placing import surface_entity
from taixu.simulation.worlds.runs import Simulations

__all__ = ["WaterShown", "show_water", "water_mesh"]

_MOST_SIDE = 512
_WET_M = 0.01
_BELOW_M = 0.05


class WaterShown:
    """Which state of each water its surface shows (a resource)."""

    def __init__(self) -> None:
        self.said: dict[tuple[int, str], int] = {}


def show_water(world: World) -> None:
    """Make the surfaces anew of all simulators that say a depth over ground; those that said nothing new stay."""
    runs = world.resource(Simulations)
    if runs.conductor is None:
        return
    shown, meshes = world.resource(WaterShown), world.resource(MeshLibrary)
    for name, part in runs.parts.items():
        said = runs.conductor.said(name)
        if "bed" not in part.facts or "depth" not in said:
            continue
        key, now = (part.entity, name), runs.conductor.said_ns(name)
        if shown.said.get(key) == now and meshes.find(("simulated water", *key)):
            continue
        shown.said[key] = now
        primitive = water_mesh(part.facts["bed"], said["depth"], said.get("speed"), cell=part.facts["cell"])
        entry = LibraryMesh((primitive,), (water_material(world),))
        surface_entity(world, part, meshes.put(("simulated water", *key), entry))


def water_material(world: World) -> int:
    """The material of simulated water: shallow, with small waves."""
    look = WaterSurface(wave_m=1.5, roughness=0.12, murk_per_m=1.2, foam=0.15)
    values = (getattr(look, fld.name) for fld in component_type(WaterSurface).fields)
    number = look_number(world, (WaterSurface, *values))
    # Those who know no surfaces (a browser, an exporter) see its colour at least.
    world.resource(MaterialLibrary)[number].material.base_color = (*look.shallow_color, 1.0)
    return number


def water_mesh(
    bed: NDArray[np.float64], depth: NDArray[np.float32], speed: NDArray[np.float32] | None, *, cell: float
) -> Primitive:
    """The surface of water over a grid of ground.

    A quad joins the middles of four cells of which one is wet. Where a dry cell ends the water, the surface goes on level into the
    ground, so that the shore is where ground and water meet. Grids above 512 cells a side are thinned.

    Parameters
    ----------
    bed, depth
        Metres, ``[rows, columns]``: rows along z, columns along x.
    speed
        m/s, of the same shape, or None.
    cell
        Side of a cell, metres.
    """
    every = max(1, -(-max(bed.shape) // _MOST_SIDE))
    bed, depth = bed[::every, ::every], depth[::every, ::every].astype(np.float64)
    fast = np.zeros_like(depth) if speed is None else speed[::every, ::every]
    rows, columns = bed.shape
    wet = depth > _WET_M
    level = np.where(wet, bed + depth, -np.inf)
    around = np.full((rows + 2, columns + 2), -np.inf)
    around[1:-1, 1:-1] = level
    near = np.max([around[z : z + rows, x : x + columns] for z in range(3) for x in range(3)], axis=0)
    height = np.where(wet, level, np.minimum(bed - _BELOW_M, near))
    height = np.where(np.isfinite(height), height, bed - _BELOW_M)
    quads = wet[:-1, :-1] | wet[1:, :-1] | wet[:-1, 1:] | wet[1:, 1:]
    row, column = np.nonzero(quads)
    first = row * columns + column
    corners = np.stack([first, first + columns, first + 1, first + 1, first + columns, first + columns + 1], axis=1).ravel()
    if not len(corners):  # a mesh of no triangles is no mesh: one without extent, below the ground
        corners = np.zeros(3, np.intp)
    used, indices = np.unique(corners, return_inverse=True)
    slope_z, slope_x = np.gradient(height, cell * every) if min(rows, columns) > 1 else (np.zeros_like(height),) * 2
    normal = np.stack([-slope_x, np.ones_like(height), -slope_z], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    x = (np.arange(columns) * every + 0.5) * cell + np.zeros((rows, 1))
    z = (np.arange(rows)[:, None] * every + 0.5) * cell + np.zeros((1, columns))
    attributes = {
        "POSITION": np.stack([x, height, z], axis=-1), "NORMAL": normal, "TEXCOORD_0": np.stack([x, z], axis=-1),
        "TEXCOORD_1": np.stack([depth, fast], axis=-1),
    }  # fmt: skip
    flat = {name: values.reshape(-1, values.shape[-1])[used].astype(np.float32) for name, values in attributes.items()}
    return Primitive(flat, indices.astype(np.uint32))
