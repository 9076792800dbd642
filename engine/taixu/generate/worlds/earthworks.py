"""Fields and the walls of canals as meshes that follow the ground."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.noise import Array
from taixu.generate.places.props.surfaces import add_look
from taixu.generate.worlds.layouts import Layout

__all__ = ["canal_walls", "field_model"]


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


def _joined(parts: list[tuple[Any, Any, Any, NDArray[Any]]], material: int) -> Primitive:
    offsets = np.cumsum([0] + [len(part[0]) for part in parts[:-1]])
    attributes = {
        name: np.ascontiguousarray(np.concatenate([part[k] for part in parts]), np.float32) for k,
        name in enumerate(("POSITION", "NORMAL", "TEXCOORD_0"))
    }
    faces = np.concatenate([part[3] + offset for part, offset in zip(parts, offsets, strict=True)])
    return Primitive(attributes, faces.astype(np.uint32).ravel(), material=material)
