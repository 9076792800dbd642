"""What there is to draw: meshes with their materials, by number, so that columns can refer to them.

Entries are plain data; the renderer uploads them when it first meets their number. An entry may be replaced (a file
was edited): who follows a library asks which numbers changed since it last looked.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive, TextureRef

__all__ = ["Library", "LibraryMaterial", "LibraryMesh", "MaterialLibrary", "MeshLevels", "MeshLibrary", "add_mesh"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class LibraryMesh:
    """Primitives that are drawn together, each with a number in the `MaterialLibrary`."""

    primitives: tuple[Primitive, ...]
    materials: tuple[int, ...]
    weights: NDArray[np.float32] | None = None
    """Morph weights at rest."""
    far_caster: tuple[Primitive, int] | None = None
    """What casts the shadow of all primitives where that falls far away, with its material; it is not seen itself."""

    def bounds(self) -> NDArray[np.float32]:
        """Least and greatest position, float32[2, 3]."""
        boxes = [primitive.bounds() for primitive in self.primitives if primitive.vertex_count]
        if not boxes:
            return np.zeros((2, 3), np.float32)
        return np.stack([np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)])


@dataclass(frozen=True, slots=True, eq=False)
class LibraryMaterial:
    """A material with the model in which its texture references find their images.

    A surface of one's own (`taixu.scene.surfaces`) is in `surface`, its textures by field in `textures`; `material` is
    then what those see who know no surfaces.
    """

    material: Material
    model: ModelData
    surface: Any = None
    textures: Mapping[str, TextureRef] = field(default_factory=dict)
    fade: Any = None
    """A `taixu.scene.impostors.Fade`, where what has the material gives way to an impostor."""
    sways: bool = False
    """Whether meshes that have it bend in the wind: their TEXCOORD_1 begins with metres over the root."""


@dataclass(frozen=True, slots=True)
class MeshLevels:
    """Levels of detail of a mesh.

    Attributes
    ----------
    numbers
        In the `MeshLibrary`, the finest first.
    edges_px
        How many pixels wide its sphere is when each level but the last is left for the next one.
    sphere
        What its size on the screen is taken from: middle and radius, in the mesh's frame.
    impostor, plain
        The card whose pictures the last forms show, 0 where none does; and how many forms need no pictures.
    """

    numbers: tuple[int, ...]
    edges_px: tuple[float, ...]
    sphere: tuple[float, float, float, float]
    impostor: int = 0
    plain: int = 0
    told: int = 0
    """The form for those who must not depend on who looks."""
    dressed: tuple[int, ...] = ()
    is_exact: bool = False
    """Whether the edges are for eyes that take an error of one pixel for nothing; others leave each form later (`Eye.error_px`)."""
    """The plain forms with the impostor, which casts their shadows far away; they take their place once it has its pictures."""


class Library(Generic[T]):
    """Numbered entries; number 0 means nothing, or the default."""

    def __init__(self, nothing: T) -> None:
        self._entries: list[T] = [nothing]
        self._numbers: dict[Hashable, int] = {}
        self._stamps: dict[int, int] = {}  # when each number was put last, latest at the end
        self._count = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, number: int) -> T:
        return self._entries[number]

    def find(self, key: Hashable) -> int | None:
        """The number of the entry that was put under a key."""
        return self._numbers.get(key)

    def put(self, key: Hashable, entry: T) -> int:
        """Put an entry under a key, in place of the one there was, and give its number."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._entries)
            self._entries.append(entry)
        self.replace(number, entry)
        return number

    def replace(self, number: int, entry: T) -> None:
        """Put another entry in place of the one that has a number."""
        self._entries[number] = entry
        self._count += 1
        self._stamps.pop(number, None)
        self._stamps[number] = self._count

    def changes(self, seen: int) -> tuple[list[int], int]:
        """Numbers put since a former call (`seen` is 0, or what that call gave second), each once."""
        found: list[int] = []
        for number, stamp in reversed(self._stamps.items()):
            if stamp <= seen:
                break
            found.append(number)
        return found[::-1], self._count

    def fork(self, world: Any) -> Any:
        return self


class MeshLibrary(Library[LibraryMesh]):
    """All meshes of a world (a resource)."""

    def __init__(self) -> None:
        super().__init__(LibraryMesh((), ()))
        self.levels: dict[int, MeshLevels] = {}
        """Of a mesh with levels of detail, by its finest form's number."""
        self.levels_version = 0
        self.forms_version = 0
        """Changes where levels that were known show other forms."""
        self.impostors: dict[int, int] = {}
        """Materials of impostors, by the number of their card."""
        self.drawn_impostors: set[int] = set()
        """Those whose pictures are taken; whoever takes them says so by `show_impostors`."""
        self.wanted_impostors: set[int] = set()
        """Those that a level asked for and whose pictures are missing."""
        self._first_form: dict[int, int] = {}
        self._first_number: dict[int, int] = {}

    def put_levels(self, levels: MeshLevels) -> None:
        """Say that meshes are forms of one thing; `show_levels` chooses among them."""
        first, told = levels.numbers[0], levels.numbers[levels.told]
        if self.levels.get(first) == levels or any(self._first_form.get(each, told) != told for each in levels.numbers):
            return  # known, or a form of something else already: which of the two it stands for could not be told
        self.forms_version += first in self.levels
        self.levels[first] = levels
        self._first_form |= dict.fromkeys((*levels.numbers, *levels.dressed), told)
        self._first_number |= dict.fromkeys((*levels.numbers, *levels.dressed), first)
        self.levels_version += 1

    def levels_of(self, number: int) -> MeshLevels | None:
        """The forms of the thing that a mesh is a form of; None where it has no others."""
        return self.levels.get(self._first_number.get(number, 0))

    def show_impostors(self, numbers: Iterable[int], *, drawn: bool) -> None:
        """Say that pictures of impostors are there, or that they were given up."""
        if drawn:
            self.drawn_impostors.update(numbers)
        else:
            self.drawn_impostors.difference_update(numbers)
        self.wanted_impostors -= self.drawn_impostors
        self.levels_version += 1
        self.forms_version += 1

    def finest(self, numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """What these meshes are where eyes are near: for those who must not depend on who looks."""
        if not self.levels:
            return numbers
        finest = np.arange(len(self), dtype=np.uint32)
        finest[list(self._first_form)] = list(self._first_form.values())
        return finest[numbers]


class MaterialLibrary(Library[LibraryMaterial]):
    """All materials of a world (a resource). Number 0 is glTF's default material."""

    def __init__(self) -> None:
        super().__init__(LibraryMaterial(Material(), ModelData()))


def add_mesh(meshes: MeshLibrary, key: Hashable, arrays: dict[str, NDArray[Any]], *, material: int = 0) -> int:
    """Put a mesh of plain arrays (``POSITION``, ``NORMAL``, ..., ``indices``) into a library."""
    attributes = {name: values for name, values in arrays.items() if name != "indices"}
    return meshes.put(key, LibraryMesh((Primitive(attributes, arrays.get("indices")),), (material,)))
