"""The world's libraries on the GPU: meshes and materials by library number, uploaded when first met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.tangents import with_tangents
from taixu.ecs import World
from taixu.render.meshes import MeshPool
from taixu.render.row_buffer import grown
from taixu.scene.impostors import Impostor
from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary

if TYPE_CHECKING:
    from taixu.render.materials import BoundTexture, MaterialTable

__all__ = ["CASTS_FAR", "LibraryMirror", "TextureLoader"]

CASTS_FAR = 2
Pictures = Callable[[MeshLibrary, Impostor], "dict[str, BoundTexture]"]
"""Gives the atlas of an impostor, used once more; nothing while there is none."""
TextureLoader = Callable[[LibraryMaterial], "dict[str, BoundTexture]"]
"""Brings a material's images to the texture pool."""


class LibraryMirror:
    """Pool meshes and table materials of a world's library entries.

    Attributes
    ----------
    starts, counts : int32 arrays
        By mesh number: where its primitives stand in `meshes` and `materials`, and how many there are.
    meshes, materials, casts
        Pool mesh and table material of each primitive, and where it casts shadows: everywhere (0), nearby (1), or far away
        (`CASTS_FAR`), which then is all that it does.
    has_casts
        Whether some cast shadows elsewhere than everywhere.
    """

    def __init__(
        self, pool: MeshPool, table: MaterialTable, load_textures: TextureLoader, *, pictures: Pictures | None = None
    ) -> None:
        self._pool, self._table, self._load_textures, self._pictures = pool, table, load_textures, pictures
        self.starts = np.zeros(64, np.int32)
        self.counts = np.zeros(64, np.int32)
        self.meshes = np.zeros(0, np.uint32)
        self.materials = np.zeros(0, np.uint32)
        self.casts = np.zeros(0, np.int8)
        self.has_casts = False
        self._met = np.zeros(64, bool)
        self._material_ids: dict[int, int] = {}
        self._seen = (0, 0)
        self._libraries: tuple[MeshLibrary, MaterialLibrary] | None = None

    def update(self, world: World) -> NDArray[np.intp]:
        """Replace what was edited; gives the mesh numbers whose primitives are others now."""
        if not world.has_resource(MeshLibrary):
            return np.zeros(0, np.intp)
        libraries = (world.resource(MeshLibrary), world.resource(MaterialLibrary))
        if self._libraries != libraries:
            others = np.flatnonzero(self._met) if self._libraries else np.zeros(0, np.intp)
            self.release()
            self._libraries, self._seen = libraries, (libraries[0].changes(0)[1], libraries[1].changes(0)[1])
            return others
        changed_meshes, mesh_tick = world.resource(MeshLibrary).changes(self._seen[0])
        changed_materials, material_tick = world.resource(MaterialLibrary).changes(self._seen[1])
        self._seen = (mesh_tick, material_tick)
        for number in changed_materials:
            if number in self._material_ids:
                entry = world.resource(MaterialLibrary)[number]
                self._table.replace(self._material_ids[number], entry, self._textures(entry))
        replaced = [n for n in changed_meshes if n < len(self._met) and self._met[n]]
        for number in replaced:
            self._forget(number)
        return np.array(replaced, np.intp)

    def _forget(self, number: int) -> None:
        first = int(self.starts[number])
        for mesh in self.meshes[first : first + int(self.counts[number])].tolist():
            self._pool.remove(mesh)
        self._met[number] = False
        self.counts[number] = 0

    def meet(self, world: World, numbers: NDArray[Any]) -> None:
        """Upload the meshes of these numbers that were not met before."""
        if len(numbers) == 0:
            return
        highest = int(numbers.max())
        if highest >= len(self._met):
            size = grown(len(self._met), highest + 1)
            for name in ("starts", "counts", "_met"):
                old = getattr(self, name)
                new = np.zeros(size, old.dtype)
                new[: len(old)] = old
                setattr(self, name, new)
        missing = numbers[~self._met[numbers]]
        for number in np.unique(missing).tolist():
            self._add(world, number)

    def _add(self, world: World, number: int) -> None:
        library = world.resource(MeshLibrary)
        self._met[number] = True
        if number == 0 or number >= len(library):
            self.counts[number] = 0
            return
        entry = library[number]
        meshes, materials, casts = [], [], []
        known = world.resource(MaterialLibrary)
        everywhere = [int(entry.far_caster is not None)] * len(entry.primitives)
        parts = list(zip(entry.primitives, entry.materials, everywhere, strict=True))
        if entry.far_caster is not None:
            parts.append((*entry.far_caster, CASTS_FAR))
        for primitive, material, cast in parts:
            # Models have their tangents since they were loaded; shapes and what plugins make get them here.
            followed = [known[material].material] if 0 < material < len(known) else []
            mesh = self._pool.add(with_tangents(primitive, followed))
            if mesh:
                meshes.append(mesh)
                materials.append(self._material(world, material))
                casts.append(cast)
        self.starts[number], self.counts[number] = len(self.meshes), len(meshes)
        self.meshes = np.concatenate([self.meshes, np.array(meshes, np.uint32)])
        self.materials = np.concatenate([self.materials, np.array(materials, np.uint32)])
        self.casts = np.concatenate([self.casts, np.array(casts, np.int8)])
        self.has_casts |= any(casts)

    def _material(self, world: World, number: int) -> int:
        if number == 0 or number >= len(world.resource(MaterialLibrary)):
            return 0
        found = self._material_ids.get(number)
        if found is None:
            entry = world.resource(MaterialLibrary)[number]
            found = self._material_ids[number] = self._table.add(entry, self._textures(entry))
        return found

    def _textures(self, entry: LibraryMaterial) -> dict[str, BoundTexture]:
        if isinstance(entry.surface, Impostor):
            return self._pictures(self._libraries[0], entry.surface) if self._pictures and self._libraries else {}
        return self._load_textures(entry)

    def parts(self, number: int) -> Iterator[tuple[int, int]]:
        """Pool mesh and table material of each primitive of a mesh that was met."""
        first = int(self.starts[number])
        last = first + int(self.counts[number])
        return zip(self.meshes[first:last].tolist(), self.materials[first:last].tolist(), strict=True)

    def repaint(self, library: MeshLibrary, numbers: Iterable[int]) -> None:
        """Materials of impostors whose pictures came or went; those of other libraries are left alone."""
        if self._libraries is None or self._libraries[0] is not library:
            return
        for number in numbers:
            if number in self._material_ids:
                entry = self._libraries[1][number]
                self._table.replace(self._material_ids[number], entry, self._textures(entry))

    def shown_materials(self, rows: NDArray[Any]) -> Iterator[tuple[MeshLibrary, int]]:
        """Which of the library's materials renderables have."""
        if self._libraries is not None:
            seen = set(np.unique(rows["material"]).tolist())
            yield from ((self._libraries[0], number) for number, mine in self._material_ids.items() if mine in seen)

    def release(self) -> None:
        """Give meshes and materials back."""
        for number in np.flatnonzero(self._met).tolist():
            self._forget(number)
        self.meshes = self.materials = np.zeros(0, np.uint32)
        self.casts = np.zeros(0, np.int8)
        for material in self._material_ids.values():
            self._table.remove(material)
        self._material_ids.clear()
