"""Places for nodes that have none: columns by how far a node is from what comes out, with few links that cross."""

from __future__ import annotations

from taixu.generate.graph import Graph, Node, Ref
from taixu_editor.graphs.edits import OUTPUTS

__all__ = ["COLUMN", "arrange", "height_of"]

COLUMN = 250.0
"""From one column to the next, in units of the canvas."""
_HEAD, _ROW, _FIELD, _GAP = 185.0, 24.0, 25.0, 28.0
_SWEEPS = 6


def arrange(graph: Graph) -> dict[str, tuple[float, float]]:
    """A place for every node, and for what the graph puts out.

    Layers by the longest way to what comes out; within a layer nodes stand in the order of the mean of those that they are
    connected to, layer after layer, to and fro (Sugiyama, Tagawa and Toda 1981).
    """
    reads = {name: list(dict.fromkeys(ref.node for ref in node.refs.values())) for name, node in graph.nodes.items()}
    reads[OUTPUTS] = list(dict.fromkeys(value.node for value in graph.outputs.values() if isinstance(value, Ref)))
    readers: dict[str, list[str]] = {name: [] for name in reads}
    for name, found in reads.items():
        for each in found:
            readers[each].append(name)
    layer = {OUTPUTS: 0}
    for name in reversed(graph.nodes):
        layer[name] = 1 + max((layer[each] for each in readers[name]), default=0)
    columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in reads:
        columns[layer[name]].append(name)
    for sweep in range(_SWEEPS):
        order = {name: i / max(len(column) - 1, 1) for column in columns for i, name in enumerate(column)}
        beside = readers if sweep % 2 == 0 else reads
        for column in columns if sweep % 2 == 0 else reversed(columns):
            means = {name: _mean([order[each] for each in beside[name]], order[name]) for name in column}
            column.sort(key=means.__getitem__)
            order |= {name: i / max(len(column) - 1, 1) for i, name in enumerate(column)}
    places: dict[str, tuple[float, float]] = {}
    for number, column in enumerate(columns):
        heights = [height_of(graph.nodes.get(name), graph) for name in column]
        top = -(sum(heights) + _GAP * (len(heights) - 1)) / 2
        for name, height in zip(column, heights, strict=True):
            places[name] = (-COLUMN * number, round(top, 1))
            top += height + _GAP
    return places


def height_of(node: Node | None, graph: Graph) -> float:
    """How high a node is shown, about; None is what the graph puts out."""
    if node is None:
        return 60.0 + _ROW * max(len(graph.outputs), 7)
    rows = max(len({*node.kind.inputs, *node.inputs}), len(node.kind.outputs))
    numbers = sum(each.kind == "float" and not isinstance(each.default, bool) for each in node.kind.parameters.values())
    return _HEAD + _ROW * rows + _FIELD * min(numbers, 2)


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default
