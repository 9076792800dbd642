"""The one interface that every physics engine is reached through: arrays in, arrays out.

A backend holds one or more worlds of bodies. Bodies are ids (small whole numbers: the rows of the pose array), made in
the order given, so that the same calls give the same ids, the same bodies and the same motion. Commands are applied at
once and take effect in the next `step`; poses are those after the last one. `RemoteBackend` speaks the same protocol
from another process; its `step` returns at once and the next read waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .batch import BodyBatch, JointBatch
from .shapes import Shape

__all__ = ["CLOSEST", "HIT", "Articulation", "Backend", "Caps", "Settings"]

HIT = np.dtype(
    [
        ("body", np.int64),  # -1: nothing hit
        ("distance", np.float64),  # metres along the (unit) direction
        ("point", np.float64, 3),
        ("normal", np.float64, 3),  # unit, out of the body hit
    ]
)
CLOSEST = np.dtype([("body", np.int64), ("distance", np.float64), ("point", np.float64, 3), ("normal", np.float64, 3)])
"""What is near a shape, a row for each convex piece: signed distance, nearest point on the body, normal to the shape."""


@dataclass(frozen=True)
class Settings:
    """What a backend is made with.

    `solver_iterations` of zero takes what each engine was measured best with.
    """

    gravity: tuple[float, float, float] = (0.0, -9.81, 0.0)
    dt: float = 1 / 60
    solver_iterations: int = 0


@dataclass(frozen=True)
class Caps:
    """What a backend can do, natively or by emulation.

    Attributes
    ----------
    name, version : the engine's.
    precision : bytes in a number of the engine's state: 8 or 4.
    resumable : `restore(snapshot())` continues bit for bit, contacts and all.
    releases_gil : other threads run while it steps.
    native, emulated : feature names, each in exactly one of the two.
    notes : feature name to a sentence about how it is emulated, or where it differs.
    """

    name: str
    version: str
    precision: int
    resumable: bool
    releases_gil: bool
    native: frozenset[str]
    emulated: frozenset[str]
    notes: dict[str, str] = field(default_factory=dict)


class Articulation(Protocol):
    """A jointed machine (from URDF) in reduced coordinates; arrays are float64 [dofs], radians or metres.

    `ctrl` is what the actuators are told: write into it (or assign it) before a step. `mode` says what it means: "force"
    (N, N m), "velocity" or "position"; `max_forces` bounds the last two.
    """

    bodies: NDArray[np.int64]
    link_names: tuple[str, ...]
    joint_names: tuple[str, ...]
    mode: str
    max_forces: NDArray[np.float64]

    @property
    def q(self) -> NDArray[np.float64]: ...
    @property
    def qd(self) -> NDArray[np.float64]: ...
    @property
    def ctrl(self) -> NDArray[np.float64]: ...
    @ctrl.setter
    def ctrl(self, values: ArrayLike) -> None: ...
    def reset(self, q: ArrayLike, qd: ArrayLike | None = None) -> None: ...
    def move(self, pose: NDArray[np.float64]) -> bool: ...


class Backend(Protocol):
    """An engine. Every verb refuses what it cannot do with a `TaixuError`; nothing bad reaches native code."""

    caps: Caps
    settings: Settings

    def create(self, batch: BodyBatch) -> NDArray[np.int64]: ...
    def remove(self, ids: ArrayLike) -> None: ...
    def create_joints(self, batch: JointBatch) -> NDArray[np.int64]: ...
    def remove_joints(self, ids: ArrayLike) -> None: ...
    def set_motors(self, ids: ArrayLike, modes: ArrayLike, targets: ArrayLike, forces: ArrayLike) -> None: ...
    def joint_positions(self, ids: ArrayLike) -> NDArray[np.float64]: ...
    def centres(self, ids: ArrayLike) -> NDArray[np.float64]: ...
    def set_gravity(self, gravity: ArrayLike) -> None: ...
    def set_kinematic(self, ids: ArrayLike, poses: ArrayLike) -> None: ...
    def set_poses(self, ids: ArrayLike, poses: ArrayLike) -> None: ...
    def set_velocities(self, ids: ArrayLike, velocities: ArrayLike) -> None: ...
    def apply(self, ids: ArrayLike, wrenches: ArrayLike) -> None: ...
    def wake(self, ids: ArrayLike) -> None: ...
    def step(self, n: int = 1) -> None: ...
    def poses(self, out: NDArray[Any] | None = None) -> NDArray[np.float64]: ...
    def velocities(self, out: NDArray[Any] | None = None) -> NDArray[np.float64]: ...
    def awake(self) -> NDArray[np.int64]: ...
    def events(self) -> NDArray[Any]: ...
    def raycast(
        self, origins: ArrayLike, directions: ArrayLike, *, max_distance: float, mask: int, ignore: int
    ) -> NDArray[Any]: ...
    def closest(self, shape: Shape, pose: ArrayLike, *, max_distance: float, mask: int, ignore: int) -> NDArray[Any]: ...
    def shapecast(self, shape: Shape, pose: ArrayLike, motion: ArrayLike, *, mask: int, ignore: int) -> Any: ...
    def load_urdf(self, path: str, pose: ArrayLike, *, fixed: bool) -> int: ...
    def articulation(self, articulation_id: int) -> Articulation: ...
    def remove_articulation(self, articulation_id: int) -> None: ...
    def snapshot(self) -> bytes: ...
    def restore(self, snapshot: bytes) -> None: ...
    def close(self) -> None: ...
