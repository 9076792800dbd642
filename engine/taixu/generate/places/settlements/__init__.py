"""Settlements: villages that grow along ways, districts of cities with blocks and lots.

Planning comes first and draws nothing: `village` and `city` give a `Settlement`, roads, lots and houses with footprints, styles and
seeds. `writing` makes models and entities of it, full ones or merged squares with façades as pictures. `remaking` keeps everything
under what it hangs on, so that a road that moves makes its own blocks again and nothing else.
"""

from __future__ import annotations

from taixu.generate.places.settlements.city import plan_city
from taixu.generate.places.settlements.cultures import CULTURES, ZONES, Culture
from taixu.generate.places.settlements.plan import Ground, House, Settlement, pads
from taixu.generate.places.settlements.remaking import CityMaker, measure_edit
from taixu.generate.places.settlements.spec import CitySpec, VillageSpec
from taixu.generate.places.settlements.village import plan_village
from taixu.generate.places.settlements.writing import build_house, write_settlement

__all__ = ["CULTURES", "ZONES", "CityMaker", "CitySpec", "Culture", "Ground", "House", "Settlement", "VillageSpec", "build_house",
           "measure_edit", "pads", "plan_city", "plan_village", "write_settlement"]
