"""`Cards`: who is so far away that a picture stands for all of him (`taixu.scene.impostors`), whose bones
then matter to nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.strides import Strides
from taixu.ecs import World, indices_of
from taixu.scene import MeshInstance, MeshLibrary

__all__ = ["Cards"]


class Cards:
    """What is drawn of each person."""

    def __init__(self) -> None:
        self._count = 0
        self._meshes: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._whose: NDArray[np.intp] = np.zeros(0, np.intp)
        self._is_card = self._has_card = np.zeros(0, bool)
        self._there: NDArray[np.intp] = np.zeros(0, np.intp)
        self._numbers: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._seen: tuple[int, ...] = ()

    def meet(self, drawn: Sequence[NDArray[np.uint64]]) -> None:
        """Be told which entities of each person may be drawn."""
        self._count = len(drawn)
        self._meshes = np.concatenate([np.zeros(0, np.uint64), *drawn])
        self._whose = np.repeat(np.arange(self._count), [len(each) for each in drawn])

    def look(self, world: World) -> None:
        """See what is drawn of everybody now."""
        library = world.resource(MeshLibrary)
        self._there, self._numbers = np.zeros(0, np.intp), np.zeros(0, np.uint32)
        if not library.drawn_impostors or not len(self._meshes):
            return
        self._learn(library)
        has_mesh = np.array([MeshInstance in table.types for table in world.tables] + [False])  # -1: nobody lives there
        self._there = np.flatnonzero(has_mesh[world._index.tables[indices_of(self._meshes)]])
        self._numbers = world.gather(self._meshes[self._there], MeshInstance, "mesh")

    def who(self) -> NDArray[np.bool_]:
        """Who is shown by a card and nothing else, [n]."""
        found = np.zeros(self._count, bool)
        owners = self._whose[self._there]
        found[owners] = True
        found[owners[~self._is_card[self._numbers]]] = False
        return found

    def show(self, world: World, moments: NDArray[np.uint32]) -> None:
        """Let the cards of everybody show a moment [n] of a stride, also where a mesh still gives way to one."""
        rows = self._there[self._has_card[self._numbers]]
        if len(rows):
            world.resource(Strides).show(world, indices_of(self._meshes[rows]), moments[self._whose[rows]])

    def _learn(self, library: MeshLibrary) -> None:
        """Which meshes are cards or nothing at all, and which have a card among others."""
        seen = (id(library), len(library), library.levels_version, library.forms_version)
        if self._seen == seen:
            return
        self._seen = seen
        self._is_card = np.array([not library[number].primitives for number in range(len(library))], bool)
        self._has_card = np.zeros(len(library), bool)
        for levels in library.levels.values():
            if levels.impostor in library.drawn_impostors:
                self._has_card[list(levels.numbers[levels.plain :])] = True
        self._has_card &= ~self._is_card
        drawn = list(library.drawn_impostors)
        self._is_card[drawn] = self._has_card[drawn] = True
