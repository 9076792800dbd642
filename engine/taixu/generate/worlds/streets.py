"""Streets, pavements, fields and quay walls as meshes that follow the ground."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.noise import Array
from taixu.generate.places.props.surfaces import add_look
from taixu.generate.worlds.layouts import Layout, distance_to_line

__all__ = ["canal_walls", "field_model", "street_model"]

_LIFT_M = 0.05
_KERB_M = 0.13


def street_model(land: Landscape, layout: Layout, surface: str, *, pavement: bool, texture_px: int) -> ModelData:
    """Streets that are paved, the square with them; with pavements where there are cars."""
    model = ModelData(name="streets")
    number, tile = add_look(model, surface, size=texture_px)
    parts = [_ribbon(land, street.line, -street.wide / 2, street.wide / 2, _LIFT_M + 0.012 * k, tile) for k,
        street in enumerate(layout.streets)]
    if not pavement:
        parts.append(_disc(land, layout.square, _LIFT_M + 0.012 * len(layout.streets), tile))
    primitives = [_joined(parts, number)]
    if pavement:
        number, tile = add_look(model, "pavement", size=texture_px)
        sides = []
        for k, street in enumerate(layout.streets):
            others = [other for j, other in enumerate(layout.streets) if j != k]
            for sign in (-1, 1):
                near, far = sign * street.wide / 2, sign * (street.wide / 2 + 2.2)
                sides.append(_ribbon(land, street.line, min(near, far), max(near, far), _LIFT_M + _KERB_M, tile, others=others))
        sides.append(_disc(land, (*layout.square[:2], layout.square[2] * 0.62), _LIFT_M + 0.02, tile))
        primitives.append(_joined([side for side in sides if len(side[3])], number))
    model.meshes.append(Mesh("streets", primitives))
    model.nodes.append(Node(name="streets", mesh=0))
    return model


def canal_walls(land: Landscape, layout: Layout, *, texture_px: int) -> ModelData:
    """Stone banks of a canal."""
    model = ModelData(name="banks")
    number, tile = add_look(model, "masonry", size=texture_px)
    line = _even(layout.canal, 1.5)
    out = _normals(line)
    parts = []
    for sign in (-1, 1):
        edge = line + out * (sign * 5.0)
        inner = line + out * (sign * 4.5)
        top = land.height_at((line + out * (sign * 7.0))[:, 0].astype(np.float32),
            (line + out * (sign * 7.0))[:, 1].astype(np.float32)) + 0.28
        foot = top - 3.6
        rows = [np.stack([inner[:, 0], foot, inner[:, 1]], 1), np.stack([inner[:, 0], top, inner[:, 1]], 1),
                np.stack([edge[:, 0], top, edge[:, 1]], 1), np.stack([edge[:, 0] + sign * out[:, 0] * 0.4, foot,
                    edge[:, 1] + sign * out[:, 1] * 0.4], 1)]  # fmt: skip
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))]) / tile
        for low, high in pairwise(rows):
            points = np.concatenate([low, high])
            v = np.concatenate([np.zeros(len(low)), np.linalg.norm(high - low, axis=1)]) / tile
            n = len(low)
            k = np.arange(n - 1)
            faces = np.concatenate([np.stack([k, k + 1, k + n + 1], 1), np.stack([k, k + n + 1, k + n], 1)])
            if sign > 0:
                faces = faces[:, ::-1]
            a, b, c = (points[faces[:, j]] for j in range(3))
            normal = np.cross(b - a, c - a)
            smooth = np.zeros_like(points)
            for j in range(3):
                np.add.at(smooth, faces[:, j], normal)
            smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-9)
            parts.append((points, smooth, np.stack([np.tile(along, 2), -v], 1), faces))
    model.meshes.append(Mesh("banks", [_joined(parts, number)]))
    model.nodes.append(Node(name="banks", mesh=0))
    return model


def field_model(land: Landscape, middle: tuple[float, float], turn: float, size: tuple[float, float], surface: str, *,
    texture_px: int) -> ModelData:
    """Rows of a crop."""
    model = ModelData(name="field")
    number, tile = add_look(model, surface, size=texture_px)
    wide, deep = size
    u, v = np.meshgrid(np.arange(-wide / 2, wide / 2 + 0.01, 0.25), np.arange(-deep / 2, deep / 2 + 0.01, 2.0), indexing="ij")
    c, s = np.cos(turn), np.sin(turn)
    x, z = middle[0] + u * c + v * s, middle[1] - u * s + v * c
    ridge = np.abs(np.sin(u * np.pi / 1.0)) ** 0.7
    edge = (np.abs(u) > wide / 2 - 0.3) | (np.abs(v) > deep / 2 - 0.3)
    y = land.height_at(x.ravel().astype(np.float32), z.ravel().astype(np.float32)).reshape(x.shape) + np.where(edge, -0.3,
        0.04 + 0.42 * ridge)
    points = np.stack([x, y, z], -1)
    rows, columns = x.shape
    k = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    faces = np.concatenate([np.stack([k, k + 1, k + columns], 1), np.stack([k + 1, k + columns + 1, k + columns], 1)])
    flat = points.reshape(-1, 3)
    a, b, d = (flat[faces[:, j]] for j in range(3))
    area = np.cross(b - a, d - a)
    if float(area[:, 1].mean()) < 0:
        faces, area = faces[:, ::-1], -area
    normals = np.zeros_like(flat)
    for j in range(3):
        np.add.at(normals, faces[:, j], area)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    uv = np.stack([u.ravel(), v.ravel()], 1) / tile
    model.meshes.append(Mesh("field", [_joined([(flat, normals, uv, faces)], number)]))
    model.nodes.append(Node(name="field", mesh=0))
    return model


def _even(line: Array, step: float) -> Array:
    """A line with points so far apart."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, lengths[-1], max(2, round(float(lengths[-1]) / step) + 1))
    return np.stack([np.interp(at, lengths, line[:, axis]) for axis in (0, 1)], 1)


def _normals(line: Array) -> Array:
    ahead = np.gradient(line, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T)[:, None], 1e-9)
    result: Array = np.stack([-ahead[:, 1], ahead[:, 0]], 1)
    return result


def _ribbon(
    land: Landscape, line: Array, low: float, high: float, lift: float, tile: float, *, others: list[Any] | None = None
) -> tuple[Any, Any, Any, NDArray[Any]]:
    """A strip between two distances from a line, laid on the ground, its edges let down into it."""
    line = _even(line, 1.0)
    out = _normals(line)
    across = np.linspace(low, high, max(4, round((high - low) / 0.8) + 1))
    across = np.concatenate([[low], across, [high]])
    down = np.zeros(len(across))
    down[0] = down[-1] = -0.4
    spots = line[:, None] + out[:, None] * across[None, :, None]
    ground = land.height_at(spots[..., 0].ravel().astype(np.float32),
        spots[..., 1].ravel().astype(np.float32)).reshape(spots.shape[:2])
    points = np.stack([spots[..., 0], ground + lift + down, spots[..., 1]], -1)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    uv = np.stack(np.broadcast_arrays(across[None] / tile, along[:, None] / tile), -1)
    rows, columns = spots.shape[:2]
    k = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    faces = np.concatenate([np.stack([k, k + 1, k + columns], 1), np.stack([k + 1, k + columns + 1, k + columns], 1)])
    wet = (land.water_at(spots[..., 0], spots[..., 1]) > ground - 0.05).ravel()
    gone = wet.copy()
    flat_spots = spots.reshape(-1, 2)
    for other in others or ():
        gone |= distance_to_line(flat_spots, other.line) < other.wide / 2 + 0.1
    faces = faces[~gone[faces].any(1)]
    flat = points.reshape(-1, 3)
    normals = _upwards(flat, faces)
    if len(faces) and float(np.cross(flat[faces[:, 1]] - flat[faces[:, 0]], flat[faces[:, 2]] - flat[faces[:, 0]])[:,
        1].mean()) < 0:
        faces = faces[:, ::-1]
    return flat, normals, uv.reshape(-1, 2), faces


def _upwards(points: Array, faces: NDArray[Any]) -> Array:
    area = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    area *= np.where(area[:, 1:2] < 0, -1.0, 1.0)
    normals = np.zeros_like(points)
    normals[:, 1] = 1e-6
    for j in range(3):
        np.add.at(normals, faces[:, j], area * (np.abs(area[:, 1:2]) > 0.3 * np.linalg.norm(area, axis=1, keepdims=True)))
    result: Array = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return result


def _disc(land: Landscape, square: tuple[float, float, float], lift: float, tile: float) -> tuple[Any, Any, Any, NDArray[Any]]:
    x0, z0, radius = square
    rings, sides = max(3, int(radius)), 40
    r = np.concatenate([np.linspace(0.01, radius, rings + 1), [radius]])
    a = np.arange(sides + 1) * (2 * np.pi / sides)
    x, z = x0 + r[:, None] * np.cos(a), z0 + r[:, None] * np.sin(a)
    ground = land.height_at(x.ravel().astype(np.float32), z.ravel().astype(np.float32)).reshape(x.shape)
    down = np.zeros(len(r))
    down[-1] = -0.4
    points = np.stack([x, ground + lift + down[:, None], z], -1).reshape(-1, 3)
    columns = sides + 1
    k = (np.arange(len(r) - 1)[:, None] * columns + np.arange(sides)).ravel()
    faces = np.concatenate([np.stack([k, k + columns, k + 1], 1), np.stack([k + 1, k + columns, k + columns + 1], 1)])
    wet = (land.water_at(x, z) > ground - 0.05).ravel()
    faces = faces[~wet[faces].any(1)]
    normals = _upwards(points, faces)
    if len(faces) and float(np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])[:,
        1].mean()) < 0:
        faces = faces[:, ::-1]
    return points, normals, points[:, [0, 2]] / tile, faces


def _joined(parts: list[tuple[Any, Any, Any, NDArray[Any]]], material: int) -> Primitive:
    offsets = np.cumsum([0] + [len(part[0]) for part in parts[:-1]])
    attributes = {
        name: np.ascontiguousarray(np.concatenate([part[k] for part in parts]), np.float32) for k,
        name in enumerate(("POSITION", "NORMAL", "TEXCOORD_0"))
    }
    faces = np.concatenate([part[3] + offset for part, offset in zip(parts, offsets, strict=True)])
    return Primitive(attributes, faces.astype(np.uint32).ravel(), material=material)
