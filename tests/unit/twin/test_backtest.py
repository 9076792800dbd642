from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.physics import RigidBody
from taixu.scene import Name, Parent, Shape, Transform
from taixu.twin.backtest import backtest
from taixu.twin.device import Device
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.playing import play_recording
from taixu.twin.plugin import TwinPlugin, begin_recording
from taixu.twin.rules import read_rules

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}})


def test_a_recording_is_played_as_it_was(tmp_path: Path) -> None:
    now = NOW
    hashes: dict[int, str] = {}
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: now),)) as app:
        cart = app.scene.spawn("Cart", Shape("box"), RigidBody(), position=(0, 5, 0))
        begin_recording(app, tmp_path / "r", key_rows=2.0)
        for tick in range(40):
            now = NOW + tick * SECOND
            if tick == 5:
                app.scene.spawn("Load", Shape("sphere"), position=(0, 1, 0), parent=cart)
            if tick == 9:
                app.world.insert([cart.entity], Device(key="7"))
            if tick == 14:
                app.world.remove([cart.entity], Device)
            if tick == 20:
                load = app.scene.find("Load")
                assert load is not None
                app.world.despawn([load.entity])
            app.resource(Recorder).writer.wait()
            app.run(ticks=1)
            hashes[now] = app.world.state_hash()
    recording = Recording(tmp_path / "r")
    for since in (None, NOW + 7 * SECOND, NOW + 22 * SECOND):
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            seen = 0
            for known in play_recording(recording, app.world, app.components, since_ns=since):
                assert app.world.state_hash() == hashes[known]
                seen += 1
            assert seen == sum(known >= (since or NOW) for known in hashes)


def hot(folder: Path) -> Components:
    """Two motors that heat up, one to 90 and one to 60 degrees, and cool down again."""
    world, components = World(), Components()
    for cls in (Transform, Name, Device, Parent, MOTOR):
        components.register(cls)
    entities = [world.spawn(Transform(), Name(f"Motor {i}"), Device(key=f"m{i}"), MOTOR()) for i in range(2)]
    recorder = Recorder(folder)
    for tick in range(60):
        warmth = np.sin(np.pi * tick / 59)
        world.scatter(np.array(entities, np.uint64), MOTOR, "temperature", np.array([90 * warmth, 60 * warmth], np.float32))
        recorder.writer.wait()  # each tick by itself, however slow the disk is
        recorder.record(world, now_ns=NOW + tick * SECOND)
    recorder.close()
    return components


def test_rules_are_tried_on_the_past(tmp_path: Path) -> None:
    components = hot(tmp_path / "r")
    rules = read_rules([{"name": "hot", "when": "motor.temperature > 80", "for": 3, "say": "{name} is hot"}], components)
    told: list[float] = []
    (alarm,) = backtest(Recording(tmp_path / "r"), rules, components, progress=told.append)
    temperatures = 90 * np.sin(np.pi * np.arange(60) / 59)
    above = np.flatnonzero(temperatures > 80)
    assert (alarm.text, alarm.raised_ns) == ("Motor 0 is hot", NOW + (above[0] + 3) * SECOND)
    assert alarm.cleared_ns == NOW + (above[-1] + 1) * SECOND
    assert told == sorted(told) and told[-1] == 1.0
    later = backtest(Recording(tmp_path / "r"), rules, components, since_ns=NOW + 50 * SECOND)
    assert later == []
    odd = read_rules([{"name": "odd", "when": 'inside("Nowhere")'}], components)
    with pytest.raises(TaixuError, match="no fence"):
        backtest(Recording(tmp_path / "r"), odd, components)
