"""Viewers by the state stream: what two hundred of them cost the server, beside a bare WebSocket that sends as much; and people."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from taixu.bench.measure import Options, peak_mb
from taixu.bench.watched_people import measure_people
from taixu.errors import MachineError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.ecs import World
    from taixu.serve import Server

__all__ = ["defaults", "measure"]

defaults = Options(n=100_000, frames=200)
"""`frames` is the number of viewers."""

T = TypeVar("T")

_SECS, _IDLE_SECS = 8.0, 3.0
_SPACING_M = 4.0
_REACH_M = 64.0
_MOVING = 0.1
"""The share of things that move in each frame."""
_RATE = 20.0
_LIMIT_CORES = 1.0


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield cores that the server takes for all viewers, its world's own frames included; and what people cost who are watched.

    `slowest_fps` is what the worst served viewer gets, `bare_cores` what a WebSocket server takes that does nothing but send
    messages of the same size as often. One more viewer never says that he has shown anything: nobody else is to notice.
    """
    try:
        import aiohttp  # noqa: F401
    except ModuleNotFoundError as error:
        raise MachineError('viewers need aiohttp; pip install "taixu[twin]" brings it') from error
    from taixu.defaults import App
    from taixu.serve import Access, Server
    from taixu.twin.plugin import TwinPlugin

    access, token = Access.of_one()
    side_m = _SPACING_M * int(np.ceil(np.sqrt(options.n)))
    with App.headless(plugins=(TwinPlugin(),)) as app:
        _fill(app, options.n, side_m)
        server = Server(app, access, port=0)
        idle = _serve_while(server, _idle)
        told, cores = _serve_while(server, lambda: _watch(server.url, token, options.frames, side_m))
        server.close()
    fps = told["median_fps"]
    bare = _bare_cores(options.frames, told["bytes_each"], fps)
    yield {
        "name": "viewers", "n": options.n, "viewers": options.frames, "fps": fps, "slowest_fps": told["slowest_fps"],
        "frame_ms": round(1e3 / max(fps, 1e-6), 2), "things_each": told["things_each"], "bytes_each": told["bytes_each"],
        "cores": round(cores, 3), "without_viewers_cores": round(idle, 3), "bare_cores": round(bare, 3),
        "to_bare": round(cores / max(bare, 1e-6), 2), "limit_cores": _LIMIT_CORES,
        "ratio": round(_LIMIT_CORES / max(cores, 1e-6), 2), "rss_peak_mb": peak_mb(),
    }  # fmt: skip
    yield measure_people()


def _fill(app: App, count: int, side_m: float) -> None:
    """Boxes on the ground, a tenth of which goes round in each frame."""
    from taixu.app import Stage
    from taixu.scene import Shape, Transform

    across = int(np.ceil(np.sqrt(count)))
    places = np.zeros((3, count), np.float32)
    places[0] = (np.arange(count) % across) * _SPACING_M - side_m / 2
    places[2] = (np.arange(count) // across) * _SPACING_M - side_m / 2
    shape = Shape("box")
    columns = {"kind": shape.kind, "size": np.tile(np.array(shape.size, np.float32)[:, None], (1, count))}
    entities = app.world.spawn_batch(count, {Transform: {"translation": places}, Shape: columns})
    chance = np.random.default_rng(0)
    last = 0.0

    def move(world: World) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last < 1.0 / _RATE:
            return
        last = now
        some = np.sort(chance.choice(count, round(count * _MOVING), replace=False))
        tables, rows = world.locate(entities[some])  # all are in one table
        moved = places[:, some] + chance.uniform(-1, 1, (3, len(some))).astype(np.float32)
        world.table(int(tables[0])).set(Transform, "translation", moved, rows=rows.astype(np.int64))

    app.add_system(Stage.UPDATE, move)


class _Cores:
    """CPU seconds a second of this process, since `begin`."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._began, self._spent = time.perf_counter(), time.process_time()

    def get(self) -> float:
        return (time.process_time() - self._spent) / (time.perf_counter() - self._began)


def _serve_while(server: Server, act: Callable[[], T]) -> T:
    """Run the server while somebody does something in another thread."""
    found: list[T] = []

    def do() -> None:
        try:
            found.append(act())
        finally:
            server.stop()

    thread = threading.Thread(target=do)
    thread.start()
    server.run()
    thread.join()
    if not found:
        raise MachineError("the viewers did not come through")
    return found[0]


def _idle() -> float:
    cores = _Cores()
    time.sleep(_IDLE_SECS)
    return cores.get()


def _watch(url: str, token: str, viewers: int, side_m: float) -> tuple[dict[str, Any], float]:
    """Viewers in a process of their own: what they counted, and the cores that this one needed meanwhile."""
    asked = {"url": url, "token": token, "viewers": viewers, "side_m": side_m, "reach_m": _REACH_M, "secs": _SECS}
    command = [sys.executable, "-m", "taixu.bench.viewing", json.dumps(asked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        watching.stdout.readline()
        cores = _Cores()
        counted = watching.stdout.readline()
        found = cores.get()
    if watching.returncode or not counted:
        raise MachineError("the viewers did not come through")
    return json.loads(counted), found


def _bare_cores(viewers: int, size: int, rate: float) -> float:
    """What it costs to send as many bytes as often to as many, and nothing else."""
    import asyncio

    from aiohttp import web

    from taixu.serve.service import Service

    message = bytes(size)

    async def watch(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        reading = asyncio.create_task(_read(socket))
        try:
            while not socket.closed:
                await socket.send_bytes(message)
                await asyncio.sleep(1.0 / max(rate, 1.0))
        except ConnectionError:
            pass
        finally:
            reading.cancel()
        return socket

    async def _read(socket: web.WebSocketResponse) -> None:
        async for _ in socket:
            pass

    def application() -> Any:
        made = web.Application()
        made.add_routes([web.get("/watch", watch)])
        return made

    service = Service(application, host="127.0.0.1", port=0)
    try:
        return _watch(service.url, "", viewers, 1.0)[1]
    finally:
        service.close()
