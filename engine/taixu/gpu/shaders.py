"""GLSL from files: includes, defines, and errors that name the file and line that a person can open.

Sources are flattened here, and compiled as one string, because drivers disagree about `#line`. A table from flattened
line to (file, line) translates what they say. A path is looked for in each root in turn, so that a plugin's folder can
add files (and never shadow: the first root wins, and Taixu's own is first). `#include` is once only, by path.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["ShaderError", "ShaderLibrary", "ShaderSource"]

_INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')
_VERSION = re.compile(r"^\s*#\s*version\b")
_PLACE = re.compile(r"^(?:ERROR:\s*)?\d+[:(](\d+)(?:\(\d+\)|\))?\s*:?\s*(.*)$")  # "0:12(5): error" or "0(12) : error"


class ShaderError(TaixuError):
    """A shader does not compile, link or resolve; the message holds file and line."""


@dataclass(frozen=True)
class ShaderSource:
    """A flattened source, the place each of its lines came from, and the files that it is made of."""

    text: str
    lines: tuple[tuple[str, int], ...] = field(repr=False)
    files: tuple[str, ...]

    @property
    def key(self) -> str:
        """Hash of the flattened source: equal keys are equal programs."""
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()

    def explain(self, log: str) -> str:
        """A driver's log with its line numbers put back to ``file:line``."""
        said = []
        for raw in log.splitlines():
            match = _PLACE.match(raw.strip())
            if match:
                file, line = self.place(int(match[1]))
                said.append(f"{file}:{line}: {match[2]}")
        return "; ".join(said[:6]) if said else " ".join(log.split())[:500]

    def place(self, line: int) -> tuple[str, int]:
        """File and line of flattened line number `line` (from 1)."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ("<generated>", line)


@dataclass(frozen=True)
class _File:
    """A file's lines between its includes; pipelines share most of their files, so that each is cut up once."""

    name: str
    stamp: tuple[int, int]  # when it was modified, and its size
    parts: tuple[tuple[list[str], list[tuple[str, int]], str, int], ...]  # lines, their places, an include and its line


class ShaderLibrary:
    """Folders of GLSL, and sources made by code (block layouts), under one name space.

    Parameters
    ----------
    roots
        Folders to look in, first match wins. `default_roots()` is Taixu's own.
    """

    def __init__(self, roots: list[Path] | None = None) -> None:
        self.roots = list(default_roots() if roots is None else roots)
        self._generated: dict[str, str] = {}
        self._files: dict[str, Path] = {}
        self._cut: dict[str, _File] = {}

    def add_root(self, root: Path) -> None:
        """Look in `root` as well, after those that are there."""
        if root not in self.roots:
            self.roots.append(root)

    def add_source(self, path: str, text: str) -> None:
        """Make `text` includable as `path`; a later call with the same path replaces it."""
        self._generated[path] = text
        self._cut.pop(f"generated:{path}", None)

    def add_file(self, path: str, file: Path) -> None:
        """Make a file includable as `path`, wherever it lies."""
        self._files[path] = file

    def find(self, path: str) -> Path | None:
        """The file that `path` means, or None. A path that climbs out of its root means none."""
        if path in self._files:
            return self._files[path]
        for root in self.roots:
            file = (root / path).resolve()
            if file.is_relative_to(root.resolve()) and file.is_file():
                return file
        return None

    def flatten(self, path: str, *, defines: dict[str, object] | None = None) -> ShaderSource:
        """The source of `path` with includes resolved, after ``#version 430 core`` and the defines.

        Raises
        ------
        ShaderError
            Where a file is missing or says ``#version`` itself (the library says it).
        """
        text: list[str] = ["#version 430 core"]
        places: list[tuple[str, int]] = [("<version>", 1)]
        for name, value in sorted((defines or {}).items()):
            if value is False or value is None:
                continue
            text.append(f"#define {name} {1 if value is True else value}")
            places.append(("<defines>", len(text)))
        files: list[str] = []
        self._append(path, text, places, files, ("", 0))
        return ShaderSource("\n".join(text) + "\n", tuple(places), tuple(files))

    def changed_files(self, files: tuple[str, ...], since: float) -> bool:
        """Whether any of `files` was modified after `since` (seconds since the epoch)."""
        return any(Path(f).exists() and Path(f).stat().st_mtime > since for f in files)

    def _append(self, path: str, text: list[str], places: list[tuple[str, int]], files: list[str],
                where: tuple[str, int]) -> None:  # fmt: skip
        if path in self._generated:
            name = f"generated:{path}"
            cut = self._cut.get(name) or self._cut.setdefault(name, _cut_up(name, self._generated[path], (0, 0)))
        else:
            cut = self._file(path, where)
        if cut.name in files:
            return
        files.append(cut.name)
        for lines, lines_places, included, number in cut.parts:
            text += lines
            places += lines_places
            if included:
                self._append(included, text, places, files, (cut.name, number))

    def _file(self, path: str, where: tuple[str, int]) -> _File:
        """A file, cut up as it is now."""
        known = self._cut.get(path)
        if known is not None and path not in self._files and _stamp(known.name) == known.stamp:
            return known
        file = self.find(path)
        if file is None:
            roots = ", ".join(str(r) for r in self.roots)
            at = f"{where[0]}:{where[1]}: " if where[0] else ""
            raise ShaderError(f"{at}no shader {path!r} in {roots}: check the name or add its folder")
        stamp = _stamp(str(file))
        cut = _cut_up(str(file), file.read_text(encoding="utf-8"), stamp)
        self._cut[path] = cut
        return cut


def _cut_up(name: str, source: str, stamp: tuple[int, int]) -> _File:
    parts: list[tuple[list[str], list[tuple[str, int]], str, int]] = []
    lines: list[str] = []
    places: list[tuple[str, int]] = []
    for number, line in enumerate(source.splitlines(), 1):
        if "#" in line:
            if _VERSION.match(line):
                raise ShaderError(f"{name}:{number}: leave out #version, the library puts it first")
            match = _INCLUDE.match(line)
            if match:
                parts.append((lines, places, match[1], number))
                lines, places = [], []
                continue
        lines.append(line)
        places.append((name, number))
    parts.append((lines, places, "", 0))
    return _File(name, stamp, tuple(parts))


def _stamp(name: str) -> tuple[int, int]:
    try:
        status = os.stat(name)
    except OSError:
        return (-1, -1)
    return (status.st_mtime_ns, status.st_size)


def default_roots() -> list[Path]:
    """Taixu's own shader folder, in a checkout or in an installed wheel."""
    here = Path(__file__).resolve()
    candidates = [here.parents[3] / "shaders", here.parents[1] / "_data" / "shaders", here.parents[1] / "shaders"]
    return [c for c in candidates if c.is_dir()][:1]
