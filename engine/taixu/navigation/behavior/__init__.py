"""Behaviour trees: documents that say what people do all day.

A tree is data (JSON, checked against a table of kinds); one is read once and shared by all who follow it. Nothing is asked
in every step: a leaf that waits says when it wants to be asked again, or waits for the walker's arrival, so that a thousand
people who stand about cost nothing.
"""

from __future__ import annotations

from taixu.navigation.behavior.document import Tree, behavior_schema, parse_tree
from taixu.navigation.behavior.runner import Behaviors, think

__all__ = ["Behaviors", "Tree", "behavior_schema", "parse_tree", "think"]
