"""A backend in a worker process: the same protocol, and a crash of native code takes only the worker with it.

Commands are collected and sent together with the step; `step` returns at once and the next read waits for its end. Ids are
given out here and there by the same rule, so they agree. Making bodies, and all queries, wait for an answer.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import weakref
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.app.worker_process import WorkerProcess
from taixu.errors import MachineError, TaixuError, UsageError

from .base import BackendBase
from .batch import BodyBatch, BodyKind, JointBatch
from .events import EVENT
from .joint_state import JointState
from .mass import MassProperties
from .protocol import Articulation, Settings
from .shapes import Shape
from .worker import map_poses

__all__ = ["RemoteBackend"]

_ERRORS = {cls.__name__: cls for cls in (TaixuError, UsageError, MachineError)}


class RemoteBackend(BackendBase):
    """An engine in a process of its own.

    Raises
    ------
    BrokenPipeError
        From any verb, when the worker has died: close this backend and make another.
    """

    def __init__(self, name: str, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._process = WorkerProcess()
        self._calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._in_flight = False
        self._awake_ids = np.zeros(0, np.int64)
        self._machines: dict[int, RemoteArticulation] = {}
        self._path = ""
        self._poses: NDArray[Any] | None = None
        self._latest = np.tile((0, 0, 0, 0, 0, 0, 1.0), (64, 1))
        self._paths: list[str] = []
        self._closed = weakref.finalize(self, _end, self._process, self._paths)
        self.caps = self._ask("taixu.physics.worker:open_backend", name, self.settings)
        self._share()

    @property
    def pid(self) -> int:
        """The worker's process number."""
        return self._process.pid

    def close(self) -> None:
        self._poses = None
        self._closed()

    # -- talking --------------------------------------------------------------------------------------------

    def _queue(self, name: str, *args: Any, **kwargs: Any) -> None:
        self._calls.append((name, args, kwargs))

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Do what is queued and this call; its result."""
        self._wait()
        self._queue(name, *args, **kwargs)
        calls, self._calls = self._calls, []
        result, _ = self._ask("taixu.physics.worker:run", calls)
        return result

    def _ask(self, function: str, *args: Any) -> Any:
        self._send(function, *args)
        return self._answer()

    def _send(self, function: str, *args: Any) -> None:
        try:
            self._process.send(function, args)
        except OSError as error:
            raise BrokenPipeError(self._process.close()) from error

    def _answer(self) -> Any:
        try:
            answer = self._process.receive()
            while answer[0] == "progress":
                answer = self._process.receive()
        except (EOFError, OSError) as error:
            raise BrokenPipeError(self._process.close()) from error
        if answer[0] == "done":
            return answer[1]
        if answer[0] == "refused":
            raise _ERRORS.get(answer[1], TaixuError)(answer[2])
        raise BrokenPipeError(" ".join(str(part) for part in answer[1:3]) or "out of memory")

    def _wait(self) -> None:
        """Take the result of the step under way, if there is one."""
        if not self._in_flight:
            return
        self._in_flight = False
        _, state = self._answer()
        assert self._poses is not None
        assert state is not None
        self._latest = self._poses[state["buffer"]]
        self._awake_ids, self._events = state["awake"], state["events"]
        for key, (q, qd) in state["machines"].items():
            self._machines[key].took(q, qd)

    def _share(self) -> None:
        """Make a pose file for the present capacity and map it on both sides."""
        folder = "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None
        handle, path = tempfile.mkstemp(prefix="taixu-poses-", dir=folder)
        capacity = self._bodies.capacity
        with os.fdopen(handle, "wb") as file:
            file.truncate(2 * capacity * 7 * 8)
        self._paths.append(path)
        poses = map_poses(path, capacity)
        self._call("share", path, capacity)
        poses[:, : len(self._latest)] = self._latest[:capacity]
        self._poses, self._latest = poses, poses[0]
        for old in self._paths[:-1]:
            _unlink(old)
        del self._paths[:-1]

    # -- hooks ----------------------------------------------------------------------------------------------

    def _create(self, ids: NDArray[Any], batch: BodyBatch, masses: list[MassProperties | None]) -> None:
        made = self._call("create", batch)
        self._check_same(ids, made)
        self._sized()
        # Until the next step the bodies are where they were put.
        self._latest[ids] = batch.poses
        self._awake_ids = np.union1d(self._awake_ids, ids[batch.kinds == BodyKind.DYNAMIC])

    def _sized(self) -> None:
        if self._poses is None or self._bodies.capacity > self._poses.shape[1]:
            self._share()

    @staticmethod
    def _check_same(here: NDArray[Any], there: NDArray[Any]) -> None:
        if not np.array_equal(here, there):
            raise BrokenPipeError("the worker's ids differ from ours")

    def _remove(self, ids: NDArray[Any]) -> None:
        self._wait()
        self._queue("remove", ids)
        self._awake_ids = np.setdiff1d(self._awake_ids, ids)

    def _create_joints(self, ids: NDArray[Any], batch: JointBatch) -> None:
        self._check_same(ids, self._call("create_joints", batch))

    def _remove_joints(self, ids: NDArray[Any]) -> None:
        self._wait()
        self._queue("remove_joints", ids)

    def _set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None:
        self._wait()
        self._queue("set_motors", ids, modes, targets, forces)

    def _set_gravity(self, gravity: tuple[float, float, float]) -> None:
        self._wait()
        self._queue("set_gravity", gravity)

    def _set_kinematic(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        self._wait()
        self._queue("set_kinematic", ids, poses)

    def _set_poses(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        self._wait()
        self._queue("set_poses", ids, poses)
        self._latest[ids] = poses

    def _set_velocities(self, ids: NDArray[Any], velocities: NDArray[Any]) -> None:
        self._wait()
        self._queue("set_velocities", ids, velocities)

    def _apply(self, ids: NDArray[Any], wrenches: NDArray[Any]) -> None:
        self._wait()
        self._queue("apply", ids, wrenches)

    def _wake(self, ids: NDArray[Any]) -> None:
        self._wait()
        self._queue("wake", ids)

    def _step(self, n: int) -> None:
        self._wait()
        for machine in self._machines.values():
            self._queue("control", machine.id, machine.mode, machine.ctrl.copy(), machine.max_forces.copy())
        self._queue("step", n)
        calls, self._calls = self._calls, []
        self._send("taixu.physics.worker:run", calls)
        self._in_flight = True

    def _read_poses(self) -> NDArray[Any]:
        self._wait()
        return self._latest

    def _read_velocities(self) -> NDArray[Any]:
        return np.asarray(self._call("velocities"))[0]

    def _awake(self) -> NDArray[Any]:
        self._wait()
        return self._awake_ids

    def events(self) -> NDArray[Any]:
        self._wait()
        return self._events if len(self._events) else np.zeros(0, EVENT)

    def _raycast(self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        found: NDArray[Any] = self._call("raycast", origins, directions, max_distance=distance, mask=mask, ignore=ignore)
        return found

    def _closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        found: NDArray[Any] = self._call("closest", shape, pose, max_distance=distance, mask=mask, ignore=ignore)
        return found

    def _shapecast(self, shape: Shape, pose: NDArray[Any], motion: NDArray[Any], mask: int, ignore: int) -> Any:
        return self._call("shapecast", shape, pose, motion, mask=mask, ignore=ignore)

    def _load_urdf(self, path: str, pose: NDArray[Any], fixed: bool) -> int:
        facts = self._call("load_urdf", path, pose, fixed)
        bodies = self._reserve(len(facts["bodies"]))
        self._check_same(bodies, facts["bodies"])
        self._sized()
        self._kinds[bodies] = BodyKind.DYNAMIC
        self._in_articulation[bodies] = True
        machine = RemoteArticulation(self, facts)
        self._machines[machine.id] = machine
        self._articulation_bodies[machine.id] = bodies
        self._latest[bodies] = self._call("poses")[0][bodies]
        return machine.id

    def _articulation(self, articulation_id: int) -> Articulation:
        self._wait()
        return self._machines[articulation_id]

    def _remove_articulation(self, articulation_id: int) -> None:
        self._wait()
        del self._machines[articulation_id]
        self._queue("remove_articulation", articulation_id)

    def snapshot(self) -> bytes:
        blob: bytes = self._call("snapshot")
        return blob

    def restore(self, snapshot: bytes) -> None:
        self._call("restore", snapshot)
        poses = np.asarray(self._call("poses"))[0]
        self._latest[: len(poses)] = poses[: len(self._latest)]
        self._awake_ids = np.asarray(self._call("awake"))


class RemoteArticulation(JointState):
    """A machine in the worker; `q` and `qd` are those after the last step."""

    def __init__(self, backend: RemoteBackend, facts: dict[str, Any]) -> None:
        names = {name: facts[name] for name in ("link_names", "joint_names")}
        super().__init__(facts["bodies"], max_forces=facts["max_forces"].copy(), **names)
        self._backend = backend
        self._q = facts["q"].copy()

    def took(self, q: NDArray[Any], qd: NDArray[Any]) -> None:
        self._q, self._qd = q, qd

    @property
    def q(self) -> NDArray[np.float64]:
        self._backend._wait()
        return self._q

    @property
    def qd(self) -> NDArray[np.float64]:
        self._backend._wait()
        return self._qd

    def reset(self, q: ArrayLike, qd: ArrayLike | None = None) -> None:
        """Put the joints at `q` with speeds `qd` at once."""
        angles, rates = self._check_coordinates(q, qd)
        self._backend._call("reset", self.id, angles, rates)
        self.took(angles, rates)

    def move(self, pose: NDArray[np.float64]) -> bool:
        moved: bool = self._backend._call("move", self.id, pose)
        self._backend._latest[self.bodies] = self._backend._call("poses")[0][self.bodies]
        return moved


def _end(process: WorkerProcess, paths: list[str]) -> None:
    process.kill()
    process.close()
    for path in paths:
        _unlink(path)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
