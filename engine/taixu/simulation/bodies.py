"""Loose things under the contract of simulators: boxes that fall, are pushed and blown about, and float where water rises.

A physics engine of its own, the one that continues bit for bit from a checkpoint; branches run it where the world's bodies
stand still.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.physics.batch import BodyBatch, BodyKind
from taixu.physics.engines import backend_name, make_backend
from taixu.physics.protocol import Settings
from taixu.physics.shapes import box, heightfield
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Bodies"]

_STEP_SECS = 1 / 60
_AIR, _WATER = 1.2, 1000.0
"""kg/m3."""
_DRAG = 1.05
"""Of a cube (Hoerner, "Fluid-Dynamic Drag", 1965, 3-17)."""
_HEAVE = 0.35
"""Share of critical damping of a floating body's rise and fall, and of its rolling."""
_MOST_BODIES, _MOST_CELLS = 1 << 14, 1 << 22
_CORNERS = np.array([(-0.25, 0.0, -0.25), (0.25, 0.0, -0.25), (-0.25, 0.0, 0.25), (0.25, 0.0, 0.25)])
"""Middles of four upright quarters of a box, in its sides: each is held up by what it alone displaces."""


class Bodies:
    """A simulator of boxes on ground, in wind and water.

    It is told ``wind_x`` and ``wind_z`` (m/s), ``push`` (N, a row a body) and ``surface`` (the height of the water around each
    body, metres; far below where there is none). It says, a row a body, ``number``, ``place`` and ``velocity`` ``[n, 3]``,
    ``rotation`` (quaternions, ``[n, 4]``), ``size`` ``[n, 3]``; and ``counts``: moving, at rest, afloat.

    Parameters
    ----------
    place
        ``[n, 3]``, metres: middles.
    size
        Full sides, metres, of all or of each.
    mass
        kg, of all or of each.
    heights
        Ground, ``[rows, columns]`` along z and x, metres, where it is not level at nought.
    cell, corner
        Metres between heights, and x and z of the first.

    Raises
    ------
    TaixuError
        When a number is not finite, a side or mass not above zero, or there are too many.
    """

    def __init__(
        self, place: ArrayLike, *, size: ArrayLike = 1.0, mass: ArrayLike = 100.0, heights: ArrayLike | None = None,
        cell: float = 1.0, corner: tuple[float, float] = (0.0, 0.0), name: str = "bodies", period_secs: float = 0.1,
    ) -> None:  # fmt: skip
        self.name, self.period_ns = name, round(period_secs * 1e9)
        at = np.asarray(place, np.float64).reshape(-1, 3)
        n = len(at)
        if n > _MOST_BODIES:
            raise TaixuError(f"there may be {_MOST_BODIES} bodies, not {n}")
        try:
            self._size = np.broadcast_to(np.asarray(size, np.float64), (n, 3)).copy()
            self._mass = np.broadcast_to(np.asarray(mass, np.float64), (n,)).copy()
        except ValueError:
            raise TaixuError("bodies want three sides and a mass, of all or of each") from None
        if not (np.isfinite(at).all() and np.isfinite(self._size).all() and np.isfinite(self._mass).all()):
            raise TaixuError("bodies want places, sides and masses that are finite")
        if (self._size <= 0).any() or (self._mass <= 0).any() or (np.abs(at) > 1e6).any() or (self._size > 1e3).any():
            raise TaixuError("bodies want sides and masses above zero, and places within 1000 km")
        self._engine = make_backend(backend_name("rapier"), Settings(dt=_STEP_SECS))
        self._ids = self._engine.create(_batch(at, self._size, self._mass)) if n else np.zeros(0, np.int64)
        self._engine.create(_ground(heights, cell, corner))
        self._surface, self._push, self._wind = np.full(n, -1e9), np.zeros((n, 3)), np.zeros(3)

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on, a sixtieth of a second at a time."""
        n = len(self._ids)
        for name, held in (("surface", self._surface), ("push", self._push)):
            if name in given:
                if given[name].shape != held.shape or not np.isfinite(given[name]).all():
                    raise TaixuError(f"{name} wants {held.shape} finite numbers, not {given[name].shape}")
                held[:] = given[name]
        for axis, name in ((0, "wind_x"), (2, "wind_z")):
            if name in given:
                self._wind[axis] = np.clip(float(given[name].ravel()[0]), -200.0, 200.0)
        for _ in range(max(1, round(dt_ns / 1e9 / _STEP_SECS)) if n else 0):
            wrenches = self._wrenches()
            stirred = np.flatnonzero(np.abs(wrenches).max(axis=1) > 1e-6)
            if len(stirred):
                self._engine.apply(self._ids[stirred], wrenches[stirred])
            self._engine.step()
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        pose, velocity = self._state()
        awake = np.isin(self._ids, self._engine.awake())
        afloat = pose[:, 1] - _half_height(pose, self._size) < self._surface
        return {
            "number": np.arange(len(pose)), "place": pose[:, :3], "velocity": velocity[:, :3], "rotation": pose[:, 3:],
            "size": self._size, "counts": np.array([int(awake.sum()), int((~awake).sum()), int(afloat.sum())]),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """All that moves, and what was told last; shapes and masses are this simulator's."""
        engine = np.frombuffer(self._engine.snapshot(), np.uint8)
        return pack({"engine": engine, "surface": self._surface, "push": self._push, "wind": self._wind}, {})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        arrays, _ = unpack(state)
        try:
            told = [arrays[name].astype(np.float64) for name in ("surface", "push", "wind")]
            engine = arrays["engine"].astype(np.uint8).tobytes()
        except (KeyError, ValueError) as error:
            raise TaixuError("this is no state of bodies") from error
        if [each.shape for each in told] != [self._surface.shape, self._push.shape, (3,)]:
            raise TaixuError("this is a state of other bodies")
        self._engine.restore(engine)
        self._surface, self._push, self._wind = told

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    def _state(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self._engine.poses()[0, self._ids], self._engine.velocities()[0, self._ids]

    def _wrenches(self) -> NDArray[np.float64]:
        """Forces and torques of what was told, ``[n, 6]``."""
        pose, velocity = self._state()
        found = np.zeros((len(pose), 6))
        found[:, :3] = self._push
        if self._wind.any():
            past = self._wind - velocity[:, :3]
            side = self._size[:, [0, 2]].mean(axis=1) * self._size[:, 1]
            found[:, :3] += (0.5 * _AIR * _DRAG * side * np.linalg.norm(past, axis=1))[:, None] * past * [1.0, 0.0, 1.0]
        wet = np.flatnonzero(pose[:, 1] - _half_height(pose, self._size) < self._surface)
        if len(wet):
            found[wet] += self._held_up(pose[wet], velocity[wet], wet)
        return found

    def _held_up(self, pose: NDArray[np.float64], velocity: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Archimedes on four quarters of each box, and the water that is in its way."""
        size, mass, surface = self._size[rows], self._mass[rows], self._surface[rows]
        volume, tall = size.prod(axis=1), 2.0 * _half_height(pose, size)
        arms = _turned(pose[:, None, 3:], _CORNERS * size[:, None, :])
        under = np.clip((surface[:, None] - (pose[:, None, 1] + arms[..., 1]) + tall[:, None] / 2) / tall[:, None], 0.0, 1.0)
        lift = np.zeros_like(arms)
        lift[..., 1] = _WATER * 9.81 * volume[:, None] / 4 * under
        share = under.mean(axis=1)
        speed = np.linalg.norm(velocity[:, :3], axis=1)
        stiff = _WATER * 9.81 * volume / tall
        drag = share * (0.5 * _WATER * _DRAG * volume ** (2 / 3) * speed)
        heave = share * 2.0 * _HEAVE * np.sqrt(stiff * mass)
        inertia = mass * (size**2).sum(axis=1) / 12.0
        rolls = share * 2.0 * _HEAVE * np.sqrt(stiff * (size**2).sum(axis=1) / 24.0 * inertia)
        most = mass / _STEP_SECS * 0.5  # what stops it within two steps: more would throw it back
        found = np.empty((len(pose), 6))
        found[:, :3] = lift.sum(axis=1) - np.minimum(drag + heave, most)[:, None] * velocity[:, :3]
        found[:, 3:] = np.cross(arms, lift).sum(axis=1) - np.minimum(rolls, inertia / _STEP_SECS * 0.5)[:, None] * velocity[:, 3:]
        return found


def _batch(at: NDArray[np.float64], size: NDArray[np.float64], mass: NDArray[np.float64]) -> BodyBatch:
    shapes, which = np.unique(size, axis=0, return_inverse=True)
    rows = BodyBatch.collider_rows(len(at))
    rows["shape"] = which.ravel()
    poses = np.concatenate([at, np.tile([0.0, 0.0, 0.0, 1.0], (len(at), 1))], axis=1)
    return BodyBatch(poses, shapes=tuple(box(each) for each in shapes), colliders=rows, masses_kg=mass)


def _ground(heights: ArrayLike | None, cell: float, corner: tuple[float, float]) -> BodyBatch:
    if heights is None:
        return BodyBatch([[0.0, -5.0, 0.0, 0.0, 0.0, 0.0, 1.0]], kinds=BodyKind.STATIC, shapes=(box((4e4, 10.0, 4e4)),))
    ground = np.asarray(heights, np.float64)
    if ground.ndim != 2 or min(ground.shape) < 2 or ground.size > _MOST_CELLS or not np.isfinite(ground).all():
        raise TaixuError(f"ground wants rows of finite heights, at most {_MOST_CELLS}")
    rows, columns = ground.shape
    x, z = corner[0] + cell * (columns - 1) / 2, corner[1] + cell * (rows - 1) / 2
    return BodyBatch([[x, 0.0, z, 0.0, 0.0, 0.0, 1.0]], kinds=BodyKind.STATIC, shapes=(heightfield(ground, (cell, cell)),))


def _half_height(pose: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half of how tall turned boxes are."""
    x, y, z, w = pose[:, 3:].T
    upward = np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], axis=1)
    half: NDArray[np.float64] = (np.abs(upward) * size).sum(axis=1) / 2
    return half


def _turned(rotation: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors turned by unit quaternions x, y, z, w."""
    around = 2.0 * np.cross(rotation[..., :3], vectors)
    turned: NDArray[np.float64] = vectors + rotation[..., 3:] * around + np.cross(rotation[..., :3], around)
    return turned
