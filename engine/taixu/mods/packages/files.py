"""What a package may hold: names that mean one file on every system, and kinds of files that do nothing by themselves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from taixu.errors import TaixuError

__all__ = [
    "MANIFEST", "MAX_FILES", "MAX_FILE_BYTES", "MAX_TOTAL_BYTES", "check_contents", "content_hash", "kind_doubt", "name_doubt",
    "names_doubt",
]

MANIFEST = "mod.toml"
MAX_FILES = 2000
MAX_FILE_BYTES = 32 << 20
MAX_TOTAL_BYTES = 128 << 20
MAX_SOURCE_BYTES = 1 << 20
_MAX_NAME = 160
_MAX_DEPTH = 8

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*\Z", re.ASCII)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What makes a source look different from what it does: https://trojansource.codes"""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?:\..*)?\Z", re.IGNORECASE | re.ASCII)

_TEXTS = frozenset((".py", ".toml", ".json", ".txt", ".md", ".csv", ".gltf"))
_MAGIC: Mapping[str, tuple[bytes, ...]] = MappingProxyType({
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",),
    ".wav": (b"RIFF",),
    ".ogg": (b"OggS",),
    ".flac": (b"fLaC",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    ".glb": (b"glTF",),
    ".vrm": (b"glTF",),
    ".ktx2": (b"\xabKTX 20\xbb\r\n\x1a\n",),
    ".exr": (b"v/1\x01",),
    ".hdr": (b"#?",),
    ".ttf": (b"\0\x01\0\0", b"true"),
    ".otf": (b"OTTO",),
    ".bin": (b"",),
})
_CODE = (
    (b"\0asm", "WebAssembly"), (b"\x7fELF", "a program"), (b"MZ", "a program"), (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"), (b"\xfe\xed\xfa", "a program"), (b"\xca\xfe\xba\xbe", "a program"),
    (b"!<arch>", "a library"), (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "an archive"), (b"7z\xbc\xaf", "an archive"), (b"#!", "a script of the shell"),
)  # fmt: skip


def name_doubt(name: str) -> str:
    """Why a file in a package may not be called so; empty where it may.

    Names are relative, with forward slashes, ASCII, and none that Windows, macOS or Linux would take for another.
    """
    if not name or len(name) > _MAX_NAME:
        return f"{name!r:.60} is no name of up to {_MAX_NAME} letters"
    if "\\" in name or ":" in name or "\0" in name:
        return f"{name!r:.60} is no name with forward slashes alone"
    if name.startswith("/"):
        return f"{name!r:.60} is absolute; names in a package are relative"
    parts = name.split("/")
    if len(parts) > _MAX_DEPTH:
        return f"{name!r:.60} lies more than {_MAX_DEPTH} folders deep"
    for part in parts:
        if part in ("..", "."):
            return f"{name!r:.60} leads out of the package"
        if _DEVICE.match(part):
            return f"{name!r:.60} names a device of Windows"
        if not _NAME.match(part) or part.endswith((".", " ")):
            return f"{name!r:.60}: names are letters, digits, _ - . and spaces of ASCII, and end in none of the last two"
    return ""


def names_doubt(names: Iterable[str]) -> str:
    """Why names cannot stand beside each other: twice the same for a system that ignores case, or a file that is a folder too."""
    seen: dict[str, str] = {}
    for name in sorted(names):
        folded = name.casefold()
        if folded in seen:
            return f"{name!r:.60} and {seen[folded]!r:.60} are one file for systems that ignore case; rename one"
        seen[folded] = name
    for folded, name in seen.items():
        above = folded.split("/")
        for depth in range(1, len(above)):
            if "/".join(above[:depth]) in seen:
                return f"{name!r:.60} lies in what is a file, {seen['/'.join(above[:depth])]!r:.60}; rename one"
    return ""


def kind_doubt(name: str, data: bytes) -> str:
    """Why a file is none that a package may hold; empty where it is one.

    Python as source, TOML, texts, pictures, sounds, models and fonts; nothing that a machine would run.
    """
    bare = name.rpartition("/")[2]
    suffix = "." + bare.rpartition(".")[2].lower() if "." in bare else ""
    if len(data) > MAX_FILE_BYTES:
        return f"{name}: its {len(data) >> 20} MB are too many; a file may have {MAX_FILE_BYTES >> 20} MB"
    if suffix in _TEXTS or (not suffix and bare.upper() in ("LICENSE", "LICENCE", "NOTICE", "README")):
        return _text_doubt(name, suffix, data)
    if suffix in (".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib", ".wasm", ".exe", ".a", ".o"):
        return f"{name}: compiled code is refused; mods are Python source"
    if suffix not in _MAGIC:
        known = " ".join(sorted(_TEXTS | _MAGIC.keys()))
        return f"{name}: files that end in {suffix or 'nothing'} are not taken; those that end in {known} are"
    if not data.startswith(_MAGIC[suffix]):
        return f"{name}: does not begin as a file that ends in {suffix} does"
    return _code_doubt(name, data)


def check_contents(contents: Mapping[str, bytes]) -> None:
    """Refuse contents that no package may have.

    Raises
    ------
    TaixuError
        The first that is wrong.
    """
    if len(contents) > MAX_FILES:
        raise TaixuError(f"{len(contents):,} files are too many; a package may have {MAX_FILES:,}")
    total = sum(map(len, contents.values()))
    if total > MAX_TOTAL_BYTES:
        raise TaixuError(f"{total >> 20} MB are too many; a package may have {MAX_TOTAL_BYTES >> 20} MB")
    doubts = [*map(name_doubt, sorted(contents)), names_doubt(contents), *(kind_doubt(*item) for item in sorted(contents.items()))]
    doubt = next(filter(None, doubts), "")
    if doubt:
        raise TaixuError(doubt)


def content_hash(contents: Mapping[str, bytes]) -> str:
    """What identifies a package, however it was packed: SHA-256 of the sorted pairs of name and SHA-256, as hexadecimal digits.

    Each pair is hashed as ``name NUL digest LF``; no name holds either.
    """
    whole = hashlib.sha256()
    for name in sorted(contents, key=str.encode):
        whole.update(f"{name}\0{hashlib.sha256(contents[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def _text_doubt(name: str, suffix: str, data: bytes) -> str:
    if suffix == ".py" and len(data) > MAX_SOURCE_BYTES:
        return f"{name}: {len(data) >> 10} kB of source are too many; a file may have {MAX_SOURCE_BYTES >> 10} kB"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"{name}: byte {error.start} is no UTF-8; save it as UTF-8"
    if "\0" in text:
        return f"{name}: holds a NUL, so it is no text"
    hidden = _TURNING.search(text) if suffix in (".py", ".toml") else None
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        return f"{name}: line {line} holds U+{ord(hidden.group()):04X}, which turns the order of letters about; take it out"
    return ""


def _code_doubt(name: str, data: bytes) -> str:
    for magic, what in _CODE:
        if data.startswith(magic):
            return f"{name}: is {what}, whatever it is called; packages hold sources and assets"
    return ""
