"""Crowds: thousands who walk to exits, through doors and over stairs."""

from taixu.simulation.crowd.crowd import People

__all__ = ["People"]
