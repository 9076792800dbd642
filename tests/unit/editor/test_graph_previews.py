"""Pictures of the nodes of an open graph, on the device: what is shown, what is computed again, what is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from taixu.generate.graph import Graph, Node
from taixu_editor.graphs.previews import Ball, Previews


class Shown:
    """What previews ask of a document."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph


def a_graph() -> Graph:
    graph = Graph(seed=3)
    graph.add("cells", "noise.cells", across=4, upwards=4)
    graph.add("ramp", "color.ramp", value="@cells.edge", fourth=(0.9, 0.1, 0.1))
    graph.add("wrong", "math.formula", formula="a +", a=1.0)
    graph.put_out(base_color="@ramp", height="@cells.near", roughness=0.3)
    return graph


@pytest.fixture
def previews() -> Iterator[Previews]:
    from gpu_device import shared_device

    made = Previews(shared_device(), Shown(a_graph()))  # type: ignore[arg-type]
    yield made
    for texture in made.release():
        texture.release()


def run(previews: Previews) -> list[Any]:
    gone = []
    while not previews.is_done:
        gone += previews.frame(0.0)
    return gone


def pixels(texture: Any) -> Any:
    return np.asarray(texture.read()).astype(int)[..., :3]


def test_every_node_has_a_picture_or_a_reason(previews: Previews) -> None:
    assert not previews.is_done
    run(previews)
    assert "ramp" in previews.tiles and "cells" in previews.tiles and "wrong" not in previews.tiles
    assert "no formula" in previews.errors["wrong"]
    assert "made_normal" in previews.tiles, "what stands for a map that nobody made is computed with the rest"
    red = pixels(previews.tiles["ramp"])
    assert (red[..., 0] >= red[..., 1]).all() and red[..., 0].max() > 200
    before = pixels(previews.tiles["cells"])
    previews.choose("cells", "number")
    assert previews.shown("cells") == "number"
    assert (pixels(previews.tiles["cells"]) != before).any()


def test_a_change_computes_what_hangs_on_it_and_a_node_that_goes_leaves_nothing(previews: Previews) -> None:
    run(previews)
    count, graph = previews.live.computed, previews.document.graph.copy()
    ramp = graph.nodes["ramp"]
    graph.nodes["ramp"] = Node(ramp.kind, {**ramp.parameters, "fourth": (0.1, 0.1, 0.9)}, ramp.inputs)
    previews.document.graph = graph
    run(previews)
    assert previews.live.computed == count + 1
    assert pixels(previews.tiles["ramp"])[..., 2].max() > 200
    less = graph.copy()
    del less.nodes["wrong"], less.nodes["ramp"], less.outputs["base_color"]
    previews.document.graph = less
    gone = run(previews)
    assert len(gone) == 1 and "ramp" not in previews.tiles and previews.errors == {}
    gone[0].release()


def test_the_ball_shows_the_maps_and_only_whole_states(previews: Previews) -> None:
    ball = Ball(previews)
    run(previews)
    ground = (0.2, 0.2, 0.2, 1.0)
    texture = ball.frame(ground)
    assert texture is not None
    shown = pixels(texture)
    assert abs(shown[2, 2] - 51).max() <= 1, "its ground"
    assert shown[128, 128].tolist() != shown[2, 2].tolist()
    ball.is_plane = True
    assert (pixels(ball.frame(ground)) != shown).any()
    graph = previews.document.graph.copy()
    graph.seed = 99
    previews.document.graph = graph
    plane = pixels(ball.texture)
    previews.frame(0.0)
    assert (pixels(ball.frame(ground)) == plane).all(), "half of a change is not shown"
    run(previews)
    assert (pixels(ball.frame(ground)) != plane).any()
    texture.release()


def test_words_of_nodes_are_said_in_chinese() -> None:
    pytest.importorskip("imgui_bundle")
    from taixu.generate.graph import node_kinds
    from taixu_editor.panels.graph_look import title_of
    from taixu_editor.panels.graph_words import NodeWords
    from taixu_editor.texts import Texts

    word = NodeWords(Texts("zh-Hans"))
    own = [kind for kind in node_kinds().values() if kind.cls.__module__.startswith("taixu.")]
    assert [title_of(kind) for kind in own if word(title_of(kind)) == title_of(kind)] == []
    assert NodeWords(Texts())("Layers") == "Layers"
