"""Clouds of Gaussian splats in a world."""

from __future__ import annotations

from taixu.ecs import F32, AssetPath, Bool, component, field

__all__ = ["Splats"]


@component("splats")
class Splats:
    """Shows a capture: soft ellipsoids with colours by the direction of sight, drawn far ones first before glass and particles.

    They show the light that they were captured in: lamps and shadows change nothing of them, and bodies do not meet them.
    """

    enabled: Bool = field(default=True)
    source: AssetPath = field(default="", doc="A PLY or SPZ file of splats, or a glTF that holds some.")
    opacity: F32 = field(default=1.0, minimum=0.0, maximum=1.0)
    brightness: F32 = field(default=1.0, minimum=0.0, maximum=100.0, doc="Multiplies the light that they show.")
