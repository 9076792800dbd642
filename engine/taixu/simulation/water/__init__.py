"""Shallow water: rain on streets, rivers over their banks."""

from taixu.simulation.water.water import Volumes, Water

__all__ = ["Volumes", "Water"]
