"""Buildings: a footprint, a style and a seed become walls with windows and doors, roofs, rooms with stairs and furniture.

A *style* is a text file (`style`): numbers, surfaces, masses, and rules of a split grammar (`grammar`, unfolded over walls by
`deriving`). `masses` stand over a footprint, `facades` sets `openings` and `ornaments` into their walls, `roofs` covers them by the
straight `skeleton` of their plan, `interiors` divides them into `rooms` that doors join. There are three levels of detail: all of
that; walls with pictures of their façades (`mid_level`); closed blocks (`shells`). What bodies meet is made beside it, with doors
that are open. Everything hangs on footprint, style and seed; nothing on the order of making.

Plans are in the plane (east, north), which is (x, -z) of the world, so that anticlockwise rings have their inside to the left and
their roofs above; `soup` lifts them into the world.
"""

from __future__ import annotations

from taixu.generate.places.buildings.building import Building, make_building
from taixu.generate.places.buildings.model import building_model, collider_model
from taixu.generate.places.buildings.plans import clean_footprint
from taixu.generate.places.buildings.spec import BuildingSpec
from taixu.generate.places.buildings.style import Style, parse_style, read_style, style_names
from taixu.generate.places.buildings.surfaces import Palette

__all__ = ["Building", "BuildingSpec", "Palette", "Style", "building_model", "clean_footprint", "collider_model", "make_building",
           "parse_style", "read_style", "style_names"]
