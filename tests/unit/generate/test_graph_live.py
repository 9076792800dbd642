"""Pictures of every node, followed from change to change."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.generate.graph import Graph, LivePictures, Node, Ref, evaluate


def a_graph(gap: float = 0.1) -> Graph:
    graph = Graph(seed=5)
    bricks = graph.add("bricks", "pattern.bricks", columns=3, rows=6, gap=gap)
    noise = graph.add("noise", "noise.layers", octaves=3)
    graph.number("height", "smoothstep(0, 0.1, edge) * (0.8 + 0.2 * n)", edge=bricks.edge, n=noise)
    graph.add("color", "color.vary", color=(0.4, 0.12, 0.08), number=bricks.number)
    graph.put_out(height="@height", base_color="@color")
    return graph


def run(live: LivePictures) -> list[str]:
    made = []
    while not live.is_done:
        made += live.step(0.0)
    return made


@pytest.mark.parametrize("has_device", [False, True])
def test_what_is_shown_is_what_an_evaluation_gives(has_device: bool) -> None:
    from gpu_device import shared_device

    live = LivePictures(24, device=shared_device() if has_device else None)
    live.follow(a_graph())
    assert not live.is_done
    assert sorted(run(live)) == ["bricks", "color", "height", "noise"]
    wanted = evaluate(a_graph(), 24, also=[Ref("bricks", "number")])
    assert np.abs(live.read(Ref("height", "value")) - wanted["height"]).max() < 1e-4
    assert np.abs(live.read(Ref("color", "value", "vec3")) - wanted["base_color"]).max() < 1e-4
    assert np.abs(live.read(Ref("bricks", "number")) - wanted["@bricks.number"]).max() < 1e-4
    live.release()


def test_only_what_changed_and_what_hangs_below_is_computed_again() -> None:
    live = LivePictures(16)
    live.follow(a_graph())
    run(live)
    live.follow(a_graph(gap=0.2))
    assert run(live) == ["bricks", "height", "color"]
    live.follow(a_graph(gap=0.2))
    assert run(live) == []
    other = a_graph(gap=0.2)
    del other.nodes["color"], other.outputs["base_color"]
    live.follow(other)
    assert run(live) == []
    assert not live.has("color")
    assert live.has("height")


def test_a_change_while_pictures_are_computed_lets_the_present_ones_come_first() -> None:
    live = LivePictures(16)
    live.follow(a_graph())
    seen = live.step(0.0)
    for gap in (0.15, 0.2, 0.25):  # a slider that moves faster than pictures come
        live.follow(a_graph(gap=gap))
        seen += live.step(0.0)
    assert seen == ["bricks", "noise", "height", "color"]
    run(live)
    wanted = evaluate(a_graph(gap=0.25), 16)["height"]
    assert live.read(Ref("height", "value")).tobytes() == wanted.tobytes()


def test_a_node_that_fails_says_why_and_so_do_those_below() -> None:
    graph = a_graph()
    bad = graph.nodes["height"]
    graph.nodes["height"] = Node(bad.kind, {"formula": "edge +"}, bad.inputs)
    graph.add("soft", "filter.blur", value="@height")
    live = LivePictures(16)
    live.follow(graph)
    run(live)
    assert "no formula" in live.errors["height"]
    assert live.errors["soft"] == "it reads height, which has no picture"
    assert not live.has("height")
    assert live.has("color")
    live.follow(a_graph())
    run(live)
    assert live.errors == {}
    assert live.has("height")
