"""Map data: files of surveys and maps become plain features (areas, ways, spots, solids) with ids, attributes and a CRS.

A decoder changes nothing: coordinates stay as the file has them, in float64, in the order east, north, height (or longitude,
latitude, height). What is broken in one feature is a finding, and the others go on. `LocalFrame` leads to the metres of a world
and back.
"""

from __future__ import annotations

from taixu.assets.geodata.elevation import ELEVATION_SUFFIXES, Elevation, read_elevation
from taixu.assets.geodata.features import Area, MapData, Solid, Spot, Way
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.geodata.point_cloud import POINT_SUFFIXES, PointCloud, ground_of, read_points
from taixu.assets.geodata.reading import MAP_SUFFIXES, read_map

__all__ = ["ELEVATION_SUFFIXES", "MAP_SUFFIXES", "POINT_SUFFIXES", "Area", "Elevation", "LocalFrame", "MapData", "PointCloud",
           "Solid", "Spot", "Way", "ground_of", "read_elevation", "read_map", "read_points"]
