"""All of roads in one: from lines to what is drawn, walked on, and stood beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taixu.generate.places.roads.ground import flatten_ground
from taixu.generate.places.roads.layout import Layout, make_layout
from taixu.generate.places.roads.network import Array, Road, RoadGraph, make_graph
from taixu.generate.places.roads.profiles import make_profiles
from taixu.generate.places.roads.surfaces import Furniture, build_roads

if TYPE_CHECKING:
    from taixu.generate.places.buildings.soup import Soup

__all__ = ["RoadLayer", "make_roads"]


@dataclass(frozen=True)
class RoadLayer:
    """Roads that were made.

    Attributes
    ----------
    graph
        Nodes and edges of the plan, for navigation.
    surface, collider
        To see, and to walk on.
    corridor
        What roads and pavements cover, a shape of the plan.
    """

    graph: RoadGraph
    layout: Layout
    surface: Soup
    collider: Soup
    beside: Furniture
    corridor: Any

    def flatten(self, heights: Array, east: Array, north: Array) -> tuple[Array, Array]:
        """Heights of a grid with these roads led through, and how much of each point is road; see `flatten_ground`."""
        return flatten_ground(heights, east, north, self.layout)


def make_roads(
    roads: Sequence[Road], height_at: Callable[[Any, Any], Any], water_at: Callable[[Any, Any], Any] | None = None
) -> RoadLayer:
    """Make roads over ground.

    Parameters
    ----------
    height_at, water_at
        Heights of ground and of water (far below where there is none) at east and north of points.

    Raises
    ------
    TaixuError
        Where a road cannot be read; what can be mended is told in ``graph.notes``.
    """
    graph = make_graph(roads)
    layout = make_layout(graph, make_profiles(graph, height_at, water_at))
    built = build_roads(layout)
    return RoadLayer(graph, layout, built.surface, built.collider, built.beside, corridor_of(graph))


def corridor_of(graph: RoadGraph) -> Any:
    """What roads and pavements cover."""
    import shapely

    return shapely.unary_union(
        [shapely.LineString(edge.points).buffer(edge.kind.wide_m / 2 + edge.kind.pave_m, quad_segs=3) for edge in graph.edges]
    )
