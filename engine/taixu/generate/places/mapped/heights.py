"""How high a building is that has a footprint only, and what of that was guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.assets.geodata.features import metres
from taixu.generate.places.buildings.plans import chance

__all__ = ["Height", "height_of"]

_HEIGHTS = ("height", "building:height", "est_height", "measuredHeight", "measured_height", "height_m", "Height", "HEIGHT",
            "hoogte", "b3_h_dak_max", "建筑高度", "高度")  # fmt: skip
_STOREYS = ("building:levels", "levels", "storeys", "floors", "num_floors", "storeysAboveGround", "numberOfFloors", "层数", "楼层")
_USUAL = {
    "garage": 1, "garages": 1, "shed": 1, "carport": 1, "hut": 1, "roof": 1, "kiosk": 1, "greenhouse": 1, "barn": 1, "cabin": 1,
    "farm_auxiliary": 1, "bungalow": 1, "house": 2, "detached": 2, "semidetached_house": 2, "terrace": 2, "farm": 2, "school": 2,
    "retail": 2, "supermarket": 1, "industrial": 2, "warehouse": 1, "hangar": 1, "residential": 3, "apartments": 4, "hotel": 5,
    "office": 5, "commercial": 4, "hospital": 4, "university": 4, "church": 3, "cathedral": 6,
}  # fmt: skip
STOREY_M = 3.0
LEAST_M, MOST_M = 2.2, 900.0


@dataclass(frozen=True, slots=True)
class Height:
    """Metres from the ground to the top, storeys (at least 1), and names of what was guessed.

    Attributes
    ----------
    has_roof
        Whether the metres reach to the ridge; otherwise they end at the eaves.
    problem
        What is wrong with what the map says; empty where nothing is.
    """

    height_m: float
    storeys: int
    has_roof: bool
    guessed: tuple[str, ...] = ()
    problem: str = ""


def height_of(tags: Mapping[str, Any], area_m2: float, key: str) -> Height:
    """A height as the map says, or of its storeys, or as buildings of that use and size have."""
    said = next((metres(tags[name]) for name in _HEIGHTS if name in tags), math.nan)
    count = next((metres(tags[name]) for name in _STOREYS if name in tags), math.nan)
    problem = ""
    if not math.isnan(said) and not LEAST_M <= said <= MOST_M:
        problem, said = f"its height is {said:g} m, which is none; another was guessed", math.nan
    if not math.isnan(count) and not 1 <= count <= 250:
        problem, count = f"it has {count:g} storeys, which is none that can be built; a number was guessed", math.nan
    storeys = 0 if math.isnan(count) else max(1, round(count))
    if not math.isnan(said):
        return Height(said, storeys or max(1, round(said / 3.2)), True, () if storeys else ("storeys",), problem)
    if storeys:
        return Height(storeys * STOREY_M + 0.4, storeys, False, ("height",), problem)
    use = str(tags.get("building", "")).lower()
    usual = _USUAL.get(use)
    if usual is None:
        usual = 1 if area_m2 < 45 else 2 if area_m2 < 260 else 3
        usual += int(chance("storeys", key) < 0.3) if area_m2 >= 60 else 0
    return Height(usual * STOREY_M + 0.2, usual, False, ("height", "storeys"), problem)
