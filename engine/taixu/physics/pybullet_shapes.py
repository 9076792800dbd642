"""Bullet collision shapes, shared by content.

Bullet never frees meshes and hulls, and its count of a shape's users is wrong for free bodies, so shapes live in a cache
for as long as the client: bodies with the same colliders share one native shape.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

from .poses import rotate
from .shapes import Shape, ShapeKind, heightfield

__all__ = ["ShapeCache"]

_log = logging.getLogger(__name__)
MAX_INLINE_VERTICES = 100_000
MAX_INLINE_INDICES = 400_000


class ShapeCache:
    """Native shapes of one Bullet client."""

    def __init__(self, bullet: ModuleType, client: int) -> None:
        self._bullet = bullet
        self._client = client
        self._native: dict[bytes, int] = {}

    def acquire(self, parts: Sequence[tuple[Shape, NDArray[Any]]]) -> int:
        """The native shape of one or more (shape, pose) parts; -1 for none."""
        if not parts:
            return -1
        key = b"".join(shape.key + np.round(pose, 9).tobytes() for shape, pose in parts)
        native = self._native.get(key)
        if native is None:
            native = self._make(parts)
            if native < 0:
                raise TaixuError("Bullet refused a collision shape; simplify its mesh or hull.")
            self._native[key] = native
        return native

    def _make(self, parts: Sequence[tuple[Shape, NDArray[Any]]]) -> int:
        if len(parts) == 1:
            shape, pose = parts[0]
            if shape.kind >= ShapeKind.HULL:
                return self._make_mesh(shape, pose)
            if not _is_offset(shape, pose):
                return int(
                    self._bullet.createCollisionShape(
                        **self._primitive(shape, plural=False), physicsClientId=self._client
                    )
                )
        return self._make_compound(parts)

    def _make_compound(self, parts: Sequence[tuple[Shape, NDArray[Any]]]) -> int:
        columns: dict[str, list[Any]] = {
            "shapeTypes": [], "halfExtents": [], "radii": [], "lengths": [], "fileNames": [], "meshScales": [], "flags": [],
            "collisionFramePositions": [], "collisionFrameOrientations": [],
        }  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="taixu-shapes-") as folder:
            for index, (shape, pose) in enumerate(parts):
                columns["collisionFramePositions"].append(pose[:3].tolist())
                columns["collisionFrameOrientations"].append(_turned(shape, pose).tolist())
                primitive = self._primitive(shape, plural=True)
                if shape.kind >= ShapeKind.HULL:
                    primitive = {"shapeTypes": self._bullet.GEOM_MESH, "flags": self._concave(shape)}
                    primitive["fileNames"] = _write_obj(Path(folder) / f"{index}.obj", *shape.surface())
                defaults = {
                    "halfExtents": [0.0, 0.0, 0.0], "radii": 0.0, "lengths": 0.0, "fileNames": "",
                    "meshScales": [1.0, 1.0, 1.0], "flags": 0,
                }  # fmt: skip
                for name, value in (defaults | primitive).items():
                    columns[name].append(value)
            return int(self._bullet.createCollisionShapeArray(**columns, physicsClientId=self._client))

    def _make_mesh(self, shape: Shape, pose: NDArray[Any]) -> int:
        points, triangles = _thinned(shape).surface()
        moved = rotate(pose[3:], points.astype(np.float64)) + pose[:3]
        arguments: dict[str, Any] = {"shapeType": self._bullet.GEOM_MESH, "physicsClientId": self._client}
        if len(moved) > MAX_INLINE_VERTICES or triangles.size > MAX_INLINE_INDICES:
            with tempfile.TemporaryDirectory(prefix="taixu-shapes-") as folder:
                arguments |= {"fileName": _write_obj(Path(folder) / "mesh.obj", moved, triangles)}
                return int(self._bullet.createCollisionShape(**arguments, flags=self._concave(shape)))
        if shape.kind is not ShapeKind.HULL:
            arguments["indices"] = triangles.ravel().tolist()
        return int(self._bullet.createCollisionShape(**arguments, vertices=moved.tolist(), flags=self._concave(shape)))

    def _concave(self, shape: Shape) -> int:
        return 0 if shape.kind is ShapeKind.HULL else int(self._bullet.GEOM_FORCE_CONCAVE_TRIMESH)

    def _primitive(self, shape: Shape, *, plural: bool) -> dict[str, Any]:
        bullet = self._bullet
        if shape.kind is ShapeKind.BOX:
            return {
                "shapeTypes" if plural else "shapeType": bullet.GEOM_BOX,
                "halfExtents": [s / 2 for s in shape.size_m],
            }
        names = ("shapeTypes", "radii", "lengths") if plural else ("shapeType", "radius", "height")
        if shape.kind is ShapeKind.SPHERE:
            return {names[0]: bullet.GEOM_SPHERE, names[1]: shape.radius_m}
        kind = bullet.GEOM_CAPSULE if shape.kind is ShapeKind.CAPSULE else bullet.GEOM_CYLINDER
        return {names[0]: kind, names[1]: shape.radius_m, names[2]: shape.height_m}


def _thinned(shape: Shape) -> Shape:
    """A heightfield that Bullet can hold: it knows them as triangles only, which take it a minute a million."""
    rows, columns = shape.heights_m.shape
    if shape.kind is not ShapeKind.HEIGHTFIELD or rows * columns <= MAX_INLINE_VERTICES * 0.65:
        return shape
    wanted = [min(count, 255) for count in (rows, columns)]
    _log.warning(
        "Bullet takes a terrain of %d by %d heights as %d by %d: things may stand off the ground; rapier takes all of them.",
        rows, columns, *wanted,
    )  # fmt: skip
    v, u = (np.rint(np.linspace(0, count - 1, few)).astype(np.int64) for count, few in zip((rows, columns), wanted, strict=True))
    spacing = (shape.spacing_m[0] * (columns - 1) / (wanted[1] - 1), shape.spacing_m[1] * (rows - 1) / (wanted[0] - 1))
    return heightfield(shape.heights_m[np.ix_(v, u)], spacing)


def _is_offset(shape: Shape, pose: NDArray[Any]) -> bool:
    """Whether the shape needs a frame of its own: Bullet's capsules and cylinders lie along Z, ours along Y."""
    return shape.kind in (ShapeKind.CAPSULE, ShapeKind.CYLINDER) or bool(np.abs(pose - (0, 0, 0, 0, 0, 0, 1)).max() > 0)


def _turned(shape: Shape, pose: NDArray[Any]) -> NDArray[Any]:
    from .poses import multiply

    if shape.kind not in (ShapeKind.CAPSULE, ShapeKind.CYLINDER):
        return pose[3:]
    return multiply(pose[3:], (-(0.5**0.5), 0.0, 0.0, 0.5**0.5))


def _write_obj(path: Path, points: NDArray[Any], triangles: NDArray[Any]) -> str:
    """Bullet reads compound parts and very large meshes from files only."""
    with path.open("w", encoding="ascii") as file:
        np.savetxt(file, points, fmt="v %.9g %.9g %.9g")
        if len(triangles):
            np.savetxt(file, triangles + 1, fmt="f %d %d %d")
        else:
            fan = np.stack([np.ones(len(points) - 2), np.arange(2, len(points)), np.arange(3, len(points) + 1)], axis=1)
            np.savetxt(file, fan, fmt="f %d %d %d")
    return str(path)
