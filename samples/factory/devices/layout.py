"""Where things stand in the hall, metres: x along it, z across it, y up; as the makers of machines would write it on a plan."""

from __future__ import annotations

from typing import Any

LINES = {"a": -7.0, "b": 3.0}
PRESS_X = -22.4
BELT_TOP = 0.80
BELTS = {"1": (-20.9, 9.6), "2": (-8.7, 12.0)}
"""Start and length."""
PART = (0.32, 0.22, 0.32)
PICK_X = {number: start + length - 0.26 for number, (start, length) in BELTS.items()}
"""Where a part lies that has come to a belt's end."""
PLACE_X = -8.38
"""Where the first arm puts finished parts onto the second belt."""
ARM_X = {"1": -10.0, "2": 4.75}
FIXTURE = (ARM_X["1"], 0.89, -1.75)
"""Of the mill: x, height, and across the line."""
PALLET_X = 6.2
DECK = 0.446
"""Height of the pallet on an AGV."""
SLOTS = tuple((x, z) for z in (-0.19, 0.19) for x in (0.3, -0.05, -0.4))
"""Places on a pallet, from its middle."""
CELLS = {f"arm-{line}{number}": box for line, z in LINES.items()
         for number, box in (("1", (-12.3, z - 1.3, -7.7, z + 1.95)), ("2", (2.45, z - 1.95, 7.2, z + 1.95)))}  # fmt: skip
ORIGIN = (-30.0, 0.0, 18.0)
"""Of the hall's own coordinates, which run to the east, to the north, and up, in millimetres."""


def to_hall_mm(x: Any, z: Any) -> tuple[Any, Any]:
    """Places on the floor, numbers or arrays, in the hall's coordinates."""
    return (x - ORIGIN[0]) * 1e3, (ORIGIN[2] - z) * 1e3
