"""The air of a world: sun, moon and sky by the hour."""

from __future__ import annotations

from math import radians

from taixu.ecs import F32, Bool, component, field

__all__ = ["Air"]


@component("air")
class Air:
    """The atmosphere, with sun and moon by the hour, in place of the environment's sky. One in a world."""

    enabled: Bool = field(default=True)
    hour: F32 = field(default=10.0, minimum=0.0, maximum=24.0, doc="Of the sun: at 12 it stands highest.")
    day: F32 = field(default=172.0, minimum=1.0, maximum=366.0, doc="Day of the year.")
    latitude_rad: F32 = field(
        default=radians(35), unit="rad", minimum=radians(-90), maximum=radians(90), doc="North is along -Z, east along +X."
    )
    moon_phase: F32 = field(default=0.5, minimum=0.0, maximum=1.0, doc="0 is new, 0.5 full, 1 new again.")
    moonlight: F32 = field(
        default=0.01, minimum=0.0, maximum=1.0,
        doc="A full moon's light beside the sun's: 0.0000025 in life, more where nights shall be seen.",
    )  # fmt: skip
    haze: F32 = field(default=1.0, minimum=0.0, maximum=20.0, doc="Dust in the air: 0 is none, 1 a clear day, 5 a hazy one.")
    stars: F32 = field(default=1.0, minimum=0.0, maximum=1000.0, doc="Brightness of the stars; 0 is none.")
    aerial: F32 = field(
        default=1.0, minimum=0.0, maximum=1000.0,
        doc="How much air lies before far things: 1 as in life, 20 makes hills near by blue, 0 shows them clear.",
    )  # fmt: skip
