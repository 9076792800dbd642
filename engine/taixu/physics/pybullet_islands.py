"""Jointed bodies as Bullet multibodies.

Bodies connected by fixed, hinge, slider and ball joints form islands; each becomes one multibody in reduced coordinates
(Featherstone): a spanning tree of joints from its root, the other joints closed by constraints. The root is the world
where any joint ends in it or in a static body, else the heaviest body; kinematic bodies stay by themselves and are held
by constraints, so that their motion is felt. Whatever changes an island (a joint, a teleport, a velocity) marks it;
`flush` rebuilds marked islands from poses and velocities, in the order of ids: the same calls give the same motion.

A link's frame is its joint's frame on the child's side, with the hinge's or slider's axis along X.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

from .batch import IDENTITY_POSE, BodyKind, JointBatch, JointKind, MotorMode
from .body_spec import bullet_damping
from .island_tree import Edge, JointRecord, grow_tree
from .poses import compose, conjugate, inverse, relative, rotate

if TYPE_CHECKING:
    from .pybullet_backend import PybulletBackend

__all__ = ["Islands"]

IDENTITY = np.array(IDENTITY_POSE)
UNLIMITED_FORCE = 1.0e9
FOLLOW_ERP = 0.8
"""The part of the way to a kinematic body that a joint to it makes good in a step."""
CHAIN_LENGTH = 3
"""Joints in a row from which a multibody gains energy at 60 Hz unless it is damped by `CHAIN_DAMPING` (measured)."""
CHAIN_DAMPING = 0.1


@dataclass
class _Island:
    uid: int
    slots: list[int]  # bodies in it, ascending
    link_of: dict[int, int]  # slot to link; the root, where it is a body, is -1
    edges: dict[int, Edge]  # joint id to tree edge
    constraints: list[int] = field(default_factory=list)
    followers: list[tuple[int, int, NDArray[Any]]] = field(default_factory=list)  # constraint, kinematic body, frame in it


class Islands:
    """The jointed bodies of one backend."""

    def __init__(self, backend: PybulletBackend) -> None:
        self._backend = backend
        self._joints: dict[int, JointRecord] = {}
        self._islands: dict[int, _Island] = {}  # by uid
        self._island_of: dict[int, _Island] = {}  # by slot
        self._dirty: set[int] = set()  # slots

    def holds(self, slot: int) -> bool:
        """Whether a body is part of an island now, or will be after `flush`."""
        return slot in self._island_of or slot in self._dirty

    def members(self, ids: NDArray[Any]) -> NDArray[np.bool_]:
        if not self._island_of:
            return np.zeros(len(ids), bool)
        return np.isin(ids, np.fromiter(self._island_of, np.int64))

    def add(self, ids: NDArray[Any], batch: JointBatch, rows: NDArray[np.bool_]) -> None:
        for i in np.flatnonzero(rows).tolist():
            record = JointRecord.of(int(ids[i]), batch, i)
            self._joints[record.id] = record
            self._dirty.update(slot for slot in (record.a, record.b) if self._is_node(slot))

    def remove(self, ids: NDArray[Any]) -> None:
        for joint in ids.tolist():
            record = self._joints.pop(joint, None)
            if record is not None:
                self._dirty.update(slot for slot in (record.a, record.b) if self._is_node(slot))
        # Bodies may be removed next: they must be free by then, with no constraint on them.
        self.flush()

    def mark(self, ids: NDArray[Any]) -> None:
        """Say that poses or velocities of these bodies were set."""
        if self._island_of:
            self._backend._read_velocities()
            self._dirty.update(slot for slot in ids.tolist() if slot in self._island_of)

    def set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None:
        for joint, mode, target, force in zip(ids.tolist(), modes, targets, forces, strict=True):
            record = self._joints[joint]
            record.mode, record.target, record.force = int(mode), float(target), float(force)
            island = next((i for i in self._islands.values() if joint in i.edges), None)
            if island is not None:
                self._drive(island, island.edges[joint])
                self._backend.sleep.wake(np.array(island.slots))

    # -- building -------------------------------------------------------------------------------------------

    def _is_node(self, slot: int) -> bool:
        return slot >= 0 and self._backend._kinds[slot] == BodyKind.DYNAMIC

    def flush(self) -> None:
        """Rebuild what has changed since the last flush."""
        if not self._dirty:
            return
        backend = self._backend
        dirty, self._dirty = self._dirty, set()
        alive = {slot for slot in dirty if backend._bodies.alive[slot] and slot in backend.specs}
        region = self._region(alive)
        velocities = backend._read_velocities().copy()
        for island in {
            id(self._island_of[s]): self._island_of[s] for s in sorted(region) if s in self._island_of
        }.values():
            self._demolish(island)
        for slot in sorted(region):
            backend.drop_native(slot)
        for component in self._components(region):
            joints = [
                j for j in sorted(self._joints) if self._joints[j].a in component or self._joints[j].b in component
            ]
            if joints:
                self._build(sorted(component), [self._joints[j] for j in joints], velocities)
            else:
                for slot in sorted(component):
                    backend.make_free(slot, velocities[slot])
        backend._forget_lists()

    def _neighbours(self) -> dict[int, list[int]]:
        graph: dict[int, list[int]] = {}
        for record in self._joints.values():
            if self._is_node(record.a) and self._is_node(record.b):
                graph.setdefault(record.a, []).append(record.b)
                graph.setdefault(record.b, []).append(record.a)
        return graph

    def _region(self, seeds: set[int]) -> set[int]:
        """All bodies in old or new islands of the seeds."""
        graph = self._neighbours()
        region: set[int] = set()
        todo = list(seeds)
        while todo:
            slot = todo.pop()
            if slot in region:
                continue
            region.add(slot)
            todo.extend(graph.get(slot, ()))
            if slot in self._island_of:
                todo.extend(self._island_of[slot].slots)
        return {slot for slot in region if slot in self._backend.specs}

    def _components(self, region: set[int]) -> list[set[int]]:
        graph = self._neighbours()
        found: list[set[int]] = []
        left = set(region)
        for seed in sorted(region):
            if seed not in left:
                continue
            component: set[int] = set()
            todo = [seed]
            while todo:
                slot = todo.pop()
                if slot not in component:
                    component.add(slot)
                    todo.extend(graph.get(slot, ()))
            left -= component
            found.append(component)
        return found

    def _demolish(self, island: _Island) -> None:
        backend = self._backend
        for constraint in island.constraints:
            backend.bullet.removeConstraint(constraint, physicsClientId=backend.client)
        backend.bullet.removeBody(island.uid, physicsClientId=backend.client)
        for slot in island.slots:
            backend.slots.pop((island.uid, island.link_of[slot]), None)
            backend.uids[slot], backend.links[slot] = -1, -1
            self._island_of.pop(slot, None)
        self._islands.pop(island.uid, None)

    def _build(self, slots: list[int], joints: list[JointRecord], velocities: NDArray[Any]) -> None:
        backend, bullet = self._backend, self._backend.bullet
        root, tree, loops = grow_tree(slots, joints, backend._kinds, backend._masses)
        island = _Island(-1, slots, {}, {edge.joint.id: edge for edge in tree})
        frames: dict[int, NDArray[Any]] = {}  # link frames in their bodies' frames
        if root < 0:
            base_shape, base_mass, base = -1, 0.0, IDENTITY
            frames[-1] = IDENTITY
        else:
            base_shape = self._shape(root, backend.body_from_centre[root])
            mass = backend.specs[root].mass
            base_mass = mass.mass_kg if mass else 0.0
            frames[root] = backend.centre_pose[root]
            base = compose(backend.pose[root], frames[root])
            island.link_of[root] = -1
        columns: dict[str, list[Any]] = {name: [] for name in _LINK_COLUMNS}
        for index, edge in enumerate(tree):
            island.link_of[edge.child] = edge.link = index
            frames[edge.child] = edge.child_frame
            parent_frame = self._in_body(edge, edge.parent)
            joint_in_parent = relative(frames[edge.parent], parent_frame)
            # Where the centre of mass and the shapes are, seen from the link frame.
            from_link = inverse(edge.child_frame)
            centre = compose(from_link, backend.centre_pose[edge.child])
            mass = backend.specs[edge.child].mass
            columns["linkMasses"].append(mass.mass_kg if mass else 0.0)
            columns["linkCollisionShapeIndices"].append(self._shape(edge.child, from_link))
            columns["linkVisualShapeIndices"].append(-1)
            columns["linkPositions"].append(joint_in_parent[:3].tolist())
            columns["linkOrientations"].append(joint_in_parent[3:].tolist())
            columns["linkInertialFramePositions"].append(centre[:3].tolist())
            columns["linkInertialFrameOrientations"].append(centre[3:].tolist())
            columns["linkParentIndices"].append(
                0 if edge.parent == root or edge.parent < 0 else island.link_of[edge.parent] + 1
            )
            columns["linkJointTypes"].append(self._bullet_kind(edge.joint.kind))
            columns["linkJointAxis"].append([1.0, 0.0, 0.0])
        flags = bullet.URDF_USE_SELF_COLLISION | bullet.URDF_USE_SELF_COLLISION_EXCLUDE_PARENT
        if any(edge.joint.collide for edge in tree):
            flags = bullet.URDF_USE_SELF_COLLISION
        island.uid = bullet.createMultiBody(
            base_mass, base_shape, -1, base[:3].tolist(), base[3:].tolist(), **columns, flags=flags,
            physicsClientId=backend.client,
        )  # fmt: skip
        if island.uid < 0:
            raise TaixuError("Bullet refused to join bodies; their colliders or joints cannot be used together.")
        self._islands[island.uid] = island
        for slot in slots:
            backend.uids[slot], backend.links[slot] = island.uid, island.link_of[slot]
            backend.slots[island.uid, island.link_of[slot]] = slot
            self._island_of[slot] = island
            backend.tune(slot)
        if root >= 0:
            v = velocities[root]
            bullet.resetBaseVelocity(island.uid, v[:3].tolist(), v[3:].tolist(), physicsClientId=backend.client)
        for edge in tree:
            self._set_state(island, edge, velocities)
            self._limit(island, edge)
            self._drive(island, edge)
            if not edge.joint.collide:
                self._part(edge.joint)
        for joint in loops:
            self._close(island, joint)
        self._calm(island, tree)

    def _calm(self, island: _Island, tree: list[Edge]) -> None:
        """Set the damping, which Bullet keeps for a whole multibody: the greatest of its bodies', and more for chains."""
        depth: dict[int, int] = {}
        for edge in tree:
            depth[edge.child] = depth.get(edge.parent, 0) + 1
        least = CHAIN_DAMPING if max(depth.values(), default=0) >= CHAIN_LENGTH else 0.0
        specs = [self._backend.specs[slot] for slot in island.slots]
        linear = max(least, *(bullet_damping(spec.linear_damping) for spec in specs))
        angular = max(least, *(bullet_damping(spec.angular_damping) for spec in specs))
        for link in range(-1, len(tree)):
            self._backend.bullet.changeDynamics(
                island.uid, link, linearDamping=linear, angularDamping=angular, physicsClientId=self._backend.client
            )

    def _shape(self, slot: int, from_frame: NDArray[Any]) -> int:
        parts = [(shape, compose(from_frame, pose)) for shape, pose in self._backend.specs[slot].solids]
        return self._backend.shapes.acquire(parts)

    def _in_body(self, edge: Edge, body: int) -> NDArray[Any]:
        """The joint's frame on the parent's side, in the parent's frame; a static parent's is taken to the world."""
        side = edge.joint.a if edge.child == edge.joint.b else edge.joint.b
        frame = edge.parent_frame
        return compose(self._backend.pose[side], frame) if body < 0 and side >= 0 else frame

    def _bullet_kind(self, kind: int) -> int:
        bullet = self._backend.bullet
        return int(
            {
                JointKind.FIXED: bullet.JOINT_FIXED,
                JointKind.HINGE: bullet.JOINT_REVOLUTE,
                JointKind.SLIDER: bullet.JOINT_PRISMATIC,
                JointKind.BALL: bullet.JOINT_SPHERICAL,
            }[JointKind(kind)]
        )

    def _set_state(self, island: _Island, edge: Edge, velocities: NDArray[Any]) -> None:
        """Joint coordinates and speeds from the bodies' poses and velocities."""
        backend, bullet, uid, link = self._backend, self._backend.bullet, island.uid, edge.link
        parent_pose = backend.pose[edge.parent] if edge.parent >= 0 else IDENTITY
        parent = compose(parent_pose, self._in_body(edge, edge.parent))
        child = compose(backend.pose[edge.child], edge.child_frame)
        between = relative(parent, child)
        v_parent = velocities[edge.parent] if edge.parent >= 0 else np.zeros(6)
        v_child = velocities[edge.child]
        spin = rotate(conjugate(child[3:]), v_child[3:] - v_parent[3:])
        if edge.joint.kind == JointKind.HINGE:
            angle = 2 * np.arctan2(between[3], between[6])
            angle = (angle + np.pi) % (2 * np.pi) - np.pi
            bullet.resetJointState(uid, link, float(angle), float(spin[0]), physicsClientId=backend.client)
        elif edge.joint.kind == JointKind.SLIDER:
            rate = self._velocity_at(edge.child, v_child, child) - self._velocity_at(edge.parent, v_parent, child)
            rate = rotate(conjugate(parent[3:]), rate)
            bullet.resetJointState(uid, link, float(between[0]), float(rate[0]), physicsClientId=backend.client)
        elif edge.joint.kind == JointKind.BALL:
            q = between[3:] / np.linalg.norm(between[3:])
            bullet.resetJointStateMultiDof(uid, link, q.tolist(), spin.tolist(), physicsClientId=backend.client)

    def _velocity_at(self, slot: int, velocity: NDArray[Any], place: NDArray[Any]) -> NDArray[Any]:
        if slot < 0:
            return np.zeros(3)
        centre = compose(self._backend.pose[slot], self._backend.centre_pose[slot])
        return velocity[:3] + np.cross(velocity[3:], place[:3] - centre[:3])

    def _limit(self, island: _Island, edge: Edge) -> None:
        low, high = edge.limits
        backend = self._backend
        change = backend.bullet.changeDynamics
        change(
            island.uid,
            edge.link,
            linearDamping=0.0,
            angularDamping=0.0,
            jointDamping=0.0,
            physicsClientId=backend.client,
        )
        if edge.joint.kind in (JointKind.HINGE, JointKind.SLIDER) and (np.isfinite(low) or np.isfinite(high)):
            change(
                island.uid,
                edge.link,
                jointLowerLimit=max(low, -1e6),
                jointUpperLimit=min(high, 1e6),
                jointLimitForce=UNLIMITED_FORCE,
                physicsClientId=backend.client,
            )

    def _drive(self, island: _Island, edge: Edge) -> None:
        backend, bullet, joint = self._backend, self._backend.bullet, edge.joint
        uid, link, client, dt = island.uid, edge.link, backend.client, backend.settings.dt
        if joint.kind == JointKind.BALL:
            bullet.setJointMotorControlMultiDof(
                uid, link, bullet.POSITION_CONTROL, targetPosition=[0, 0, 0, 1], positionGain=0, velocityGain=0,
                force=[0, 0, 0], physicsClientId=client,
            )  # fmt: skip
        elif joint.kind in (JointKind.HINGE, JointKind.SLIDER):
            force = min(joint.force, UNLIMITED_FORCE)
            if joint.mode == MotorMode.POSITION:
                # Bullet's gains are parts of the error taken back in a step; ours are 1/s^2 and 1/s.
                bullet.setJointMotorControl2(
                    uid, link, bullet.POSITION_CONTROL, targetPosition=edge.sign * joint.target, force=force,
                    positionGain=min(joint.stiffness * dt * dt, 1.0), velocityGain=min(joint.damping * dt, 1.0),
                    physicsClientId=client,
                )  # fmt: skip
            else:
                on = joint.mode == MotorMode.VELOCITY
                bullet.setJointMotorControl2(
                    uid, link, bullet.VELOCITY_CONTROL, targetVelocity=edge.sign * joint.target if on else 0.0,
                    force=force if on else 0.0, physicsClientId=client,
                )  # fmt: skip

    def _part(self, joint: JointRecord) -> None:
        """Let the two bodies of a joint pass through each other."""
        backend = self._backend
        if joint.a >= 0 and backend.uids[joint.a] >= 0:
            backend.bullet.setCollisionFilterPair(
                int(backend.uids[joint.a]), int(backend.uids[joint.b]), int(backend.links[joint.a]),
                int(backend.links[joint.b]), 0, physicsClientId=backend.client,
            )  # fmt: skip

    def _close(self, island: _Island, joint: JointRecord) -> None:
        """Close a loop: points for balls and hinges (two, along the axis), whole frames for the rest.

        Bullet crashes on constraints between multibodies and free bodies, so joints to kinematic bodies end in the world, at
        a place that `follow` moves with the body.
        """
        backend, bullet = self._backend, self._backend.bullet
        ends: list[tuple[int, int, NDArray[Any]]] = []
        leader = -1
        for slot, frame in ((joint.a, joint.frame_a), (joint.b, joint.frame_b)):
            if slot >= 0 and slot in island.link_of:
                ends.append((island.uid, island.link_of[slot], compose(backend.body_from_centre[slot], frame)))
            else:
                leader = slot
                ends.append((-1, -1, compose(backend.pose[slot], frame) if slot >= 0 else frame))
        ends.sort(key=lambda end: end[0] < 0)  # Bullet wants the world second
        (uid, link, here), (other, other_link, there) = ends
        kinds = {JointKind.FIXED: bullet.JOINT_FIXED, JointKind.SLIDER: bullet.JOINT_PRISMATIC}
        for shift in (-0.25, 0.25) if joint.kind == JointKind.HINGE else (0.0,):
            along = np.array((shift, 0, 0, 0, 0, 0, 1.0))
            one, two = compose(here, along), compose(there, along)
            constraint = bullet.createConstraint(
                uid, link, other, other_link, kinds.get(JointKind(joint.kind), bullet.JOINT_POINT2POINT), [1, 0, 0],
                one[:3].tolist(), two[:3].tolist(), one[3:].tolist(), two[3:].tolist(), physicsClientId=backend.client,
            )  # fmt: skip
            bullet.changeConstraint(constraint, maxForce=UNLIMITED_FORCE, physicsClientId=backend.client)
            island.constraints.append(constraint)
            if leader >= 0 and backend._kinds[leader] == BodyKind.KINEMATIC:
                frame = joint.frame_a if leader == joint.a else joint.frame_b
                island.followers.append((constraint, leader, compose(frame, along)))
        if not joint.collide:
            self._part(joint)

    def follow(self, targets: dict[int, NDArray[Any]]) -> None:
        """Take joints to kinematic bodies to where those will be at the end of the coming step."""
        backend = self._backend
        for island in self._islands.values():
            for constraint, leader, frame in island.followers:
                place = compose(targets.get(leader, backend.pose[leader]), frame)
                backend.bullet.changeConstraint(
                    constraint, place[:3].tolist(), jointChildFrameOrientation=place[3:].tolist(),
                    maxForce=UNLIMITED_FORCE, erp=FOLLOW_ERP, physicsClientId=backend.client,
                )  # fmt: skip

    # -- reading --------------------------------------------------------------------------------------------

    def read(self, steps: int) -> None:
        """Poses of all islands after a step."""
        backend, bullet = self._backend, self._backend.bullet
        for island in self._islands.values():
            ids, links = _order(island)
            states = bullet.getLinkStates(
                island.uid, links, computeForwardKinematics=1, physicsClientId=backend.client
            ) if links else ()  # fmt: skip
            rows = [state[0] + state[1] for state in states]
            if -1 in island.link_of.values():
                place, turn = bullet.getBasePositionAndOrientation(island.uid, physicsClientId=backend.client)
                rows.insert(0, place + turn)
            after = compose(np.array(rows).reshape(-1, 7), backend.body_from_centre[ids])
            backend.sleep.update(ids, backend.pose[ids], after, np.ones(len(ids), bool), steps)
            backend.pose[ids] = after

    def read_velocities(self, out: NDArray[Any]) -> None:
        backend, bullet = self._backend, self._backend.bullet
        for island in self._islands.values():
            ids, links = _order(island)
            states = bullet.getLinkStates(
                island.uid, links, computeLinkVelocity=1, computeForwardKinematics=1, physicsClientId=backend.client
            ) if links else ()  # fmt: skip
            rows = [state[6] + state[7] for state in states]
            if -1 in island.link_of.values():
                linear, angular = bullet.getBaseVelocity(island.uid, physicsClientId=backend.client)
                rows.insert(0, linear + angular)
            out[ids] = np.array(rows).reshape(-1, 6)


_LINK_COLUMNS = (
    "linkMasses", "linkCollisionShapeIndices", "linkVisualShapeIndices", "linkPositions", "linkOrientations",
    "linkInertialFramePositions", "linkInertialFrameOrientations", "linkParentIndices", "linkJointTypes", "linkJointAxis",
)  # fmt: skip


def _order(island: _Island) -> tuple[NDArray[np.int64], list[int]]:
    pairs = sorted((link, slot) for slot, link in island.link_of.items())
    return np.array([slot for _, slot in pairs], np.int64), [link for link, _ in pairs if link >= 0]
