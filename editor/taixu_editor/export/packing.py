"""A project as one file, and back: the same project gives the same bytes, and a hostile file gives nothing.

``NAME.taixu.zip`` is a plain zip with the project's folder as it is, and the notices that its files' licences ask for. Unpacking
weighs it first and writes into a folder beside, which is renamed when all is well.
"""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from taixu.assets.atomic import atomic_path
from taixu.edit.project import MANIFEST
from taixu.errors import TaixuError, UsageError
from taixu_editor.export.beside import filled_beside

__all__ = ["ENDING", "notices_of", "pack_project", "project_files", "unpack_project"]

ENDING = ".taixu.zip"
MOST_BYTES = 8 << 30
MOST_FILES = 50_000
_MOST_EXPANSION = 1200
"""A byte of deflate gives at most about a thousand."""
_SKIPPED = frozenset({"__pycache__", "node_modules", ".git", ".taixu", ".venv", "venv", "out"})
_WHEN = (1980, 1, 1, 0, 0, 0)
_STORED = frozenset({".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".glb", ".ogg", ".mp3", ".flac", ".mp4", ".zip", ".usdz"})
_PART = 1 << 20
_WINDOWS_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))})


def project_files(root: Path) -> list[str]:
    """Paths of what belongs to a project, sorted; caches, hidden files and links stay out."""
    found = []
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if name not in _SKIPPED and not name.startswith("."))
        for name in names:
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink() and not name.endswith((".pyc", ENDING)):
                found.append(file.relative_to(root).as_posix())
    return sorted(found)


def notices_of(root: Path, files: list[str]) -> tuple[str, bytes]:
    """What is written about licences into what is passed on: a name that the project has not taken, and a text; or nothing."""
    from taixu.generate.notices import NOTICES, is_written_here, notices_text

    others = [path for path in files if not path.endswith(".asset.toml")]
    text = notices_text(root, others)
    name, taken = NOTICES, {path.casefold() for path in files}
    if NOTICES in files:
        with (root / NOTICES).open(encoding="utf-8", errors="replace") as own:
            if not is_written_here(own.read(4096)):
                name = f"TAIXU-{NOTICES}"
    elif NOTICES.casefold() in taken:
        name = f"TAIXU-{NOTICES}"
    return (name, text.encode()) if text else ("", b"")


def pack_project(root: Path, out: Path, *, progress: Callable[[float], bool] | None = None) -> Path:
    """Write a project into one file, whole or not at all; gives its path.

    Parameters
    ----------
    progress
        Told how much is done, 0 to 1; False ends it, and nothing is written.

    Raises
    ------
    TaixuError
        When a file cannot be read, or the pack cannot be written.
    """
    if not out.name:
        raise UsageError("the pack has no name yet; give it one")
    files = project_files(root)
    if MANIFEST not in files:
        raise TaixuError(f"{root} is no project: it has no {MANIFEST}, so it cannot be packed")
    if len(files) > MOST_FILES:
        raise TaixuError(f"{root}: has {len(files):,} files, and a pack holds at most {MOST_FILES:,}")
    if not out.name.endswith(ENDING):
        out = out.with_name(out.name + ENDING)
    with atomic_path(out) as temporary:
        try:
            notices, said = notices_of(root, files)
            with zipfile.ZipFile(temporary, "w") as pack:
                for number, path in enumerate(files):
                    if path == notices:
                        continue
                    if progress is not None and progress(number / len(files)) is False:
                        raise TaixuError("packing was cancelled; nothing was written")
                    _add(pack, root / path, path)
                if notices:
                    entry = zipfile.ZipInfo(notices, _WHEN)
                    entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
                    pack.writestr(entry, said, zipfile.ZIP_DEFLATED)
        except OSError as error:
            raise TaixuError(f"{out}: cannot be written ({error.strerror or error}); nothing was left behind") from error
    return out


def _add(pack: zipfile.ZipFile, file: Path, path: str) -> None:
    entry = zipfile.ZipInfo(path, _WHEN)
    entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    entry.compress_type = zipfile.ZIP_STORED if file.suffix.lower() in _STORED else zipfile.ZIP_DEFLATED
    with file.open("rb") as reader, pack.open(entry, "w", force_zip64=file.stat().st_size > 1 << 30) as writer:
        shutil.copyfileobj(reader, writer, _PART)


def unpack_project(file: Path, folder: Path) -> Path:
    """Unpack a project into a new folder, whole or not at all; gives the folder.

    Raises
    ------
    TaixuError
        When it is no pack, is damaged, leads out of the folder, or would be too large; or something stands there already.
    """
    try:
        with filled_beside(folder) as beside, zipfile.ZipFile(file) as pack:
            for entry in _weighed(pack, file):
                _write(pack, entry, beside / entry.filename, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise TaixuError(f"{file}: is no pack of a project, or is damaged ({error})") from error
    except OSError as error:
        raise TaixuError(f"{file}: cannot be unpacked into {folder} ({error.strerror or error})") from error
    return folder


def _weighed(pack: zipfile.ZipFile, file: Path) -> list[zipfile.ZipInfo]:
    """The entries, when all of them may be written."""
    entries = [entry for entry in pack.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise TaixuError(f"{file}: holds {len(entries):,} files, and at most {MOST_FILES:,} are unpacked")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise TaixuError(f"{file}: would take more than {MOST_BYTES >> 30} GB")
    seen: set[str] = set()
    for entry in entries:
        doubt = _doubt(entry)
        if not doubt and entry.filename.casefold() in seen:
            doubt = "stands in it twice"
        if doubt:
            raise TaixuError(f"{file}: its entry {entry.filename!r:.100} {doubt}; nothing was unpacked")
        seen.add(entry.filename.casefold())
    if MANIFEST not in {entry.filename for entry in entries}:
        raise TaixuError(f"{file}: holds no {MANIFEST}, so it is no pack of a project")
    return entries


def _doubt(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if entry.flag_bits & 1:
        return "is encrypted"
    mode = entry.external_attr >> 16
    if entry.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link or a device"
    parts = PurePosixPath(name).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in name or "\0" in name or len(name) > 400:
        return "leads out of the folder"
    if any(part.split(".")[0].casefold() in _WINDOWS_NAMES or part.endswith((" ", ".")) or ord(min(part)) < 32 for part in parts):
        return "has a name that not every system can keep"
    if parts[0].startswith(".") or any(part.startswith(".") for part in parts):
        return "is hidden"
    if entry.file_size > _MOST_EXPANSION * max(entry.compress_size, 1) + 4096:
        return "says that it is larger than it can be"
    return ""


def _write(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, file: Path) -> None:
    """What an entry holds, and never more than it said."""
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with pack.open(entry) as reader, target.open("xb") as writer:
        while part := reader.read(_PART):
            left -= len(part)
            if left < 0:
                raise TaixuError(f"{file}: its entry {entry.filename!r:.100} is larger than it says; nothing was unpacked")
            writer.write(part)
