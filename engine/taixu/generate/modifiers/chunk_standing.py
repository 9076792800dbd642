"""Chunks as entities: ground, water and plants of each, coming and going; numbers of meshes are used again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import CELL_M, Cell
from taixu.generate.modifiers.chunk_meshes import ChunkData
from taixu.generate.modifiers.components import MadeBy
from taixu.generate.modifiers.layers import Places, Thing
from taixu.generate.modifiers.showing import Shown
from taixu.generate.modifiers.stacks import digest
from taixu.scene.components import MeshInstance, Name, Parent, Transform
from taixu.scene.hierarchy import despawn_tree
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.scatter.placing import model_levels, model_now
from taixu.scene.scatter.squares import merged
from taixu.scene.shape_meshes import look_number, looks_of
from taixu.scene.surfaces import surface_type
from taixu.scene.terrain.components import WaterSurface

__all__ = ["ChunkStanding"]

_FEW_VERTICES = 48
_NEAR = 0.35
"""Plants of the finest chunks that are nearer than so many edges have their finest form."""
_MOST_MERGED = 400_000


@dataclass(slots=True)
class _Shown:
    entity: int
    data: ChunkData
    is_near: bool
    meshes: list[int]
    things: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))


@dataclass(slots=True)
class ChunkStanding:
    """What stands of one stack's chunks."""

    stack: int
    shown: dict[Cell, _Shown] = field(default_factory=dict)
    _free: list[int] = field(default_factory=list)
    _made: int = 0
    _forms: dict[str, list[LibraryMesh]] = field(default_factory=dict)
    _library: MeshLibrary | None = None

    def stands(self, world: World) -> bool:
        """Whether what was shown is still there."""
        if self._library is not world.resource(MeshLibrary):
            return False
        return all(world.alive(np.array([one.entity for one in self.shown.values()], np.uint64)).tolist())

    def show(self, world: World, chunks: Mapping[Cell, ChunkData], gaps: Mapping[Cell, float]) -> bool:
        """Show these chunks and no others; whether anything changed."""
        library = world.resource(MeshLibrary)
        if self._library is not library or not self.stands(world):
            self.clear(world)
            self._library, self._free, self._made, self._forms = library, [], 0, {}
        near = {cell: cell[0] == 0 and gaps.get(cell, 1.0) < _NEAR for cell in chunks}
        gone = [
            cell for cell, one in self.shown.items()
            if cell not in chunks or chunks[cell] is not one.data or near[cell] != one.is_near
        ]  # fmt: skip
        if gone:
            lost = [self.shown.pop(cell) for cell in gone]
            despawn_tree(world, world.living(np.concatenate([_entities(lost), *(one.things for one in lost)])))
            for number in [number for one in lost for number in one.meshes]:
                library.replace(number, LibraryMesh((), ()))
                self._free.append(number)
        new = [cell for cell in chunks if cell not in self.shown]
        if new:
            ground, water = self._materials(world)
            for cell in new:
                self.shown[cell] = self._stand(world, library, chunks[cell], ground, water, is_near=near[cell])
        return bool(gone or new)

    def clear(self, world: World) -> None:
        """Take everything away."""
        living = world.living(np.concatenate([_entities(self.shown.values()), *(one.things for one in self.shown.values())]))
        if len(living):
            despawn_tree(world, living)
        self.shown.clear()

    def spawn(self, world: World, key: Hashable, *components: Any) -> int:
        """An entity that is made, with an id that hangs on the stack and a key."""
        stable = int(digest("chunk", world.stable_id(self.stack), key)[:16], 16) or 1
        return world.spawn(*components, MadeBy(stack=self.stack), stable_id=stable)

    def _stand(
        self, world: World, library: MeshLibrary, data: ChunkData, ground: int, water: int, *, is_near: bool
    ) -> _Shown:
        level, i, j = data.cell
        edge = CELL_M * (1 << level)
        numbers: list[int] = []

        def mesh(entry: LibraryMesh) -> int:
            if self._free:
                number = self._free.pop()
                library.replace(number, entry)
            else:
                number = library.put(("chunk", self.stack, id(self), self._made), entry)
                self._made += 1
            numbers.append(number)
            return number

        entity = self.spawn(
            world, ("chunk", data.cell), Transform(translation=(i * edge, 0.0, j * edge)), Parent(entity=self.stack),
            Name(text=f"chunk {level}:{i},{j}"),
            MeshInstance(mesh=mesh(LibraryMesh((data.ground,), (ground,))), cast_shadow=level < 3),
        )  # fmt: skip
        if data.water is not None:
            self.spawn(
                world, ("water", data.cell), Transform(), Parent(entity=entity),
                MeshInstance(mesh=mesh(LibraryMesh((data.water,), (water,))), cast_shadow=False),
            )  # fmt: skip
        parts: list[tuple[Primitive, int]] = []
        for places in data.places:
            forms = self._forms_of(world, str(places.fields.get("model", "")))
            if not forms or not len(places.rows):
                continue
            which = 0 if is_near else min(1, len(forms) - 1) if level == 0 else len(forms) - 1
            form = forms[which]
            if level == 0 and _size(form) > _FEW_VERTICES:
                self._singly(world, library, entity, data.cell, places, form, which)
            elif _size(form) * len(places.rows) <= _MOST_MERGED:
                middle = np.zeros(3)
                parts += [(merged(part, places.rows, middle), m) for part, m in zip(form.primitives, form.materials, strict=True)]
        if parts:
            entry = LibraryMesh(tuple(part for part, _ in parts), tuple(material for _, material in parts))
            self.spawn(
                world, ("plants", data.cell), Transform(), Parent(entity=entity),
                MeshInstance(mesh=mesh(entry), cast_shadow=False),
            )  # fmt: skip
        things: dict[int, list[Thing]] = {}
        for modifier, thing in data.things if level == 0 else ():
            things.setdefault(modifier, []).append(thing)
        hand = Shown(self.stack)
        made = [part for modifier, some in things.items() for part in hand.spawn_things(world, modifier, data.cell, some)]
        return _Shown(entity, data, is_near, numbers, np.concatenate([np.empty(0, np.uint64), *made]))

    def _singly(
        self, world: World, library: MeshLibrary, entity: int, cell: Cell, places: Places, form: LibraryMesh, which: int
    ) -> None:
        number = library.put(("chunk plant", str(places.fields["model"]), which), form) \
            if library.find(("chunk plant", str(places.fields["model"]), which)) is None \
            else library.find(("chunk plant", str(places.fields["model"]), which))  # fmt: skip
        rows = places.rows
        rotations = np.zeros((4, len(rows)), np.float32)
        rotations[1], rotations[3] = np.sin(rows[:, 3] / 2), np.cos(rows[:, 3] / 2)
        base = int(digest("plants", world.stable_id(self.stack), cell, places.kind)[:16], 16)
        ids: NDArray[np.uint64] = np.uint64(base) ^ (places.numbers.astype(np.uint64) + np.uint64(1))
        ids[ids == 0] = 1
        world.spawn_batch(
            len(rows),
            {
                Transform: {"translation": rows[:, :3].T, "rotation": rotations, "scale": np.tile(rows[:, 4], (3, 1))},
                Parent: {"entity": entity}, MadeBy: {"stack": self.stack},
                MeshInstance: {"mesh": number, "cast_shadow": True},
            },
            stable_ids=ids,
        )  # fmt: skip

    def _forms_of(self, world: World, source: str) -> list[LibraryMesh]:
        if source not in self._forms:
            try:
                self._forms[source] = model_levels(world, model_now(world, source), source) if source else []
            except TaixuError:
                self._forms[source] = []
        return self._forms[source]

    def _materials(self, world: World) -> tuple[int, int]:
        """Numbers of the ground's and the water's material, by the surfaces beside the stack."""
        table, row = world.place(self.stack)
        found = []
        for is_water in (False, True):
            own = [cls for cls in table.types if surface_type(cls) and (cls is WaterSurface) == is_water]
            look = looks_of(table, own[0], slice(row, row + 1))[0] if own else ()
            found.append(look_number(world, look) if look else 0)
        return found[0], found[1]


def _entities(shown: Iterable[_Shown]) -> NDArray[np.uint64]:
    return np.array([one.entity for one in shown], np.uint64)


def _size(form: LibraryMesh) -> int:
    return sum(part.vertex_count for part in form.primitives)
