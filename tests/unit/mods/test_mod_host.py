"""Mods in a world: what they see of it, and what they change, step by step."""

from __future__ import annotations

from typing import Any

from mod_worlds import STEP, add_mod, mod_app, mod_lines
from native_box import NativeBoxed

from taixu.scene import Light, Name, Node, Parent, Shape, Transform

MOVE = "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 1\n"


def _place(app: Any, entity: int) -> float:
    return float(Node(app.world, entity).position[0])


def test_a_mod_changes_the_world_in_every_step() -> None:
    app = mod_app()
    entity = app.world.spawn(Transform())
    mod = add_mod(app, MOVE, write=["transform"])
    for step in range(4):
        app.frame(STEP)
        assert _place(app, entity) == step + 1
    assert mod.status == "running"
    assert mod.cost.steps == 4
    assert mod.cost.refused == 0


def test_only_what_changed_is_sent() -> None:
    app = mod_app()
    one, two = app.world.spawn(Transform(), Light()), app.world.spawn(Transform())
    mod = add_mod(app, "import game\ndef on_tick(dt): pass\n", read=["transform", "light"])
    app.frame(STEP)
    boxed = mod.boxed
    assert isinstance(boxed, NativeBoxed)
    boxed.sent.clear()
    app.frame(STEP)
    app.world.set(one, Light, intensity=5.0)
    app.frame(STEP)
    app.world.set(two, Transform, translation=(1, 2, 3))
    app.frame(STEP)
    assert [reads for _, _, reads in boxed.sent] == [(), ("f:1:light.intensity",), ("f:3:transform.translation",)]


def test_what_was_spawned_last_stands_where_it_was_put() -> None:
    source = (
        "import game\nmade = []\n"
        "def on_start(): made.extend(game.spawn('box', position=(5 + n, 0, 0)) for n in range(3))\n"
        "def on_tick(dt): game.log([e.x for e in made])\n"
    )
    app = mod_app()
    add_mod(app, source, read=["transform"], capabilities=["spawn"])
    for _ in range(3):
        app.frame(STEP)
    assert set(mod_lines(app)) == {"[5.0, 6.0, 7.0]"}


def test_entities_come_and_go_under_a_mod() -> None:
    source = (
        "import game\nseen = None\n"
        "def on_tick(dt):\n"
        "    global seen\n"
        "    seen = seen or game.find('First')\n"
        "    game.log([(e.name, round(e.x)) for e in game.query('transform', 'name')], seen.alive and seen.name)\n"
    )
    app = mod_app()
    first = app.world.spawn(Transform(translation=(1, 0, 0)), Name("First"), stable_id=50)
    add_mod(app, source, read=["transform", "name"])
    app.frame(STEP)
    more = [
        app.world.spawn(Transform(translation=(n, 0, 0)), Name(f"N{n}"), stable_id=stable) for n, stable in ((2, 60), (3, 40))
    ]
    app.frame(STEP)
    app.frame(STEP)
    app.world.remove(more[0], Name)
    app.world.insert(more[1], Shape())
    app.frame(STEP)
    app.frame(STEP)
    app.world.despawn(first)
    app.frame(STEP)
    app.frame(STEP)
    for number in range(400):
        app.world.spawn(Transform(), stable_id=1000 + number)
    app.frame(STEP)
    app.frame(STEP)
    said = mod_lines(app)
    assert said[0] == "[('First', 1)] First"
    assert said[2] == "[('N3', 3), ('First', 1), ('N2', 2)] First"
    assert said[4] == "[('N3', 3), ('First', 1)] First"
    assert said[6] == said[8] == "[('N3', 3)] False"


def test_names_follow_the_world() -> None:
    source = "import game\ndef on_tick(dt): game.log(*(found and found.id for found in map(game.find, 'ABC')))\n"
    app = mod_app()
    one, two = app.world.spawn(Name("A"), stable_id=5), app.world.spawn(Name("A"), stable_id=9)
    add_mod(app, source, read=["name"])
    app.frame(STEP)
    app.world.set(one, Name, text="B")
    app.world.despawn(two)
    app.world.spawn(Name("C"), stable_id=12)
    app.frame(STEP)
    app.world.remove(one, Name)
    app.frame(STEP)
    app.frame(STEP)
    assert mod_lines(app) == ["5 None None", "5 None None", "None 5 12", "None None 12"]


def test_values_of_entities_that_come_into_used_slots_are_theirs() -> None:
    source = "import game\ndef on_tick(dt): game.log([(round(e.x), e.light.kind) for e in game.query('light')])\n"
    app = mod_app()
    old = app.world.spawn(Transform(translation=(1, 0, 0)), Light(kind="spot"), stable_id=5)
    add_mod(app, source, read=["transform", "light"])
    app.frame(STEP)
    app.world.despawn(old)
    app.world.spawn(Transform(translation=(2, 0, 0)), Light(kind="point"), stable_id=5)
    app.frame(STEP)
    app.frame(STEP)
    assert mod_lines(app)[0] == "[(1, 'spot')]"
    assert mod_lines(app)[2] == "[(2, 'point')]"


def test_what_the_engine_changes_meanwhile_is_not_undone() -> None:
    app = mod_app()
    entity, other = app.world.spawn(Transform()), app.world.spawn(Transform())
    moved = f"if e.id == {app.world.stable_id(other)}: e.x += 1"
    source = f"import game\ndef on_tick(dt):\n    for e in game.query('transform'):\n        {moved}\n"
    add_mod(app, source, write=["transform"])
    app.frame(STEP)
    Node(app.world, entity).position = (7, 0, 0)  # after it was sent, before its answer is taken
    app.frame(STEP)
    assert _place(app, entity) == 7
    assert _place(app, other) == 2
    app.frame(STEP)
    assert _place(app, entity) == 7


def test_far_entities_and_children_move() -> None:
    app = mod_app()
    far, parent = app.world.spawn(Transform()), app.world.spawn(Transform())
    child = app.world.spawn(Transform(translation=(600, 0, 0)), Parent(parent))
    Node(app.world, far).position = (5000.5, 0, 0)
    add_mod(app, "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 600\n", write=["transform"])
    app.frame(STEP)
    app.frame(STEP)
    assert _place(app, far) == 6200.5
    assert _place(app, parent) == 1200
    assert _place(app, child) == 1800
