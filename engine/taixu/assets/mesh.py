"""Meshes as decoders make them: plain arrays, one row a vertex, in model space."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Instances", "Mesh", "Mode", "Primitive", "Skin"]


class Mode(IntEnum):
    """What the vertices of a primitive make, with OpenGL's numbers (as in glTF)."""

    POINTS = 0
    LINES = 1
    LINE_LOOP = 2
    LINE_STRIP = 3
    TRIANGLES = 4
    TRIANGLE_STRIP = 5
    TRIANGLE_FAN = 6


@dataclass(slots=True)
class Primitive:
    """Geometry that is drawn with one material. Arrays may be read-only views of the file.

    Attributes
    ----------
    mode : Mode
        Points, lines or triangles; fronts are anticlockwise.
    attributes : dict of str to array
        Decoded: ``POSITION`` and ``NORMAL`` float32 [n, 3] (metres; unit), ``TANGENT`` float32 [n, 4] (w is
        the bitangent's sign), ``TEXCOORD_k`` float32 [n, 2] (v down), ``COLOR_k`` float32 [n, 4] (linear,
        straight alpha), ``JOINTS_k`` uint16 [n, 4], ``WEIGHTS_k`` float32 [n, 4]; custom ones (``_NAME``)
        keep their type, [n] or [n, k].
    indices : uint32 array [m] or None
        All below n; None draws the vertices in order.
    material : int or None
        Index into `ModelData.materials`; None is the default material.
    targets : list of dict of str to float32 array [n, 3]
        Morph targets: differences of ``POSITION``, ``NORMAL``, ``TANGENT`` ([n, 4] for ``COLOR_k``, [n, 2]
        for ``TEXCOORD_k``).
    variants : dict of int to int
        Material by variant (`ModelData.variants`).
    flat_normals : bool
        The file has no normals: vertices were split and each triangle got its own.
    """

    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)
    indices: NDArray[np.uint32] | None = None
    mode: Mode = Mode.TRIANGLES
    material: int | None = None
    targets: list[dict[str, NDArray[np.float32]]] = field(default_factory=list)
    variants: dict[int, int] = field(default_factory=dict)
    flat_normals: bool = False
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def vertex_count(self) -> int:
        """The number of vertices n."""
        positions = self.attributes.get("POSITION")
        return 0 if positions is None else len(positions)

    def bounds(self) -> NDArray[np.float32]:
        """Give the least and the greatest position, float32 [2, 3], without morphing; zeros when empty."""
        positions = self.attributes.get("POSITION")
        if positions is None or not len(positions):
            return np.zeros((2, 3), np.float32)
        return np.stack([positions.min(axis=0), positions.max(axis=0)])

    def triangles(self) -> NDArray[np.uint32]:
        """List the triangles, uint32 [t, 3] vertex indices, strips and fans unrolled; none for lines.

        Winding is kept: in a strip every other triangle is turned, as OpenGL does.
        """
        count = self.vertex_count
        order = np.arange(count, dtype=np.uint32) if self.indices is None else self.indices
        if self.mode == Mode.TRIANGLES:
            return order[: len(order) // 3 * 3].reshape(-1, 3)
        if len(order) < 3 or self.mode < Mode.TRIANGLES:
            return np.empty((0, 3), np.uint32)
        if self.mode == Mode.TRIANGLE_FAN:
            first = np.broadcast_to(order[:1], len(order) - 2)
            return np.stack([order[1:-1], order[2:], first], axis=1)
        faces = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
        faces[1::2, 1:] = faces[1::2, :0:-1]
        return faces


@dataclass(slots=True)
class Mesh:
    """Primitives that share morph weights.

    Attributes
    ----------
    weights : float32 array [t] or None
        Default weights of the morph targets; a node's own take precedence.
    target_names : list of str
        Names of the morph targets, where the file has them (``extras.targetNames``).
    """

    name: str = ""
    primitives: list[Primitive] = field(default_factory=list)
    weights: NDArray[np.float32] | None = None
    target_names: list[str] = field(default_factory=list)
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Skin:
    """Joints that bend a mesh.

    Attributes
    ----------
    joints : list of int
        Node indices; ``JOINTS_k`` index this list.
    inverse_bind_matrices : float32 array [j, 4, 4]
        joint_from_mesh at rest, [rows, cols] acting on column vectors.
    skeleton : int or None
        A node above all joints, where the file names it.
    """

    name: str = ""
    joints: list[int] = field(default_factory=list)
    inverse_bind_matrices: NDArray[np.float32] = field(
        default_factory=lambda: np.empty((0, 4, 4), np.float32)
    )
    skeleton: int | None = None
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Instances:
    """`EXT_mesh_gpu_instancing`: copies of a node's mesh, in the node's space.

    Attributes
    ----------
    translations : float32 array [n, 3]
        Metres.
    rotations : float32 array [n, 4]
        Unit quaternions (x, y, z, w).
    scales : float32 array [n, 3]
        Factors.
    attributes : dict of str to array
        Custom ones (``_NAME``), [n] or [n, k].
    """

    translations: NDArray[np.float32]
    rotations: NDArray[np.float32]
    scales: NDArray[np.float32]
    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)
    extras: Any = None
