"""Paths stay inside their folder, and files are whole or not there."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from taixu.assets.atomic import atomic_path, write_atomic
from taixu.assets.paths import cache_folder, data_path, read_bytes, safe_join, safe_uri
from taixu.errors import MachineError, TaixuError


def test_inside(tmp_path: Path) -> None:
    assert safe_join(tmp_path, "a/b.png") == tmp_path / "a" / "b.png"
    assert safe_join(tmp_path, "a\\b.png") == tmp_path / "a" / "b.png"
    assert safe_join(tmp_path, "a/../b.png") == tmp_path / "b.png"
    assert safe_join(tmp_path, "../b.png", base=tmp_path / "a") == tmp_path / "b.png"
    assert safe_uri(tmp_path, "a%20b/%C3%A9.png?x#y") == tmp_path / "a b" / "é.png"


@pytest.mark.parametrize("path", [
    "../x", "a/../../x", "/etc/passwd", "C:\\x", "c:/x", "\\\\server\\x", "a\0b", "a" * 5000,
])
def test_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(TaixuError):
        safe_join(tmp_path, path)


@pytest.mark.parametrize("uri", ["http://x/y.png", "file:///etc/passwd", "%2e%2e/x", "data:,x", "..%2f..%2fx"])
def test_uris_from_elsewhere(tmp_path: Path, uri: str) -> None:
    with pytest.raises(TaixuError):
        safe_uri(tmp_path, uri)


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_links_may_not_lead_out(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_text("x")
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "up").symlink_to("..")
    (inside / "loop").symlink_to("loop")
    (inside / "fine").symlink_to("other")
    for name in ("link", "up/secret", "up"):
        with pytest.raises(TaixuError, match="leads out"):
            safe_join(inside, name)
    assert safe_join(inside, "fine") == inside / "other"


def test_data_is_found(repository: Path) -> None:
    assert data_path("shaders") == repository / "shaders"


def test_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a") == b"12345"
    with pytest.raises(TaixuError, match="5 bytes"):
        read_bytes(tmp_path / "a", max_bytes=4)
    with pytest.raises(TaixuError, match="plain file"):
        read_bytes(tmp_path)
    with pytest.raises(TaixuError, match="no such file"):
        read_bytes(tmp_path / "b")


def test_atomic(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "a.txt"
    write_atomic(file, "one")
    assert file.read_text() == "one"
    with pytest.raises(RuntimeError), atomic_path(file) as temporary:
        temporary.write_text("two")
        raise RuntimeError
    assert file.read_text() == "one"
    assert [path.name for path in file.parent.iterdir()] == ["a.txt"]
    if os.name == "posix":
        plain = tmp_path / "plain"
        plain.write_text("x")
        assert file.stat().st_mode == plain.stat().st_mode
    (tmp_path / "file").write_text("x")
    with pytest.raises(TaixuError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "a", "x")


def test_data_is_found_in_an_installed_wheel(tmp_path: Path, repository: Path) -> None:
    package = tmp_path / "site-packages" / "taixu"
    (package / "assets").mkdir(parents=True)
    (package / "_data" / "shaders").mkdir(parents=True)
    (tmp_path / "site-packages" / "samples").mkdir()  # somebody else's
    copy = package / "assets" / "paths.py"
    copy.write_text((repository / "engine" / "taixu" / "assets" / "paths.py").read_text())
    spec = importlib.util.spec_from_file_location("installed_paths", copy)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.data_path("shaders") == package / "_data" / "shaders"
    with pytest.raises(MachineError, match="lacks its folder 'samples'"):
        module.data_path("samples")


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(Path("there") / "real.txt")
    write_atomic(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert [file.name for file in real.parent.iterdir()] == ["real.txt"]
    dangling = tmp_path / "dangling.txt"
    dangling.symlink_to(tmp_path / "there" / "made.txt")
    write_atomic(dangling, "made")
    assert (tmp_path / "there" / "made.txt").read_text() == "made"
    write_atomic(link, "here", follow=False)
    assert not link.is_symlink()
    assert real.read_text() == "new"


def test_devices_and_folders_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("pipe.txt", "link"):
        with pytest.raises(TaixuError, match="folder or a device"):
            write_atomic(tmp_path / name, "x")
    assert (tmp_path / "pipe.txt").is_fifo()
