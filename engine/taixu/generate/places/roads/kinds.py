"""Classes of roads: how wide, what of, with what beside them."""

from __future__ import annotations

from dataclasses import dataclass

from taixu.errors import TaixuError

__all__ = ["KINDS", "RoadKind", "kind_named"]


@dataclass(frozen=True)
class RoadKind:
    """A class of roads.

    Attributes
    ----------
    wide_m, pave_m
        Of the carriageway, and of the pavement on each side (0 has none).
    rank
        Who goes on at a junction of several; higher goes first.
    lanes
        In all; from two on there is a line between directions.
    lamp_m
        Between lamps; 0 has none.
    most_slope
        Rise over run that it keeps to.
    """

    name: str
    wide_m: float
    pave_m: float
    surface: str
    rank: int
    lanes: int = 0
    lamp_m: float = 0.0
    most_slope: float = 0.14
    pavement: str = "paving"
    is_marked: bool = False


KINDS: dict[str, RoadKind] = {
    kind.name: kind
    for kind in (
        RoadKind("path", 2.0, 0.0, "earth", 0, most_slope=0.3),
        RoadKind("sand path", 2.4, 0.0, "sand", 0, most_slope=0.3),
        RoadKind("sand way", 4.4, 0.0, "sand", 1, most_slope=0.2),
        RoadKind("track", 3.4, 0.0, "gravel", 1, most_slope=0.2),
        RoadKind("alley", 3.2, 0.0, "cobbles", 2, lamp_m=22.0),
        RoadKind("footway", 2.2, 0.0, "paving", 1, most_slope=0.2),
        RoadKind("service", 4.2, 0.0, "asphalt", 2),
        RoadKind("lane", 4.6, 0.0, "gravel", 3, lamp_m=0.0),
        RoadKind("village", 5.2, 1.2, "cobbles", 4, lamp_m=24.0),
        RoadKind("street", 7.0, 2.6, "asphalt", 5, lanes=2, lamp_m=26.0, is_marked=True),
        RoadKind("avenue", 14.0, 4.5, "asphalt", 6, lanes=4, lamp_m=30.0, most_slope=0.08, is_marked=True),
        RoadKind("highway", 11.0, 0.0, "asphalt", 7, lanes=2, most_slope=0.07, is_marked=True),
    )
}


def kind_named(name: str) -> RoadKind:
    """A class by its name.

    Raises
    ------
    TaixuError
        Where there is none.
    """
    if name not in KINDS:
        raise TaixuError(f"no class of roads is called {str(name)[:40]!r}; there are {', '.join(KINDS)}")
    return KINDS[name]
