"""Machines whose joints are measured: the nodes of a model go where the joints' values say, and physics has no part in it.

A project declares a component with a field for each joint, named as in the URDF file (``[components.joints] shoulder = ...``).
Bindings, rules, recordings and charts treat them as any other column; a `Linkage` on the entity makes them visible.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.assets import AssetDatabase
from taixu.assets.robot import RobotData, RobotJoint
from taixu.assets.urdf import read_urdf
from taixu.ecs import AssetPath, Text, World, component
from taixu.ecs import field as column
from taixu.errors import TaixuError
from taixu.math.quaternion import from_axis_angle, from_matrix, multiply, rotate
from taixu.scene import FromModel, Model, Name, Transform

__all__ = ["Linkage", "Linkages"]

_log = logging.getLogger(__name__)
_MOVING = ("revolute", "continuous", "prismatic")


@component("linkage")
class Linkage:
    """The nodes of the entity's model that have the names of links stand as the joints say."""

    source: AssetPath = column(default="", doc="A *.urdf file: axes and places of the joints; empty takes the entity's model.")
    component: Text = column(default="joints", doc="The component whose fields are the joints' values, in radians or metres.")


@dataclass(slots=True)
class _Rows:
    """Joints of all machines, one a row.

    Attributes
    ----------
    nodes
        The node of the link that the joint moves.
    places, rotations
        ``float64[3, n]`` and ``[4, n]``: parent from joint, at 0.
    axes
        ``float64[3, n]``, in the joint's frame.
    values
        What the nodes stand at.
    parts
        Rows whose values one field of one component holds, and whose they are.
    """

    nodes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    places: NDArray[np.float64] = field(default_factory=lambda: np.empty((3, 0)))
    rotations: NDArray[np.float64] = field(default_factory=lambda: np.empty((4, 0)))
    axes: NDArray[np.float64] = field(default_factory=lambda: np.empty((3, 0)))
    slides: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    parts: list[tuple[type, str, NDArray[np.intp], NDArray[np.uint64]]] = field(default_factory=list)


class Linkages:
    """The linkages of a world (a resource)."""

    def __init__(self) -> None:
        self._rows = _Rows()
        self._robots: dict[str, RobotData | None] = {}
        self._seen = -1

    def step(self, world: World) -> None:
        """Put the links where the joints' values say."""
        if not len(world.query(Linkage)) and not len(self._rows.nodes):
            return
        if self._is_other(world):
            self._rows = self._bound(world)
        self._seen = world.tick
        world.advance()
        rows = self._rows
        values = np.zeros(len(rows.nodes))
        for cls, name, numbers, owners in rows.parts:
            values[numbers] = world.gather(owners, cls, name)
        changed = np.flatnonzero(np.isfinite(values) & (values != rows.values))
        if not len(changed):
            return
        rows.values[changed] = values[changed]
        self._pose(world, rows, changed)

    def _is_other(self, world: World) -> bool:
        """Whether machines or their models came, went or were edited."""
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        if structure is None or len(structure.despawned) or len(structure.moved):
            return True
        tables = [*world.query(Linkage), *world.query(FromModel, Name)]
        return any(table.count and table.touched > self._seen and self._has_new(table) for table in tables)

    def _has_new(self, table: Any) -> bool:
        watched = Linkage if Linkage in table.types else FromModel
        rows = table.changed((watched,), since=self._seen)
        return bool(rows.stop > rows.start if isinstance(rows, slice) else len(rows))

    def _bound(self, world: World) -> _Rows:
        """Find the node of each joint's link by its name, in the model of its machine."""
        machines = {
            int(entity): (source or model, wanted)
            for table in world.query(Linkage, Model)
            for entity, source, wanted, model in zip(
                table.entities, table.read(Linkage, "source"), table.read(Linkage, "component"), table.read(Model, "source")
            )
        }
        nodes: dict[tuple[int, str], int] = {}
        for table in world.query(FromModel, Name, Transform):
            owners = table.read(FromModel, "owner")
            for row in np.flatnonzero(np.isin(owners, np.fromiter(machines, np.uint64, len(machines)))).tolist():
                nodes.setdefault((int(owners[row]), table.read(Name, "text")[row]), int(table.entities[row]))
        joints: list[tuple[int, RobotJoint]] = []
        wanted_by: dict[tuple[type, str], list[tuple[int, int]]] = {}
        for owner, (source, component_name) in machines.items():
            robot = self._robot(world, source)
            declared = world.resource(Components).find(component_name)
            if robot is None or declared is None or not world.has(owner, declared.cls):
                continue
            for joint in _moving(robot):
                node = nodes.get((owner, robot.links[joint.child].name))
                if node is not None and joint.name in declared.by_name:
                    wanted_by.setdefault((declared.cls, joint.name), []).append((len(joints), owner))
                    joints.append((node, joint))
        if not joints:
            return _Rows()
        matrices = [joint.parent_from_joint for _, joint in joints]
        parts = [
            (cls, name, np.array([row for row, _ in found]), np.array([owner for _, owner in found], np.uint64))
            for (cls, name), found in wanted_by.items()
        ]
        return _Rows(
            np.array([node for node, _ in joints], np.uint64),
            np.stack([matrix[:3, 3] for matrix in matrices], axis=1),
            np.stack([from_matrix(matrix[:3, :3]) for matrix in matrices], axis=1).astype(np.float64),
            np.array([joint.axis for _, joint in joints], float).T,
            np.array([joint.kind == "prismatic" for _, joint in joints]),
            np.full(len(joints), np.nan), parts,
        )  # fmt: skip

    def _robot(self, world: World, source: str) -> RobotData | None:
        if source not in self._robots:
            self._robots[source] = None
            try:
                self._robots[source] = read_urdf(world.resource(AssetDatabase).resolve(source))
            except TaixuError as error:
                _log.warning("A linkage does not move: %s", error)
        return self._robots[source]

    def _pose(self, world: World, rows: _Rows, changed: NDArray[np.intp]) -> None:
        values, axes, slides = rows.values[changed], rows.axes[:, changed], rows.slides[changed]
        still = rows.rotations[:, changed]
        places = rows.places[:, changed] + rotate(still, axes * np.where(slides, values, 0.0))
        rotations = multiply(still, from_axis_angle(axes, np.where(slides, 0.0, values)))
        world.scatter(rows.nodes[changed], Transform, "translation", places.astype(np.float32))
        world.scatter(rows.nodes[changed], Transform, "rotation", rotations.astype(np.float32))

    def fork(self, world: World) -> Linkages:
        """A fork's nodes are others."""
        return Linkages()


def _moving(robot: RobotData) -> Iterator[RobotJoint]:
    return (robot.joints[index] for index in robot.order() if robot.joints[index].kind in _MOVING)
