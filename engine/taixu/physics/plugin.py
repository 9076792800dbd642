"""The plugin that gives a world bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from taixu.app import App, Clock, GameServices, Stage
from taixu.ecs import World
from taixu.errors import TaixuError

from .batch import BodyKind
from .components import PHYSICS_COMPONENTS, Articulation, RigidBody
from .scene import PhysicsScene

__all__ = ["PhysicsPlugin"]

Vector = Sequence[float]


class PhysicsPlugin:
    """Registers the components, steps the bodies, and offers what scripts ask physics for.

    Parameters
    ----------
    backend
        "pybullet", "rapier", or "auto": what the world's settings say, else pybullet where installed, else rapier.
    worker
        Whether the engine runs in a process of its own; None asks the world's settings.
    """

    def __init__(self, backend: str = "auto", *, worker: bool | None = None) -> None:
        self._backend = backend
        self._worker = worker

    def build(self, app: App) -> None:
        """Add components, the `PhysicsScene`, systems and services."""
        for cls in PHYSICS_COMPONENTS:
            app.register_component(cls)
        scene = PhysicsScene(self._backend, worker=self._worker)
        scene.follow(app.world)
        app.insert_resource(scene)
        app.add_system(Stage.PHYSICS, step_physics)
        app.add_system(Stage.PROPAGATE, show_bodies, before=("propagate_transforms",))
        services = app.resource(GameServices)
        for function in (
            raycast, raycasts, apply_force, apply_impulse, set_velocity, get_velocity, joint_positions, set_joint_target,
        ):
            services.provide(function.__name__, function)
        app.on_close(lambda: app.world.resource(PhysicsScene).close())


def step_physics(world: World) -> None:
    """One fixed step of all bodies."""
    world.resource(PhysicsScene).step(world)


def show_bodies(world: World) -> None:
    """Show moving bodies between the last two fixed steps."""
    world.resource(PhysicsScene).show(world)


def raycast(
    world: World, origin: Vector, direction: Vector, *, max_distance: float = 1000.0, mask: int = 0x3FFFFFFF, ignore: int = 0
) -> dict[str, Any] | None:
    """The first body that a ray meets: ``entity``, ``position``, ``normal``, ``distance``; None when it meets none."""
    hit = world.resource(PhysicsScene).raycast(origin, direction, max_distance=max_distance, mask=mask, ignore=ignore)[0]
    if not hit["entity"]:
        return None
    return {
        "entity": int(hit["entity"]),
        "position": tuple(hit["point"].tolist()),
        "normal": tuple(hit["normal"].tolist()),
        "distance": float(hit["distance"]),
    }


def raycasts(
    world: World, origins: ArrayLike, directions: ArrayLike, *, max_distance: float = 1000.0, mask: int = 0x3FFFFFFF
) -> list[dict[str, Any] | None]:
    """The first body that each of many rays [n, 3] meets, as `raycast` gives it."""
    hits = world.resource(PhysicsScene).raycast(origins, directions, max_distance=max_distance, mask=mask)
    names = ("entity", "point", "normal", "distance")
    columns = zip(*(hits[name].tolist() for name in names))
    return [
        {"entity": entity, "position": tuple(point), "normal": tuple(normal), "distance": distance} if entity else None
        for entity, point, normal, distance in columns
    ]


def apply_force(world: World, entity: int, force: Vector, *, at: Vector | None = None) -> None:
    """Push a dynamic body with a force (N) during the next step, at a point in the world or its centre of mass."""
    _dynamic(world, entity)
    world.resource(PhysicsScene).apply_force(entity, force, at=at)


def apply_impulse(world: World, entity: int, impulse: Vector, *, at: Vector | None = None) -> None:
    """Push a dynamic body once (N s)."""
    _dynamic(world, entity)
    world.resource(PhysicsScene).apply_impulse(entity, impulse, at=at, dt=world.resource(Clock).step_secs)


def set_velocity(world: World, entity: int, *, linear: Vector | None = None, angular: Vector | None = None) -> None:
    """Set a dynamic body's velocity (m/s, rad/s)."""
    _dynamic(world, entity)
    for name, value in (("linear_velocity", linear), ("angular_velocity", angular)):
        if value is not None:
            row = np.asarray(value, np.float64)
            if row.shape != (3,) or not np.isfinite(row).all():
                raise TaixuError(f"A velocity of {value!r} was asked for; it is three finite numbers.")
            world.set(entity, RigidBody, **{name: tuple(row.tolist())})


def get_velocity(world: World, entity: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A body's linear (m/s) and angular (rad/s) velocity."""
    if not world.has(entity, RigidBody):
        raise TaixuError("An entity without a body was asked for its velocity; give it a RigidBody.")
    body = world.get(entity, RigidBody)
    return tuple(body.linear_velocity), tuple(body.angular_velocity)


def joint_positions(world: World, entity: int) -> dict[str, float]:
    """Where an articulation's joints are, by name (rad or m)."""
    return world.resource(PhysicsScene).articulation(entity).positions()


def set_joint_target(world: World, entity: int, name: str, value: float) -> None:
    """Tell one joint of an articulation what to do; its mode says what the number is."""
    if not world.has(entity, Articulation):
        raise TaixuError("An entity without an articulation was given a joint's target; give it an Articulation.")
    targets = dict(world.get(entity, Articulation).targets)
    world.set(entity, Articulation, targets={**targets, name: float(value)})


def _dynamic(world: World, entity: int) -> None:
    if not world.has(entity, RigidBody) or world.get(entity, RigidBody).kind != BodyKind.DYNAMIC.name.lower():
        raise TaixuError("An entity without a dynamic body was pushed; give it a RigidBody of kind dynamic.")
