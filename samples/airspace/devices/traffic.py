"""The drones' radio: where each is, four times a second, as one batch record for all; and what each is told.

    python traffic.py --url mqtt://127.0.0.1:1883

`taixu serve samples/airspace` starts it by itself, beside a broker of its own. A drone that is told another speed keeps it for a
while and answers; a gust (see `flights`) lets one fall back towards the next every few seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from flights import SPEED_MPS, Flights, key_of
from numpy.typing import NDArray
from pyproj import Transformer

from taixu.twin import Batch, encode_batch

_RATE = 4.0
_TOLD_SECS = 30.0
"""How long a drone keeps a speed that it was told."""
_ORIGIN = (22.5431, 114.0579)
_SLOWEST, _FASTEST = 6.0, 14.0
_FULL_SECS = 2400.0
"""From a full battery to an empty one; they are exchanged in flight, as far as this sample is concerned."""


class Traffic:
    """All drones, told and telling."""

    def __init__(self) -> None:
        self.flights = Flights()
        self._keys = tuple(key_of(number) for number in range(self.flights.count))
        self._speeds = np.full(self.flights.count, SPEED_MPS)
        self._told_until = np.zeros(self.flights.count)
        self._charge = np.random.default_rng(3).uniform(0.25, 1.0, self.flights.count)
        place = f"+lat_0={_ORIGIN[0]} +lon_0={_ORIGIN[1]} +h_0=0"
        self._to_plane = Transformer.from_pipeline(f"+proj=topocentric +ellps=WGS84 {place}")
        self._to_earth = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
        self._lock = threading.Lock()

    def tell(self, key: str, speed: float, secs: float) -> float:
        """Somebody is told a speed (m/s); gives the one that he keeps."""
        number = self._keys.index(key)
        kept = min(max(speed, _SLOWEST), _FASTEST)
        with self._lock:
            self._speeds[number], self._told_until[number] = kept, secs + _TOLD_SECS
        return kept

    def step(self, secs: float, step_secs: float) -> None:
        """Time goes on."""
        with self._lock:
            self._speeds[self._told_until < secs] = SPEED_MPS
            self.flights.behind_m += (SPEED_MPS - self._speeds) * step_secs
        self._charge = (self._charge - step_secs / _FULL_SECS) % 1.0

    def batch(self, secs: float, now_ns: int, *, with_keys: bool) -> Batch:
        """What all say."""
        x, y, z = self.flights.places(secs)
        east, up, south = self.flights.velocities(secs)
        lon, lat, height = self._to_earth.transform(*self._to_plane.transform(x, -z, y, direction="INVERSE"))
        count = self.flights.count
        fields: dict[str, NDArray[Any]] = {
            "lon": lon, "lat": lat, "height": height.astype(np.float32), "east": east.astype(np.float32),
            "up": up.astype(np.float32), "south": south.astype(np.float32), "speed": self._speeds.astype(np.float32),
            "straight": np.minimum(self.flights.straight_secs(secs), 20.0).astype(np.float32),
            "battery": (self._charge * 100).astype(np.float32),
        }  # fmt: skip
        return Batch(
            "drones/state", np.arange(count, dtype=np.uint32), np.full(count, now_ns), fields, keys=self._keys if with_keys else ()
        )


def main() -> None:
    """Fly until ended."""
    import paho.mqtt.client as mqtt

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("TAIXU_BROKER_URL", "mqtt://127.0.0.1:1883"))
    url = urlsplit(parser.parse_args().url)
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="airspace-drones")
    if os.environ.get("TAIXU_BROKER_USER"):
        client.username_pw_set(os.environ["TAIXU_BROKER_USER"], os.environ.get("TAIXU_BROKER_PASSWORD", ""))

    def connected(client: mqtt.Client, *_: Any) -> None:
        client.subscribe("drones/+/set", qos=1)

    def told(client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        try:
            said = json.loads(message.payload)
            key = message.topic.split("/")[1]
            traffic.tell(key, float(said["value"]), time.monotonic() - began)
        except (ValueError, KeyError, TypeError):
            return  # not for us
        client.publish(f"drones/{key}/ack", json.dumps({"command": said.get("command")}), qos=1)

    client.on_connect, client.on_message = connected, told
    client.reconnect_delay_set(1, 4)
    client.connect_async(url.hostname or "127.0.0.1", url.port or 1883)  # a broker that is not there yet is waited for
    traffic, began = Traffic(), time.monotonic()
    client.loop_start()
    next_at, beat = began, 0
    while True:
        now = time.monotonic()
        traffic.step(now - began, 1.0 / _RATE)
        if client.is_connected():
            # Names go with every batch of a second's first: who comes later learns them soon.
            client.publish("drones/state", encode_batch(traffic.batch(now - began, time.time_ns(), with_keys=beat % 4 == 0)))
            beat += 1
        next_at = max(next_at + 1.0 / _RATE, now)
        time.sleep(max(next_at - time.monotonic(), 0.0))


if __name__ == "__main__":
    main()
