"""Looking at a model that came from outside: is it whole, is it of a sensible size, and what does it cost."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.assets.flattening import flatten_model
from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData
from taixu.generate.gate.pieces import crumb_pieces, facing
from taixu.generate.gate.report import Problem, Report
from taixu.generate.gate.solids import Solid, flat_faces, solids_of
from taixu.generate.gate.topology import Edges, distinct, edges_of, label_pieces

__all__ = ["Budget", "inspect_model"]

_SMALL_M, _LARGE_M = 0.005, 2000.0
_FAR_OFF = 1.0
"""The pivot is far where it lies this many extents outside of the box."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a model may cost before the gate says so."""

    triangles: int = 100_000
    draws: int = 32
    picture_px: int = 4096


def inspect_model(model: ModelData, budget: Budget = Budget()) -> Report:
    """Look at all that a model shows.

    Returns
    -------
    Report
        With problems in the order in which meshes come.
    """
    problems: list[Problem] = []
    uses = _uses(model)
    closed = True
    for number, mesh in enumerate(model.meshes):
        lost = sum(_lost(each) for each in mesh.primitives) if uses[number] else 0
        if lost:
            text = f"vertices at places that are no numbers: {lost:,}"
            problems.append(Problem("numbers", "error", mesh.name or f"mesh {number}", text, lost))
    for solid in solids_of(model):
        if uses[solid.mesh]:
            found, is_closed = _look_at_mesh(model, solid, model.meshes[solid.mesh].name or f"mesh {solid.mesh}")
            problems += found
            closed &= is_closed
    pieces = [piece for piece in flatten_model(model) if len(piece.positions)]
    box = np.array([[piece.positions.min(0), piece.positions.max(0)] for piece in pieces]) if pieces else np.zeros((1, 2, 3))
    low, high = box[:, 0].min(0), box[:, 1].max(0)
    shown = [primitive for number, mesh in enumerate(model.meshes) if uses[number] for primitive in mesh.primitives]
    triangles = sum(len(each.triangles()) for each in shown)
    draws = sum(uses[number] * len(mesh.primitives) for number, mesh in enumerate(model.meshes))
    picture_px = max((_longest_edge(image.data) for image in model.images if image.data), default=0)
    if not triangles:
        problems.append(Problem("nothing", "error", "", "it shows no triangles", 0))
    else:
        problems += _place_problems(low, high)
    problems += _cost_problems(budget, triangles, draws, picture_px)
    return Report(
        triangles, sum(each.vertex_count for each in shown), len(+uses), len(model.materials), draws,
        _tuple(high - low), _tuple(low), closed and triangles > 0, picture_px, tuple(problems),
    )  # fmt: skip


def _lost(primitive: Primitive) -> int:
    positions = primitive.attributes.get("POSITION")
    return 0 if positions is None else int(np.count_nonzero(~np.isfinite(positions).all(1)))


def _uses(model: ModelData) -> Counter[int]:
    uses: Counter[int] = Counter()
    waiting = list(model.roots())
    while waiting:
        node = model.nodes[waiting.pop()]
        waiting.extend(node.children)
        if node.mesh is not None and node.visible:
            uses[node.mesh] += 1
    return uses


def _look_at_mesh(model: ModelData, solid: Solid, name: str) -> tuple[list[Problem], bool]:
    mesh = model.meshes[solid.mesh]
    problems: list[Problem] = []
    flat = flat_faces(solid.positions, solid.faces)
    if count := int(flat.sum()):
        problems.append(Problem("slivers", "hint", name, f"triangles without area: {count:,} of {len(flat):,}", count, "clean"))
    solid.keep(~flat)
    kept = distinct(solid.faces)
    if count := len(solid.corners) - len(kept):
        text = f"triangles that lie on others, so that they flicker or are drawn twice: {count:,}"
        problems.append(Problem("doubles", "warning", name, text, count, "clean"))
    solid.keep(kept)
    edges = edges_of(solid.faces)
    problems += _edge_problems(solid, edges, name)
    closed = bool(len(solid.corners)) and not edges.open.any() and not edges.crowded.any()
    parts = [mesh.primitives[number] for number in solid.numbers]
    if any(each.flat_normals or "NORMAL" not in each.attributes for each in parts):
        problems.append(Problem("normals", "hint", name, "it brings no normals, so that each facet shows", 0, "normals"))
    if any(_lacks_coordinates(model, each) for each in parts):
        text = "it wears a picture and has no texture coordinates"
        problems.append(Problem("coordinates", "warning", name, text))
    return problems, closed


def _edge_problems(solid: Solid, edges: Edges, name: str) -> list[Problem]:
    problems: list[Problem] = []
    if count := int(edges.crowded.sum()):
        text = f"edges of more than two triangles, so that it has no clear inside: {count:,}"
        problems.append(Problem("crowded", "warning", name, text, count, "edges"))
    wrong = facing(solid.positions, solid.faces)
    if count := int(wrong.against.sum()):
        text = f"triangles that face the other way than their neighbours, which looks like holes: {count:,}"
        problems.append(Problem("winding", "error", name, text, count, "winding"))
    if count := int(wrong.inside_out.sum()):
        problems.append(Problem("inside out", "error", name, f"triangles that are inside out: {count:,}", count, "winding"))
    if count := int(edges.open.sum()):
        text = f"open edges, through which light and things fall: {count:,}"
        problems.append(Problem("holes", "hint", name, text, count, "holes"))
    pieces = label_pieces(solid.faces, len(solid.positions))
    if count := int(crumb_pieces(solid.positions, solid.faces, pieces).sum()):
        problems.append(Problem("crumbs", "warning", name, f"loose pieces that are too small to see: {count:,}", count, "clean"))
    return problems


def _lacks_coordinates(model: ModelData, primitive: Primitive) -> bool:
    number = primitive.material
    if number is None or not 0 <= number < len(model.materials):
        return False
    return model.materials[number].base_color_texture is not None and "TEXCOORD_0" not in primitive.attributes


def _place_problems(low: NDArray[np.float64], high: NDArray[np.float64]) -> list[Problem]:
    problems = []
    extent = float((high - low).max())
    if extent < _SMALL_M or extent > _LARGE_M:
        text = f"it is {extent:.3g} m large: perhaps its unit is another than the metre"
        problems.append(Problem("size", "warning", "", text, 0, "size_m"))
    off = float(np.linalg.norm(np.maximum(np.maximum(low, -high), 0.0)))
    if extent > 0 and off > _FAR_OFF * extent:
        text = f"its pivot lies {off:.3g} m outside of it, so that it turns and stands somewhere else"
        problems.append(Problem("pivot", "warning", "", text, 0, "pivot"))
    return problems


def _cost_problems(budget: Budget, triangles: int, draws: int, picture_px: int) -> list[Problem]:
    problems = []
    if triangles > budget.triangles:
        text = f"it has {triangles:,} triangles; {budget.triangles:,} are the budget"
        problems.append(Problem("triangles", "warning", "", text, triangles, "triangles"))
    if draws > budget.draws:
        problems.append(Problem("draws", "hint", "", f"it is drawn in {draws:,} parts; {budget.draws} are the budget", draws))
    if picture_px > budget.picture_px:
        text = f"its largest picture is {picture_px:,} px wide; {budget.picture_px:,} are the budget"
        problems.append(Problem("pictures", "hint", "", text, picture_px))
    return problems


def _longest_edge(data: bytes | memoryview) -> int:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(bytes(data))) as image:
            return max(image.size)
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0


def _tuple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 6) for value in values)
    return x, y, z
