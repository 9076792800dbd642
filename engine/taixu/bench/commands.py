"""Commands: from the request of an operator until the server can tell that the device has acknowledged, over a real broker.

Beside it, in the same run, the bare way of a message to the same device and back, by paho alone.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result
from taixu.errors import MachineError

__all__ = ["defaults", "measure"]

defaults = Options(n=1000, frames=300)

_LIMIT_P99_MS = 20.0
_WARM = 20
_PAUSE_SECS = 0.03
_WAIT_SECS = 20.0


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield how long commands take until they are acknowledged, and what of it is the broker's and the device's."""
    with ExitStack() as stack:
        broker = stack.enter_context(_Mosquitto()) if _Mosquitto.program() else None
        server = stack.enter_context(_Child({"n": options.n, "broker": broker.url if broker is not None else ""}))
        access = server.said["broker"]
        stack.enter_context(_Child({"device": True}, **access))
        bare = _bare(access, options.frames)
        asked = _ask(server.said, options.frames + _WARM)
        time.sleep(0.5)
        told = server.ask()
    missing = [number for number in asked if str(number) not in told]
    if missing:
        raise MachineError(f"{len(missing)} of {len(asked)} commands were never acknowledged")
    times = np.array([(told[str(number)] - at_ns) / 1e6 for number, at_ns in asked.items()][_WARM:])
    p99, bare_p99 = float(np.percentile(times, 99)), float(np.percentile(bare, 99))
    yield result(
        "commands/acknowledged", times, n=options.n, broker="mosquitto" if broker is not None else "embedded",
        p99_ms=round(p99, 2), limit_ms=_LIMIT_P99_MS, ratio=round(_LIMIT_P99_MS / p99, 2), peer="paho",
        bare_ms=round(float(np.median(bare)), 3), bare_p99_ms=round(bare_p99, 2),
    )  # fmt: skip


def _ask(said: dict[str, Any], count: int) -> dict[int, int]:
    """When each command was asked for, by its number; at moments that have nothing to do with the server's frames."""
    address = urlsplit(said["url"])
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=_WAIT_SECS)
    headers = {"Authorization": f"Bearer {said['token']}", "Content-Type": "application/json"}
    chance = random.Random(0)
    asked: dict[int, int] = {}
    try:
        for i in range(count):
            body = json.dumps({"control": "speed", "entity": said["belts"][i % len(said["belts"])], "value": 1.0 + i % 5})
            start = time.time_ns()
            connection.request("POST", "/commands", body, headers)
            answer = json.loads(connection.getresponse().read())
            if answer.get("state") != "sent":
                raise MachineError(f"a command was not sent: {answer}")
            asked[answer["number"]] = start
            time.sleep(_PAUSE_SECS * chance.uniform(0.5, 1.5))
    finally:
        connection.close()
    return asked


def _bare(access: dict[str, str], count: int) -> NDArray[np.float64]:
    """Milliseconds of a message to the device and back."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    address = urlsplit(access["TAIXU_BROKER_URL"])
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if access["TAIXU_BROKER_USER"]:
        client.username_pw_set(access["TAIXU_BROKER_USER"], access["TAIXU_BROKER_PASSWORD"])
    ready, heard = threading.Event(), threading.Event()

    def connected(*_: Any) -> None:
        client.subscribe("belt/bare/ack", 0)

    client.on_connect = connected
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda *_: heard.set()
    client.connect(address.hostname or "127.0.0.1", address.port or 1883)
    client.loop_start()
    times = []
    try:
        if not ready.wait(_WAIT_SECS):
            raise MachineError("the broker does not answer")
        for i in range(_WARM + count):
            heard.clear()
            start = time.perf_counter()
            client.publish("belt/bare/set", json.dumps({"command": i, "value": 1.0}), qos=0)
            if not heard.wait(_WAIT_SECS):
                raise MachineError("the device does not answer")
            if i >= _WARM:
                times.append((time.perf_counter() - start) * 1e3)
            time.sleep(_PAUSE_SECS / 10)
    finally:
        client.disconnect()
        client.loop_stop()
    return np.array(times)


class _Child:
    """A process of `commands_server`, which says one line when it is ready."""

    def __init__(self, asked: dict[str, Any], **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "taixu.bench.commands_server", json.dumps(asked)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=os.environ | environment,
        )  # fmt: skip
        self.said: dict[str, Any] = {}

    def __enter__(self) -> _Child:
        self.said = self._line()
        return self

    def ask(self) -> dict[str, Any]:
        """What it has to say."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise MachineError("the other process of the benchmark ended")
        said: dict[str, Any] = json.loads(line)
        return said

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=_WAIT_SECS)


class _Mosquitto:
    """A broker of one's own, where mosquitto is installed."""

    @staticmethod
    def program() -> str | None:
        """Where it is; Debian puts it where users do not look."""
        return which("mosquitto") or which("mosquitto", path="/usr/sbin:/usr/local/sbin")

    def __enter__(self) -> _Mosquitto:
        self._folder = TemporaryDirectory(prefix="taixu-bench-")
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"mqtt://127.0.0.1:{port}"
        file = Path(self._folder.name) / "mosquitto.conf"
        file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n")
        program = self.program()
        assert program is not None
        self._process = subprocess.Popen([program, "-c", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + _WAIT_SECS
        while time.monotonic() < end:
            with socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return self
            time.sleep(0.02)
        self.__exit__()
        raise MachineError("mosquitto did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(_WAIT_SECS)
        self._folder.cleanup()
