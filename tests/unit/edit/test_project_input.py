"""Input actions in a project's manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.edit.project import create_project, read_project, write_project
from taixu.errors import TaixuError


def test_actions_of_the_manifest_join_the_usual_ones(tmp_path: Path) -> None:
    create_project(tmp_path, name="toys")
    manifest = tmp_path / "taixu.toml"
    manifest.write_text(manifest.read_text() + '\n[input]\ndash = { positive = ["key:x", "pad:b"] }\n')
    project = read_project(tmp_path)
    assert project.actions.actions["dash"].positive == ("key:x", "pad:b")
    assert "jump" in project.actions.actions
    write_project(project)
    assert "dash" in manifest.read_text(), "what the project does not write stays"


@pytest.mark.parametrize("line", ["input = 3", "[input]\ndash = 3", '[input]\ndash = { positive = ["x"] }'])
def test_a_bad_action_names_the_file(tmp_path: Path, line: str) -> None:
    create_project(tmp_path, name="toys")
    manifest = tmp_path / "taixu.toml"
    text = manifest.read_text()
    manifest.write_text(f"{line}\n{text}" if line.startswith("input") else f"{text}\n{line}\n")
    with pytest.raises(TaixuError, match=r"taixu\.toml"):
        read_project(tmp_path)
