"""From views to texels: which texels a view sees, how well, and what its picture says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.texels import Texels, sample_bilinear
from taixu.generate.mesh_texturing.views import Sight

__all__ = ["Projection", "edge_distances", "project"]

Floats = NDArray[np.float64]
_LEAST_COSINE = 0.12
_EDGE_PX = 6
"""How far from an edge a picture can be trusted wholly."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How a view sees the texels that it sees.

    Attributes
    ----------
    texels : int64 [k]
        Rows of `Texels`.
    places : float64 [k, 2]
        Where they are in the picture, pixels.
    cosines : float64 [k]
        Between their normals and the way to the camera.
    trust : float64 [k]
        1, less near edges.
    """

    texels: NDArray[np.int64]
    places: Floats
    cosines: Floats
    trust: Floats

    def weights(self, sharpness: float) -> Floats:
        """How much the picture counts there: the sharper, the more the view that sees a place most squarely rules."""
        return np.maximum(self.cosines, 1e-3) ** sharpness * self.trust

    def sample(self, picture: NDArray[np.floating]) -> Floats:
        """What a picture says of the texels."""
        return sample_bilinear(picture, self.places[:, 0], self.places[:, 1])


def project(sight: Sight, texels: Texels) -> Projection:
    """Find the texels that a view sees: those that face it and lie no deeper than what stands in their pixel."""
    size, view = sight.size_px, sight.view
    cosines = np.einsum("mk,mk->m", texels.normals, view.rays(texels.positions))
    facing = np.flatnonzero(cosines > _LEAST_COSINE)
    places, distances = view.project(texels.positions[facing], size)
    inside = (places >= 0.5).all(1) & (places <= size - 0.5).all(1)
    facing, places, distances = facing[inside], places[inside], distances[inside]
    # A quarter of depth over the pixels around: the surface leans by so much from one to the next.
    pixel = 2 * view.slope * distances / size
    cosine = cosines[facing]
    lean = np.sqrt(np.maximum(1.0 - cosine**2, 0.0)) / cosine
    tolerance = pixel * (0.75 + 1.5 * lean)
    column, row = np.floor(places[:, 0] - 0.5).astype(np.int64), np.floor(places[:, 1] - 0.5).astype(np.int64)
    seen = np.zeros(len(facing), bool)
    flat = sight.distances.reshape(-1)
    for dy in (0, 1):
        for dx in (0, 1):
            there = flat[np.clip(row + dy, 0, size - 1) * size + np.clip(column + dx, 0, size - 1)]
            seen |= np.isfinite(there) & (distances <= there + tolerance)
    facing, places = facing[seen], places[seen]
    far = sample_bilinear(edge_distances(sight.edges | ~sight.mask, _EDGE_PX), places[:, 0], places[:, 1])
    trust = np.clip((far + 0.25) / _EDGE_PX, 0.02, 1.0)
    return Projection(facing, places, cosines[facing], trust)


def edge_distances(edges: NDArray[np.bool_], most_px: int) -> Floats:
    """How many pixels it is to the next edge, [h, w], counted up to a limit."""
    reached = edges
    found = np.where(edges, 0.0, float(most_px))
    for step in range(1, most_px):
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        sideways = grown.copy() if step % 2 else reached  # an octagon: squares and crosses in turn
        grown[:, 1:] |= sideways[:, :-1]
        grown[:, :-1] |= sideways[:, 1:]
        found[grown & ~reached] = step
        reached = grown
    return found
