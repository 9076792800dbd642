"""Elements of a planner's building by storey: what each says, where it stands, and one mesh a material for what is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mesh, ModelData, Node, Primitive, Scene

__all__ = ["Element", "Storey", "kind_of", "merged", "storeys_of"]

_GROUND_M = -1.0
"""Storeys lower than this count downwards."""
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Element:
    """An element, or a room.

    Attributes
    ----------
    box : float64[2, 3]
        What it fills, in the model's metres, y up; a room without a shape has its place alone.
    """

    id: str
    name: str
    kind: str
    box: NDArray[np.float64]
    attributes: Mapping[str, Any]


@dataclass
class Storey:
    """A storey, or what belongs to none (its id is empty).

    Attributes
    ----------
    number
        1 for the lowest at the ground, -1 for the one below.
    meshes
        Primitives with their node's matrix, as the model has them.
    """

    id: str
    name: str
    elevation_m: float
    number: int
    attributes: Mapping[str, Any]
    elements: list[Element] = field(default_factory=list)
    meshes: list[tuple[NDArray[np.float64], Primitive]] = field(default_factory=list)


def kind_of(ifc_class: str) -> str:
    """What people call a class: ``IfcWallStandardCase`` is a wall, ``IfcSpace`` a room."""
    plain = ifc_class.removeprefix("Ifc").removesuffix("StandardCase").removesuffix("ElementedCase")
    return {"Space": "room", "BuildingStorey": "storey"}.get(plain) or _WORDS.sub(" ", plain).lower()


def storeys_of(model: ModelData) -> list[Storey]:
    """Storeys from the lowest up, then what belongs to none."""
    matrices = _placed(model)
    groups = {number: node for number, node in enumerate(model.nodes) if node.extras.get("class") == "IfcBuildingStorey"}
    found = {number: Storey(node.extras["id"], node.name, float(node.extras.get("elevation_m", 0.0)), 0, node.extras["attributes"])
             for number, node in groups.items()}  # fmt: skip
    ordered = sorted(found.values(), key=lambda storey: storey.elevation_m)
    below = sum(storey.elevation_m < _GROUND_M for storey in ordered)
    for place, storey in enumerate(ordered):
        storey.number = place - below + (place >= below)
    outside = Storey("", "", 0.0, 0, {})
    for number, node in enumerate(model.nodes):
        if node.parent is None or number in groups:
            continue
        storey = found.get(node.parent, outside)
        matrix = matrices[number]
        parts = model.meshes[node.mesh].primitives if node.mesh is not None else []
        points = [part.attributes["POSITION"].astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3] for part in parts]
        box = np.array([np.min([p.min(0) for p in points], 0), np.max([p.max(0) for p in points], 0)]) if points else (
            np.repeat(matrix[None, :3, 3], 2, axis=0))  # fmt: skip
        about = {"class": node.extras.get("class", ""), **node.extras.get("attributes", {})}
        about.pop("name", None)
        kind = kind_of(str(about["class"]))
        storey.elements.append(Element(str(node.extras.get("id", "")), node.name, kind, box, about))
        storey.meshes += [(matrix, part) for part in parts]
    return [*ordered, *([outside] if outside.elements else [])]


def merged(model: ModelData, storey: Storey, name: str) -> ModelData:
    """A storey as one mesh of a primitive a material, with heights from its floor."""
    made = ModelData(name=name)
    groups: dict[int | None, list[tuple[NDArray[np.float64], Primitive]]] = {}
    for matrix, part in storey.meshes:
        groups.setdefault(part.material, []).append((matrix, part))
    primitives = []
    for number, parts in groups.items():
        positions, normals, faces, at = [], [], [], 0
        for matrix, part in parts:
            points = part.attributes["POSITION"].astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            positions.append(points - (0.0, storey.elevation_m, 0.0))
            normals.append(part.attributes["NORMAL"] @ matrix[:3, :3].T)
            count = len(points)
            rows = np.arange(count, dtype=np.uint32) if part.indices is None else part.indices.astype(np.uint32)
            faces.append(rows + np.uint32(at))
            at += count
        columns = {"POSITION": positions, "NORMAL": normals}
        attributes = {key: np.concatenate(rows).astype(np.float32) for key, rows in columns.items()}
        material = None
        if number is not None:
            made.materials.append(model.materials[number])
            material = len(made.materials) - 1
        primitives.append(Primitive(attributes, np.concatenate(faces), material=material))
    made.meshes.append(Mesh(name, primitives))
    made.nodes.append(Node(name, mesh=0))
    made.scenes, made.scene = [Scene(name, [0])], 0
    return made


def _placed(model: ModelData) -> list[NDArray[np.float64]]:
    """World from node; parents come before their children, as the reader makes them."""
    found: list[NDArray[np.float64]] = []
    for node in model.nodes:
        own = node.parent_from_local().astype(np.float64)
        found.append(own if node.parent is None else found[node.parent] @ own)
    return found
