"""``python -m taixu.bench.latency_server JSON``: the scene whose pictures can be read, served until standard input ends."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

import numpy as np

from taixu.bench.code_scene import DEVICE, DISTANCE_M, build, town_key

__all__ = ["BINDINGS"]

BINDINGS = [
    {"topic": "bar/{key}", "from": ["x", "y", "z"], "to": "transform.position"},
    {"topic": "town", "from": ["x", "y", "z"], "to": "transform.position"},
]
_ROUNDS_A_SEC = 20


def main() -> None:
    """Serve; says ``{"url", "token", "origin"}`` when it is ready."""
    from taixu.defaults import App
    from taixu.edit import WorldSettings
    from taixu.scene import Camera, Name, Transform
    from taixu.serve import Access, Server
    from taixu.twin.plugin import TwinPlugin, configure_twin, open_world_sources
    from taixu.twin.simulators import open_world_simulators

    asked: dict[str, Any] = json.loads(sys.argv[1])
    access, token = Access.of_one()
    with App.headless(plugins=(TwinPlugin(),)) as app:
        origin = (0.0, 0.0, 0.0)
        if asked.get("world"):
            app.open(asked["world"])
            app.settle()
            origin = _before(app)
        build(app, asked["n"], origin=origin)
        app.world.spawn(Transform(translation=(origin[0], origin[1], origin[2] + DISTANCE_M)), Camera(priority=1000), Name("Bench"))
        section = dict(app.resource(WorldSettings).section("twin"))
        section["bindings"] = [*section.get("bindings", []), *BINDINGS]
        app.resource(WorldSettings).values["twin"] = section
        configure_twin(app.world)
        app.settle()
        sources = open_world_sources(app)
        for simulator in open_world_simulators(app.world, sources):
            app.on_close(simulator.close)
        server = Server(app, access, sources=sources, port=0)
        stopped = threading.Event()
        threading.Thread(target=_wait_for_end, args=(server, stopped), daemon=True).start()
        if asked.get("readings_a_sec"):
            threading.Thread(target=_feed, args=(app, asked["n"], asked["readings_a_sec"], stopped), daemon=True).start()
        print(json.dumps({"url": server.url, "token": token, "origin": origin, "device": DEVICE}), flush=True)
        server.run()
        server.close()


def _before(app: Any) -> tuple[float, float, float]:
    """A place in front of all that a world shows, at its middle."""
    from taixu.render.framing import visible_bounds

    bounds = visible_bounds(app.world)
    if bounds is None:
        return (0.0, 0.0, 0.0)
    middle = bounds.mean(axis=0)
    return float(middle[0]), float(middle[1]), float(bounds[1, 2] + 2.0)


def _wait_for_end(server: Any, stopped: threading.Event) -> None:
    sys.stdin.read()
    stopped.set()
    server.stop()


def _feed(app: Any, count: int, readings_a_sec: int, stopped: threading.Event) -> None:
    """Readings of the town's places, as devices send them."""
    from taixu.twin import Batch
    from taixu.twin.inbox import Inbox, Letter

    inbox = app.resource(Inbox)
    rng = np.random.default_rng(1)
    keys = tuple(town_key(number) for number in range(count))
    each = max(1, readings_a_sec // _ROUNDS_A_SEC)
    while not stopped.wait(1.0 / _ROUNDS_A_SEC):
        numbers = rng.choice(count, min(each, count), replace=False)
        names = tuple(keys[number] for number in numbers.tolist())
        many = len(numbers)
        fields = {"x": rng.uniform(-45, 45, many), "y": rng.uniform(-14, 14, many), "z": rng.uniform(-60, -4, many)}
        times = np.full(len(numbers), time.time_ns(), np.int64)
        inbox.put(Letter(Batch("town", np.arange(len(numbers), dtype=np.uint32), times, fields, names)))


if __name__ == "__main__":
    main()
