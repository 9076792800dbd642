"""Scripts in the editor: what is wrong in which line, what was said of them, and how others open them."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.errors import MachineError
from taixu.script.messages import ScriptLog, ScriptMessage
from taixu_editor.log_book import LogLine
from taixu_editor.outside import code_editor_command, open_in_code_editor
from taixu_editor.script_problems import Problem, last_reload, problems_said, written_problem

PATH = "scripts/door.py"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("x = (1,\ny = 2\n", 1, "never closed"),
        ("def f():\npass\n", 2, "expected an indented block"),
        ("import game\nspeed: float = 'fast'\n", 2, "speed"),
        ("x = 1\n\nreturn 3\n", 3, "outside function"),
        ("x = '\0'\n", 1, "null"),
        ("(" * 5000, 1, ""),
    ],
)
def test_what_keeps_a_text_from_being_a_script_is_told_with_its_line(text: str, line: int, said: str) -> None:
    problem = written_problem(text, PATH)
    assert problem is not None and problem.line == line and said in problem.text


def test_a_script_has_no_problem() -> None:
    assert written_problem("import game\nspeed: float = 2.0\n", PATH) is None


def test_errors_count_since_a_script_was_saved() -> None:
    old = LogLine("error", f"{PATH}:3: NameError: name 'a' is not defined", "script", PATH, 3, at=10.0)
    new = LogLine("error", f"{PATH}:4: NameError: name 'b' is not defined", "script", PATH, 4, at=20.0)
    other = LogLine("error", "scripts/b.py:4: no", "script", "scripts/b.py", 4, at=20.0)
    note = LogLine("info", f"{PATH}:5: hello", "script", PATH, 5, at=20.0)
    lines = [old, new, other, note]
    assert problems_said(lines, PATH, since=15.0) == (Problem(4, "NameError: name 'b' is not defined"),)
    assert [each.line for each in problems_said(lines, PATH, since=0.0)] == [3, 4]


def test_the_last_word_about_a_saved_version_counts() -> None:
    good = LogLine("info", f"{PATH} is reloaded, field values are kept (1 entity)", "script", at=10.0, topic="reload")
    bad = LogLine("error", f"{PATH} is not reloaded: {PATH}:2: invalid syntax", "script", PATH, 2, at=20.0, topic="reload")
    assert last_reload([good, bad], PATH, since=0.0).is_good is False  # type: ignore[union-attr]
    assert last_reload([good, bad], PATH, since=30.0) is None
    assert last_reload([good], PATH, since=0.0).is_good is True  # type: ignore[union-attr]


def test_a_flood_is_counted_and_errors_are_not_crowded_out() -> None:
    log = ScriptLog()
    log.begin_frame(1)
    kept = sum(log.takes("info") for _ in range(10_000))
    assert kept == 200 and log.takes("error")
    log.begin_frame(1)
    assert not log.takes("info"), "one frame may have several steps"
    log.begin_frame(2)
    assert log.messages[-1].text == "… and 9,801 more lines in one frame, which are not kept"
    assert log.takes("info")
    log.add(ScriptMessage("info", "x" * 100_000))
    assert len(log.messages[-1].text) < 10_000


def program(folder: Path, name: str) -> Path:
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_the_users_choice_comes_first(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, file = Path("/p"), Path("/p/scripts/a b.py")
    with pytest.raises(MachineError, match="no code editor is found"):
        code_editor_command(file, 3, root=root)
    kate = program(tools, "kate")
    assert code_editor_command(file, 3, root=root) == ["kate", "--line", "3", str(file)]
    program(tools, "code")
    monkeypatch.setenv("EDITOR", "vim")
    assert code_editor_command(file, 3, root=root) == ["code", "/p", "-g", f"{file}:3"], "vim has no window"
    monkeypatch.setenv("VISUAL", f"{kate} --new")
    assert code_editor_command(file, 0, root=root) == [str(kate), "--new", "--line", "1", str(file)]
    assert code_editor_command(file, 7, root=root, chosen="code {root} +{line} '{file}'") == ["code", "/p", "+7", str(file)]
    assert code_editor_command(file, 7, root=root, chosen="code -n") == ["code", "-n", str(file)]


def test_a_choice_that_is_none_is_said(tools: Path) -> None:
    with pytest.raises(MachineError, match="'nano-9' is not found|nano-9"):
        code_editor_command(Path("a.py"), chosen="nano-9 {file}")
    with pytest.raises(MachineError, match="no command"):
        open_in_code_editor(Path("a.py"), chosen="code 'unclosed")
