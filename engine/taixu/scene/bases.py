"""`Bases`: entities whose matrices are kept relative to one above them, because nobody asks each frame where they are in the world.

A person who walks moves all bones in the world, but none of them against the person, and that is all that skins need to know:
bones that are held so cost nothing while only the person moves. Whoever holds entities sees to it that nothing is drawn or hung on
them; should anybody reparent one, give it a component or hang something on it, all that share its base are let go at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene.hierarchy import Hierarchy

__all__ = ["Bases"]

Indices = NDArray[np.intp]
_NONE: Indices = np.empty(0, np.intp)


class Bases:
    """What matrices are relative to, by entity index.

    Attributes
    ----------
    of : int32[capacity]
        The index of the entity above that a matrix is relative to; 0: its cell, as usual.
    revision : int
        Goes up when `of` changed.
    """

    def __init__(self) -> None:
        self.of: NDArray[np.int32] = np.zeros(0, np.int32)
        self.revision = 0
        self._handles: NDArray[np.uint64] = np.zeros(0, np.uint64)  # who is held: an index may pass to somebody else
        self._wishes: list[tuple[NDArray[np.uint64], NDArray[np.int32]]] = []
        self._news: list[Indices] = []
        self._levels: tuple[object, int, list[Indices]] = (None, -1, [])
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def reserve(self, capacity: int) -> None:
        """Make room for entity indices below `capacity`."""
        more = capacity - len(self.of)
        if more > 0:
            self.of = np.concatenate([self.of, np.zeros(more, np.int32)])
            self._handles = np.concatenate([self._handles, np.zeros(more, np.uint64)])

    def hold(self, handles: NDArray[np.uint64], bases: NDArray[np.integer]) -> None:
        """Keep entities relative to others from the next propagation on.

        Parameters
        ----------
        handles : uint64[n]
            Entities with a `Transform` and a `Parent`. What is between one and its base is held by the same base.
        bases : int[n]
            Index of the entity above that each is kept relative to.
        """
        self._wishes.append((np.asarray(handles, np.uint64), np.asarray(bases, np.int32)))

    def release(self, handles: NDArray[np.uint64]) -> None:
        """Keep entities relative to their cells again from the next propagation on."""
        self._wishes.append((np.asarray(handles, np.uint64), np.zeros(len(handles), np.int32)))

    def settle(self, world: World, hierarchy: Hierarchy, since: int, reparented: Indices) -> Indices:
        """Do what was asked for, and let go whom nobody may hold any more; gives whose matrix is relative to something else than
        before. Belongs to propagation: until then `of` says what matrices are relative to now.
        """
        wishes, self._wishes = self._wishes, []
        for handles, bases in wishes:
            there = world.alive(handles)
            indices = indices_of(handles[there])
            self.of[indices], self._handles[indices] = bases[there], handles[there]
            self._say(indices)
        if self._count:
            structure = world.structure.since(since)
            held = np.flatnonzero(self.of)
            if structure is None:
                self._let_go(held)
            elif len(structure.despawned):
                gone = held[~world.alive(self._handles[held])]
                if len(gone):
                    self._let_go(gone)
            touched = np.concatenate([self.of[reparented], self.of[hierarchy.parents[reparented]]])
            if structure is not None and len(structure.moved):  # who got another component may be drawn, or stand in somebody's way
                touched = np.concatenate([touched, self.of[indices_of(structure.moved)]])
            touched = np.unique(touched)
            touched = touched[touched > 0]
            if len(touched):
                self._let_go(np.flatnonzero(np.isin(self.of, touched)))
        news, self._news = self._news, []
        return np.unique(np.concatenate(news)) if news else _NONE

    def free_levels(self, hierarchy: Hierarchy) -> list[Indices]:
        """The hierarchy's levels without those who are held."""
        if not self._count:
            return hierarchy.levels
        if self._levels[0] is not hierarchy.levels or self._levels[1] != self.revision:
            self._levels = hierarchy.levels, self.revision, [level[self.of[level] == 0] for level in hierarchy.levels]
        return self._levels[2]

    def _let_go(self, indices: Indices) -> None:
        self.of[indices] = 0
        self._say(indices)

    def _say(self, indices: Indices) -> None:
        if len(indices):
            self._news.append(indices)
            self._count = int(np.count_nonzero(self.of))
            self.revision += 1
