"""Zips that lie, built byte by byte. Plain readers are taken in, which is shown first; ours refuses in a sentence."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from mod_packages import SOURCE, Entry, contents, manifest, raw_zip

from taixu.errors import TaixuError
from taixu.mods.packages.package import parse_package
from taixu.mods.packages.zip_reader import unzip_bytes
from taixu.mods.packages.zip_writer import zip_bytes

MOD = [Entry(b"mod.toml", manifest()), Entry(b"main.py", SOURCE)]


def naive(data: bytes) -> dict[str, bytes]:
    """What most programs do: ask zipfile for names, and read each."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def naive_names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def naive_scan(data: bytes) -> list[bytes]:
    """What readers of streams do: follow local headers from the front, and ask no directory."""
    names, at = [], 0
    while data[at : at + 4] == b"PK\x03\x04":
        packed, _, letters, extra = struct.unpack_from("<IIHH", data, at + 18)
        names.append(data[at + 30 : at + 30 + letters])
        at += 30 + letters + extra + packed
    return names


def sneaked(*names: bytes, data: bytes = b"gotcha") -> bytes:
    return raw_zip([*MOD, *(Entry(name, data) for name in names)])


def test_a_plain_zip_of_any_packer_is_read() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents().items():
            archive.writestr(name, data)
    assert unzip_bytes(made.getvalue(), file="x.zip") == dict(sorted(contents().items()))
    assert naive(zip_bytes(contents())) == contents()
    assert unzip_bytes(zip_bytes(contents()), file="x.zip") == dict(sorted(contents().items()))
    assert unzip_bytes(raw_zip(MOD), file="x.zip")["main.py"] == SOURCE


NAMES = {
    "climbs out": b"../evil.py",
    "climbs out from within": b"a/../../evil.py",
    "is absolute": b"/etc/cron.d/evil",
    "is on a drive": b"C:/evil.py",
    "backslashes": b"..\\..\\evil.py",
    "a stream of NTFS": b"main.py:evil",
    "a device": b"assets/NUL.txt",
    "a device with a number": b"com1.py",
    "a dot at the end": b"evil.py.",
    "a space at the end": b"evil.py ",
    "hidden": b".git/hooks/pre-commit",
    "the folder itself": b"./evil.py",
    "empty part": b"a//evil.py",
    "control characters": b"evil\x1b[2J.py",
    "a newline": b"evil\n.py",
    "not ASCII": "evil\u202eyp.txt".encode(),
    "not UTF-8": b"\xff\xfeevil.py",
    "a folder": b"evil/",
    "too long": b"a" * 400 + b".py",
    "too deep": b"/".join([b"a"] * 20) + b"/b.py",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_that_lead_elsewhere(name: bytes) -> None:
    data = sneaked(name)
    assert len(naive_names(data)) == 3, "a plain reader takes it"
    with pytest.raises(TaixuError, match="x.zip: "):
        unzip_bytes(data, file="x.zip")


def test_a_nul_in_a_name_hides_its_end() -> None:
    data = sneaked(b"picture.py\0.png")
    assert "picture.py" in naive_names(data), "a plain reader cuts it off"
    with pytest.raises(TaixuError):
        unzip_bytes(data, file="x.zip")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((b"MAIN.py",), "one file for systems that ignore case"),
        ((b"Data/x.txt", b"data/X.TXT"), "one file for systems that ignore case"),
        ((b"main.py",), "twice"),
        ((b"main.py/evil.py",), "lies in what is a file"),
    ],
)
def test_names_that_meet(names: tuple[bytes, ...], said: str) -> None:
    data = sneaked(*names)
    assert len(naive_names(data)) == 2 + len(names), "a plain reader lists them all"
    with pytest.raises(TaixuError, match=said):
        unzip_bytes(data, file="x.zip")


def bomb() -> bytes:
    return raw_zip([*MOD, Entry(b"big.txt", bytes(8 << 20), method=8)])


def test_a_bomb() -> None:
    assert len(naive(bomb())["big.txt"]) > 500 * len(bomb()), "a plain reader blows it up"
    with pytest.raises(TaixuError, match="bomb"):
        unzip_bytes(bomb(), file="x.zip")


def test_a_bomb_that_understates_itself() -> None:
    packed = zlib.compress(bytes(4 << 20), 9, -15)
    data = raw_zip([*MOD, Entry(b"big.txt", b"small", method=8, packed=packed, size=5)])
    with pytest.raises(TaixuError, match="does not end where it says|is not what"):
        unzip_bytes(data, file="x.zip")


def test_bombs_of_overlapping_entries() -> None:
    """Fifield's: many entries of the directory share one lump of data."""
    lump = Entry(b"a.txt", b"x" * 5000)
    size = len(raw_zip([lump])) - 22 - 46 - 5
    data = bytearray(raw_zip([lump]))
    directory = bytes(data[size : size + 46 + 5])
    twice = directory + directory.replace(b"a.txt", b"b.txt")
    whole = bytes(data[:size]) + twice + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(twice), size, 0)
    assert len(naive_names(whole)) == 2
    with pytest.raises(TaixuError, match="overlaps|says something else"):
        unzip_bytes(whole, file="x.zip")


def test_too_many_files() -> None:
    data = raw_zip([Entry(b"f%d.txt" % number) for number in range(3000)])
    assert len(naive(data)) == 3000
    with pytest.raises(TaixuError, match="too many"):
        unzip_bytes(data, file="x.zip")


def test_a_file_that_says_that_it_is_huge() -> None:
    data = raw_zip([*MOD, Entry(b"huge.txt", b"x", size=0xFFFFFFF0)])
    with pytest.raises(TaixuError, match="too many"):
        unzip_bytes(data, file="x.zip")


def _link() -> bytes:
    return raw_zip([*MOD, Entry(b"data.txt", b"/etc/passwd", mode=0o120777)])


LAYOUTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a link": (_link, "link"),
    "a device": (lambda: raw_zip([*MOD, Entry(b"tty.txt", mode=0o020666)]), "device"),
    "a folder by its mode": (lambda: raw_zip([*MOD, Entry(b"folder.txt", mode=0o040755)]), "folder"),
    "data before": (lambda: _shifted(b"#!/bin/sh\nrm -rf ~\n"), "not where it says"),
    "data before, and offsets that know": (lambda: raw_zip(MOD, before=b"MZ" + bytes(100)), "belong to nothing"),
    "data after": (lambda: raw_zip(MOD, after=b"<?php evil(); ?>"), "after its end"),
    "a comment": (lambda: raw_zip(MOD, comment=b"a comment"), "after its end|comment"),
    "a gap before the directory": (lambda: raw_zip(MOD, gap=b"hidden payload"), "belong to nothing"),
    "an entry that the directory hides": (
        lambda: raw_zip([*MOD, Entry(b"evil.py", b"boom", is_listed=False)]), "belong to nothing"),
    "an entry hidden between others": (
        lambda: raw_zip([MOD[0], Entry(b"evil.py", b"boom", is_listed=False), MOD[1]]), "belong to nothing"),
    "two names for one entry": (lambda: raw_zip([MOD[0], Entry(b"main.py", SOURCE, local_name=b"evil.py")]), "says something else"),
    "two sizes for one entry": (lambda: raw_zip([MOD[0], Entry(b"main.py", SOURCE, local_size=3)]), "says something else"),
    "encrypted": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x" * 20, flags=1)]), "encrypted"),
    "sizes that come later": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", flags=8)]), "odd layout"),
    "strong encryption": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", flags=0x41)]), "encrypted"),
    "bzip2": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", method=12)]), "odd method"),
    "lzma": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", method=14)]), "odd method"),
    "implode": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", method=6)]), "odd method"),
    "a name of Info-ZIP in the extras": (
        lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", extra=b"up\x0c\x00\x01\0\0\0\0evil.py")]), "extra fields"),
    "zip64": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", extra=b"\x01\0\x10\0" + bytes(16))]), "extra fields"),
    "a comment of an entry": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", comment=b"hello")]), "damaged"),
    "a wrong checksum": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", crc=1)]), "not what its header says"),
    "stored with two sizes": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", size=2)]), "bomb"),
    "on another disk": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"x", disk=1)]), "damaged"),
    "fewer entries than there are": (lambda: raw_zip(MOD, count=1), "more than entries"),
    "more entries than there are": (lambda: raw_zip(MOD, count=3), "cut off"),
    "a directory elsewhere": (lambda: raw_zip(MOD, directory_at=0), "not where it says"),
    "an entry beyond the end": (lambda: raw_zip([MOD[0], Entry(b"main.py", SOURCE, at=1 << 30)]), "belong to nothing|directory"),
    "two ends": (lambda: raw_zip(MOD) + raw_zip([Entry(b"mod.toml", b"other")]), "where it says|belong to nothing|says something"),
    "deflate that goes on": (
        lambda: raw_zip([*MOD, Entry(b"x.txt", b"hi", method=8, packed=zlib.compress(b"hi", 9, -15) + b"more")]), "does not end"),
    "deflate that breaks off": (
        lambda: raw_zip([*MOD, Entry(b"x.txt", b"hello", method=8, packed=zlib.compress(b"hello", 9, -15)[:-2])]), "end|damaged"),
    "deflate that is noise": (lambda: raw_zip([*MOD, Entry(b"x.txt", b"hello", method=8, packed=b"\xff" * 9)]), "damaged"),
    "nothing at all": (lambda: b"", "no zip"),
    "only an end": (lambda: b"PK\x05\x06" + bytes(18), "mod.toml"),
    "a RAR": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100), "no zip"),
}  # fmt: skip


def _shifted(front: bytes) -> bytes:
    """Data in front, and offsets that do not know of it: what self-extracting archives look like."""
    return front + raw_zip(MOD)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_that_lie(name: str) -> None:
    make, said = LAYOUTS[name]
    with pytest.raises(TaixuError, match=said) as refusal:
        parse_package(make(), place="x.zip")
    sentence = str(refusal.value)
    assert sentence.startswith("x.zip")
    assert "\n" not in sentence and "\x1b" not in sentence


TAKEN_IN = [
    "a link", "a device", "a folder by its mode", "data before", "data before, and offsets that know", "a comment",
    "a gap before the directory", "an entry that the directory hides", "an entry hidden between others", "sizes that come later",
    "a comment of an entry", "an entry beyond the end",
]  # fmt: skip


@pytest.mark.parametrize("name", TAKEN_IN)
def test_plain_readers_are_taken_in(name: str) -> None:
    assert {"mod.toml", "main.py"} <= set(naive_names(LAYOUTS[name][0]()))


def test_readers_that_follow_headers_see_another_file() -> None:
    """The scanner sees what the player's program does not: two readers, two packages, one signature."""
    hidden = LAYOUTS["an entry that the directory hides"][0]()
    assert b"evil.py" in naive_scan(hidden)
    assert "evil.py" not in naive_names(hidden)
    renamed = LAYOUTS["two names for one entry"][0]()
    assert naive_scan(renamed) == [b"mod.toml", b"evil.py"]
    assert naive_names(renamed) == ["mod.toml", "main.py"]


def test_every_cut_of_a_zip_is_refused() -> None:
    whole = raw_zip(MOD)
    for length in range(0, len(whole), 7):
        with pytest.raises(TaixuError):
            unzip_bytes(whole[:length], file="x.zip")
