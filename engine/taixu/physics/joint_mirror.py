"""Following the world's joints.

A joint's frames in its two bodies are found once, from where things stand when it is made, and kept: when a body is made
anew in mid-motion, its joints come back as they were.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, component_type, row_count
from taixu.errors import TaixuError

from .batch import IDENTITY_POSE, WORLD_BODY, BodyKind, JointBatch, JointKind, MotorMode
from .bodies import BodyMirror
from .body_batches import instances_of
from .components import Joint
from .naming import named
from .placement import world_placements
from .poses import compose, relative, rotation_from_x
from .protocol import Backend

__all__ = ["JointMirror"]

_log = logging.getLogger(__name__)
_KINDS = {kind.name.lower(): kind for kind in JointKind}
_MODES = {mode.name.lower(): mode for mode in MotorMode}
_FIELDS = tuple(found.name for found in component_type(Joint).fields)
_MOTOR = ("motor", "motor_target", "motor_force")


class JointMirror:
    """The joints of one world."""

    def __init__(self) -> None:
        self.joint_of: dict[int, int] = {}
        """Joint id by entity handle."""
        self.frames: dict[int, tuple[NDArray[Any], NDArray[Any], float]] = {}
        """By entity handle: the frame in each body, and the placed length."""
        self._specs: dict[int, Joint] = {}
        self._bodies: dict[int, tuple[int, int]] = {}
        self._tick = -1

    def forget(self) -> None:
        """The engine's joints are gone; their frames are kept."""
        self.joint_of.clear()
        self._bodies.clear()
        self._tick = -1

    def update(self, world: World, backend: Backend, mirror: BodyMirror, rebuilt: set[int]) -> None:
        """Make, remove and re-aim joints after the bodies have been brought up to date; `rebuilt` are removed body ids."""
        if not self.joint_of and not len(world.query(Joint)):
            return
        for entity in [entity for entity, ends in self._bodies.items() if rebuilt.intersection(ends)]:
            # Removing a body has removed its joints with it.
            self.joint_of.pop(entity, None)
            del self._bodies[entity]
            self._tick = -1
        structure = world.structure.since(self._tick) if self._tick >= 0 else None
        if structure is not None and not structure and not self._edited(world):
            return
        self._drop_dead(world, backend)
        make: list[tuple[int, Joint]] = []
        for table in world.query(Joint):
            if structure is not None:
                rows = table.changed((Joint,), since=self._tick)
                if not row_count(rows):
                    continue
                entities = table.entities[rows]
            else:
                entities = table.entities
            make.extend(zip(entities.tolist(), instances_of(world, entities, Joint), strict=True))
        ready = [item for item in make if self._needs_making(backend, *item)]
        if ready:
            self._make(world, backend, mirror, ready)

    def seen(self, world: World) -> None:
        self._tick = world.tick

    def _edited(self, world: World) -> bool:
        return any(row_count(table.changed((Joint,), since=self._tick)) for table in world.query(Joint))

    def _drop_dead(self, world: World, backend: Backend) -> None:
        for entity in list(self.joint_of):
            if not world.has(entity, Joint):
                backend.remove_joints([self.joint_of.pop(entity)])
                for known in (self._bodies, self._specs, self.frames):
                    known.pop(entity, None)

    def _needs_making(self, backend: Backend, entity: int, joint: Joint) -> bool:
        old = self._specs.get(entity)
        existing = self.joint_of.get(entity)
        if existing is not None and old is not None:
            if old == joint:
                return False
            if all(getattr(old, f) == getattr(joint, f) for f in _FIELDS if f not in _MOTOR):
                self._specs[entity] = joint
                if joint.kind in ("hinge", "slider"):
                    backend.set_motors([existing], _MODES[joint.motor], joint.motor_target, joint.motor_force)
                return False
            backend.remove_joints([self.joint_of.pop(entity)])
            self._bodies.pop(entity, None)
            self.frames.pop(entity, None)
        self._specs[entity] = joint
        return True

    def _make(self, world: World, backend: Backend, mirror: BodyMirror, items: list[tuple[int, Joint]]) -> None:
        items.sort(key=lambda item: world.stable_id(item[0]))
        columns: dict[str, list[Any]] = {name: [] for name in (
            "kinds", "bodies_a", "bodies_b", "frames_a", "frames_b", "limits", "motor_modes", "motor_targets",
            "motor_forces", "stiffnesses", "dampings", "collide")}  # fmt: skip
        made: list[int] = []
        for entity, joint in items:
            try:
                a, b = self._ends(world, mirror, entity, joint)
                frame_a, frame_b, length = self._frames(world, mirror, entity, joint, a, b)
            except TaixuError as error:
                _log.warning("%s: %s The joint is left out.", named(world, entity), error)
                continue
            kind = _KINDS[joint.kind]
            low, high = joint.limits if joint.limits[0] <= joint.limits[1] else (-np.inf, np.inf)
            if kind >= JointKind.DISTANCE:
                low, high = 0.0, joint.length_m if joint.length_m >= 0 else length
            driven = kind in (JointKind.HINGE, JointKind.SLIDER)
            values = (
                kind, a, b, frame_a, frame_b, (low, high), _MODES[joint.motor] if driven else MotorMode.NONE,
                joint.motor_target, joint.motor_force, joint.stiffness, joint.damping, joint.collide,
            )  # fmt: skip
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
            made.append(entity)
            self._bodies[entity] = (a, b)
        if made:
            ids = backend.create_joints(JointBatch(**columns))
            self.joint_of.update(zip(made, ids.tolist(), strict=True))

    def _ends(self, world: World, mirror: BodyMirror, entity: int, joint: Joint) -> tuple[int, int]:
        ends = []
        for end in (joint.a, joint.b or entity):
            if not end:
                ends.append(WORLD_BODY)
                continue
            index = end & 0xFFFFFFFF
            owner = int(mirror.owner_of[index]) if index < len(mirror.owner_of) else -1
            body = int(mirror.body_of[index]) if index < len(mirror.body_of) else -1
            if body < 0 and owner >= 0:
                body = int(mirror.body_of[owner])
            if body < 0 or not world.alive(end)[0]:
                raise TaixuError(f"A joint ({joint.kind}) names an entity that has no body.")
            ends.append(body)
        a, b = ends
        if a == b:
            raise TaixuError(f"A joint ({joint.kind}) connects a body with itself.")
        dynamic = [end >= 0 and mirror.kind_of[end] == BodyKind.DYNAMIC for end in (a, b)]
        if not any(dynamic):
            raise TaixuError(f"A joint ({joint.kind}) connects nothing that moves by forces.")
        return a, b

    def _frames(
        self, world: World, mirror: BodyMirror, entity: int, joint: Joint, a: int, b: int
    ) -> tuple[NDArray[Any], NDArray[Any], float]:
        known = self.frames.get(entity)
        if known is not None:
            return known
        axis = np.asarray(joint.axis, np.float64)
        length = float(np.linalg.norm(axis))
        if length < 1e-6:
            raise TaixuError(f"A joint ({joint.kind}) has the axis (0, 0, 0).")
        handles = np.array([entity, *(mirror.entity_of[end] if end >= 0 else entity for end in (a, b))], np.uint64)
        poses, scales = world_placements(world, handles, mirror.origin)
        bodies = [poses[i + 1] if end >= 0 else np.array(IDENTITY_POSE) for i, end in enumerate((a, b))]
        if _KINDS[joint.kind] >= JointKind.DISTANCE:
            local = [np.array([*anchor, 0, 0, 0, 1.0]) for anchor in (joint.anchor_a, joint.anchor_b)]
            placed = [compose(body, frame)[:3] for body, frame in zip(bodies, local, strict=True)]
            if a < 0:  # the world's end is where the joint is
                local[0] = compose(poses[0], np.array([*joint.anchor, 0, 0, 0, 1.0]))
                placed[0] = local[0][:3]
            frames = (local[0], local[1], float(np.linalg.norm(placed[1] - placed[0])))
        else:
            anchor = np.asarray(joint.anchor, np.float64) * scales[0]
            here = compose(poses[0], np.array([*anchor, *rotation_from_x(axis / length)]))
            frames = (relative(bodies[0], here), relative(bodies[1], here), 0.0)
        self.frames[entity] = frames
        return frames
