"""Graphs that are open in an editor: edits as operations, history, files, and what is wrong with some."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.generate.graph import Graph, Ref, evaluate
from taixu_editor.graphs import GraphDocument
from taixu_editor.graphs.arranging import arrange
from taixu_editor.graphs.edits import OUTPUTS, names_in, place_of
from taixu_editor.graphs.notes import notes_of
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"
CRATE = "00000000000000c0"
WALL = "materials/wall.graph.json"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(trust=False)
    shutil.copytree(DESK, tmp_path / "desk")
    made.open(tmp_path / "desk")
    made.frame(0.0)
    made.do("graph.new", path=WALL, family="bricks", seed=3)
    yield made
    made.close()


def graph_of(host: Host) -> Graph:
    return host.graphs.need().graph


def test_every_edit_is_one_step_that_comes_back(host: Host) -> None:
    document = host.graphs.need()
    first = document.graph.to_text()
    name = host.do("graph.add_node", kind="noise.cells", at=[10, 20])
    assert name == "cells" and place_of(document.graph, "cells") == (10.0, 20.0)
    host.do("graph.connect", source="cells.edge", node="map_roughness", input="r")
    host.do("graph.set", node="cells", values={"across": 20})
    host.do("graph.mute", nodes=["map_base_color"])
    host.do("graph.disconnect", node=OUTPUTS, input="occlusion")
    host.do("graph.move", places={"cells": [1, 2], OUTPUTS: [3, 4]})
    host.do("graph.note", text="Grout", place=[0, 0], size=[100, 50])
    copies = host.do("graph.duplicate", nodes=["cells", "map_roughness"])
    assert copies == ["cells_2", "map_roughness_2"]
    assert document.graph.nodes["map_roughness_2"].inputs["r"] == Ref("cells_2", "edge")
    host.do("graph.paste", text=host.do("graph.copy", nodes=copies), at=[500, 500])
    host.do("graph.delete", nodes=["map_height"], heals=True)
    host.do("graph.seed", seed=77)
    host.do("graph.arrange")
    last = document.graph.to_text()
    assert [note.text for note in notes_of(document.graph)] == ["Grout"]
    steps = 0
    while host.do("graph.undo"):
        steps += 1
    assert steps >= 9
    assert document.graph.to_text() == first and document.is_saved
    while host.do("graph.redo"):
        pass
    assert document.graph.to_text() == last and not document.is_saved
    host.do("graph.save")
    assert Graph.from_text(document.file.read_text()).to_text() == last
    assert document.is_saved


def test_a_drag_is_one_step_and_what_changes_nothing_is_none(host: Host) -> None:
    document = host.graphs.need()
    name = next(name for name, node in document.graph.nodes.items() if "gap" in node.kind.parameters)
    before = document.graph.nodes[name].parameters["gap"]
    for number in range(10):
        host.do("graph.set", node=name, values={"gap": 0.1 + number / 100}, drag="1")
    host.do("graph.set", node=name, values={"gap": 0.3}, drag="2")
    host.do("graph.set", node=name, values={"gap": 0.3})
    assert host.do("graph.undo") and document.graph.nodes[name].parameters["gap"] == pytest.approx(0.19)
    assert host.do("graph.undo") and document.graph.nodes[name].parameters["gap"] == before
    assert not host.do("graph.undo")


def test_circles_and_wrong_kinds_are_refused_with_a_reason(host: Host) -> None:
    host.do("graph.add_node", kind="math.formula", name="a", values={"formula": "clamp(v)"})
    host.do("graph.add_node", kind="math.formula", name="b", values={"formula": "1 - v", "v": "@a"})
    host.do("graph.add_node", kind="filter.blur", name="soft")
    before, color = graph_of(host), "map_base_color"
    for refused, parameters in (
        ("b reads a already: that would be a circle", {"source": "b", "node": "a", "input": "v"}),
        ("a cannot read itself", {"source": "a", "node": "a", "input": "v"}),
        ("it looks at the surroundings of a number, this is a colour", {"source": color, "node": "soft", "input": "value"}),
        ("has no 'nothing'", {"source": "a", "node": "soft", "input": "nothing"}),
        ("no node 'nobody'", {"source": "nobody", "node": "soft", "input": "value"}),
        ("the graph has no node 'nobody'", {"source": "a", "node": "nobody", "input": "value"}),
    ):
        with pytest.raises(TaixuError, match=refused):
            host.do("graph.connect", **parameters)
    with pytest.raises(TaixuError, match="must be a number from"):
        host.do("graph.set", node="soft", values={"radius": 9.0})
    with pytest.raises(TaixuError):
        host.do("graph.set", node="soft", values={"radius": float("nan")})
    assert graph_of(host) is before


def test_a_formula_has_the_inputs_that_it_names(host: Host) -> None:
    assert names_in("mix(edge, 0.5, smoothstep(0, n, edge)) * x") == ["edge", "n", "x"]
    assert names_in("a +") == [] and names_in("(" * 3000) == []
    host.do("graph.add_node", kind="math.formula", name="sum", values={"formula": "a + b * x"})
    assert graph_of(host).nodes["sum"].inputs == {"a": 0.5, "b": 0.5}
    host.do("graph.connect", source="map_height", node="sum", input="a")
    host.do("graph.set", node="sum", values={"formula": "c + a"})
    assert graph_of(host).nodes["sum"].inputs == {"a": Ref("map_height", "value"), "c": 0.5}
    host.do("graph.set", node="sum", values={"formula": "c + "})
    assert set(graph_of(host).nodes["sum"].inputs) == {"a", "c"}, "what is half written takes nothing away"


def test_a_node_goes_into_a_link_and_out_of_it(host: Host) -> None:
    wired = graph_of(host).outputs["height"]
    host.do("graph.add_node", kind="filter.blur", name="soft")
    host.do("graph.insert", node="soft", target=OUTPUTS, input="height")
    assert graph_of(host).nodes["soft"].inputs == {"value": wired}
    assert graph_of(host).outputs["height"] == Ref("soft", "value")
    host.do("graph.delete", nodes=["soft"], heals=True)
    assert graph_of(host).outputs["height"] == wired
    host.do("graph.add_node", kind="noise.grain", name="grain")
    with pytest.raises(TaixuError, match="no input"):
        host.do("graph.insert", node="grain", target=OUTPUTS, input="height")


def test_what_another_program_writes_is_taken_in_or_kept_beside(host: Host) -> None:
    document = host.graphs.need()
    data = json.loads(document.file.read_text())

    def write(seed: int) -> None:
        document.file.write_text(json.dumps({**data, "seed": seed}))
        os.utime(document.file, ns=(seed, seed))

    write(5)
    assert document.look_outside() and document.graph.seed == 5 and document.is_saved
    host.do("graph.seed", seed=6)
    write(7)
    assert document.look_outside() and document.graph.seed == 6 and document.outside is not None
    document.file.write_text("half a gra")
    os.utime(document.file, ns=(8, 8))
    assert not document.look_outside() and document.graph.seed == 6
    document.take(document.outside)
    assert document.graph.seed == 7 and document.is_saved
    assert host.do("graph.undo") and document.graph.seed == 6


def test_places_of_nodes_without_any_stand_in_columns_and_change_no_picture(host: Host) -> None:
    graph = Graph.from_text(graph_of(host).to_text())
    graph.layout = {}
    places = arrange(graph)
    assert set(places) == {*graph.nodes, OUTPUTS} and len(set(places.values())) == len(places)
    for name, node in graph.nodes.items():
        assert all(places[ref.node][0] < places[name][0] for ref in node.refs.values()), "links go to the right"
    columns: dict[float, list[float]] = {}
    for x, y in places.values():
        columns.setdefault(x, []).append(y)
    assert all(b - a > 150 for column in columns.values() for a, b in pairwise(sorted(column))), "none lies over another"
    plain, shown = evaluate(graph, 8), evaluate(graph_of(host), 8)
    assert all(plain[key].tobytes() == shown[key].tobytes() for key in plain)


@pytest.mark.parametrize("layout", [[], {"places": 5}, {"places": {"map_height": ["a", 2]}}, {"places": {"x": [1e300, 0]}},
                                    {"notes": [5, {}, {"text": "a", "place": [1], "size": [1, 2]}]}])  # fmt: skip
def test_layouts_that_anybody_wrote_do_no_harm(host: Host, layout: object) -> None:
    document = host.graphs.need()
    data = json.loads(document.file.read_text())
    document.file.write_text(json.dumps({**data, "layout": layout}))
    again = GraphDocument(WALL, document.file)
    assert all(place_of(again.graph, name) is not None for name in [*again.graph.nodes, OUTPUTS])
    assert notes_of(again.graph) == []


def test_maps_are_baked_beside_the_graph_and_worn(host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from taixu.assets.sidecar import read_sidecar

    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path / "cache"))
    host.do("graph.seed", seed=9)
    host.do("graph.bake", size_px=32, entities=[CRATE])
    with pytest.raises(TaixuError, match="already"):
        host.do("graph.bake", size_px=32)
    document = host.graphs.need()
    bake = host.graphs.bakery.find(document)
    assert bake is not None and document.is_saved
    assert host.jobs.wait([bake.generation._job], timeout_secs=60)
    assert bake.said == ""
    maps = document.file.parent / "wall_base_color.png"
    provenance = read_sidecar(maps).provenance
    assert maps.is_file() and len(provenance.parents) == 1
    material = host.session.world.get(host.session.entity(CRATE), host.session.component("material"))
    assert material.base_color_texture == "materials/wall_base_color.png"
    assert material.occlusion_texture == material.metallic_roughness_texture == "materials/wall_orm.png"
    host.do("history.undo")
    material = host.session.world.get(host.session.entity(CRATE), host.session.component("material"))
    assert material.base_color_texture == ""
    host.do("graph.wear", entities=[CRATE])
    host.do("graph.drop")
    assert host.graphs.current is None
    with pytest.raises(TaixuError, match="no graph is open"):
        host.do("graph.undo")
