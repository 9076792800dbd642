"""Warnings of physics say which entity they are about."""

from __future__ import annotations

import numpy as np
import pytest
from physics_worlds import make_app, play

from taixu.physics import Articulation, Collider, Joint, RigidBody
from taixu.physics.naming import named, named_all
from taixu.scene import Name, Transform


def test_entities_in_words() -> None:
    world = make_app("auto").world
    crate = world.spawn(Name("crate"), stable_id=42)
    others = world.spawn_batch(7, {Transform: {}}, stable_ids=np.arange(100, 107, dtype=np.uint64))
    assert named(world, crate) == "'crate' (0x2a)"
    assert named(world, int(others[0])) == "entity 0x64"
    assert named_all(world, others[:2]) == "entity 0x64, entity 0x65"
    assert named_all(world, others).endswith("0x68 and 2 more")


def test_warnings_name_entities(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app("rapier")
    world = app.world
    world.spawn(Name("plate"), Transform(), RigidBody(), Collider(size=(1, 0, 1)))
    world.spawn(Name("hinge"), Transform(), Joint("hinge", b=world.spawn(Transform())))
    world.spawn(Name("arm"), Transform(), Articulation(source="nowhere.urdf"))
    heavy = world.spawn(Name("stone"), Transform(translation=(0, 5, 0)), RigidBody(mass_kg=1e30), Collider())
    lost = world.spawn(Name("balloon"), Transform(translation=(0, 9, 0)), RigidBody(), Collider())
    play(app, 2)
    for name in ("plate", "hinge", "arm", "stone"):
        assert f"'{name}' (0x" in caplog.text, name
    assert named(world, heavy) in caplog.text and "balloon" not in caplog.text
    world.set(lost, Transform, translation=(np.nan, 0, 0))
    play(app, 2)
    assert named(world, lost) in caplog.text
    app.close()
