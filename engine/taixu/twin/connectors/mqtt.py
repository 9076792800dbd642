"""MQTT: what devices and gateways publish. A message is acknowledged to the broker when its readings are kept.

Where no broker is named one is started beside us (`broker`), which simulators and devices on this machine may use.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from taixu.errors import MachineError, TaixuError
from taixu.twin.connectors.broker import EmbeddedBroker
from taixu.twin.connectors.connector import Connector, secret

__all__ = ["MqttConnector", "MqttParameters"]

_KEEPALIVE_SECS = 30
_GATHER_SECS = 0.004
_WAITED_SECS = (0.0003, 0.008)
"""The next message was waited for, but not long: its sender is fast, and a thread that wakes for each costs more than they do."""


@dataclass(frozen=True)
class MqttParameters:
    """Where the broker is."""

    url: str = field(default="", metadata={"doc": "mqtt://HOST:PORT, or mqtts:// for TLS; a broker of our own where empty."})
    port: int = field(default=0, metadata={"doc": "Where our own listens; 0 takes a free one.", "minimum": 0, "maximum": 65535})
    topics: tuple[str, ...] = field(default=(), metadata={"doc": "Filters; those of the bindings where none are named."})
    user: str = field(default="", metadata={"doc": "User name, where the broker wants one."})
    password_variable: str = field(default="", metadata={"doc": "The environment variable that holds the password."})
    qos: int = field(default=1, metadata={"doc": "0 may lose, 1 is acknowledged.", "minimum": 0, "maximum": 2})
    client_id: str = field(default="", metadata={"doc": "With one the broker keeps what comes while this is away."})


class MqttConnector(Connector):
    """Subscribes to a broker, and comes back when the broker does."""

    kind, parameters = "mqtt", MqttParameters
    broker: EmbeddedBroker | None = None
    """Our own, where no other was named."""
    _heard_at = 0.0

    @property
    def environment(self) -> dict[str, str]:
        """What programs need that talk to the same broker, as variables of their environment."""
        settings: MqttParameters = self.settings
        if self.broker is not None:
            url, user, password = self.broker.url, self.broker.user, self.broker.password
        else:
            url, user, password = settings.url, settings.user, self._password
        return {"TAIXU_BROKER_URL": url, "TAIXU_BROKER_USER": user, "TAIXU_BROKER_PASSWORD": password}

    def start(self) -> None:
        """Connect in the background."""
        settings: MqttParameters = self.settings
        if find_spec("paho") is None:
            raise MachineError('MQTT needs paho-mqtt; pip install "taixu[twin]" brings it')
        import paho.mqtt.client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion

        self._password = secret(settings.password_variable)
        if not settings.url:
            self.broker = EmbeddedBroker(port=settings.port, user=settings.user, password=self._password)
            self.link.status.note = f"a broker of its own at {self.broker.url}, user {self.broker.user}"
        access = self.environment
        try:
            parts = urlsplit(access["TAIXU_BROKER_URL"])
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = None, None, None
        if parts is None or parts.scheme not in ("mqtt", "mqtts") or not host:
            raise TaixuError(f"{settings.url[:80]!r} is no broker such as mqtt://127.0.0.1:1883")
        self._closing = threading.Event()
        client = self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=settings.client_id, clean_session=not settings.client_id, manual_ack=True
        )
        if access["TAIXU_BROKER_USER"]:
            client.username_pw_set(access["TAIXU_BROKER_USER"], access["TAIXU_BROKER_PASSWORD"] or None)
        if parts.scheme == "mqtts":
            client.tls_set()
        elif self.broker is None:
            self.link.status.note = "not encrypted"
        client.on_connect, client.on_disconnect, client.on_message = self._connected, self._disconnected, self._heard
        client.reconnect_delay_set(min_delay=1, max_delay=2 if self.broker is not None else 30)
        client.connect_async(host, port or (8883 if parts.scheme == "mqtts" else 1883), keepalive=_KEEPALIVE_SECS)
        self.link.status.state = "waiting"
        client.loop_start()

    def close(self) -> None:
        """Say goodbye."""
        self._closing.set()
        self._client.disconnect()
        self._client.loop_stop()
        if self.broker is not None:
            self.broker.close()
        self.link.status.state = "done"

    def send(self, topic: str, payload: bytes) -> None:
        """Publish; a broker that is not there is told of at once, so that no command comes late."""
        if self.link.status.state != "connected":
            raise TaixuError(f"the broker of {self.link.name!r} is not there")
        if self._client.publish(topic, payload, qos=1).rc != 0:
            raise TaixuError(f"{self.link.name!r} could not send")

    def _connected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        status = self.link.status
        if reason.is_failure:
            status.state, status.problem = "waiting", f"the broker refuses: {reason}"
            return
        topics = self.settings.topics or self.link.topics()
        if topics:
            client.subscribe([(topic, self.settings.qos) for topic in topics])
        status.state, status.problem = "connected", "" if topics else "no binding wants anything of this source"

    def _disconnected(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if not self._closing.is_set():
            self.link.status.state, self.link.status.problem = "waiting", f"the broker is gone: {reason}"

    def _heard(self, client: Any, userdata: Any, message: Any) -> None:
        """In paho's thread: while the inbox is full nothing more is read, and the broker holds what comes.

        What a fast sender says is read in gulps, a quarter of a frame late at most.
        """
        least, most = _WAITED_SECS
        if least < time.perf_counter() - self._heard_at < most:
            time.sleep(_GATHER_SECS)
        on_kept = self._kept if message.qos else None
        self.link.tell(message.topic, message.payload, on_kept=on_kept, token=(message.mid, message.qos), stop=self._closing.is_set)
        self._heard_at = time.perf_counter()

    def _kept(self, messages: list[tuple[int, int]]) -> None:
        """Tell the broker (any thread)."""
        for number, qos in messages:
            self._client.ack(number, qos)
