"""What people write about bodies: components that documents, scripts and the editor know.

An entity with a `RigidBody` is a body; the `Collider`s on it and on its children (without a body of their own) are its
shape. A `Collider` with no body above it is static. The scale of transforms is applied to colliders.
"""

from __future__ import annotations

from math import pi

from taixu.ecs import F32, U32, AssetPath, Bool, Data, EntityRef, Quat, Text, Vec2, Vec3, component, field

__all__ = ["PHYSICS_COMPONENTS", "Articulation", "Character", "Collider", "Joint", "RigidBody"]


@component("rigid_body")
class RigidBody:
    """A body: moved by forces (dynamic), by whoever writes its transform (kinematic), or never (static)."""

    kind: Text = field(default="dynamic", choices=("static", "kinematic", "dynamic"))
    mass_kg: F32 = field(default=0.0, unit="kg", minimum=0.0, doc="0 takes it from the colliders' densities.")
    linear_velocity: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m/s", doc="Written every step; write it to set it.")
    angular_velocity: Vec3 = field(default=(0.0, 0.0, 0.0), unit="rad/s")
    gravity_scale: F32 = field(default=1.0)
    linear_damping: F32 = field(default=0.0, unit="1/s", minimum=0.0)
    angular_damping: F32 = field(default=0.05, unit="1/s", minimum=0.0)
    ccd: Bool = field(default=False, doc="Never passes through thin things, however fast.")
    can_sleep: Bool = field(default=True)
    lock_rotation: Bool = field(default=False)


@component("collider")
class Collider:
    """A shape that collides. `size` is the whole extent along x, y and z, as in `Shape`."""

    shape: Text = field(
        default="box", choices=("box", "sphere", "capsule", "cylinder", "cone", "plane", "hull", "mesh", "heightfield")
    )
    size: Vec3 = field(default=(1.0, 1.0, 1.0), unit="m", doc="A capsule's and a cylinder's axis is y.")
    offset: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="Of the shape's centre, from the entity.")
    rotation: Quat = field(default=(0.0, 0.0, 0.0, 1.0))
    source: AssetPath = field(default="", doc="Model of a hull or mesh; empty takes the entity's own.")
    data: Data = field(default={}, doc="points, triangles of a hull or mesh; heights, spacing of a heightfield.")
    is_trigger: Bool = field(default=False, doc="Lets everything through and says who is inside.")
    layer: U32 = field(default=1, doc="Bits (0 to 29) of the layers that it is in.")
    mask: U32 = field(default=0x3FFFFFFF, doc="Bits of the layers that it collides with; both sides must agree.")
    friction: F32 = field(default=0.5, minimum=0.0, doc="Of two that touch, the geometric mean counts.")
    restitution: F32 = field(default=0.0, minimum=0.0, maximum=1.0, doc="Of two that touch, the geometric mean counts.")
    density: F32 = field(default=500.0, unit="kg/m3", minimum=0.0)
    report_contacts: Bool = field(default=False, doc="Contacts become events; in worlds with scripts all do.")


@component("joint")
class Joint:
    """Holds two bodies together where this entity is: its position is the anchor, `axis` is in its frame.

    Without `b` the entity itself is the second body; without `a` the joint hangs in the world. The placement when the
    joint is made is the rest position: angle and offset count from there.
    """

    kind: Text = field(
        default="fixed", choices=("fixed", "hinge", "slider", "ball", "distance", "rope", "spring")
    )
    a: EntityRef = field(default=0)
    b: EntityRef = field(default=0)
    anchor: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="Of the joint, in this entity's frame.")
    anchor_a: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="In a's frame; distance, rope and spring only.")
    anchor_b: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="In b's frame; distance, rope and spring only.")
    axis: Vec3 = field(default=(0.0, 1.0, 0.0), doc="Of a hinge or slider.")
    limits: Vec2 = field(default=(1.0, -1.0), unit="rad or m", doc="Free where the first is above the second.")
    motor: Text = field(default="none", choices=("none", "velocity", "position"))
    motor_target: F32 = field(default=0.0, unit="rad/s, rad, m/s or m")
    motor_force: F32 = field(default=100.0, unit="N m or N", minimum=0.0, doc="The most that it can do.")
    stiffness: F32 = field(default=400.0, minimum=0.0, doc="Of a position motor (1/s2) or spring (N/m).")
    damping: F32 = field(default=40.0, minimum=0.0, doc="Of a position motor (1/s) or spring (N s/m).")
    length_m: F32 = field(default=-1.0, unit="m", doc="Of a distance, rope or spring; below 0 as placed.")
    collide: Bool = field(default=False, doc="Whether the two bodies still collide with each other.")


@component("character")
class Character:
    """A walker: an upright capsule that slides along walls, climbs steps and slopes. Its entity's origin is at the feet.

    Write `velocity` and it walks; write `jump_speed` and it jumps once when it stands.
    """

    radius_m: F32 = field(default=0.3, unit="m", minimum=0.01)
    height_m: F32 = field(default=1.1, unit="m", minimum=0.0, doc="Between the centres of the capsule's two caps.")
    velocity: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m/s", doc="Where it wants to walk.")
    jump_speed: F32 = field(default=0.0, unit="m/s", minimum=0.0)
    fall_speed: F32 = field(default=0.0, unit="m/s", doc="Upwards; the controller's own.")
    grounded: Bool = field(default=False, doc="The controller's own.")
    step_m: F32 = field(default=0.3, unit="m", minimum=0.0, doc="Highest step that it climbs.")
    max_slope_rad: F32 = field(default=pi / 4, unit="rad", minimum=0.0, maximum=pi / 2)
    snap_m: F32 = field(default=0.2, unit="m", minimum=0.0, doc="Keeps it on the ground downhill.")
    gravity_scale: F32 = field(default=1.0, minimum=0.0)
    push_force: F32 = field(default=150.0, unit="N", minimum=0.0, doc="How hard it pushes bodies in its way.")
    layer: U32 = field(default=1)
    mask: U32 = field(default=0x3FFFFFFF, doc="Bits of the layers that stop it.")


@component("articulation")
class Articulation:
    """A machine of links and joints from a URDF file; the nodes of the entity's `Model` with the links' names go with them.

    The entity's transform is where the base starts (its scale does not count); moving it later puts the machine there, with
    its joints as they are. The entity of a base that is not fixed goes with the base.
    """

    source: AssetPath = field(default="", doc="A *.urdf file; empty takes the entity's model.")
    fixed: Bool = field(default=True, doc="The base stays where it is.")
    mode: Text = field(default="force", choices=("force", "velocity", "position"), doc="What targets are.")
    targets: Data = field(default={}, doc="By joint name: N m or N, rad/s or m/s, rad or m; 0 where not named.")
    max_force: F32 = field(default=0.0, unit="N m or N", minimum=0.0, doc="Of each motor; 0 takes the file's effort limits.")
    positions: Data = field(default={}, doc="Where joints start, by name, in rad or m; 0 where not named.")


PHYSICS_COMPONENTS = (RigidBody, Collider, Joint, Character, Articulation)
