"""The hall's plan: where lines, cells, aisles and zones lie. x runs along the hall, z across it (both in metres); y is up."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ARM_X", "CONVEYORS", "HALL", "LINES", "MILL_DZ", "PALLET_X", "PORTAL_X", "PRESS_X", "RACK_ROWS", "RACK_XS", "ZONES", "Zone",
]  # fmt: skip

HALL = (60.0, 36.0, 8.0)
LINES = {"a": -7.0, "b": 3.0}
"""z of the lines' middles."""
PRESS_X = -22.4
CONVEYORS = {"1": (-20.9, 9.6), "2": (-8.7, 12.0)}
"""Where conveyors begin and how long they are, metres; parts go along +x."""
ARM_X = {"1": -10.0, "2": 4.75}
MILL_DZ = -2.45
"""The milling cell's middle, across the line from its arm."""
PORTAL_X = -2.5
PALLET_X = 6.2
"""Where AGVs stand to be loaded."""
RACK_XS = (16.9, 19.7, 22.5, 25.3, 28.1)
RACK_ROWS = (-15.6, -11.4, -7.2, -3.0)


@dataclass(frozen=True)
class Zone:
    """An area of the floor that rules ask about, from corner to corner in x and z."""

    name: str
    x0: float
    z0: float
    x1: float
    z1: float


def _cells() -> list[Zone]:
    found = []
    for line, z in LINES.items():
        found.append(Zone(f"Cell {line.upper()}1", -12.3, z - 1.3, -7.7, z + 1.95))
        found.append(Zone(f"Cell {line.upper()}2", 2.45, z - 1.95, 7.2, z + 1.95))
    return found


ZONES = (
    *_cells(),
    Zone("Line A", -24.0, -11.0, 8.0, -4.2),
    Zone("Line B", -24.0, -1.0, 8.0, 5.8),
    Zone("Goods out", 15.5, 6.8, 23.5, 12.2),
    Zone("South aisle", -28.5, 12.6, 15.0, 16.4),
    Zone("Cross aisle", 9.8, -16.0, 13.8, 12.6),
)
