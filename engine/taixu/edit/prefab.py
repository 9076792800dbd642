"""Prefabs: entities that are made once and placed often; a prefab may place others.

An entity with a `PrefabInstance` stands for the prefab's root: it has the root's components, keeps its own transform,
parent and name, and the prefab's other entities hang below it. A child is known by its path: its id in the prefab,
and, for the children of a prefab within the prefab, the id of that instance before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.ecs import AssetPath, Data, EntityRef, Text, World, component, field
from taixu.edit.document import VERSION_KEY, Block, Document, parse_document
from taixu.edit.ids import child_id, id_text
from taixu.edit.migrations import Migrations
from taixu.errors import TaixuError

__all__ = [
    "OWN_COMPONENTS", "ChildPath", "Entries", "ExpandedPrefab", "FromPrefab", "PrefabInstance", "PrefabLibrary",
    "PrefabRoot", "apply_entries", "entries_of", "path_of", "path_text", "rename_references",
]

ChildPath = tuple[int, ...]
"""Ids from the outermost prefab inwards; empty for the root."""

_MAX_DEPTH = 64
OWN_COMPONENTS = ("transform", "parent", "name", "prefab_instance")
"""What an instance does not share with the root that it stands for."""

MAX_ENTITIES = 100_000


@component("prefab_instance")
class PrefabInstance:
    """Places a prefab, with what is different here."""

    source: AssetPath = field(default="", doc="A *.prefab.json file.")
    overrides: Data = field(default=[], doc="Fields: a list of {child, component, field, value}.")
    added: Data = field(default=[], doc="Components: a list of {child, component, fields}.")
    removed: Data = field(default=[], doc="Components or, without one, whole children: a list of {child, component}.")


@component("from_prefab", authored=False, made=True)
class FromPrefab:
    """Marks a prefab's children: they come and go with their instance, and are saved as its overrides."""

    instance: EntityRef = field(default=0)
    path: Text = field(default="", doc="Ids with slashes between them.")


@component("prefab_root", authored=False)
class PrefabRoot:
    """What an instance was made of."""

    names: Data = field(default=[], doc="The components that came from the prefab's root.")
    made: Data = field(default=[], doc="Source, overrides, added and removed when it was made.")


@dataclass(frozen=True, slots=True)
class Entries:
    """What is different in an instance."""

    overrides: list[dict[str, Any]]
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.overrides or self.added or self.removed)


@dataclass(frozen=True, slots=True)
class ExpandedPrefab:
    """A prefab with those inside it laid out flat.

    Attributes
    ----------
    blocks
        Components by child path. References are local ids.
    ids
        Local id by child path: what references within the prefab call it.
    sources
        All prefabs that went in.
    """

    blocks: dict[ChildPath, Block]
    ids: dict[ChildPath, int]
    sources: frozenset[str]


class PrefabLibrary:
    """The prefabs of a project, read when first needed (a resource).

    Parameters
    ----------
    read
        Gives the bytes of a file by its asset path.
    """

    def __init__(
        self, components: Components, *, migrations: Migrations | None = None,
        read: Callable[[str], bytes] | None = None,
    ) -> None:
        self.components = components
        self.migrations = migrations or Migrations()
        self._read = read
        self._documents: dict[str, Document] = {}
        self._expanded: dict[str, ExpandedPrefab] = {}
        self._latest: dict[str, ExpandedPrefab] = {}
        self._sizes: dict[str, int] = {}
        self._changed: list[str] = []

    @property
    def read(self) -> Callable[[str], bytes] | None:
        """Gives the bytes of a file by its asset path. Another one is another project, with other prefabs."""
        return self._read

    @read.setter
    def read(self, read: Callable[[str], bytes] | None) -> None:
        if read != self._read:
            self._read = read
            for source in list(self._documents):
                self.forget(source)
            self._latest.clear()

    def document(self, source: str) -> Document:
        """The document of a prefab.

        Raises
        ------
        TaixuError
            When it lacks or cannot be read.
        """
        found = self._documents.get(source)
        if found is None:
            if self.read is None:
                raise TaixuError(f"the prefab {source!r} cannot be read: no project is open")
            found = parse_document(self.read(source), file=source, kind="prefab", migrations=self.migrations)
            self._normalise(found)
            self._documents[source] = found
        return found

    def put(self, source: str, document: Document) -> None:
        """Put an edited prefab in place of the one there was; its instances are made anew."""
        self.forget(source)
        self._normalise(document)
        self._documents[source] = document

    def forget(self, source: str) -> None:
        """Read a prefab again when it is next needed: its file changed."""
        self._documents.pop(source, None)
        self._sizes.clear()
        for name in [name for name, found in self._expanded.items() if source in found.sources]:
            self._latest[name] = self._expanded.pop(name)
            self._changed.append(name)
        self._changed.append(source)

    def take_changed(self) -> set[str]:
        """The prefabs that changed, directly or in a part, since the last call."""
        changed, self._changed = set(self._changed), []
        return changed

    def expand(self, source: str) -> ExpandedPrefab:
        """A prefab laid out flat.

        Raises
        ------
        TaixuError
            When it, or one inside it, cannot be read, contains itself, or makes too many entities.
        """
        self._count(source, ())
        return self._expand(source, ())

    def latest(self, source: str) -> ExpandedPrefab | None:
        """A prefab as it was when it could be read last, laid out flat: what was made of it, undo makes of it again."""
        return self._latest.get(source)

    def fork(self, world: World) -> PrefabLibrary:
        other = PrefabLibrary(self.components, migrations=self.migrations, read=self.read)
        other._documents.update(self._documents)
        other._latest.update(self._latest)
        return other

    def _count(self, source: str, above: tuple[str, ...]) -> int:
        """How many entities a prefab makes, before any is laid out: ten in ten in ten is soon too many."""
        if source in above:
            raise TaixuError(f"the prefab {source!r} contains itself: {' -> '.join((*above, source))}")
        if len(above) >= _MAX_DEPTH:
            raise TaixuError(f"the prefab {above[0]!r} holds prefabs in prefabs deeper than {_MAX_DEPTH} levels")
        found = self._sizes.get(source)
        if found is None:
            found = 0
            for block in self.document(source).entities.values():
                placed = block.get("prefab_instance")
                found += 1 if placed is None else self._count(str(placed.get("source", "")), (*above, source))
                if found > MAX_ENTITIES:
                    raise TaixuError(f"the prefab {source!r} makes more than {MAX_ENTITIES:,} entities")
            self._sizes[source] = found
        return found

    def _expand(self, source: str, above: tuple[str, ...]) -> ExpandedPrefab:
        if source in above:
            raise TaixuError(f"the prefab {source!r} contains itself: {' -> '.join((*above, source))}")
        found = self._expanded.get(source)
        if found is None:
            found = self._expanded[source] = self._flatten(source, (*above, source))
        return found

    def _flatten(self, source: str, above: tuple[str, ...]) -> ExpandedPrefab:
        document = self.document(source)
        blocks: dict[ChildPath, Block] = {}
        ids: dict[ChildPath, int] = {}
        sources = {source}
        for key, block in document.entities.items():
            number = int(key, 16)
            path: ChildPath = () if key == document.root else (number,)
            placed = block.get("prefab_instance")
            if placed is None:
                blocks[path], ids[path] = dict(block), number
                continue
            inner = self._expand(str(placed.get("source", "")), above)
            sources |= inner.sources
            if len(blocks) + len(inner.blocks) > MAX_ENTITIES:
                raise TaixuError(f"the prefab {source!r} makes more than {MAX_ENTITIES:,} entities")
            new_ids = {below: child_id(number, below) for below in inner.ids}
            names = {inner.ids[below]: new_ids[below] for below in inner.ids}
            changed = apply_entries(inner.blocks, entries_of(placed))
            parts = {below: rename_references(self.components, part, names) for below, part in changed.items()}
            own = {name: fields for name, fields in block.items() if name != "prefab_instance"}
            parts[()] = {**parts[()], **own}
            blocks.update({path + below: part for below, part in parts.items()})
            ids.update({path + below: new_ids[below] for below in parts})
        root = ids[()]
        for path, block in blocks.items():
            if path and not block.get("parent", {}).get("entity"):
                block["parent"] = {"entity": id_text(root)}
        return ExpandedPrefab(blocks, ids, frozenset(sources))

    def _normalise(self, document: Document) -> None:
        """Bring components to their present version, so that overrides fit; children have no position."""
        for key, block in document.entities.items():
            for name, raw in block.items():
                declared = self.components.find(name)
                version = raw.get(VERSION_KEY, 1)
                if declared is not None and type(version) is int and 1 <= version < declared.version:
                    fields = {key: value for key, value in raw.items() if key != VERSION_KEY}
                    fields = self.migrations.fields(name, fields, version=version, to=declared.version)
                    block[name] = {VERSION_KEY: declared.version, **fields}
            transform = block.get("transform", {})
            if key != document.root and "position" in transform:
                transform["translation"] = transform.pop("position")


def entries_of(fields: dict[str, Any]) -> Entries:
    """The entries of a raw `prefab_instance`; what is no entry is left out."""
    lists = []
    for name in ("overrides", "added", "removed"):
        raw = fields.get(name)
        items = raw if isinstance(raw, list) else []
        lists.append([x for x in items if isinstance(x, dict) and isinstance(x.get("component", ""), str)])
    return Entries(*lists)


def apply_entries(blocks: dict[ChildPath, Block], entries: Entries) -> dict[ChildPath, Block]:
    """Blocks with an instance's entries; entries for children that are no longer there have no effect."""
    found = {path: {name: dict(fields) for name, fields in block.items()} for path, block in blocks.items()}
    for item in entries.removed:
        path = path_of(item.get("child", ""))
        if item.get("component"):
            found.get(path, {}).pop(item["component"], None)
        elif path:
            _drop(found, path)
    for item in entries.added:
        block = found.get(path_of(item.get("child", "")))
        fields = item.get("fields")
        if block is not None and isinstance(fields, dict) and isinstance(item.get("component"), str):
            block[item["component"]] = dict(fields)
    for item in entries.overrides:
        block = found.get(path_of(item.get("child", "")), {})
        component_name = item.get("component")
        if component_name in block and isinstance(item.get("field"), str) and "value" in item:
            block[component_name][item["field"]] = item["value"]
    return found


def rename_references(components: Components, block: Block, names: Mapping[int, int]) -> Block:
    """A copy of a block in which entity references go by other ids."""
    found = {name: dict(fields) for name, fields in block.items()}
    for name, fields in found.items():
        declared = components.find(name)
        for fld in declared.fields if declared is not None else ():
            text = fields.get(fld.name)
            if fld.kind.name == "entity" and isinstance(text, str):
                try:
                    number = int(text, 16)
                except ValueError:
                    continue
                if number in names:
                    fields[fld.name] = id_text(names[number])
    return found


def path_text(path: Iterable[int]) -> str:
    """A child path as documents write it."""
    return "/".join(map(id_text, path))


def path_of(text: Any) -> ChildPath:
    """The child path of a text; a path that is none names nobody."""
    if not isinstance(text, str):
        return (0,)
    try:
        return tuple(int(part, 16) for part in text.split("/")) if text else ()
    except ValueError:
        return (0,)


def _drop(blocks: dict[ChildPath, Block], path: ChildPath) -> None:
    for other in [other for other in blocks if other[: len(path)] == path]:
        del blocks[other]
