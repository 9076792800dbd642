"""Corners of what is drawn: found near the pointer, in the world or on the window, for drags that join corner to corner.

A mesh's corners are projected once for each camera that is looked through and then only compared, so that meshes of a million
corners follow the pointer. Deformed meshes count as they are at rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, MeshInstance, MeshLibrary, WorldTransforms
from taixu_editor.view.screen import Screen, columns_times

__all__ = ["Corners", "world_corners"]

Points = NDArray[np.float64]
Column = NDArray[np.float32]
_MOST_KEPT = 4_000_000
"""Corners that are remembered on the window, in all."""


def mesh_corners(world: World, handle: int) -> NDArray[np.float32]:
    """Positions [n, 3] of what an entity draws itself, in its own frame; none where it draws nothing."""
    if not world.has(handle, MeshInstance):
        return np.zeros((0, 3), np.float32)
    mesh = world.resource(MeshLibrary)[int(world.gather(np.array([handle], np.uint64), MeshInstance, "mesh")[0])]
    parts = [primitive.attributes.get("POSITION") for primitive in mesh.primitives]
    found = [np.asarray(part, np.float32).reshape(-1, 3) for part in parts if part is not None and len(part)]
    if len(found) == 1:
        return found[0]
    return np.concatenate(found) if found else np.zeros((0, 3), np.float32)


def world_corners(world: World, handles: Sequence[int]) -> Points:
    """Corners [n, 3] of what entities draw, metres of the world."""
    found = [np.zeros((0, 3))]
    for handle in handles:
        corners = mesh_corners(world, handle)
        if len(corners):
            matrix, origin = _place(world, handle)
            found.append(_moved(corners, matrix, origin))
    return np.concatenate(found)


class Corners:
    """Where corners are on the window, by entity, as long as nothing moves."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], tuple[Column, Column, Column, Column]] = {}
        self._count = 0

    def near(
        self, world: World, handles: Sequence[int], screen: Screen, place: Points, reach: float
    ) -> tuple[Points, Points, Points]:
        """Corners within `reach` of a place of the window, nearest first.

        In the world [n, 3], on the window [n, 2], and distances along the view [n].
        """
        points, places, aways = [np.zeros((0, 3))], [np.zeros((0, 2))], [np.zeros(0)]
        for handle in handles:
            corners, x, y, away = self._shown(world, handle, screen)
            if not len(corners):
                continue
            with np.errstate(invalid="ignore"):
                rows = np.flatnonzero(np.abs(x - np.float32(place[0])) < reach)
                rows = rows[np.abs(y[rows] - np.float32(place[1])) < reach]
            points.append(_moved(corners[rows], *_place(world, handle)))
            places.append(np.stack([x[rows], y[rows]], 1).astype(np.float64))
            aways.append(away[rows].astype(np.float64))
        found, where, depth = np.concatenate(points), np.concatenate(places), np.concatenate(aways)
        order = np.argsort(np.linalg.norm(where - place, axis=1))
        return found[order], where[order], depth[order]

    def forget(self) -> None:
        """The world or the camera is another one."""
        self._kept.clear()
        self._count = 0

    def _shown(self, world: World, handle: int, screen: Screen) -> tuple[Column, Column, Column, Column]:
        """An entity's corners in its own frame [n, 3]; x, y and distance on the window [n]."""
        matrix, origin = _place(world, handle)
        mesh = world.get(handle, MeshInstance).mesh if world.has(handle, MeshInstance) else 0
        made = mesh, world.resource(MeshLibrary).changes(1 << 62)[1]
        key = (id(world), handle, made, matrix.tobytes(), origin.tobytes(), screen.camera.key(), screen.origin, screen.extent)
        if key not in self._kept:
            corners = mesh_corners(world, handle)
            if self._count + len(corners) > _MOST_KEPT:
                self.forget()
            self._count += len(corners)
            self._kept[key] = (corners, *screen.project_many(corners, matrix, origin))
        return self._kept[key]


def _moved(corners: NDArray[np.float32], matrix: Points, origin: Points) -> Points:
    """Into the world: sizes in float32, which meshes have, places in float64."""
    found = np.empty(corners.shape)
    for axis, row in enumerate(matrix.astype(np.float32)):
        found[:, axis] = columns_times(corners, row)
        found[:, axis] += origin[axis]
    return found


def _place(world: World, handle: int) -> tuple[Points, Points]:
    places, index = world.resource(WorldTransforms), int(indices_of(np.array([handle], np.uint64))[0])
    matrix = np.asarray(places.matrices[index], np.float64).reshape(3, 4)
    return matrix[:, :3], matrix[:, 3] + np.asarray(places.cells[index], np.float64) * CELL_M
