"""Simulated devices run beside the world: started with it, started anew when they die, and ended with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import taixu as tx
from taixu.edit import Project, WorldSettings
from taixu.errors import TaixuError
from taixu.script import ScriptHost
from taixu.twin.plugin import TwinPlugin
from taixu.twin.simulators import RunningSimulator, open_world_simulators, read_simulators


def _wait(condition: Callable[[], bool], secs: float = 120.0) -> bool:
    end = time.monotonic() + secs
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def _script(folder: Path, text: str) -> Path:
    file = folder / "devices.py"
    file.write_text(textwrap.dedent(text))
    return file


def _is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return False
    return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_it_gets_the_broker_and_ends_with_us(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    script = _script(tmp_path, """
        import os, sys, time
        from pathlib import Path
        Path(sys.argv[1]).write_text(os.environ["TAIXU_BROKER_URL"] + " " + str(os.getpid()))
        print("playing devices")
        time.sleep(600)
    """)
    said = tmp_path / "said"
    with caplog.at_level(logging.INFO, "taixu.twin.simulators"):
        running = RunningSimulator(script, arguments=[str(said)], environment={"TAIXU_BROKER_URL": "mqtt://here"})
        try:
            assert _wait(lambda: said.is_file() and " " in said.read_text())
            url, pid = said.read_text().split()
            assert url == "mqtt://here" and running.is_running
            assert _wait(lambda: "playing devices" in caplog.text)
        finally:
            running.close()
        assert not running.is_running
    assert not os.path.exists("/proc") or not _is_alive(int(pid))


def test_who_dies_is_started_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    script = _script(tmp_path, """
        import sys
        with open(sys.argv[1], "a") as file:
            file.write("x")
        raise SystemExit(3)
    """)
    said = tmp_path / "said"
    running = RunningSimulator(script, arguments=[str(said)])
    try:
        assert _wait(lambda: said.is_file() and len(said.read_text()) >= 2)
    finally:
        running.close()
    assert running.restarts >= 1 and "ended with status 3" in caplog.text


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")
def test_a_killed_server_takes_its_simulators_with_it(tmp_path: Path) -> None:
    script = _script(tmp_path, """
        import os, sys, time
        from pathlib import Path
        Path(sys.argv[1]).write_text(str(os.getpid()))
        while True:
            time.sleep(1)
    """)
    said = tmp_path / "said"
    code = (
        "import sys, time; from pathlib import Path; from taixu.twin.simulators import RunningSimulator; "
        "RunningSimulator(Path(sys.argv[1]), arguments=[sys.argv[2]]); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(script), str(said)]) as server:
        try:
            assert _wait(lambda: said.is_file() and said.read_text() != "")
        finally:
            server.kill()
    pid = int(said.read_text())
    assert _wait(lambda: not _is_alive(pid), 10)


def test_only_trusted_projects_run_theirs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _script(tmp_path, "print('hello')")
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.insert_resource(Project(tmp_path))
        app.resource(WorldSettings).values["twin"] = {"simulators": [{"script": "devices.py"}]}
        app.resource(ScriptHost).open(tmp_path, trusted=False)
        assert open_world_simulators(app.world, []) == []
        assert "not trusted" in caplog.text
        app.resource(ScriptHost).open(tmp_path, trusted=True)
        with pytest.raises(TaixuError, match="no source with a broker"):
            open_world_simulators(app.world, [])
        app.resource(WorldSettings).values["twin"] = {"simulators": [{"script": "../elsewhere.py"}]}
        with pytest.raises(TaixuError, match="elsewhere"):
            open_world_simulators(app.world, [])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "a list"),
        ([{}], "Python file"),
        ([{"script": "plant.sh"}], "Python file"),
        ([{"script": "a.py", "source": 3}], "source"),
        ([{"script": "a.py", "arguments": "x"}], "arguments"),
        ([{"script": "a.py", "shell": True}], "not understood"),
    ],
)
def test_what_is_wrong_is_said(wrong: object, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        read_simulators(wrong)
