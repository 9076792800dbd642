from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import taixu, taixu_json

from taixu.cli import main
from taixu.cli.commands import BUILT_IN, find_command
from taixu.cli.parser import make_parser
from taixu.errors import UsageError


def test_help_names_every_command_and_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("example: taixu ")
    assert all(any(line.split()[:1] == [name] for line in lines) for name in BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_help_of_a_command_fits_a_screen_and_ends_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith(f"usage: taixu {name}")
    assert lines[-1].startswith(f"example: taixu {name}")


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_example_of_a_command_is_a_call_that_it_understands(name: str) -> None:
    command = find_command(name)
    words = shlex.split(command.example.split("  ")[0])
    assert words[:2] == ["taixu", name]
    make_parser(name, command).parse_args(words[2:])


@pytest.mark.parametrize("words", [["cluster", "list"]])
def test_a_command_of_another_version_is_refused_in_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"no command {words[0]!r}" in said.err


def test_a_misspelt_command_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rendr"]) == 2
    assert "did you mean `taixu render`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["info", "--nonsense"],
        ["info", "surplus", "more"],
        ["new"],
        ["render", "x.glb", "--size", "0x3"],
    ],
)
def test_a_wrong_call_is_one_sentence_with_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("taixu: ")
    assert said.err.count("\n") == 1


def test_a_wrong_call_answers_in_json_too() -> None:
    found = taixu_json("info", "--nonsense", status=2)
    assert found["exit_status"] == 2
    assert "--nonsense" in found["error"]


def test_without_an_editor_one_line_says_what_brings_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr("taixu.cli.editor_entry.entry_points", lambda group: [])
    for words in ([], ["edit"]):
        assert main(words) == 3
        assert capsys.readouterr().err.strip().endswith('pip install "taixu[editor]" brings it')


def test_vectors_may_begin_with_a_minus() -> None:
    parser = make_parser("render", find_command("render"))
    args = parser.parse_args(["a.glb", "--out", "a.png", "--eye", "-1,2,-3", "--target", "0,0,0"])
    assert args.eye == (-1.0, 2.0, -3.0)
    with pytest.raises(UsageError, match="three numbers"):
        parser.parse_args(["a.glb", "--out", "a.png", "--eye", "-1,2"])


def test_debug_shows_the_traceback_and_nothing_else_does() -> None:
    for option, shown in (("--json", False), ("--debug", True)):
        done = taixu("check", "/nowhere/at/all.glb", option)
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) is shown or option == "--debug"
        assert "/nowhere/at/all.glb" in done.stderr + done.stdout


PRINTS = """
import os, sys
from taixu.cli import commands, main

class Noisy:
    summary, usage, example = "Prints.", "", "taixu noisy"
    def add_arguments(self, parser): pass
    def run(self, args):
        print("from python")
        os.system("echo from a native library")
        args.console.show("for people")
        args.console.answer({"value": float("nan"), "path": __import__("pathlib").Path("x")})
        print("after")
        return 0

commands.plugin_commands = lambda: {"noisy": Noisy()}
sys.exit(main(sys.argv[1:]))
"""


def test_standard_output_holds_one_json_object_whatever_prints() -> None:
    done = subprocess.run([sys.executable, "-c", PRINTS, "noisy", "--json"], capture_output=True, text=True)
    assert json.loads(done.stdout) == {"value": None, "path": "x"}
    assert done.stdout.count("\n") == 1
    assert "from python" in done.stderr
    assert "from a native library" in done.stderr
    assert done.returncode == 0


def test_a_closed_pipe_is_silent() -> None:
    script = f"{sys.executable} -m taixu info | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.returncode in (0, 141)
    assert done.stderr == ""


SLOW = """
import sys, time
from pathlib import Path
from taixu.cli import commands, main
from taixu.cli.files import finished_file

class Slow:
    summary, usage, example = "Writes slowly.", "", "taixu slow"
    def add_arguments(self, parser): pass
    def run(self, args):
        with finished_file(Path("out.png")) as path:
            path.write_text("half")
            print("ready", flush=True)
            time.sleep(60)
        return 0

commands.plugin_commands = lambda: {"slow": Slow()}
sys.exit(main(["slow"]))
"""


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_half_written_file(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    (tmp_path / "out.png").write_text("what stood there")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells' jobs in the background ignore it
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(sent)
    _, said = process.communicate(timeout=120)
    assert process.returncode == status
    assert "Traceback" not in said
    assert os.listdir(tmp_path) == ["out.png"]
    assert (tmp_path / "out.png").read_text() == "what stood there"


def test_info_says_what_is_missing_and_how_to_get_it() -> None:
    found = taixu_json("info")
    assert found["packages"]["numpy"]
    assert set(found["extras"]) >= {"editor", "ai", "twin", "mods", "cluster", "bench"}
    assert found["extras"]["ai"]["install"] == 'pip install "taixu[ai]"'
    assert (found["gpu"] is None) != (found["gpu_problem"] is None)


def test_python_dash_m_and_the_version() -> None:
    assert taixu("--version").stdout.startswith("taixu ")


@pytest.mark.skipif(os.name == "nt", reason="shells there close no streams")
def test_a_standard_output_that_takes_nothing_is_said_in_a_sentence() -> None:
    call = f"{sys.executable} -m taixu --version"
    closed = subprocess.run(f"{call} >&-", shell=True, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in closed.stderr
    if Path("/dev/full").exists():
        full = subprocess.run(f"{call} > /dev/full", shell=True, capture_output=True, text=True, timeout=120)
        assert full.returncode == 1
        assert "make room" in full.stderr
        assert "Traceback" not in full.stderr


def test_a_missing_module_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.cli import info

    asked = ["numpy>=2", 'DracoPy>=2.2; extra == "models"', 'PyOpenGL>=3.1.7; extra == "editor"']
    monkeypatch.setattr(info, "requires", lambda name: asked)
    assert info.how_to_get("DracoPy") == 'pip install "taixu[models]"'
    assert info.how_to_get("OpenGL") == 'pip install "taixu[editor]"'
    assert info.how_to_get("numpy") == "pip install --force-reinstall taixu"
