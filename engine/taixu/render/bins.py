"""Bins and commands: which multi-draws draw everything.

A command draws one mesh with one draw key; a bin is a run of commands with the same draw key, primitive mode and
winding. Commands are named for good by a logical number, kept in renderable rows; where they lie among the physical
ones, sorted by bin, is looked up in a small table on the GPU, so a new mesh moves no row. Objects that are mirrored
(negative determinant) turn their triangles around: the culling pass sends them to a twin command, whose bin culls
front faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.render.context import DrawKey, MaterialSource
from taixu.render.meshes import MODES, MeshPool

__all__ = ["Bin", "DrawLists"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Commands `first` to `first + count` of the physical ones.

    Attributes
    ----------
    key, key_index
        The draw key, and its index in the material source.
    mode
        "points", "lines" or "triangles".
    cull
        Which faces a plain pass culls: "back"; "front" for mirrored objects; "none" for double-sided materials.
    is_deformed
        Each of its objects has vertices of its own.
    """

    key: DrawKey
    key_index: int
    mode: str
    cull: str
    first: int
    count: int
    is_deformed: bool = False

    @property
    def defines(self) -> dict[str, object]:
        """What the bin itself asks of vertex shaders."""
        found: dict[str, object] = {"DEFORMED": True} if self.is_deformed else {}
        if self.key.sways and not self.is_deformed:
            found["SWAYS"] = True
        return found

    @property
    def is_mirrored(self) -> bool:
        """Whether it draws mirrored objects."""
        return self.cull == "front"


class DrawLists:
    """Commands of a scene, and their arrangement in bins.

    Attributes
    ----------
    bins
        In the order of their commands. Blended ones are not among them.
    template : uint32[p, 5]
        Physical commands with zero instances.
    places : uint32[l, 2]
        By logical command: its physical number, and the one for mirrored objects.
    visible_count
        Length that a visible list needs.
    version
        Changes when the arrangement did.
    """

    def __init__(self) -> None:
        self.bins: tuple[Bin, ...] = ()
        self.template = np.zeros((1, 5), np.uint32)
        self.places = np.zeros((1, 2), np.uint32)
        self.visible_count = 1
        self.version = 0
        self.meshes = np.zeros(0, np.uint32)
        self.keys = np.zeros(0, np.int32)
        self.deformed = np.zeros(0, bool)
        self.counts = np.zeros(0, np.int64)
        self._room = np.zeros(0, np.int64)
        self._known: dict[int, int] = {}
        self._stamp: tuple[int, int] = (-1, -1)

    def assign(
        self, meshes: NDArray[np.uint32], keys: NDArray[np.int32], deformed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.uint32]:
        """Logical commands of meshes, draw keys and whether they are deformed; new ones where there are none yet."""
        pairs = (meshes.astype(np.int64) << 25) | keys
        if deformed is not None:
            pairs |= deformed.astype(np.int64) << 24
        if len(pairs) and pairs[0] == pairs[-1] and (pairs == pairs[0]).all():
            unique, inverse = pairs[:1], np.zeros(len(pairs), np.intp)
        else:
            unique, inverse = np.unique(pairs, return_inverse=True)
        logical = np.empty(len(unique), np.uint32)
        new: list[int] = []
        for i, pair in enumerate(unique.tolist()):  # a handful of kinds, however many things there are
            number = self._known.get(pair)
            if number is None:
                number = self._known[pair] = len(self.counts) + len(new)
                new.append(pair)
            logical[i] = number
        if new:
            added = np.array(new, np.int64)
            self.meshes = np.concatenate([self.meshes, (added >> 25).astype(np.uint32)])
            self.deformed = np.concatenate([self.deformed, (added >> 24 & 1).astype(bool)])
            self.keys = np.concatenate([self.keys, (added & 0xFFFFFF).astype(np.int32)])
            self.counts = np.concatenate([self.counts, np.zeros(len(new), np.int64)])
        return logical[inverse]

    def count(self, commands: NDArray[np.uint32], by: int) -> None:
        """Add `by` to the number of renderables of these logical commands."""
        self.counts += by * np.bincount(commands, minlength=len(self.counts))

    def arrange(self, pool: MeshPool, materials: MaterialSource) -> bool:
        """Arrange anew if commands came, outgrew their room, or meshes or materials changed; True if so."""
        stamp = (pool.version, materials.version)
        if stamp == self._stamp and len(self._room) == len(self.counts) and (self.counts <= self._room).all():
            return False
        self._stamp = stamp
        n = len(self.counts)
        room = np.zeros(n, np.int64)
        room[: len(self._room)] = self._room
        short = self.counts > room
        room[short] = 1 << np.ceil(np.log2(np.maximum(self.counts[short], 8))).astype(np.int64)
        self._room = room
        mode = pool.modes[self.meshes].astype(np.int64)
        order = np.lexsort((self.meshes, self.keys, self.deformed, mode))
        order = order[room[order] > 0]  # what nobody has ever been is not asked to be drawn
        self.places = np.zeros((max(n, 1), 2), np.uint32)
        commands: list[NDArray[np.uint32]] = []
        bins: list[Bin] = []
        first, base = 0, 0
        group = (mode[order] * 2 + self.deformed[order]) * (1 << 32) + self.keys[order]
        starts = np.flatnonzero(np.concatenate([[len(order) > 0], group[1:] != group[:-1]]))
        for start, stop in zip(starts, np.append(starts, len(order))[1:], strict=True):
            members = order[start:stop]
            key_index = int(self.keys[members[0]])
            key, name = materials.draw_keys[key_index], MODES[int(mode[members[0]])]
            windings = ("none",) if key.double_sided or name != "triangles" else ("back", "front")
            for twin, cull in enumerate(windings):
                block = np.zeros((len(members), 5), np.uint32)
                meshes = self.meshes[members]
                block[:, 0] = pool.rows["index_count"][meshes]
                block[:, 2] = pool.first_indices[meshes]
                block[:, 3] = pool.rows["first_vertex"][meshes]
                block[:, 4] = base + np.concatenate([[0], np.cumsum(room[members])[:-1]])
                base += int(room[members].sum())
                bins.append(Bin(key, key_index, name, cull, first, len(members), bool(self.deformed[members[0]])))
                self.places[members, twin] = first + np.arange(len(members))
                if len(windings) == 1:
                    self.places[members, 1] = self.places[members, 0]
                first += len(members)
                commands.append(block)
        self.template = np.concatenate(commands) if commands else np.zeros((1, 5), np.uint32)
        self.bins = tuple(bins)
        self.visible_count = max(base, 1)
        self.version += 1
        return True
