"""Mending what is broken, without changing what it looks like: specks, doubles, winding, holes, normals, size and pivot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.flattening import flatten_model
from taixu.assets.mesh import Mode, Primitive
from taixu.assets.model import ModelData, Node, Scene
from taixu.assets.normals import creased_normals
from taixu.errors import TaixuError
from taixu.generate.gate.pieces import crumb_pieces, facing
from taixu.generate.gate.solids import Solid, flat_faces, solids_of, with_primitives
from taixu.generate.gate.topology import distinct, edges_of, label_pieces, rims_of

__all__ = ["PIVOTS", "clean", "fill_holes", "place", "smooth_normals", "wind"]

PIVOTS = ("keep", "bottom", "middle")
_MOST_AT_A_RIM = 256
"""Edges of a hole that is closed; larger ones are meant."""

Ints = NDArray[np.int64]


def clean(model: ModelData) -> tuple[ModelData, int]:
    """Leave out triangles without area, those that lie on others, and specks; says how many."""
    made: dict[tuple[int, int], Primitive | None] = {}
    gone = 0
    for solid in solids_of(model):
        before = len(solid.corners)
        solid.keep(~flat_faces(solid.positions, solid.faces))
        solid.keep(distinct(solid.faces))
        pieces = label_pieces(solid.faces, len(solid.positions))
        solid.keep(~crumb_pieces(solid.positions, solid.faces, pieces)[pieces])
        if len(solid.corners) < before:
            gone += before - len(solid.corners)
            made |= _rebuilt(model, solid)
    return with_primitives(model, made), gone


def wind(model: ModelData) -> tuple[ModelData, int]:
    """Turn triangles that face otherwise than their neighbours, and what is inside out; says how many.

    Normals of a primitive of which some were turned are made anew.
    """
    made: dict[tuple[int, int], Primitive | None] = {}
    count = 0
    for solid in solids_of(model):
        turned = facing(solid.positions, solid.faces).turned
        if not turned.any():
            continue
        count += int(turned.sum())
        solid.corners[turned] = solid.corners[turned][:, ::-1]
        touched = set(solid.whose[turned].tolist())
        for key, primitive in _rebuilt(model, solid).items():
            if primitive is not None and solid.numbers.index(key[1]) in touched:
                primitive = _smoothed(primitive)
            made[key] = primitive
    return with_primitives(model, made), count


def fill_holes(model: ModelData) -> tuple[ModelData, int]:
    """Put a lid on each rim of up to 256 edges; says how many lids.

    A lid is a fan around the rim's middle, whose attributes are the mean of the rim's. It is of the first primitive that is all
    around the rim; where several share a rim, it stays open.
    """
    made: dict[tuple[int, int], Primitive | None] = {}
    count = 0
    for solid in solids_of(model):
        faces = solid.faces
        lids: dict[int, list[Ints]] = {}
        edges = edges_of(faces)
        vertices = _rim_vertices(solid, np.asarray(edges.open[edges.of_faces].any(1), bool))
        for rim in rims_of(faces, edges):
            found = _of_one(vertices, rim.tolist()) if len(rim) <= _MOST_AT_A_RIM else None
            if found is not None:
                lids.setdefault(found[0], []).append(found[1])
        for which, rims in lids.items():
            number = solid.numbers[which]
            made[solid.mesh, number] = _lidded(model.meshes[solid.mesh].primitives[number], rims)
            count += len(rims)
    return with_primitives(model, made), count


def smooth_normals(model: ModelData) -> tuple[ModelData, int]:
    """Give normals to primitives that brought none; says how many."""
    made: dict[tuple[int, int], Primitive | None] = {}
    for solid in solids_of(model):
        for number in solid.numbers:
            primitive = model.meshes[solid.mesh].primitives[number]
            if primitive.flat_normals or "NORMAL" not in primitive.attributes:
                made[solid.mesh, number] = _smoothed(primitive)
    return with_primitives(model, made), len(made)


def place(model: ModelData, *, size_m: float = 0.0, pivot: str = "keep") -> ModelData:
    """Scale a model to a largest extent (0 keeps its size), and move its pivot to the middle of its foot, or of itself.

    Its nodes are put under a new one, so that clips and skins stay as they are.
    """
    if pivot not in PIVOTS:
        raise TaixuError(f"pivot is one of {', '.join(PIVOTS)}, not {pivot!r}")
    pieces = [each.positions for each in flatten_model(model) if len(each.positions)]
    if not pieces or (size_m <= 0 and pivot == "keep"):
        return model
    low, high = np.min([each.min(0) for each in pieces], axis=0), np.max([each.max(0) for each in pieces], axis=0)
    factor = size_m / max(float((high - low).max()), 1e-12) if size_m > 0 else 1.0
    middle = (low + high) / 2
    origin = {"keep": np.zeros(3), "middle": middle, "bottom": np.array((middle[0], low[1], middle[2]))}[pivot]
    roots = list(model.roots())
    top = len(model.nodes)
    nodes = [replace(node, parent=top) if number in roots else node for number, node in enumerate(model.nodes)]
    nodes.append(
        Node(name=model.name or "model", children=roots, translation=(-origin * factor).astype(np.float32),
             scale=np.full(3, factor, np.float32))
    )  # fmt: skip
    shown = model.scene or 0
    scenes = [replace(each) for each in model.scenes] or [Scene()]
    scenes[shown] = replace(scenes[shown], nodes=[top])
    return replace(model, nodes=nodes, scenes=scenes, scene=shown)


def _rebuilt(model: ModelData, solid: Solid) -> dict[tuple[int, int], Primitive | None]:
    """Its primitives with the triangles that are left, and the vertices that those use."""
    made: dict[tuple[int, int], Primitive | None] = {}
    for which, number in enumerate(solid.numbers):
        primitive = model.meshes[solid.mesh].primitives[number]
        rows = solid.corners[solid.whose == which] - solid.starts[which]
        made[solid.mesh, number] = remade(primitive, rows) if len(rows) else None
    return made


def remade(primitive: Primitive, triangles: Ints) -> Primitive:
    """A primitive of some of its own triangles."""
    used, corners = np.unique(triangles, return_inverse=True)
    return replace(
        primitive, mode=Mode.TRIANGLES, indices=corners.reshape(-1).astype(np.uint32),
        attributes={name: values[used] for name, values in primitive.attributes.items()},
        targets=[{name: values[used] for name, values in target.items()} for target in primitive.targets],
    )  # fmt: skip


def _smoothed(primitive: Primitive) -> Primitive:
    sources, faces, normals = creased_normals(primitive.attributes["POSITION"], primitive.triangles())
    dropped = ("NORMAL", "TANGENT")
    return replace(
        primitive, mode=Mode.TRIANGLES, indices=faces.reshape(-1), flat_normals=False,
        attributes={name: values[sources] for name, values in primitive.attributes.items() if name not in dropped}
        | {"NORMAL": normals},
        targets=[{name: values[sources] for name, values in each.items() if name not in dropped} for each in primitive.targets],
    )  # fmt: skip


def _rim_vertices(solid: Solid, at_rim: NDArray[np.bool_]) -> list[dict[int, int]]:
    """For each primitive, a vertex of its own at each place of its triangles at rims."""
    found = []
    for which, start in enumerate(solid.starts[:-1].tolist()):
        corners = solid.corners[at_rim & (solid.whose == which)].reshape(-1)
        found.append(dict(zip(solid.places[corners].tolist(), (corners - start).tolist(), strict=True)))
    return found


def _of_one(vertices: list[dict[int, int]], rim: list[int]) -> tuple[int, Ints] | None:
    """The first primitive that is at all places of a rim, and its vertices there."""
    for which, vertex_of in enumerate(vertices):
        if all(place in vertex_of for place in rim):
            return which, np.array([vertex_of[place] for place in rim], np.int64)
    return None


def _lidded(primitive: Primitive, rims: list[Ints]) -> Primitive:
    """With fans over rims of its vertices. A lid has vertices of its own, for it has a normal of its own."""
    count = primitive.vertex_count
    sources: list[Ints] = [np.arange(count)]
    triangles: list[Ints] = [primitive.triangles().astype(np.int64)]
    middles: list[tuple[int, Ints]] = []
    normals: list[tuple[slice, NDArray[np.float64]]] = []
    for rim in rims:
        ring = np.arange(count, count + len(rim))
        sources.append(np.concatenate([rim, rim[:1]]))
        middle = count + len(rim)
        middles.append((middle, rim))
        triangles.append(np.stack([ring, np.roll(ring, -1), np.full(len(rim), middle)], axis=1))
        at = primitive.attributes["POSITION"][rim].astype(np.float64)
        across = np.cross(at, np.roll(at, -1, axis=0)).sum(0)  # Newell's
        normals.append((slice(count, middle + 1), across / max(float(np.linalg.norm(across)), 1e-30)))
        count = middle + 1
    order = np.concatenate(sources)

    def spread(name: str, values: NDArray[Any]) -> NDArray[Any]:
        longer = values[order]
        if not name.startswith("JOINTS") and longer.dtype.kind == "f":
            for middle, rim in middles:
                longer[middle] = values[rim].mean(0)
        if name == "NORMAL":
            for rows, normal in normals:
                longer[rows] = normal
        return longer

    return replace(
        primitive, mode=Mode.TRIANGLES, indices=np.concatenate(triangles).reshape(-1).astype(np.uint32),
        attributes={name: spread(name, values) for name, values in primitive.attributes.items() if name != "TANGENT"},
        targets=[
            {name: spread("", values) for name, values in each.items() if name not in ("TANGENT", "NORMAL")}
            for each in primitive.targets
        ],
    )  # fmt: skip
