"""``taixu mod``: from a new mod to one that is installed from an index, agreed to, run, and removed."""

from __future__ import annotations

import importlib.util
import io
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from taixu.cli import main
from taixu.cli.mod import find_action
from taixu.cli.mods import ACTIONS
from taixu.cli.parser import make_parser

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _fresh_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path_factory.mktemp("user")))
    monkeypatch.setenv("TAIXU_MOD_PASSWORD", "swordfish")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "assets" / "templates" / "empty", tmp_path / "toys")
    monkeypatch.chdir(tmp_path / "toys")
    return tmp_path / "toys"


def call(capsys: pytest.CaptureFixture[str], *words: object, status: int = 0) -> dict[str, Any]:
    """Call ``taixu mod WORDS --json``, and give its answer."""
    capsys.readouterr()
    found = main(["mod", *map(str, words), "--json"])
    said = capsys.readouterr()
    assert found == status, said.err
    answer = json.loads(said.out)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("name", ACTIONS)
def test_the_help_of_an_action_fits_a_screen_and_ends_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mod", name, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith(f"usage: taixu mod {name}")
    assert lines[-1].startswith(f"example: taixu mod {name}")
    words = shlex.split(lines[-1].removeprefix("example: "))
    make_parser(f"mod {name}", find_action(name)).parse_args(words[3:])


def test_the_lines_of_the_guide_are_understood() -> None:
    text = (ROOT / "docs" / "guide" / "mod-packages.md").read_text(encoding="utf-8")
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("taixu mod ")]
    assert len(lines) > 12
    for words in lines:
        make_parser(f"mod {words[2]}", find_action(words[2])).parse_args(words[3:])


def test_a_misspelt_action_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mod", "instal"]) == 2
    assert "did you mean install?" in capsys.readouterr().err
    assert main(["mod"]) == 2
    assert main(["mod", "list", "--nonsense"]) == 2


def test_from_new_to_removed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "new", "mods/fish", "--id", "alice.fish")["files"] == ["main.py", "mod.toml"]
    assert call(capsys, "check", "mods/fish")["files"][0]["findings"] == []
    packed = call(capsys, "pack", "mods/fish", "--out", "public")
    assert call(capsys, "pack", "mods/fish", "--out", "again.zip")["sha256"] == packed["sha256"]
    shutil.rmtree("mods/fish")
    key = call(capsys, "keys", "new", "alice")["keys"][0]["key"]
    assert [each["key"] for each in call(capsys, "keys")["keys"]] == [key]
    assert call(capsys, "sign", packed["out"], "--key", "alice")["key"] == key
    Path("public/keys").mkdir()
    Path("public/keys/alice.pub").write_text(key)
    index = call(capsys, "index", "public", "--key", "alice", "--name", "Fish")
    assert (index["mods"], index["serial"]) == (1, 1)

    install = ("install", "alice.fish", "--index", "public", "--index-key", key)
    plan = call(capsys, *install, "--dry-run")
    assert [mod["id"] for mod in plan["mods"]] == ["alice.fish"] and not plan["installed"]
    assert "nobody is here to agree" in call(capsys, *install, status=1)["error"]
    assert call(capsys, "list")["mods"] == []
    assert call(capsys, *install, "--yes")["mods"][0]["content"] == packed["content"]
    assert [mod["id"] for mod in call(capsys, "list")["mods"]] == ["alice.fish"]

    world = "worlds/main.world.json"
    before = Path(world).read_text()
    call(capsys, "disable", "alice.fish", "--world", world)
    assert json.loads(Path(world).read_text())["settings"]["mods"] == {"disabled": ["alice.fish"]}
    assert call(capsys, "list", "--world", world)["refused"] == {"alice.fish": "is off in this world"}
    call(capsys, "enable", "alice.fish", "--world", world)
    assert [mod["id"] for mod in call(capsys, "list", "--world", world)["mods"]] == ["alice.fish"]
    assert json.loads(before)["entities"] == json.loads(Path(world).read_text())["entities"]
    call(capsys, "disable", "alice.fish")
    assert call(capsys, "list")["mods"] == []
    call(capsys, "enable", "alice.fish")

    capsys.readouterr()
    assert main(["check", "."]) == 0
    zip_file = Path("mods/alice.fish-0.1.0.zip")
    zip_file.write_bytes(zip_file.read_bytes().replace(b"hello", b"HELLO"))
    assert main(["check", ".", "--json"]) == 1
    assert "alice.fish" in capsys.readouterr().out
    assert "is not what its header says" in call(capsys, "list")["refused"]["alice.fish"]
    assert call(capsys, "install", "--yes")["installed"]
    assert call(capsys, "remove", "alice.fish")["removed"] == ["alice.fish"]
    assert call(capsys, "list") == {"mods": [], "refused": {}, "shared": []}


def test_what_says_careful_has_to_be_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "new", "fish", "--id", "alice.fish")
    for name in ("alice", "eve"):
        call(capsys, "keys", "new", name)
    zip_file = call(capsys, "pack", "fish", "--out", "dist")["out"]
    call(capsys, "sign", zip_file, "--key", "alice")
    call(capsys, "install", zip_file, "--yes")
    manifest = Path("fish/mod.toml")
    manifest.write_text(manifest.read_text().replace("0.1.0", "0.2.0"))
    zip_file = call(capsys, "pack", "fish", "--out", "dist")["out"]
    call(capsys, "sign", zip_file, "--key", "eve")
    install = ("install", zip_file, "--key", "eve", "--yes")
    assert "--accept key" in call(capsys, *install, status=1)["error"]
    assert call(capsys, *install, "--accept", "key,origin")["alarms"][0]["kind"] == "key"
    assert call(capsys, "list")["mods"][0]["version"] == "0.2.0"


class Typing(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("yes\n", 0), ("n\n", 1), ("\n", 1), ("", 1), ("sure\n", 1)])
def test_somebody_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str, status: int
) -> None:
    call(capsys, "new", "mods/fish", "--id", "alice.fish")
    monkeypatch.setattr(sys, "stdin", Typing(typed))
    assert main(["mod", "install"]) == status
    said = capsys.readouterr()
    assert "alice.fish 0.1.0: Fish; signed by nobody" in said.out
    assert "Agree to all of this? [y/N]" in said.err
    assert len(call(capsys, "list")["mods"]) == 1 - status


def test_bad_calls_are_told_in_a_sentence(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "not.zip").write_bytes(b"not a zip")
    (tmp_path / "empty").mkdir()
    for words, status, said in (
        (["install", str(tmp_path / "not.zip")], 1, "no zip"),
        (["install", "./nowhere"], 1, "no such file or folder"),
        (["install", "https://mods.example.org/"], 2, "--index"),
        (["install", "nonsense"], 2, "there is no such file, and as an id"),
        (["install", "alice.fish"], 1, "no index was named"),
        (["install", "--accept", "all"], 1, "nothing to agree to"),
        (["install", "--deny", "files"], 1, "no capability 'files'"),
        (["install", "alice.fish", "--index", "http://mods.example.org/"], 1, "not encrypted"),
        (["pack", str(tmp_path / "empty")], 1, "has no mod.toml"),
        (["new", "x", "--id", "Fish"], 2, "no id"),
        (["sign", "x.zip", "--key", "nobody"], 1, "no such file"),
        (["remove", "alice.fish"], 1, "not installed"),
        (["enable", "alice.fish"], 1, "not installed"),
        (["keys", "new"], 2, "name the key"),
        (["keys", "new", "../evil"], 2, "no name of a key"),
        (["list", "--project", str(tmp_path / "empty")], 1, "no project"),
        (["index", str(tmp_path / "empty"), "--key", "nobody"], 1, "no key nobody"),
        (["run", "alice.fish", "--world", "worlds/main.world.json"], 1, "none of that id is installed"),
    ):
        capsys.readouterr()
        assert main(["mod", *words]) == status, words
        error = capsys.readouterr().err.strip().splitlines()
        assert len(error) == 1 and said in error[0], (words, error)


def test_a_short_password_and_a_key_that_others_read(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TAIXU_MOD_PASSWORD", "short")
        assert "8 or more" in call(capsys, "keys", "new", "alice", status=1)["error"]
    file = Path(call(capsys, "keys", "new", "alice")["keys"][0]["file"])
    call(capsys, "new", "fish", "--id", "alice.fish")
    zip_file = call(capsys, "pack", "fish")["out"]
    with monkeypatch.context() as patch:
        patch.setenv("TAIXU_MOD_PASSWORD", "another password")
        assert "password is wrong" in call(capsys, "sign", zip_file, "--key", "alice", status=1)["error"]
        patch.delenv("TAIXU_MOD_PASSWORD")
        patch.setattr(sys, "stdin", None)
        assert "nobody is here to type" in call(capsys, "sign", zip_file, "--key", "alice", status=1)["error"]
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        assert "chmod 600" in call(capsys, "sign", zip_file, "--key", "alice", status=1)["error"]
    assert "is a key alice already" in call(capsys, "keys", "new", "alice", status=1)["error"]


def test_check_reads_mods(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "new", "mods/fish", "--id", "alice.fish")
    Path("mods/fish/main.py").write_text("import game\nimport os\ngame.spwn()\n")
    capsys.readouterr()
    assert main(["check", ".", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert {"the box has no os: nothing outside of it can be reached", "game has no spwn; did you mean spawn?"} <= {
        found["message"] for found in findings
    }
    assert "game has no spwn" in call(capsys, "pack", "mods/fish", status=1)["error"]


def test_a_mods_lines_stand_once_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.cli.console import Console
    from taixu.cli.mods.run import _show

    report = {"mod": "a.b", "ticks": 1, "p95_ms": 0.1, "memory_mb": 1.0, "orders": 0, "refused": 0, "trapped": 0, "fault": "",
              "badge": "", "log": ["info: hello"]}  # fmt: skip
    _show(report, Console())
    assert "info: hello" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    _show(report, Console())
    assert "info: hello" not in capsys.readouterr().out, "it was said as it came"


def test_a_mod_runs_in_the_box(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    call(capsys, "new", "mods/fish", "--id", "alice.fish")
    Path("mods/fish/main.py").write_text(
        "import game\n\n\ndef on_start():\n    game.spawn('box', position=(0, 3, 0), name='Fish')\n\n\n"
        "def on_tick(dt):\n    if game.tick == 5:\n        game.log(game.find('Fish') is not None)\n"
    )
    manifest = Path("mods/fish/mod.toml")
    text = manifest.read_text().replace("read = []", 'read = ["name", "transform"]')
    manifest.write_text(text + '\n[capabilities.spawn]\nmax = 3\nwhy = "a fish"\n')
    call(capsys, "install", "--yes")
    runs = [call(capsys, "run", what, "--world", "worlds/main.world.json", "--ticks", 20) for what in ("mods/fish", "alice.fish")]
    for report in runs:
        assert (report["mod"], report["ticks"], report["trapped"], report["fault"]) == ("alice.fish", 20, 0, "")
        assert report["orders"] >= 1 and report["memory_mb"] > 1 and report["log"] == ["info: True"]
    assert runs[0]["state_hash"] == runs[1]["state_hash"]
    assert main(["mod", "run", "mods/fish", "--world", "worlds/main.world.json", "--ticks", "20"]) == 0
    assert "  info: True" in capsys.readouterr().out.splitlines(), "what is not a terminal has the lines beside the result"
    for words in ((), ("--mods", "mods")):
        capsys.readouterr()
        assert main(["run", ".", "--headless", "--ticks", "20", "--json", *words]) == 0
        assert json.loads(capsys.readouterr().out)["state_hash"] == runs[0]["state_hash"], "playing is the same"
    call(capsys, "disable", "alice.fish", "--world", "worlds/main.world.json")
    assert main(["run", ".", "--headless", "--ticks", "20"]) == 0
    assert "mod alice.fish does not run: is off in this world" in capsys.readouterr().err


def test_a_project_with_mods_that_were_not_agreed_to_plays_without(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "new", "mods/fish", "--id", "alice.fish")
    capsys.readouterr()
    assert main(["run", ".", "--headless", "--ticks", "2"]) == 0
    assert "was not accepted on this machine" in capsys.readouterr().err
    assert main(["run", ".", "--headless", "--ticks", "2", "--mods", "nowhere"]) == 2


def test_where_wasmtime_is_missing_mods_are_off_and_the_world_plays(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(capsys, "new", "mods/fish", "--id", "alice.fish")
    call(capsys, "install", "--yes")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "wasmtime" else find(name, *rest))
    assert main(["run", ".", "--headless", "--ticks", "2"]) == 0
    assert "mod alice.fish does not run: mods run in WebAssembly, and wasmtime is not installed" in capsys.readouterr().err
