"""The grid of clusters: which local lights a pixel has to ask. The GPU fills it; numpy says what it must hold.

The frustum is cut evenly across and exponentially in depth (Olsson et al., "Clustered Deferred and Forward Shading",
2012). With few local lights nobody needs lists; where there are many, only those that reach into the view are sorted.

The buffer: first place and length of each list, how many words lists want, how many local lights reach into the view, their
numbers, and then the lists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.lights import LIMIT

__all__ = [
    "CLUSTERS", "FEW_LIGHTS", "GRID", "HEAD", "LIST_WORDS", "cluster_boxes", "cluster_lists", "clusters_glsl", "depth_slices",
    "in_view",
]  # fmt: skip

GRID = (16, 9, 24)
CLUSTERS = GRID[0] * GRID[1] * GRID[2]
HEAD = 2 * CLUSTERS
"""Where the word stands that counts what lists want; the number of lights in view follows it."""
LIST_WORDS = 1 << 19
"""Words of all lists together: 150 lights in every cluster. Lists that find no room are shorter, and the log says so."""
_LIGHTS_AT, _LISTS_AT = HEAD + 2, HEAD + 2 + LIMIT
FEW_LIGHTS = 6
"""Up to so many local lights, every pixel asks them all."""

_FIRST_M, _LAST_M = 0.5, 500.0  # from here the first slice ends, and here the last begins


def clusters_glsl() -> str:
    """The grid's numbers in GLSL."""
    x, y, z = GRID
    numbers = {
        "X": x, "Y": y, "Z": z, "COUNTS": HEAD, "LIGHTS_AT": _LIGHTS_AT, "LISTS_AT": _LISTS_AT, "LIST_WORDS": LIST_WORDS,
        "MOST": LIMIT, "SLICE": x * y,
    }  # fmt: skip
    return "".join(f"#define CLUSTER_{name} {number}\n" for name, number in numbers.items())


def in_view(planes: NDArray[Any], centers: NDArray[Any], radii: NDArray[Any]) -> NDArray[np.bool_]:
    """Which spheres [n] reach into the space between `planes` [k, 4], whose normals look inwards."""
    heights = centers @ planes[:, :3].T + planes[:, 3]
    result: NDArray[np.bool_] = (heights >= -radii[:, None]).all(1)
    return result


def depth_slices() -> tuple[float, float]:
    """Scale and offset of ``slice = log2(depth) * scale + offset``."""
    scale = (GRID[2] - 2) / np.log2(_LAST_M / _FIRST_M)
    return float(scale), float(1.0 - np.log2(_FIRST_M) * scale)


def cluster_boxes(extent: tuple[float, float], *, is_perspective: bool) -> NDArray[np.float64]:
    """Boxes of all clusters in view space with depth positive: [z * y * x, 2, 3].

    Parameters
    ----------
    extent
        Half width and half height, at depth 1 m for a perspective.
    """
    x, y, z = GRID
    scale, offset = depth_slices()
    edges = np.exp2((np.arange(z + 1) - offset) / scale)
    edges[0], edges[-1] = 0.0, 1e30
    low = np.stack(np.meshgrid(np.arange(y), np.arange(x), indexing="ij"), -1)[..., ::-1] / (x, y) * 2.0 - 1.0
    high = low + np.array((2.0 / x, 2.0 / y))
    boxes = np.empty((z, y, x, 2, 3))
    for i in range(z):
        near, far = (np.array(extent) * (edges[i + j] if is_perspective else 1.0) for j in (0, 1))
        boxes[i, ..., 0, :2] = np.minimum(low * near, low * far)
        boxes[i, ..., 1, :2] = np.maximum(high * near, high * far)
        boxes[i, ..., 0, 2], boxes[i, ..., 1, 2] = edges[i], edges[i + 1]
    return boxes.reshape(-1, 2, 3)


def cluster_lists(boxes: NDArray[np.float64], centers: NDArray[Any], ranges: NDArray[Any]) -> NDArray[np.bool_]:
    """Which lights reach which box: [clusters, lights].

    `centers` are in view space with depth positive; a range of 0 reaches all.
    """
    nearest = np.clip(centers[None], boxes[:, None, 0], boxes[:, None, 1])
    distance2 = np.square(centers[None] - nearest).sum(-1)
    result: NDArray[np.bool_] = (distance2 <= np.square(ranges)[None]) | (ranges == 0)[None]
    return result
