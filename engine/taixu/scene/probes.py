"""Probes of light: what surfaces send each other, at points all over a world."""

from __future__ import annotations

from taixu.ecs import F32, I32, AssetPath, Bool, Vec3, component, field

__all__ = ["LightProbes"]


@component("light_probes")
class LightProbes:
    """Light that surfaces send on, by probes that follow the scene. One in a world; its entity's place is the middle."""

    enabled: Bool = field(default=True)
    size_m: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", minimum=0.0, maximum=1e4, doc="Extent; 0 is all there is.")
    spacing_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=100.0, doc="Between probes; 0 fits their number.")
    most_probes: I32 = field(default=512, minimum=8, maximum=8192)
    rays: I32 = field(default=96, minimum=16, maximum=256, doc="Of each probe, each time that it looks around.")
    rays_per_frame: I32 = field(default=16384, minimum=256, maximum=4194304, doc="Probes take turns with these.")
    strength: F32 = field(default=1.0, minimum=0.0, maximum=10.0, doc="1 is right.")
    baked: AssetPath = field(default="", doc="Light that was found before, for machines that are to trace nothing.")
