"""The devices' radio: readings out and commands in, by MQTT, as any device could do it."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from taixu.twin import Batch
from taixu.twin.wire import encode_batch

_ORDERS = ("run", "speed", "drill", "agv")


class Radio:
    """A connection to a broker that comes back by itself."""

    def __init__(self, url: str, *, user: str = "", password: str = "") -> None:
        parts = urlsplit(url)
        self._orders: queue.Queue[tuple[str, str, int, Any]] = queue.Queue(1000)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        if user:
            self._client.username_pw_set(user, password or None)
        self._client.on_connect, self._client.on_message = self._connected, self._heard
        self._client.reconnect_delay_set(1, 4)
        self._client.max_queued_messages_set(200)
        self._client.connect_async(parts.hostname or "127.0.0.1", parts.port or 1883, keepalive=20)
        self._client.loop_start()

    def close(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    def tell(self, topic: str, **values: Any) -> None:
        """A reading as JSON, as most devices write it."""
        self._client.publish(topic, json.dumps(values), qos=0)

    def tell_many(self, topic: str, keys: Sequence[str], times_ns: int, columns: Mapping[str, Any]) -> None:
        """Readings of many things at once, as one binary record."""
        if keys and self._client.is_connected():
            fields = {name: np.asarray(column, np.float32) for name, column in columns.items()}
            batch = Batch(topic, np.arange(len(keys), dtype=np.uint32), np.full(len(keys), times_ns), fields, tuple(keys))
            self._client.publish(topic, encode_batch(batch), qos=0)

    def orders(self) -> Iterator[tuple[str, str, int, Any]]:
        """Commands that came since the last call: kind, key, number, value."""
        while not self._orders.empty():
            yield self._orders.get()

    def answer(self, kind: str, key: str, number: int, why: str) -> None:
        """Say that a command was obeyed, or why not."""
        said: dict[str, Any] = {"command": number, "ok": not why}
        if why:
            said["why"] = why
        self._client.publish(f"{kind}/{key}/ack", json.dumps(said), qos=1)

    def _connected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe([(f"{kind}/+/set", 1) for kind in _ORDERS])

    def _heard(self, client: Any, userdata: Any, message: Any) -> None:
        kind, key, _ = message.topic.split("/")
        try:
            said = json.loads(message.payload)
            self._orders.put_nowait((kind, key, int(said["command"]), said["value"]))
        except (ValueError, KeyError, TypeError, queue.Full):
            return  # no command
