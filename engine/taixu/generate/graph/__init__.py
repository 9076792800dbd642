"""Graphs of nodes that make pictures: noise, patterns, filters and formulas.

A node's kernel is one Python function; numpy computes it, or a compute shader that is written from it. So generators work
on machines without a GPU, fast on those with one, and a plugin's node needs no GLSL.
"""

from taixu.generate.graph.evaluate import Pictures, evaluate
from taixu.generate.graph.graph import Graph, Made, Node, Ref
from taixu.generate.graph.kernel import Kernel, Source
from taixu.generate.graph.nodes import Color, Fixed, NodeKind, Parameter, Socket, field, node, node_kind, node_kinds
from taixu.generate.graph.values import Kind, Value

__all__ = [
    "Color", "Fixed", "Graph", "Kernel", "Kind", "Made", "Node", "NodeKind", "Parameter", "Pictures", "Ref", "Socket", "Source",
    "Value", "evaluate", "field", "node", "node_kind", "node_kinds",
]  # fmt: skip
