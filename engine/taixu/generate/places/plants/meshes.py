"""Branches as tubes, leaves as cards, stones as lumps: arrays that models are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.generate.places.plants.branches import Branches

__all__ = ["Arrays", "cards", "joined", "lump", "primitive", "tubes", "two_sided"]

Arrays = dict[str, NDArray[Any]]


def tubes(branches: Branches, *, sides: int, least_m: float, tile_m: float = 1.2) -> Arrays:
    """Triangles around every branch that is thick enough; bark is laid along it by metres."""
    points, parents, radii = branches.points, branches.parents, branches.radii
    count = len(points)
    thick = radii >= least_m
    thick[0] = True
    heir = np.full(count, -1)
    for index in np.argsort(radii, kind="stable").tolist():  # the thickest child carries its parent's tube on
        if index and thick[index]:
            heir[parents[index]] = index
    starts = [0] + [i for i in range(1, count) if thick[i] and heir[parents[i]] != i]
    out: list[Arrays] = []
    for start in starts:
        chain = [start] if start == 0 else [int(parents[start]), start]
        while heir[chain[-1]] >= 0:
            chain.append(int(heir[chain[-1]]))
        if len(chain) < 2:
            continue
        spots, widths = points[chain], radii[chain].copy()
        if start:
            widths[0] = min(widths[0] * 0.9, widths[1] * 1.25)
        around = max(3, sides if widths.max() > 0.35 * radii.max() else sides - 2 if widths.max() > 0.12 * radii.max() else 3)
        widths[-1] *= 0.4
        out.append(_tube(spots, widths, around, tile_m))
    return joined(out)


def _tube(spots: Any, widths: Any, sides: int, tile_m: float) -> Arrays:
    along = np.gradient(spots, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.cross(along[0], (0.0, 0.0, 1.0) if abs(along[0, 2]) < 0.9 else (1.0, 0.0, 0.0))
    frames = []
    for direction in along:  # carried along without twisting
        side = side - direction * (side @ direction)
        side /= max(float(np.linalg.norm(side)), 1e-9)
        frames.append((side, np.cross(direction, side)))
    angles = np.linspace(0, 2 * np.pi, sides + 1)
    ring = np.stack([np.cos(angles), np.sin(angles)], 1)
    u = (
        np.array([f[0] for f in frames])[:, None] * ring[None, :, :1]
        + np.array([f[1] for f in frames])[:, None] * ring[None, :, 1:]
    )
    positions = spots[:, None] + u * widths[:, None, None]
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(spots, axis=0), axis=1))])
    repeats = max(1, round(2 * np.pi * float(widths.max()) / tile_m))
    uv = np.stack(np.broadcast_arrays((angles / (2 * np.pi) * repeats)[None], -(length / tile_m)[:, None]), -1)
    rows, columns = len(spots), sides + 1
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(sides)).ravel()
    triangles = np.concatenate([
        np.stack([corner, corner + 1, corner + columns], 1), np.stack([corner + 1, corner + columns + 1, corner + columns], 1),
    ])  # fmt: skip
    return {
        "POSITION": positions.reshape(-1, 3), "NORMAL": u.reshape(-1, 3), "TEXCOORD_0": uv.reshape(-1, 2),
        "indices": triangles.ravel(),
    }  # fmt: skip


def cards(
    spots: Any, directions: Any, *, width_m: Any, length_m: Any, center: Any, random: np.random.Generator, cells: int = 2,
    roundness: float = 0.75, bend: float = 0.0,
) -> Arrays:
    """A bent card at each spot, along a direction: two quads that fold a little along the middle.

    Normals are those of a ball around `center`, so that a crown is shaded as one thing. Pictures lie in `cells` by `cells`
    squares, with the stalk in the middle of the lower edge.
    """
    n = len(spots)
    if n == 0:
        return joined([])
    d = directions / np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    helper = random.normal(size=(n, 3))
    side = np.cross(d, helper)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    up = np.cross(side, d)
    width, length = np.broadcast_to(width_m, n)[:, None], np.broadcast_to(length_m, n)[:, None]
    fold = 0.22 * width * up
    a, b = spots - side * width / 2 + fold, spots + side * width / 2 + fold
    tip = d * length - up * (bend * length)
    middle = spots + tip
    positions = np.stack([a, spots, b, a + tip, middle, b + tip], 1)
    cell = random.integers(0, cells * cells, n)
    cx, cy = (cell % cells) / cells, (cell // cells) / cells
    edge = 1.0 / cells
    uv = np.array([[0, 1], [0.5, 1], [1, 1], [0, 0], [0.5, 0], [1, 0]]) * (edge * 0.98) + edge * 0.01
    coordinates = uv[None] + np.stack([cx, cy], 1)[:, None]
    outward = positions - center
    outward /= np.maximum(np.linalg.norm(outward, axis=-1, keepdims=True), 1e-9)
    flat = np.repeat(up[:, None], 6, 1)
    flat *= np.sign((flat * outward).sum(-1, keepdims=True) + 1e-9)
    normals = roundness * outward + (1 - roundness) * flat + np.array([0, 0.4, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    quad = np.array([0, 1, 3, 1, 4, 3, 1, 2, 4, 2, 5, 4])
    return {
        "POSITION": positions.reshape(-1, 3), "NORMAL": normals.reshape(-1, 3), "TEXCOORD_0": coordinates.reshape(-1, 2),
        "indices": two_sided((np.arange(n)[:, None] * 6 + quad).ravel()),
    }  # fmt: skip


def two_sided(indices: NDArray[Any]) -> NDArray[Any]:
    """Triangles and their backs, on the same vertices: seen from behind, a leaf is lit like the crown it belongs to, which a
    material of two sides would turn round.
    """
    return np.concatenate([indices, indices.reshape(-1, 3)[:, ::-1].ravel()])


def lump(*, detail: int, seed: int, squash: float = 0.7, rough: float = 0.28, cuts: int = 9) -> Arrays:
    """A stone of about a metre: a ball that planes have cut, weathered by noise, with a flat foot below the ground."""
    from taixu.generate.places.noise import fbm

    random = np.random.Generator(np.random.PCG64([seed, 11]))
    points, triangles = _ball(detail)
    shape = points.copy()
    normals = random.normal(size=(cuts, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for normal, depth in zip(normals, random.uniform(0.55, 0.9, cuts), strict=True):
        over = shape @ normal - depth
        shape -= np.maximum(over, 0)[:, None] * normal * 0.92
    p = points.astype(np.float32)
    x, z = p[:, 0] * 2 + p[:, 1] * np.float32(1.3), p[:, 2] * 2 - p[:, 1] * np.float32(0.9)
    shape *= 1 + rough * (0.6 * fbm(x, z, seed, octaves=4) + 0.25 * fbm(x * 4, z * 4, seed + 1, octaves=2))[:, None]
    shape *= np.array([1.0, squash, 0.8 + 0.3 * random.uniform()]) * 0.5
    shape[:, 1] += 0.18
    out = np.zeros_like(shape)
    corners = shape[triangles]
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for k in range(3):
        np.add.at(out, triangles[:, k], area)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    uv = np.stack([np.arctan2(points[:, 2], points[:, 0]) / np.pi * 1.5, np.arcsin(np.clip(points[:, 1], -1, 1)) / np.pi * 1.5], 1)
    return {"POSITION": shape, "NORMAL": out, "TEXCOORD_0": uv, "indices": triangles.ravel()}


def _ball(detail: int) -> tuple[Any, Any]:
    """A cube of `detail` squares an edge, blown up: no poles, and coordinates part on one edge only."""
    rows = detail + 1
    line = np.tan(np.linspace(-1, 1, rows) * np.pi / 4)
    a, b = np.meshgrid(line, line, indexing="ij")
    one = np.ones_like(a)
    faces = [(one, a, b), (-one, a, -b), (a, one, -b), (a, -one, b), (a, b, one), (-a, b, -one)]
    points = np.concatenate([np.stack(face, -1).reshape(-1, 3) for face in faces])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    corner = (np.arange(detail)[:, None] * rows + np.arange(detail)).ravel()
    quad = np.concatenate(
        [np.stack([corner, corner + 1, corner + rows], 1), np.stack([corner + 1, corner + rows + 1, corner + rows], 1)]
    )
    triangles = np.concatenate([quad + k * rows * rows for k in range(6)])
    # Faces meet in points of their own: joined, so that nothing gapes and light is smooth.
    _, first, inverse = np.unique(np.round(points, 6), axis=0, return_index=True, return_inverse=True)
    points, triangles = points[first], inverse.reshape(-1)[triangles]
    c = points[triangles]
    inwards = np.einsum("ij,ij->i", np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0]), c.mean(1)) < 0
    triangles[inwards] = triangles[inwards][:, ::-1]
    return points, triangles


def joined(parts: list[Arrays]) -> Arrays:
    """Several as one."""
    parts = [part for part in parts if len(part["indices"])]
    if not parts:
        return {
            "POSITION": np.zeros((0, 3)),
            "NORMAL": np.zeros((0, 3)),
            "TEXCOORD_0": np.zeros((0, 2)),
            "indices": np.zeros(0, int),
        }
    offsets = np.cumsum([0] + [len(part["POSITION"]) for part in parts[:-1]])
    found = {name: np.concatenate([part[name] for part in parts]) for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    found["indices"] = np.concatenate([part["indices"] + offset for part, offset in zip(parts, offsets, strict=True)])
    return found


def primitive(arrays: Arrays, material: int) -> Primitive:
    """As models hold it."""
    attributes = {name: np.ascontiguousarray(arrays[name], np.float32) for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    return Primitive(attributes, arrays["indices"].astype(np.uint32), material=material)
