"""The pass graph: passes say what they read and write; order and textures follow, once for each configuration.

A `PassNode` is immutable and knows nothing of a frame: what belongs to a frame reaches `run` in a `PassContext`. Names
("color", "depth", "shadow_atlas", ...) stand for textures. A node that gives a `TextureSpec` for a name creates it; one
that gives None draws over what is there. Order: creators before those that draw over, in the order of `rank` and then
of adding; a reader comes after all writers whose rank is not above its own. Nodes that feed no wanted output are left
out, unless `is_needed`. Textures whose lives do not overlap share memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from taixu.gpu import Device, Targets, Texture

if TYPE_CHECKING:
    from taixu.render.context import PassContext

__all__ = ["PassGraph", "PassNode", "Rank", "ResolvedGraph", "TextureSpec"]


class Rank:
    """Where in a frame a node belongs; numbers between are free for plugins."""

    PREPARE, SHADOWS, DEPTH, AMBIENT, OPAQUE, SKY, TRANSPARENT, RESOLVE, POST, TONEMAP, OVERLAY = range(0, 1100, 100)


@dataclass(frozen=True, slots=True)
class TextureSpec:
    """A texture that a node creates: format, size relative to the view's (or fixed), samples, levels.

    `keep` textures belong to the view and live on to the next frame (histories); others are shared between nodes.
    """

    format: str
    scale: float = 1.0
    size: tuple[int, int] | None = None
    samples: int = 1
    levels: int | None = 1
    kind: str = "2d"
    layers: int = 1
    keep: bool = False

    def resolve_size(self, view_size: tuple[int, int]) -> tuple[int, int]:
        """Texels for a view of this size."""
        if self.size:
            return self.size
        return max(1, round(view_size[0] * self.scale)), max(1, round(view_size[1] * self.scale))


@runtime_checkable
class PassNode(Protocol):
    """A pass. `reads` and the keys of `writes` are resource names."""

    @property
    def name(self) -> str:
        """For messages and timings."""

    @property
    def rank(self) -> int:
        """Where in a frame it belongs, see `Rank`."""

    @property
    def reads(self) -> Sequence[str]:
        """What it reads."""

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """What it creates (with a spec) or draws over (None)."""

    def run(self, context: PassContext) -> None:
        """Draw or dispatch, for one view of one frame."""


@dataclass
class ResolvedGraph:
    """A configuration made ready: nodes in order, textures by name, targets as nodes ask for them."""

    nodes: tuple[PassNode, ...]
    textures: dict[str, Texture]
    specs: dict[str, TextureSpec]
    size: tuple[int, int]
    _targets: dict[tuple[object, ...], Targets] = field(default_factory=dict)

    def targets(self, device: Device, colors: Sequence[str | None], depth: str | None) -> Targets:
        """Targets of these textures, made once."""
        key = (*colors, "|", depth)
        found = self._targets.get(key)
        if found is None:
            views = [None if name is None else self.textures[name] for name in colors]
            found = self._targets[key] = device.targets(
                views, None if depth is None else self.textures[depth], label="+".join(str(k) for k in key)
            )
        return found  # fmt: skip

    def release(self) -> None:
        """Give the textures back."""
        for targets in self._targets.values():
            targets.release()
        for texture in set(self.textures.values()):
            texture.release()


class PassGraph:
    """Collects nodes and resolves them."""

    def __init__(self, nodes: Iterable[PassNode] = ()) -> None:
        self.nodes: list[PassNode] = list(nodes)

    def add(self, node: PassNode) -> None:
        """Add a node; where it runs follows from its rank, reads and writes."""
        self.nodes.append(node)

    def order(self, outputs: Iterable[str]) -> list[PassNode]:
        """The nodes that `outputs` need, in an order that respects reads and writes.

        Raises
        ------
        ValueError
            Where a resource is read but nobody writes it, or nodes need each other in a circle.
        """
        edges = self._edges()
        wanted, stack = set[int](), [i for i, n in enumerate(self.nodes)
                                     if getattr(n, "is_needed", False) or set(n.writes) & set(outputs)]  # fmt: skip
        while stack:
            i = stack.pop()
            if i not in wanted:
                wanted.add(i)
                stack.extend(edges[i])
        done: list[int] = []
        left = sorted(wanted, key=lambda i: (self.nodes[i].rank, i))
        while left:
            ready = next((i for i in left if edges[i] <= set(done)), None)
            if ready is None:
                raise ValueError(f"passes need each other in a circle: {', '.join(self.nodes[i].name for i in left)}")
            done.append(ready)
            left.remove(ready)
        return [self.nodes[i] for i in done]

    def _edges(self) -> list[set[int]]:
        """For each node the nodes that must run before it."""
        writers: dict[str, list[int]] = {}
        for i in sorted(range(len(self.nodes)), key=lambda i: (self.nodes[i].rank, i)):
            for name in self.nodes[i].writes:
                writers.setdefault(name, []).append(i)
        edges: list[set[int]] = [set() for _ in self.nodes]
        for name, chain in writers.items():
            # Creators first: a node that draws over a texture comes after the one that makes it.
            chain.sort(key=lambda i: (self.nodes[i].writes[name] is None, self.nodes[i].rank, i))
            for before, after in pairwise(chain):
                edges[after].add(before)
        for i, node in enumerate(self.nodes):
            for name in node.reads:
                if name not in writers:
                    raise ValueError(f"pass {node.name} reads {name!r}, which no pass writes")
                if name not in node.writes:
                    edges[i].update(w for w in writers[name] if self.nodes[w].rank <= node.rank and w != i)
        return edges

    def resolve(
        self, device: Device, size: tuple[int, int], outputs: Iterable[str], *, drawn_size: tuple[int, int] | None = None
    ) -> ResolvedGraph:
        """Order the nodes and make their textures for a view of `size`; what nodes before `Rank.POST` make is for `drawn_size`,
        where that is another.
        """
        wanted = set(outputs)
        nodes = self.order(wanted)
        specs: dict[str, TextureSpec] = {}
        sizes: dict[str, tuple[int, int]] = {}
        life: dict[str, list[int]] = {}
        for at, node in enumerate(nodes):
            for name, spec in node.writes.items():
                if spec is not None and name not in specs:
                    specs[name] = spec
                    sizes[name] = spec.resolve_size((drawn_size or size) if node.rank < Rank.POST else size)
                life.setdefault(name, [at, at])[1] = at
            for name in node.reads:
                life.setdefault(name, [at, at])[1] = at
        textures: dict[str, Texture] = {}
        free: list[tuple[int, TextureSpec, Texture]] = []  # (last use, spec, texture) that later lives may take
        for name, spec in sorted(specs.items(), key=lambda item: life[item[0]][0]):
            first, last = life[name]
            lasting = spec.keep or name in wanted
            slot = None if lasting else next(
                (i for i, (end, have, texture) in enumerate(free)
                 if end < first and have == spec and texture.size == sizes[name]), None)  # fmt: skip
            if slot is None:
                texture = device.texture(sizes[name], spec.format, samples=spec.samples, levels=spec.levels,
                                         kind=spec.kind, layers=spec.layers, label=name)  # fmt: skip
            else:
                texture = free.pop(slot)[2]
            textures[name] = texture
            if not lasting:
                free.append((last, spec, texture))
        return ResolvedGraph(tuple(nodes), textures, specs, size)
