"""What an articulation keeps of its joints, whatever the engine: coordinates, what they are told, and by how much."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError

from .validate import check_rows

__all__ = ["JointState"]

MODES = ("force", "velocity", "position")


class JointState:
    """The joints of `protocol.Articulation`; coordinates are those of revolute, continuous and prismatic joints, in file order.

    Parameters
    ----------
    bodies : int64 [links]
        Ids of the links; the first is the id of the articulation.
    max_forces : float64 [joints]
        What the file allows, N or N m.
    """

    def __init__(
        self,
        bodies: NDArray[np.int64],
        *,
        link_names: tuple[str, ...],
        joint_names: tuple[str, ...],
        max_forces: NDArray[np.float64],
    ) -> None:
        self.id = int(bodies[0])
        self.bodies = bodies
        self.link_names = link_names
        self.joint_names = joint_names
        self.max_forces = max_forces
        self.mode = "force"
        count = len(joint_names)
        self._q, self._qd, self._ctrl = np.zeros(count), np.zeros(count), np.zeros(count)

    @property
    def q(self) -> NDArray[np.float64]:
        return self._q

    @property
    def qd(self) -> NDArray[np.float64]:
        return self._qd

    @property
    def ctrl(self) -> NDArray[np.float64]:
        return self._ctrl

    @ctrl.setter
    def ctrl(self, values: ArrayLike) -> None:
        self._ctrl[:] = check_rows(np.broadcast_to(values, self._ctrl.shape), 1, "ctrl values")[:, 0]

    def _check_coordinates(
        self, q: ArrayLike, qd: ArrayLike | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions and speeds, [joints] each, that somebody wants the joints to have."""
        shape = self._ctrl.shape
        positions = check_rows(np.broadcast_to(q, shape), 1, "joint positions", 1e6)[:, 0]
        return positions, check_rows(np.broadcast_to(0.0 if qd is None else qd, shape), 1, "joint speeds", 1e6)[:, 0]

    def _check_control(self) -> None:
        if self.mode not in MODES:
            raise TaixuError(f"An articulation's mode is {self.mode!r}; modes are {', '.join(MODES)}.")
        check_rows(self._ctrl, 1, "ctrl values")
