"""``taixu generate``, ``generators`` and ``info FILE``, as a user calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import taixu, taixu_json


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path / "user"))
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "user"))


def test_generate_tells_what_it_made_and_info_where_it_came_from(tmp_path: Path) -> None:
    words = ("generate", "sound", "a bright coin", "--set", "duration_secs=0.2", "--out", "x/coin.wav")
    found = taixu_json(*words, "--seed", "7", cwd=tmp_path)
    assert found["out"] == ["x/coin.wav"] and (found["seed"], found["generator"], found["cached"]) == (7, "sound", False)
    assert 0.0 < found["seconds"] < 60.0 and found["parameters"]["duration_secs"] == 0.2
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == ["coin.wav", "coin.wav.asset.toml"]
    told = taixu_json("info", "x/coin.wav", cwd=tmp_path)
    assert told["provenance"]["prompt"] == "a bright coin" and told["is_as_made"] is True and told["record"]["seed"] == 7
    if told["signature"] is not None:  # where the package for it is installed
        assert told["signature"]["is_valid"] is True
    data = bytearray((tmp_path / "x" / "coin.wav").read_bytes())
    data[600] ^= 8
    (tmp_path / "x" / "coin.wav").write_bytes(data)
    assert "changed since it was made" in taixu("info", "x/coin.wav", cwd=tmp_path).stdout
    assert "nothing says how it was made" in taixu("info", sys.executable).stdout


def test_names_after_the_words_are_free_ones(tmp_path: Path) -> None:
    outs = [taixu_json("generate", "sound", "Coin! 金币", "--no-sign", cwd=tmp_path)["out"] for _ in range(2)]
    assert outs == [["coin-金币.wav"], ["coin-金币-2.wav"]]


@pytest.mark.parametrize(("words", "status", "sentence"), [
    (("sond", "x"), 2, "nothing here makes 'sond'; did you mean 'sound'"),
    (("sound", "coin", "--set", "pitch"), 2, "'pitch' is not KEY=VALUE"),
    (("sound", "coin", "--set", "pitsch_hz=3"), 2, "did you mean 'pitch_hz'"),
    (("sound", "coin", "--set", "pitch_hz=high"), 2, '"high" was given; give a number from 0 to 8000 Hz'),
    (("sound", "coin", "--seed", "-1"), 2, "is not a whole number from 0"),
    (("sound", "coin", "--out", "coin.png"), 2, "sound writes .wav, not .png"),
    (("sound", "qwrtz"), 1, "no word names a sound"),
    (("sound", "porn"), 1, "this is not made"),
    (("sound", "coin", "--from", "none.png"), 1, "there is no such file"),
    (("sound", "coin", "--out", "/proc/none/coin.wav"), 1, "cannot be written"),
])  # fmt: skip
def test_bad_calls_are_one_sentence(tmp_path: Path, words: tuple[str, ...], status: int, sentence: str) -> None:
    done = taixu("generate", *words, cwd=tmp_path)
    assert done.returncode == status and sentence in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert [path for path in tmp_path.iterdir() if path.name != "user"] == []


def test_generators_says_what_there_is(tmp_path: Path) -> None:
    found = {each["name"]: each for each in taixu_json("generators")["generators"]}
    about = found["sound"]
    assert about["makes"] == "sound" and about["needs_weights"] is False and about["missing"] == ""
    assert about["parameters"]["properties"]["pitch_hz"] == {
        "type": "number", "description": "Main pitch; 0 is the effect's own.", "unit": "Hz", "minimum": 0.0, "maximum": 8000.0,
        "default": 0.0,
    }  # fmt: skip
    assert "coin" in about["parameters"]["properties"]["effect"]["enum"]
    assert "  brightness       Overtones: 0 dark, 1 sharp. (0 to 1, default 0.5)" in taixu("generators", "sound").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals are told otherwise there")
def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "taixu", "generate", "sound", "wind", "--set", "duration_secs=30", "--out", "wind.wav", "--json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells' jobs in the background ignore it
    )  # fmt: skip
    until = time.monotonic() + 60.0
    while not list((tmp_path / "user").glob("generate/work/*/made")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=120)
    assert process.returncode == 130 and json.loads(out)["error"] == "interrupted" and said == "taixu: interrupted\n"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list((tmp_path / "user" / "generate" / "work").iterdir()) == []


def test_convert_warns_of_licences(tmp_path: Path) -> None:
    taixu_json("generate", "sound", "coin", "--out", "coin.wav", "--no-sign", cwd=tmp_path)
    beside = tmp_path / "coin.wav.asset.toml"
    beside.write_text(beside.read_text().replace("CC0-1.0", "CC-BY-NC-4.0"))
    done = taixu("convert", "coin.wav", "other.wav", cwd=tmp_path)
    assert done.returncode == 0 and "licence: coin.wav: its licence (CC-BY-NC-4.0) forbids use that earns money" in done.stderr


def test_again_makes_anew_with_what_was_set_by_hand(tmp_path: Path) -> None:
    taixu_json("generate", "sound", "coin", "--seed", "7", "--out", "coin.wav", "--no-sign", cwd=tmp_path)
    beside = tmp_path / "coin.wav.asset.toml"
    beside.write_text(beside.read_text().replace("brightness = 0.5", "brightness = 0.9"))
    before = (tmp_path / "coin.wav").read_bytes()
    found = taixu_json("generate", "--again", "coin.wav", "--no-sign", cwd=tmp_path)
    assert found["out"] == [str(tmp_path / "coin.wav")] and found["kept"] == []
    assert (tmp_path / "coin.wav").read_bytes() != before and "[provenance.overrides]\nbrightness = 0.9" in beside.read_text()
    assert taixu_json("generate", "--again", ".", cwd=tmp_path)["out"] == []
    for words, sentence in ((("--again", "coin.wav", "sound"), "leave them out"), ((), "say what to make")):
        assert sentence in taixu("generate", *words, cwd=tmp_path).stderr


def test_of_many_files_a_few_are_shown_and_programs_are_told_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from types import SimpleNamespace

    from taixu.cli.console import Console
    from taixu.cli.generate import _tell
    from taixu.generate import Order

    files = [tmp_path / f"part_{place}.bin" for place in range(300)]
    made = SimpleNamespace(files=files, is_cached=True, seconds=0.1, generator="city", parameters={}, key="", provenances=[
        SimpleNamespace(settings={}, content="")])  # fmt: skip
    for as_json in (False, True):
        _tell(Console(json=as_json), Order("city", "x"), made, tmp_path)
    out, said = capsys.readouterr()
    lines = out.splitlines()
    assert len(lines) == 13 and lines[0] == str(files[0]) and f"and 288 more files in {tmp_path}" in said
    assert json.loads(lines[-1])["out"] == [str(file) for file in files]
