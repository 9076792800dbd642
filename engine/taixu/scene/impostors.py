"""Impostors: what stands for a thing that is far away, a card with pictures of it from all sides.

Here is what a world knows of them: which mesh a card stands for, where its edges are, and that a level of detail may be one. A
renderer takes the pictures when a level first asks for them (`MeshLibrary.wanted_impostors`) and says when they are there; until
then, and where nobody renders, the mesh stays. So no file holds pictures, and every model, whoever made it, has impostors.

A card's four corners stand around its middle, one in every second corner of a cube, so that its bounds are those of the thing;
shaders find the middle again and turn the card to whoever looks. Many cards can lie in one mesh: each corner knows its own turn
and size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLevels, MeshLibrary

__all__ = ["CARD_CORNERS", "STRIDES", "Fade", "Impostor", "cards", "impostor_levels"]

CARD_CORNERS = np.array([[-1, -1, 1], [1, -1, -1], [1, 1, 1], [-1, 1, -1]], np.float32)
"""Where a card's corners stand about its middle, in radii; x and y are the corner of the card itself."""
_TRIANGLES = np.array([0, 1, 2, 0, 2, 3], np.uint32)
STRIDES = 8
"""Pictures of people who walk show so many moments of a stride."""
_FADE_SHARE = 0.62
"""Of the size at which an impostor begins to show, that at which nothing else is shown."""
_FADE_SLACK = 0.9
"""Levels are left for coarser ones at this share of their edge: by then an impostor must not yet be seen."""


@dataclass(frozen=True, slots=True)
class Fade:
    """Between which sizes one form of a thing gives way to another, dot by dot.

    Attributes
    ----------
    sphere
        Middle and radius that sizes are taken from, in the mesh's frame.
    from_px, to_px
        Width of the sphere on the screen: at the first and above it is the finer form that is seen, at the second the coarser.
    """

    sphere: tuple[float, float, float, float]
    from_px: float
    to_px: float


@dataclass(frozen=True, slots=True)
class Impostor:
    """What a card shows; the surface of its `LibraryMaterial`.

    Attributes
    ----------
    number
        Of the card in the `MeshLibrary`.
    source
        Mesh of which pictures are taken.
    fade
        When it comes; its sphere is what fits into a picture.
    reach
        Of an upright cylinder about the sphere's middle that holds the thing: radius and half its height. Cards are no larger.
    frames, frame_px
        Pictures along each side of the atlas, and how wide each is.
    poses
        The source is deformed: pictures are taken of whoever shows one of these meshes, as they stand.
    blocks
        Along each side of the atlas: squares of pictures. Walkers have nine: one stands, eight are moments of a stride.
    """

    number: int
    source: int
    fade: Fade
    reach: tuple[float, float]
    frames: int = 12
    frame_px: int = 96
    poses: tuple[int, ...] = ()
    blocks: int = 1

    @property
    def size_px(self) -> int:
        """Of an edge of the atlas."""
        return self.blocks * self.frames * self.frame_px


def impostor_levels(
    meshes: MeshLibrary, materials: MaterialLibrary, levels: MeshLevels, *, sphere: tuple[float, float, float, float] | None = None,
    reach: tuple[float, float] | None = None, at_px: float, frames: int = 12, frame_px: int = 96, is_posed: bool = False,
    walks: bool = False,
) -> MeshLevels:  # fmt: skip
    """Levels of detail that end in an impostor.

    Two forms are added: the coarsest mesh and the card together, which give way to each other while the thing gets smaller, and
    the card alone.

    Parameters
    ----------
    sphere, reach
        What fits into a picture, as in `Impostor`; by default what sizes are taken from, and what the coarsest mesh reaches.
    at_px
        Width of the levels' sphere on the screen at which the impostor begins to show.
    is_posed
        The mesh hangs on bones: pictures are taken of somebody who stands there.
    walks
        The bones are those of a person, who is shown walking too.
    """
    last = levels.numbers[-1]
    entry = meshes[last]
    at_px = min((at_px, *levels.edges_px))
    seen = sphere or levels.sphere
    share = seen[3] / levels.sphere[3]  # sizes on the screen are of what fits into the picture
    fade = Fade(seen, at_px * _FADE_SLACK * share, at_px * _FADE_SHARE * share)
    number = meshes.put(("impostor", last), LibraryMesh((), ()))
    poses = levels.numbers if is_posed else ()
    impostor = Impostor(number, last, fade, reach or _reach(entry, seen), frames, frame_px, poses, 3 if walks else 1)
    metallic, roughness = _mean_look(materials, entry)
    look = Material(name="impostor", metallic=metallic, roughness=roughness, alpha_mode="MASK", double_sided=True)
    material = materials.put(("impostor", number), LibraryMaterial(look, ModelData(), impostor))
    card = Primitive(*cards(np.array([[*seen[:3], 0.0, 1.0]], np.float32), radius=seen[3]))
    meshes.replace(number, LibraryMesh((card,), (material,)))
    fading = tuple(_fading(materials, each, fade) for each in entry.materials)
    both = meshes.put(
        ("to impostor", last),
        LibraryMesh((*entry.primitives, card), (*fading, material), entry.weights, None if is_posed else (card, material)),
    )
    dressed = () if is_posed else tuple(
        meshes.put(("with impostor", each), replace(meshes[each], far_caster=(card, material))) for each in levels.numbers
    )  # fmt: skip
    meshes.impostors[number] = material
    edges = (*levels.edges_px, at_px, at_px * _FADE_SHARE)
    forms = (*levels.numbers, both, number)
    return replace(levels, numbers=forms, edges_px=edges, impostor=number, plain=len(levels.numbers), dressed=dressed)


def cards(rows: NDArray[np.float32], *, radius: float) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.uint32]]:
    """Attributes and indices of cards, as `Primitive` takes them.

    Parameters
    ----------
    rows : float32[n, 5]
        x y z of the middles, turn about the vertical, scale.
    """
    count = len(rows)
    scales = rows[:, 4, None, None]
    points = rows[:, None, :3] + CARD_CORNERS * (radius * scales)
    corners = np.broadcast_to(CARD_CORNERS[:, :2], (count, 4, 2))
    turns = np.broadcast_to(rows[:, None, 3:5], (count, 4, 2))
    attributes = {
        "POSITION": points.reshape(-1, 3), "NORMAL": np.tile(np.array([0, 1, 0], np.float32), (4 * count, 1)),
        "TEXCOORD_0": corners.reshape(-1, 2), "TEXCOORD_1": turns.reshape(-1, 2),
    }  # fmt: skip
    indices = np.arange(count, dtype=np.uint32)[:, None] * np.uint32(4) + _TRIANGLES
    return {name: np.ascontiguousarray(values, np.float32) for name, values in attributes.items()}, indices.reshape(-1)


def _fading(materials: MaterialLibrary, number: int, fade: Fade) -> int:
    """The same material, giving way."""
    entry = materials[number]
    if entry.material.alpha_mode == "BLEND":
        return number
    return materials.put(("fading", number, fade), replace(entry, fade=fade))


def _reach(entry: LibraryMesh, sphere: tuple[float, float, float, float]) -> tuple[float, float]:
    """Of the least upright cylinder about a point that holds a mesh, a little more than needed."""
    points = np.concatenate([part.attributes["POSITION"] for part in entry.primitives if part.vertex_count] or [np.zeros((1, 3))])
    away = points - np.array(sphere[:3])
    wide, high = float(np.hypot(away[:, 0], away[:, 2]).max()), float(np.abs(away[:, 1]).max())
    return min(max(wide * 1.02, 1e-3 * sphere[3]), sphere[3]), min(max(high * 1.02, 1e-3 * sphere[3]), sphere[3])


def _mean_look(materials: MaterialLibrary, entry: LibraryMesh) -> tuple[float, float]:
    """How metallic and how rough its triangles are on average."""
    weights = [len(part.triangles()) for part in entry.primitives]
    looks = [materials[number].material for number in entry.materials]
    if not sum(weights):
        return 0.0, 1.0
    return (float(np.average([each.metallic for each in looks], weights=weights)),
            float(np.average([each.roughness for each in looks], weights=weights)))  # fmt: skip
