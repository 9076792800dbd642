"""The control room and the hour of the day: they say how they stand every second, and obey what they are told.

    python town.py --url mqtt://127.0.0.1:1883

`taixu serve samples/city` starts it by itself, beside a broker of its own. A day takes 24 minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from typing import Any
from urllib.parse import urlsplit

_HOURS_A_SEC = 1 / 60
_START = 16.5


class Town:
    """What was told last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders = {"exits": -1.0, "closed": -1.0}
        self._began, self._hour = time.monotonic(), _START

    def tell(self, what: str, value: float) -> bool:
        """Somebody is told a value; says whether there is such a thing."""
        with self._lock:
            if what == "hour":
                self._began, self._hour = time.monotonic(), value % 24.0
            elif what in self._orders:
                self._orders[what] = value
            else:
                return False
        return True

    def says(self) -> list[tuple[str, dict[str, float]]]:
        """Topics and values, as they stand."""
        with self._lock:
            hour = (self._hour + (time.monotonic() - self._began) * _HOURS_A_SEC) % 24.0
            return [("orders/room", dict(self._orders)), ("sky/sky", {"hour": round(hour, 3)})]


def main() -> None:
    """Speak and obey until ended."""
    import paho.mqtt.client as mqtt

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("TAIXU_BROKER_URL", "mqtt://127.0.0.1:1883"))
    url, town = urlsplit(parser.parse_args().url), Town()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="city-control-room")
    if os.environ.get("TAIXU_BROKER_USER"):
        client.username_pw_set(os.environ["TAIXU_BROKER_USER"], os.environ.get("TAIXU_BROKER_PASSWORD", ""))

    def connected(client: mqtt.Client, *_: Any) -> None:
        client.subscribe([("orders/+/exits", 1), ("orders/+/closed", 1), ("sky/+/hour", 1)])

    def told(client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        try:
            said = json.loads(message.payload)
            group, key, what = message.topic.split("/")
            is_known = town.tell(what, float(said["value"]))
        except (ValueError, KeyError, TypeError):
            return  # not for us
        client.publish(f"{group}/{key}/ack", json.dumps({"command": said.get("command"), "ok": is_known}), qos=1)

    client.on_connect, client.on_message = connected, told
    client.reconnect_delay_set(1, 4)
    client.connect_async(url.hostname or "127.0.0.1", url.port or 1883)  # a broker that is not there yet is waited for
    client.loop_start()
    while True:
        if client.is_connected():
            for topic, values in town.says():
                client.publish(topic, json.dumps(values))
        time.sleep(1.0)


if __name__ == "__main__":
    main()
