"""The grid of clusters: which local lights a pixel has to ask. The GPU fills it; numpy says what it must hold.

The frustum is cut evenly across and exponentially in depth (Olsson et al., "Clustered Deferred and Forward Shading",
2012). A list is a count and then numbers of local lights; with few local lights nobody needs lists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEW_LIGHTS", "GRID", "STRIDE", "cluster_boxes", "cluster_lists", "depth_slices"]

GRID = (16, 9, 24)
STRIDE = 128
"""Words of a list: a count and at most 127 lights."""
FEW_LIGHTS = 6
"""Up to so many local lights, every pixel asks them all."""

_FIRST_M, _LAST_M = 0.5, 500.0  # from here the first slice ends, and here the last begins


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
