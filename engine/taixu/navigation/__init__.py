"""Finding the way: a mesh made of any world's colliders, ways over it, people who walk them, and what they do all day.

The ground is known twice. Floors are cells that one can stand on, linked with their neighbours: they say at once where
somebody is, how high, and what stops a step. Polygons over them are few: ways are searched there, and pulled tight. A mesh
never changes; `Navigator` makes another in the background when colliders move, of which only the tiles that they touch are
new. Ways are fields around goals rather than lists for each walker, so everybody who wants to one place shares one, and
`Crowd` moves people by columns: ways, avoidance and steps are array operations over all of them.

`NavigationMesh` and `Crowd` know no world; `Navigator` and `Agents` tie them to one.
"""

from __future__ import annotations

from taixu.navigation.agents import Agents
from taixu.navigation.areas import Area
from taixu.navigation.behavior import Behaviors
from taixu.navigation.components import NAVIGATION_COMPONENTS, Agent, Behavior, Navigation, NavigationArea, NavigationLink
from taixu.navigation.crowd import Crowd
from taixu.navigation.drawing import agent_lines, mesh_lines, route_lines
from taixu.navigation.mesh import Link, NavigationMesh, Route, make_mesh
from taixu.navigation.navigator import Navigator
from taixu.navigation.pieces import Piece
from taixu.navigation.plugin import NavigationPlugin
from taixu.navigation.settings import MeshSettings

__all__ = [
    "NAVIGATION_COMPONENTS", "Agent", "Agents", "Area", "Behavior", "Behaviors", "Crowd", "Link", "MeshSettings", "Navigation",
    "NavigationArea", "NavigationLink", "NavigationMesh", "NavigationPlugin", "Navigator", "Piece", "Route", "agent_lines",
    "make_mesh", "mesh_lines", "route_lines",
]
