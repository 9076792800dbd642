"""Two presses that are not there: they stroke, warm up, and obey. Put your own machines in their place, one by one.

`taixu serve` runs this file and tells it where the broker is. It also runs by itself, against any broker:

    python devices/plant.py mqtt://127.0.0.1:1883
"""

import json
import math
import os
import queue
import sys
import time
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt

STEP_SECS = 0.05
STROKE_MM = 450.0


class Press:
    """One press: `wear` is how much warmer its motor gets with each stroke a minute."""

    def __init__(self, key, *, setpoint, wear):
        self.key, self.setpoint, self.wear = key, setpoint, wear
        self.phase, self.count, self.temperature = 0.0, 0, 22.0

    def step(self, secs):
        """Go on for a moment."""
        before, self.phase = self.phase, self.phase + self.setpoint / 60 * secs
        self.count += int(self.phase) - int(before)
        self.temperature += (22.0 + self.wear * self.setpoint - self.temperature) * secs / 25

    def height_mm(self):
        """Of the ram over the table."""
        return STROKE_MM * (0.5 + 0.5 * math.cos(2 * math.pi * self.phase))

    def values(self):
        """What it tells of itself."""
        return {
            "state": "running" if self.setpoint > 0 else "stopped", "setpoint": self.setpoint, "count": self.count,
            "temperature": round(self.temperature, 2),
        }  # fmt: skip

    def command(self, value):
        """Do as one is told; why not, if not."""
        if not isinstance(value, (int, float)) or not 0 <= value <= 30:
            return "it takes 0 to 30 strokes a minute"
        self.setpoint = float(value)
        return ""


def connect(url, orders):
    """A client that comes back by itself, and puts commands into a queue."""
    parts = urlsplit(url)
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    if os.environ.get("TAIXU_BROKER_USER"):
        client.username_pw_set(os.environ["TAIXU_BROKER_USER"], os.environ.get("TAIXU_BROKER_PASSWORD"))
    client.on_connect = lambda client, *_: client.subscribe("speed/+/set", qos=1)
    client.on_message = lambda client, _, message: orders.put((message.topic.split("/")[1], message.payload))
    client.connect_async(parts.hostname or "127.0.0.1", parts.port or 1883)
    client.loop_start()
    return client


def obey(client, presses, key, payload):
    """A command is {"command": 7, "value": 12}; the answer says whether it was taken."""
    try:
        said = json.loads(payload)
        number, value = said["command"], said["value"]
    except (ValueError, KeyError, TypeError):
        return  # no command
    why = presses[key].command(value) if key in presses else f"there is no {key}"
    answer = {"command": number, "ok": not why} | ({"why": why} if why else {})
    client.publish(f"speed/{key}/ack", json.dumps(answer), qos=1)


def main():
    """Run until somebody ends it."""
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TAIXU_BROKER_URL", "mqtt://127.0.0.1:1883")
    orders = queue.Queue(1000)
    client = connect(url, orders)
    presses = {press.key: press for press in (Press("press-1", setpoint=16.0, wear=1.8), Press("press-2", setpoint=22.0, wear=2.9))}
    print(f"two presses speak to {url}")  # noqa: T201  (the server's log shows it)
    step = 0
    while True:
        while not orders.empty():
            obey(client, presses, *orders.get())
        for press in presses.values():
            press.step(STEP_SECS)
            client.publish(f"ram/{press.key}.ram", json.dumps({"height": round(press.height_mm(), 1)}))
            if step % 10 == 0:  # twice a second
                client.publish(f"press/{press.key}", json.dumps(press.values()))
        step += 1
        time.sleep(STEP_SECS)


if __name__ == "__main__":
    main()
