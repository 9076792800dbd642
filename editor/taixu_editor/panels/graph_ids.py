"""Numbers by which the node editor knows nodes, pins and links; a thing keeps its number as long as its tab is open."""

from __future__ import annotations

from collections.abc import Hashable

__all__ = ["GraphIds", "Pin"]

Pin = tuple[str, str, bool]
"""A node's name, an input or an output, and whether it is an output."""


class GraphIds:
    """Numbers, and what they stand for."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._things: dict[int, Hashable] = {}

    def number(self, thing: Hashable) -> int:
        """A thing's number, from 1 on."""
        found = self._numbers.get(thing)
        if found is None:
            found = self._numbers[thing] = len(self._numbers) + 1
            self._things[found] = thing
        return found

    def node(self, number: int) -> str:
        """The node (or the frame) of a number; empty where it is another thing's."""
        thing = self._things.get(number)
        return thing if isinstance(thing, str) else ""

    def pin(self, number: int) -> Pin | None:
        """The pin of a number."""
        thing = self._things.get(number)
        return thing if isinstance(thing, tuple) and len(thing) == 3 else None

    def link(self, number: int) -> tuple[str, str] | None:
        """The end of a link: a node and its input."""
        thing = self._things.get(number)
        return (str(thing[1][0]), str(thing[1][1])) if isinstance(thing, tuple) and len(thing) == 2 else None

    @staticmethod
    def link_to(node: str, key: str) -> Hashable:
        """What `number` knows the link by that ends at an input."""
        return ("link", (node, key))
