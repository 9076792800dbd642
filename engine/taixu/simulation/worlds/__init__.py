"""Simulators as parts of a world: set by components, run in its fixed steps, seen as its entities."""

from taixu.simulation.worlds.branches import Branch, Branches
from taixu.simulation.worlds.components import Ghost, Simulated, Simulation
from taixu.simulation.worlds.differing import Difference, find_differences
from taixu.simulation.worlds.kinds import Poses, Prepared, SimulatorKind, SimulatorKinds, Site
from taixu.simulation.worlds.plugin import SimulationPlugin
from taixu.simulation.worlds.runs import Simulations, advance_simulations

__all__ = [
    "Branch", "Branches", "Difference", "Ghost", "Poses", "Prepared", "Simulated", "Simulation", "SimulationPlugin", "Simulations",
    "SimulatorKind", "SimulatorKinds", "Site", "advance_simulations", "find_differences",
]  # fmt: skip
