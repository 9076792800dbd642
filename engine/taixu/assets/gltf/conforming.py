"""Vertex attributes as the specification wants them: names, gaps, types and ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.semantics import is_custom, semantic_of
from taixu.errors import TaixuError

__all__ = ["conform", "name_attributes", "weight_scale"]

_DIRECTIONS = ("NORMAL", "TANGENT")
_SETS = {"TEXCOORD": 2, "COLOR": 4, "JOINTS": 4, "WEIGHTS": 4}


def name_attributes(attributes: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Give attributes names that are allowed.

    Names of one's own begin with an underscore, sets are numbered without gaps (missing ones are filled with zeros, and
    colours with white), and joints and weights come in pairs.
    """
    result: dict[str, NDArray[Any]] = {}
    for name, values in attributes.items():
        allowed = is_custom(name) or semantic_of(name)
        result[name if allowed else f"_{name.upper()}"] = values
    for name in list(result):
        kind = semantic_of(name)
        partner = {"JOINTS": "WEIGHTS", "WEIGHTS": "JOINTS"}.get(kind)
        if partner and name.replace(kind, partner) not in result:
            del result[name]
    count = len(next(iter(result.values()), ()))
    for kind, width in _SETS.items():
        numbers = [int(name[len(kind) + 1 :]) for name in result if semantic_of(name) == kind]
        for number in range(max(numbers, default=0)):
            filling = np.full((count, width), kind == "COLOR", np.uint16 if kind == "JOINTS" else np.float32)
            result.setdefault(f"{kind}_{number}", filling)
    return result


def conform(kind: str, values: NDArray[Any], *, scale: NDArray[np.float32] | None) -> NDArray[Any]:
    """Bring an attribute into the type and range that glTF demands."""
    if kind in _DIRECTIONS:
        return _unit(values.astype(np.float32))
    if kind == "COLOR":
        colors: NDArray[np.float32] = np.clip(values.astype(np.float32), 0.0, 1.0)
        return colors
    if kind == "WEIGHTS" and scale is not None:
        weights: NDArray[np.float32] = (np.maximum(values, 0.0) * scale).astype(np.float32)
        return weights
    if kind == "JOINTS":
        highest = int(values.max(initial=0))
        if highest > 65535:
            raise TaixuError(f"glTF holds at most 65,536 joints a skin, and this one has {highest + 1:,}; split it")
        return values.astype(np.uint8 if highest < 256 else np.uint16)
    if kind == "custom" and values.dtype.str[1:] in ("i1", "u1", "i2", "u2"):
        return values
    return values.astype(np.float32)


def _unit(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give directions the length 1 (those that have it stay bit for bit), and a tangent's w the value 1 or -1."""
    lengths = np.linalg.norm(directions[:, :3].astype(np.float64), axis=1)
    wrong = np.abs(lengths - 1.0) > 1e-4
    signs_wrong = directions.shape[1] == 4 and bool((np.abs(directions[:, 3]) != 1.0).any())
    if not wrong.any() and not signs_wrong:
        return directions
    result = directions.copy()
    divisors = np.where(lengths > 1e-12, lengths, 1.0)[:, None]
    result[wrong, :3] = (directions[:, :3] / divisors)[wrong]
    result[lengths <= 1e-12, :3] = (0.0, 1.0, 0.0)
    if signs_wrong:
        result[:, 3] = np.where(directions[:, 3] < 0.0, -1.0, 1.0)
    return result


def weight_scale(attributes: dict[str, NDArray[Any]]) -> NDArray[np.float32] | None:
    """Give the factor, float32 [n, 1], that brings each vertex's weights to the sum 1; None where they have it."""
    sets = [values for name, values in attributes.items() if name.startswith("WEIGHTS_")]
    if not sets:
        return None
    totals = np.maximum(np.concatenate(sets, axis=1), 0.0).sum(axis=1, dtype=np.float64)
    if bool((np.abs(totals - 1.0) < 1e-6).all()) and all(bool((values >= 0.0).all()) for values in sets):
        return None
    return (1.0 / np.where(totals > 0.0, totals, 1.0)).astype(np.float32)[:, None]
