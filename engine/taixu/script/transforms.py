"""Transforms as scripts read and write them, one entity after the other but to the world in one go.

A script that moves a thousand entities one by one would make a thousand writes, each with its mark in the change log.
So what scripts set is kept until somebody may look at it who does not ask here (physics, columns, the end of the
step), and is written then as whole columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import CELL_M, Parent, Transform, split_position
from taixu.script.vectors import Quat, Vec3

__all__ = ["ScriptTransforms"]


class ScriptTransforms:
    """Places, rotations and scales that scripts set in this step (a resource)."""

    def __init__(self) -> None:
        self._positions: dict[int, Vec3] = {}
        self._rotations: dict[int, Quat] = {}
        self._scales: dict[int, Vec3] = {}

    def position(self, world: World, entity: int) -> Vec3:
        """Metres: in the world for roots, from the parent for children."""
        found = self._positions.get(entity)
        if found is None:
            table, row = world.place(entity)
            _check(Transform in table.types)
            found = Vec3(table.read(Transform, "translation")[:, row].tolist())
            if Parent not in table.types or not _has_parent(world, table.read(Parent, "entity")[row]):
                cell = table.read(Transform, "cell")[:, row].tolist()
                if cell != [0, 0, 0]:
                    found += Vec3(cell) * CELL_M
        elif not world.alive(entity)[0]:
            world.place(entity)  # says so
        return found

    def rotation(self, world: World, entity: int) -> Quat:
        """Unit quaternion."""
        found = self._rotations.get(entity)
        return Quat(_read(world, entity, "rotation")) if found is None else found

    def scale(self, world: World, entity: int) -> Vec3:
        """Scale along the axes."""
        found = self._scales.get(entity)
        return Vec3(_read(world, entity, "scale")) if found is None else found

    def set_position(self, world: World, entity: int, metres: Sequence[float]) -> None:
        """Set the place, in metres."""
        _check(Transform in world.place(entity)[0].types)
        self._positions[entity] = _finite("position", Vec3, metres)

    def set_rotation(self, world: World, entity: int, rotation: Sequence[float]) -> None:
        """Set the rotation; it is normalised."""
        _check(Transform in world.place(entity)[0].types)
        self._rotations[entity] = _finite("rotation", Quat, rotation).normalized()

    def set_scale(self, world: World, entity: int, factors: Sequence[float] | float) -> None:
        """Set the scale; one number is all three."""
        _check(Transform in world.place(entity)[0].types)
        self._scales[entity] = _finite("scale", Vec3, factors)

    def flush(self, world: World) -> None:
        """Write to the world what was set."""
        if self._positions:
            handles, places = _columns(world, self._positions)
            self._positions.clear()
            roots = ~_have_parents(world, handles)
            if roots.any():
                cells, offsets = split_position(places[:, roots])
                if cells.any() or world.gather(handles[roots], Transform, "cell").any():
                    world.scatter(handles[roots], Transform, "cell", cells)
                world.scatter(handles[roots], Transform, "translation", offsets)
            if not roots.all():
                world.scatter(handles[~roots], Transform, "translation", places[:, ~roots])
        for name, values in (("rotation", self._rotations), ("scale", self._scales)):
            if values:
                handles, columns = _columns(world, values)
                values.clear()
                world.scatter(handles, Transform, name, columns)

    def fork(self, world: World) -> ScriptTransforms:
        """A fork has nothing that waits."""
        return ScriptTransforms()


def _read(world: World, entity: int, name: str) -> list[float]:
    table, row = world.place(entity)
    _check(Transform in table.types)
    values: list[float] = table.read(Transform, name)[:, row].tolist()
    return values


def _check(has_transform: bool) -> None:
    if not has_transform:
        raise TaixuError("the entity has no transform, so it is nowhere; add one with add('transform')")


def _has_parent(world: World, parent: Any) -> bool:
    return bool(parent) and bool(world.alive(int(parent))[0])


def _have_parents(world: World, handles: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return world.alive(world.gather(handles, Parent, "entity"))


def _columns(world: World, values: dict[int, Any]) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Living handles, [n], and their values, [width, n]."""
    handles = np.fromiter(values, np.uint64, len(values))
    columns = np.array(list(values.values()), np.float64).T
    living = world.alive(handles)
    return handles[living], columns[:, living]


def _finite(what: str, kind: Any, values: Any) -> Any:
    try:
        made = kind(values)
    except (TypeError, ValueError):
        made = ()
    if not made or not all(map(isfinite, made)):
        count = "four" if kind is Quat else "three"
        raise TaixuError(f"{what} takes {count} finite numbers, not {values!r:.80}")
    return made
