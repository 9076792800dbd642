"""Whether light lines in a picture are joints between dark things: pale mortar lies low, however bright it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.generate.pictures.filters import Values, blur, resize

__all__ = ["has_light_joints"]

_SIDE_PX = 128
_MOST_AREA = 0.68
_MOST_ISLAND = 0.2
_LEAST_LEAD = 0.4


def has_light_joints(bright: Values, *, wraps: bool) -> bool:
    """Whether what is light hangs together as a net, and what is dark lies in it as many islands.

    `bright` is [h, w], as eyes see it (sRGB's encoding). The two classes are those of Otsu ("A Threshold Selection Method from
    Gray-Level Histograms", 1979).
    """
    height, width = bright.shape
    scale = min(1.0, _SIDE_PX / max(height, width))
    small = resize(bright, max(4, round(height * scale)), max(4, round(width * scale)))
    small = blur(small, 0.7, wraps=wraps)
    light = small > _threshold(small)
    if not 0.0 < float(light.mean()) < _MOST_AREA:
        return False
    net, island = (_largest_share(mask, wraps=wraps) for mask in (light, ~light))
    return island < _MOST_ISLAND and net - island > _LEAST_LEAD


def _threshold(values: Values) -> float:
    counts, edges = np.histogram(values, 64)
    weights = np.cumsum(counts / counts.sum())
    means = np.cumsum(counts / counts.sum() * 0.5 * (edges[:-1] + edges[1:]))
    between = (means[-1] * weights - means) ** 2 / np.maximum(weights * (1.0 - weights), 1e-9)
    return float(edges[int(between[:-1].argmax()) + 1])


def _largest_share(mask: NDArray[np.bool_], *, wraps: bool) -> float:
    """How much of a mask its largest connected piece has."""
    count = mask.size
    outside = count
    labels = np.where(mask, np.arange(count).reshape(mask.shape), outside)
    while True:  # the least label of each neighbourhood, and of where that label's own pixel points to
        padded = np.pad(labels, 1, mode="wrap") if wraps else np.pad(labels, 1, constant_values=outside)
        least = np.minimum.reduce([labels, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
        least = np.where(mask, np.append(least.ravel(), outside)[np.where(mask, least, outside)], outside)
        if np.array_equal(least, labels):
            break
        labels = least
    _, sizes = np.unique(labels[mask], return_counts=True)
    return float(sizes.max() / sizes.sum()) if len(sizes) else 0.0
