"""What a graph of nodes is when its numbers and names are left out, and how far two are apart."""

from __future__ import annotations

import re
from collections import Counter

from taixu.generate.graph import Graph, Ref

_NUMBER = re.compile(r"(?<![a-z_])\d+(?:\.\d+)?")
_SPACE = re.compile(r"\s+")


def shapes_below(graph: Graph, *, depth: int = 3) -> dict[str, str]:
    """By node: its kind, its formula without numbers, and those of what it reads, `depth` deep; no names, no constants."""
    levels = dict.fromkeys(graph.nodes, "")
    for _ in range(depth):
        levels = {
            name: f"{node.kind.name}{_formula(node.parameters.get('formula'), list(node.inputs))}"
            f"({','.join(_read(levels, value) for value in node.inputs.values())})"
            for name, node in graph.nodes.items()
        }
    return levels


def _read(levels: dict[str, str], value: object) -> str:
    return f"{levels[value.node]}.{value.output}" if isinstance(value, Ref) else "#"


def _formula(text: object, inputs: list[str]) -> str:
    """A formula whose inputs are numbered as they are first read, and whose numbers are gone."""
    if not isinstance(text, str):
        return ""
    found: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        word = match.group()
        return found.setdefault(word, f"i{len(found)}") if word in inputs else word

    return "=" + _SPACE.sub("", _NUMBER.sub("#", re.sub(r"[a-z_]\w*", name, text)))


def shape_of(graph: Graph) -> Counter[str]:
    """How often which shape is in a graph."""
    needed = set(graph.needed())
    return Counter(
        shape
        for depth in (1, 2, 3)
        for name, shape in shapes_below(graph, depth=depth).items()
        if name in needed and not name.startswith("map_")
    )


def apart(a: Counter[str], b: Counter[str]) -> float:
    """0 where two graphs are the same but for their numbers, 1 where no node of one is in the other."""
    return 1.0 - sum((a & b).values()) / max(sum((a | b).values()), 1)
