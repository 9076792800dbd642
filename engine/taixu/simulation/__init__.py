"""Co-simulation: simulators of many kinds under one clock, that meet in the world."""

from taixu.simulation.conductor import Conductor, Link, Standing
from taixu.simulation.remote import Remote
from taixu.simulation.simulator import Columns, Simulator

__all__ = ["Columns", "Conductor", "Link", "Remote", "Simulator", "Standing"]
