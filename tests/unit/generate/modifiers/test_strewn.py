"""Rocks, props and dungeons as modifiers: only cells that a change concerns are made again, and what is equal is one mesh."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Bounds
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.evaluation import Counts, Evaluation
from taixu.generate.modifiers.ground_components import HeightBrush
from taixu.generate.modifiers.ground_kinds import GROUND_KINDS
from taixu.generate.modifiers.layers import Thing
from taixu.generate.modifiers.packing import pack_layers, unpack_layers
from taixu.generate.modifiers.stacks import Ground, Stack, Step
from taixu.generate.places.dungeons.modifiers import KINDS as DUNGEONS
from taixu.generate.places.dungeons.modifiers import Dungeon
from taixu.generate.places.props.modifiers import KINDS as PROPS
from taixu.generate.places.props.modifiers import Props
from taixu.generate.places.rocks.modifiers import KINDS as ROCKS
from taixu.generate.places.rocks.modifiers import Rocks

AREA = Bounds(-128, -128, 128, 128)
_KINDS = {kind.component: kind for kind in (*GROUND_KINDS, *ROCKS, *PROPS, *DUNGEONS)}
_HILLS = (5 * np.sin(np.arange(129) / 9)[:, None] * np.ones((129, 129))).astype(np.float32)
_GROUND = Ground(_HILLS, (256.0, 256.0))


def _step(parameters: Any, number: int, *, seed: int = 5, at: tuple[float, float, float] = (0, 0, 0)) -> Step:
    frame: NDArray[np.float64] = np.eye(4)
    frame[:3, 3] = at
    return Step.of(_KINDS[type(parameters)], parameters, id=number, seed=seed, frame=frame, name=f"step {number}")


class _Stack:
    """One stack that is changed again and again."""

    def __init__(self) -> None:
        self.cache, self.last = LayerCache(None), None

    def made(self, *steps: Step) -> tuple[Counts, list[Thing]]:
        """What was made for these steps, and all things."""
        evaluation = Evaluation(Stack(steps, AREA, 2.0, _GROUND), self.cache, before=self.last)
        cells = evaluation.stack.cells()
        evaluation.prepare(cells)
        for number, block in evaluation.wants(cells):
            evaluation.layers(number, block)
        things = [thing for cell in cells for _, thing in evaluation.standing("things", cell)]
        self.last: Evaluation | None = evaluation
        return evaluation.counts, things


def _brush(x: float, z: float) -> Step:
    return _step(HeightBrush(strokes=[{"points": [[x, z]], "radius_m": 12.0, "amount": 2.0, "kind": "raise"}]), 1)


@pytest.mark.parametrize(
    ("parameters", "cells", "slider"),
    [
        (Rocks(size_m=1.0, spacing_m=9.0), 16, {"share": 0.8}),
        (Rocks(size_m=1.0, spacing_m=6.0, radius_m=30.0), 4, {"size_m": 2.0}),
        (Props(kind="barrel", points=[[-20, 0], [60, 5]], every_m=9.0), 6, {"turn_rad": 1.0}),
        (Props(kind="bench", strewn=7, radius_m=25.0), 4, {"strewn": 8}),
        (Dungeon(width=5, depth=5), 4, {"style": "mine"}),
    ],
)
def test_a_slider_or_a_seed_makes_only_its_own_cells_again(parameters: Any, cells: int, slider: dict[str, Any]) -> None:
    stack, other = _Stack(), _step(Props(kind="well", points=[[100, 100]]), 8)
    own = "step 9"
    counts, things = stack.made(_brush(90, 90), _step(parameters, 9), other)
    assert things and counts.made[own] <= cells
    at = {(thing.number, thing.position) for thing in things}
    assert len(at) == len(things), "no two are the same"
    # Elsewhere the ground is raised: what stands far away stays.
    counts, _ = stack.made(_brush(-100, 90), _step(parameters, 9), other)
    assert counts.made.get(own, 0) <= (cells if cells == 16 else 2), counts.made
    assert not counts.parts, "meshes stay"
    counts, _ = stack.made(_brush(-100, 90), _step(replace(parameters, **slider), 9), other)
    assert 0 < counts.made[own] <= cells and counts.made.keys() <= {own}
    counts, other_things = stack.made(_brush(-100, 90), _step(parameters, 9, seed=6), other)
    assert counts.made.keys() <= {own}
    back, things_again = stack.made(_brush(90, 90), _step(parameters, 9), other)
    assert not back.total and {(thing.number, thing.position) for thing in things_again} == at
    if not isinstance(parameters, Props) or parameters.strewn:
        assert {thing.position for thing in other_things} != {place for _, place in at}


def test_things_stand_on_the_ground_and_survive_being_kept() -> None:
    _, things = _Stack().made(_step(Rocks(spacing_m=10.0, share=1.0, kinds=2), 2), _step(Props(kind="tent", points=[[5, 5]]), 3))
    assert len({id(thing.model) for thing in things if thing.name == "boulder"}) == 2
    assert len(things) > 60 and {thing.components["collider"]["shape"] for thing in things} == {"hull", "mesh"}
    for thing in things:
        x, y, z = thing.position
        assert abs(y - float(_HILLS[round((z + 128) / 2), 0])) < 1.2, (x, y, z)
    packed = pack_layers({"things": things[:3]})
    kept = unpack_layers(packed)["things"]
    assert [each.number for each in kept] == [thing.number for thing in things[:3]]  # type: ignore[union-attr]
    assert pack_layers({"things": things[:3]}) == packed


def test_a_dungeon_is_where_its_entity_is() -> None:
    _, things = _Stack().made(_step(Dungeon(width=4, depth=4), 2, at=(60.0, -20.0, 40.0)))
    level = next(thing for thing in things if thing.name == "level 0")
    assert level.position == (60.0, -20.0, 40.0) and len(level.components["collider"]["data"]["triangles"]) > 50
    around = np.array([thing.position for thing in things])
    assert np.abs(around[:, [0, 2]] - [60.0, 40.0]).max() < 10 and around[:, 1].min() >= -20.5


@pytest.mark.parametrize(
    "parameters",
    [
        Rocks(form="cloud"), Rocks(size_m=float("nan")), Rocks(kinds=0), Rocks(spacing_m=0.1), Props(kind="spaceship"),
        Props(points=[[1, 2, 3]]), Props(points="here"), Props(strewn=10**6), Props(every_m=float("-inf")), Dungeon(style="cloud"),
        Dungeon(width=0), Dungeon(openness=float("nan")),
    ],
)  # fmt: skip
def test_what_cannot_be_made_gets_one_sentence(parameters: Any) -> None:
    with pytest.raises(TaixuError) as told:
        _step(parameters, 2)
    assert str(told.value).count(". ") == 0


def test_too_many_on_a_line_are_refused_and_words_describe() -> None:
    with pytest.raises(TaixuError, match="too much"):
        _Stack().made(_step(Props(kind="bin", points=[[-120, 0], [120, 0]], every_m=0.01), 2))
    assert _KINDS[Rocks].described("a huge mossy boulder") == {"form": "boulder", "moss": 0.7, "size_m": 6.0}
    assert _KINDS[Props].described("路灯") == {"kind": "lamp_post"}
    assert _KINDS[Dungeon].described("a small flooded crypt")["width"] == 6
    with pytest.raises(TaixuError, match="cannot describe"):
        _KINDS[HeightBrush].described("a hill")


def test_what_a_worker_made_is_known_piece_by_piece() -> None:
    from taixu.generate.modifiers.working import make_blocks

    parameters, stack = Props(kind="crate", points=[[-20, 0], [20, 5]]), _Stack()
    there = Evaluation(Stack((_brush(90, 90), _step(parameters, 9)), AREA, 2.0, _GROUND), LayerCache(None))
    made, counts = make_blocks(there.stack, there.wants(there.stack.cells()), "")
    assert counts.parts == {"prop": 1}
    for key, layers in made.items():
        stack.cache.hold(key, layers)
    counts, things = stack.made(_brush(90, 90), _step(parameters, 9))
    assert not counts.total and len(things) == 2
    counts, again = stack.made(_brush(90, 90), _step(replace(parameters, points=[[-20, 0], [24, 5]]), 9))
    assert not counts.parts and {id(thing.model) for thing in again} == {id(thing.model) for thing in things}
