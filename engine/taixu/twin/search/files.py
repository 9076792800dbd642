"""The catalogue: files of a project with what their sidecars say of how they were made, found by words and by when."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from taixu.assets.sidecar import read_sidecar
from taixu.errors import TaixuError
from taixu.twin.search.base import Base
from taixu.twin.search.lexicon import phrases_of, said
from taixu.twin.search.query import SearchQuery
from taixu.twin.search.results import Found, Match

__all__ = ["Catalogue"]

_SIDECAR = ".asset.toml"
_MOST_FILES = 50_000
_SKIPPED = frozenset({".taixu", ".git", "node_modules", "__pycache__"})
_TOLD = ("prompt", "generator", "model", "licence", "created")


class Catalogue:
    """A project's files, as they were when it was read.

    Attributes
    ----------
    problems
        Sidecars that could not be read, a sentence each.

    Raises
    ------
    TaixuError
        When it is no folder, or holds too many files.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            raise TaixuError(f"{root}: is no folder")
        self.problems: list[str] = []
        self._paths: list[str] = []
        self._told: list[dict[str, str]] = []
        made_ns: list[int] = []
        for path in _sidecars(self.root):
            try:
                sidecar = read_sidecar(path.with_name(path.name.removesuffix(_SIDECAR)))
            except TaixuError as error:
                self.problems.append(str(error))
                continue
            if sidecar is None:  # gone meanwhile
                continue
            made = sidecar.provenance
            told = {name: str(getattr(made, name, "")) for name in _TOLD} | {"kind": made.kind, "licence": sidecar.licence}
            self._paths.append(path.relative_to(self.root).as_posix().removesuffix(_SIDECAR))
            self._told.append(told)
            made_ns.append(_time_of(made.created))
        lines = [f"{path} . {' . '.join(told.values())}".replace("\n", " ") for path, told in zip(self._paths, self._told)]
        self._base = Base()
        self._base.run("create table files (number bigint, made_ns bigint, said varchar)")
        if lines:
            texts = said("\n".join(lines)).split("\n")
            self._base.insert("files", number=np.arange(len(lines)), made_ns=np.array(made_ns), said=texts)

    def __len__(self) -> int:
        return len(self._paths)

    def knows(self, word: str) -> bool:
        """Whether a word stands in what is said of any file."""
        runs = phrases_of(word)
        return bool(runs) and len(self._base.columns(f"select 1 from files where {_any(runs)} limit 1", runs)[0]) > 0

    def find(self, query: SearchQuery) -> list[Found]:
        """Files of which all words are said, made in the query's span of time where it has one; the newest first."""
        tests, values = ["true"], list[object]()
        for word in query.words:
            runs = phrases_of(word)
            tests.append(f"({_any(runs)})" if runs else "false")
            values += runs
        if query.since_ns is not None and query.until_ns is not None:
            tests.append("made_ns between ? and ?")
            values += [query.since_ns, query.until_ns]
        statement = f"select number from files where {' and '.join(tests)} order by made_ns desc, number limit ?"
        numbers = self._base.columns(statement, [*values, query.limit])[0].astype(int).tolist()
        return [self._found(number) for number in numbers]

    def close(self) -> None:
        """Let go of the index."""
        self._base.close()

    def _found(self, number: int) -> Found:
        path, told = self._paths[number], self._told[number]
        because = tuple(Match(name, told[name]) for name in _TOLD if told[name])
        return Found(path, path.rsplit("/", 1)[-1], told["kind"] or "file", because=because)


def _any(runs: list[str]) -> str:
    return " or ".join(["contains(said, ?)"] * len(runs))


def _sidecars(root: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if each not in _SKIPPED)
        for name in sorted(names):
            if name.endswith(_SIDECAR):
                count += 1
                if count > _MOST_FILES:
                    raise TaixuError(f"{root} holds more than {_MOST_FILES:,} files with a record")
                yield Path(folder) / name


def _time_of(created: str) -> int:
    try:
        moment = datetime.fromisoformat(created)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1e6) * 1000
    except (ValueError, OverflowError):
        return -1
