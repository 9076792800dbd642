"""Taixu's own kinds of nodes; importing this declares them."""

from taixu.generate.graph.kinds import arrange, bonds, color, filters, formula, noise, patterns

__all__ = ["arrange", "bonds", "color", "filters", "formula", "noise", "patterns"]
