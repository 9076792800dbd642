"""Cameras around a model, and what they see of it: depth, normals and which triangle stands in each pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.raster import nearest_triangles, triangle_weights
from taixu.generate.mesh_texturing.subject import Subject

__all__ = ["Sight", "View", "directions_around", "look"]

Floats = NDArray[np.float64]
_FIELD_RAD = radians(40.0)
_ROOM = 1.08
"""How much larger than the model a picture is: painters want to see a background."""
_EDGE_STEP = 2.0


@dataclass(frozen=True, slots=True)
class View:
    """A camera that looks at the model from a direction; it is square.

    Attributes
    ----------
    eye : float64 [3]
        Where it stands, metres.
    axes : float64 [3, 3]
        Rows right, up, and back, in the model's space.
    slope
        Tangent of half its field of view.
    """

    eye: Floats
    axes: Floats
    slope: float

    def project(self, points: Floats, size_px: int) -> tuple[Floats, Floats]:
        """Places in pixels [n, 2], the top left corner first, and distances along the view [n], metres."""
        local = (points - self.eye) @ self.axes.T
        distances = -local[:, 2]
        near = np.maximum(distances, 1e-9)
        x = (local[:, 0] / near / self.slope + 1) * (size_px / 2)
        y = (1 - local[:, 1] / near / self.slope) * (size_px / 2)
        return np.stack([x, y], axis=1), distances

    def rays(self, points: Floats) -> Floats:
        """Unit directions from points [n, 3] to the camera."""
        toward = self.eye - points
        rays: Floats = toward / np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-12)
        return rays

    @property
    def name(self) -> str:
        """What one calls a look from there, at a model that faces +Z."""
        x, y, z = self.axes[2]
        if abs(y) > 0.8:
            return "top view" if y > 0 else "view from below"
        if z > 0.8:
            return "front view"
        if z < -0.6:
            return "back view"
        return "side view" if abs(x) > 0.8 else "three-quarter view"


def look(subject: Subject, direction: Sequence[float] | Floats) -> View:
    """A view from a direction (from the model to the camera) that has just room for the whole model."""
    back = np.asarray(direction, np.float64) / np.linalg.norm(direction)
    above = np.array((0.0, 1.0, 0.0)) if abs(back[1]) < 0.95 else np.array((0.0, 0.0, -np.sign(back[1])))
    right = np.cross(above, back)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(back, right), back])
    slope = tan(_FIELD_RAD / 2)
    local = (subject.positions - subject.centre) @ axes.T
    # |x| and |y| at most slope * (distance - z), for every vertex.
    reach = np.abs(local[:, :2]).max(1) * _ROOM / slope + local[:, 2]
    distance = max(float(reach.max()), subject.radius_m * 1.2)
    return View(subject.centre + back * distance, axes, slope)


def directions_around(count: int) -> Floats:
    """Directions [count, 3] spread evenly over the sphere (a spiral of golden turns)."""
    at = np.arange(count) + 0.5
    height = 1 - 2 * at / count
    turn = at * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - height**2)
    return np.stack([ring * np.sin(turn), height, ring * np.cos(turn)], axis=1)


class Sight:
    """What a view sees.

    Attributes
    ----------
    triangles : int64 [h, w]
        -1 where there is nothing.
    distances : float64 [h, w]
        Along the view, metres; infinite where there is nothing.
    """

    def __init__(self, subject: Subject, view: View, size_px: int) -> None:
        self.subject = subject
        self.view = view
        self.size_px = size_px
        places, distances = view.project(subject.positions, size_px)
        self._corners = places[subject.triangles]
        self._nearness = 1.0 / np.maximum(distances, 1e-9)[subject.triangles]
        self.triangles = nearest_triangles(self._corners, self._nearness, size_px, size_px)
        self.pixels = np.flatnonzero(self.triangles.reshape(-1) >= 0)
        self._seen = self.triangles.reshape(-1)[self.pixels]
        weights = triangle_weights(self._corners, self._seen, self.pixels, size_px)
        weights = np.clip(weights, 0.0, 1.0) * self._nearness[self._seen]
        near = weights.sum(1)
        self._weights = weights / near[:, None]  # of the perspective
        flat = np.full(size_px * size_px, np.inf)
        flat[self.pixels] = 1.0 / near
        self.distances: Floats = flat.reshape(size_px, size_px)

    def mixed(self, values: NDArray[np.floating]) -> Floats:
        """Values of vertices [n, c], interpolated at `pixels`."""
        mixed: Floats = np.einsum("mk,mkc->mc", self._weights, values[self.subject.triangles[self._seen]])
        return mixed

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """Where the model is, [h, w]."""
        return self.triangles >= 0

    @cached_property
    def painted(self) -> NDArray[np.bool_]:
        """Where what is seen shows the texture, [h, w]."""
        found = np.zeros(self.size_px**2, bool)
        found[self.pixels] = self.subject.painted[self._seen]
        return found.reshape(self.size_px, self.size_px)

    @cached_property
    def cosines(self) -> Floats:
        """How squarely each pixel is seen, [h, w]; 0 where there is nothing."""
        normals = self.mixed(self.subject.normals)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        toward = np.einsum("mk,mk->m", normals, self.view.rays(self.mixed(self.subject.positions)))
        return self._picture(np.clip(toward, 0.0, 1.0))

    @cached_property
    def depth_picture(self) -> Floats:
        """Depth as painters are taught it, [h, w]: 1 nearest, 0.1 farthest, 0 where there is nothing (inverse distances)."""
        if not len(self.pixels):
            return np.zeros((self.size_px, self.size_px))
        near = 1.0 / self.distances.reshape(-1)[self.pixels]
        low, high = float(near.min()), float(near.max())
        return self._picture(0.1 + 0.9 * (near - low) / max(high - low, 1e-12))

    @cached_property
    def normal_picture(self) -> Floats:
        """Normals as the camera sees them, [h, w, 3], 0 to 1: right is red, up is green, towards it is blue."""
        normals = self.mixed(self.subject.normals) @ self.view.axes.T
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        whole = np.tile(np.array((0.5, 0.5, 1.0)), (self.size_px**2, 1))
        whole[self.pixels] = normals * 0.5 + 0.5
        return whole.reshape(self.size_px, self.size_px, 3)

    @cached_property
    def edges(self) -> NDArray[np.bool_]:
        """Where one thing ends before another, [h, w]: pictures mix both there."""
        away = np.where(self.mask, self.distances, 0.0)
        pixel = 2 * self.view.slope * away / self.size_px
        slant = np.sqrt(1.0 - self.cosines**2) / np.maximum(self.cosines, 0.1)
        step = _EDGE_STEP * pixel * (1.0 + slant)
        found = np.zeros_like(self.mask)
        for axis in (0, 1):
            a, b = (np.take(away, range(*each), axis) for each in ((0, self.size_px - 1), (1, self.size_px)))
            limit = np.minimum(*(np.take(step, range(*each), axis) for each in ((0, self.size_px - 1), (1, self.size_px))))
            torn = np.abs(a - b) > limit
            both = np.zeros_like(found)
            if axis == 0:
                both[:-1] |= torn
                both[1:] |= torn
            else:
                both[:, :-1] |= torn
                both[:, 1:] |= torn
            found |= both
        return found

    def _picture(self, values: Floats) -> Floats:
        whole = np.zeros(self.size_px**2)
        whole[self.pixels] = values
        return whole.reshape(self.size_px, self.size_px)
