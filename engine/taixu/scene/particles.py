"""Particles: fire, smoke, sparks and the like, as many small pictures that an emitter sends out."""

from __future__ import annotations

from dataclasses import replace
from math import radians

from taixu.ecs import F32, I32, U32, AssetPath, Bool, Text, Vec4, component, field

__all__ = ["MOST_PARTICLES", "PARTICLE_KINDS", "Particles", "particles_like"]

MOST_PARTICLES = 100_000
"""Of one emitter, at once."""


@component("particles")
class Particles:
    """Sends particles out along the entity's +Y: where they are is a function of time alone.

    So a world that is paused or scrubbed shows what belongs to its time. They move along with an entity that moves.
    """

    enabled: Bool = field(default=True)
    kind: Text = field(
        default="smoke", choices=("fire", "smoke", "sparks", "splash", "dust", "confetti", "fountain", "own"),
        doc="A look that is there; all that follows the seed holds for `own`.",
    )  # fmt: skip
    amount: F32 = field(default=1.0, minimum=0.0, maximum=100.0, doc="Times as many.")
    scale: F32 = field(default=1.0, minimum=0.0, maximum=1000.0, doc="Times as large, in all lengths.")
    soft_m: F32 = field(
        default=0.0, unit="m", minimum=0.0, maximum=100.0, doc="So close before a surface they begin to fade; 0 cuts them there.",
    )  # fmt: skip
    collides: Text = field(
        default="nothing", choices=("nothing", "ground", "picture"),
        doc="What they meet: a level ground, or solid surfaces as far as the picture shows them.",
    )  # fmt: skip
    ground_m: F32 = field(default=0.0, unit="m", doc="Height of the ground that they meet.")
    bounce: F32 = field(default=0.4, minimum=0.0, maximum=1.0, doc="Share of their speed that throws them back.")
    friction: F32 = field(default=0.2, minimum=0.0, maximum=1.0, doc="Share of their speed along it that a surface takes.")
    dies: Bool = field(default=False, doc="Whether they end where they meet something.")
    burst: U32 = field(default=0, maximum=100_000, doc="So many at once, in place of a steady rate; 0 is a steady rate.")
    burst_secs: F32 = field(default=1.0, unit="s", minimum=0.0, maximum=3600.0, doc="Between bursts; 0 is one burst, at time 0.")
    seed: U32 = field(default=0)
    rate: F32 = field(default=100.0, unit="1/s", minimum=0.0, maximum=1e5)
    life_secs: F32 = field(default=2.0, unit="s", minimum=0.01, maximum=600.0, doc="The longest; the shortest is half of it.")
    radius_m: F32 = field(default=0.1, unit="m", minimum=0.0, doc="Of the disc that they come from.")
    speed: F32 = field(default=1.0, unit="m/s")
    spread_rad: F32 = field(
        default=0.3, unit="rad", minimum=0.0, maximum=radians(180), doc="Half angle of the cone that they leave in.",
    )  # fmt: skip
    gravity: F32 = field(default=9.81, unit="m/s2", doc="Downwards; what is lighter than air has less than 0.")
    drag: F32 = field(default=0.0, unit="1/s", minimum=0.0, maximum=100.0, doc="How soon they move as the air does, with the wind.")
    turbulence: F32 = field(default=0.0, unit="m/s", minimum=0.0, maximum=100.0, doc="Speed of the eddies that carry them about.")
    size_m: F32 = field(default=0.05, unit="m", minimum=0.0, doc="Radius at first.")
    size_end_m: F32 = field(default=0.05, unit="m", minimum=0.0, doc="Radius at last.")
    color: Vec4 = field(default=(1.0, 1.0, 1.0, 1.0), minimum=0.0, doc="At first; linear, with what it hides.")
    color_end: Vec4 = field(default=(1.0, 1.0, 1.0, 0.0), doc="At last.")
    glow: F32 = field(default=0.0, minimum=0.0, maximum=1e4, doc="Radiance of what shines; 0 is lit by sky and lights.")
    additive: Bool = field(default=False, doc="Whether they add their light and hide nothing, as flames do.")
    shape: Text = field(
        default="puff", choices=("puff", "spark", "leaf"), doc="A soft ball, a streak along its way, a turning scrap.",
    )  # fmt: skip
    stretch_secs: F32 = field(
        default=1 / 60, unit="s", minimum=0.0, maximum=1.0, doc="A streak is longer than wide by its way in this time."
    )
    middle: F32 = field(
        default=0.0, minimum=0.0, maximum=0.99, doc="Share of life at which middle colour and size hold; 0 leaves them out."
    )
    color_middle: Vec4 = field(default=(1.0, 1.0, 1.0, 1.0), minimum=0.0)
    size_middle_m: F32 = field(default=0.05, unit="m", minimum=0.0)
    texture: AssetPath = field(default="", doc="A picture in place of the shape's own look; coloured by the colours.")
    columns: I32 = field(default=1, minimum=1, maximum=64, doc="Pictures beside each other in the texture.")
    rows: I32 = field(default=1, minimum=1, maximum=64, doc="Pictures below each other; they are shown row by row.")
    pictures_per_sec: F32 = field(default=0.0, unit="1/s", minimum=0.0, maximum=240.0, doc="0 shows them once in a life.")


def _own(**fields: object) -> Particles:
    return Particles(kind="own", **fields)  # type: ignore[arg-type]


PARTICLE_KINDS = {
    "fire": _own(rate=90.0, life_secs=1.1, radius_m=0.25, speed=0.7, spread_rad=0.3, gravity=-2.2, drag=0.8, turbulence=0.45,
                 size_m=0.24, size_end_m=0.05, color=(1.0, 0.42, 0.08, 0.5), color_end=(0.7, 0.05, 0.0, 0.0), glow=1.6,
                 additive=True),
    "smoke": _own(rate=28.0, life_secs=6.0, radius_m=0.2, speed=0.8, spread_rad=0.25, gravity=-0.5, drag=0.7, turbulence=0.35,
                  size_m=0.18, size_end_m=1.1, color=(0.25, 0.245, 0.24, 0.5), color_end=(0.6, 0.6, 0.61, 0.0)),
    "sparks": _own(rate=160.0, life_secs=1.3, radius_m=0.05, speed=4.5, spread_rad=0.55, drag=0.6, turbulence=0.3, size_m=0.014,
                   size_end_m=0.006, color=(1.0, 0.75, 0.35, 1.0), color_end=(1.0, 0.15, 0.02, 0.4), glow=14.0, additive=True,
                   shape="spark"),
    "splash": _own(rate=700.0, life_secs=0.5, radius_m=1.2, speed=2.2, spread_rad=0.5, size_m=0.028, size_end_m=0.012,
                   color=(0.8, 0.85, 0.9, 0.6), color_end=(0.8, 0.85, 0.9, 0.1), shape="spark"),
    "dust": _own(rate=60.0, life_secs=5.0, radius_m=0.9, speed=0.35, spread_rad=1.3, gravity=0.05, drag=0.9, turbulence=0.25,
                 size_m=0.25, size_end_m=0.9, color=(0.42, 0.34, 0.24, 0.22), color_end=(0.5, 0.42, 0.32, 0.0)),
    "confetti": _own(rate=220.0, life_secs=5.0, radius_m=0.15, speed=8.0, spread_rad=0.45, drag=1.6, turbulence=0.6, size_m=0.035,
                     size_end_m=0.035, color=(1.0, 1.0, 1.0, 1.0), color_end=(1.0, 1.0, 1.0, 1.0), shape="leaf"),
    "fountain": _own(rate=2500.0, life_secs=1.6, radius_m=0.04, speed=6.5, spread_rad=0.12, drag=0.15, turbulence=0.15,
                     size_m=0.03, size_end_m=0.05, color=(0.75, 0.83, 0.9, 0.55), color_end=(0.8, 0.87, 0.92, 0.15),
                     shape="spark"),
}  # fmt: skip
"""The looks that are there, by `Particles.kind`."""


_OF_ALL_KINDS = (
    "enabled", "amount", "scale", "soft_m", "collides", "ground_m", "bounce", "friction", "dies", "burst", "burst_secs", "seed",
)  # fmt: skip


def particles_like(asked: Particles) -> Particles:
    """What an emitter sends out: its own fields, or those of its kind with what is before and at the seed."""
    found = PARTICLE_KINDS.get(str(asked.kind))
    if found is None:
        return asked
    return replace(found, **{name: getattr(asked, name) for name in _OF_ALL_KINDS})
