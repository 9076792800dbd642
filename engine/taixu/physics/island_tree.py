"""Spanning trees of jointed bodies: which joint holds which body, and which joints close loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from .batch import BodyKind, JointBatch

__all__ = ["Edge", "JointRecord", "grow_tree"]


@dataclass
class JointRecord:
    """One joint of a batch."""

    id: int
    kind: int
    a: int
    b: int
    frame_a: NDArray[Any]
    frame_b: NDArray[Any]
    limits: tuple[float, float]
    mode: int
    target: float
    force: float
    stiffness: float
    damping: float
    collide: bool

    @classmethod
    def of(cls, joint: int, batch: JointBatch, row: int) -> JointRecord:
        return cls(
            id=joint,
            kind=int(batch.kinds[row]),
            a=int(batch.bodies_a[row]),
            b=int(batch.bodies_b[row]),
            frame_a=batch.frames_a[row].copy(),
            frame_b=batch.frames_b[row].copy(),
            limits=(float(batch.limits[row, 0]), float(batch.limits[row, 1])),
            mode=int(batch.motor_modes[row]),
            target=float(batch.motor_targets[row]),
            force=float(batch.motor_forces[row]),
            stiffness=float(batch.stiffnesses[row]),
            damping=float(batch.dampings[row]),
            collide=bool(batch.collide[row]),
        )


@dataclass
class Edge:
    """A joint as part of a tree; `sign` is -1 where the tree runs from the joint's b to its a."""

    joint: JointRecord
    parent: int  # a body, or -1 for the world
    child: int
    link: int = field(default=-1)

    @property
    def forward(self) -> bool:
        return self.child == self.joint.b

    @property
    def sign(self) -> float:
        return 1.0 if self.forward else -1.0

    @property
    def parent_frame(self) -> NDArray[Any]:
        return self.joint.frame_a if self.forward else self.joint.frame_b

    @property
    def child_frame(self) -> NDArray[Any]:
        return self.joint.frame_b if self.forward else self.joint.frame_a

    @property
    def limits(self) -> tuple[float, float]:
        low, high = self.joint.limits
        return (low, high) if self.forward else (-high, -low)


def grow_tree(
    slots: list[int], joints: list[JointRecord], kinds: NDArray[Any], masses: NDArray[Any]
) -> tuple[int, list[Edge], list[JointRecord]]:
    """The root (a body, or -1 for the world), the tree's edges with parents before children, and the loop joints.

    Breadth first in the order of joint ids. `slots` are the dynamic bodies; static ones count as the world, and joints to
    kinematic ones always close loops.
    """

    def node(end: int) -> int:
        return end if end >= 0 and kinds[end] == BodyKind.DYNAMIC else -1

    def is_kinematic(end: int) -> bool:
        return end >= 0 and kinds[end] == BodyKind.KINEMATIC

    held = [joint for joint in joints if not is_kinematic(joint.a) and not is_kinematic(joint.b)]
    anchored = any(node(joint.a) < 0 or node(joint.b) < 0 for joint in held)
    root = -1 if anchored else max(slots, key=lambda slot: (masses[slot], -slot))
    reached = {root}
    tree: list[Edge] = []
    used: set[int] = set()
    frontier = [root]
    while frontier:
        following: list[int] = []
        for joint in held:
            a, b = node(joint.a), node(joint.b)
            for parent, child in ((a, b), (b, a)):
                if joint.id not in used and parent in frontier and child not in reached:
                    used.add(joint.id)
                    reached.add(child)
                    following.append(child)
                    tree.append(Edge(joint, parent, child))
        frontier = following
    return root, tree, [joint for joint in joints if joint.id not in used]
