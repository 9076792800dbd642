"""Where to look from: views chosen one by one, each the one that shows best what no other has shown well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.projecting import project
from taixu.generate.mesh_texturing.subject import Subject, face_areas
from taixu.generate.mesh_texturing.texels import Texels
from taixu.generate.mesh_texturing.views import Sight, View, directions_around, look

__all__ = ["LAYOUTS", "choose_views"]

LAYOUTS = ("best", "ring", "box")
_CANDIDATES = 40
_LOOK_PX = 160
_SAMPLES = 6_000
_LEAST_GAIN = 0.004
_HEAVY = 250_000

Floats = NDArray[np.float64]


def choose_views(subject: Subject, count: int, *, layout: str = "best", seed: int = 0) -> list[View]:
    """Views of a model, the front (+Z) first.

    Parameters
    ----------
    count
        The most that are wanted.
    layout
        ``best`` takes those that show most of what is not seen well yet, and stops where another shows nothing new; ``ring`` looks
        from all round and a little from above; ``box`` from the front, back, sides, top and bottom.
    """
    if layout == "ring":
        turns = np.arange(count) * 2 * np.pi / count
        return [look(subject, (np.sin(turn) * 0.95, 0.3, np.cos(turn) * 0.95)) for turn in turns]
    if layout == "box":
        sides = ((0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0))
        return [look(subject, side) for side in sides[:count]]
    samples = sample_surface(subject, _SAMPLES, seed)
    spread = directions_around(_CANDIDATES if len(subject.triangles) < _HEAVY else 14)
    views = [look(subject, direction) for direction in ((0.0, 0.12, 1.0), (0.0, 0.12, -1.0), *spread)]
    scores = np.stack([_scores(subject, view, samples) for view in views])
    chosen: list[int] = []
    best = np.zeros(len(samples.positions))
    while len(chosen) < count:
        gains = np.maximum(scores - best, 0.0).sum(1)
        pick = int(gains.argmax()) if chosen else 0
        if chosen and gains[pick] < _LEAST_GAIN * len(best):
            break
        chosen.append(pick)
        best = np.maximum(best, scores[pick])
    return [views[index] for index in chosen]


def _scores(subject: Subject, view: View, samples: Texels) -> Floats:
    """How well a view sees each sample, 0 to 1."""
    seen = project(Sight(subject, view, _LOOK_PX), samples)
    scores = np.zeros(len(samples.positions))
    scores[seen.texels] = seen.cosines**2 * (0.5 + 0.5 * seen.trust)
    return scores


def sample_surface(subject: Subject, count: int, seed: int) -> Texels:
    """Places spread over what is painted, evenly by area."""
    own = np.flatnonzero(subject.own)
    areas = face_areas(subject.positions[subject.triangles[own]])
    ends = np.cumsum(areas)
    random = np.random.Generator(np.random.PCG64(seed & 0xFFFFFFFF))
    at = (np.arange(count) + random.uniform(size=count)) / count * ends[-1]
    triangles = own[np.minimum(np.searchsorted(ends, at), len(own) - 1)]
    u, v = random.uniform(size=(2, count))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    weights = np.stack([1 - u - v, u, v], axis=1)
    vertices = subject.triangles[triangles]
    positions, normals = (np.einsum("mk,mkc->mc", weights, each[vertices]) for each in (subject.positions, subject.normals))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    nothing = np.zeros_like(positions)
    return Texels(0, np.arange(count), triangles, np.ones(count, bool), positions, normals, nothing, nothing, weights)
