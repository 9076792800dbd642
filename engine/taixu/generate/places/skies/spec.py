"""What a sky is like."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from taixu.errors import TaixuError

__all__ = ["CLOUDS", "TIMES", "SkySpec"]

TIMES: dict[str, tuple[float, float]] = {
    "dawn": (1.5, 68.0), "morning": (24.0, 50.0), "noon": (58.0, 20.0), "afternoon": (38.0, -35.0), "evening": (12.0, -60.0),
    "sunset": (3.0, -72.0), "dusk": (-1.2, -78.0), "night": (-25.0, -90.0),
}  # fmt: skip
"""Elevation and azimuth of the sun in degrees, azimuth from +Z towards +X."""
CLOUDS = ("none", "cumulus", "stratus", "cirrus", "storm")


@dataclass(frozen=True)
class SkySpec:
    """A sky's parameters."""

    time: str = field(default="noon", metadata={"doc": "Time of day.", "choices": tuple(TIMES)})
    elevation_deg: float = field(
        default=-100.0, metadata={"doc": "Of the sun; below -90 the time says.", "minimum": -100.0, "maximum": 90.0}
    )
    azimuth_deg: float = field(
        default=-1000.0, metadata={"doc": "Of the sun, from +Z to +X; below -360 the time says.", "minimum": -1000.0,
            "maximum": 360.0}
    )
    haze: float = field(default=2.4, metadata={"doc": "1 none, 2.5 clear, 6 hazy.", "minimum": 1.0, "maximum": 10.0})
    clouds: str = field(default="cumulus", metadata={"doc": "Kind of clouds.", "choices": CLOUDS})
    cover: float = field(default=0.35, metadata={"doc": "Share of the sky that they take.", "minimum": 0.0, "maximum": 1.0})
    cirrus: float = field(default=0.25, metadata={"doc": "Veils high above.", "minimum": 0.0, "maximum": 1.0})
    moon: float = field(default=0.7, metadata={"doc": "How much of the moon is lit; 0 has none.", "minimum": 0.0, "maximum": 1.0})
    stars: float = field(default=1.0, metadata={"doc": "Brightness of stars at night.", "minimum": 0.0, "maximum": 3.0})
    width_px: int = field(
        default=1024, metadata={"doc": "Of the picture; half as high.", "unit": "px", "minimum": 32, "maximum": 4096}
    )

    def check(self) -> SkySpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            Where it cannot be made.
        """
        numbers = (self.elevation_deg, self.azimuth_deg, self.haze, self.cover, self.cirrus, self.moon, self.stars)
        if self.time not in TIMES or self.clouds not in CLOUDS:
            raise TaixuError(f"a sky's time is one of {', '.join(TIMES)}, its clouds one of {', '.join(CLOUDS)}")
        if not all(isfinite(number) for number in numbers):
            raise TaixuError("a sky's parameters must be finite numbers")
        if not (1 <= self.haze <= 10 and 0 <= self.cover <= 1 and 0 <= self.cirrus <= 1 and 0 <= self.moon <= 1):
            raise TaixuError("a sky's haze lies between 1 and 10; cover, cirrus and moon between 0 and 1")
        if not 32 <= self.width_px <= 4096 or self.width_px % 2:
            raise TaixuError(f"a sky is {self.width_px} pixels wide; it must be an even number from 32 to 4,096")
        if self.elevation_deg > 90 or not -1000 <= self.azimuth_deg <= 360 or not 0 <= self.stars <= 3:
            raise TaixuError("the sun stands at most 90 degrees high, at an azimuth up to 360; stars go up to 3")
        return self

    @property
    def sun_degrees(self) -> tuple[float, float]:
        """Elevation and azimuth of the sun."""
        elevation, azimuth = TIMES[self.time]
        return (
            elevation if self.elevation_deg < -90 else self.elevation_deg,
            azimuth if self.azimuth_deg < -360 else self.azimuth_deg,
        )
