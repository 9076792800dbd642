"""Scripts and bodies together: what `game` asks of physics, by name, and what physics tells scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taixu.app import App
from taixu.physics import Collider, PhysicsPlugin, RigidBody
from taixu.platform import PlatformPlugin
from taixu.scene import Name, Node, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import Script, ScriptHost, ScriptPlugin

STEP = 1 / 60

BALL = """
import game

def on_start():
    floor = game.raycast(game.entity.position, (0, -1, 0), ignore=game.entity)  # before the first step
    game.log("below", floor.entity.name, round(floor.distance, 3), floor.normal)
    game.log("above", game.raycast(game.entity.position, (0, 1, 0), ignore=game.entity))
    yield
    game.set_velocity(game.entity, (0, -3, 0))

def on_event(event):
    game.log(event.kind, event.other.name, event.kind == "collision_end" or event.impulse > 0)
    if event.kind == "collision_begin":
        game.apply_impulse(game.entity, (0, 8 * game.entity.rigid_body.mass_kg, 0))
        game.log("rises", game.velocity(game.entity)[0].y > -5)
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "ball.py").write_text(BALL)
    made = App()
    for plugin in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(tmp_path, trust=True), PhysicsPlugin(worker=False)):
        made.add_plugin(plugin)
    yield made
    made.close()


def test_a_ball_is_thrown_down_and_bounced_by_its_script(app: App) -> None:
    world = app.world
    world.spawn(Name("Floor"), Transform(), RigidBody(kind="static"), Collider(shape="box", size=(10, 1, 10)))
    ball = world.spawn(
        Name("Ball"),
        Transform(),
        RigidBody(mass_kg=2.0),
        Collider(shape="sphere", size=(1, 1, 1)),
        Script("scripts/ball.py"),
    )
    Node(world, ball).position = (0, 3, 0)
    app.frame(0.0)
    heights = []
    for _ in range(60):
        app.frame(STEP)
        heights.append(float(Node(world, ball).position[1]))
    said = [message.text for message in app.resource(ScriptHost).log.messages]
    assert said[:2] == ["below Floor 2.5 Vec3(0, 1, 0)", "above None"], said
    assert "collision_begin Floor True" in said
    assert "rises True" in said
    lowest = heights.index(min(heights))
    assert max(heights[lowest:]) > 1.5, "the impulse threw it up again"
