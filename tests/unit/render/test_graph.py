from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from taixu.gpu import NullDevice
from taixu.render import PassContext, PassGraph, Rank, TextureSpec

COLOR, HALF = TextureSpec("rgba16f"), TextureSpec("rgba16f", scale=0.5)


@dataclass(frozen=True)
class Node:
    name: str
    rank: int = Rank.OPAQUE
    reads: Sequence[str] = ()
    writes: Mapping[str, TextureSpec | None] = field(default_factory=dict)
    is_needed: bool = False

    def run(self, context: PassContext) -> None: ...


def names(nodes: Sequence[Node], *outputs: str) -> list[str]:
    return [node.name for node in PassGraph(nodes).order(outputs)]


def test_order_follows_reads_and_writes_not_adding() -> None:
    nodes = [
        Node("tonemap", Rank.TONEMAP, reads=["hdr"], writes={"color": COLOR}),
        Node("sky", Rank.SKY, reads=["depth"], writes={"hdr": None}),
        Node("opaque", Rank.OPAQUE, reads=["shadow"], writes={"hdr": COLOR, "depth": None}),
        Node("lines", Rank.OVERLAY, writes={"color": None}),
        Node("depth", Rank.DEPTH, writes={"depth": COLOR}),
        Node("shadow", Rank.SHADOWS, writes={"shadow": COLOR}),
    ]
    assert names(nodes, "color") == ["shadow", "depth", "opaque", "sky", "tonemap", "lines"]


def test_what_nobody_wants_is_left_out() -> None:
    nodes = [Node("a", writes={"color": COLOR}), Node("b", writes={"unused": COLOR}), Node("c", is_needed=True)]
    assert names(nodes, "color") == ["a", "c"]


def test_a_reader_stands_before_later_ranks() -> None:
    """Ambient occlusion reads the depth of the pre-pass, although a later pass draws over it."""
    nodes = [
        Node("opaque", Rank.OPAQUE, reads=["ao"], writes={"color": COLOR, "depth": None}),
        Node("ao", Rank.AMBIENT, reads=["depth"], writes={"ao": HALF}),
        Node("depth", Rank.DEPTH, writes={"depth": COLOR}),
    ]
    assert names(nodes, "color") == ["depth", "ao", "opaque"]


def test_missing_writers_and_circles_are_named() -> None:
    with pytest.raises(ValueError, match="pass a reads 'x', which no pass writes"):
        names([Node("a", reads=["x"], writes={"color": COLOR})], "color")
    circle = [Node("a", reads=["y"], writes={"x": COLOR}), Node("b", reads=["x"], writes={"y": COLOR})]
    with pytest.raises(ValueError, match="circle: a, b"):
        names(circle, "x")


def test_textures_with_lives_apart_share_memory() -> None:
    nodes = [
        Node("a", 1, writes={"one": HALF}),
        Node("b", 2, reads=["one"], writes={"two": HALF}),
        Node("c", 3, reads=["two"], writes={"three": HALF}),
        Node("d", 4, reads=["three"], writes={"color": HALF}),
    ]
    device = NullDevice()
    graph = PassGraph(nodes).resolve(device, (640, 360), ["color"])
    assert graph.textures["one"] is graph.textures["three"]
    assert graph.textures["one"] is not graph.textures["two"]
    assert graph.textures["color"] not in (graph.textures["one"], graph.textures["two"])
    assert graph.textures["one"].size == (320, 180)
    graph.release()
    assert device.residency["texture"] == 0
