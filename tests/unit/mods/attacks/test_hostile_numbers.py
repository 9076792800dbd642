"""Numbers that are finite and still no good: into every field of a body, with real physics, beside somebody's own body."""

from __future__ import annotations

import numpy as np
import pytest
from mod_worlds import STEP, mod_lines
from native_box import open_natively

from taixu.app import App
from taixu.mods.grants import Grants
from taixu.mods.hands import BROKEN
from taixu.mods.host import ModHost
from taixu.mods.plugin import ModPlugin
from taixu.physics import Collider, PhysicsPlugin, RigidBody
from taixu.platform import PlatformPlugin
from taixu.scene import Name, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import ScriptPlugin

NUMBERS = ("3.4e38", "-3.4e38", "1e20", "1e-38", "1e-45", "0.0", "-1.0")
FIELDS = {
    "transform": ("translation", "rotation", "scale"), "rigid_body": ("mass_kg", "linear_velocity", "angular_velocity"),
    "collider": ("size", "friction", "restitution"),
}  # fmt: skip
EVIL = """
import game
from _game_mirror import mirror
NUMBERS, FIELD = {numbers}, {field!r}
def on_tick(dt):
    number = NUMBERS[game.tick // 2 % len(NUMBERS)]
    if game.tick % 4 < 2:
        data = mirror.data[FIELD]
        for part in range(len(data) // mirror.capacity): data[mirror.rows[2] + part * mirror.capacity] = number
        if FIELD.startswith("transform"): game.find("Bad").x = game.find("Bad").x
        return
    component, _, field = FIELD.partition(".")
    width = len(mirror.data[FIELD]) // mirror.capacity
    value = [number] * width if width > 1 else number
    mirror.commands.append(["set", {{"entities": [2], "component": component, "fields": {{field: value}}}}])
"""


@pytest.mark.parametrize(("component", "field"), [(component, field) for component, fields in FIELDS.items() for field in fields])
def test_bad_numbers_harm_nobody_else(component: str, field: str) -> None:
    app = App()
    for plugin in (PlatformPlugin(), ScenePlugin(), PhysicsPlugin(), ScriptPlugin(), ModPlugin(open_natively)):
        app.add_plugin(plugin)
    world = app.world
    good = world.spawn(Name("Good"), Transform(translation=(0, 0.5, 0)), RigidBody(), Collider(), stable_id=1)
    world.spawn(Name("Bad"), Transform(translation=(5, 0.5, 0)), RigidBody(), Collider(), stable_id=2)
    world.spawn(Name("Floor"), Transform(translation=(0, -0.5, 0), scale=(40, 1, 40)), Collider(size=(40, 1, 40)), stable_id=3)
    numbers = f"[{', '.join(NUMBERS)}]"
    source = EVIL.format(numbers=numbers, field=f"{component}.{field}")
    grants = Grants.of(read=["name"], write=["transform", "rigid_body", "collider"])
    mod = app.resource(ModHost).load("b.bad", {"main.py": source}, grants=grants)
    app.resource(ModHost).protected.update({1, 3})
    for _ in range(4 * len(NUMBERS)):
        app.frame(STEP)
        assert np.isfinite(world.get(good, Transform).translation).all()
    assert not any(BROKEN in line for line in mod_lines(app))
    assert abs(world.get(good, Transform).translation[1]) < 2, "it still stands where it was put"
    for cls, name in ((Transform, "translation"), (Transform, "rotation"), (Transform, "scale"), (RigidBody, "linear_velocity")):
        assert np.isfinite(world.gather(np.array([good], np.uint64), cls, name)).all()
    assert mod.cost.refused > 0 or field != "rotation"
    app.close()
