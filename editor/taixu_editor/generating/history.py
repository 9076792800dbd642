"""What came of wishes in a project: kept below its ``.taixu``, with small pictures, and there again after a restart.

Results themselves lie in the user's cache, which may drop them; an entry holds all that it takes to make its files again, byte
for byte, and small pictures of its own.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.assets.atomic import write_atomic
from taixu.edit.reading import read_file
from taixu.errors import TaixuError, UsageError
from taixu_editor.generating.wish import Wish

if TYPE_CHECKING:
    from taixu.generate import Result

__all__ = ["Entry", "History", "history_of"]

_log = logging.getLogger(__name__)
_FORMAT = 1
_MOST = 200
"""Entries without a star; the oldest go first."""
_MOST_BYTES = 16 << 20
_ID = re.compile(r"[0-9a-f]{12}")
_KEY = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A result.

    Attributes
    ----------
    id
        Twelve hexadecimal digits.
    wish, parameters
        What was asked for, and what words and settings came to.
    makes
        The kind of thing.
    key
        Of the result in the cache.
    files
        Name there and role of each file, the main one first.
    of
        The entry that this is a variation of.
    kept
        Its files in the project, once it was kept there.
    """

    id: str
    wish: Wish
    makes: str
    key: str
    files: tuple[tuple[str, str], ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    made: str = ""
    of: str = ""
    is_starred: bool = False
    kept: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call it."""
        return self.wish.prompt or self.wish.generator

    def cached(self) -> tuple[Path, ...]:
        """Its files in the cache; nothing where the cache has dropped one."""
        from taixu.generate.cache import results_folder

        found = tuple(results_folder() / self.key / name for name, _ in self.files)
        return found if all(file.is_file() for file in found) else ()

    def file(self, *roles: str) -> Path | None:
        """The first of its files in the cache that has one of these roles."""
        for (_, role), file in zip(self.files, self.cached(), strict=False):
            if role in roles:
                return file
        return None


class History:
    """The results of a project, the latest first.

    Parameters
    ----------
    root
        The project's folder.

    Attributes
    ----------
    version
        Changes when anything of it does.
    problem
        Why it cannot be written; empty where it can.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / ".taixu" / "generate"
        self.entries: list[Entry] = []
        self.version = 0
        self.problem = ""
        self._read()

    def __len__(self) -> int:
        """How many there are."""
        return len(self.entries)

    def find(self, id: str) -> Entry:
        """An entry.

        Raises
        ------
        UsageError
            When there is none.
        """
        for each in self.entries:
            if each.id == id:
                return each
        raise UsageError(f"there is no result {id[:20]!r} in this project's history; generate.history lists those that are")

    def __contains__(self, id: str) -> bool:
        return any(each.id == id for each in self.entries)

    def add(self, wish: Wish, result: Result, *, makes: str, of: str = "") -> Entry:
        """Remember a result; the same one again comes to the front and stays one."""
        files = tuple((path.name, made.role) for path, made in zip(result.files, result.provenances, strict=True))
        same = next((each for each in self.entries if each.key == result.key), None)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        if same is not None:
            entry = replace(same, made=made)
            self.entries.remove(same)
        else:
            entry = Entry(
                secrets.token_hex(6), wish, makes, result.key, files, dict(result.parameters), result.seconds, made, of
            )
        self.entries.insert(0, entry)
        self._forget_oldest()
        self._write()
        return entry

    def change(self, entry: Entry, **values: Any) -> Entry:
        """Give it other values; gives the entry as it is then."""
        changed = replace(entry, **values)
        self.entries = [changed if each.id == entry.id else each for each in self.entries]
        self._write()
        return changed

    def remove(self, id: str) -> None:
        """Forget a result. Files that were kept in the project stay there.

        Raises
        ------
        UsageError
            When there is none.
        """
        entry = self.find(id)
        self.entries.remove(entry)
        shutil.rmtree(self.folder_of(entry), ignore_errors=True)
        self._write()

    def folder_of(self, entry: Entry) -> Path:
        """Where its small pictures lie; it need not exist."""
        return self.folder / entry.id

    def _forget_oldest(self) -> None:
        plain = [each for each in self.entries if not each.is_starred]
        for each in plain[_MOST:]:
            self.entries.remove(each)
            shutil.rmtree(self.folder_of(each), ignore_errors=True)

    def _write(self) -> None:
        self.version += 1
        data = {"format": _FORMAT, "results": [asdict(each) for each in self.entries]}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(self.folder / "history.json", json.dumps(data, ensure_ascii=False, indent=1))
            self.problem = ""
        except (OSError, TaixuError) as error:
            self.problem = f"{self.folder}: the history cannot be kept ({getattr(error, 'strerror', '') or error})"
            _log.warning("%s", self.problem)

    def _read(self) -> None:
        file = self.folder / "history.json"
        if not file.is_file():
            return
        try:
            data = json.loads(read_file(file, limit=_MOST_BYTES, what="a history of results"))
            listed = data["results"] if data["format"] == _FORMAT else []
        except (TaixuError, ValueError, KeyError, TypeError, RecursionError) as error:
            _log.warning("%s: cannot be read, and is begun anew: %s", file, error)
            return
        for each in listed[: 10 * _MOST]:
            with suppress(ValueError, KeyError, TypeError, AttributeError):  # what somebody has spoilt is left out
                self.entries.append(_entry_of(each))


def _entry_of(data: Mapping[str, Any]) -> Entry:
    known = {each.name for each in fields(Entry)}
    wish = dict(data["wish"])
    wish["parents"] = tuple(map(str, wish.get("parents", ())))
    files = tuple((str(name), str(role)) for name, role in data["files"])
    if not _ID.fullmatch(data["id"]) or not _KEY.fullmatch(data["key"]) or not files:
        raise ValueError(data["id"])
    if any("/" in name or "\\" in name or name.startswith(".") for name, _ in files):  # they are joined to the cache's folder
        raise ValueError(files)
    values = {name: value for name, value in data.items() if name in known}
    kept = tuple(map(str, values.get("kept", ())))
    return Entry(**{**values, "wish": Wish(**wish), "files": files, "kept": kept})


_known: dict[Path, History] = {}


def history_of(root: Path) -> History:
    """The history of a project's folder: the same for all who ask."""
    home = root.resolve()
    if home not in _known or not _known[home].folder.parent.parent.is_dir():
        _known[home] = History(home)
    return _known[home]
