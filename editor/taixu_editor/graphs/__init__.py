"""Graphs of procedural materials that are open to be edited: their texts, edits, pictures, and how they become files of maps.

Nothing here lays out an interface: a window's panel, a script and an agent use the same documents and operations.
"""

from __future__ import annotations

from taixu_editor.graphs.book import GraphBook
from taixu_editor.graphs.document import GRAPH_ENDING, GraphDocument
from taixu_editor.graphs.operations import graph_operations

__all__ = ["GRAPH_ENDING", "GraphBook", "GraphDocument", "graph_operations"]
