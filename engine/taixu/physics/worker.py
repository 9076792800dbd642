"""The worker's side of physics in a process of its own: one backend, spoken to in batches of calls.

Runs in a worker process of `taixu.app` (``python -m taixu.app.worker``), where the module's state lives from one call to the
next. Poses are not sent but written to a file mapped by both sides, in one of two buffers by turns: the other side can
read the last step while this one writes the next.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import BackendBase
from .protocol import Settings

__all__ = ["ARTICULATION_FIELDS", "close", "map_poses", "open_backend", "run"]

ARTICULATION_FIELDS = ("bodies", "link_names", "joint_names", "max_forces")
Call = tuple[str, tuple[Any, ...], dict[str, Any]]

_backend: BackendBase | None = None
_poses: NDArray[np.float64] | None = None
_buffer = 0


def map_poses(path: str, capacity: int) -> NDArray[np.float64]:
    """The two pose buffers in a file, float64 [2, capacity, 7]."""
    with open(path, "r+b") as file:
        view = mmap.mmap(file.fileno(), 2 * capacity * 7 * 8)
    return np.frombuffer(view, np.float64).reshape(2, capacity, 7)


def open_backend(name: str, settings: Settings) -> Any:
    """Make the engine; its caps."""
    from .engines import make_backend

    global _backend
    _backend = make_backend(name, settings)
    return _backend.caps


def run(calls: list[Call]) -> tuple[Any, dict[str, Any] | None]:
    """Do the calls in order; the result of the last one, and the state after a step if there was one."""
    result: Any = None
    stepped = False
    for name, args, kwargs in calls:
        if name in _OWN:
            result = _OWN[name](*args, **kwargs)
        else:
            result = getattr(_backend, name)(*args, **kwargs)
        stepped = stepped or name == "step"
    return result, _publish() if stepped else None


def close() -> None:
    """Give the engine back."""
    global _backend, _poses
    if _backend is not None:
        _backend.close()
    _backend = _poses = None


def _publish() -> dict[str, Any]:
    global _buffer
    assert _backend is not None
    assert _poses is not None
    _buffer = 1 - _buffer
    poses = _backend.poses()[0]
    count = min(len(poses), _poses.shape[1])
    _poses[_buffer, :count] = poses[:count]
    machines = {key: (a.q.copy(), a.qd.copy()) for key, a in _machines().items()}
    return {"buffer": _buffer, "awake": _backend.awake(), "events": _backend.events(), "machines": machines}


def _machines() -> dict[int, Any]:
    assert _backend is not None
    return {key: _backend.articulation(key) for key in _backend._articulation_bodies}


def _share(path: str, capacity: int) -> None:
    global _poses
    _poses = map_poses(path, capacity)


def _load_urdf(path: str, pose: NDArray[Any], fixed: bool) -> dict[str, Any]:
    assert _backend is not None
    machine = _backend.articulation(_backend.load_urdf(path, pose, fixed=fixed))
    return {"q": machine.q.copy(), **{name: getattr(machine, name) for name in ARTICULATION_FIELDS}}


def _control(key: int, mode: str, ctrl: NDArray[Any], max_forces: NDArray[Any]) -> None:
    assert _backend is not None
    machine = _backend.articulation(key)
    machine.mode, machine.ctrl = mode, ctrl
    machine.max_forces[:] = max_forces


def _reset(key: int, q: NDArray[Any], qd: NDArray[Any]) -> None:
    assert _backend is not None
    _backend.articulation(key).reset(q, qd)


def _move(key: int, pose: NDArray[Any]) -> bool:
    assert _backend is not None
    return _backend.articulation(key).move(pose)


_OWN: dict[str, Callable[..., Any]] = {
    "share": _share, "load_urdf": _load_urdf, "control": _control, "reset": _reset, "move": _move,
}  # fmt: skip
