"""Decals of a world as arrays, and as rows on the GPU."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of, row_count
from taixu.gpu import StructLayout
from taixu.render.lights import LIMIT
from taixu.scene import CELL_M, Decal, WorldTransforms

__all__ = ["DECAL_ROW", "DecalSet"]

_log = logging.getLogger(__name__)
_PICTURES = ("texture", "normal_texture", "surface_texture")
_FADE_RAD = 0.35
"""Angle over which a decal fades as surfaces turn away."""

DECAL_ROW = StructLayout(
    "DecalRow",
    [
        ("box_from_world", "f4", (3, 4)),  # the box is from -1/2 to 1/2
        ("right", "f4", (3,)),
        ("layers", "u4"),
        ("towards", "f4", (3,)),  # unit, against the way it is thrown
        ("opacity", "f4"),
        ("color", "f4", (3,)),
        ("glow", "f4"),
        ("shares", "f4", (4,)),  # of colour and of the surface, strength of normals, share of the depth over which it fades
        ("surface", "f4", (2,)),  # roughness, metallic
        ("facing", "f4", (2,)),  # cosines from which it is seen, and from which wholly
        ("pictures", "i4", (4,)),  # layers of colours, normals, and surface; -1: none
    ],
)


class DecalSet:
    """What is known of a world's decals: those that can be seen, lower ones first.

    Attributes
    ----------
    version
        Changes with what `rows` gives.
    paths
        The files that are named, each once, by what they hold ("color" or "data").
    """

    def __init__(self) -> None:
        self.version = 0
        self.paths: dict[str, tuple[str, ...]] = {"color": (), "data": ()}
        self._tick = -1
        self._entities = np.zeros(0, np.uint64)
        self._fields: dict[str, NDArray[Any]] = {}
        self._matrices = np.zeros((0, 3, 4))
        self._cells = np.zeros((0, 3), np.int32)

    def follow(self, world: World) -> None:
        """Take over what changed."""
        since, self._tick = self._tick, world.tick
        tables = list(world.query(Decal))
        entities = np.concatenate([np.zeros(0, np.uint64), *(np.asarray(table.entities) for table in tables)])
        changed = since < 0 or not np.array_equal(entities, self._entities)
        if changed or any(row_count(table.changed((Decal,), since=since)) for table in tables):
            self._entities = entities
            self._fields = _read(tables)
            self.paths = {
                "color": tuple(sorted(set(self._fields["texture"].tolist()) - {""})),
                "data": tuple(sorted({*self._fields["normal_texture"].tolist(), *self._fields["surface_texture"].tolist()} - {""})),
            }
            self.version += 1
        world.advance()
        if not world.has_resource(WorldTransforms):
            self._matrices, self._cells = np.zeros((0, 3, 4)), np.zeros((0, 3), np.int32)
            return
        places, index = world.resource(WorldTransforms), indices_of(entities)
        matrices, cells = places.matrices[index].reshape(-1, 3, 4).astype(np.float64), places.cells[index]
        if not (np.array_equal(matrices, self._matrices) and np.array_equal(cells, self._cells)):
            self._matrices, self._cells = matrices, cells
            self.version += 1

    def rows(self, cell: tuple[int, int, int], layers: Mapping[str, Mapping[str, int]]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Rows relative to a cell, and spheres around their boxes, [n, 4]; `layers` are those of pictures by what they hold.

        What throws nothing is left out: it is not on, a box without extent, or its picture cannot be read.
        """
        found, matrices = self._fields, self._matrices
        if len(matrices) == 0:
            return DECAL_ROW.zeros(0), np.zeros((0, 4))
        size = _clean(np.stack([found["size"][i] for i in range(3)], 1), 0.0, 1e5)
        axes = matrices[:, :, :3] * size[:, None, :]
        center = matrices[:, :, 3] + (self._cells - np.asarray(cell, np.int32)) * CELL_M
        x, y, z = (axes[:, :, i] for i in range(3))
        across = np.cross(y, z), np.cross(z, x), np.cross(x, y)
        volume = (x * across[0]).sum(1)
        numbers = {
            name: _layers_of(found[name], layers["color" if name == "texture" else "data"]) for name in _PICTURES
        }
        opacity = _clean(found["opacity"], 0.0, 1.0)
        shown = found["enabled"] & (opacity > 0) & (np.abs(volume) > 1e-18) & np.isfinite(center).all(1)
        for name in _PICTURES:
            shown &= (numbers[name] >= 0) | (found[name] == "")
        keep = np.flatnonzero(shown)
        keep = keep[np.lexsort((indices_of(self._entities[keep]), found["order"][keep]))]
        if len(keep) > LIMIT:
            _log.warning("of %d decals the upper %d are drawn", len(keep), LIMIT)
            keep = keep[-LIMIT:]
        out = DECAL_ROW.zeros(len(keep))
        inverse = np.stack(across, 1)[keep] / volume[keep, None, None]
        out["box_from_world"][:, :, :3] = inverse
        out["box_from_world"][:, :, 3] = -np.einsum("nij,nj->ni", inverse, center[keep])
        out["right"], out["towards"] = _unit(axes[keep, :, 0]), _unit(across[2][keep] * np.sign(volume[keep, None]))
        out["layers"], out["opacity"] = found["layers"][keep], opacity[keep]
        out["color"] = _clean(np.stack([found["color"][i] for i in range(3)], 1), 0.0, 1.0)[keep]
        out["glow"] = _clean(found["glow"], 0.0, 1e4)[keep]
        out["shares"] = np.stack([
            _clean(found["color_share"], 0.0, 1.0), _clean(found["surface_share"], 0.0, 1.0),
            _clean(found["normal_strength"], 0.0, 4.0), _clean(found["depth_fade"], 0.0, 1.0),
        ], 1)[keep]  # fmt: skip
        out["surface"] = np.stack([_clean(found["roughness"], 0.0, 1.0), _clean(found["metallic"], 0.0, 1.0)], 1)[keep]
        most = _clean(found["most_angle_rad"], 0.0, np.pi)[keep]
        out["facing"][:, 0] = np.where(most >= np.pi, -2.0, np.cos(most))
        out["facing"][:, 1] = np.maximum(np.cos(np.maximum(most - _FADE_RAD, 0.0)), out["facing"][:, 0] + 1e-3)
        for place, name in enumerate(_PICTURES):
            out["pictures"][:, place] = numbers[name][keep]
        radius = 0.5 * np.linalg.norm(np.abs(axes[keep]).sum(2), axis=1)
        return out, np.concatenate([center[keep], radius[:, None]], 1)


def _read(tables: list[Any]) -> dict[str, NDArray[Any]]:
    names = list(Decal.__dataclass_fields__)
    if not tables:
        return {name: np.zeros(0, object) for name in names}
    return {name: np.concatenate([np.asarray(table.read(Decal, name)) for table in tables], axis=-1) for name in names}


def _layers_of(paths: NDArray[Any], layers: Mapping[str, int]) -> NDArray[np.int32]:
    unique, which = np.unique(paths.astype(str), return_inverse=True)
    return np.array([layers.get(path, -1) for path in unique.tolist()], np.int32)[which]


def _clean(values: NDArray[Any], low: float, high: float) -> NDArray[np.float64]:
    return np.clip(np.nan_to_num(values.astype(np.float64), posinf=high, neginf=low), low, high)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
