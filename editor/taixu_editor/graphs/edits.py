"""Edits of graphs: each takes a graph and gives another one, or says in a sentence why not. Nobody changes the one it was."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.graph import MOST_NODES, Graph, Node, Ref, in_order, node_kind
from taixu.generate.materials import MAPS

__all__ = [
    "OUTPUTS", "add_node", "copied_text", "duplicate_nodes", "fresh_name", "insert_node", "move_nodes", "mute_nodes", "names_in",
    "needs_of", "node_places",
    "paste_text", "place_of", "remove_nodes", "set_values",
]  # fmt: skip

OUTPUTS = "@outputs"
"""What the graph makes, shown like a node; its inputs are the maps of a material."""
_FARTHEST = 1e6
_NEW_INPUT = 0.5


def set_values(graph: Graph, name: str, values: Mapping[str, Any]) -> Graph:
    """Set parameters and inputs of a node: numbers, colours, words, ``"@node.output"`` to connect, None for what it is by itself.

    Raises
    ------
    TaixuError
        Where a value is out of its range, does not fit, or nodes would read each other in a circle.
    """
    made = graph.copy()
    if name == OUTPUTS:
        for key, value in values.items():
            if not key or len(key) > 64:
                raise TaixuError(f"{key[:64]!r} is no name of a map; there are {', '.join(MAPS)}")
            if value is None:
                made.outputs.pop(key, None)
            else:
                made.put_out(**{key: _tuple(value)})
        return made
    node = _node(graph, name)
    where = f"node {name} ({node.kind.name})"
    parameters, inputs = dict(node.parameters), dict(node.inputs)
    connects = False
    for key, value in values.items():
        if key in node.kind.parameters:
            declared = node.kind.parameters[key]
            parameters[key] = declared.default if value is None else declared.check(_tuple(value), where)
        elif key not in node.kind.inputs and not node.kind.has_free_inputs:
            known = ", ".join([*node.kind.inputs, *node.kind.parameters])
            raise TaixuError(f"{where} has no {key[:64]!r}; it has {known or 'nothing to set'}")
        elif value is None:
            inputs.pop(key, None)
        else:
            inputs[key] = read = graph.read_input(_tuple(value), f"{where}, input {key[:64]}", node.kind.inputs.get(key))
            if isinstance(read, Ref):
                connects = True
                if read.node == name:
                    raise TaixuError(f"{name} cannot read itself")
                if name in needs_of(graph, read.node):
                    raise TaixuError(f"{read.node} reads {name} already: that would be a circle")
    if node.kind.has_free_inputs:
        inputs = _inputs_of_formula(node, parameters, inputs)
    made.nodes[name] = Node(node.kind, parameters, inputs)
    if connects:
        made.nodes = in_order(made.nodes)
    return made


def add_node(
    graph: Graph, kind: str, *, name: str = "", place: tuple[float, float] | None = None, values: Mapping[str, Any] | None = None
) -> tuple[Graph, str]:
    """Add a node; gives the graph and the node's name."""
    made = graph.copy()
    name = fresh_name(graph, name or kind.rpartition(".")[2])
    made.add(name, kind)
    if values:
        made = set_values(made, name, values)
    if node_kind(kind).has_free_inputs:
        made = set_values(made, name, {})
    return (made if place is None else move_nodes(made, {name: place})), name


def remove_nodes(graph: Graph, names: Collection[str], *, heals: bool = False) -> Graph:
    """Take nodes away; what read them has what it has by itself, or, healed, what they read."""
    for name in names:
        _node(graph, name)
    gone = set(names)
    made = graph.copy()
    if heals:
        made.muted = gone
        plain = made.unmuted()
        made.nodes, made.outputs = dict(plain.nodes), dict(plain.outputs)
    made.muted = graph.muted - gone
    made.nodes = {name: _without(node, gone) for name, node in made.nodes.items() if name not in gone}
    made.outputs = {key: value for key, value in made.outputs.items() if not (isinstance(value, Ref) and value.node in gone)}
    places = {name: place for name, place in node_places(graph).items() if name not in gone}
    made.layout = {**graph.layout, "places": places}
    return made


def insert_node(
    graph: Graph, name: str, target: str, key: str, *, output: str = "", through: str = ""
) -> Graph:
    """Put a node into a link: it reads what the link brought, and the link's end reads it.

    `through` and `output` are its input and output; the first that fit where they are empty.
    """
    node = _node(graph, name)
    before = (graph.outputs if target == OUTPUTS else _node(graph, target).inputs).get(key)
    if not isinstance(before, Ref):
        raise TaixuError(f"nothing is connected to {key[:64]!r} of {target}")
    problem = f"{name} has no input for what this link brings"
    for each in [through] if through else [*node.kind.inputs, *node.inputs]:
        if isinstance(node.inputs.get(each), Ref):
            continue
        for made in [output] if output else node.kind.outputs:
            try:
                return set_values(set_values(graph, name, {each: str(before)}), target, {key: f"@{name}.{made}"})
            except TaixuError as error:
                problem = str(error)
    raise TaixuError(problem)


def duplicate_nodes(graph: Graph, names: Iterable[str], *, by: tuple[float, float] = (40.0, 40.0)) -> tuple[Graph, list[str]]:
    """Copies beside the originals: what they read outside of themselves they read, too. Gives the graph and the copies' names."""
    wanted = set(names)
    chosen = {name: node for name, node in graph.nodes.items() if name in wanted}
    return _with_copies(graph, chosen, graph.muted, node_places(graph), by, keeps_outside=True)


def copied_text(graph: Graph, names: Iterable[str]) -> str:
    """Nodes as the text of a graph of their own, for clipboards."""
    wanted = set(names)
    chosen = [name for name in graph.nodes if name in wanted]
    part = Graph(seed=graph.seed, muted=graph.muted & wanted)
    part.nodes = {name: _without(graph.nodes[name], set(graph.nodes) - wanted) for name in chosen}
    part.layout = {"places": {name: place for name, place in node_places(graph).items() if name in wanted}}
    return part.to_text()


def paste_text(graph: Graph, text: str, *, at: tuple[float, float] | None = None) -> tuple[Graph, list[str]]:
    """Nodes of a text beside those that there are; gives the graph and their names.

    Raises
    ------
    TaixuError
        Where the text is no graph.
    """
    part = Graph.from_text(text, name="the clipboard")
    places = node_places(part)
    left = min((x for x, _ in places.values()), default=0.0)
    top = min((y for _, y in places.values()), default=0.0)
    by = (at[0] - left, at[1] - top) if at is not None else (40.0, 40.0)
    return _with_copies(graph, part.nodes, part.muted, places, by, keeps_outside=False)


def mute_nodes(graph: Graph, names: Iterable[str], *, is_muted: bool) -> Graph:
    """Let nodes let through what they read, or do their work again."""
    chosen = {name for name in names if _node(graph, name)}
    made = graph.copy()
    made.muted = graph.muted | chosen if is_muted else graph.muted - chosen
    return made


def move_nodes(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Graph:
    """Show nodes elsewhere."""
    made = graph.copy()
    before = node_places(graph)
    for name, (x, y) in places.items():
        if name != OUTPUTS:
            _node(graph, name)
        if not (abs(x) <= _FARTHEST and abs(y) <= _FARTHEST):
            raise TaixuError(f"node {name} cannot lie at {x:g}, {y:g}; places go to {_FARTHEST:g}")
        before[name] = (round(float(x), 1), round(float(y), 1))
    made.layout = {**graph.layout, "places": {name: list(place) for name, place in before.items()}}
    return made


def place_of(graph: Graph, name: str) -> tuple[float, float] | None:
    """Where a node is shown; None where nobody said."""
    return node_places(graph).get(name)


def needs_of(graph: Graph, name: str) -> set[str]:
    """All nodes that a node reads, at whatever distance."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for ref in graph.nodes[waiting.pop()].refs.values():
            if ref.node not in found:
                found.add(ref.node)
                waiting.append(ref.node)
    return found


def fresh_name(graph: Graph, wish: str) -> str:
    """A name that no node of the graph has."""
    stem = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_")[:48] or "node"
    if stem not in graph.nodes:
        return stem
    stem = re.sub(r"_\d+$", "", stem)
    return next(name for number in range(2, 2 * MOST_NODES + 2) if (name := f"{stem}_{number}") not in graph.nodes)


def names_in(formula: str) -> list[str]:
    """Names that a formula reads, in their order; none where it is no formula."""
    from taixu.generate.graph.kinds.formula import FUNCTIONS

    try:
        tree = ast.parse(formula[:2000], mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    called = {id(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}
    read = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and id(each) not in called]
    names = [each.id for each in sorted(read, key=lambda each: (each.lineno, each.col_offset))]
    return [name for name in dict.fromkeys(names) if name not in FUNCTIONS and len(name) <= 64][:16]


def _inputs_of_formula(node: Node, parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A formula's inputs are the names that it reads; a link that it does not read any more stays until it is taken away."""
    wanted = names_in(str(parameters["formula"]))
    kept = {key: value for key, value in inputs.items() if key in wanted or isinstance(value, Ref) or not wanted}
    return kept | {key: _NEW_INPUT for key in wanted if key not in kept and key not in ("x", "y")}


def _with_copies(
    graph: Graph, nodes: Mapping[str, Node], muted: Collection[str], places: Mapping[str, tuple[float, float]],
    by: tuple[float, float], *, keeps_outside: bool,
) -> tuple[Graph, list[str]]:  # fmt: skip
    if len(graph.nodes) + len(nodes) > MOST_NODES:
        raise TaixuError(f"a graph has at most {MOST_NODES} nodes; {len(graph.nodes)} and {len(nodes)} are more")
    made = graph.copy()
    names: dict[str, str] = {}
    for name in nodes:
        names[name] = fresh_name(made, name)
        made.nodes[names[name]] = nodes[name]  # holds the name until its links are known
    for name, node in nodes.items():
        inputs: dict[str, Any] = {}
        for key, value in node.inputs.items():
            if not isinstance(value, Ref):
                inputs[key] = value
            elif value.node in names:
                inputs[key] = Ref(names[value.node], value.output, value.kind)
            elif keeps_outside:
                inputs[key] = value
        if node.kind.has_free_inputs:
            inputs = _inputs_of_formula(node, node.parameters, inputs)
        made.nodes[names[name]] = Node(node.kind, node.parameters, inputs)
    made.muted = graph.muted | {names[name] for name in nodes if name in muted}
    moved = {names[name]: (places[name][0] + by[0], places[name][1] + by[1]) for name in nodes if name in places}
    return move_nodes(made, moved), list(names.values())


def _without(node: Node, gone: Collection[str]) -> Node:
    inputs = {key: value for key, value in node.inputs.items() if not (isinstance(value, Ref) and value.node in gone)}
    if len(inputs) == len(node.inputs):
        return node
    if node.kind.has_free_inputs:
        inputs = _inputs_of_formula(node, node.parameters, inputs)
    return Node(node.kind, node.parameters, inputs)


def _node(graph: Graph, name: str) -> Node:
    found = graph.nodes.get(name)
    if found is None:
        raise TaixuError(f"the graph has no node {name[:64]!r}")
    return found


def node_places(graph: Graph) -> dict[str, tuple[float, float]]:
    """Places as far as a text says them well; it may have been written by anybody."""
    said = graph.layout.get("places", {})
    found: dict[str, tuple[float, float]] = {}
    for name, place in said.items() if isinstance(said, dict) else ():
        is_pair = isinstance(place, (list, tuple)) and len(place) == 2 and all(type(v) in (int, float) for v in place)
        if is_pair and all(abs(v) <= _FARTHEST for v in place) and (name in graph.nodes or name == OUTPUTS):
            found[name] = (float(place[0]), float(place[1]))
    return found


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
