from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu_json
from PIL import Image

import taixu as tx
from taixu.cli import main
from taixu.scene import Material, Shape
from taixu.twin.plugin import TwinPlugin, begin_recording

START = 1_777_622_400_000_000_000  # 2026-05-01T08:00:00Z


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red box that goes from left to right in two seconds, ten ticks of it."""
    folder = tmp_path_factory.mktemp("replay") / "shift"
    now = START
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: now),)) as app:
        box = app.scene.spawn("Box", Shape("box"), Material(base_color=(0.8, 0.05, 0.05, 1)), position=(-2, 0, 0))
        app.scene.spawn("Eye", tx.Camera(), position=(0, 0, 8))
        recorder = begin_recording(app, folder, project=str(folder.parent / "gone"))
        for tick in range(11):
            now = START + tick * 200_000_000
            box.position = (tick * 0.4 - 2, 0, 0)
            recorder.note("tick", number=tick)
            app.run(ticks=1)
    return folder


def red_column(picture: Path) -> float:
    pixels = np.asarray(Image.open(picture).convert("RGB")).astype(int)
    red = (pixels[..., 0] > 90) & (pixels[..., 1] < 60)
    return float(np.flatnonzero(red.any(axis=0)).mean()) / pixels.shape[1]


def test_what_a_recording_holds(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(recording)]) == 0
    assert "11 ticks" in capsys.readouterr().out
    report = taixu_json("replay", recording)
    assert report["from"] == "2026-05-01T08:00:00.000000Z" and report["to"] == "2026-05-01T08:00:02.000000Z"
    assert report["ticks"] == report["events"] == 11 and report["entities"] == 2


@pytest.mark.parametrize(("at", "place"), [("0", "left"), ("2026-05-01T08:00:02Z", "right"), ("-1", "middle"), ("1.0", "middle")])
def test_any_moment_is_a_picture(recording: Path, tmp_path: Path, at: str, place: str) -> None:
    out = tmp_path / "then.png"
    report = taixu_json("replay", recording, f"--at={at}", "--out", out, "--size", "160x120")
    assert "is not there any more" in report["notes"][0], "the project may be gone; the world is not"
    column = red_column(out)
    assert {"left": column < 0.4, "middle": 0.4 < column < 0.6, "right": column > 0.6}[place]


def test_two_moments_are_compared(recording: Path) -> None:
    report = taixu_json("replay", recording, "--at", "0.2", "--against", "1.8")
    assert report["different"] == {"transform.translation": 1}
    assert taixu_json("replay", recording, "--at", "1", "--against", "1")["different"] == {}


def test_tables_answer_questions(recording: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    report = taixu_json("replay", recording, "--tables", tmp_path / "tables")
    assert report["tables"]["transform.translation.parquet"] == 12, "both entities once, and the box in each of ten ticks more"
    file = tmp_path / "tables" / "transform.translation.parquet"
    question = f"select entity, count(*), min(x), max(x) from '{file}' where not late group by entity order by 2 desc"
    found = duckdb.sql(question).fetchall()
    assert found[0][1] == 11 and found[0][2] == -2.0 and found[0][3] == pytest.approx(2.0, abs=1e-6)
    (first,) = duckdb.sql(f"select min(known) at time zone 'UTC' from '{file}'").fetchall()[0]
    assert first.isoformat() == "2026-05-01T08:00:00"
    assert main(["replay", str(recording), "--tables", str(tmp_path / "tables")]) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--at", "noon"], 2, "is no time"),
        (["--at", "2020-01-01T00:00:00Z"], 1, "begins later"),
        (["--known", "3"], 2, "want --at"),
        (["--out", "then.txt"], 2, "--out"),
    ],
)
def test_mistakes_are_one_sentence(
    recording: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    assert main(["replay", str(recording), *arguments]) == status
    assert said in capsys.readouterr().err


def test_a_manifest_that_lies_is_one_sentence(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in recording.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "recording.json").write_text(json.dumps({"format": "taixu.recording", "version": 1, "project": 7, "settings": []}))
    assert main(["replay", str(tmp_path), "--at", "1", "--out", str(tmp_path / "a.png"), "--size", "64x48"]) == 0
    (tmp_path / "recording.json").write_text("[")
    assert main(["replay", str(tmp_path)]) == 1
    assert "manifest" in capsys.readouterr().err


def test_a_recording_is_checked(recording: Path, tmp_path: Path) -> None:
    assert taixu_json("check", recording)["ok"]
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in recording.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (segment,) = copy.glob("*.taixulog")
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-5])
    (found,) = taixu_json("check", copy)["files"]
    assert found["ok"] and "as after a kill" in found["findings"][0]["message"]
    middle = len(whole) // 2
    segment.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    (copy / "000002.taixulog").write_bytes(whole)
    (found,) = taixu_json("check", copy, status=1)["files"]
    assert not found["ok"] and "is damaged here" in found["findings"][0]["message"]


def test_rules_are_tried_before_they_go_live(recording: Path, tmp_path: Path) -> None:
    rules = [
        {"name": "right", "when": "x > 0.5", "say": "{name} is right"},
        {"name": "far", "when": "transform.translation.x > 100"},
        {"name": "silent", "when": "age > 30"},
    ]
    for name, raw in (("rules.json", rules), ("a.world.json", {"settings": {"twin": {"rules": rules}}})):
        (tmp_path / name).write_text(json.dumps(raw))
        report = taixu_json("replay", recording, "--rules", tmp_path / name)
        assert report["rules"] == {"right": 0, "far": 0} and report["left_out"] == ["silent"], "bare names are devices'"
    rules[0]["when"] = "transform.translation.x > 0.5"
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    report = taixu_json("replay", recording, "--rules", tmp_path / "rules.json")
    (alarm,) = report["alarms"]
    assert report["rules"]["right"] == 1 and (alarm["text"], alarm["cleared_ns"]) == ("Box is right", 0)
    assert (alarm["raised_ns"] - START) / 2e8 == 7


def test_rules_that_cannot_be_read(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, message in (("{", "no JSON"), ('[{"name": 3}]', "a rule has a name"), ("[{}]", "a rule has a name")):
        (tmp_path / "rules.json").write_text(text)
        assert main(["replay", str(recording), "--rules", str(tmp_path / "rules.json")]) == 1
        assert message in capsys.readouterr().err
    assert main(["replay", str(recording), "--rules", str(tmp_path / "nowhere.json")]) == 1


def test_a_recording_and_a_project_are_searched_by_words(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = taixu_json("replay", recording, "--find", "box near eye in the last 10 seconds")
    assert [each["name"] for each in found["found"]] == ["Box"]
    assert found["query"]["near"] == "eye" and found["query"]["since_ns"] == START - 8 * 10**9
    assert main(["replay", str(recording), "--find", "unicorns"]) != 0
    assert "'unicorns' is not understood" in capsys.readouterr().err
    files = taixu_json("info", Path(__file__).parents[3] / "samples" / "factory", "--find", "素材 press")["found"]
    assert "assets/press.glb" in [each["id"] for each in files]
