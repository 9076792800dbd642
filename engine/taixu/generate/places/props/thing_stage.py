"""What is put on a stage as things of a stack instead of files and entities."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.model import ModelData
from taixu.generate.modifiers.layers import Thing
from taixu.generate.places.props.staging import Stage
from taixu.math.quaternion import from_matrix

__all__ = ["ThingStage", "number_of", "solid_of"]

_MESH, _HULL = "mesh", "hull"


class ThingStage(Stage):
    """A stage whose models stay in memory."""

    def __init__(self, *, texture_px: int = 128, lit: bool = True) -> None:
        super().__init__(Path(), texture_px=texture_px, lit=lit)
        self.models: dict[str, ModelData] = {}

    def write(self, name: str, model: ModelData) -> str:
        """Keep a model; gives its name."""
        self.models[name] = model
        return name

    def things(self, frame: Any) -> list[Thing]:
        """All that stands, placed by a frame [4, 4]; numbers hang on names and places."""
        found = []
        for name, components in self.entities.items():
            rest = {key: dict(fields) for key, fields in components.items() if key not in ("transform", "model")}
            place = components.get("transform", {})
            local = [float(value) for value in place.get("position", (0.0, 0.0, 0.0))]
            at, turn = placed(frame, local, place.get("rotation", (0.0, 0.0, 0.0, 1.0)))
            source = components.get("model", {}).get("source", "")
            model = self.models.get(source)
            if "collider" in rest and model is not None:
                rest["collider"] = solid_of(rest["collider"], model)
            sizes = place.get("scale", (1.0, 1.0, 1.0))
            scale = (float(sizes[0]), float(sizes[1]), float(sizes[2]))
            found.append(Thing(number_of(name.rstrip("0123456789 "), local), name, at, turn, scale, model, rest))
        return found


def placed(
    frame: Any, local: Sequence[float], turn: Sequence[float]
) -> tuple[tuple[float, float, float], tuple[float, float, float, float]]:
    """A place and a rotation (x, y, z, w) of an entity's frame, in the stack's."""
    from taixu.math.quaternion import multiply

    at = np.asarray(frame, np.float64)
    x, y, z = (at[:3, :3] @ np.asarray(local, np.float64) + at[:3, 3]).tolist()
    axes = at[:3, :3] / np.maximum(np.linalg.norm(at[:3, :3], axis=0), 1e-9)
    whole = np.asarray(multiply(np.asarray(from_matrix(axes), np.float64), np.asarray(turn, np.float64)), np.float64)
    a, b, c, d = whole.tolist()
    return (x, y, z), (a, b, c, d)


def number_of(name: str, at: Sequence[float]) -> int:
    """A thing's number: of what it is, and where, to the tenth of a metre."""
    text = f"{name}|{'|'.join(f'{float(value):.1f}' for value in at)}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "little")


def solid_of(collider: dict[str, Any], model: ModelData, *, scale: float = 1.0) -> dict[str, Any]:
    """A collider with the points of a model, so many times as large, where its shape goes by them."""
    if collider.get("shape") not in (_MESH, _HULL) or collider.get("data"):
        return dict(collider)
    points, triangles, offset = [], [], 0
    for part in model.meshes[0].primitives:
        at = np.asarray(part.attributes["POSITION"], np.float64) * scale
        points.append(at)
        triangles.append(np.asarray(part.triangles(), np.int64).reshape(-1, 3) + offset)
        offset += len(at)
    whole = np.round(np.concatenate(points), 4)
    if collider["shape"] == _HULL:
        return {**collider, "data": {"points": np.unique(np.round(whole, 2), axis=0).tolist()}}
    return {**collider, "data": {"points": whole.tolist(), "triangles": np.concatenate(triangles).tolist()}}
