"""Readings through a real socket into columns of another process: what that costs of a core, beside a socket that only reads."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result
from taixu.bench.readings_server import TOPIC
from taixu.errors import MachineError
from taixu.twin import Batch, encode_batch

__all__ = ["measure_sockets"]

_SECONDS = 4
_JSON_BATCH = 1000
_MUCH_SECONDS = 2
_WARM_SECS = 1.0
_PATIENCE_SECS = 30.0
_LIMIT_MS = 250.0


@dataclass(frozen=True)
class _Load:
    """Messages of readings, as they are sent."""

    messages: list[Any]
    each: int
    """Readings in a message."""
    a_sec: int
    """Messages in a second."""
    limit_ms: float = 0.0

    @property
    def readings(self) -> int:
        return len(self.messages) * self.each

    @property
    def seconds(self) -> float:
        return len(self.messages) / self.a_sec


def measure_sockets(options: Options) -> Iterator[dict[str, Any]]:
    """Yield what a million updates a second cost the server by WebSocket and by MQTT, then ten million, and fifty thousand as JSON.

    CPU time of the server's process, all its threads and its frames included, for what comes in a second: a millisecond is a
    thousandth of a core. ``idle_ms`` is what it costs when nothing comes, ``bare_ms`` what it costs a process to read as many bytes
    from a socket into one buffer. Ten million are the stretch: their limit is that of the million.
    """
    count = min(options.n, 100_000)
    rng = np.random.default_rng(0)
    keys = tuple(f"g{i}" for i in rng.permutation(count))  # sources have an order of their own
    names = encode_batch(Batch(TOPIC, np.zeros(0, np.uint32), np.zeros(0, np.int64), {}, keys))
    million = _records(rng, count, 1000, _SECONDS)
    now = time.time_ns()
    texts = _Load([_json(rng, count, now - 10**10 + i * 20_000_000) for i in range(50 * _SECONDS)], _JSON_BATCH, 50)
    yield _run("websocket", million, names, count, _by_websocket)
    yield _run("websocket, JSON", texts, names, count, _by_websocket)
    ten = _records(rng, count, 10_000, _MUCH_SECONDS)
    yield _run("websocket, ten million", ten, names, count, _by_websocket)
    broker = _Mosquitto.find()
    if broker is not None:
        with broker:
            yield _run("mqtt", million, names, count, broker.publish, broker=broker.url)
        with broker:
            yield _run("mqtt, ten million", ten, names, count, broker.publish, broker=broker.url)


def _records(rng: np.random.Generator, count: int, each: int, seconds: int) -> _Load:
    """A thousand records a second, of gauges picked at random."""
    start = time.time_ns() - 10**10
    return _Load(
        [
            encode_batch(
                Batch(
                    TOPIC, rng.integers(0, count, each).astype(np.uint32), np.full(each, start + i * 1_000_000),
                    {"level": rng.normal(size=each).astype(np.float32)},
                )
            )
            for i in range(1000 * seconds)
        ],
        each, 1000, _LIMIT_MS,
    )  # fmt: skip


def _json(rng: np.random.Generator, count: int, time_ns: int) -> str:
    numbers, levels = rng.integers(0, count, _JSON_BATCH).tolist(), rng.normal(size=_JSON_BATCH).round(4).tolist()
    at = time_ns / 1e9
    rows = zip(numbers, levels)
    return json.dumps([{"topic": TOPIC, "key": f"g{i}", "time": at, "values": {"level": level}} for i, level in rows])


class _Child:
    """The other process."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "taixu.bench.readings_server", json.dumps(asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.ready = self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        raise MachineError("the benchmark's server did not start")

    def ask(self) -> dict[str, Any]:
        """What it has spent, and what came."""
        assert self._process.stdin is not None
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def _run(name: str, load: _Load, names: bytes, count: int, send: Any, *, broker: str = "") -> dict[str, Any]:
    size = sum(len(each) for each in load.messages)
    child = _Child({"n": count, "broker": broker})
    try:
        idle = _idle_share(child)
        spent, secs = asyncio.run(send(child, load, names))
    finally:
        child.close()
    bare_spent = _read_bare(load)
    limit = {"limit_ms": load.limit_ms} if load.limit_ms else {}
    return result(
        f"twin/ingest, {name}", np.array([spent * 1e3 / load.seconds]), n=count, readings=load.readings,
        updates_a_sec=round(load.readings / secs), idle_ms=round(idle * 1e3, 1),
        peer="a socket that reads", bare_ms=round(bare_spent * 1e3 / load.seconds, 1),
        bytes_a_reading=round(size / load.readings, 1), **limit,
    )  # fmt: skip


def _idle_share(child: _Child) -> float:
    time.sleep(2 * _WARM_SECS)
    before = child.ask()["cpu_secs"]
    time.sleep(_WARM_SECS)
    return float((child.ask()["cpu_secs"] - before) / _WARM_SECS)


async def _by_websocket(child: _Child, load: _Load, names: bytes) -> tuple[float, float]:
    import aiohttp

    session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {child.ready['token']}"})
    kept = 0
    async with session, session.ws_connect(child.ready["url"] + "ingest", max_msg_size=0) as line:

        async def listen() -> None:
            nonlocal kept
            async for message in line:
                kept = json.loads(message.data)["kept"]

        listening = asyncio.create_task(listen())
        await line.send_bytes(names)
        before, start = child.ask()["cpu_secs"], time.perf_counter()
        for i, message in enumerate(load.messages):
            wait = start + i / load.a_sec - time.perf_counter()
            if wait > 0.002:
                await asyncio.sleep(wait)
            await (line.send_str(message) if isinstance(message, str) else line.send_bytes(message))
        while kept < load.readings and time.perf_counter() - start < _PATIENCE_SECS:
            await asyncio.sleep(0.005)
        secs = time.perf_counter() - start
        spent = child.ask()["cpu_secs"] - before
        listening.cancel()
    return spent, secs


def _read_bare(load: _Load) -> float:
    child = _Child({"bare": True})
    try:
        data = [each.encode() if isinstance(each, str) else each for each in load.messages]
        with socket.create_connection(("127.0.0.1", child.ready["port"])) as line:
            before, start = child.ask()["cpu_secs"], time.perf_counter()
            for i, each in enumerate(data):
                wait = start + i / load.a_sec - time.perf_counter()
                if wait > 0.002:
                    time.sleep(wait)
                line.sendall(each)
            return float(child.ask()["cpu_secs"] - before)
    finally:
        child.close()


class _Mosquitto:
    """A broker of one's own, where mosquitto is installed."""

    def __init__(self, program: str) -> None:
        self._program = program
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self._port}"

    @classmethod
    def find(cls) -> _Mosquitto | None:
        from shutil import which

        program = which("mosquitto") or which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        return cls(program) if program else None

    def __enter__(self) -> _Mosquitto:
        # Its own limits are for devices: of twenty unacknowledged messages, and frames that acknowledge sixty times a second.
        limits = "max_inflight_messages 1000\nmax_queued_messages 100000\n"
        self._folder = TemporaryDirectory(prefix="taixu-bench-")
        file = Path(self._folder.name) / "mosquitto.conf"
        file.write_text(f"listener {self._port} 127.0.0.1\nallow_anonymous true\n{limits}")
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen([self._program, "-c", str(file)], stdout=silent, stderr=silent)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(0.02)
        raise MachineError("mosquitto did not start")

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    async def publish(self, child: _Child, load: _Load, names: bytes) -> tuple[float, float]:
        """Messages of quality 1, which the server acknowledges when they are taken in."""
        import paho.mqtt.client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion

        end = time.monotonic() + _PATIENCE_SECS
        while child.ask()["states"] != ["connected"]:
            if time.monotonic() > end:
                raise MachineError("the benchmark's server does not find its broker")
            await asyncio.sleep(0.05)
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", self._port)
        client.loop_start()
        client.publish(TOPIC, names, qos=1).wait_for_publish(10)
        before, start = child.ask(), time.perf_counter()
        for i, message in enumerate(load.messages):
            wait = start + i / load.a_sec - time.perf_counter()
            if wait > 0.002:
                await asyncio.sleep(wait)
            client.publish(TOPIC, message, qos=1)
        while (found := child.ask())["taken"] - before["taken"] < load.readings and time.perf_counter() - start < _PATIENCE_SECS:
            await asyncio.sleep(0.02)
        secs = time.perf_counter() - start
        client.disconnect()
        client.loop_stop()
        return found["cpu_secs"] - before["cpu_secs"], secs
