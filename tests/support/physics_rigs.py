"""Small worlds of bodies for the physics tests, on bare backends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.physics import native, shapes
from taixu.physics.base import BackendBase
from taixu.physics.batch import BodyBatch, BodyKind, JointBatch, JointKind
from taixu.physics.engines import make_backend
from taixu.physics.poses import relative, rotation_from_x
from taixu.physics.protocol import Settings

ENGINES = ("pybullet", "rapier")
MODULES = {"pybullet": "pybullet", "rapier": "rapier3d"}


def make_engine(name: str, **settings: object) -> BackendBase:
    """An engine by name; skips the test where it is not installed."""
    if not native.available(MODULES[name]):
        pytest.skip(f"{name} is not installed here")
    made = make_backend(name, Settings(**settings))  # type: ignore[arg-type]
    _made.append(made)
    return made


_made: list[BackendBase] = []


def close_engines() -> None:
    """Close what tests made: each holds megabytes of its own."""
    while _made:
        _made.pop().close()


def pose(x: float, y: float, z: float, turn: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)) -> list[float]:
    return [x, y, z, *turn]


def add_floor(backend: BackendBase, *, friction: float = 0.5, restitution: float = 0.0, turn=(0.0, 0.0, 0.0, 1.0)) -> int:
    """A static floor whose top goes through the origin."""
    rows = BodyBatch.collider_rows(1)
    rows["friction"], rows["restitution"] = friction, restitution
    rows["pose"][0, 1] = -1.0
    batch = BodyBatch(poses=[pose(0, 0, 0, turn)], kinds=BodyKind.STATIC, shapes=(shapes.box((200, 2, 200)),), colliders=rows)
    return int(backend.create(batch)[0])


def add_bodies(
    backend: BackendBase,
    poses: object,
    shape: shapes.Shape,
    *,
    mass_kg: float = 1.0,
    friction: float = 0.5,
    restitution: float = 0.0,
    events: bool = False,
    trigger: bool = False,
    layer: int = 1,
    mask: int = 0x3FFFFFFF,
    **columns: object,
) -> NDArray[np.int64]:
    """Equal bodies at poses [n, 7]."""
    places = np.asarray(poses, float).reshape(-1, 7)
    rows = BodyBatch.collider_rows(len(places))
    rows["friction"], rows["restitution"], rows["events"], rows["trigger"] = friction, restitution, events, trigger
    rows["layer"], rows["mask"] = layer, mask
    return backend.create(
        BodyBatch(poses=places, shapes=(shape,), colliders=rows, masses_kg=mass_kg, **columns)  # type: ignore[arg-type]
    )


def join(
    backend: BackendBase, kind: JointKind, a: int, b: int, anchor: object, axis: object = (0.0, 0.0, 1.0), **columns: object
) -> int:
    """A joint at a point of the world, at rest as the bodies stand now."""
    here = np.array([*np.asarray(anchor, float), *rotation_from_x(np.asarray(axis, float))])
    poses = backend.poses()[0]
    frame_a = here if a < 0 else relative(poses[a], here)
    batch = JointBatch(
        kinds=[kind],
        bodies_a=a,
        bodies_b=b,
        frames_a=[frame_a],
        frames_b=[relative(poses[b], here)],
        **columns,  # type: ignore[arg-type]
    )
    return int(backend.create_joints(batch)[0])


def state_hash(backend: BackendBase, ids: NDArray[np.int64]) -> str:
    """A hash over poses and velocities, bit for bit."""
    digest = hashlib.sha256(backend.poses()[0, ids].tobytes())
    digest.update(backend.velocities()[0, ids].tobytes())
    return digest.hexdigest()


def run(backend: BackendBase, steps: int, watch: Callable[[], object] | None = None) -> list:
    """Step, and gather what `watch` gives after each."""
    seen = []
    for _ in range(steps):
        backend.step()
        if watch is not None:
            seen.append(watch())
    return seen
