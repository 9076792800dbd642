"""Graphs of nodes: which node reads which, as text and in memory.

In text a graph is JSON: ``nodes`` by name, each with its ``kind``, its parameters and its inputs; an input is a number, a
colour, or ``"@name"`` (``"@name.output"``) for what another node makes. ``outputs`` says what the graph is for. A node that
says ``"muted": true`` lets through what it reads; ``layout`` holds where an editor shows nodes, and changes no picture.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.graph.nodes import NodeKind, Socket, misfit, node_kind
from taixu.generate.graph.values import Kind

__all__ = ["MOST_NODES", "Graph", "Made", "Node", "Ref", "in_order"]

FORMAT, VERSION = "taixu.graph", 1
MOST_NODES = 400
_MOST_LETTERS = 1 << 20
_MOST_NAME = 64
_FREE = Socket()


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of a node."""

    node: str
    output: str
    kind: Kind = "float"

    def __str__(self) -> str:
        return f"@{self.node}.{self.output}"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a graph: `inputs` are `Ref`s, numbers or colours."""

    kind: NodeKind
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Any]

    def socket(self, name: str) -> Socket:
        """What an input takes; nodes with free inputs take anything."""
        return self.kind.inputs.get(name, _FREE)

    @property
    def refs(self) -> dict[str, Ref]:
        """What is connected, by input."""
        return {name: value for name, value in self.inputs.items() if isinstance(value, Ref)}


class Made:
    """A node that was just added; its outputs are attributes."""

    def __init__(self, name: str, kinds: Mapping[str, Kind]) -> None:
        self._name, self._kinds = name, kinds

    def __getattr__(self, output: str) -> Ref:
        if output.startswith("_") or output not in self._kinds:
            raise AttributeError(f"{self._name} makes {', '.join(self._kinds)}, no {output}")
        return Ref(self._name, output, self._kinds[output])

    @property
    def ref(self) -> Ref:
        """Its first output."""
        name = next(iter(self._kinds))
        return Ref(self._name, name, self._kinds[name])


@dataclass
class Graph:
    """Nodes by name, in an order in which each comes after those that it reads."""

    nodes: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    prefix: str = ""
    """Before the names of nodes that are added: two of a kind can be built into one graph."""
    muted: set[str] = field(default_factory=set)
    """Nodes that let through what they read."""
    layout: dict[str, Any] = field(default_factory=dict)
    """Where an editor shows nodes, and what it wrote beside them; JSON-able."""

    def add(self, name: str, kind: str, /, **given: Any) -> Made:
        """Add a node; inputs and parameters by name, `Ref`s and other `Made` nodes as inputs.

        Raises
        ------
        TaixuError
            Where a parameter is out of its range, or a name means nothing.
        """
        found = node_kind(kind)
        name = self.prefix + name
        where = f"node {name} ({kind})"
        if name in self.nodes or not name.replace("_", "").isalnum() or len(name) > _MOST_NAME:
            raise TaixuError(f"node {name[:_MOST_NAME]} ({kind}): a node needs a name of letters, digits and _ of its own")
        if len(self.nodes) >= MOST_NODES:
            raise TaixuError(f"a graph has at most {MOST_NODES} nodes")
        parameters = {each.name: each.default for each in found.parameters.values()}
        inputs: dict[str, Any] = {}
        for key, value in given.items():
            value = value.ref if isinstance(value, Made) else value
            if key in found.parameters:
                parameters[key] = found.parameters[key].check(value, where)
            elif key in found.inputs or found.has_free_inputs:
                inputs[key] = self.read_input(value, f"{where}, input {key}", found.inputs.get(key))
            else:
                known = ", ".join([*found.inputs, *found.parameters])
                raise TaixuError(f"{where} has no {key!r}; it has {known or 'nothing to set'}")
        self.nodes[name] = Node(found, parameters, inputs)
        return Made(name, found.outputs)

    def number(self, name: str, formula: str, **inputs: Any) -> Made:
        """Add a node that computes a number by a formula."""
        return self.add(name, "math.formula", formula=formula, **inputs)

    def color(self, name: str, formula: str, **inputs: Any) -> Made:
        """Add a node that computes a colour by a formula."""
        return self.add(name, "color.formula", formula=formula, **inputs)

    def read_input(self, value: Any, where: str, socket: Socket | None = None) -> Any:
        """What may be connected, checked: a `Ref` of a node of this graph, a number or a colour.

        Raises
        ------
        TaixuError
            Where it is none of these, or does not fit the socket.
        """
        if isinstance(value, str) and value.startswith("@"):
            node, _, output = value[1:].partition(".")
            if node not in self.nodes:
                raise TaixuError(f"{where}: there is no node {node!r} before it")
            kinds = self.nodes[node].kind.outputs
            output = output or next(iter(kinds))
            if output not in kinds:
                raise TaixuError(f"{where}: node {node} makes {', '.join(kinds)}, no {output!r}")
            reason = misfit(socket, kinds[output]) if socket is not None else ""
            if reason:
                raise TaixuError(f"{where}: {reason}")
            return Ref(node, output, kinds[output])
        if isinstance(value, Ref):
            return self.read_input(str(value), where, socket)
        numbers = value if isinstance(value, (tuple, list)) else (value,)
        if len(numbers) not in (1, 3) or not all(type(n) in (int, float) and abs(n) <= 1e9 for n in numbers):
            raise TaixuError(f"{where} is {repr(value)[:80]}; it must be a number, a colour or @node")
        return tuple(float(n) for n in numbers) if isinstance(value, (tuple, list)) else float(value)

    def put_out(self, /, **outputs: Any) -> None:
        """Say what the graph is for: refs, numbers and colours by name."""
        for name, value in outputs.items():
            self.outputs[name] = self.read_input(value.ref if isinstance(value, Made) else value, f"output {name}")

    def needed(self) -> list[str]:
        """The nodes that the outputs need, each after those that it reads."""
        wanted = {value.node for value in self.outputs.values() if isinstance(value, Ref)}
        for name in reversed(self.nodes):
            if name in wanted:
                wanted |= {value.node for value in self.nodes[name].inputs.values() if isinstance(value, Ref)}
        return [name for name in self.nodes if name in wanted]

    def seed_of(self, name: str) -> int:
        """A node's own seed, by the graph's and its name: other nodes may come and go."""
        digest = hashlib.blake2b(f"{self.seed}/{name}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "little") & 0xFFFFFF  # whole in a float

    def copy(self) -> Graph:
        """Another graph of the same nodes."""
        return Graph(dict(self.nodes), dict(self.outputs), self.seed, self.prefix, set(self.muted), dict(self.layout))

    def unmuted(self) -> Graph:
        """The graph as it is computed: who reads a muted node reads what that reads.

        A muted node gives the first of its connected inputs that has the output's kind, or the socket's plain value.
        """
        if not self.muted:
            return self
        passed: dict[tuple[str, str], Any] = {}

        def seen(value: Any) -> Any:
            return passed.get((value.node, value.output), value) if isinstance(value, Ref) else value

        nodes: dict[str, Node] = {}
        for name, node in self.nodes.items():
            nodes[name] = Node(node.kind, node.parameters, {key: seen(value) for key, value in node.inputs.items()})
            if name in self.muted:
                for output, kind in node.kind.outputs.items():
                    passed[name, output] = _passed(nodes[name], kind)
        return Graph(nodes, {key: seen(value) for key, value in self.outputs.items()}, self.seed)

    # Text

    def to_text(self) -> str:
        """The graph as JSON, a node a line."""
        nodes = []
        for name, node in self.nodes.items():
            said: dict[str, Any] = {"kind": node.kind.name, **({"muted": True} if name in self.muted else {})}
            said |= {key: _plain(value) for key, value in node.inputs.items()}
            said |= {key: _plain(value) for key, value in node.parameters.items() if value != node.kind.parameters[key].default}
            nodes.append(f"    {json.dumps(name)}: {json.dumps(said, ensure_ascii=False)}")
        outputs = json.dumps({key: _plain(value) for key, value in self.outputs.items()})
        body = ",\n".join(nodes)
        layout = f',\n  "layout": {json.dumps(self.layout, ensure_ascii=False)}' if self.layout else ""
        return (
            f'{{\n  "format": "{FORMAT}",\n  "version": {VERSION},\n  "seed": {self.seed},\n'
            f'  "nodes": {{\n{body}\n  }},\n  "outputs": {outputs}{layout}\n}}\n'
        )

    @classmethod
    def from_text(cls, text: str, *, name: str = "graph") -> Graph:
        """Read a graph.

        Raises
        ------
        TaixuError
            One sentence that says where something is wrong.
        """
        if len(text) > _MOST_LETTERS:
            raise TaixuError(f"{name}: {len(text):,} letters are more than the {_MOST_LETTERS:,} of the largest graph")
        try:
            data = json.loads(text)
            nodes, outputs, seed = dict(data["nodes"]), dict(data["outputs"]), int(data.get("seed", 0))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            raise TaixuError(f"{name}: this is no graph of nodes ({type(error).__name__}: {str(error)[:80]})") from None
        if data.get("format") != FORMAT or data.get("version") != VERSION:
            said = f"{str(data.get('format'))[:40]!r} {str(data.get('version'))[:40]}"
            raise TaixuError(f"{name}: its format is {said}; this reads {FORMAT} {VERSION}")
        if len(nodes) > MOST_NODES:
            raise TaixuError(f"{name}: {len(nodes):,} nodes; a graph has at most {MOST_NODES} nodes")
        layout = data.get("layout", {})
        graph = cls(seed=seed, layout=layout if isinstance(layout, dict) else {})
        try:
            for key in _sorted_names(nodes):
                graph._add_said(key, nodes[key])
            graph.put_out(**{str(each): _unlisted(value) for each, value in outputs.items()})
        except TaixuError as error:
            raise TaixuError(f"{name}: {error}") from None
        return graph

    def _add_said(self, name: str, said: Any) -> None:
        if not isinstance(said, dict) or not isinstance(said.get("kind"), str):
            raise TaixuError(f"node {name[:_MOST_NAME]!r} says no kind")
        rest = {key: _unlisted(value) for key, value in said.items() if key not in ("kind", "muted")}
        self.add(name, said["kind"], **rest)
        if said.get("muted") is True:
            self.muted.add(self.prefix + name)


def in_order(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Nodes so that each comes after those that it reads; those that may stay where they are do.

    Raises
    ------
    TaixuError
        Where some read each other in a circle.
    """
    return {name: nodes[name] for name in _sorted({name: [ref.node for ref in node.refs.values()] for name, node in nodes.items()})}


def _sorted_names(said: Mapping[str, Any]) -> list[str]:
    """Names of nodes in a text, each after those that it reads, as far as these are there at all."""
    reads: dict[str, list[str]] = {}
    for name, node in said.items():
        values = node.values() if isinstance(node, dict) else ()
        found = (value[1:].partition(".")[0] for value in values if isinstance(value, str) and value.startswith("@"))
        reads[name] = [each for each in found if each in said]
    return _sorted(reads)


def _sorted(reads: Mapping[str, list[str]]) -> list[str]:
    seen: set[str] = set()
    if all(seen.issuperset(wanted) and not seen.add(name) for name, wanted in reads.items()):  # type: ignore[func-returns-value]
        return list(reads)  # it is in order already
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        names = ", ".join(dict.fromkeys(error.args[1]))[:200]
        raise TaixuError(f"nodes read each other in a circle: {names}; take one of these links away") from None


def _passed(node: Node, kind: Kind) -> Any:
    """What a muted node gives in place of an output of this kind."""
    for value in node.inputs.values():
        if isinstance(value, Ref) and value.kind == kind:
            return value
    plain: float | tuple[float, ...] = 0.5
    for name, socket in node.kind.inputs.items():
        if socket.kind == kind and not isinstance(node.inputs.get(name), Ref):
            plain = node.inputs.get(name, socket.default)
            break
    if kind == "float":
        return float(plain) if not isinstance(plain, tuple) else float(sum(plain)) / len(plain)
    return plain if isinstance(plain, tuple) else (float(plain),) * 3


def _unlisted(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
