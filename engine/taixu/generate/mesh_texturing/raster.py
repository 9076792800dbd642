"""Triangles to pixels with numpy alone: it works in any process, on any machine, and gives the same numbers on all of them.

Pictures have their first row at the top, and pixel (x, y) has its middle at (x + 0.5, y + 0.5).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["cover", "cover_counts", "height_range", "nearest_triangles", "triangle_weights", "widest_triangles"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CHUNK = 1 << 21
_MOST_LAYERS = 256
"""How often a picture may be covered before a mesh is taken for folded upon itself by malice or mistake."""
_NEVER = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW = np.uint64(0xFFFFFFFF)


def cover(
    corners: Floats, width: int, height: int, *, margin: float = 0.0, middle: tuple[float, float] = (0.5, 0.5)
) -> Iterator[tuple[Ints, Ints]]:
    """List which triangle covers which pixel, by parts: (triangles [m], pixels [m] as ``y * width + x``).

    Rows first, then the pixels between two edges in each: what long and thin triangles cost is what they cover.

    Parameters
    ----------
    corners : [t, 3, 2]
        In pixels. Triangles that hold a number that is none are left out.
    margin
        Pixels whose middle is so much outside are covered, too.
    middle
        Where in a pixel it is decided.

    Raises
    ------
    TaixuError
        When the picture is covered more than 256 times over.
    """
    left = _MOST_LAYERS * width * height + 8 * len(corners)
    with np.errstate(invalid="ignore"):
        lowest = np.ceil(np.clip(corners[..., 1].min(1) - margin - middle[1], -1e9, 1e9))
        highest = np.floor(np.clip(corners[..., 1].max(1) + margin - middle[1], -1e9, 1e9))
    usable = np.isfinite(corners).all((1, 2))
    lowest = np.where(usable, np.maximum(lowest, 0), 0).astype(np.int64)
    row_counts = np.maximum(np.where(usable, np.minimum(highest, height - 1), -1).astype(np.int64) - lowest + 1, 0)
    for which, offsets in _expanded(row_counts):
        row = lowest[which] + offsets
        low, high = _spans(corners[which], row.astype(np.float64) + middle[1], margin)
        start = np.maximum(np.ceil(low - middle[0]), 0).astype(np.int64)
        counts = np.maximum(np.minimum(np.floor(high - middle[0]), width - 1).astype(np.int64) - start + 1, 0)
        left -= int(counts.sum()) + len(row)
        if left < 0:
            raise TaixuError(f"its triangles lie more than {_MOST_LAYERS} deep over each other; clean the mesh first")
        for owner, offset in _expanded(counts):
            if len(owner):
                yield which[owner], row[owner] * width + start[owner] + offset


def _spans(corners: Floats, rows: Floats, margin: float) -> tuple[Floats, Floats]:
    """Where rows enter and leave triangles; nothing lies between where they do not."""
    x, y = corners[..., 0], corners[..., 1]
    low, high = x.min(1) - margin, x.max(1) + margin
    turn = np.sign((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0]))
    for i, j in ((0, 1), (1, 2), (2, 0)):
        # a x + b row + c >= -margin |(a, b)| inside
        a, b = -(y[:, j] - y[:, i]) * turn, (x[:, j] - x[:, i]) * turn
        rest = -(b * (rows - y[:, i])) - margin * np.hypot(a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = x[:, i] + rest / a
        low = np.where(a > 0, np.fmax(low, bound), low)
        high = np.where(a < 0, np.fmin(high, bound), high)
        high = np.where((a == 0) & (rest > 0), -np.inf, high)
    if margin == 0.0:
        high = np.where(turn == 0, -np.inf, high)
    return np.clip(low, -1e9, 1e9), np.clip(high, -1e9, 1e9)


def _expanded(counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Numbers 0 to count - 1 for each, with whose they are, by parts."""
    ends = np.cumsum(counts)
    at = 0
    while at < len(counts):
        done = ends[at - 1] if at else 0
        to = max(int(np.searchsorted(ends, done + _CHUNK, "right")), at + 1)
        owners = np.repeat(np.arange(at, to), counts[at:to])
        yield owners, np.arange(len(owners)) + done - (ends - counts)[owners]
        at = to


def cover_counts(corners: Floats, width: int, height: int) -> NDArray[np.int64]:
    """How many triangles cover each pixel, [h, w]. Neighbours share no pixel: it is decided aside of round numbers."""
    counts = np.zeros(width * height, np.int64)
    for _, pixels in cover(corners, width, height, middle=(0.5137, 0.4871)):
        counts += np.bincount(pixels, minlength=width * height)
    return counts.reshape(height, width)


def nearest_triangles(corners: Floats, nearness: Floats, width: int, height: int) -> NDArray[np.int64]:
    """The triangle that is seen in each pixel, [h, w]; -1 where none is.

    Parameters
    ----------
    corners : [t, 3, 2]
        In pixels.
    nearness : [t, 3]
        Greater is nearer, positive, linear over the picture: 1 / distance of a perspective.
    """
    best = np.full(width * height, _NEVER, np.uint64)
    for triangles, pixels in cover(corners, width, height):
        weights = triangle_weights(corners, triangles, pixels, width)
        near = np.einsum("mk,mk->m", weights, nearness[triangles])
        order = _LOW - np.maximum(near, 0.0).astype(np.float32).view(np.uint32).astype(np.uint64)
        np.minimum.at(best, pixels, order << np.uint64(32) | triangles.astype(np.uint64))
    return np.where(best == _NEVER, -1, (best & _LOW).astype(np.int64)).reshape(height, width)


def height_range(corners: Floats, heights: Floats, width: int, height: int) -> tuple[Floats, Floats]:
    """The lowest and the highest that stands over each pixel, [h, w]; infinite, the wrong way round, where nothing does.

    Parameters
    ----------
    corners : [t, 3, 2]
        In pixels.
    heights : [t, 3]
        Linear over the picture.
    """
    low, high = np.full(width * height, np.inf), np.full(width * height, -np.inf)
    edges, rises = corners[:, 1:] - corners[:, :1], heights[:, 1:] - heights[:, :1]
    area = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    safe = np.where(area == 0, 1.0, area)
    right = np.where(area == 0, 0.0, (rises[:, 0] * edges[:, 1, 1] - rises[:, 1] * edges[:, 0, 1]) / safe)
    down = np.where(area == 0, 0.0, (rises[:, 1] * edges[:, 0, 0] - rises[:, 0] * edges[:, 1, 0]) / safe)
    start = heights[:, 0] + right * (0.5 - corners[:, 0, 0]) + down * (0.5 - corners[:, 0, 1])
    for triangles, pixels in cover(corners, width, height):
        there = start[triangles] + right[triangles] * (pixels % width) + down[triangles] * (pixels // width)
        np.minimum.at(low, pixels, there)
        np.maximum.at(high, pixels, there)
    return low.reshape(height, width), high.reshape(height, width)


def widest_triangles(corners: Floats, width: int, height: int, *, margin: float) -> NDArray[np.int64]:
    """The triangle that each pixel belongs to, [h, w]: one that covers it, else the nearest within the margin; -1 where none is."""
    best = np.full(width * height, _NEVER, np.uint64)
    for triangles, pixels in cover(corners, width, height, margin=margin):
        outside = _distances(corners[triangles], pixels, width)
        order = outside.astype(np.float32).view(np.uint32).astype(np.uint64)
        np.minimum.at(best, pixels, order << np.uint64(32) | triangles.astype(np.uint64))
    return np.where(best == _NEVER, -1, (best & _LOW).astype(np.int64)).reshape(height, width)


def triangle_weights(corners: Floats, triangles: Ints, pixels: Ints, width: int) -> Floats:
    """Barycentric coordinates [m, 3] of pixels' middles; they go on outside. Triangles without area give their first corner."""
    a, b, c = (corners[triangles, i] for i in range(3))
    at = _middles(pixels, width)
    ab, ac, ap = b - a, c - a, at - a
    area = ab[:, 0] * ac[:, 1] - ac[:, 0] * ab[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        v = (ap[:, 0] * ac[:, 1] - ac[:, 0] * ap[:, 1]) / area
        w = (ab[:, 0] * ap[:, 1] - ap[:, 0] * ab[:, 1]) / area
    flat = ~(np.isfinite(v) & np.isfinite(w))
    v, w = np.where(flat, 0.0, v), np.where(flat, 0.0, w)
    return np.stack([1.0 - v - w, v, w], axis=1)


def _middles(pixels: Ints, width: int) -> Floats:
    return np.stack([pixels % width + 0.5, pixels // width + 0.5], axis=1)


def _distances(corners: Floats, pixels: Ints, width: int) -> Floats:
    """How far pixels' middles are outside of triangles; 0 inside."""
    at = _middles(pixels, width)
    inside = np.ones(len(at), bool)
    nearest = np.full(len(at), np.inf)
    x, y = corners[..., 0], corners[..., 1]
    turn = np.sign((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0]))
    for i, j in ((0, 1), (1, 2), (2, 0)):
        edge, there = corners[:, j] - corners[:, i], at - corners[:, i]
        inside &= (edge[:, 0] * there[:, 1] - edge[:, 1] * there[:, 0]) * turn >= 0
        along = np.einsum("mk,mk->m", edge, there) / np.maximum(np.einsum("mk,mk->m", edge, edge), 1e-30)
        gap = there - np.clip(along, 0.0, 1.0)[:, None] * edge
        nearest = np.minimum(nearest, np.hypot(gap[:, 0], gap[:, 1]))
    return np.where(inside & (turn != 0), 0.0, nearest)
