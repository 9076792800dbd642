"""What people write about walking: who goes where, what ground is like, which ways there are beside it."""

from __future__ import annotations

from taixu.ecs import F32, U32, AssetPath, Bool, Data, EntityRef, Text, Vec3, component, field

__all__ = ["NAVIGATION_COMPONENTS", "Agent", "Behavior", "Navigation", "NavigationArea", "NavigationLink"]


@component("navigation")
class Navigation:
    """How the navigation mesh of this world is made. One in a world; usual people where there is none."""

    agent_radius_m: F32 = field(default=0.25, unit="m", minimum=0.0, maximum=10.0, doc="The mesh keeps this far from walls.")
    agent_height_m: F32 = field(default=1.8, unit="m", minimum=0.05, maximum=50.0, doc="Room that they need above them.")
    step_m: F32 = field(default=0.4, unit="m", minimum=0.0, maximum=10.0, doc="Highest step that they climb.")
    slope_rad: F32 = field(default=0.8, unit="rad", minimum=0.0, maximum=1.57, doc="Steepest ground that they walk on.")
    cell_m: F32 = field(default=0.15, unit="m", minimum=0.02, maximum=10.0, doc="How finely walls are known; more in big worlds.")
    low: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="Corner of the box that the mesh lies in; equal ones take all.")
    high: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m")


@component("navigation_area")
class NavigationArea:
    """Ground of another kind in a box around the entity: dearer to cross, cheaper, or closed."""

    kind: Text = field(default="grass", doc="road, grass, water, or a word of one's own; blocked closes it.")
    cost: F32 = field(default=2.0, minimum=0.1, maximum=1000.0, doc="Metres of usual ground that a metre here is worth.")
    size: Vec3 = field(default=(4.0, 4.0, 4.0), unit="m", doc="The whole box.")


@component("navigation_link")
class NavigationLink:
    """A way from the entity to somewhere else that is no ground: a ladder, a jump, a door that is no collider."""

    to: Vec3 = field(default=(0.0, 0.0, 2.0), unit="m", doc="The other end, in the entity's frame.")
    two_way: Bool = field(default=True)
    open: Bool = field(default=True, doc="Nobody goes through a closed one.")
    cost: F32 = field(default=-1.0, unit="m", minimum=-1.0, doc="In metres of usual ground; below 0 its length.")
    kind: Text = field(default="jump", doc="ladder, jump, door, or a word of one's own.")


@component("agent")
class Agent:
    """Somebody who finds the way: set a goal and `going`. Its entity has no parent, and its origin is at the feet."""

    goal: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="A place in the world.")
    target: EntityRef = field(default=0, doc="Whom to go to, wherever that is; nobody takes the goal.")
    going: Bool = field(default=False, doc="On the way. Set it to go or to stop; it ends on arrival.")
    speed: F32 = field(default=1.4, unit="m/s", minimum=0.0, maximum=20.0)
    radius_m: F32 = field(default=0.25, unit="m", minimum=0.05, maximum=5.0, doc="What others keep away from.")
    near_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="So near to the goal is near enough.")
    state: Text = field(default="idle", doc="The navigator's own: idle, waiting, walking, arrived or blocked.")


@component("behavior")
class Behavior:
    """What somebody does all day: a tree of a file, or one that ships (stroll, shopkeeper, guard, child, talk)."""

    tree: AssetPath = field(
        default="stroll", doc="A *.behavior.json, or the name of one that ships.", ships="behaviors/{}.behavior.json"
    )
    blackboard: Data = field(default={}, doc="What the tree knows of this one: places, others, numbers.")
    seed: U32 = field(default=0, doc="Chance; 0 takes the entity's own.")
    active: Bool = field(default=True)


NAVIGATION_COMPONENTS = (Navigation, NavigationArea, NavigationLink, Agent, Behavior)
