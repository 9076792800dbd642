"""A prefab opened to be worked on: its entities in a world of their own, and back into its document."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.commands import Command, Despawn, Group, Insert, Remove, Reparent, Spawn
from taixu.edit.document import Block, Document, parse_document
from taixu.edit.findings import Finding, Findings
from taixu.edit.ids import id_number, id_text
from taixu.edit.migrations import Migrations
from taixu.edit.prefab import PrefabInstance, PrefabLibrary
from taixu.edit.world_document import WorldParts, document_of, fill_world
from taixu.errors import TaixuError
from taixu.scene import Parent

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["PREFAB_SUFFIX", "BelowRoot", "prefab_blocks", "prefab_document", "read_prefab", "replace_blocks"]

PREFAB_SUFFIX = ".prefab.json"
_ALL_IN_TEXT = 1 << 62


def read_prefab(
    data: bytes, world: World, components: Components, *, file: str, migrations: Migrations | None = None
) -> tuple[str, list[Finding]]:
    """Spawn a prefab's entities in an empty world: everything hangs below the root, which stands at the origin.

    Returns
    -------
    root, findings
        The root's stable id, and doubts that a user should hear of.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    document = parse_document(data, file=file, kind="prefab", migrations=migrations)
    document.entities = prefab_blocks(document)
    found = Findings(file)
    fill_world(world, WorldParts(document), components, migrations=migrations, findings=found)
    return document.root, found.items


def prefab_blocks(document: Document) -> dict[str, Block]:
    """A prefab's blocks as they stand in a world: what hangs nowhere hangs below the root."""
    blocks = copy.deepcopy(document.entities)
    for key, block in blocks.items():
        if key == document.root:
            block.setdefault("transform", {})
            block.pop("parent", None)
            continue
        if not block.get("parent", {}).get("entity"):
            block["parent"] = {"entity": document.root}
        transform = block.get("transform", {})
        if "position" in transform:
            transform["translation"] = transform.pop("position")
    return blocks


def prefab_document(world: World, root: str) -> Document:
    """The document of a prefab that is open in a world of its own.

    Raises
    ------
    TaixuError
        When a value cannot be saved; it names entity and field.
    """
    document = document_of(world, columns_above=_ALL_IN_TEXT).document
    document.kind, document.root = "prefab", root
    block = document.entities[root]
    if not block.get("transform", {"": 0}):
        del block["transform"]
    return document


@dataclass(frozen=True, slots=True)
class BelowRoot:
    """A command in a prefab: what it leaves without a parent is hung below the root; one that would break the prefab is undone."""

    command: Command
    root: str
    source: str

    def apply(self, session: Session) -> Command:
        """Do it; undone like the command itself.

        Raises
        ------
        TaixuError
            When the root would go or hang below something, or the prefab would contain itself.
        """
        world = session.world
        before = world.tick
        world.advance()
        undo = self.command.apply(session)
        changes = world.structure.since(before)
        if changes is not None and not len(changes.spawned) and not len(changes.moved) and not len(changes.despawned):
            return undo
        try:
            self._check(session)
        except TaixuError:
            undo.apply(session)
            raise
        root = session.entity(self.root)
        strays = [
            id_text(number)
            for table in world.tables
            if table.count and not table.made and Parent not in table.types
            for entity, number in zip(table.entities.tolist(), world.stable_ids(table.entities).tolist())
            if entity != root
        ]
        if not strays:
            return undo
        hung = Group(tuple(Reparent(text, self.root) for text in strays)).apply(session)
        return Group((hung, undo))

    def _check(self, session: Session) -> None:
        world = session.world
        root = world.find(id_number(self.root))
        if root is None:
            raise TaixuError("the root of a prefab cannot be deleted; delete what hangs below it, or the prefab's file")
        if world.has(root, Parent):
            raise TaixuError("the root of a prefab hangs below nothing")
        library = world.resource(PrefabLibrary) if world.has_resource(PrefabLibrary) else None
        for table in world.query(PrefabInstance):
            for source in set(table.read(PrefabInstance, "source").tolist()) if library is not None else ():
                if source == self.source or (library is not None and self.source in _parts(library, source)):
                    raise TaixuError(f"{self.source} cannot be placed in itself, nor what contains it: {source}")


def _parts(library: PrefabLibrary, source: str) -> frozenset[str]:
    try:
        return library.expand(source).sources
    except TaixuError:  # its instances say so
        return frozenset()


def replace_blocks(world: World, document: Document) -> Command | None:
    """The command that makes a world of one prefab like another version of its document; None where nothing is different."""
    now, wanted = document_of(world, columns_above=_ALL_IN_TEXT).document.entities, prefab_blocks(document)
    steps: list[Command] = []
    fresh = {key: block for key, block in wanted.items() if key not in now}
    if fresh:
        steps.append(Spawn(fresh))
    for key in wanted.keys() & now.keys():
        steps += [Remove(key, name) for name in now[key] if name not in wanted[key]]
        steps += [Insert(key, name, fields) for name, fields in wanted[key].items() if now[key].get(name) != fields]
    gone = tuple(key for key in now if key not in wanted)
    if gone:
        steps.append(Despawn(gone, with_children=False))
    return Group(tuple(steps)) if steps else None
