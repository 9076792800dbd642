"""`taixu serve` with mods: what nobody agreed to is told and does not run; afterwards whoever looks on sees it and presses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from command_line import taixu
from waiting import HANG_SECS, until

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

TOKEN = "t" * 24
WORLD = {"format": "taixu.world", "version": 1, "entities": {f"{1:016x}": {"name": {"text": "Post"}}}, "settings": {}}
MANIFEST = """schema = 1
id = "anna.bell"
version = "1.0.0"
api = "^1.0"
entry = "main.py"
title = "Bell"
licence = "CC0-1.0"

[access]
read = ["name"]
write = ["transform"]

[capabilities.ui]
why = "the bell and how often it rang"
"""
BELL = """import game

rung = 0


def on_start():
    game.show_button("ring", "Ring")


def on_tick(dt):
    game.show_text("count", f"{rung} times, step {game.tick}")


def on_event(event):
    global rung
    if event.kind == "button" and event.name == "ring":
        rung += 1
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "user"))
    root = tmp_path / "yard"
    for file, text in {
        "taixu.toml": '[project]\nname = "Yard"\nfirst_world = "worlds/main.world.json"\n',
        "worlds/main.world.json": json.dumps(WORLD), "mods/bell/mod.toml": MANIFEST, "mods/bell/main.py": BELL,
    }.items():  # fmt: skip
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root


@contextmanager
def served(project: Path) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it said before."""
    words = [sys.executable, "-m", "taixu", "serve", str(project), "--port", "0", "--token", TOKEN]
    program = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert program.stderr is not None
    said: list[str] = []
    try:
        for line in program.stderr:
            said.append(line)
            if found := re.search(r"at (http://\S+)", line):
                yield found[1], said
                return
        raise AssertionError(f"the server did not start: {said}")
    finally:
        program.terminate()
        program.communicate(timeout=HANG_SECS)


def ask(url: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urlopen(Request(url + path, data=data, headers=headers), timeout=HANG_SECS) as answer:
        return json.load(answer)


def test_mods_of_a_served_world_run_once_somebody_agreed(project: Path) -> None:
    with served(project) as (url, said):
        assert any("anna.bell" in line and "was not accepted on this machine" in line for line in said), said
        assert ask(url, "screen")["widgets"] == []
    assert taixu("mod", "install", "--yes", "--project", project).returncode == 0
    with served(project) as (url, said):
        assert not any("anna.bell" in line for line in said), said

        def texts() -> dict[str, str]:
            widgets = ask(url, "screen")["widgets"]
            return {widget["name"]: widget.get("text", "") for widget in widgets if widget["owner"] == "anna.bell"}

        until(lambda: texts().get("count", "").startswith("0 times"), what=lambda: texts())
        assert texts()["ring"] == "Ring"
        before = texts()["count"]
        until(lambda: texts()["count"] != before, what="the mod goes on")
        ask(url, "screen/press", {"owner": "anna.bell", "name": "ring"})
        until(lambda: texts()["count"].startswith("1 times"), what=lambda: texts())
