"""Simulated devices that come with a world: programs that run beside it and speak to it through the broker, as real ones would.

    "simulators": [{ "script": "devices/plant.py", "source": "plant", "arguments": ["--seed", "7"] }]

They run only for projects that are trusted, as processes of their own; what they print goes into the log. They find the broker in
``TAIXU_BROKER_URL``, ``TAIXU_BROKER_USER`` and ``TAIXU_BROKER_PASSWORD``, and end with the world, however it ends.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from taixu.app.child_process import start_child
from taixu.assets.paths import safe_join
from taixu.ecs import World
from taixu.edit import Project, WorldSettings
from taixu.errors import MachineError, TaixuError
from taixu.script import ScriptHost
from taixu.twin.connectors import Connector
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["RunningSimulator", "SimulatorSetting", "open_world_simulators", "read_simulators"]

_log = logging.getLogger(__name__)
_MAX_SIMULATORS, _MAX_ARGUMENTS = 16, 64
_KNOWN = frozenset({"script", "source", "arguments"})
_STOP_SECS = 5.0
_PAUSE_SECS, _LONGEST_PAUSE_SECS = 1.0, 30.0
_GOOD_SECS = 20.0
"""Who ran for so long did not die of its start: the next pause is short again."""
_LINE_BYTES, _LINES_A_RUN = 400, 2000
_CHILD = "taixu.twin.simulator_process"


@dataclass(frozen=True, slots=True)
class SimulatorSetting:
    """A program that plays devices.

    Attributes
    ----------
    script
        A Python file of the project.
    source
        The source whose broker it speaks to; empty takes the first that has one.
    """

    script: str
    source: str = ""
    arguments: tuple[str, ...] = ()


class RunningSimulator:
    """One program, started anew with a pause when it dies.

    Parameters
    ----------
    environment
        Variables that it gets besides ours.

    Raises
    ------
    MachineError
        When no process can be started.
    """

    def __init__(self, script: Path, *, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> None:
        self.name = script.name
        self.restarts = 0
        self._script, self._arguments, self._environment = script, list(arguments), dict(environment or {})
        self._closing = threading.Event()
        self._process = self._start()
        self._watcher = threading.Thread(target=self._watch, name=f"taixu simulator {self.name}", daemon=True)
        self._watcher.start()

    @property
    def is_running(self) -> bool:
        """Whether its process lives just now."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and wait for it."""
        self._closing.set()
        _end(self._process)
        self._watcher.join(_STOP_SECS)

    def _start(self) -> subprocess.Popen[bytes]:
        return start_child(
            _CHILD, str(self._script), *self._arguments, what=f"the simulator {self.name}",
            environment=self._environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _watch(self) -> None:
        pause = _PAUSE_SECS
        while True:
            alive = threading.Event()
            settled = threading.Timer(_GOOD_SECS, alive.set)
            settled.daemon = True
            settled.start()
            self._read(self._process)
            status = self._process.wait()
            settled.cancel()
            pause = _PAUSE_SECS if alive.is_set() else pause
            if self._closing.is_set():
                return
            _log.warning("The simulator %s ended with status %d; it starts anew in %g s.", self.name, status, pause)
            if self._closing.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE_SECS)
            try:
                self._process = self._start()
                self.restarts += 1
            except MachineError as error:
                _log.warning("%s", error)
            if self._closing.is_set():  # closed while it was starting
                _end(self._process)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        stream: BinaryIO | None = process.stdout  # type: ignore[assignment]
        if stream is None or stream.closed:
            return
        for number, line in enumerate(iter(lambda: stream.readline(_LINE_BYTES), b"")):
            if number < _LINES_A_RUN:
                _log.info("%s: %s", self.name, line.decode("utf-8", "replace").rstrip())
            elif number == _LINES_A_RUN:
                _log.info("%s says too much; the rest is left out", self.name)
        stream.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the pipe that it watches; kill it where that does not help."""
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
    try:
        process.wait(_STOP_SECS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def read_simulators(raw: Any) -> list[SimulatorSetting]:
    """The simulators of a world's settings (``twin.simulators``).

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(raw, _read_simulator, where="twin.simulators", most=_MAX_SIMULATORS)


def _read_simulator(raw: Any) -> SimulatorSetting:
    raw = read_object(raw, _KNOWN, what="a simulator")
    script, source, arguments = raw.get("script"), raw.get("source", ""), raw.get("arguments", [])
    if not isinstance(script, str) or not script.endswith(".py"):
        raise TaixuError("script takes a Python file of the project, such as devices/plant.py")
    if not isinstance(source, str):
        raise TaixuError("source takes a text: one of twin.sources")
    if not isinstance(arguments, list) or len(arguments) > _MAX_ARGUMENTS or not all(isinstance(each, str) for each in arguments):
        raise TaixuError(f"arguments takes a list of at most {_MAX_ARGUMENTS} texts")
    return SimulatorSetting(script, source, tuple(arguments))


def open_world_simulators(world: World, sources: Sequence[Connector], *, arguments: Sequence[str] = ()) -> list[RunningSimulator]:
    """Start the simulators that a world's settings name. Of projects that are not trusted none is started, and the log says so.

    Parameters
    ----------
    sources
        Running connectors; those with an ``environment`` have a broker.
    arguments
        More of them, for all.

    Raises
    ------
    TaixuError
        When one is wrong; none is left running then.
    """
    wanted = read_simulators(world.resource(WorldSettings).section("twin").get("simulators", []))
    if wanted and not world.resource(ScriptHost).trusted:
        _log.warning("The world has simulated devices that do not run: its project is not trusted; --trust lets them.")
        return []
    root = world.resource(Project).root.resolve()
    started: list[RunningSimulator] = []
    try:
        for setting in wanted:
            script = safe_join(root, setting.script)
            if not script.is_file():
                raise TaixuError(f"twin.simulators: there is no file {setting.script} in the project")
            environment = {"TAIXU_PROJECT": str(root)} | _broker_of(setting, sources)
            started.append(RunningSimulator(script, arguments=(*setting.arguments, *arguments), environment=environment))
    except TaixuError:
        for each in started:
            each.close()
        raise
    return started


def _broker_of(setting: SimulatorSetting, sources: Sequence[Connector]) -> dict[str, str]:
    for source in sources:
        environment = getattr(source, "environment", None)
        if environment and setting.source in ("", source.link.name):
            return dict(environment)
    wanted = f"no source {setting.source!r} with a broker" if setting.source else "no source with a broker"
    raise TaixuError(f"twin.simulators: {setting.script} wants to speak to a broker, and there is {wanted} in twin.sources")
