"""What scripts do to a world: spawning, columns, chance, services, helpers of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from script_apps import STEP, MakeApp, add, lines, maker

from taixu.app import GameServices
from taixu.scene import Name, Node, Transform
from taixu.script import Script


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    return maker(tmp_path)


def test_scripts_spawn_and_despawn(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\nmade = []\n"
        "def on_start():\n"
        "    box = game.spawn('box', position=(1, 2, 3), name='Box', scale=2, material={'metallic': 1.0})\n"
        "    child = game.spawn(parent=box, position=(0, 1, 0))\n    made.append(box)\n"
        "    game.log(box.shape.kind, box.material.metallic, box.scale)\n"
        "    game.log(child.world_position, box.children == [child])\n"
        "    game.despawn(box)\n    game.log(box.alive)\n"
        "def on_tick(dt):\n    if game.tick == 1: game.log(made[0].alive, game.find('Box'))\n"
    )
    add(app, "A", "a")
    app.frame(STEP)
    app.frame(STEP)
    assert lines(app) == ["box 1.0 Vec3(2, 2, 2)", "Vec3(1, 4, 3) True", "True", "False None"]
    assert len(app.world) == 1



def test_what_a_script_spawns_may_have_a_script(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start(): game.spawn(script={'path': 'scripts/b.py', 'fields': {'text': 'hi'}})\n",
        b="import game\ntext: str = ''\ndef on_start(): game.log(text, game.tick)\n",
    )
    add(app, "A", "a")
    app.frame(STEP)
    app.frame(STEP)
    assert lines(app) == ["hi 1"]



def test_columns_move_thousands_at_once(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_tick(dt):\n    c = game.columns('transform', 'translation', without='script')\n"
        "    c.translation[1] += c.ids\n    c.write()\n    game.log(len(c))\n"
    )
    add(app, "A", "a")
    some = [app.world.spawn(Transform(), stable_id=stable) for stable in (5, 3)]
    other = app.world.spawn(Transform(), Name("x"), stable_id=4)
    app.frame(STEP)
    assert [Node(app.world, entity).position[1] for entity in (*some, other)] == [5, 3, 4]
    assert lines(app) == ["3"]



def test_random_numbers_can_be_repeated(make_app: MakeApp) -> None:
    source = "import game\ndef on_start(): game.log(game.random.random())\n"
    said = []
    for _ in range(2):
        app = make_app(a=source)
        for stable in (1, 2):
            app.world.spawn(Script("scripts/a.py"), stable_id=stable)
        app.frame(STEP)
        said.append(lines(app))
    assert said[0] == said[1]
    assert said[0][0] != said[0][1]



def test_services_of_plugins_are_reached_by_name(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start():\n    hit = game.raycast((0, 1, 0), (0, -1, 0), ignore=game.entity)\n"
        "    game.log(hit.entity.name, hit.distance, hit.normal)\n    game.apply_impulse(hit.entity, (0, 1, 0))\n"
        "    game.play_sound('coin', at=hit.entity)\n    game.set_velocity(hit.entity, angular=(0, 2, 0))\n"
        "    game.log(game.velocity(hit.entity))\n"
    )
    me = add(app, "A", "a")
    floor = app.world.spawn(Name("Floor"), Transform())
    calls: list[object] = []
    services = app.resource(GameServices)

    def raycast(world: object, origin: object, direction: object, **options: object) -> dict[str, object]:
        assert options["ignore"] == me
        return {"entity": floor, "position": (0, 0, 0), "normal": (0, 1, 0), "distance": 1.0}

    services.provide("raycast", raycast)
    services.provide("apply_impulse", lambda world, entity, impulse, at: calls.append((entity, tuple(impulse), at)))
    services.provide("set_velocity", lambda world, entity, linear, angular: calls.append((entity, linear, tuple(angular))))
    services.provide("get_velocity", lambda world, entity: ((1, 0, 0), np.zeros(3)))
    services.provide("play_sound", lambda world, sound, **how: calls.append((sound, tuple(how["position"]))))
    app.frame(STEP)
    assert lines(app) == ["Floor 1.0 Vec3(0, 1, 0)", "(Vec3(1, 0, 0), Vec3(0, 0, 0))"]
    assert calls == [(floor, (0, 1, 0), None), ("coin", (0, 0, 0)), (floor, None, (0, 2, 0))]



def test_helpers_beside_the_script_are_imported(make_app: MakeApp) -> None:
    app = make_app(
        a="import helper, math\nfrom game import log\ndef on_start(): log(helper.twice(math.pi), helper.who())\n",
        helper="import game\ndef twice(x): return round(2 * x, 2)\ndef who(): return game.entity.name\n",
    )
    add(app, "A", "a")
    app.frame(STEP)
    assert lines(app) == ["6.28 A"]

