"""Finding a file again that was moved or renamed, by what is in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from taixu.assets.content_hash import content_hash
from taixu.errors import TaixuError

__all__ = ["MovedFiles"]

_SKIPPED = frozenset(("__pycache__", "node_modules", "out"))
_MAX_FILES = 50_000
_MAX_BYTES = 1 << 30


class MovedFiles:
    """Looks through a folder for contents; remembers the hashes of files that did not change."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._hashes: dict[tuple[Path, int, int], str] = {}

    def find(self, name: str, wanted: str) -> Path | None:
        """A file with that content hash: of the same suffix, those with the same name first; None where none is."""
        suffix = Path(name).suffix.lower()
        files = sorted(self._files(suffix), key=lambda file: (file.name != Path(name).name, str(file)))
        return next((file for file in files if self._hash(file) == wanted), None)

    def _files(self, suffix: str) -> Iterator[Path]:
        count = 0
        for folder, folders, names in os.walk(self._root):
            folders[:] = [one for one in folders if one not in _SKIPPED and not one.startswith(".")]
            for name in names:
                if name.lower().endswith(suffix):
                    count += 1
                    if count > _MAX_FILES:
                        return
                    yield Path(folder, name)

    def _hash(self, file: Path) -> str:
        try:
            found = file.stat()
            if not file.is_file() or file.is_symlink() or found.st_size > _MAX_BYTES:
                return ""
            key = (file, found.st_mtime_ns, found.st_size)
            if key not in self._hashes:
                self._hashes[key] = content_hash(file)
            return self._hashes[key]
        except (OSError, TaixuError):
            return ""
