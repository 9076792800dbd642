"""Graphs as text, and what is wrong with some."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taixu.errors import TaixuError
from taixu.generate.graph import Graph, Kernel, Socket, evaluate, field, node, node_kinds


def a_graph() -> Graph:
    graph = Graph(seed=11)
    bricks = graph.add("bricks", "pattern.bricks", columns=3, rows=6, gap=0.1)
    noise = graph.add("noise", "noise.layers", octaves=4)
    height = graph.add("height", "math.formula", formula="smoothstep(0, 0.1, edge) * (0.8 + 0.2 * n)", edge=bricks.edge, n=noise)
    color = graph.add("color", "color.vary", color=(0.4, 0.12, 0.08), number=bricks.number)
    graph.put_out(height=height, base_color=color, metallic=0.0)
    return graph


def test_text_comes_back_as_it_was() -> None:
    graph = a_graph()
    again = Graph.from_text(graph.to_text())
    assert again.to_text() == graph.to_text()
    for name, picture in evaluate(graph, 32).items():
        assert picture.tobytes() == evaluate(again, 32)[name].tobytes()


def test_nodes_that_nobody_needs_are_not_computed() -> None:
    graph = a_graph()
    graph.add("idle", "noise.swirls")
    assert graph.needed() == ["bricks", "noise", "height", "color"]


def test_a_node_keeps_its_chance_when_others_come() -> None:
    graph, other = a_graph(), Graph(seed=11)
    other.add("first", "noise.grain")
    noise = other.add("noise", "noise.layers", octaves=4)
    other.put_out(noise=noise)
    graph.put_out(noise="@noise")
    assert evaluate(graph, 32)["noise"].tobytes() == evaluate(other, 32)["noise"].tobytes()
    graph.seed = 12
    assert evaluate(graph, 32)["noise"].tobytes() != evaluate(other, 32)["noise"].tobytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["nodes"]["noise"].update(octaves=99), "from 1 to 10"),
        (lambda d: d["nodes"]["noise"].update(octaves=2.5), "must be like"),
        (lambda d: d["nodes"]["noise"].update(fold="twisted"), "plain"),
        (lambda d: d["nodes"]["noise"].update(colour=1), "has no 'colour'"),
        (lambda d: d["nodes"]["noise"].update(kind="noise.none"), "no kind of nodes"),
        (lambda d: d["nodes"]["height"].update(edge="@nobody"), "no node 'nobody'"),
        (lambda d: d["nodes"]["height"].update(edge="@bricks.wall"), "makes edge"),
        (lambda d: d["nodes"]["height"].update(edge="@height"), "in a circle: height"),
        (lambda d: d["nodes"]["height"].update(edge="@later") or d["nodes"].update(later={"kind": "math.formula", "a": "@height"}),
         "in a circle"),
        (lambda d: d["nodes"].update(soft={"kind": "filter.blur", "value": "@color"}), "surroundings of a number"),
        (lambda d: d["nodes"]["noise"].update(roughness=float("nan")), "must be a number"),
        (lambda d: d["nodes"]["height"].update(n=float("nan")), "must be a number"),
        (lambda d: d.update(seed=float("inf")), "no graph of nodes"),
        (lambda d: d["nodes"].update({"n" * 70000: {"kind": "noise.grain"}}), "a name"),
        (lambda d: d["nodes"].update(huge={"kind": "noise.grain", "scale": "x" * 3000000}), "letters"),
        (lambda d: d["nodes"]["height"].update(edge=[1, 2]), "a colour"),
        (lambda d: d["nodes"]["height"].update(edge=1e300), "a number"),
        (lambda d: d["outputs"].update(height="@none"), "no node"),
        (lambda d: d.update(version=2), "this reads"),
        (lambda d: d.pop("nodes"), "no graph of nodes"),
        (lambda d: d.update(nodes={str(i): {"kind": "noise.grain"} for i in range(500)}, outputs={}), "at most"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(change: Any, said: str) -> None:
    data = json.loads(a_graph().to_text())
    change(data)
    with pytest.raises(TaixuError, match=said) as refused:
        Graph.from_text(json.dumps(data), name="wall.graph.json")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "formula",
    ["", "a +", "__import__('os')", "a.__class__", "(lambda: 1)()", "open('x')", "[1][0]", "floor(a, a)", "unknown",
     "a if a else a", "a" * 3000, "(" * 1500, "vec(a, a)", "'text'", "1e999 * True"],
)  # fmt: skip
def test_formulas_only_compute(formula: str) -> None:
    graph = Graph()
    noise = graph.add("noise", "noise.grain")
    graph.put_out(value=graph.add("it", "math.formula", formula=formula, a=noise))
    with pytest.raises(TaixuError) as refused:
        evaluate(graph, 8)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


def test_a_kind_of_ones_own_is_a_function() -> None:
    from gpu_device import shared_device

    if "test.rings" not in node_kinds():

        @node("test.rings")
        class Rings:
            """Rings round the middle."""

            inputs = {"bend": Socket()}  # noqa: RUF012
            count: float = field(default=4.0, minimum=1.0, maximum=64.0)

            @staticmethod
            def kernel(k: Kernel, p: Any, i: Any) -> Any:
                return {"value": 0.5 + 0.5 * k.sin(k.length(k.at - 0.5) * p.count * 6.28 + i.bend)}

    graph = Graph()
    graph.put_out(value=graph.add("rings", "test.rings", count=7.0))
    by_numpy, by_shader = evaluate(graph, 64), evaluate(graph, 64, device=shared_device())
    assert abs(by_numpy["value"] - by_shader["value"]).max() < 1e-4


def test_nodes_may_stand_in_any_order_and_be_called_anything() -> None:
    data = json.loads(a_graph().to_text())
    turned = {**data, "nodes": dict(reversed(data["nodes"].items()))}
    again = Graph.from_text(json.dumps(turned))
    for name, picture in evaluate(a_graph(), 16).items():
        assert picture.tobytes() == evaluate(again, 16)[name].tobytes()
    data["nodes"]["height"]["self"] = 1.0
    assert Graph.from_text(json.dumps(data)).nodes["height"].inputs["self"] == 1.0


def test_a_muted_node_lets_through_what_it_reads() -> None:
    graph = a_graph()
    soft = graph.add("soft", "filter.blur", value="@height", radius=0.1)
    graph.put_out(height=soft, base_color="@color")
    before = evaluate(a_graph(), 16)["height"]
    assert evaluate(graph, 16)["height"].tobytes() != before.tobytes()
    graph.muted.add("soft")
    again = Graph.from_text(graph.to_text())
    assert again.muted == {"soft"}
    assert evaluate(again, 16)["height"].tobytes() == before.tobytes()
    again.muted.add("color")
    assert evaluate(again, 8)["base_color"][0, 0].tolist() == pytest.approx([0.4, 0.12, 0.08])


def test_where_nodes_are_shown_changes_no_picture() -> None:
    graph = a_graph()
    plain = evaluate(graph, 16)
    graph.layout = {"places": {"bricks": [10, -40]}}
    again = Graph.from_text(graph.to_text())
    assert again.layout == graph.layout
    assert all(picture.tobytes() == evaluate(again, 16)[name].tobytes() for name, picture in plain.items())
