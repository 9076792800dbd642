"""``python -m taixu.bench.readings_server JSON``: a world of gauges that takes readings in, and says what that costs when asked.

With ``"bare"`` it is a socket that reads as many bytes and does nothing with them.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any

import numpy as np

from taixu.ecs import F32, component, field

__all__ = ["TOPIC", "Gauge"]

TOPIC = "gauge"


@component("gauge")
class Gauge:
    """What is measured."""

    level: F32 = field(default=0.0, unit="m")


def main() -> None:
    """Serve; each line of standard input is answered by what there is to say, until it ends."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    if asked.get("bare"):
        _read_bare()
    else:
        _serve(asked)


def _serve(asked: dict[str, Any]) -> None:
    from taixu.defaults import App
    from taixu.edit import WorldSettings
    from taixu.script import ScriptHost
    from taixu.serve import Access, Server
    from taixu.twin import Device
    from taixu.twin.feed import Feed
    from taixu.twin.plugin import TwinPlugin, configure_twin, open_world_sources

    access, token = Access.of_one()
    with App.headless(plugins=(TwinPlugin(),)) as app:
        app.register_component(Gauge)
        keys = np.array([f"g{i}" for i in range(asked["n"])], object)
        app.world.spawn_batch(asked["n"], {Gauge: {}, Device: {"key": keys}})
        section: dict[str, Any] = {"bindings": [{"topic": TOPIC, "from": "level", "to": "gauge.level"}]}
        if asked.get("broker"):
            section["sources"] = {"plant": {"kind": "mqtt", "url": asked["broker"]}}
        app.resource(WorldSettings).values["twin"] = section
        configure_twin(app.world)
        app.resource(ScriptHost).trusted = True  # the broker is the benchmark's own
        app.settle()
        server = Server(app, access, sources=open_world_sources(app), port=0)
        feed = app.resource(Feed)

        def told() -> dict[str, Any]:
            states = [each.link.status.state for each in server.sources]
            return {"written": feed.counts.written, "taken": feed.counts.readings, "states": states}

        threading.Thread(target=_answer, args=(told, server.stop), daemon=True).start()
        _say({"url": server.url, "token": token})
        server.run()
        server.close()


def _read_bare() -> None:
    """A socket that reads what comes into one buffer: as little as can be done with bytes."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard = [0]

    def read() -> None:
        line, _ = listening.accept()
        buffer = bytearray(1 << 18)
        while count := line.recv_into(buffer):
            heard[0] += count

    threading.Thread(target=read, daemon=True).start()
    _say({"port": listening.getsockname()[1]})
    _answer(lambda: {"heard": heard[0]}, lambda: None)


def _answer(told: Any, end: Any) -> None:
    for _ in sys.stdin:
        _say({"cpu_secs": time.process_time(), **told()})
    end()


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
