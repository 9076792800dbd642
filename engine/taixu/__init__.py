"""Taixu: a real-time 3D engine for worlds that live in columns.

::

    import taixu as tx

    app = tx.App.headless(size=(1280, 720))
    world = app.open("samples/playground")
    world.spawn("Crate", tx.Model("assets/crate.glb"), tx.RigidBody(mass_kg=20), position=(0, 4, 0))
    app.run(seconds=3).picture().save("crate.png")

Names load what they need when they are first used, so importing this costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.animation import AnimationPlayer
    from taixu.app import Clock, Plugin, Stage
    from taixu.audio import AudioListener, AudioSource
    from taixu.defaults import App, World
    from taixu.ecs import component, field
    from taixu.errors import MachineError, TaixuError, UsageError
    from taixu.physics import Articulation, Character, Collider, Joint, RigidBody
    from taixu.render import Picture
    from taixu.scene import (
        Camera,
        Environment,
        Light,
        Material,
        Model,
        Name,
        Node,
        Parent,
        Shape,
        Transform,
        Visibility,
    )
    from taixu.script import Script

__version__ = "0.1.0"

_HOMES = {
    "taixu.animation": ("AnimationPlayer",),
    "taixu.app": ("Clock", "Plugin", "Stage"),
    "taixu.audio": ("AudioListener", "AudioSource"),
    "taixu.defaults": ("App", "World"),
    "taixu.ecs": ("component", "field"),
    "taixu.errors": ("MachineError", "TaixuError", "UsageError"),
    "taixu.physics": ("Articulation", "Character", "Collider", "Joint", "RigidBody"),
    "taixu.render": ("Picture",),
    "taixu.scene": (
        "Camera", "Environment", "Light", "Material", "Model", "Name", "Node", "Parent", "Shape", "Transform", "Visibility",
    ),
    "taixu.script": ("Script",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AnimationPlayer", "App", "Articulation", "AudioListener", "AudioSource", "Camera", "Character", "Clock", "Collider",
    "Environment", "Joint", "Light", "MachineError", "Material", "Model", "Name", "Node", "Parent", "Picture", "Plugin",
    "RigidBody", "Script", "Shape", "Stage", "TaixuError", "Transform", "UsageError", "Visibility", "World", "component", "field",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'taixu' has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
