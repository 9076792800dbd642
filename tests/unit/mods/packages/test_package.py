"""Packages: what goes in, what is refused, and what identifies them."""

from __future__ import annotations

import os
import py_compile
from pathlib import Path

import pytest
from mod_packages import SOURCE, contents, manifest

from taixu.errors import TaixuError
from taixu.mods.packages.files import content_hash, kind_doubt
from taixu.mods.packages.package import parse_package, read_package
from taixu.mods.packages.zip_writer import zip_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_folder_and_zip_are_the_same_mod(tmp_path: Path) -> None:
    folder = write(tmp_path / "fish", contents() | {"assets/fish.png": PNG, "data/names.txt": "鱼\n".encode()})
    write(folder, {".git/config": b"x", "__pycache__/main.pyc": b"x", "out/film.mp4": b"x", ".hidden": b"x", "main.pyc": b"x"})
    from_folder = read_package(folder)
    assert sorted(from_folder.contents) == ["assets/fish.png", "data/names.txt", "main.py", "mod.toml"]
    packed = folder.with_suffix(".zip")
    packed.write_bytes(from_folder.zip_bytes())
    from_zip = read_package(packed)
    assert from_zip.hash == from_folder.hash == read_package(folder / "mod.toml").hash
    assert from_zip.zip_bytes() == packed.read_bytes()
    assert from_zip.sources == {"main.py": SOURCE.decode()}


def test_packing_does_not_depend_on_when_or_by_whom(tmp_path: Path) -> None:
    files = contents() | {f"assets/{letter}.txt": letter.encode() for letter in "zyxabc"}
    one = write(tmp_path / "one", files)
    other = write(tmp_path / "other", dict(reversed(files.items())))
    for file in other.rglob("*"):
        os.utime(file, (1, 1))
        file.chmod(0o700)
    assert read_package(one).zip_bytes() == read_package(other).zip_bytes()


def test_the_hash_is_as_documented() -> None:
    import hashlib

    def digest(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    files = {"b.txt": b"2", "a.txt": b"1"}
    assert content_hash(files) == digest(f"a.txt\0{digest(b'1')}\nb.txt\0{digest(b'2')}\n".encode())
    assert content_hash(files) != content_hash({"b.txt": b"1", "a.txt": b"2"})


def test_links_in_a_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "fish", contents())
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "notes.txt").symlink_to(tmp_path / "secret.txt")
    assert (folder / "notes.txt").read_text() == "secret", "a plain packer takes it along"
    with pytest.raises(TaixuError, match="is a link"):
        read_package(folder)
    (folder / "notes.txt").unlink()
    (folder / "more").symlink_to(tmp_path)
    with pytest.raises(TaixuError, match="is a link"):
        read_package(folder)


def test_pipes_in_a_folder_do_not_hang(tmp_path: Path) -> None:
    folder = write(tmp_path / "fish", contents())
    os.mkfifo(folder / "notes.txt")
    with pytest.raises(TaixuError, match="link or a device"):
        read_package(folder)


def compiled(tmp_path: Path) -> bytes:
    source = tmp_path / "evil.py"
    source.write_text("import os\n")
    return Path(py_compile.compile(str(source), cfile=str(tmp_path / "evil.pyc"), doraise=True)).read_bytes()


KINDS = {
    "bytecode": ("main.pyc", b"\xa7\r\r\n" + bytes(12), "compiled code"),
    "bytecode as source": ("evil.py", b"\xa7\r\r\n" + bytes(40), "no UTF-8"),
    "a library": ("fast.so", b"\x7fELF", "compiled code"),
    "a library of Windows": ("fast.pyd", b"MZ", "compiled code"),
    "a library as a picture": ("fast.png", b"\x7fELF" + bytes(40), "does not begin as"),
    "a library as data": ("fast.bin", b"\x7fELF" + bytes(40), "a program"),
    "a program of macOS as data": ("fast.bin", b"\xcf\xfa\xed\xfe" + bytes(40), "a program"),
    "wasm": ("fast.wasm", b"\0asm\1\0\0\0", "compiled code"),
    "wasm as data": ("fast.bin", b"\0asm\1\0\0\0", "WebAssembly"),
    "wasm as text": ("fast.txt", b"\0asm\1\0\0\0", "holds a NUL"),
    "a zip in the zip": ("more.zip", b"PK\x03\x04", "not taken"),
    "a zip as data": ("more.bin", b"PK\x03\x04", "an archive"),
    "a shell script": ("run.sh", b"#!/bin/sh\n", "not taken"),
    "a shell script as data": ("run.bin", b"#!/bin/sh\n", "script of the shell"),
    "a pickle": ("state.pkl", b"\x80\x04.", "not taken"),
    "a page": ("page.html", b"<script>", "not taken"),
    "a drawing with scripts": ("icon.svg", b"<svg onload='x'/>", "not taken"),
    "a path file": ("evil.pth", b"import os", "not taken"),
    "a package of data": ("pyproject.cfg", b"", "not taken"),
    "no suffix": ("Makefile", b"all:", "not taken"),
    "turned letters in a source": ("evil.py", "x = '\u202e'\n".encode(), r"line 1 holds U\+202E"),
    "isolates in a source": ("evil.py", "a = 1\n# \u2066 if admin\n".encode(), r"line 2 holds U\+2066"),
    "not UTF-8": ("evil.py", b"# -*- coding: utf-7 -*-\n\xff", "no UTF-8"),
    "a huge source": ("evil.py", b"#" * (2 << 20), "of source are too many"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_files_that_do_not_belong(name: str) -> None:
    file, data, said = KINDS[name]
    with pytest.raises(TaixuError, match=said):
        parse_package(zip_bytes(contents() | {file: data}), place="x.zip")


def test_bytecode_of_this_python_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    code = compiled(tmp_path)
    for name in ("evil.pyc", "evil.py", "evil.txt", "evil.toml", "evil.png"):
        assert kind_doubt(name, code)


def test_what_belongs_is_taken() -> None:
    for name, data in {
        "fish.png": PNG, "LICENSE": b"free", "a.md": b"# x", "a.csv": b"1,2", "a.json": b"{}", "a.ogg": b"OggS",
        "a.glb": b"glTF", "a.py": b"#!/usr/bin/env python\n", "a.txt": "\u202eabc".encode(),
        "a.wav": b"RIFF", "a.ttf": b"\0\1\0\0", "a.bin": bytes(8),
    }.items():  # fmt: skip
        assert kind_doubt(name, data) == ""


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"main.py": SOURCE}, "has no mod.toml"),
        ({"mod.toml": manifest()}, "entry: there is no main.py in it"),
        ({"MOD.TOML": manifest(), "main.py": SOURCE}, "has no mod.toml"),
        ({"sub/mod.toml": manifest(), "sub/main.py": SOURCE}, "has no mod.toml"),
    ],
)
def test_packages_that_lack_something(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        parse_package(zip_bytes(files), place="x.zip")
