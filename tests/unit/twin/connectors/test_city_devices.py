"""The control room of the sample `city` speaks to a broker, and obeys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from taixu.twin.connectors.broker import EmbeddedBroker
from taixu.twin.simulators import RunningSimulator

pytest.importorskip("amqtt")
mqtt = pytest.importorskip("paho.mqtt.client")


def test_orders_are_acknowledged_and_stand_from_then_on(repository: Path) -> None:
    heard: dict[str, Any] = {}
    broker = EmbeddedBroker()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.username_pw_set(broker.user, broker.password)
    client.on_connect = lambda client, *_: client.subscribe([("orders/#", 1), ("sky/#", 1)])
    client.on_message = lambda client, _, message: heard.update({message.topic: json.loads(message.payload)})
    host, port = broker.url.removeprefix("mqtt://").split(":")
    client.connect_async(host, int(port))
    client.loop_start()
    environment = {"TAIXU_BROKER_URL": broker.url, "TAIXU_BROKER_USER": broker.user, "TAIXU_BROKER_PASSWORD": broker.password}
    room = RunningSimulator(repository / "samples" / "city" / "devices" / "town.py", environment=environment)
    try:
        until(lambda: heard.get("orders/room") == {"exits": -1.0, "closed": -1.0} and "sky/sky" in heard)
        client.publish("orders/room/closed", b'["no order"]', qos=1)
        for topic, number, value in (("orders/room/closed", 7, 1.0), ("orders/room/exits", 8, 2.0), ("sky/sky/hour", 9, 22.0)):
            client.publish(topic, json.dumps({"command": number, "value": value}), qos=1)
            until(lambda: heard.get(topic.rpartition("/")[0] + "/ack") == {"command": number, "ok": True})  # noqa: B023
        until(lambda: heard["orders/room"] == {"exits": 2.0, "closed": 1.0} and 22.0 <= heard["sky/sky"]["hour"] < 24.0)
        assert room.restarts == 0
    finally:
        room.close()
        client.disconnect()
        client.loop_stop()
        broker.close()
