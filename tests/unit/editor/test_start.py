"""`taixu edit`, as a user types it: samples from everywhere, mistakes in one sentence each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taixu.cli.new import make_project
from taixu.errors import TaixuError


def edit(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """``taixu edit`` on a machine without a screen."""
    there = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")} | more
    command = [sys.executable, "-m", "taixu", "edit", *words]
    return subprocess.run(command, cwd=cwd, env=there, capture_output=True, text=True, timeout=120)


def test_samples_are_found_from_everywhere(tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text("print(editor.session.project.name)")
    done = edit("samples/gallery", "--script", "look.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Gallery\n"), done.stderr


def test_what_a_script_leaves_unsaved_is_said(tmp_path: Path) -> None:
    make_project(tmp_path / "toys", "empty")
    steps = ['made = editor.do("entity.spawn", name="Crate")', 'print(editor.do("entity.duplicate", entities=[made]) != [made])']
    (tmp_path / "build.py").write_text("\n".join(steps))
    done = edit("toys", "--script", "build.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
    (line,) = done.stderr.splitlines()
    assert "main.world.json was changed and not saved" in line and 'world.save' in line
    (tmp_path / "build.py").write_text("\n".join([*steps, 'editor.do("world.save")']))
    assert edit("toys", "--script", "build.py", cwd=tmp_path).stderr == ""


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ((), 3, "edit without a window: taixu edit WORLD --script FILE"),
        (("nowhere",), 1, "nowhere does not exist"),
        (("--script", "nul.py"), 1, "nul.py: source code string cannot contain null bytes"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, words: tuple[str, ...], status: int, sentence: str) -> None:
    (tmp_path / "nul.py").write_bytes(b"a = 1\0")
    done = edit(*words, cwd=tmp_path)
    assert done.returncode == status
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_its_extra_it_says_what_brings_it(tmp_path: Path) -> None:
    (tmp_path / "imgui_bundle.py").write_text("raise ModuleNotFoundError('it is not installed', name='imgui_bundle')")
    done = edit(cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr == 'taixu: the editor lacks imgui_bundle; pip install "taixu[editor]" brings it\n'


def test_what_is_installed_is_never_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu_editor import shipped
    from taixu_editor.host import Host

    installed = tmp_path / "site-packages" / "taixu" / "_data" / "samples"
    make_project(installed / "toys", "empty")
    monkeypatch.setattr(shipped, "data_path", lambda name: installed)
    host = Host(trust=False)
    host.open(installed / "toys")
    before = host.session.current.path.read_bytes()
    host.do("entity.add", kind="box")
    with pytest.raises(TaixuError, match="came with Taixu"):
        host.do("world.save")
    assert host.session.current.path.read_bytes() == before
    host.do("world.save", path=str(tmp_path / "mine.world.json"))
    host.close()
