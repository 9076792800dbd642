"""The plugin that runs a world's simulators."""

from __future__ import annotations

from taixu.app import App, Stage
from taixu.simulation.worlds.branches import Branches
from taixu.simulation.worlds.built_in import add_built_in
from taixu.simulation.worlds.components import Ghost, Simulated, Simulation
from taixu.simulation.worlds.ghosts import GhostsShown, show_ghosts
from taixu.simulation.worlds.kinds import SimulatorKinds
from taixu.simulation.worlds.runs import Simulations, advance_simulations
from taixu.simulation.worlds.surfaces import WaterShown, show_water
from taixu.simulation.worlds.transit_lines import TransitShown, show_transit_lines

__all__ = ["SimulationPlugin"]


class SimulationPlugin:
    """Runs what `Simulation` components name; the plugins of scene and navigation come before it.

    Other plugins add kinds to the `SimulatorKinds` resource.
    """

    def build(self, app: App) -> None:
        """Add components, resources and systems."""
        app.register_component(Simulation)
        app.register_component(Simulated)
        app.register_component(Ghost)
        kinds, runs, branches = SimulatorKinds(), Simulations(), Branches(app.world)
        add_built_in(kinds)
        for resource in (kinds, runs, WaterShown(), TransitShown(), branches, GhostsShown()):
            app.insert_resource(resource)
        app.add_system(Stage.FIXED_LAST, advance_simulations)
        app.add_system(Stage.UPDATE, show_water)
        app.add_system(Stage.UPDATE, show_transit_lines)
        app.add_system(Stage.UPDATE, show_ghosts, after=("show_water",))
        app.on_close(runs.close)
        app.on_close(branches.close)
