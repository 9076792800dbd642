"""Convex parts that stand in for a model in physics: one hull, or as many as its hollows need (CoACD)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.flattening import flatten_model
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node, Scene
from taixu.errors import MachineError, TaixuError
from taixu.generate.gate.decimating import simplified
from taixu.generate.gate.topology import welded
from taixu.physics.hulls import convex_hull

__all__ = ["COLLIDERS", "collider_model"]

COLLIDERS = ("none", "hull", "parts")
_MOST_CORNERS = 64
_MOST_TRIANGLES = 20_000
"""More tell a decomposition nothing, and cost it minutes."""

Floats = NDArray[np.float64]


def collider_model(model: ModelData, kind: str, *, most: int = 16, error: float = 0.05) -> ModelData:
    """A model with a convex mesh a node: ``part 0``, ``part 1`` ...

    Parameters
    ----------
    kind
        "hull" gives one around all of it; "parts" cuts it until each part's hull is near it (Wei et al. 2022).
    most
        Parts at the most.
    error
        How far hulls may lie off, as a share of the extent, 0.01 to 1.

    Raises
    ------
    MachineError
        Where CoACD is not installed.
    TaixuError
        Where it has no volume.
    """
    pieces = [each for each in flatten_model(model) if len(each.triangles)]
    if not pieces:
        raise TaixuError("it shows no triangles, so that nothing could bump into it")
    positions = np.concatenate([each.positions for each in pieces])
    starts = np.cumsum([0, *(len(each.positions) for each in pieces)])
    faces = np.concatenate([each.triangles.astype(np.int64) + at for each, at in zip(pieces, starts, strict=False)])
    heaps = [positions] if kind == "hull" else _parts(positions, faces, most, error)
    hulls = [hull for hull in (_hull(heap) for heap in heaps) if hull is not None]
    if not hulls:
        raise TaixuError("it is flat, and nothing without a volume can be a convex part; take a box as its collider")
    meshes = [Mesh(f"part {number}", [hull]) for number, hull in enumerate(hulls)]
    nodes = [Node(name=mesh.name, mesh=number) for number, mesh in enumerate(meshes)]
    scene = Scene(nodes=list(range(len(nodes))))
    return ModelData(name=f"{model.name} collider", scenes=[scene], scene=0, nodes=nodes, meshes=meshes)


def _parts(positions: Floats, faces: NDArray[np.int64], most: int, error: float) -> list[Floats]:
    try:
        import coacd
    except ImportError:
        raise MachineError('convex parts need CoACD; pip install "taixu[models]" brings it') from None
    firsts, places = welded(positions)
    points, triangles = positions[firsts], places[faces]
    if len(triangles) > _MOST_TRIANGLES:
        points, triangles = simplified(points, triangles, _MOST_TRIANGLES)
    coacd.set_log_level("error")
    found = coacd.run_coacd(
        coacd.Mesh(points, triangles.astype(np.int32)), threshold=float(np.clip(error, 0.01, 1.0)), max_convex_hull=most,
        preprocess_mode="auto", max_ch_vertex=_MOST_CORNERS, seed=0,
    )  # fmt: skip
    return [np.asarray(vertices, np.float64) for vertices, _ in found]


def _hull(points: Floats) -> Primitive | None:
    """A convex hull of at most 64 corners: those that reach farthest in evenly spread directions (Fibonacci's lattice)."""
    if len(points) > _MOST_CORNERS:
        number = np.arange(_MOST_CORNERS) + 0.5
        height = 1.0 - 2.0 * number / _MOST_CORNERS
        turn = np.pi * (1.0 + 5.0**0.5) * number
        across = np.sqrt(1.0 - height**2)
        directions = np.stack([across * np.cos(turn), height, across * np.sin(turn)], axis=1)
        points = points[np.unique((points @ directions.T).argmax(0))]
    faces = convex_hull(points)
    if faces is None or not len(faces):
        return None
    used, corners = np.unique(faces, return_inverse=True)
    return Primitive({"POSITION": points[used].astype(np.float32)}, corners.reshape(-1).astype(np.uint32))
