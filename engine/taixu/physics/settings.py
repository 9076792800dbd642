"""What a world's document says about its physics (the section `physics` of its settings)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.ecs import World
from taixu.edit.settings import WorldSettings
from taixu.errors import TaixuError

__all__ = ["PhysicsSettings", "settings_of"]

BACKENDS = ("auto", "pybullet", "rapier")
CONTACTS = ("auto", "all", "marked")


@dataclass(frozen=True)
class PhysicsSettings:
    """Settings of one world.

    Attributes
    ----------
    backend : "auto", "pybullet" or "rapier"; auto is pybullet where it is installed, else rapier.
    gravity : m/s2.
    solver_iterations : 0 takes what the engine was measured best with.
    contacts : which contacts become events: "all", those of "marked" colliders, or "auto": all where there are scripts.
    worker : whether the engine runs in a process of its own.
    """

    backend: str = "auto"
    gravity: tuple[float, float, float] = (0.0, -9.81, 0.0)
    solver_iterations: int = 0
    contacts: str = "auto"
    worker: bool = False


def settings_of(world: World) -> PhysicsSettings:
    """The settings of a world; defaults where it says nothing."""
    if not world.has_resource(WorldSettings):
        return PhysicsSettings()
    section: dict[str, Any] = world.resource(WorldSettings).section("physics")
    found = PhysicsSettings(
        backend=section.get("backend", "auto"),
        gravity=_gravity(section.get("gravity", (0.0, -9.81, 0.0))),
        solver_iterations=section.get("solver_iterations", 0),
        contacts=section.get("contacts", "auto"),
        worker=bool(section.get("worker", False)),
    )
    if found.backend not in BACKENDS:
        raise TaixuError(f"The world's settings ask for the physics {found.backend!r}; there are {', '.join(BACKENDS)}.")
    if found.contacts not in CONTACTS:
        raise TaixuError(f"The world's settings ask for contacts {found.contacts!r}; there are {', '.join(CONTACTS)}.")
    iterations = found.solver_iterations
    if not isinstance(iterations, int) or not 0 <= iterations <= 1000:
        raise TaixuError(f"The world's settings ask for {iterations!r} solver iterations; give 0 to 1000.")
    return found


def _gravity(value: Any) -> tuple[float, float, float]:
    try:
        x, y, z = np.asarray(value, np.float64).tolist()
    except (TypeError, ValueError):
        x = y = z = np.nan
    if not np.isfinite([x, y, z]).all():
        raise TaixuError(f"The world's settings have the gravity {value!r}; it is three numbers, such as [0, -9.81, 0].")
    return x, y, z
