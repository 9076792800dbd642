"""Roads: lines on a map become surfaces, ground that fits them, places for lamps and signs, and a graph to walk on.

`make_roads` does all: `network` mends and joins lines, `profiles` finds heights, `layout` cuts arms back from junctions, `surfaces`
builds, `ground` leads the terrain through. All of it is a function of the lines and of the ground within `profiles.REACH_M`.
Plans are in the plane (east, north), which is (x, -z) of the world.
"""

from __future__ import annotations

from taixu.generate.places.roads.kinds import KINDS, RoadKind
from taixu.generate.places.roads.making import RoadLayer, make_roads
from taixu.generate.places.roads.network import Edge, Road, RoadGraph, make_graph

__all__ = ["KINDS", "Edge", "Road", "RoadGraph", "RoadKind", "RoadLayer", "make_graph", "make_roads"]
