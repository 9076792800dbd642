"""A small plant for tests of the viewer: presses and belts that warm up and obey, carts that go round, served from a thread."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Device
from taixu.twin.commands import Ledger
from taixu.twin.connectors import Connector, Link
from taixu.twin.inbox import Inbox
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin
from taixu.twin.rules import Fence

OPERATOR, VIEWER = "o" * 20, "v" * 20
PRESS, BELT = 0xA1, 0xB1
"""Stable ids of the first press and of the first belt; the next follow."""
MOTOR = declared_component("motor", {
    "temperature": {"kind": "f32", "unit": "degC", "default": 20.0}, "load": {"kind": "f32", "unit": "percent"},
    "state": {"kind": "text", "choices": ["idle", "running", "fault"]},
})  # fmt: skip
DRIVE = declared_component("drive", {
    "speed": {"kind": "f32", "unit": "m/s"}, "mode": {"kind": "text", "choices": ["running", "stopped"]},
    "brake_wear": {"kind": "f32", "unit": "percent"},
})  # fmt: skip
TWIN: dict[str, Any] = {
    "bindings": [
        {"topic": "press/{key}", "from": "temp", "to": "motor.temperature"},
        {"topic": "press/{key}", "from": "load", "to": "motor.load"},
        {"topic": "press/{key}", "from": "state", "to": "motor.state"},
        {"topic": "belt/{key}/state", "from": "speed", "to": "drive.speed"},
        {"topic": "belt/{key}/state", "from": "mode", "to": "drive.mode"},
        {"topic": "agv/{key}", "from": ["x", "y", "z"], "to": "transform.position"},
    ],
    "rules": [
        {"name": "too hot", "when": "motor.temperature > 80", "until": "motor.temperature < 70", "severity": "critical",
         "say": "{name} is at {motor.temperature:.0f} °C"},
        {"name": "loaded", "when": "motor.load > 90", "severity": "high", "say": "{name} carries {motor.load:.0f} %"},
        {"name": "belt stands", "when": "drive.mode == 'stopped'", "severity": "low", "say": "{name} stands"},
    ],
    "processes": [{
        "name": "cooling", "when": "motor.temperature > 90", "open": "operate",
        "states": {
            "reported": {"within": 600, "next": [{"to": "looked at", "by": "operate"}]},
            "looked at": {"next": [{"to": "cool", "when": "motor.temperature < 70"}]},
            "cool": {},
        },
    }],
    "plans": [{
        "name": "slow down", "triggers": [{"when": "motor.temperature > 90"}], "roles": {"fitter": 1},
        "steps": [
            {"name": "call", "role": "fitter", "takes": 30}, {"name": "look", "after": ["call"], "role": "fitter", "takes": 60},
        ],
        "goals": [{"name": "belts run", "measure": "Belts running", "above": 0, "within": 120}],
    }],
    "measures": [
        {"name": "Mean temperature", "unit": "degC", "value": "mean(motor.temperature)", "where": "device.kind == 'press'"},
        {"name": "Belts running", "value": "count(drive.mode == 'running')"},
        {"name": "AGVs", "value": "count(device.kind == 'agv')", "by": "zone"},
        {"name": "Running", "unit": "percent", "value": "100 * portion(motor.state == 'running', 60)", "by": "entity"},
    ],
    "controls": [
        {"name": "speed", "field": "drive.speed", "source": "plant", "topic": "belt/{key}/set", "acknowledged_on": "belt/+/ack",
         "minimum": 0, "maximum": 2, "tolerance": 0.01, "timeout": 120},
        {"name": "mode", "field": "drive.mode", "source": "plant", "topic": "belt/{key}/mode", "acknowledged_on": "belt/+/ack",
         "choices": ["running", "stopped"], "timeout": 120, "only_if": ["drive.brake_wear < 90"]},
    ],
}  # fmt: skip


class Obeying(Connector):
    """Devices that acknowledge at once and obey a moment later."""

    kind = "obeying"
    obey_secs = 0.3

    def start(self) -> None:
        self.speeds = {"B1": 1.2, "B2": 0.8}
        self.modes = {"B1": "running", "B2": "running"}

    def close(self) -> None:
        return

    def send(self, topic: str, payload: bytes) -> None:
        _, key, what = topic.split("/")
        said = json.loads(payload)
        self.link.tell(f"belt/{key}/ack", json.dumps({"command": said["command"]}).encode())

        def obey() -> None:
            (self.speeds if what == "set" else self.modes)[key] = said["value"]

        threading.Timer(self.obey_secs, obey).start()


class SmallPlant:
    """The served plant; `tell` lets a device say something."""

    def __init__(self, server: Server, plant: Obeying) -> None:
        self.server, self.plant = server, plant
        self.temperatures = {"P1": 62.0, "P2": 48.0, "P3": 55.0}
        self.silent: set[str] = set()
        """Keys of presses that say nothing for now."""

    def tell(self, topic: str, **values: Any) -> None:
        self.plant.link.tell(topic, json.dumps({"topic": topic, "time": time.time(), "values": values}).encode())

    def tell_all(self, secs: float) -> None:
        """What everything says at a time."""
        for key, degrees in self.temperatures.items():
            if key not in self.silent:
                phase = secs / 7 + int(key[1:])
                self.tell(f"press/{key}", temp=degrees + 3 * math.sin(phase), load=55 + 20 * math.sin(phase / 2), state="running")
        for key, speed in self.plant.speeds.items():
            is_running = self.plant.modes[key] == "running"
            self.tell(f"belt/{key}/state", speed=speed, mode="running" if is_running else "stopped")
        for number in range(4):
            angle = secs / 5 + number * 1.57
            self.tell(f"agv/A{number + 1}", x=9 * math.cos(angle), y=0.3, z=6 * math.sin(angle))


def _build(app: Any) -> None:
    app.register_component(MOTOR)
    app.register_component(DRIVE)
    scene, world = app.scene, app.world
    world.spawn(tx.Name("Floor"), tx.Transform(translation=(0.0, -0.05, 0.0)), tx.Shape("box", size=(30.0, 0.1, 22.0)))
    for i in range(3):
        place = tx.Transform(translation=(-6.0 + 6 * i, 1.2, -3.0))
        kinds = tx.Name(f"Press {i + 1}"), tx.Shape("box", size=(2.0, 2.4, 2.0)), Device(key=f"P{i + 1}", kind="press"), MOTOR()
        world.spawn(*kinds, place, stable_id=PRESS + i)
    for i in range(2):
        place = tx.Transform(translation=(-4.0 + 8 * i, 0.4, 2.0))
        kinds = tx.Name(f"Belt {i + 1}"), tx.Shape("box", size=(7.0, 0.5, 1.2)), Device(key=f"B{i + 1}", kind="conveyor"), DRIVE()
        world.spawn(*kinds, place, stable_id=BELT + i)
    for i in range(4):
        scene.spawn(f"AGV {i + 1}", tx.Shape("box", size=(1.2, 0.6, 0.8)), Device(key=f"A{i + 1}", kind="agv"))
    scene.spawn("Press bay", Fence(points=[[-10, -8], [10, -8], [10, 0], [-10, 0]], bottom_m=-1, top_m=4))
    scene.spawn("Aisle", Fence(points=[[-10, 0], [10, 0], [10, 8], [-10, 8]], bottom_m=-1, top_m=4))


@contextmanager
def small_plant(folder: Path | None, *, settings: dict[str, Any] | None = None, a_sec: float = 5.0) -> Iterator[SmallPlant]:
    """Serve the plant, recorded into a folder where one is given; devices speak so often a second until the end."""
    ready, ended = threading.Event(), threading.Event()
    found: list[SmallPlant] = []

    def run() -> None:
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            _build(app)
            app.resource(WorldSettings).values["twin"] = TWIN | (settings or {})
            configure_twin(app.world)
            if folder is not None:
                begin_recording(app, folder)
            plant = Obeying(Link("plant", app.resource(Inbox), tuple), None)
            plant.start()
            app.resource(Ledger).connect([plant])
            roles = {OPERATOR: Guest("alice", Role.OPERATE), VIEWER: Guest("bob", Role.VIEW)}
            server = Server(app, Access(roles), sources=[plant], port=0)
            found.append(SmallPlant(server, plant))
            ready.set()
            server.run(seconds=3600)
            server.close()

    thread = threading.Thread(target=run, name="small plant")
    thread.start()
    if not ready.wait(180):
        raise RuntimeError("the small plant did not start")
    speaking = threading.Thread(target=_speak, args=(found[0], ended, a_sec))
    speaking.start()
    try:
        yield found[0]
    finally:
        ended.set()
        speaking.join(180)
        found[0].server.stop()
        thread.join(180)


def _speak(plant: SmallPlant, ended: threading.Event, a_sec: float) -> None:
    began = time.monotonic()
    while not ended.wait(1 / a_sec):
        plant.tell_all(time.monotonic() - began)
