"""Robots as URDF describes them: links with shapes and masses, joined in a tree. Z up, as in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Inertial", "JointKind", "Mimic", "RobotData", "RobotGeometry", "RobotJoint", "RobotLink", "RobotMaterial",
    "RobotShape",
]

JointKind = Literal["fixed", "revolute", "continuous", "prismatic", "planar", "floating", "spherical"]
Matrix = NDArray[np.float64]


@dataclass(slots=True)
class RobotMaterial:
    """A colour (sRGB as files mean it, 0 to 1, with alpha) or a texture's file."""

    name: str = ""
    color: tuple[float, float, float, float] | None = None
    texture: Path | None = None


@dataclass(slots=True)
class RobotGeometry:
    """A shape about its own origin.

    Attributes
    ----------
    kind
        ``box``, ``sphere``, ``cylinder`` or ``capsule`` (along Z), ``plane`` (its normal), ``mesh``.
    size
        Box: full extents in metres. Mesh: scale. Plane: the normal.
    radius_m, length_m
        Of sphere, cylinder and capsule; a capsule's length leaves out its caps.
    path
        The mesh file; None when it is missing or lies outside, and `reference` says what the file asked for.
    """

    kind: Literal["box", "sphere", "cylinder", "capsule", "plane", "mesh"]
    size: tuple[float, float, float] = (1.0, 1.0, 1.0)
    radius_m: float = 0.0
    length_m: float = 0.0
    path: Path | None = None
    reference: str = ""


@dataclass(slots=True)
class RobotShape:
    """What is seen of a link, or what it collides with; `link_from_shape` is [4, 4]."""

    geometry: RobotGeometry
    link_from_shape: Matrix
    name: str = ""
    material: RobotMaterial | None = None


@dataclass(slots=True)
class Inertial:
    """Mass and inertia [3, 3] (kg m2) about the centre of mass, in axes given by `link_from_center` [4, 4]."""

    mass_kg: float
    inertia: Matrix
    link_from_center: Matrix


@dataclass(slots=True)
class RobotLink:
    """A rigid part."""

    name: str
    visuals: list[RobotShape] = field(default_factory=list)
    collisions: list[RobotShape] = field(default_factory=list)
    inertial: Inertial | None = None


@dataclass(slots=True)
class Mimic:
    """A joint that follows another: ``multiplier * other + offset``."""

    joint: str
    multiplier: float = 1.0
    offset: float = 0.0


@dataclass(slots=True)
class RobotJoint:
    """A joint between two links.

    Attributes
    ----------
    parent, child
        Indices of links.
    parent_from_joint
        Where the child's frame is in the parent's at position 0, [4, 4].
    axis
        Unit vector in the joint's frame.
    lower, upper
        Radians or metres; infinite without limits.
    max_effort, max_velocity
        Newton metres or newtons, radians or metres a second; infinite without limits.
    """

    name: str
    kind: JointKind
    parent: int
    child: int
    parent_from_joint: Matrix
    axis: tuple[float, float, float] = (1.0, 0.0, 0.0)
    lower: float = float("-inf")
    upper: float = float("inf")
    max_effort: float = float("inf")
    max_velocity: float = float("inf")
    damping: float = 0.0
    friction: float = 0.0
    mimic: Mimic | None = None


@dataclass(slots=True)
class RobotData:
    """A robot: links in a tree of joints.

    Attributes
    ----------
    root
        Index of the link that hangs on none.
    notes
        Sentences about what was left out: missing meshes, shapes that are not known.
    """

    name: str
    links: list[RobotLink]
    joints: list[RobotJoint]
    root: int
    path: Path | None = None
    notes: list[str] = field(default_factory=list)

    def order(self) -> list[int]:
        """Indices of the joints, parents before children."""
        below: dict[int, list[int]] = {}
        for index, joint in enumerate(self.joints):
            below.setdefault(joint.parent, []).append(index)
        found: list[int] = []
        waiting = list(reversed(below.get(self.root, [])))
        while waiting:
            index = waiting.pop()
            found.append(index)
            waiting.extend(reversed(below.get(self.joints[index].child, [])))
        return found
