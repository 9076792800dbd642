from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu, taixu_json
from PIL import Image

from taixu.cli import main
from taixu.defaults import App


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made from the empty template, with a box that falls on the floor."""
    folder = tmp_path_factory.mktemp("projects") / "toys"
    assert main(["new", str(folder), "--template", "empty"]) == 0
    file = folder / "worlds" / "main.world.json"
    world = json.loads(file.read_text())
    world["entities"]["00000000000000aa"] = {
        "collider": {}, "rigid_body": {"mass_kg": 2}, "shape": {}, "transform": {"position": [0, 3, 0]},
    }  # fmt: skip
    file.write_text(json.dumps(world))
    return folder


def test_a_headless_run_reports_what_it_did(project: Path) -> None:
    found = taixu_json("run", project, "--headless", "--ticks", "30")
    assert found["ticks"] == found["frames"] == 30
    assert found["entities"] == 5
    assert {"physics", "fixed", "propagate", "frame"} <= set(found["stages"])
    assert all(stage["p50"] <= stage["p95"] for stage in found["stages"].values())
    assert found["rss_peak_mb"] > 10
    assert len(found["state_hash"]) >= 16


def test_simulated_seconds_are_ticks_and_runs_repeat(project: Path) -> None:
    first = taixu_json("run", project, "--headless", "--seconds", "0.5")
    again = taixu_json("run", project, "--headless", "--ticks", "30")
    longer = taixu_json("run", project, "--headless", "--ticks", "31")
    assert first["state_hash"] == again["state_hash"] != longer["state_hash"]


def test_a_profile_says_what_passes_cost_and_changes_nothing(project: Path) -> None:
    words = ("run", project, "--headless", "--ticks", "6", "--size", "64x36", "--quality", "low")
    found = taixu_json(*words, "--profile")
    assert found["drawn"]["frames"] == 4, "two of six warm up"
    assert found["drawn"]["p50"] > 0
    solid = found["passes"]["surfaces"]["main: solid"]
    assert solid["runs"] >= 1
    assert 0 < solid["p50"] <= solid["p95"]
    assert "main: shadows" in found["passes"]["shadows"]
    plain = taixu_json(*words)
    assert plain["state_hash"] == found["state_hash"]
    assert "passes" not in plain


def test_pictures_and_films_are_written_whole(project: Path, tmp_path: Path) -> None:
    found = taixu_json(
        "run", project, "--headless", "--ticks", "6", "--size", "64x36",
        "--record", tmp_path / "a.mp4", "--out", tmp_path / "deep" / "a.png", "--profile",
    )  # fmt: skip
    assert found["passes"]["surfaces"], "a profile is of the film's pictures"
    assert "drawn" not in found
    assert found["out"] == [str(tmp_path / "a.mp4"), str(tmp_path / "deep" / "a.png")]
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / "deep" / "a.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["a.mp4", "a.png"]


def test_a_picture_of_a_tier_is_what_a_window_shows(project: Path, tmp_path: Path) -> None:
    played, still, shown = (tmp_path / f"{name}.png" for name in ("played", "still", "shown"))
    words = ["--size", "64x36"]
    assert main(["run", str(project), "--headless", "--ticks", "1", *words, "--quality", "low", "--out", str(played)]) == 0
    assert main(["run", str(project), "--headless", "--ticks", "1", *words, "--out", str(still)]) == 0
    with App.headless(size=(64, 36)) as app:
        app.open(project)
        app.run(ticks=1)
        app.picture(quality="low", samples=1).save(shown)
    one, other, window = (np.asarray(Image.open(path)) for path in (played, still, shown))
    assert np.array_equal(one, window)
    assert (one != other).any()


@pytest.mark.parametrize("backend", ["pybullet", "rapier"])
def test_the_backend_is_chosen(project: Path, backend: str) -> None:
    if backend == "pybullet":
        pytest.importorskip("pybullet")
    assert taixu_json("run", project, "--headless", "--ticks", "5", "--physics", backend)["ticks"] == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--headless"], "give --seconds or --ticks"),
        (["--headless", "--seconds", "1", "--ticks", "3"], "not allowed"),
        (["--record", "a.mp4"], "want --headless"),
        (["--headless", "--ticks", "3", "--record", "a.avi"], ".mp4"),
        (["--headless", "--ticks", "3", "--out", "a.bmp"], ".png or .exr"),
        (["--headless", "--ticks", "0"], "from 1 on"),
        (["--physics", "havok", "--headless", "--ticks", "1"], "havok"),
    ],
)
def test_wrong_calls_are_refused(project: Path, words: list[str], said: str, capsys) -> None:
    assert main(["run", str(project), *words]) == 2
    assert said in capsys.readouterr().err


def test_bad_worlds_are_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": [1, 2')
    for path in (tmp_path / "bad.world.json", tmp_path / "missing", tmp_path):
        assert main(["run", str(path), "--headless", "--ticks", "1"]) == 1
        said = capsys.readouterr().err
        assert str(path) in said
        assert said.count("\n") == 1


def test_without_a_screen_it_says_so(project: Path) -> None:
    done = taixu("run", project, DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 3
    assert "--headless" in done.stderr
    assert done.stderr.count("\n") == 1


def test_somebody_elses_project_runs_no_script_unless_trusted(project: Path) -> None:
    (project / "scripts" / "loud.py").parent.mkdir(exist_ok=True)
    (project / "scripts" / "loud.py").write_text("def on_start():\n    print('it ran', flush=True)\n")
    file = project / "worlds" / "main.world.json"
    before = file.read_text()
    world = json.loads(before)
    world["entities"]["00000000000000bb"] = {"script": {"path": "scripts/loud.py"}}
    file.write_text(json.dumps(world))
    try:
        for words, ran in (([], False), (["--trust"], True)):
            done = taixu("run", project, "--headless", "--ticks", "2", *words)
            assert done.returncode == 0, done.stderr
            assert ("it ran" in done.stdout + done.stderr) is ran
    finally:
        file.write_text(before)
