"""Graphs of nodes that make pictures: noise, patterns, filters and formulas.

A node's kernel is one Python function; numpy computes it, or a compute shader that is written from it. So generators work
on machines without a GPU, fast on those with one, and a plugin's node needs no GLSL.
"""

from taixu.generate.graph.evaluate import Pictures, evaluate
from taixu.generate.graph.graph import MOST_NODES, Graph, Made, Node, Ref, in_order
from taixu.generate.graph.kernel import Kernel, Source
from taixu.generate.graph.live import LivePictures
from taixu.generate.graph.nodes import Color, Fixed, NodeKind, Parameter, Socket, field, misfit, node, node_kind, node_kinds
from taixu.generate.graph.values import Kind, Value

__all__ = [
    "MOST_NODES", "Color", "Fixed", "Graph", "Kernel", "Kind", "LivePictures", "Made", "Node", "NodeKind", "Parameter", "Pictures",
    "Ref", "Socket", "Source", "Value", "evaluate", "field", "in_order", "misfit", "node", "node_kind", "node_kinds",
]  # fmt: skip
