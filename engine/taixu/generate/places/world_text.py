"""World documents that generators write: entities by ids that are hashes of names, so that the same place is the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from taixu.math.projection import look_at

__all__ = ["entity_id", "quaternion_towards", "world_text"]


def world_text(entities: Mapping[str, Mapping[str, Any]], *, settings: Mapping[str, Any] | None = None) -> str:
    """A world of entities by name; each is components by name, with fields. Settings keep all their digits.

    An entity that has a component `name` is called that; its place in `entities` still makes its id.
    """
    body = {}
    for name, components in entities.items():
        body[entity_id(name)] = {"name": {"text": name}, **components}
    document: dict[str, Any] = {"format": "taixu.world", "version": 1}
    if settings:
        document["settings"] = dict(settings)
    document["entities"] = _rounded({key: dict(sorted(body[key].items())) for key in sorted(body)})
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def entity_id(name: str) -> str:
    """The id of the entity of a name, as other entities refer to it."""
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


def quaternion_towards(direction: Any) -> list[float]:
    """The rotation (x, y, z, w) that turns -Z towards a direction, upright."""
    d = np.asarray(direction, np.float64)
    up = (0.0, 1.0, 0.0) if abs(d[1]) < 0.999 * np.linalg.norm(d) else (0.0, 0.0, 1.0)
    m = look_at((0.0, 0.0, 0.0), d, up)[:3, :3].astype(np.float64)
    # Shepperd, "Quaternion from Rotation Matrix", 1978: the largest component first.
    squares = np.array(
        [1 + m[0, 0] - m[1, 1] - m[2, 2], 1 - m[0, 0] + m[1, 1] - m[2, 2], 1 - m[0, 0] - m[1, 1] + m[2, 2], 1 + np.trace(m)]
    )
    k = int(np.argmax(squares))
    x, y, z, w = (
        (squares[0], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]),
        (m[0, 1] + m[1, 0], squares[1], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]),
        (m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[2], m[1, 0] - m[0, 1]),
        (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], squares[3]),
    )[k]
    q = np.array([x, y, z, w])
    return [float(value) for value in q / np.linalg.norm(q)]


def _rounded(value: Any) -> Any:
    """Numbers with seven digits, as float32 has them."""
    if isinstance(value, (float, np.floating)):
        short = float(f"{float(value):.7g}")
        return int(short) if short.is_integer() and abs(short) < 1e15 else short
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
