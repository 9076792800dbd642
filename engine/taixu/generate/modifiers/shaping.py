"""Modifiers that shape the ground: land of a style, strokes of brushes, curves that level it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.curves import MOST_POINTS, Array, distance_to, placed, points_of, smooth_curve
from taixu.generate.modifiers.ground_kinds import mask_layers, path_layers
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers

__all__ = ["flatten_bounds", "make_base", "make_brush", "make_flat", "make_mask", "strokes_part"]

_MOST_STROKES = 20_000
_MOST_RADIUS = 2000.0
_BLUR = 0.2
"""Of a stroke's radius: how far it smooths."""
_MOST_BLUR_M = 16.0


def make_base(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Land of a style over all the ground at once."""
    from taixu.generate.places.grids import resample
    from taixu.generate.places.landscapes import make_landscape
    from taixu.generate.places.spec import MOST_POINTS as MOST
    from taixu.generate.places.spec import TerrainSpec

    own = inputs.parameters
    edge = max(block.columns, block.rows) * block.edge_m
    spacing = block.spacing_m
    while edge / spacing + 1 > MOST:
        spacing *= 2
    spec = TerrainSpec(
        style=str(own.style), size_m=edge, spacing_m=spacing, relief_m=float(own.relief_m), erosion=float(own.erosion),
        roughness=float(own.roughness), lake=bool(own.lake), river=bool(own.river),
    )  # fmt: skip
    land = make_landscape(spec, seed)
    count = round(edge / block.spacing_m) + 1
    heights = land.heights if len(land.heights) == count else resample(land.heights, count)
    weights = land.weights
    if len(weights) != count:
        weights = np.stack([resample(weights[..., k], count) for k in range(4)], -1).clip(0, 1)
    rows, columns = block.shape
    return {"heights": heights[:rows, :columns], "weights": weights[:rows, :columns]}


def strokes_part(parameters: Any, frame: NDArray[np.float64]) -> Callable[[Bounds], Any]:
    """The strokes that meet a box; None where there are none."""
    known = [(stroke, reach) for stroke, _, reach in _strokes(parameters, frame)]
    return lambda box: [stroke for stroke, reach in known if reach.meets(box)] or None


def make_brush(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Strokes that raise, lower, level and smooth."""
    heights = inputs.grid("heights").astype(np.float64)
    before = heights
    x, z = block.grid()
    for stroke, line, reach in _strokes(inputs.parameters, inputs.frame):
        if not reach.meets(block.bounds):
            continue
        weight, amount, kind = _weight(stroke, line, x, z), float(stroke.get("amount", 1.0)), str(stroke.get("kind", "raise"))
        if kind == "raise":
            heights = heights + amount * weight
        elif kind == "level":
            heights = heights + (float(stroke.get("height_m", 0.0)) - heights) * weight * min(max(amount, 0.0), 1.0)
        elif kind == "smooth":
            radius = max(1, round(min(_BLUR * float(stroke["radius_m"]), _MOST_BLUR_M) / block.spacing_m))
            wide = _blurred(inputs.grid("heights", 2 * radius), radius)
            heights = heights + (wide - before) * weight * min(max(amount, 0.0), 1.0)
        else:
            raise TaixuError(f"height_brush: a stroke is raise, level or smooth, not {kind[:40]!r}")
    return {"heights": np.clip(heights, -9e4, 9e4).astype(np.float32)}


def make_mask(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Strokes that paint a mask; amounts below 0 erase."""
    (name,) = mask_layers(inputs.parameters)
    values = inputs.grid(name).astype(np.float64)
    x, z = block.grid()
    for stroke, line, reach in _strokes(inputs.parameters, inputs.frame):
        if reach.meets(block.bounds):
            values = np.clip(values + float(stroke.get("amount", 1.0)) * _weight(stroke, line, x, z), 0.0, 1.0)
    return {name: values.astype(np.float32)}


def flatten_bounds(parameters: Any, frame: NDArray[np.float64]) -> Bounds | None:
    """Around its curve."""
    line = _path(parameters, frame)
    return Bounds.of(line, margin_m=_width(parameters)[1] + 0.01)


def make_flat(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Ground that follows a curve."""
    own = inputs.parameters
    line = _path(own, inputs.frame)
    half, reach = _width(own)
    heights, name = inputs.grid("heights").astype(np.float64), path_layers(own)[1]
    mask = inputs.grid(name).astype(np.float64)
    x, z = block.grid()
    distance, level = distance_to(line, x, z, within_m=reach)
    share = np.clip((reach - distance) / max(reach - half, 1e-6), 0, 1)
    share = np.where(distance <= half, 1.0, share * share * (3 - 2 * share))
    share = np.where(np.isfinite(distance), share, 0.0)
    edge = max(block.spacing_m, 0.5)
    on = np.clip((half + edge / 2 - np.where(np.isfinite(distance), distance, 1e9)) / edge, 0, 1)
    found: Layers = {
        "heights": (heights + share * (level - heights)).astype(np.float32),
        name: np.maximum(mask, on).astype(np.float32),
    }
    if own.material:
        if not 1 <= int(own.material) <= 5:
            raise TaixuError(f"flatten_path: material is {own.material}; it must be from 0 to 5")
        laid = np.zeros(4)
        if own.material > 1:
            laid[int(own.material) - 2] = 1.0
        weights = inputs.grid("weights").astype(np.float64)
        found["weights"] = (weights + on[..., None] * (laid - weights)).astype(np.float32)
    return found


def _path(parameters: Any, frame: NDArray[np.float64]) -> Array:
    points = placed(points_of(parameters.points, 3, what="flatten_path"), frame)
    return smooth_curve(points, closed=bool(parameters.closed))


def _width(parameters: Any) -> tuple[float, float]:
    half, shoulder = float(parameters.width_m) / 2, float(parameters.shoulder_m)
    if not (np.isfinite([half, shoulder]).all() and 0 < half <= 250 and 0 <= shoulder <= 500):
        raise TaixuError("flatten_path: its width is up to 500 m, as its shoulders are")
    return half, half + shoulder


def _strokes(parameters: Any, frame: NDArray[np.float64]) -> list[tuple[dict[str, Any], Array, Bounds]]:
    """Strokes with their lines on the ground, and how far each goes."""
    strokes = parameters.strokes
    if not isinstance(strokes, (list, tuple)) or len(strokes) > _MOST_STROKES:
        raise TaixuError(f"a brush has a list of at most {_MOST_STROKES:,} strokes")
    found, total = [], 0
    for number, stroke in enumerate(strokes):
        if not isinstance(stroke, dict):
            raise TaixuError(f"a brush's stroke {number} is no object of points, radius_m and amount")
        radius, amount = stroke.get("radius_m", 8.0), stroke.get("amount", 1.0)
        numbers = (radius, amount, stroke.get("height_m", 0.0))
        if not all(isinstance(value, (int, float)) and abs(value) <= 1e5 for value in numbers) or not 0 < radius <= _MOST_RADIUS:
            raise TaixuError(f"a brush's stroke {number} has a radius_m up to {_MOST_RADIUS:g} and an amount that is a number")
        line = placed(points_of(stroke.get("points"), 2, what=f"a brush's stroke {number}"), frame)
        total += len(line)
        if total > 10 * MOST_POINTS:
            raise TaixuError(f"a brush's strokes have at most {10 * MOST_POINTS:,} points together")
        found.append((stroke, line, Bounds.of(line, margin_m=float(radius))))
    return found


def _weight(stroke: dict[str, Any], line: Array, x: Array, z: Array) -> Array:
    radius = float(stroke.get("radius_m", 8.0))
    distance, _ = distance_to(line, x, z, within_m=radius)
    t = np.clip(1.0 - distance / radius, 0.0, 1.0)
    result: Array = t * t * (3.0 - 2.0 * t)
    return result


def _blurred(field: NDArray[np.float32], radius: int) -> Array:
    """Two box filters along both axes; `radius` points are lost on each side twice. Summed in the same order everywhere."""
    out = field.astype(np.float64)
    width = 2 * radius + 1
    for axis in (0, 1, 0, 1):
        count = out.shape[axis] - width + 1
        parts = [out[k : k + count] if axis == 0 else out[:, k : k + count] for k in range(width)]
        total = parts[0].copy()
        for part in parts[1:]:
            total += part
        out = total / width
    return out
