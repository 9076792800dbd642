"""Pictures of every node of a graph that somebody edits, kept from change to change: only what changed is computed again.

A picture belongs to all that decides it (kind, parameters, chance, and the same of what it reads). A change begins a new pass
when the present one is through: so pictures that are far down come again while a slider is dragged, too.
"""

from __future__ import annotations

import hashlib
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.graph.evaluate import ArrayRun, DeviceRun
from taixu.generate.graph.graph import Graph, Node, Ref

if TYPE_CHECKING:
    from taixu.gpu import Device, Texture

__all__ = ["LivePictures"]


class LivePictures:
    """Small pictures of all nodes of a graph, computed a few at a time.

    Parameters
    ----------
    size
        Pixels along an edge.
    device
        Computes; without one numpy does.

    Attributes
    ----------
    errors
        Why nodes have no picture, a sentence by name; those that read them say so, too.
    computed
        How many pictures were computed so far.
    """

    def __init__(self, size: int, *, device: Device | None = None) -> None:
        self.size, self.device = size, device
        self.errors: dict[str, str] = {}
        self.computed = 0
        self._graph = Graph()
        self._run = self._new_run()
        self._next: Graph | None = None
        self._waiting: list[str] = []
        self._wanted: dict[str, str] = {}
        """What each node's picture has to be."""
        self._made: dict[str, str] = {}
        """What it is."""

    def follow(self, graph: Graph) -> None:
        """Show this graph from now on; what is being computed is finished first. The graph is not changed any more."""
        self._next = graph.unmuted()

    @property
    def is_done(self) -> bool:
        """Whether every node has the picture that it shall have, or an error."""
        return self._next is None and not self._waiting

    def step(self, budget_secs: float) -> list[str]:
        """Compute pictures until so much time is gone, one at the least; the names of those that are new."""
        began, made = perf_counter(), []
        while not self.is_done:
            if not self._waiting:
                self._begin_pass()
                continue
            name = self._waiting.pop(0)
            self._compute(name)
            made.append(name)
            if perf_counter() - began >= budget_secs:
                break
        return made

    def has(self, name: str) -> bool:
        """Whether a node has a picture, be it one from before the latest change."""
        return name in self._made

    def node(self, name: str) -> Node | None:
        """A node as its picture was computed; None where it has none."""
        return self._graph.nodes.get(name) if name in self._made else None

    def texture(self, name: str) -> Texture:
        """A node's picture on the device, all its outputs in one; good until the next `step`."""
        assert isinstance(self._run, DeviceRun)
        return self._run.textures[name]

    def read(self, ref: Ref) -> NDArray[np.float32]:
        """An output as an array, [size, size] or [size, size, 3], rows from the lower edge up."""
        return self._run.read(ref)

    def release(self) -> None:
        """Give all pictures back."""
        self._run.close()
        self._made.clear()
        self._wanted.clear()
        self._waiting.clear()
        self._next = None

    def _new_run(self) -> ArrayRun | DeviceRun:
        graph = Graph()
        return ArrayRun(graph, self.size) if self.device is None else DeviceRun(graph, self.size, self.device)

    def _begin_pass(self) -> None:
        assert self._next is not None
        self._graph, self._next = self._next, None
        self._wanted = _keys(self._graph)
        for name in [each for each in self._made if each not in self._wanted]:
            self._drop(name)
        self.errors = {name: said for name, said in self.errors.items() if name in self._wanted}
        self._waiting = [name for name, key in self._wanted.items() if self._made.get(name) != key]
        self._run.graph = self._graph

    def _compute(self, name: str) -> None:
        node = self._graph.nodes[name]
        lacking = next((ref.node for ref in node.refs.values() if ref.node in self.errors), "")
        try:
            if lacking:
                raise TaixuError(f"it reads {lacking}, which has no picture")
            self._run.compute(name, node)
        except TaixuError as error:
            self._drop(name)
            self.errors[name] = str(error)
            return
        self.errors.pop(name, None)
        self._made[name] = self._wanted[name]
        self.computed += 1

    def _drop(self, name: str) -> None:
        if self._made.pop(name, None) is not None:
            self._run.drop(name)


def _keys(graph: Graph) -> dict[str, str]:
    """By node: a hash of all that decides its picture."""
    keys: dict[str, str] = {}
    for name, node in graph.nodes.items():
        inputs = {key: (keys[value.node], value.output) if isinstance(value, Ref) else value for key, value in node.inputs.items()}
        said = repr((node.kind.name, node.kind.version, sorted(node.parameters.items()), graph.seed_of(name), inputs))
        keys[name] = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    return keys
