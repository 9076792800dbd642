"""A model of fewer triangles that looks the same: simplified by shape alone, unwrapped anew, its look baked into one texture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from math import radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Material
from taixu.assets.mesh import Mode, Primitive
from taixu.assets.model import ModelData
from taixu.assets.normals import creased_normals
from taixu.assets.tangents import with_tangents
from taixu.assets.texture import TextureRef
from taixu.errors import MachineError, TaixuError
from taixu.generate.gate.baking import FineLook, need_search
from taixu.generate.gate.solids import Solid, solids_of, with_primitives
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.dressing import dress, is_solid, pruned, srgb_bytes
from taixu.generate.mesh_texturing.solid import tangent_normals
from taixu.generate.mesh_texturing.subject import assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import Texels, bake_texels, fill_rest, parts_of

__all__ = ["bake_look", "decimate", "simplified", "with_surfaces"]

_CREASE_RAD = radians(50.0)
_FEWEST = 8
_AGGRESSION = 5.0
_LAYERS = ("clearcoat", "sheen", "specular", "iridescence", "anisotropy", "ior", "unlit", "toon")

Ints = NDArray[np.int64]


def decimate(model: ModelData, triangles: int) -> ModelData:
    """All opaque triangles of each mesh as one primitive with about as many triangles as its share; nothing has coordinates then.

    Bones and morph targets are those of the nearest former vertex. What is cut out or let through stays as it is.

    Raises
    ------
    MachineError
        Where fast-simplification or SciPy is not installed.
    TaixuError
        Where nothing is opaque.
    """

    def fewer(solid: Solid, share: float) -> tuple[NDArray[np.float64], Ints]:
        used, faces = np.unique(solid.faces, return_inverse=True)
        wanted = max(_FEWEST, round(triangles * share))
        return simplified(solid.positions[used], faces.reshape(-1, 3).astype(np.int64), wanted)

    return with_surfaces(model, fewer)


def with_surfaces(model: ModelData, anew: Callable[[Solid, float], tuple[NDArray[np.float64], Ints]]) -> ModelData:
    """All opaque triangles of each mesh as one primitive without coordinates, of places and triangles that are made anew.

    Bones and morph targets are those of the nearest former vertex. What is cut out or let through stays as it is.

    Parameters
    ----------
    anew
        Gives places and triangles for a mesh, whose share of all triangles it is told.

    Raises
    ------
    MachineError
        Where SciPy is not installed.
    TaixuError
        Where nothing is opaque.
    """
    solids = [_opaque(model, each) for each in solids_of(model)]
    solids = [each for each in solids if len(each.corners)]
    total = sum(len(each.corners) for each in solids)
    if not total:
        raise TaixuError("it shows nothing opaque, which alone can be made anew")
    made: dict[tuple[int, int], Primitive | None] = {}
    for solid in solids:
        fresh = _fresh(model, solid, *anew(solid, len(solid.corners) / total))
        used = sorted({solid.numbers[which] for which in np.unique(solid.whose).tolist()})
        made |= {(solid.mesh, number): None for number in used}
        made[solid.mesh, used[0]] = fresh
    return with_primitives(model, made)


def bake_look(fine: ModelData, coarse: ModelData, size_px: int, *, is_marked: bool = False) -> ModelData:
    """The coarse model in one texture that shows what the fine one looks like, both standing at the same place.

    Raises
    ------
    MachineError
        Where xatlas or SciPy is not installed.
    TaixuError
        When a picture is damaged, or no coordinates are found.
    """
    look = FineLook(fine)
    surfaces = gather(coarse, is_painted=lambda each: is_solid(coarse, each))
    lay_coordinates(surfaces, size_px, stand_scales(coarse, surfaces), anew=True)
    follows = [Material(normal_texture=TextureRef(0))]
    for surface in (each for each in surfaces if each.is_painted):
        surface.primitive = with_tangents(replace(surface.primitive, material=0), follows)
    subject = assemble(coarse, surfaces)
    texels = bake_texels(subject, size_px)
    pictures, glow = _pictures(look, texels)
    layers = [[primitive.material for primitive in mesh.primitives] for mesh in coarse.meshes]
    dressed, _ = dress(coarse, surfaces, pictures, name=fine.name or "baked", glow=glow, is_marked=is_marked)
    painted = [(each.mesh, each.number, layers[each.mesh][each.number]) for each in surfaces if each.is_painted]
    return _with_layers(dressed, painted, coarse.materials)


def _with_layers(model: ModelData, painted: list[tuple[int, int, int | None]], before: Sequence[Material]) -> ModelData:
    """What lies over the colours (lacquer, a sheen ...) as it was before, without pictures: those lie by other coordinates."""
    materials = list(model.materials)
    meshes = [replace(mesh, primitives=list(mesh.primitives)) for mesh in model.meshes]
    made: dict[tuple[int, int], int] = {}
    for mesh, number, former in painted:
        primitive = meshes[mesh].primitives[number]
        if former is None or primitive.material is None or not 0 <= former < len(before):
            continue
        key = (former, primitive.material)
        if key not in made:
            kept = {name: _plain(getattr(before[former], name)) for name in _LAYERS}
            made[key] = len(materials)
            materials.append(replace(materials[primitive.material], name=before[former].name, **kept))
        meshes[mesh].primitives[number] = replace(primitive, material=made[key])
    return pruned(replace(model, materials=materials, meshes=meshes))


def _plain(layer: Any) -> Any:
    if not is_dataclass(layer) or isinstance(layer, type):
        return layer
    return replace(layer, **{each.name: None for each in fields(layer) if each.name.endswith("texture")})


def _pictures(look: FineLook, texels: Texels) -> tuple[dict[str, NDArray[np.uint8]], float]:
    count = len(texels.pixels)
    values = {role: np.zeros((count, 3), np.float32) for role in ("base_color", "normal", "orm", "emission")}
    for rows in parts_of(count):
        part = texels.part(rows)
        seen = look.at(part)
        values["base_color"][rows] = seen.base_color
        values["normal"][rows] = tangent_normals(part, seen.normals) * 0.5 + 0.5
        values["orm"][rows] = np.stack([seen.occlusion, seen.roughness, seen.metallic], axis=1)
        values["emission"][rows] = seen.emission
    glow = float(values["emission"].max(initial=0.0))
    if glow <= 0.0:
        del values["emission"]
    else:
        values["emission"] /= max(glow, 1.0)
    filled = {role: fill_rest(texels.picture(each), texels.covered) for role, each in values.items()}
    return {
        role: srgb_bytes(each) if role in ("base_color", "emission") else np.rint(np.clip(each, 0, 1) * 255.0).astype(np.uint8)
        for role, each in filled.items()
    }, glow


def simplified(positions: NDArray[np.float64], faces: Ints, wanted: int) -> tuple[NDArray[np.float64], Ints]:
    """Places and triangles of a surface with about as many triangles as wanted; itself, where that is more than it has.

    Raises
    ------
    MachineError
        Where fast-simplification is not installed.
    """
    try:
        from fast_simplification import simplify
    except ImportError:
        raise MachineError('fewer triangles need fast-simplification; pip install "taixu[models]" brings it') from None
    if wanted >= len(faces):
        return positions, faces
    extent = max(float(np.ptp(positions, axis=0).max()), 1e-12)  # its thresholds are absolute, and meant for a size of one
    points, coarse = simplify(positions / extent, faces.astype(np.int32), target_count=wanted, agg=_AGGRESSION)
    if not len(coarse):
        return positions, faces
    return np.asarray(points, np.float64) * extent, np.asarray(coarse, np.int64)


def _opaque(model: ModelData, solid: Solid) -> Solid:
    primitives = [model.meshes[solid.mesh].primitives[number] for number in solid.numbers]
    solid.keep(np.array([is_solid(model, each) for each in primitives])[solid.whose])
    return solid


def _fresh(model: ModelData, solid: Solid, points: NDArray[np.float64], faces: Ints) -> Primitive:
    used = np.unique(solid.faces)
    vertices = _vertex_of_place(solid)[used][need_search()(solid.positions[used]).query(points)[1]]
    sources, triangles, normals = creased_normals(points.astype(np.float32), faces, crease_rad=_CREASE_RAD)
    return _primitive(model, solid, points[sources], vertices[sources], triangles, normals)


def _vertex_of_place(solid: Solid) -> Ints:
    """A vertex that is used at each place, [k], counted through all primitives."""
    found = np.zeros(len(solid.positions), np.int64)
    corners = solid.corners.reshape(-1)
    found[solid.places[corners]] = corners
    return found


def _primitive(
    model: ModelData, solid: Solid, positions: NDArray[np.float64], vertices: Ints, triangles: NDArray[np.uint32],
    normals: NDArray[np.float32],
) -> Primitive:  # fmt: skip
    """One primitive, with the bones and morphs that the former ones have in common."""
    parts = [model.meshes[solid.mesh].primitives[number] for number in solid.numbers]
    common = set.intersection(*(set(each.attributes) for each in parts))
    attributes: dict[str, NDArray[np.generic]] = {"POSITION": positions.astype(np.float32), "NORMAL": normals}
    for name in sorted(common):
        if name.startswith(("JOINTS_", "WEIGHTS_")):
            attributes[name] = np.concatenate([each.attributes[name] for each in parts])[vertices]
    targets = []
    for number in range(min(len(each.targets) for each in parts)):
        if all("POSITION" in each.targets[number] for each in parts):
            targets.append({"POSITION": np.concatenate([each.targets[number]["POSITION"] for each in parts])[vertices]})
    most = int(np.bincount(solid.whose).argmax())
    return Primitive(attributes, triangles.reshape(-1), Mode.TRIANGLES, parts[most].material, targets)
