"""What a world says of a field: who is in it, how strong each is, and grids that simulators say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.errors import TaixuError
from taixu.math.affine import matrix_from_trs
from taixu.scene import CELL_M, Parent, Transform, WorldTransforms
from taixu.script.entity import component_named
from taixu.simulation.couplings import Raster
from taixu.simulation.field_maps.lattice import Lattice, Things
from taixu.simulation.worlds.components import Simulated
from taixu.simulation.worlds.runs import Simulations

__all__ = ["Frame", "frame_of", "grid_of", "things_of"]

Floats = NDArray[np.float64]
_MOST_THINGS = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Where a box stands: the middle of its floor, and its axes as columns."""

    origin: Floats
    axes: Floats

    def inside(self, places: Floats) -> Floats:
        """Places ``[3, n]`` of the world in the box's coordinates."""
        return np.asarray(self.axes.T @ (places - self.origin[:, None]))


def frame_of(world: World, entity: int) -> Frame:
    """The frame of an entity; how large it is scaled does not count."""
    if world.has(entity, Parent):
        matrix = world.resource(WorldTransforms).matrix(entity & 0xFFFFFFFF)
    else:  # as it is now: matrices follow later in the frame
        place = world.get(entity, Transform)
        matrix = matrix_from_trs(place.translation, place.rotation, place.scale).astype(np.float64)
        matrix[:3, 3] += np.array(place.cell, np.float64) * CELL_M
    axes = matrix[:3, :3]
    sides = np.linalg.norm(axes, axis=0)
    if not np.isfinite(matrix).all() or not sides.all():
        raise TaixuError("its entity has no place, or no size")
    return Frame(matrix[:3, 3].copy(), axes / sides)


def things_of(world: World, frame: Frame, of: str, strength: float) -> Things:
    """Who makes a field.

    Parameters
    ----------
    of
        A component, a field of one (each thing's strength), or a simulator.
    strength
        Of each where no field says it.

    Raises
    ------
    TaixuError
        When there is nothing of that name.
    """
    name, _, item = of.partition(".")
    owner = 0
    runs = world.resource(Simulations) if world.has_resource(Simulations) else None
    if runs is not None and not item and name in runs.parts:
        name, owner = "simulated", runs.parts[name].entity
    try:
        declared = component_named(world, name)
    except TaixuError:
        raise TaixuError(f"{name[:60]!r} is neither a component nor a simulator of this world") from None
    cls = declared.cls
    if item and (item not in declared.by_name or declared.by_name[item].kind.is_object or declared.by_name[item].kind.width > 1):
        raise TaixuError(f"{name} has no field {item[:60]!r} that is one number")
    places, strengths, velocities = [np.empty((3, 0))], [np.empty(0)], [np.empty((2, 0))]
    transforms, left = world.resource(WorldTransforms), _MOST_THINGS
    for table in world.query(cls, Transform).tables():
        rows = np.arange(len(table))
        if cls is Simulated:
            wanted = table.read(Simulated, "number") >= 0
            if owner:
                wanted &= table.read(Simulated, "owner") == np.uint64(owner)
            rows = np.flatnonzero(wanted)
        rows = rows[:left]
        left -= len(rows)
        if Parent in table.types:
            matrices, cells = transforms.rows((table.entities[rows] & np.uint64(0xFFFFFFFF)).astype(np.intp))
            places.append(matrices[:, [3, 7, 11]].T.astype(np.float64) + cells.T * CELL_M)
        else:
            offset, cell = (table.read(Transform, each)[:, rows].astype(np.float64) for each in ("translation", "cell"))
            places.append(offset + cell * CELL_M)
        said = table.read(cls, item)[rows].astype(np.float64) if item else np.full(len(rows), strength)
        strengths.append(said)
        velocities.append(_moving(table, rows, frame))
    strong = np.concatenate(strengths)
    known = np.isfinite(strong)
    whole, ways = np.concatenate(places, axis=1), np.concatenate(velocities, axis=1)
    return Things(frame.inside(whole[:, known]), strong[known], ways[:, known])


def _moving(table: Table, rows: NDArray[np.intp], frame: Frame) -> Floats:
    """How simulated things move, along the box's x and z, ``[2, n]``: along their own x."""
    if Simulated not in table.types:
        return np.zeros((2, len(rows)))
    x, y, z, w = table.read(Transform, "rotation")[:, rows].astype(np.float64)
    ahead = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)])
    return np.asarray((frame.axes.T @ (ahead * table.read(Simulated, "speed")[rows]))[[0, 2]])


def grid_of(world: World, frame: Frame, lattice: Lattice, of: str) -> tuple[Floats, Floats | None]:
    """A grid that a simulator says, ``[rows, columns]``, and the ground below it (metres above the box's floor) where it knows it.

    Raises
    ------
    TaixuError
        When no simulator says such a grid.
    """
    name, _, column = of.partition(".")
    runs = world.resource(Simulations)
    part, conductor = runs.parts.get(name), runs.conductor
    said = conductor.said(name).get(column) if part is not None and conductor is not None else None
    if part is None or conductor is None or said is None or said.ndim != 2 or "cell" not in part.facts:
        raise TaixuError(f"there is no simulator that says a grid {of[:60]!r}")
    raster = Raster(0.0, 0.0, float(part.facts["cell"]), *said.shape)
    x, z = np.meshgrid(lattice.x, lattice.z)
    places = frame.axes @ np.stack([x.ravel(), np.zeros(x.size), z.ravel()]) + (frame.origin - part.origin)[:, None]
    cells = raster.cells(places[0], places[2])
    values = np.where(cells >= 0, raster.read(said, cells), np.nan).reshape(x.shape)
    bed = part.facts.get("bed")
    if bed is None:
        return values, None
    ground = raster.read(bed, cells) + (part.origin - frame.origin)[1]
    depth = conductor.said(name).get("depth")
    water = 0.0 if depth is None else raster.read(depth, cells)
    return values, np.where(cells >= 0, ground + water, 0.0).reshape(x.shape)
