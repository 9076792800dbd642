"""Bodies: one array-level protocol for physics engines, two engines behind it, and the plugin that ties them to worlds.

The engine never sees the world and the world never sees the engine: `protocol.Backend` takes and gives arrays
(`shapes`, `batch`), `base` checks every number before native code sees it, and what engines lack is built once
above it (`casts`, `characters`, `events`). `PhysicsPlugin` follows the world by change ticks, and writes poses back
by columns. In a worker process (`remote`) or in this one, what is submitted at tick k is read at k+1.
"""

from __future__ import annotations

from taixu.physics.components import PHYSICS_COMPONENTS, Articulation, Character, Collider, Joint, RigidBody
from taixu.physics.engines import backend_name, make_backend
from taixu.physics.plugin import PhysicsPlugin
from taixu.physics.scene import PhysicsScene
from taixu.physics.settings import PhysicsSettings

__all__ = [
    "PHYSICS_COMPONENTS", "Articulation", "Character", "Collider", "Joint", "PhysicsPlugin", "PhysicsScene", "PhysicsSettings",
    "RigidBody", "backend_name", "make_backend",
]
