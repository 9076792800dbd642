"""Machines from URDF files, as Rapier multibodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .batch import BodyKind
from .joint_state import JointState
from .urdf import UrdfSummary, summarise_urdf

if TYPE_CHECKING:
    from .rapier_backend import RapierBackend

__all__ = ["RapierArticulation", "load_urdf"]

SPEED_GAIN, HOLD_GAIN = 1.0e3, 1.0e4
"""Of velocity (1/s) and position motors (1/s2): the engine integrates them implicitly, so they may be stiff."""


class RapierArticulation(JointState):
    """A Rapier multibody."""

    def __init__(
        self, backend: RapierBackend, bodies: NDArray[np.int64], handles: Any, names: tuple[str, ...], joints: list[Any]
    ) -> None:
        joint_names = tuple(name for name, _, _ in joints)
        super().__init__(bodies, link_names=names, joint_names=joint_names, max_forces=np.full(len(joints), 1e4))
        self._backend = backend
        self._joints = joints  # (name, joint handle, is prismatic)
        self._handles = handles
        self._driven = False
        for multibody, _ in self._links()[:1]:
            # A fixed root loses its six freedoms only here, and the numbers of all others shift.
            multibody.forward_kinematics(backend.world.rigid_bodies, False)
        self.read()

    def _axis(self, prismatic: bool) -> Any:
        axes = self._backend.rapier.JointAxis
        return axes.LIN_X if prismatic else axes.ANG_X

    def _links(self) -> list[tuple[Any, Any]]:
        joints = self._backend.world.multibody_joints
        found = []
        for _, handle, _ in self._joints:
            multibody, link = joints.get(handle)
            found.append((multibody, multibody.get_link(link)))
        return found

    def take_limits(self, summary: UrdfSummary) -> None:
        """Damping and effort as the file says; the loader leaves the engine's own, which brake everything."""
        row_of = {name: row for row, (name, _, _, _) in enumerate(summary.joints)}
        for i, (multibody, link) in enumerate(self._links()):
            row = row_of[self.joint_names[i]]
            damping = np.array(multibody.damping())
            damping[link.assembly_id] = summary.dampings[row]
            multibody.set_damping(damping.tolist())
            if summary.efforts[row] > 0:
                self.max_forces[i] = summary.efforts[row]

    def reset(self, q: ArrayLike, qd: ArrayLike | None = None) -> None:
        """Put the joints at `q` with speeds `qd` at once."""
        target, rates = self._check_coordinates(q, qd)
        self.read()
        bodies = self._backend.world.rigid_bodies
        for (multibody, link), change, rate in zip(self._links(), target - self._q, rates, strict=True):
            steps = np.zeros(multibody.ndofs)
            speeds = np.array(multibody.generalized_velocity())
            steps[link.assembly_id], speeds[link.assembly_id] = change, rate
            multibody.apply_displacements(steps.tolist())
            multibody.set_generalized_velocity(speeds.tolist())
            multibody.forward_kinematics(bodies, True)
            multibody.update_rigid_bodies(bodies, True)
        self._backend._read(self.bodies)
        self.read()

    def move(self, pose: NDArray[np.float64]) -> bool:
        """Put the root link at `pose` [7] at once; joints stay as they are. False where the machine has no joint to ask."""
        if not self._joints:
            return False
        bodies = self._backend.world.rigid_bodies
        multibody = self._links()[0][0]
        root = bodies.get(multibody.get_link(0).rigid_body)
        root.position = (pose[:3].tolist(), pose[3:].tolist())
        multibody.forward_kinematics(bodies, True)
        multibody.update_rigid_bodies(bodies, True)
        self._backend._read(self.bodies)
        self._backend.queries.stale = True
        return True

    def actuate(self) -> None:
        """Give the joints what `ctrl` says, for the next step."""
        self._check_control()
        if self.mode == "force":
            if self._driven:
                self._release()
            if self._ctrl.any():
                self._push()
            return
        self._driven = True
        for (_, _, prismatic), (multibody, link), value, force in zip(
            self._joints, self._links(), self._ctrl, self.max_forces, strict=True
        ):
            axis = self._axis(prismatic)
            if self.mode == "velocity":
                multibody.set_link_motor(link.link_id, axis, 0.0, float(value), 0.0, SPEED_GAIN)
            else:
                multibody.set_link_motor(link.link_id, axis, float(value), 0.0, HOLD_GAIN, 2 * HOLD_GAIN**0.5)
            multibody.set_link_motor_max_force(link.link_id, axis, float(force))

    def _release(self) -> None:
        """Switch motors off that another mode has left on."""
        self._driven = False
        for (_, _, prismatic), (multibody, link) in zip(self._joints, self._links(), strict=True):
            multibody.set_link_motor(link.link_id, self._axis(prismatic), 0.0, 0.0, 0.0, 0.0)
            multibody.set_link_motor_max_force(link.link_id, self._axis(prismatic), 0.0)

    def _push(self) -> None:
        """Joint forces as equal and opposite wrenches on the two links of each joint."""
        backend = self._backend
        joints, bodies = backend.world.multibody_joints, backend.world.rigid_bodies
        for (_, handle, prismatic), (multibody, link), value in zip(
            self._joints, self._links(), self._ctrl, strict=True
        ):
            if not value:
                continue
            ends = (link.rigid_body, multibody.get_link(link.parent_id).rigid_body)
            child = bodies.get(ends[0])
            frame = joints[handle].data.local_frame2
            axis = child.position.transform_vector(frame.transform_vector((1.0, 0.0, 0.0)))
            push = np.array(axis.to_tuple()) * value
            for end, sign in zip(ends, (1.0, -1.0), strict=True):
                body = bodies.get(end)
                if not body.is_dynamic:
                    continue
                wrench = (sign * push).tolist()
                if prismatic:
                    anchor = child.position.transform_point(frame.translation.to_tuple()).to_tuple()
                    body.add_force_at_point(wrench, anchor, True)
                else:
                    body.add_torque(wrench, True)
                backend._pushed.add(backend.slot_of_body[end.index, end.generation])

    def read(self) -> None:
        for i, (multibody, link) in enumerate(self._links()):
            prismatic = self._joints[i][2]
            self._q[i] = link.coords[0 if prismatic else 3]
            self._qd[i] = multibody.generalized_velocity()[link.assembly_id]

    def remove(self) -> None:
        self._backend._remove(self.bodies)


def load_urdf(backend: RapierBackend, path: str, pose: NDArray[Any], fixed: bool) -> RapierArticulation:
    """Load a checked URDF; its links become bodies of the backend."""
    from rapier3d.loaders import urdf

    summary = summarise_urdf(path)
    options = urdf.UrdfLoaderOptions(make_roots_fixed=fixed, squeeze_empty_fixed_links=False)
    robot, _ = urdf.UrdfRobot.from_file(path, options)
    robot.append_transform(backend.rapier.Isometry3(pose[:3].tolist(), pose[3:].tolist()))
    world = backend.world
    handles = robot.insert_using_multibody_joints(world.rigid_bodies, world.colliders, world.multibody_joints)
    bodies = backend._reserve(len(handles.links))
    backend._kinds[bodies] = BodyKind.DYNAMIC
    backend._in_articulation[bodies] = True
    for slot, link in zip(bodies.tolist(), handles.links, strict=True):
        backend.handles[slot] = link.body
        backend.views[slot] = world.rigid_bodies.get(link.body)
        # A pendulum is slow where it turns round: it would fall asleep there.
        backend.views[slot].activation = backend.rapier.RigidBodyActivation.cannot_sleep()
        backend.enter(slot, link.body)
        backend._masses[slot] = backend.views[slot].mass
        for part in link.colliders:
            backend.slot_of_collider[part.handle.index, part.handle.generation] = slot
    backend._read(bodies)
    moving = [
        (name, handle.joint, kind == "prismatic")
        for (name, kind, _, _), handle in zip(summary.joints, handles.joints, strict=True)
        if kind in ("revolute", "continuous", "prismatic") and handle.joint is not None
    ]
    articulation = RapierArticulation(backend, bodies, handles, summary.links, moving)
    articulation.take_limits(summary)
    backend._articulation_bodies[articulation.id] = bodies
    return articulation
