"""``python -m taixu.bench.commands_server JSON``: belts that can be commanded, or (``"device"``) what obeys in their stead.

The server writes down when the network's thread could first tell that a command was acknowledged.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from taixu.ecs import F32, component, field

__all__ = ["Belt"]


@component("belt")
class Belt:
    """What is commanded."""

    speed: F32 = field(default=0.0, unit="m/s")


def main() -> None:
    """Serve, or obey, until standard input ends."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    if asked.get("device"):
        _obey()
    else:
        _serve(asked)


def _serve(asked: dict[str, Any]) -> None:
    from taixu.defaults import App
    from taixu.edit import WorldSettings
    from taixu.script import ScriptHost
    from taixu.serve import Access, Server
    from taixu.serve.facts import Facts
    from taixu.twin import Device
    from taixu.twin.connectors.mqtt import MqttConnector
    from taixu.twin.plugin import TwinPlugin, configure_twin, open_world_sources

    access, token = Access.of_one()
    told_ns: dict[int, int] = {}
    with App.headless(plugins=(TwinPlugin(),)) as app:
        app.resource(ScriptHost).open(Path(__file__).parent, trusted=True)
        app.register_component(Belt)
        keys = np.array([f"b{i}" for i in range(asked["n"])], object)
        belts = app.world.spawn_batch(asked["n"], {Belt: {}, Device: {"key": keys, "kind": "belt"}})
        source = {"kind": "mqtt", "qos": 0} | ({"url": asked["broker"]} if asked["broker"] else {})
        control = {"name": "speed", "field": "belt.speed", "source": "plant", "topic": "belt/{key}/set",
                   "acknowledged_on": "belt/+/ack", "timeout": 60, "only_if": ["belt.speed < 100"]}  # fmt: skip
        binding = {"topic": "belt/{key}/state", "from": "speed", "to": "belt.speed"}
        app.resource(WorldSettings).values["twin"] = {"sources": {"plant": source}, "controls": [control], "bindings": [binding]}
        configure_twin(app.world)
        app.settle()
        sources = open_world_sources(app)
        server = Server(app, access, sources=sources, port=0)
        put = server.board.put

        def put_and_note(facts: Facts) -> None:
            put(facts)
            now = time.time_ns()
            for command in facts.commands:
                if command.acknowledged_ns:
                    told_ns.setdefault(command.number, now)

        server.board.put = put_and_note  # type: ignore[method-assign]

        def answer() -> None:
            for _ in sys.stdin:
                print(json.dumps(told_ns), flush=True)
            server.stop()

        plant = sources[0]
        assert isinstance(plant, MqttConnector)
        end = time.monotonic() + 20
        while plant.link.status.state != "connected" and time.monotonic() < end:
            time.sleep(0.02)
        ids = [f"{each:016x}" for each in app.world.stable_ids(belts[:100]).tolist()]
        print(json.dumps({"url": server.url, "token": token, "broker": plant.environment, "belts": ids}), flush=True)
        threading.Thread(target=answer, daemon=True).start()
        server.run()
        server.close()


def _obey() -> None:
    """A device that acknowledges all it is told, at once."""
    from urllib.parse import urlsplit

    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    address = urlsplit(os.environ["TAIXU_BROKER_URL"])
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if os.environ.get("TAIXU_BROKER_USER"):
        client.username_pw_set(os.environ["TAIXU_BROKER_USER"], os.environ.get("TAIXU_BROKER_PASSWORD"))

    def connected(*_: Any) -> None:
        client.subscribe("belt/+/set", 0)

    def ready(*_: Any) -> None:
        print("{}", flush=True)

    def heard(_: Any, __: Any, message: Any) -> None:
        number = json.loads(message.payload)["command"]
        client.publish(message.topic.removesuffix("set") + "ack", json.dumps({"command": number}), qos=0)

    client.on_connect, client.on_subscribe, client.on_message = connected, ready, heard
    client.connect(address.hostname or "127.0.0.1", address.port or 1883)
    client.loop_start()
    sys.stdin.read()
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main()
