from __future__ import annotations

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.scene import Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import read_bindings
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.linting import binding_findings

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}})
PUMP = declared_component("pump", {"flow": {"kind": "f32"}})


def test_what_is_doubtful_is_named() -> None:
    world, components = World(), Components()
    for cls in (Transform, Device, MOTOR, PUMP):
        components.register(cls)
    for key in ("m0", "m1", "m2"):
        world.spawn(Device(key=key), MOTOR())
    world.spawn(Device(key="m0"), MOTOR())
    world.spawn(Device(key="lamp"), Transform())
    world.insert_resource(Roster())
    bindings = [
        {"topic": "motor/{key}", "from": "t", "to": "motor.temperature"},
        {"topic": "pump/{key}", "from": "f", "to": "pump.flow"},
        {"topic": "one", "from": "t", "to": "motor.temperature", "entity": "m9"},
        {"topic": "never", "from": "t", "to": "motor.temperature"},
    ]
    feed = Feed(read_bindings(bindings, components, read_frames({})))
    world.insert_resource(feed)

    def said(at: int) -> dict[str, str]:
        return {each.where: f"{each.severity}: {each.message}" for each in binding_findings(world, now_ns=at)}

    before = said(NOW)
    assert before["twin.bindings[1]"] == "error: no device has pump: it can hit nothing"
    assert before["twin.bindings[2]"] == "error: there is no device 'm9'"
    assert "twin.bindings[0]" not in before and "twin.bindings[3]" not in before, "nothing has come at all"
    assert before["device m0"].startswith("error: several")
    assert before["devices lamp"] == "warning: no binding feeds anything that they have"
    assert before["devices m0, m0, m1, m2"].startswith("info: nothing has been heard")
    feed.take(world, [Batch("motor/m1", np.zeros(1, np.uint32), np.array([NOW]), {"t": np.ones(1)})], now_ns=NOW)
    after = said(NOW + 61 * SECOND)
    assert "twin.bindings[0]" not in after and after["twin.bindings[3]"].startswith("warning: nothing has come for never")
    assert after["devices m1"] == "warning: nothing has been heard of them for 60 s"
