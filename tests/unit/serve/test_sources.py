"""Sources of a served world: who may open them, and what is told of them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from command_line import taixu

import taixu as tx
from taixu.edit import Project, WorldSettings
from taixu.script import ScriptHost
from taixu.twin.plugin import TwinPlugin, configure_twin, open_world_sources

MANIFEST = '[project]\nname = "Plant"\nfirst_world = "worlds/main.world.json"\n'


def project(folder: Path) -> Path:
    (folder / "worlds").mkdir(parents=True)
    (folder / "taixu.toml").write_text(MANIFEST)
    sources = {"yesterday": {"kind": "table", "path": "data/rows.csv", "topic": "t"}}
    world = {"format": "taixu.world", "version": 1, "entities": {}, "settings": {"twin": {"sources": sources}}}
    (folder / "worlds/main.world.json").write_text(json.dumps(world))
    (folder / "data").mkdir()
    (folder / "data/rows.csv").write_text(f"time,level\n{time.time():.0f},1\n")
    return folder


@pytest.mark.parametrize("trust", [False, True])
def test_a_strangers_world_opens_nothing(tmp_path: Path, trust: bool) -> None:
    words = ["--trust"] if trust else []
    done = taixu("serve", project(tmp_path / "plant"), "--port", "0", "--seconds", "1.5", "--json", *words)
    assert done.returncode == 0, done.stderr
    readings = json.loads(done.stdout)["readings"]["readings"]
    if trust:
        assert readings == 1 and "--trust" not in done.stderr, "and files are found from the project's folder"
    else:
        assert readings == 0
        assert "sources that are not opened: its project is not trusted; --trust opens them" in done.stderr


def test_programs_that_trust_open_them(tmp_path: Path) -> None:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.open(project(tmp_path / "plant"), trust=True)
        configure_twin(app.world)
        assert app.resource(ScriptHost).trusted and app.resource(Project).root.name == "plant"
        (source,) = open_world_sources(app)
        assert app.resource(WorldSettings).section("twin")["sources"] and source.link.root == app.resource(Project).root


def test_the_log_is_json_where_that_is_asked_for(tmp_path: Path) -> None:
    done = taixu("serve", project(tmp_path / "plant"), "--port", "0", "--seconds", "1.5", "--json", "--log", "json", "--trust")
    said = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    told = [line["message"] for line in said if line["logger"] == "taixu.serve.parts.sources"]
    assert told[-1] == "The source yesterday is done."
    assert all(line["time"].endswith("Z") and line["level"] in ("info", "warning") for line in said)
