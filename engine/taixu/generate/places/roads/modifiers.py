"""Roads as a modifier: lines on a stack become heights, a mask and what is drawn."""

from __future__ import annotations

from typing import Any

from taixu.ecs import Data, component, field
from taixu.generate.modifiers.kinds import ModifierKind

__all__ = ["KINDS", "RoadNetwork", "road_bounds"]


@component("road_network")
class RoadNetwork:
    """Roads: carriageways, pavements, junctions, bridges, lamps, and ground that leads to them."""

    roads: Data = field(default=[],
        doc="A list of {points: [[x, z], ...], kind, curved, name}; kinds are path, track, alley, lane, village, "
                                        "street, avenue, highway.")  # fmt: skip


def road_bounds(parameters: Any, frame: Any) -> Any:
    """Where roads change something."""
    from taixu.generate.places.roads.layers import bounds_of

    return bounds_of(parameters, frame)


KINDS: tuple[ModifierKind, ...] = (
    ModifierKind(
        RoadNetwork, "taixu.generate.places.roads.layers:make_road_layers", reads=("heights",), writes=("heights",
            "mask.road", "things"),
        bounds="taixu.generate.places.roads.modifiers:road_bounds", plan="taixu.generate.places.roads.layers:plan_road_network",
        version=3, most_level=0,
    ),
)  # fmt: skip
"""What this package brings."""
