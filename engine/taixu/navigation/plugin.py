"""The plugin that lets people find their way."""

from __future__ import annotations

from taixu.app import App, Stage
from taixu.navigation.agents import Agents, walk_agents
from taixu.navigation.behavior import Behaviors, think
from taixu.navigation.components import NAVIGATION_COMPONENTS
from taixu.navigation.navigator import Navigator

__all__ = ["NavigationPlugin"]


class NavigationPlugin:
    """Adds the mesh, agents and behaviours; the plugins of physics and animation come before it."""

    def build(self, app: App) -> None:
        """Add components, resources and systems."""
        for cls in NAVIGATION_COMPONENTS:
            app.register_component(cls)
        app.insert_resource(Navigator())
        app.insert_resource(Agents())
        app.insert_resource(Behaviors())
        app.add_system(Stage.FIXED, think)
        app.add_system(Stage.FIXED_LAST, walk_agents)
