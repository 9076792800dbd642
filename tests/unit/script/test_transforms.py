"""What scripts set is seen at once by everybody who looks, and written in one go."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from taixu.app import App
from taixu.errors import TaixuError
from taixu.scene import Node, Parent, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import ScriptHost, ScriptPlugin
from taixu.script.entity import Entity
from taixu.script.game import Game
from taixu.script.vectors import Quat


@pytest.fixture
def app() -> App:
    made = App()
    made.add_plugin(ScenePlugin())
    made.add_plugin(ScriptPlugin())
    return made


def entity(app: App, *components: object) -> Entity:
    return Entity(app.world, app.world.spawn(Transform(), *components))


def test_every_way_of_looking_sees_what_was_set(app: App) -> None:
    game: Game = app.resource(ScriptHost).game
    parent = entity(app)
    child = entity(app, Parent(parent.handle))
    parent.position = (1, 2, 3)
    assert parent.position == (1, 2, 3)
    assert Entity(app.world, parent.handle).position == (1, 2, 3)
    child.position = (0, 1, 0)
    assert child.world_position == (1, 3, 3)
    parent.position += (1, 0, 0)
    assert parent.transform.translation == (2, 2, 3)
    parent.position += (1, 0, 0)
    assert sorted(game.columns("transform", "translation").translation[0].tolist()) == [0, 3]
    parent.scale = 2
    parent.rotation = Quat.from_yaw(pi / 2)
    assert child.world_position == pytest.approx((3, 4, 3))
    parent.transform.translation = (9, 9, 9)
    assert parent.position == (9, 9, 9)
    parent.look_at((9, 9, -50))
    assert parent.rotation == pytest.approx((0, 0, 0, 1), abs=1e-6)


def test_far_from_the_origin_nothing_is_lost(app: App) -> None:
    far = entity(app)
    far.position = (6_400_000.001, -3.0, 5.0)
    app.resource(ScriptHost).transforms.flush(app.world)
    assert far.position == pytest.approx((6_400_000.001, -3.0, 5.0), abs=1e-4)
    far.position += (0.001, 0, 0)
    app.resource(ScriptHost).transforms.flush(app.world)
    assert Node(app.world, far.handle).position == pytest.approx([6_400_000.002, -3.0, 5.0], abs=1e-4)
    far.position = (0, 0, 0)
    app.resource(ScriptHost).transforms.flush(app.world)
    assert app.world.get(far.handle, Transform).cell == (0, 0, 0)


@pytest.mark.parametrize("value", [(1, 2), (1, 2, float("nan")), (1, 2, float("inf")), "abc", None, (1, 2, "x")])
def test_bad_values_are_refused_at_once(app: App, value: object) -> None:
    some = entity(app)
    with pytest.raises(TaixuError, match="three finite numbers"):
        some.position = value
    with pytest.raises(TaixuError, match="four finite numbers"):
        some.rotation = value
    assert some.position == (0, 0, 0)


def test_the_dead_are_not_moved(app: App) -> None:
    gone, kept = entity(app), entity(app)
    gone.position = kept.position = (1, 1, 1)
    app.world.despawn(gone.handle)
    with pytest.raises(TaixuError, match="no longer alive"):
        _ = gone.position
    with pytest.raises(TaixuError, match="no longer alive"):
        gone.scale = 2
    app.resource(ScriptHost).transforms.flush(app.world)
    assert Node(app.world, kept.handle).position.tolist() == [1, 1, 1]


def test_what_is_nowhere_cannot_be_moved(app: App) -> None:
    nowhere = Entity(app.world, app.world.spawn())
    with pytest.raises(TaixuError, match="it is nowhere"):
        nowhere.position = (0, 0, 0)
    with pytest.raises(TaixuError, match="it is nowhere"):
        _ = nowhere.rotation


def test_a_thousand_single_moves_are_one_change(app: App) -> None:
    handles = app.world.spawn_batch(1000, {Transform: {}})
    app.frame(0.0)
    tick = app.world.tick
    app.world.advance()
    for handle in handles[::2].tolist():
        Entity(app.world, handle).position = (1, 0, 0)
    app.resource(ScriptHost).transforms.flush(app.world)
    (table,) = app.world.query(Transform).tables()
    rows = table.changed((Transform,), since=tick)
    assert np.arange(1000)[rows].tolist() == list(range(0, 1000, 2)), "exactly those, and no block around them"
