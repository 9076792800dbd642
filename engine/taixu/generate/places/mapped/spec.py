"""What a place from maps shall be."""

from __future__ import annotations

from dataclasses import dataclass, field

from taixu.assets.geodata.land_cover import COVERS
from taixu.generate.places.settlements.spec import checked
from taixu.generate.places.spec import SEASONS, TIMES

__all__ = ["MapSpec"]


@dataclass(frozen=True)
class MapSpec:
    """Parameters of a place from maps."""

    crs: str = field(default="", metadata={"doc": "The coordinate system of files that name none, such as EPSG:25832."})
    origin: str = field(default="", metadata={"doc": "Latitude and longitude of the world's origin; empty is the middle."})
    full_m: float = field(
        default=45.0,
        metadata={"doc": "Houses so near to the view have rooms, up to 40.", "unit": "m", "minimum": 0.0, "maximum": 500.0},
    )
    plants: float = field(
        default=1.0, metadata={"doc": "How much grows that the map does not name.", "minimum": 0.0, "maximum": 4.0}
    )
    points: int = field(
        default=0, metadata={"doc": "How many points of a point cloud are drawn in the place.", "minimum": 0, "maximum": 2_000_000}
    )
    cover: str = field(
        default="auto", metadata={"doc": "Whose classes a map of land cover has.", "choices": ("auto", *COVERS)}
    )
    season: str = field(default="summer", metadata={"doc": "Of leaves and grass.", "choices": SEASONS})
    time: str = field(default="morning", metadata={"doc": "Where the sun stands.", "choices": TIMES})
    texture_px: int = field(
        default=256, metadata={"doc": "Edge of pictures of walls.", "unit": "px", "minimum": 32, "maximum": 1024}
    )

    def check(self) -> MapSpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            With the field that is wrong.
        """
        made: MapSpec = checked(self, "place from maps")
        return made
