"""A broker of one's own: amqtt in a process of its own, so that what it costs is never the world's.

It listens on this machine alone, on a free port or the one that is asked for, and lets in who shows the user and the password,
which are drawn here where none are given. It ends with this process, however that ends: it watches the pipe between them.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import threading
from importlib.util import find_spec
from tempfile import TemporaryFile
from typing import IO

from taixu.app.child_process import start_child
from taixu.errors import MachineError, TaixuError

__all__ = ["EmbeddedBroker"]

_START_SECS = 30.0
_STOP_SECS = 5.0
_PAUSE_SECS = 1.0
_CHILD = "taixu.twin.connectors.broker_process"


class EmbeddedBroker:
    """A broker of MQTT 3.1.1 that lives as long as this does. Where it dies it is started anew, at the same address.

    Parameters
    ----------
    port
        Where it listens; 0 takes a free one.
    user, password
        Who may come in; drawn where empty.

    Raises
    ------
    TaixuError
        When the port is another's.
    MachineError
        When amqtt is missing, or this Python cannot start another.
    """

    def __init__(self, *, port: int = 0, user: str = "", password: str = "") -> None:
        if find_spec("amqtt") is None:
            raise MachineError('a broker of one\'s own needs amqtt; pip install "taixu[twin]" brings it')
        self.user = user or "taixu"
        self.password = password or secrets.token_urlsafe(24)
        self.restarts = 0
        """How often it died and was started anew."""
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes]
        self.port = port
        self.port = self._start()
        self._watcher = threading.Thread(target=self._watch, name="taixu broker", daemon=True)
        self._watcher.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"mqtt://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End it, and wait for it."""
        self._closing.set()
        with self._starting:  # one that is being started anew at this moment is ended, too
            process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_STOP_SECS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._watcher.join()

    def _start(self) -> int:
        complaint = TemporaryFile()  # noqa: SIM115 (it is open as long as the process may speak)
        try:
            process = self._process = start_child(
                _CHILD, what="the broker's process", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaint
            )
        except MachineError:
            complaint.close()
            raise
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(_START_SECS, process.kill)
        late.start()
        try:
            wanted = {"port": self.port, "user": self.user, "password": self.password}
            process.stdin.write(json.dumps(wanted).encode() + b"\n")  # by the pipe: arguments are seen by all who list processes
            process.stdin.flush()
            said = json.loads(process.stdout.readline() or b"{}")
        except OSError:
            said = {}
        finally:
            late.cancel()
            process.stdout.close()
        if "port" not in said:
            process.kill()
            process.wait()
            process.stdin.close()
            raise TaixuError(str(said.get("error") or f"the broker's process ended before it listened: {_last_line(complaint)}"))
        complaint.close()
        return int(said["port"])

    def _watch(self) -> None:
        while True:
            self._process.wait()
            if self._closing.wait(_PAUSE_SECS):
                return
            try:
                with self._starting:
                    if self._closing.is_set():
                        return
                    self._start()
                self.restarts += 1
            except (TaixuError, MachineError):
                continue  # the port may be free later


def _last_line(file: IO[bytes]) -> str:
    """What a process said at the end."""
    with file:
        file.seek(0)
        lines = file.read(1 << 20).decode("utf-8", "replace").split("\n")
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "it said nothing")
