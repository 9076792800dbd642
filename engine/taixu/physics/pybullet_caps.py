"""What the Bullet backend does natively, and how it emulates the rest."""

from __future__ import annotations

from .protocol import Caps

__all__ = ["CAPS"]

CAPS = Caps(
    name="pybullet",
    version="3.2.7",
    precision=8,
    resumable=False,
    releases_gil=False,
    native=frozenset(
        [
            "box",
            "sphere",
            "capsule",
            "cylinder",
            "hull",
            "mesh",
            "compound",
            "ccd",
            "raycast",
            "closest",
            "urdf",
            "fixed",
            "hinge",
            "slider",
            "ball",
            "motors",
            "limits",
        ]
    ),
    emulated=frozenset(
        [
            "heightfield",
            "kinematic",
            "sleep",
            "triggers",
            "events",
            "shapecast",
            "distance",
            "rope",
            "spring",
            "gravity_scale",
        ]
    ),
    notes={
        "heightfield": "a triangle mesh of the heights",
        "compound": "layers, masks, friction and restitution are per body: layers and masks joined, materials of the first",
        "hinge": "jointed bodies become one multibody; a loop is closed by point constraints, without limits or motors",
        "ball": "islands with three joints or more in a row are damped: Featherstone's explicit terms gain energy at 60 Hz",
        "distance": "distances, ropes and springs are forces computed before each step: stiff, not rigid",
        "triggers": "overlaps computed after each step against bodies that are not static",
        "sleep": "bodies still for half a second are put to sleep; Bullet wakes them when something moves against them",
        "inertia": "in a body's first step Bullet uses its own estimate, the box around it",
        "resumable": "a snapshot holds poses and velocities; contact impulses start anew",
    },
)
