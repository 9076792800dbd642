"""Places to walk in: floors, walls, stairs, as pieces and as worlds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from taixu.app import App
from taixu.navigation import NavigationMesh, NavigationPlugin, Piece
from taixu.physics import Collider, PhysicsPlugin, RigidBody, shapes
from taixu.scene import ScenePlugin, Transform
from taixu.script import ScriptPlugin

__all__ = ["block", "house", "make_walking_app", "off_the_mesh", "spawn_block", "staircase", "walk"]

Triple = tuple[float, float, float]


def block(size: Triple, at: Triple, *, yaw: float = 0.0) -> Piece:
    """A box around a place, turned about the vertical."""
    return Piece.of_shape(shapes.box(size), (*at, 0.0, np.sin(yaw / 2), 0.0, np.cos(yaw / 2)))


def staircase(at: Triple, *, steps: int = 12, rise_m: float = 0.25, depth_m: float = 0.3, width_m: float = 2.0) -> list[Piece]:
    """Steps that go up along +z from a place."""
    x, y, z = at
    return [
        block((width_m, rise_m * (i + 1), depth_m), (x, y + rise_m * (i + 1) / 2, z + depth_m * (i + 0.5))) for i in range(steps)
    ]


def house() -> list[Piece]:
    """A ground floor of 20 by 20 m, a stair along +z at x 6, and an upper floor 3 m above the half where it arrives."""
    ground = block((20.0, 1.0, 20.0), (0.0, -0.5, 0.0))
    upper = block((20.0, 0.3, 6.0), (0.0, 2.85, 6.6))
    return [ground, upper, *staircase((6.0, 0.0, 0.0))]


def make_walking_app() -> App:
    """An app without a window that waits for its meshes, as headless runs do."""
    app = App()
    app.clock.max_steps = None
    for plugin in (ScenePlugin(), ScriptPlugin(), PhysicsPlugin(), NavigationPlugin()):
        app.add_plugin(plugin)
    return app


def spawn_block(app: App, size: Triple, at: Triple, *, kind: str = "") -> int:
    """A box in a world: static, or a body of a kind."""
    body = (RigidBody(kind=kind),) if kind else ()
    return app.world.spawn(Transform(translation=at), Collider(size=size), *body)


def walk(app: App, steps: int) -> None:
    """Run fixed steps."""
    for _ in range(steps):
        app.frame(app.clock.step_secs)


def off_the_mesh(mesh: NavigationMesh, points: np.ndarray) -> list[str]:  # type: ignore[type-arg]
    """The parts of a way that are not on the mesh, in words."""
    legs: Iterable[tuple[np.ndarray, np.ndarray]] = pairwise(points)  # type: ignore[type-arg]
    found = []
    for start, end in legs:
        arrived, place = mesh.raycast(start, end)
        if not arrived[0]:
            found.append(f"from {start} to {end} one comes to {place[0]}")
    return found
