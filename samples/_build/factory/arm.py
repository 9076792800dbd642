"""The robot arm: six axes, a payload of some 40 kg, a suction gripper; its model and its URDF from the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

from taixu.assets.model import ModelData

from .builder import Builder
from .solids import Vector, block, cylinder, extrude, lathe, stadium

__all__ = ["JOINTS", "Joint", "arm_model", "urdf"]


@dataclass(frozen=True)
class Joint:
    """A joint of a URDF: Z up, metres, radians; `mass_kg` and `box` (centre, size) are of the link that it moves."""

    name: str
    child: str
    origin: Vector
    axis: Vector
    lower: float
    upper: float
    speed: float
    effort: float
    mass_kg: float
    box: tuple[Vector, Vector]
    kind: str = "revolute"


JOINTS = (
    Joint("turn", "carousel", (0, 0, 0.55), (0, 0, 1), -3.1, 3.1, 3.0, 1200, 120, ((0.06, 0, 0.16), (0.6, 0.5, 0.34))),
    Joint("shoulder", "upper arm", (0.175, 0, 0.25), (0, 1, 0), -1.1, 2.4, 2.6, 1400, 60, ((0, 0, 0.45), (0.3, 0.3, 1.1))),
    Joint("elbow", "forearm", (0, 0, 0.90), (0, 1, 0), -2.4, 1.3, 3.0, 900, 45, ((0.05, 0, 0.12), (0.6, 0.32, 0.4))),
    Joint("roll", "wrist tube", (0.42, 0, 0.175), (1, 0, 0), -4.6, 4.6, 5.0, 200, 18, ((0.2, 0, 0), (0.6, 0.2, 0.2))),
    Joint("wrist", "wrist", (0.53, 0, 0), (0, 1, 0), -2.1, 2.1, 5.0, 200, 8, ((0.03, 0, 0), (0.16, 0.16, 0.14))),
    Joint("flange", "gripper", (0.135, 0, 0), (1, 0, 0), -6.2, 6.2, 6.5, 120, 9, ((0.1, 0, 0), (0.2, 0.32, 0.32))),
)
"""From the base outwards. At zero the upper arm stands upright and the forearm lies level, as with most makers."""

BASE_BOX = ((0.0, 0.0, 0.28), (0.6, 0.6, 0.55))
BASE_KG = 160.0


def arm_model() -> ModelData:
    """Its nodes are the URDF's links, below one that turns Z up to Y up."""
    built = Builder("arm")
    root = built.node("arm", turn=((1, 0, 0), -pi / 2))
    nodes = [built.node("base", parent=root)]
    for joint in JOINTS:
        nodes.append(built.node(joint.child, joint.origin, parent=nodes[-1]))
    for draw, node in zip((_base, _carousel, _upper_arm, _forearm, _tube, _wrist, _gripper), nodes):
        draw(built, node)
    return built.finish()


def _base(built: Builder, node: int) -> None:
    built.add(node, "dark", block((0.74, 0.74, 0.03), 0.008), at=(0, 0, 0.015))
    built.add(node, "machine gray", cylinder(0.25, 0.32, bevel=0.015, segments=24).along("z"), at=(0, 0, 0.19))
    foot = lathe([(0.0, 0.1), (0.255, 0.1), (0.27, 0.085), (0.30, -0.06), (0.30, -0.1), (0.0, -0.1)], 24)
    built.add(node, "orange", foot.along("z").moved((0, 0, 0.44)))
    built.add(node, "orange", block((0.24, 0.3, 0.16), 0.02), at=(-0.29, 0, 0.43))
    built.add(node, "dark", block((0.02, 0.2, 0.1), 0.006), at=(-0.412, 0, 0.43))
    bolts = [cylinder(0.02, 0.025, segments=6).along("z").moved((x, y, 0.04)) for x in (-0.31, 0.31) for y in (-0.31, 0.31)]
    built.add(node, "steel", *bolts)


def _carousel(built: Builder, node: int) -> None:
    built.add(node, "dark", cylinder(0.265, 0.05, bevel=0.008, segments=24).along("z"), at=(0, 0, 0.015))
    drum = lathe([(0, 0.1), (0.22, 0.1), (0.25, 0.06), (0.27, -0.07), (0, -0.07)], 24)
    built.add(node, "orange", drum.along("z").moved((0, 0, 0.11)))
    for side in (-1, 1):  # cheeks that carry the shoulder
        outline = stadium(0.2, 0.165, 0.2)
        cheek = extrude(outline, 0.07, 0.015).moved(axis=(1, 0, 0), angle=pi / 2)
        built.add(node, "orange", cheek.moved((0.12, side * 0.155, 0.06), axis=(0, 1, 0), angle=0.25))
    built.add(node, "dark", cylinder(0.105, 0.2, bevel=0.02).along("z"), at=(-0.13, 0, 0.26))
    built.add(node, "dark", cylinder(0.115, 0.06, bevel=0.01), at=(0.175, -0.215, 0.25))
    built.add(node, "dark", cylinder(0.095, 0.26, bevel=0.02), at=(0.175, 0.31, 0.25))


def _upper_arm(built: Builder, node: int) -> None:
    plate = extrude(stadium(0.165, 0.125, 0.9, steps=9), 0.22, 0.04).moved(axis=(1, 0, 0), angle=pi / 2)
    built.add(node, "orange", plate)
    built.add(node, "machine gray", block((0.12, 0.235, 0.5), 0.03), at=(0, 0, 0.46))
    built.add(node, "dark", cylinder(0.1, 0.26, bevel=0.015), at=(0, 0, 0.9))
    # The hose from foot to elbow.
    built.add(node, "rubber", cylinder(0.022, 0.74, segments=8).along("z"), at=(-0.16, 0.06, 0.5))
    for height in (0.2, 0.78):
        built.add(node, "dark", block((0.1, 0.06, 0.04), 0.008), at=(-0.13, 0.06, height))


def _forearm(built: Builder, node: int) -> None:
    for side in (-1, 1):
        plate = extrude(stadium(0.14, 0.135, 0.175), 0.06, 0.014).moved(axis=(1, 0, 0), angle=pi / 2)
        built.add(node, "orange", plate.moved((0, side * 0.155, 0)))
    built.add(node, "orange", block((0.46, 0.3, 0.25), 0.04), at=(0.08, 0, 0.175))
    collar = lathe([(0, 0.1), (0.105, 0.1), (0.125, 0.06), (0.125, -0.1), (0, -0.1)], 20)
    built.add(node, "orange", collar.along("x").moved((0.34, 0, 0.175)))
    for side in (-0.08, 0.08):
        built.add(node, "dark", cylinder(0.062, 0.2, bevel=0.014).along("x"), at=(-0.23, side, 0.19))
    built.add(node, "dark", cylinder(0.085, 0.2, bevel=0.016), at=(0, 0.26, 0))


def _tube(built: Builder, node: int) -> None:
    tube = lathe([(0, 0.21), (0.082, 0.21), (0.088, 0.19), (0.112, -0.18), (0.112, -0.215), (0, -0.215)], 20)
    built.add(node, "orange", tube.along("x").moved((0.215, 0, 0)))
    for side in (-1, 1):
        fork = extrude(stadium(0.075, 0.07, 0.16), 0.045, 0.01).moved(axis=(1, 0, 0), angle=pi / 2)
        built.add(node, "orange", fork.moved((0.37, side * 0.075, 0), axis=(0, 1, 0), angle=pi / 2))
        built.add(node, "dark", cylinder(0.05, 0.02, bevel=0.006), at=(0.53, side * 0.105, 0))


def _wrist(built: Builder, node: int) -> None:
    built.add(node, "machine gray", cylinder(0.066, 0.1, bevel=0.012))
    built.add(node, "machine gray", cylinder(0.056, 0.11, bevel=0.01).along("x"), at=(0.07, 0, 0))


def _gripper(built: Builder, node: int) -> None:
    built.add(node, "steel", cylinder(0.058, 0.03, bevel=0.006, segments=20).along("x"), at=(0.005, 0, 0))
    built.add(node, "dark", block((0.075, 0.11, 0.11), 0.012), at=(0.055, 0, 0))
    built.add(node, "machine gray", block((0.022, 0.3, 0.06), 0.006), at=(0.1, 0, 0))
    built.add(node, "machine gray", block((0.022, 0.06, 0.3), 0.006), at=(0.1, 0, 0))
    cup = [(0.0, 0.045), (0.014, 0.045), (0.014, 0.0), (0.034, -0.03), (0.04, -0.045), (0.0, -0.04)]
    for y, z in ((-0.12, 0), (0.12, 0), (0, -0.12), (0, 0.12)):
        built.add(node, "steel", cylinder(0.012, 0.05, segments=8).along("x"), at=(0.125, y, z))
        built.add(node, "rubber", lathe(cup, 12).moved(axis=(0, 0, 1), angle=pi / 2).moved((0.156, y, z)))


def urdf(
    name: str, base: str, joints: Sequence[Joint], *, base_kg: float, base_box: tuple[Vector, Vector], chain: bool = True
) -> str:
    """A URDF of boxes: what is seen is in the model; this says how it moves, what it weighs and where it collides.

    Each joint hangs on the one before, or all on the base where it is no chain.
    """
    lines = ['<?xml version="1.0"?>', f'<robot name="{name}">', *_link(base, base_kg, base_box)]
    parent = base
    for joint in joints:
        lines += _link(joint.child, joint.mass_kg, joint.box)
        lines += [
            f'  <joint name="{joint.name}" type="{joint.kind}">',
            f'    <parent link="{parent}"/>', f'    <child link="{joint.child}"/>',
            f'    <origin xyz="{_text(joint.origin)}"/>', f'    <axis xyz="{_text(joint.axis)}"/>',
            f'    <limit lower="{joint.lower:g}" upper="{joint.upper:g}" effort="{joint.effort:g}" velocity="{joint.speed:g}"/>',
            "  </joint>",
        ]  # fmt: skip
        parent = joint.child if chain else base
    return "\n".join([*lines, "</robot>", ""])


def _link(name: str, mass: float, box: tuple[Vector, Vector]) -> list[str]:
    center, size = box
    x, y, z = (length * length * mass / 12 for length in size)  # of a box (its sides squared, by its mass and twelfths)
    shape = f'<origin xyz="{_text(center)}"/><geometry><box size="{_text(size)}"/></geometry>'
    inertia = f'<inertia ixx="{y + z:.4g}" iyy="{x + z:.4g}" izz="{x + y:.4g}" ixy="0" ixz="0" iyz="0"/>'
    return [
        f'  <link name="{name}">',
        f'    <inertial><origin xyz="{_text(center)}"/><mass value="{mass:g}"/>{inertia}</inertial>',
        f"    <visual>{shape}</visual>", f"    <collision>{shape}</collision>", "  </link>",
    ]  # fmt: skip


def _text(vector: Vector) -> str:
    return " ".join(f"{value:g}" for value in vector)
