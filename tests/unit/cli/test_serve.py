"""`taixu serve` as a program: it ends when it is told to, and a kill loses nothing that it acknowledged."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from command_line import taixu

from taixu.twin.memory import Recording

TOKEN = "t" * 24
MANIFEST = """
[project]
name = "Plant"
first_world = "worlds/main.world.json"

[components.gauge]
level = { kind = "f64", unit = "m" }
"""
WORLD = {
    "format": "taixu.world", "version": 1,
    "entities": {f"{i + 1:016x}": {"device": {"key": f"g{i}"}, "gauge": {}, "name": {"text": f"Gauge {i}"}} for i in range(4)},
    "settings": {"twin": {"bindings": [{"topic": "gauge/{key}", "from": "level", "to": "gauge.level", "unit": "mm"}]}},
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "plant"
    (root / "worlds").mkdir(parents=True)
    (root / "taixu.toml").write_text(MANIFEST)
    (root / "worlds/main.world.json").write_text(json.dumps(WORLD))
    return root


def start(project: Path, recording: Path) -> tuple[subprocess.Popen[str], str]:
    words = ["serve", project, "--port", "0", "--token", TOKEN, "--record", recording, "--json"]
    program = subprocess.Popen(
        [sys.executable, "-m", "taixu", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert program.stderr is not None
    for line in program.stderr:
        found = re.search(r"at (http://\S+)", line)
        if found:
            return program, found[1]
    raise AssertionError("the server did not start")


def bring(url: str, key: str, level_mm: float) -> bool:
    """Whether it was acknowledged."""
    data = json.dumps({"topic": f"gauge/{key}", "time": time.time(), "values": {"level": level_mm}}).encode()
    request = Request(url + "ingest", data=data, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=120) as answer:
            return bool(json.load(answer)["kept"] == 1)
    except (URLError, ConnectionError, TimeoutError):
        return False


def levels(recording: Path) -> dict[str, float]:
    moment = Recording(recording).moment(time.time_ns())
    tracks, values, _ = moment.column("gauge", "level")
    _, keys, _ = moment.column("device", "key")
    return dict(zip(keys.tolist(), values[: len(tracks)].tolist()))


def test_it_serves_until_it_is_told_to_end(project: Path, tmp_path: Path) -> None:
    program, url = start(project, tmp_path / "recording")
    assert bring(url, "g2", 1500.0)
    program.send_signal(signal.SIGTERM)
    out, _ = program.communicate(timeout=120)
    assert program.returncode == 0
    report = json.loads(out)
    assert report["entities"] == 4 and report["readings"]["written"] == 1
    assert levels(tmp_path / "recording") == {"g0": 0.0, "g1": 0.0, "g2": 1.5, "g3": 0.0}


def test_a_kill_loses_nothing_that_was_acknowledged(project: Path, tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    program, url = start(project, recording)
    kept: dict[str, float] = {}
    for i in range(25):
        key = f"g{i % 4}"
        if bring(url, key, i * 1000.0):
            kept[key] = float(i)
    program.kill()
    program.wait(30)
    assert len(kept) == 4
    assert levels(recording) == kept


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--host", "0.0.0.0"], 2, "--tls"),
        (["--token", "short"], 1, "at least 16"),
        (["--tls", "a", "b"], 1, "no certificate"),
        (["--tokens", "nowhere.toml"], 1, "cannot be read"),
    ],
)
def test_open_doors_are_refused(project: Path, words: list[str], status: int, said: str) -> None:
    done = taixu("serve", project, *words)
    assert (done.returncode, done.stderr.count("\n")) == (status, 1) and said in done.stderr


def test_settings_that_are_wrong_are_one_sentence(project: Path) -> None:
    world = json.loads(json.dumps(WORLD))
    world["settings"]["twin"]["bindings"][0]["to"] = "gauge.depth"
    (project / "worlds/main.world.json").write_text(json.dumps(world))
    done = taixu("serve", project, "--port", "0", "--seconds", "1")
    assert done.returncode == 1 and "twin.bindings[0]: gauge has no field 'depth'" in done.stderr


def test_a_recording_is_not_written_over(project: Path, tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    (tmp_path / "recording" / "letter.txt").write_text("dear")
    done = taixu("serve", project, "--port", "0", "--record", tmp_path / "recording")
    assert done.returncode == 1 and "not empty" in done.stderr
