"""What was made from what in a project: one graph from words to textures, materials, meshes and worlds, read from sidecars.

Nothing is kept: sidecars say how each file was made and what its parents held then, worlds and prefabs name the files that they
use.
A file is stale when a parent holds something else now, or is gone, or is stale itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from taixu.assets.paths import read_bytes
from taixu.assets.sidecar import Provenance, read_sidecar
from taixu.errors import TaixuError
from taixu.generate.provenance.content import body_of, content_of

__all__ = ["Item", "Lineage", "Stale"]

_SIDECAR = ".asset.toml"
_DOCUMENTS = (".world.json", ".prefab.json")
_MOST_FILES = 200_000
_MOST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the graph.

    Attributes
    ----------
    path
        In the project, with ``/``.
    kind
        What its generator makes; "world" or "prefab"; "file" for what nobody says anything of.
    provenance
        How it was made; empty where it was not generated.
    parents
        Paths in the project of what it was made from, or uses.
    """

    path: str
    kind: str
    provenance: Provenance = field(default_factory=Provenance)
    parents: tuple[str, ...] = ()

    @property
    def is_generated(self) -> bool:
        """Whether a generator made it."""
        return bool(self.provenance.generator)


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that is not what it would be if it were made now.

    Attributes
    ----------
    reason
        "changed" (a parent), "missing" (a parent), or "above" (a parent is stale).
    parent
        Which one.
    """

    path: str
    reason: str
    parent: str


class Lineage:
    """The graph of a project's folder, as it was when it was read.

    Attributes
    ----------
    problems
        Sidecars and documents that could not be read, a sentence each.
    """

    def __init__(self, root: Path, items: dict[str, Item], problems: list[str]) -> None:
        self.root = root
        self.items = items
        self.problems = problems
        self._contents: dict[str, str] = {}

    @classmethod
    def read(cls, root: str | Path) -> Lineage:
        """Read the sidecars, worlds and prefabs of a folder.

        Raises
        ------
        TaixuError
            When it is no folder.
        """
        folder = Path(root).resolve()
        if not folder.is_dir():
            raise TaixuError(f"{root}: is no folder")
        items: dict[str, Item] = {}
        problems: list[str] = []
        for file in _files(folder):
            try:
                item = _item_of(folder, file)
            except TaixuError as error:
                problems.append(str(error))
                continue
            if item is not None:
                items[item.path] = item
        for item in list(items.values()):
            for parent in item.parents:
                items.setdefault(parent, Item(parent, "file"))
        return cls(folder, items, problems)

    def find(self, path: str | Path) -> Item:
        """The item of a path, in the project or absolute.

        Raises
        ------
        TaixuError
            When nothing is known of it.
        """
        name = (
            Path(os.path.relpath(Path(path).resolve(), self.root)).as_posix() if Path(path).is_absolute() else Path(path).as_posix()
        )
        if name not in self.items:
            raise TaixuError(f"{path}: nothing says how it was made, and nothing was made from it")
        return self.items[name]

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self.items.values():
            for parent in item.parents:
                found.setdefault(parent, []).append(item.path)
        return {path: sorted(children) for path, children in found.items()}

    def parents(self, path: str) -> tuple[str, ...]:
        """What a file was made from, or uses."""
        return self.find(path).parents

    def children(self, path: str) -> tuple[str, ...]:
        """What was made from a file, or uses it."""
        return tuple(self._children.get(self.find(path).path, ()))

    def ancestors(self, path: str) -> tuple[str, ...]:
        """All that a file stands on, nearest first."""
        return self._walk(self.find(path).path, lambda each: self.items[each].parents)

    def descendants(self, path: str) -> tuple[str, ...]:
        """All that stands on a file, parents before children."""
        below = set(self._walk(self.find(path).path, lambda each: self._children.get(each, ())))
        return tuple(each for each in self.order if each in below)

    def _walk(self, start: str, step: Any) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = list(step(start))
        while waiting:
            each = waiting.pop(0)
            if each not in found and each != start:
                found[each] = None
                waiting += step(each)
        return tuple(found)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All paths, parents before children; what is in a circle (somebody's mistake) comes last."""
        left = {path: len(set(item.parents)) for path, item in self.items.items()}
        ready = sorted(path for path, count in left.items() if not count)
        found: list[str] = []
        while ready:
            path = ready.pop(0)
            found.append(path)
            for child in self._children.get(path, ()):
                left[child] -= 1
                if not left[child]:
                    ready.append(child)
        done = set(found)
        return (*found, *sorted(path for path in self.items if path not in done))

    def content(self, path: str) -> str:
        """What a file holds now; empty where it is gone or cannot be read."""
        if path not in self._contents:
            try:
                self._contents[path] = content_of(self.root / path)
            except TaixuError:
                self._contents[path] = ""
        return self._contents[path]

    def is_edited(self, path: str) -> bool:
        """Whether a generated file was changed by hand since."""
        made = self.find(path).provenance
        try:
            return bool(made.body) and body_of(self.root / path) != made.body
        except TaixuError:
            return False

    def stale(self) -> list[Stale]:
        """What is not what it would be if it were made now, parents before children."""
        found: dict[str, Stale] = {}
        for path in self.order:
            item = self.items[path]
            if not item.is_generated:
                continue
            for parent in item.parents:
                now = self.content(parent)
                if not now:
                    found[path] = Stale(path, "missing", parent)
                elif now != _content_then(item, self.root, parent):
                    found[path] = Stale(path, "changed", parent)
                elif parent in found:
                    found[path] = Stale(path, "above", parent)
                else:
                    continue
                break
        return list(found.values())

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items.values())


def _content_then(item: Item, root: Path, parent: str) -> str:
    """What a parent held when a file was made; sidecars name parents from where they stand."""
    beside = Path(os.path.relpath(root / parent, (root / item.path).parent)).as_posix()
    return item.provenance.parent_contents.get(beside, "")


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "__")))
        for name in sorted(names):
            if name.endswith((_SIDECAR, *_DOCUMENTS)) and not name.startswith("."):
                count += 1
                if count > _MOST_FILES:
                    return
                yield Path(where) / name


def _item_of(root: Path, file: Path) -> Item | None:
    if file.name.endswith(_SIDECAR):
        asset = file.with_name(file.name.removesuffix(_SIDECAR))
        sidecar = read_sidecar(file)
        made = Provenance() if sidecar is None else sidecar.provenance
        parents = tuple(dict.fromkeys(filter(None, (_inside(root, asset.parent, parent) for parent in made.parents))))
        return Item(asset.relative_to(root).as_posix(), made.kind or "file", made, parents)
    kind = "world" if file.name.endswith(_DOCUMENTS[0]) else "prefab"
    try:
        document = json.loads(read_bytes(file, max_bytes=_MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{file}: is no JSON") from error
    path = file.relative_to(root).as_posix()
    used = {name for name in _named_files(root, document) if name != path}
    return Item(path, kind, parents=tuple(sorted(used)))


def _inside(root: Path, base: Path, relative: str) -> str:
    """A path in the project; empty where it leads elsewhere, or is no path."""
    if "\0" in relative or len(relative) > 4096:
        return ""
    found = Path(os.path.normpath(base / relative))
    return found.relative_to(root).as_posix() if found.is_relative_to(root) and found != root else ""


def _named_files(root: Path, document: Any) -> Iterator[str]:
    """Texts in a document that name files of the project, which they do from its root."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and 0 < len(value) < 1024 and PurePosixPath(value.partition("#")[0]).suffix:
            name = _inside(root, root, value.partition("#")[0])
            if name and (root / name).is_file():
                yield name
