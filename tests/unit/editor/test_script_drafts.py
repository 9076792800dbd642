"""Unsaved texts of scripts are kept aside, and are nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taixu_editor.script_drafts import draft_of, drafts_below, drop_draft, keep_draft


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIXU_HOME", str(tmp_path / "home"))
    file = tmp_path / "project" / "scripts" / "door.py"
    file.parent.mkdir(parents=True)
    file.write_text("import game\n")
    return file


def test_a_text_is_kept_until_it_is_dropped(script: Path) -> None:
    project = script.parent.parent
    assert draft_of(script) is None and drafts_below(project) == []
    keep_draft(script, "x = 1\n")
    keep_draft(script, "x = 2\n")
    assert draft_of(script) == "x = 2\n" and drafts_below(project) == [script]
    assert drafts_below(project.parent / "other") == []
    drop_draft(script)
    drop_draft(script)
    assert draft_of(script) is None


def test_a_script_that_is_gone_and_files_that_are_none_are_passed_over(script: Path, tmp_path: Path) -> None:
    keep_draft(script, "x = 1\n")
    folder = tmp_path / "home" / "drafts"
    (folder / "a.json").write_text("not json")
    (folder / "b.json").write_text(json.dumps({"file": 3, "text": []}))
    (folder / "c.json").write_text("[" * 100_000)
    assert drafts_below(script.parent.parent) == [script]
    script.unlink()
    assert drafts_below(script.parent.parent) == []


def test_a_folder_that_cannot_be_written_is_logged(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TAIXU_HOME", str(tmp_path / "file"))
    keep_draft(script, "x = 1\n")
    assert "cannot be kept aside" in caplog.text
    assert draft_of(script) is None
