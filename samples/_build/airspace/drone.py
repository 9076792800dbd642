"""A drone that carries parcels: six rotors on arms, a body, a box beneath, lamps. Five metres across."""

from __future__ import annotations

from math import cos, pi, sin

from factory.builder import Builder
from factory.paints import linear
from factory.solids import block, cylinder

from taixu.assets.model import ModelData

__all__ = ["drone"]

_PAINTS = {
    "shell": {"base_color": linear("#f4f5f2"), "roughness": 0.35, "metallic": 0.0},
    "arm": {"base_color": linear("#2b2e33"), "roughness": 0.5, "metallic": 0.2},
    "rotor": {"base_color": linear("#ff6a13"), "roughness": 0.55, "metallic": 0.0},
    "cargo": {"base_color": linear("#1f6fb5"), "roughness": 0.6, "metallic": 0.0},
    "lamp": {
        "base_color": linear("#101010"), "roughness": 0.4, "metallic": 0.0, "emissive": linear("#ff3b1f")[:3],
        "emissive_strength": 6.0,
    },
}  # fmt: skip


def drone() -> ModelData:
    """The model; rotors are seen as the discs that turning ones look like."""
    made = Builder("drone", _PAINTS)
    body = made.node("drone")
    made.add(body, "shell", block((1.5, 0.55, 1.5), bevel=0.25))
    made.add(body, "cargo", block((1.1, 0.7, 1.1), bevel=0.08), at=(0, -0.6, 0))
    made.add(body, "lamp", cylinder(0.14, 0.16, segments=8), at=(0, 0.33, 0))
    for rotor in range(6):
        angle = (rotor + 0.5) * pi / 3
        x, z = cos(angle), sin(angle)
        made.add(body, "arm", block((1.7, 0.14, 0.2)).moved(axis=(0, 1, 0), angle=-angle), at=(x * 1.2, 0.12, z * 1.2))
        made.add(body, "arm", cylinder(0.12, 0.3, segments=8), at=(x * 2.0, 0.2, z * 2.0))
        made.add(body, "rotor", cylinder(0.78, 0.05, segments=14), at=(x * 2.0, 0.37, z * 2.0))
    return made.finish()
