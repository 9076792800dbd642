"""Fog over the ground."""

from __future__ import annotations

from taixu.ecs import F32, Bool, Color3, component, field

__all__ = ["Fog"]


@component("fog")
class Fog:
    """Fog that thins out with height, lit by sky and sun. One in a world."""

    enabled: Bool = field(default=True)
    density: F32 = field(default=0.02, minimum=0.0, maximum=10.0, unit="1/m", doc="What is lost in a metre at its level.")
    level_m: F32 = field(default=0.0, unit="m", doc="Height at which it has its density.")
    falloff_m: F32 = field(default=20.0, unit="m", minimum=0.1, doc="Each so much higher, a third is left of it.")
    color: Color3 = field(default=(0.95, 0.95, 0.95), doc="What it sends on of the light that meets it.")
    glow: F32 = field(default=0.6, minimum=-0.9, maximum=0.9, doc="How far it sends light forwards: bright about the sun.")
    sky_light: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="Share of the sky's light that reaches it: less in halls.")
    shafts_m: F32 = field(
        default=0.0, minimum=0.0, maximum=1000.0, unit="m",
        doc="How far shadows and lamps are seen in it, as shafts of light; 0: it is lit evenly.",
    )  # fmt: skip
