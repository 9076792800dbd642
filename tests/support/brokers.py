"""Real brokers for tests: mosquitto for MQTT, nats-server for NATS."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

__all__ = ["Broker", "NatsServer", "find_mosquitto", "find_nats_server", "free_port"]


def find_mosquitto() -> str | None:
    """Where it is; Debian puts it where users do not look."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def find_nats_server() -> str | None:
    """Where it is."""
    return shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port of TCP that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Server(ABC):
    """A program on this machine that listens, and can go and come back."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _command(self) -> list[str]:
        """What starts it."""

    def start(self) -> None:
        """Listen."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 120.0
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("it did not start")

    def stop(self) -> None:
        """Go away."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    @contextmanager
    def running(self) -> Iterator[Self]:
        """While it runs."""
        self.start()
        try:
            yield self
        finally:
            self.stop()


class Broker(_Server):
    """Mosquitto."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")

    @property
    def url(self) -> str:
        """Of the broker."""
        return f"mqtt://127.0.0.1:{self.port}"

    def _command(self) -> list[str]:
        program = find_mosquitto()
        assert program is not None
        return [program, "-c", str(self._file)]


class NatsServer(_Server):
    """A server of NATS with JetStream, which keeps its streams while it is away."""

    def __init__(self, folder: Path, *, token: str = "") -> None:
        super().__init__()
        self._folder, self._token = folder / "jetstream", token

    @property
    def url(self) -> str:
        """Of the server."""
        return f"nats://127.0.0.1:{self.port}"

    def _command(self) -> list[str]:
        program = find_nats_server()
        assert program is not None
        secret = ["--auth", self._token] if self._token else []
        return [program, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", str(self._folder), *secret]
