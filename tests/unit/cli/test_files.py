from __future__ import annotations

import os
from pathlib import Path

import pytest

from taixu.cli.files import finished_file, need_suffix
from taixu.errors import UsageError


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    wanted = tmp_path / "new" / "out.png"
    with finished_file(wanted) as path:
        assert path.suffix == ".png"
        path.write_text("half")
        assert not wanted.exists()
    assert wanted.read_text() == "half"
    assert os.listdir(wanted.parent) == ["out.png"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    wanted = tmp_path / "out.png"
    wanted.write_text("before")
    with pytest.raises(KeyboardInterrupt), finished_file(wanted) as path:
        path.write_text("half")
        raise KeyboardInterrupt
    assert wanted.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.png"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"), finished_file(tmp_path):
        pass


def test_a_suffix_that_cannot_be_written_is_refused() -> None:
    assert need_suffix(Path("a.PNG"), (".png", ".exr"), option="--out") == ".png"
    with pytest.raises(
        UsageError, match=r"a\.tga ends in \.tga, but what can be written is \.png or \.exr"
    ):
        need_suffix(Path("a.tga"), (".png", ".exr"), option="--out")
