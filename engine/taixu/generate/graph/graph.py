"""Graphs of nodes: which node reads which, as text and in memory.

In text a graph is JSON: ``nodes`` by name, each with its ``kind``, its parameters and its inputs; an input is a number, a
colour, or ``"@name"`` (``"@name.output"``) for what another node makes. ``outputs`` says what the graph is for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.graph.nodes import NodeKind, node_kind
from taixu.generate.graph.values import Kind

__all__ = ["Graph", "Made", "Node", "Ref"]

FORMAT, VERSION = "taixu.graph", 1
_MOST_NODES = 400


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

    def add(self, name: str, kind: str, **given: Any) -> Made:
        """Add a node; inputs and parameters by name, `Ref`s and other `Made` nodes as inputs.

        Raises
        ------
        TaixuError
            Where a parameter is out of its range, or a name means nothing.
        """
        found = node_kind(kind)
        name = self.prefix + name
        where = f"node {name} ({kind})"
        if name in self.nodes or not name.replace("_", "").isalnum():
            raise TaixuError(f"{where}: a node needs a name of letters, digits and _ of its own")
        if len(self.nodes) >= _MOST_NODES:
            raise TaixuError(f"a graph has at most {_MOST_NODES} nodes")
        free = getattr(found.cls, "has_free_inputs", False)
        parameters = {each.name: each.default for each in found.parameters.values()}
        inputs: dict[str, Any] = {}
        for key, value in given.items():
            value = value.ref if isinstance(value, Made) else value
            if key in found.parameters:
                parameters[key] = found.parameters[key].check(value, where)
            elif key in found.inputs or free:
                inputs[key] = self._input(value, f"{where}, input {key}")
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

    def _input(self, value: Any, where: str) -> Any:
        if isinstance(value, str) and value.startswith("@"):
            node, _, output = value[1:].partition(".")
            if node not in self.nodes:
                raise TaixuError(f"{where}: there is no node {node!r} before it")
            kinds = self.nodes[node].kind.outputs
            output = output or next(iter(kinds))
            if output not in kinds:
                raise TaixuError(f"{where}: node {node} makes {', '.join(kinds)}, no {output!r}")
            return Ref(node, output, kinds[output])
        if isinstance(value, Ref):
            return self._input(str(value), where)
        numbers = value if isinstance(value, (tuple, list)) else (value,)
        if len(numbers) not in (1, 3) or not all(type(n) in (int, float) and abs(n) <= 1e9 for n in numbers):
            raise TaixuError(f"{where} is {value!r}; it must be a number, a colour or @node")
        return tuple(float(n) for n in numbers) if isinstance(value, (tuple, list)) else float(value)

    def put_out(self, **outputs: Any) -> None:
        """Say what the graph is for: refs, numbers and colours by name."""
        for name, value in outputs.items():
            self.outputs[name] = self._input(value.ref if isinstance(value, Made) else value, f"output {name}")

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

    # Text

    def to_text(self) -> str:
        """The graph as JSON, a node a line."""
        nodes = []
        for name, node in self.nodes.items():
            said: dict[str, Any] = {"kind": node.kind.name}
            said |= {key: _plain(value) for key, value in node.inputs.items()}
            said |= {key: _plain(value) for key, value in node.parameters.items() if value != node.kind.parameters[key].default}
            nodes.append(f"    {json.dumps(name)}: {json.dumps(said, ensure_ascii=False)}")
        outputs = json.dumps({key: _plain(value) for key, value in self.outputs.items()})
        body = ",\n".join(nodes)
        return (
            f'{{\n  "format": "{FORMAT}",\n  "version": {VERSION},\n  "seed": {self.seed},\n'
            f'  "nodes": {{\n{body}\n  }},\n  "outputs": {outputs}\n}}\n'
        )

    @classmethod
    def from_text(cls, text: str, *, name: str = "graph") -> Graph:
        """Read a graph.

        Raises
        ------
        TaixuError
            One sentence that says where something is wrong.
        """
        try:
            data = json.loads(text)
            nodes, outputs, seed = dict(data["nodes"]), dict(data["outputs"]), int(data.get("seed", 0))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise TaixuError(f"{name}: this is no graph of nodes ({type(error).__name__}: {str(error)[:80]})") from None
        if data.get("format") != FORMAT or data.get("version") != VERSION:
            raise TaixuError(f"{name}: its format is {data.get('format')!r} {data.get('version')!r}; this reads {FORMAT} {VERSION}")
        graph = cls(seed=seed)
        for key, said in nodes.items():
            if not isinstance(said, dict) or not isinstance(said.get("kind"), str):
                raise TaixuError(f"{name}: node {key!r} says no kind")
            rest = {each: tuple(value) if isinstance(value, list) else value for each, value in said.items() if each != "kind"}
            graph.add(str(key), said["kind"], **rest)
        graph.put_out(**{str(each): tuple(value) if isinstance(value, list) else value for each, value in outputs.items()})
        return graph


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
