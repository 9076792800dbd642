"""Settings in the user's folder: kept, read, and never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu_editor.folders import cache_folder, config_folder, recovery_folder
from taixu_editor.settings import SETTINGS_FILE, Settings, load_settings, save_settings


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    settings = Settings(language="zh-Hans", theme="light", interface_scale=1.5)
    settings.keys, settings.recent = {"tool.move": "G", "tool.scale": ""}, ["/a", "/b c"]
    assert save_settings(settings, tmp_path) == ""
    assert load_settings(tmp_path) == (settings, "")


def test_without_a_file_they_are_the_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "not there") == (Settings(), "")


@pytest.mark.parametrize("data", [b"theme = ", b"\xff\xfe\x00", b"[" * 100_000, b"a = 1\n" + b"#" * (2 << 20)])
def test_a_broken_file_is_kept_aside_and_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(data)
    settings, said = load_settings(tmp_path)
    assert settings == Settings()
    assert "editor.broken-1.toml" in said
    assert (tmp_path / "editor.broken-1.toml").read_bytes() == data
    assert not (tmp_path / SETTINGS_FILE).exists()


def test_two_broken_files_are_both_kept(tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / SETTINGS_FILE).write_text("= 1")
        load_settings(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"editor.broken-1.toml", "editor.broken-2.toml"}


@pytest.mark.parametrize(
    "line",
    [
        'theme = "pink"', "interface_scale = 99.0", "interface_scale = nan", "autosave = 1", 'keys = "W"', "recent = [1]",
        "[keys]\na = 3",
    ],
)
def test_a_wrong_value_is_as_at_first_and_the_others_stay(tmp_path: Path, line: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text('language = "zh-Hans"\n' + line)
    settings, said = load_settings(tmp_path)
    assert settings == Settings(language="zh-Hans")
    assert line.split()[0].strip("[]") in said


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "not saved" in save_settings(Settings(), tmp_path / "file")


def test_what_was_opened_last_is_first_once(tmp_path: Path) -> None:
    settings = Settings()
    for name in ("a", "b", "a", *map(str, range(40))):
        settings.remember(tmp_path / name)
    assert settings.recent[0] == str(tmp_path / "39")
    assert len(settings.recent) == len(set(settings.recent)) == 24


def test_one_folder_holds_all_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_HOME", str(tmp_path))
    assert {config_folder().parent, cache_folder().parent, recovery_folder().parent} == {tmp_path}
    monkeypatch.delenv("TAIXU_HOME")
    assert tmp_path not in config_folder().parents
