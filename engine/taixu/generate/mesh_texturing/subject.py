"""What is to be textured: a model's triangles as they stand at rest, in metres, with the way back to its primitives."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.flattening import Piece, flatten_model
from taixu.assets.mesh import Mode, Primitive
from taixu.assets.model import ModelData
from taixu.assets.normals import creased_normals
from taixu.errors import TaixuError

__all__ = ["BEFORE", "MOST_TRIANGLES", "Subject", "Surface", "assemble", "face_areas", "gather", "remapped", "stand_scales"]

BEFORE = "_BEFORE"
"""The attribute that keeps texture coordinates of before while new ones are laid."""
MOST_TRIANGLES = 2_000_000
"""Triangles that a model may show; who has more wants another level of detail."""

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Surface:
    """A primitive of a model that is shown.

    Attributes
    ----------
    mesh, number
        Which it is: ``model.meshes[mesh].primitives[number]``.
    primitive
        Plain triangles with unit normals; in the end with texture coordinates and tangents.
    is_painted
        Whether it gets the new texture; others only stand before and beside it.
    """

    mesh: int
    number: int
    primitive: Primitive
    is_painted: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """All triangles in one space. A primitive that stands in several places is there several times; its first stand is baked.

    Attributes
    ----------
    positions, normals : float64 [n, 3]
        Metres; unit.
    tangents : float64 [n, 4]
        Along rising u, unit; w as in glTF. Zeros without texture coordinates.
    texcoords : float64 [n, 2]
        v down; NaN where nothing is painted.
    triangles : int64 [t, 3]
    own : bool [t]
        Whether texels are baked of this triangle.
    surfaces : int64 [t]
        Which surface it is of.
    earlier : float64 [n, 2]
        Where the vertex lay in the texture that was there before (`BEFORE`); NaN where nobody kept that.
    """

    positions: Floats
    normals: Floats
    tangents: Floats
    texcoords: Floats
    triangles: NDArray[np.int64]
    own: NDArray[np.bool_]
    surfaces: NDArray[np.int64]
    earlier: Floats
    area_m2: float = field(init=False)
    centre: Floats = field(init=False)
    radius_m: float = field(init=False)

    def __post_init__(self) -> None:
        corners = self.positions[self.triangles]
        used = self.positions[np.unique(self.triangles)]
        low, high = used.min(0), used.max(0)
        object.__setattr__(self, "area_m2", float(face_areas(corners).sum()))
        object.__setattr__(self, "centre", (low + high) / 2)
        object.__setattr__(self, "radius_m", float(np.linalg.norm(used - (low + high) / 2, axis=1).max()))

    @property
    def painted(self) -> NDArray[np.bool_]:
        """Which triangles show the texture: those that own texels, and the same ones elsewhere; bool [t]."""
        return np.asarray(np.isfinite(self.texcoords[self.triangles]).all((1, 2)), bool)


def face_areas(corners: Floats) -> Floats:
    """Areas [t] of corners [t, 3, 3]."""
    areas: Floats = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    return areas


def gather(model: ModelData, *, is_painted: Callable[[Primitive], bool] = lambda primitive: True) -> list[Surface]:
    """The primitives with triangles that a model shows, as plain triangles with normals.

    Raises
    ------
    TaixuError
        When there are none or too many, they have no area, or places that are no numbers.
    """
    shown = [mesh for mesh in _shown_meshes(model) if 0 <= mesh < len(model.meshes)]
    surfaces = []
    total = 0
    for mesh, stands in Counter(shown).items():
        for number, primitive in enumerate(model.meshes[mesh].primitives):
            triangles = _used_triangles(primitive, model.meshes[mesh].name or f"mesh {mesh}")
            total += len(triangles) * stands
            if total > MOST_TRIANGLES:
                raise TaixuError(f"it has more than {MOST_TRIANGLES:,} triangles; make a coarser model of it first")
            if len(triangles):
                surfaces.append(Surface(mesh, number, _with_normals(primitive, triangles), is_painted(primitive)))
    if not surfaces:
        raise TaixuError("it shows no triangles, and only those can wear a texture; give a mesh with faces")
    places = (each.primitive.attributes["POSITION"].astype(np.float64)[each.primitive.triangles()] for each in surfaces)
    if not any(float(face_areas(each).sum()) > 0 for each in places):
        raise TaixuError("its triangles have no area; give a mesh with faces")
    if not any(each.is_painted for each in surfaces):
        raise TaixuError("all its parts have textures, which were to be kept; set existing=replace to paint them anew")
    return surfaces


def _shown_meshes(model: ModelData) -> list[int]:
    """The mesh of each node that is shown; an instanced one as often as it stands there."""
    found: list[int] = []
    waiting = deque(model.roots())
    while waiting:
        node = model.nodes[waiting.popleft()]
        if node.visible and node.mesh is not None:
            found += [node.mesh] * (1 if node.instances is None else min(len(node.instances.translations), MOST_TRIANGLES))
        waiting.extend(node.children)
    return found


def _used_triangles(primitive: Primitive, name: str) -> NDArray[np.int64]:
    triangles = primitive.triangles().astype(np.int64)
    positions = primitive.attributes.get("POSITION")
    if positions is None or not len(triangles):
        return np.empty((0, 3), np.int64)
    if int(triangles.max()) >= len(positions):
        raise TaixuError(f"{name} has triangles of vertices that it lacks")
    bad = int(np.count_nonzero(~np.isfinite(positions[triangles.reshape(-1)]).all(1)))
    if bad:
        raise TaixuError(f"{name} has {bad:,} corners at places that are no numbers; mend the mesh first")
    return triangles


def _with_normals(primitive: Primitive, triangles: NDArray[np.int64]) -> Primitive:
    """Plain triangles; normals that lack, or are none, are made."""
    normals = primitive.attributes.get("NORMAL")
    plain = replace(
        primitive, attributes=dict(primitive.attributes), indices=triangles.reshape(-1).astype(np.uint32), mode=Mode.TRIANGLES,
        targets=[dict(target) for target in primitive.targets],
    )  # fmt: skip
    if normals is not None:
        lengths = np.linalg.norm(np.nan_to_num(normals[triangles.reshape(-1)]), axis=1)
        if np.count_nonzero(np.abs(lengths - 1.0) > 0.1) <= len(lengths) // 100 and np.isfinite(normals).all():
            return plain
    plain.attributes.pop("NORMAL", None)
    plain.attributes.pop("TANGENT", None)
    for target in plain.targets:
        target.pop("NORMAL", None)
        target.pop("TANGENT", None)
    sources, faces, made = creased_normals(plain.attributes["POSITION"], triangles)
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    made = np.where(lengths > 0.5, made, np.array((0, 1, 0), np.float32)).astype(np.float32)
    return remapped(plain, sources, faces, NORMAL=made)


def remapped(primitive: Primitive, sources: NDArray[Any], triangles: NDArray[Any], **attributes: NDArray[Any]) -> Primitive:
    """A primitive of other vertices, each a copy of one of its own, with some attributes new."""
    return replace(
        primitive,
        attributes={name: values[sources] for name, values in primitive.attributes.items() if name not in attributes} | attributes,
        targets=[{name: values[sources] for name, values in target.items()} for target in primitive.targets],
        indices=triangles.reshape(-1).astype(np.uint32), mode=Mode.TRIANGLES, flat_normals=False,
    )  # fmt: skip


def assemble(model: ModelData, surfaces: Sequence[Surface]) -> Subject:
    """All that a model shows, with what its surfaces have become.

    Raises
    ------
    TaixuError
        When it has no area, or one that is beyond all measure.
    """
    pieces = _pieces(model, surfaces, lambda primitive: primitive)
    ahead = _pieces(model, surfaces, _moved_by_tangents)
    parts: list[tuple[NDArray[Any], ...]] = []
    seen: set[int] = set()
    start = 0
    for piece, moved in zip(pieces, ahead, strict=True):
        which = piece.material
        assert which is not None
        assert piece.normals is not None
        surface, count = surfaces[which], len(piece.positions)
        along = moved.positions - piece.positions
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-30)
        sign = surface.primitive.attributes.get("TANGENT", np.zeros((count, 4)))[:, 3:]
        if not np.array_equal(piece.triangles[:1], surface.primitive.triangles()[:1]):
            sign = -sign  # its node mirrors it, which turned the triangles and turns bitangents
        no_place = np.full((count, 2), np.nan)
        places = surface.primitive.attributes.get("TEXCOORD_0", no_place) if surface.is_painted else no_place
        own = np.full(len(piece.triangles), surface.is_painted and which not in seen)
        earlier = surface.primitive.attributes.get(BEFORE, no_place)
        whose = np.full(len(own), which)
        tangents = np.concatenate([along, sign], 1)
        parts.append((piece.positions, piece.normals, tangents, places, piece.triangles + start, own, whose, earlier))
        seen.add(which)
        start += count
    if not parts:
        raise TaixuError("it shows no triangles, and only those can wear a texture; give a mesh with faces")
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    positions, normals, tangents, texcoords, triangles, own, whose, earlier = columns
    if not np.isfinite(positions).all() or np.abs(positions).max() > 1e12:
        raise TaixuError("it stands at places that are no numbers; mend the transforms of its nodes first")
    subject = Subject(
        positions.astype(np.float64), normals.astype(np.float64), tangents, texcoords.astype(np.float64),
        triangles.astype(np.int64), own, whose.astype(np.int64), earlier.astype(np.float64),
    )  # fmt: skip
    if not subject.area_m2 > 1e-12 * max(subject.radius_m, 1e-12) ** 2 or subject.radius_m < 1e-9:
        raise TaixuError("its triangles have no area; give a mesh with faces")
    return subject


def stand_scales(model: ModelData, surfaces: Sequence[Surface]) -> list[float]:
    """How many times larger each surface is where it first stands than in its own space."""
    found: dict[int, float] = {}
    for piece in _pieces(model, surfaces, lambda primitive: primitive):
        assert piece.material is not None
        if piece.material not in found:
            local = surfaces[piece.material].primitive.attributes["POSITION"].astype(np.float64)
            before, after = (face_areas(each[piece.triangles]).sum() for each in (local, piece.positions))
            ratio = float(np.sqrt(after / before)) if before > 0 and np.isfinite(after) else 1.0
            found[piece.material] = min(max(ratio, 1e-9), 1e9)
    return [found.get(index, 1.0) for index in range(len(surfaces))]


def _pieces(model: ModelData, surfaces: Sequence[Surface], change: Callable[[Primitive], Primitive]) -> list[Piece]:
    """All stands of all surfaces; `Piece.material` is the number of the surface."""
    meshes = [replace(mesh, primitives=[]) for mesh in model.meshes]
    for index, surface in enumerate(surfaces):
        meshes[surface.mesh].primitives.append(replace(change(surface.primitive), material=index))
    return flatten_model(replace(model, meshes=meshes))


def _moved_by_tangents(primitive: Primitive) -> Primitive:
    """Vertices a tangent further on: the difference is the tangent in the space of the model, whatever moves the vertex."""
    tangents = primitive.attributes.get("TANGENT")
    if tangents is None:
        return primitive
    positions = primitive.attributes["POSITION"].astype(np.float64) + tangents[:, :3]
    return replace(primitive, attributes={**primitive.attributes, "POSITION": positions})
