"""`Cards`: who is so far away that a picture stands for all of him (`taixu.scene.impostors`), whose bones then matter to nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene import MeshInstance, MeshLibrary

__all__ = ["Cards"]


class Cards:
    """What is drawn of each person."""

    def __init__(self) -> None:
        self._count = 0
        self._meshes: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._whose: NDArray[np.intp] = np.zeros(0, np.intp)
        self._is_card: NDArray[np.bool_] = np.zeros(0, bool)
        self._seen: tuple[int, ...] = ()

    def meet(self, drawn: Sequence[NDArray[np.uint64]]) -> None:
        """Be told which entities of each person may be drawn."""
        self._count = len(drawn)
        self._meshes = np.concatenate([np.zeros(0, np.uint64), *drawn])
        self._whose = np.repeat(np.arange(self._count), [len(each) for each in drawn])

    def who(self, world: World) -> NDArray[np.bool_]:
        """Who is shown by a card and nothing else, [n]."""
        found = np.zeros(self._count, bool)
        library = world.resource(MeshLibrary)
        if not library.drawn_impostors or not len(self._meshes):
            return found
        self._learn(library)
        has_mesh = np.array([MeshInstance in table.types for table in world.tables] + [False])  # -1: nobody lives there
        there = has_mesh[world._index.tables[indices_of(self._meshes)]]
        numbers = world.gather(self._meshes[there], MeshInstance, "mesh")
        found[self._whose[there]] = True
        found[self._whose[there][~self._is_card[numbers]]] = False
        return found

    def _learn(self, library: MeshLibrary) -> None:
        """Which meshes are cards, or nothing at all."""
        seen = (id(library), len(library), library.levels_version, library.forms_version)
        if self._seen == seen:
            return
        self._seen = seen
        self._is_card = np.array([not library[number].primitives for number in range(len(library))], bool)
        self._is_card[list(library.drawn_impostors)] = True
