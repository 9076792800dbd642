"""What a thing of a world is on the map that it was made from."""

from __future__ import annotations

from taixu.ecs import F32, I32, Data, Text, component, field

__all__ = ["MapFeature"]


@component("map_feature")
class MapFeature:
    """What a map says of this thing, and what was guessed where it says nothing."""

    key: Text = field(default="", doc="Its id in the map's data.")
    kind: Text = field(default="", doc="What it is: building, bridge, stop and so on.")
    height_m: F32 = field(default=0.0, unit="m", doc="From the ground to the top.")
    storeys: I32 = field(default=0, doc="0 where nobody knows.")
    lod: F32 = field(default=0.0, doc="Level of detail of the data, as CityGML counts; 0 is a footprint.")
    guessed: Text = field(default="", doc="What the map does not say and was guessed, such as height, storeys or roof.")
    attributes: Data = field(default={}, doc="Everything else that the map says of it.")
