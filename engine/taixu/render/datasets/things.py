"""Which things are in a frame: numbers that last for a sequence, names, kinds, and boxes in the picture and in the world.

A thing is what somebody placed: the parts of a model or a prefab stand for the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.math.quaternion import from_matrix
from taixu.render.framing import box_corners
from taixu.scene import Hierarchy, MeshInstance, MeshLibrary, Model, Node, Shape, WorldTransforms

__all__ = ["Thing", "ThingFinder"]

MOST_THINGS = 65535
"""Ids are 16 bits."""


@dataclass(frozen=True)
class Thing:
    """A thing that is seen in a frame.

    Attributes
    ----------
    id
        From 1 on, the same in all frames of a sequence.
    category
        The name of its model's file, or its kind of shape; "other" for what is neither.
    pixels
        How many of the picture it covers.
    box_px
        Left, top, width and height of the pixels that show it.
    box_m
        Where it stands as a whole: ``center_m``, ``size_m`` along its own axes, ``rotation_xyzw``. None for what has no mesh.
    """

    id: int
    stable_id: int
    name: str
    category: str
    pixels: int
    box_px: tuple[int, int, int, int]
    box_m: dict[str, list[float]] | None

    def facts(self) -> dict[str, Any]:
        """As data."""
        return {
            "id": self.id, "stable_id": f"{self.stable_id:016x}", "name": self.name, "category": self.category,
            "pixels": self.pixels, "box_px": list(self.box_px), "box_m": self.box_m,
        }  # fmt: skip


class ThingFinder:
    """Gives things their numbers, in the order in which they come into sight (those of a frame by stable id)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids: dict[int, int] = {}

    def find(self, handles: NDArray[np.uint64]) -> tuple[NDArray[np.uint16], list[Thing]]:
        """The picture of ids [h, w], and the things in it by id; `handles` as in `Frame`.

        Raises
        ------
        TaixuError
            When more things came into sight than ids have room for.
        """
        world = self._world
        distinct, where = np.unique(handles, return_inverse=True)
        owners = [0 if handle == 0 else _owner_of(world, int(handle)) for handle in distinct.tolist()]
        stable = {owner: world.stable_id(owner) for owner in set(owners) - {0}}
        for number in sorted(stable.values()):
            self._ids.setdefault(number, len(self._ids) + 1)
        if len(self._ids) > MOST_THINGS:
            raise TaixuError(f"more than {MOST_THINGS:,} things come into sight, and ids have no room for more; look at fewer")
        numbers = np.array([self._ids[stable[owner]] if owner else 0 for owner in owners], np.uint16)
        picture: NDArray[np.uint16] = numbers[where.reshape(handles.shape)]
        things = [self._thing(owner, number, picture) for owner, number in stable.items()]
        return picture, sorted(things, key=lambda each: each.id)

    def _thing(self, owner: int, stable: int, picture: NDArray[np.uint16]) -> Thing:
        number = self._ids[stable]
        rows, columns = np.nonzero(picture == number)
        left, top = int(columns.min()), int(rows.min())
        box = (left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)
        return Thing(number, stable, Node(self._world, owner).name, _category(self._world, owner), len(rows), box,
                     _box_m(self._world, owner))  # fmt: skip


def _owner_of(world: World, handle: int) -> int:
    """The entity that somebody placed, of one that systems made from it; 0 for the dead."""
    if not world.alive(handle).all():
        return 0
    node = Node(world, handle)
    while world.place(node.entity)[0].made and (above := node.parent) is not None:
        node = above
    return node.entity


def _category(world: World, entity: int) -> str:
    if world.has(entity, Model):
        return PurePosixPath(str(world.get(entity, Model).source)).stem or "other"
    return str(world.get(entity, Shape).kind) if world.has(entity, Shape) else "other"


def _box_m(world: World, owner: int) -> dict[str, list[float]] | None:
    """The box of all meshes of a thing along its own axes; deformed meshes count as they are at rest."""
    places, library, hierarchy = world.resource(WorldTransforms), world.resource(MeshLibrary), world.resource(Hierarchy)
    hierarchy.update(world)
    index = int(indices_of(np.array([owner], np.uint64))[0])
    below = world.entities_at(hierarchy.descendants_of(np.array([index], np.intp)))
    parts = [owner, *(each for each in below.tolist() if _owner_of(world, each) == owner)]
    whole = places.matrix(index)
    origin, axes = whole[:3, 3], whole[:3, :3].copy()
    axes /= np.maximum(np.linalg.norm(axes, axis=0), 1e-12)
    if not np.isfinite(axes).all() or abs(np.linalg.det(axes)) < 0.5:
        axes = np.eye(3)  # a flattened or sheared thing has no axes of its own
    if np.linalg.det(axes) < 0:
        axes[:, 0] *= -1
    corners = []
    for part in parts:
        if not world.has(part, MeshInstance) or not world.get(part, MeshInstance).visible:
            continue
        number = int(world.get(part, MeshInstance).mesh)
        if not number:
            continue
        matrix = places.matrix(part & 0xFFFFFFFF)
        points = box_corners(library[number].bounds()) @ matrix[:3, :3].T + matrix[:3, 3]
        corners.append((points - origin) @ axes)
    if not corners or not np.isfinite(corners).all():
        return None
    low, high = np.concatenate(corners).min(0), np.concatenate(corners).max(0)
    middle = origin + axes @ ((low + high) / 2)
    return {"center_m": middle.tolist(), "size_m": (high - low).tolist(), "rotation_xyzw": np.asarray(from_matrix(axes)).tolist()}
