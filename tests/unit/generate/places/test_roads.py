"""Roads: lines mended, junctions at any angle, ground under them, nothing stretched, the same again."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError

pytestmark = pytest.mark.skipif(importlib.util.find_spec("shapely") is None, reason="shapely (extra models) is not installed")


def _flat(east: Any, north: Any) -> Any:
    return np.zeros(np.shape(np.atleast_1d(east)))


def _hills(east: Any, north: Any) -> Any:
    return 3 * np.sin(np.asarray(east) / 60) + 2 * np.cos(np.asarray(north) / 45)


def _star(count: int, kind: str = "street", turn: float = 0.3) -> list[Any]:
    from taixu.generate.places.roads import Road

    return [
        Road([(0, 0), (90 * math.cos(turn + k * 2 * math.pi / count), 90 * math.sin(turn + k * 2 * math.pi / count))], kind)
        for k in range(count)
    ]


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 8])
def test_junctions_of_any_degree(count: int) -> None:
    from taixu.generate.places.roads import make_roads

    made = make_roads(_star(count), _flat)
    arms = [junction for junction in made.layout.junctions if len(junction.arms) > 2]
    assert len(arms) == (1 if count > 2 else 0)
    assert all(junction.is_round == (count >= 5) for junction in arms)
    for positions, normals, uvs, _ in made.surface.arrays().values():
        assert np.isfinite(positions).all() and np.isfinite(uvs).all() and np.isfinite(normals).all()


@pytest.mark.parametrize("degrees", [15, 30, 60, 90, 140, 175])
def test_junctions_at_any_angle_cover_the_ground(degrees: float) -> None:
    """Everywhere on the way of a road, something of a road lies below."""
    from taixu.generate.places.roads import Road, make_roads

    a = math.radians(degrees)
    roads = [Road([(-100, 0), (100, 0)]), Road([(0, 0), (120 * math.cos(a), 120 * math.sin(a))])]
    made = make_roads(roads, _flat)
    points, triangles = _merged(made.collider)
    for road in roads:
        ends = np.asarray(road.points, float)
        for t in np.linspace(0.02, 0.98, 60):
            at = ends[0] + (ends[1] - ends[0]) * t
            assert _covered(points, triangles, at), (degrees, at)


def _merged(soup: Any) -> tuple[Any, Any]:
    points, triangles, offset = [], [], 0
    for positions, _, _, found in soup.arrays().values():
        points.append(positions)
        triangles.append(found + offset)
        offset += len(positions)
    return np.concatenate(points), np.concatenate(triangles)


def _covered(points: Any, triangles: Any, at: Any) -> bool:
    flat = points[:, [0, 2]] * (1, -1) - at
    a, b, c = (flat[triangles[:, k]] for k in range(3))

    def side(p: Any, q: Any) -> Any:
        return p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]

    s = np.stack([side(a, b), side(b, c), side(c, a)], 1)
    return bool((((s >= -1e-6).all(1) | (s <= 1e-6).all(1)) & (np.abs(s).sum(1) > 1e-6)).any())


def test_what_hands_draw_is_mended() -> None:
    from taixu.generate.places.roads import Road, make_graph

    loop = Road([(0, 0), (50, 0), (50, 40), (20, 40), (20, -40)], is_curved=False, name="loop")
    doubled = Road([(100, 0), (100, 0), (160, 0), (160, 0)], name="doubled")
    nothing = Road([(5, 5), (5, 5)], name="dot")
    short = Road([(130, 60), (130, 3.0)], name="nearly there")
    graph = make_graph([loop, doubled, nothing, short])
    said = " ".join(graph.notes)
    assert "loop crosses itself" in said and "doubled" in said and "dot" in said
    arms = sorted(len(found) for found in graph.arms())
    assert arms[-2:] == [3, 4]
    assert all(edge.length_m > 0.3 for edge in graph.edges)


@pytest.mark.parametrize(("points", "said"), [([(0, 0), (float("inf"), 1)], "none"), ([(0, 0, 0)], "two numbers"), ([(0, 0),
    (1e9, 0)], "beyond")])
def test_roads_that_cannot_be_built(points: Any, said: str) -> None:
    from taixu.generate.places.roads import Road, make_graph

    with pytest.raises(TaixuError, match=said):
        make_graph([Road(points)])
    with pytest.raises(TaixuError, match="class of roads"):
        make_graph([Road([(0, 0), (9, 0)], "motorway")])


def test_ground_lies_under_roads_and_is_untouched_far_away() -> None:
    from taixu.generate.places.roads import Road, make_roads

    roads = [Road([(-110, -20), (-30, 30), (40, -10), (110, 20)], "street"), Road([(-20, -110), (5, 0), (-10, 110)], "village")]
    made = make_roads(roads, _hills)
    line = np.linspace(-128, 128, 257)
    east, north = np.meshgrid(line, line)
    before = _hills(east, north).astype(np.float32)
    heights, mask = made.flatten(before, line, line)
    for row in made.layout.rows:
        c, r = np.rint(row.points[:, 0] + 128).astype(int), np.rint(row.points[:, 1] + 128).astype(int)
        assert (heights[r, c] < row.heights - 0.02).all()
        assert (mask[r, c] > 0.9).all()
        grade = np.abs(np.diff(row.heights)) / np.maximum(np.hypot(*np.diff(row.points, axis=0).T), 0.5)
        assert float(grade.max()) < 0.3
    far = mask == 0
    assert far.mean() > 0.5
    assert np.abs(heights - before)[far].mean() < 0.1
    assert np.array_equal(made.flatten(before, line, line)[0], heights)


def test_pictures_are_not_stretched_along_bends() -> None:
    """Across a carriageway and along its middle, a metre of the road is a metre of its picture."""
    from taixu.generate.places.roads import Road, make_roads

    made = make_roads([Road([(0, 0), (40, 5), (60, 40), (30, 70)], "street")], _flat)
    positions, _, uvs, triangles = made.surface.arrays()["asphalt"]
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    u, v, w = (uvs[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    painted = np.abs((v - u)[:, 0] * (w - u)[:, 1] - (v - u)[:, 1] * (w - u)[:, 0])
    big = area > 0.5
    assert np.median(painted[big] / area[big]) == pytest.approx(1.0, abs=0.05)
    assert float((painted[big] / area[big]).max()) < 1.6


def test_a_bridge_hangs_over_water() -> None:
    from taixu.generate.places.roads import Road, make_roads

    def bed(east: Any, north: Any) -> Any:
        return np.where(np.abs(np.asarray(east)) < 14, -3.0, 1.0)

    def river(east: Any, north: Any) -> Any:
        return np.where(np.abs(np.asarray(east)) < 14, 0.0, -1e9)

    made = make_roads([Road([(-100, 0), (100, 0)])], bed, river)
    row = made.layout.rows[0]
    assert row.is_bridge.any() and (row.heights[row.is_bridge] > 0.9).all()
    assert "rubble" in made.surface.materials


def test_roads_are_a_modifier_of_the_ground() -> None:
    from taixu.generate.modifiers.blocks import Block, Bounds
    from taixu.generate.modifiers.cache import LayerCache
    from taixu.generate.modifiers.evaluation import Evaluation
    from taixu.generate.modifiers.stacks import Ground, Stack, Step
    from taixu.generate.places.roads.modifiers import KINDS, RoadNetwork

    area, ground = Bounds(-128, -128, 128, 128), Ground(np.full((129, 129), 5.0, np.float32), (256.0, 256.0))
    roads = [{"points": [[-90, 0], [90, 10]], "kind": "street"}, {"points": [[0, -80], [10, 80]], "kind": "lane"}]
    step = Step.of(KINDS[0], RoadNetwork(roads=roads), id=1, seed=2)
    evaluation = Evaluation(Stack((step,), area, 2.0, ground), LayerCache(None))
    mask = evaluation.grid("mask.road", Block(0, -1, -1, 2, 2, 2.0))
    assert mask.shape == (65, 65) and 0.05 < float(mask.mean()) < 0.5
    heights = evaluation.grid("heights", Block(0, -1, -1, 2, 2, 2.0))
    assert float(heights.max()) <= 5.01 and float(heights.min()) > 4.5
    things = [thing for i in range(-2, 2) for j in range(-2, 2) for _, thing in evaluation.standing("things", (0, i, j))]
    assert len(things) == 5 and len({thing.number for thing in things}) == 5
    empty = Evaluation(Stack((Step.of(KINDS[0], RoadNetwork(), id=1),), area, 2.0, ground), LayerCache(None))
    assert (empty.grid("heights", Block(0, 0, 0, 1, 1, 2.0)) == 5.0).all()
    with pytest.raises(TaixuError, match="road 1"):
        Step.of(KINDS[0], RoadNetwork(roads=[{"points": "here"}]), id=1)


def _town(nudge: float = 0.0) -> list[dict[str, Any]]:
    """Streets in a grid over 512 m, of which one is bent."""
    lines = [{"points": [[-220, at], [220, at]], "kind": "street", "curved": False} for at in (-180, -60, 60, 180)]
    lines += [{"points": [[at, -220], [at, 220]], "kind": "street", "curved": False} for at in (-180, -60, 60, 180)]
    return [*lines, {"points": [[-60, -60], [0, nudge], [60, 60]], "kind": "lane"}]


def test_a_road_that_moves_makes_only_what_is_around_it_again() -> None:
    from taixu.generate.modifiers.blocks import Block, Bounds
    from taixu.generate.modifiers.cache import LayerCache
    from taixu.generate.modifiers.evaluation import Evaluation
    from taixu.generate.modifiers.stacks import Ground, Stack, Step
    from taixu.generate.places.roads.modifiers import KINDS, RoadNetwork

    line = np.arange(257)
    hills = (4 * np.sin(line[:, None] / 23) + 3 * np.cos(line[None, :] / 17)).astype(np.float32)
    area, ground, cache = Bounds(-256, -256, 256, 256), Ground(hills, (512.0, 512.0)), LayerCache(None)

    def evaluate(nudge: float, before: Evaluation | None, cache: LayerCache = cache) -> Evaluation:
        step = Step.of(KINDS[0], RoadNetwork(roads=_town(nudge)), id=1, seed=2)
        made = Evaluation(Stack((step,), area, 2.0, ground), cache, before=before)
        made.prepare(made.stack.cells())
        for number, block in made.wants(made.stack.cells()):
            made.layers(number, block)
        return made

    first = evaluate(0.0, None)
    assert first.counts.made["road_network"] == 64 and first.counts.parts["road"] > 40
    second = evaluate(14.0, first)
    # Its ends make the arms of two crossings shorter: nine roads, and what they meet; a quarter of all.
    assert second.counts.made["road_network"] <= 32
    assert second.counts.parts["road"] <= 9 and second.counts.parts["junction"] <= 6
    anew = evaluate(14.0, None, LayerCache(None))
    whole = Block(0, -4, -4, 8, 8, 2.0)
    assert np.array_equal(second.grid("heights", whole), anew.grid("heights", whole))
    back = evaluate(0.0, second)
    assert not back.counts.total and not back.counts.parts
    # Ground far from roads is dug: the plan is looked at again, and no road is made again.
    dug = hills.copy()
    dug[2:8, 2:8] -= 3
    ground = Ground(dug, (512.0, 512.0))
    third = evaluate(0.0, back)
    assert not third.counts.parts and third.counts.total <= 4


def test_borders_of_cells_agree_where_roads_cross_them() -> None:
    from taixu.generate.modifiers.blocks import Bounds
    from taixu.generate.modifiers.cache import LayerCache
    from taixu.generate.modifiers.evaluation import Evaluation
    from taixu.generate.modifiers.stacks import Ground, Stack, Step
    from taixu.generate.places.roads.modifiers import KINDS, RoadNetwork

    hills = (6 * np.sin(np.arange(257) / 9)[:, None] * np.ones((257, 257))).astype(np.float32)
    step = Step.of(KINDS[0], RoadNetwork(roads=_town(20.0)), id=1, seed=2)
    made = Evaluation(Stack((step,), Bounds(-256, -256, 256, 256), 2.0, Ground(hills, (512.0, 512.0))), LayerCache(None))
    cells = {cell: made.grid("heights", made.stack.block_of(cell)) for cell in made.stack.cells()}
    for (level, i, j), heights in cells.items():
        if (level, i + 1, j) in cells:
            assert np.array_equal(heights[:, -1], cells[level, i + 1, j][:, 0])
        if (level, i, j + 1) in cells:
            assert np.array_equal(heights[-1], cells[level, i, j + 1][0])


def test_roads_that_mean_nothing_get_a_sentence_each() -> None:
    from taixu.generate.modifiers.stacks import Step
    from taixu.generate.places.roads import Road, make_graph
    from taixu.generate.places.roads.modifiers import KINDS, RoadNetwork

    hostile: list[Any] = [
        7, [7], [{"points": [[0, float("nan")], [1, 1]]}], [{"points": [[0, 1, 2, 3]]}], [{"points": [["a", "b"]]}],
        [{"points": [[0, 0], [9, 9]], "kind": "rope"}],
    ]  # fmt: skip
    for roads in hostile:
        with pytest.raises(TaixuError) as told:
            Step.of(KINDS[0], RoadNetwork(roads=roads), id=1)
        assert str(told.value).count(". ") == 0
    # A spline that crosses itself has a junction there, and says so; one without length is left out, and says so.
    loop = make_graph([Road([(0, 0), (60, 40), (60, -40), (0, 0.5), (-40, 20)], name="loop"), Road([(5, 5), (5, 5)], name="dot")])
    assert any("crosses itself" in note for note in loop.notes) and any("no length" in note for note in loop.notes)
    assert max(len(arms) for arms in loop.arms()) >= 3
