"""What was made from what in a project: one graph from words to textures, materials, meshes and worlds, read from sidecars.

Nothing is kept: sidecars say how each file was made and what its parents held then, worlds, prefabs and glTF name the files that
they use. A file is stale when a parent holds something else now, or is gone, or is stale itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from taixu.assets.paths import read_bytes
from taixu.assets.sidecar import Provenance, read_sidecar, sidecar_path
from taixu.errors import TaixuError
from taixu.generate.provenance.content import body_of, content_of

__all__ = ["Hashes", "Item", "Lineage", "Stale"]

_SIDECAR = ".asset.toml"
_DOCUMENTS = {".world.json": "world", ".prefab.json": "prefab", ".gltf": "mesh"}
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
    uses
        Those of them that a generated document only names, and is not made of anew.
    """

    path: str
    kind: str
    provenance: Provenance = field(default_factory=Provenance)
    parents: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()

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


class Hashes:
    """What files hold, remembered by their times and sizes, and those of their sidecars."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Path], tuple[tuple[int, int], tuple[int, int], str]] = {}

    def content(self, path: Path) -> str:
        """`content_of`; empty where the file is gone or cannot be read."""
        return self._find("content", content_of, path)

    def body(self, path: Path) -> str:
        """`body_of`; empty where the file is gone or cannot be read."""
        return self._find("body", body_of, path)

    def _find(self, what: str, ask: Callable[[Path], str], path: Path) -> str:
        stamps = _stamp(path), _stamp(sidecar_path(path))
        known = self._known.get((what, path))
        if known is None or known[:2] != stamps:
            try:
                found = ask(path)
            except TaixuError:
                found = ""
            known = self._known[what, path] = (*stamps, found)
        return known[2]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return (0, 0)
    return (facts.st_mtime_ns, facts.st_size)


class Lineage:
    """The graph of a project's folder, as it was when it was read.

    Attributes
    ----------
    problems
        Sidecars and documents that could not be read, a sentence each.
    """

    def __init__(self, root: Path, items: dict[str, Item], problems: list[str], hashes: Hashes) -> None:
        self.root = root
        self.items = items
        self.problems = problems
        self._hashes = hashes
        self._contents: dict[str, str] = {}

    @classmethod
    def read(cls, root: str | Path, *, hashes: Hashes | None = None) -> Lineage:
        """Read the sidecars, worlds, prefabs and glTF of a folder.

        Parameters
        ----------
        hashes
            What was hashed before, for whoever reads the same folder again and again: files that were not written since are not
            read anew.

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
                items[item.path] = _merged(items.get(item.path), item)
        for item in list(items.values()):
            for parent in item.parents:
                items.setdefault(parent, Item(parent, "file"))
        return cls(folder, items, problems, Hashes() if hashes is None else hashes)

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
            self._contents[path] = self._hashes.content(self.root / path)
        return self._contents[path]

    def is_edited(self, path: str) -> bool:
        """Whether a generated file was changed by hand since."""
        made = self.find(path).provenance
        now = self._hashes.body(self.root / path) if made.body else ""
        return bool(now) and now != made.body

    def stale(self) -> list[Stale]:
        """What is not what it would be if it were made now, parents before children."""
        found: dict[str, Stale] = {}
        for path in self.order:
            item = self.items[path]
            if not item.is_generated:
                continue
            for parent in item.parents:
                if parent in item.uses:
                    continue
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
    kind = next(kind for ending, kind in _DOCUMENTS.items() if file.name.endswith(ending))
    try:
        document = json.loads(read_bytes(file, max_bytes=_MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{file}: is no JSON") from error
    path = file.relative_to(root).as_posix()
    named = _named_beside(root, file.parent, document) if path.endswith(".gltf") else _named_files(root, document)
    used = {name for name in named if name != path}
    return Item(path, kind, parents=tuple(sorted(used)))


def _merged(one: Item | None, other: Item) -> Item:
    """What a document names and what its sidecar says, together."""
    if one is None:
        return other
    made, said = (one, other) if one.is_generated or other.kind == "file" else (other, one)
    kind = made.kind if made.kind != "file" else said.kind
    parents = tuple(dict.fromkeys((*made.parents, *said.parents)))
    return Item(made.path, kind, made.provenance, parents, frozenset(said.parents).difference(made.parents))


def _inside(root: Path, base: Path, relative: str) -> str:
    """A path in the project; empty where it leads elsewhere, or is no path."""
    if "\0" in relative or len(relative) > 4096:
        return ""
    found = Path(os.path.normpath(base / relative))
    return found.relative_to(root).as_posix() if found.is_relative_to(root) and found != root else ""


def _named_beside(root: Path, folder: Path, document: Any) -> Iterator[str]:
    """Pictures that a glTF names, from its own folder. What it keeps in buffers is a part of itself."""
    images = document.get("images") if isinstance(document, dict) else None
    for image in images if isinstance(images, list) else ():
        uri = image.get("uri") if isinstance(image, dict) else None
        if isinstance(uri, str) and len(uri) < 4096 and not uri.startswith("data:"):
            name = _inside(root, folder, unquote(uri))
            if name and (root / name).is_file():
                yield name


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
