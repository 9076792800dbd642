"""An editing session: a project, its open worlds, what is selected. The editor is a window onto one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.app import App, Components
from taixu.ecs import World
from taixu.edit.commands import Command, RevertEntries, WithSelection
from taixu.edit.document import parse_document
from taixu.edit.findings import Finding, GoneError
from taixu.edit.history import History
from taixu.edit.ids import id_number, id_numbers, id_texts, new_ids
from taixu.edit.instancing import InstanceState, make_prefabs
from taixu.edit.kept import resolve_references
from taixu.edit.migrations import Migrations
from taixu.edit.overrides import record_overrides, touched_instances
from taixu.edit.prefab import PrefabInstance, PrefabLibrary
from taixu.edit.prefab_world import PREFAB_SUFFIX, BelowRoot, prefab_document, read_prefab, replace_blocks
from taixu.edit.project import Project
from taixu.edit.world_document import ResolveAsset
from taixu.edit.world_file import read_world, save_document, write_world
from taixu.errors import TaixuError

__all__ = ["OpenWorld", "Session"]


@dataclass(slots=True)
class OpenWorld:
    """A document that is open, a world or a prefab: its app, its file, its history and selection."""

    app: App
    path: Path | None = None
    history: History = field(default_factory=History)
    selection: tuple[str, ...] = ()
    """Stable ids; the last is the active one."""
    findings: list[Finding] = field(default_factory=list)
    """What was doubtful when it was read."""
    recorded_tick: int = 0
    """Up to when edits of prefab instances are recorded as their overrides."""
    root: str = ""
    """Of a prefab: the entity that its instances stand for; empty for a world."""
    _handles: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64), repr=False)
    _handles_of: tuple[str, ...] | None = field(default=None, repr=False)
    _handles_tick: int = field(default=-1, repr=False)
    _numbers: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64), repr=False)
    _is_living: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool), repr=False)

    @property
    def is_prefab(self) -> bool:
        """Whether it is a prefab that is open to be worked on."""
        return bool(self.root)

    @property
    def selected(self) -> NDArray[np.uint64]:
        """Handles of what is selected and lives; the same array until selection or entities are others."""
        world = self.app.world
        if self._handles_of is not self.selection or has_changed(world, self._handles_tick):
            if self._handles_of is not self.selection:
                self._numbers = id_numbers(self.selection)
            found = world.find_all(self._numbers)
            self._is_living = found != 0
            found = found[self._is_living]
            if self._handles_of is not self.selection or not np.array_equal(found, self._handles):
                self._handles, self._handles_of = found, self.selection
            self._handles_tick = world.tick
            world.advance()
        return self._handles

    @property
    def survivors(self) -> tuple[str, ...]:
        """Stable ids of what is selected and lives."""
        count = len(self.selected)
        return self.selection if count == len(self.selection) else tuple(compress(self.selection, self._is_living.tolist()))


def has_changed(world: World, tick: int) -> bool:
    """Whether entities came, went, or have other components since a tick."""
    changes = world.structure.since(tick)
    return changes is None or bool(changes)


class Session:
    """Open documents of one project, worlds and prefabs; commands go to the active one.

    Each has its own app, history and selection; those that are not active cost memory and no time.

    Parameters
    ----------
    make_app
        Makes an app with the plugins that worlds need, `DocumentPlugin` among them.
    """

    def __init__(self, project: Project, make_app: Callable[[], App]) -> None:
        self.project = project
        self.worlds: list[OpenWorld] = []
        self.active = -1
        self.resolve_asset: ResolveAsset | None = None
        """Finds moved assets; the asset database's."""
        self._followed: dict[str, tuple[int, int] | None] = {}
        """When prefabs' files were written last, as far as worlds know."""
        self._make_app = make_app

    # Worlds

    @property
    def current(self) -> OpenWorld:
        """The active world's entry."""
        if not 0 <= self.active < len(self.worlds):
            raise TaixuError("no world is open")
        return self.worlds[self.active]

    @property
    def world(self) -> World:
        """The active world."""
        return self.current.app.world

    @property
    def components(self) -> Components:
        """The components that the active world's app knows."""
        return self.current.app.components

    @property
    def history(self) -> History:
        """The active world's history."""
        return self.current.history

    def new(self) -> OpenWorld:
        """Open an empty world."""
        self.worlds.append(OpenWorld(self._app()))
        self.active = len(self.worlds) - 1
        return self.current

    def open(self, path: Path | str) -> OpenWorld:
        """Open the file of a world or of a prefab, or bring the one that is open to the front.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        path = Path(path)
        found = self.find_open(path)
        if found is not None:
            self.activate(found)
            return found
        self.worlds.append(self._read(path))
        self.active = len(self.worlds) - 1
        return self.current

    def reload(self, entry: OpenWorld) -> OpenWorld:
        """Read a document's file again, and forget what was done to it; gives what stands in its place.

        Raises
        ------
        TaixuError
            When it cannot be read; what is open stays so.
        """
        if entry.path is None:
            raise TaixuError("this world has no file yet")
        fresh = self._read(entry.path)
        place = self.worlds.index(entry)
        self.worlds[place] = fresh
        fresh.selection = tuple(text for text in entry.selection if fresh.app.world.find(id_number(text)) is not None)
        entry.app.close()
        return fresh

    def _read(self, path: Path) -> OpenWorld:
        app = self._app()
        migrations = app.resource(Migrations) if app.world.has_resource(Migrations) else None
        root = ""
        try:
            if path.name.endswith(PREFAB_SUFFIX):
                data = self.project.read_asset(self.project.path_of(path))
                root, findings = read_prefab(data, app.world, app.components, file=str(path), migrations=migrations)
            else:
                findings = read_world(
                    path, app.world, app.components, migrations=migrations, resolve_asset=self.resolve_asset
                )
        except BaseException:
            app.close()
            raise
        opened = OpenWorld(app, path, findings=findings, recorded_tick=app.world.tick, root=root)
        app.world.advance()
        return opened

    def find_open(self, path: Path) -> OpenWorld | None:
        """The document of a file, where it is open."""
        wanted = path.resolve()
        return next((entry for entry in self.worlds if entry.path is not None and entry.path.resolve() == wanted), None)

    def activate(self, entry: OpenWorld) -> None:
        """Let commands go to another document that is open."""
        self.active = self.worlds.index(entry)

    @contextmanager
    def within(self, entry: OpenWorld) -> Iterator[None]:
        """Another document is the active one in the block."""
        before = self.active
        self.activate(entry)
        try:
            yield
        finally:
            self.active = before

    def save(self, path: Path | str | None = None) -> Path:
        """Save the active document, under another name if one is given. Worlds follow a prefab at once.

        Raises
        ------
        TaixuError
            When it has no name yet or a wrong one, or cannot be written.
        """
        entry = self.current
        target = Path(path) if path is not None else entry.path
        if target is None:
            raise TaixuError("this world has no file yet; give it a name")
        if entry.is_prefab:
            self._save_prefab(entry, target)
        else:
            write_world(target, entry.app.world, hash_asset=self.project.hash_asset)
        entry.path = target
        entry.history.mark_saved()
        return target

    def close(self, entry: OpenWorld | None = None) -> None:
        """Close a document, the active one where none is named; whoever calls has asked about unsaved changes."""
        place = self.worlds.index(self.current if entry is None else entry)
        self.worlds[place].app.close()
        del self.worlds[place]
        if place < self.active or self.active == len(self.worlds):
            self.active -= 1

    # Edits

    def do(self, command: Command, *, label: str = "", merge: Hashable = None) -> None:
        """Do a command in the active world; see `History.do`."""
        entry = self.current
        if entry.is_prefab:
            command = BelowRoot(command, entry.root, self._source_of(entry))
        self.history.do(self, WithSelection(command), label=label, merge=merge)
        self._after()

    @contextmanager
    def group(self, label: str) -> Iterator[None]:
        """All that is done in the block is one step of history; an exception undoes it."""
        try:
            with self.history.group(self, label):
                yield
        except BaseException:
            self._after()
            raise

    def undo(self) -> bool:
        """Undo the latest step; False where there is none."""
        done = self.history.undo(self)
        self._after()
        return done

    def take_back(self, merge: Hashable) -> bool:
        """Undo a drag that is given up, and forget it; see `History.take_back`."""
        done = self.history.take_back(self, merge)
        self._after()
        return done

    def redo(self) -> bool:
        """Do again what was undone last; False where there is nothing."""
        done = self.history.redo(self)
        self._after()
        return done

    def select(self, entities: Iterable[str]) -> None:
        """Select entities by stable id."""
        chosen = tuple(dict.fromkeys(entities))
        if len(self.living(chosen)) != len(chosen):
            for text in chosen:
                self.entity(text)
        self.current.selection = chosen

    def living(self, entities: Sequence[str]) -> tuple[str, ...]:
        """Those stable ids that somebody has."""
        found = self.world.find_all(id_numbers(entities)) != 0
        return tuple(entities) if found.all() else tuple(compress(entities, found.tolist()))

    def drop_dead(self) -> bool:
        """Select those no more who live no more; whether there were any."""
        entry = self.current
        if len(entry.selected) == len(entry.selection):
            return False
        entry.selection = entry.survivors
        return True

    def new_id(self) -> str:
        """A fresh stable id for a command that makes an entity."""
        return self.new_ids(1)[0]

    def new_ids(self, count: int) -> tuple[str, ...]:
        """Fresh stable ids for a command that makes so many."""
        return tuple(id_texts(new_ids(self.world, count)))

    def entity(self, text: str) -> int:
        """The handle of a stable id.

        Raises
        ------
        TaixuError
            When nobody has it.
        """
        found = self.world.find(id_number(text))
        if found is None:
            raise GoneError(f"there is no entity {text} in this world")
        return found

    def component(self, name: str) -> type:
        """The class of a component's name.

        Raises
        ------
        TaixuError
            When nobody has declared it.
        """
        declared = self.components.find(name)
        if declared is None:
            known = sorted(each.name for each in self.components)
            near = get_close_matches(name, known, n=3) or [known[0], "...", known[-1]]
            raise TaixuError(f"there is no component {name!r}; there are {len(known)}, such as {', '.join(near)}")
        return declared.cls

    # Prefabs

    def revert(self, instance: str, *, child: str | None = None, component: str | None = None,
               field: str | None = None) -> None:
        """Make an instance, or a part of it, as its prefab says (one step that can be undone)."""
        self.do(RevertEntries(instance, child, component, field), label="Revert to prefab")

    def is_news(self, source: str) -> bool:
        """Whether a prefab's file is another than when this session wrote or followed it last."""
        return self._followed.get(source) != self._signature(source)

    def prefab_changed(self, source: str, *, is_outside: bool = False) -> None:
        """A prefab's file has other content: all open worlds follow, with what is different in their instances kept.

        Parameters
        ----------
        is_outside
            Whether another program wrote it: the prefab follows where it is open without unsaved changes of its own.
        """
        self._followed[source] = self._signature(source)
        for entry in self.worlds:
            world = entry.app.world
            if not world.has_resource(PrefabLibrary):
                continue
            if entry is not self.current:  # what the active one has unrecorded is in the middle of a command
                record_overrides(world, touched_instances(world, entry.recorded_tick))
            world.resource(PrefabLibrary).forget(source)
            if world.has_resource(InstanceState):
                make_prefabs(world)
            if entry is not self.current:
                entry.recorded_tick = world.tick
                world.advance()
        opened = self._open_prefab(source)
        if opened is not None and is_outside and not opened.history.is_saved:
            return  # who saves it decides
        if opened is not None and (is_outside or opened is not self.current):
            self._follow_file(opened, source)

    def refuse_unsaved(self, source: str) -> None:
        """Refuse to write a prefab's file where the prefab is open with other changes.

        Raises
        ------
        TaixuError
            When it is.
        """
        opened = self._open_prefab(source)
        if opened is not None and opened is not self.current and not opened.history.is_saved:
            raise TaixuError(f"{source} is open with changes that are not saved; save it or undo them first")

    def _save_prefab(self, entry: OpenWorld, target: Path) -> None:
        if not target.name.endswith(PREFAB_SUFFIX):
            raise TaixuError(f"{target} is no name for a prefab: it ends in {PREFAB_SUFFIX}")
        source = self.project.path_of(target)
        save_document(target, prefab_document(entry.app.world, entry.root))
        self.prefab_changed(source)

    def _follow_file(self, entry: OpenWorld, source: str) -> None:
        """An open prefab becomes what its file says, as a step of its own history."""
        try:
            document = parse_document(self.project.read_asset(source), file=source, kind="prefab")
        except TaixuError:  # it is gone, or broken: what is open stays
            entry.history.mark_unsaved()
            return
        if document.root != entry.root:
            entry.history.mark_unsaved()
            return
        with self.within(entry):
            command = replace_blocks(entry.app.world, document)
            if command is not None:
                self.do(command, label="Change of the file")
            entry.history.mark_saved()

    def _signature(self, source: str) -> tuple[int, int] | None:
        try:
            facts = self.project.file(source).stat()
        except (OSError, TaixuError):
            return None
        return facts.st_mtime_ns, facts.st_size

    def _open_prefab(self, source: str) -> OpenWorld | None:
        return next((entry for entry in self.worlds if entry.is_prefab and self._source_of(entry) == source), None)

    def _source_of(self, entry: OpenWorld) -> str:
        """What worlds call an open prefab by."""
        return "" if entry.path is None else self.project.path_of(entry.path)

    def _app(self) -> App:
        app = self._make_app()
        if app.world.has_resource(PrefabLibrary):
            app.world.resource(PrefabLibrary).read = self.project.read_asset
        return app

    def _after(self) -> None:
        """An edit of a prefab's child is a difference of its instance; the dead are not selected."""
        world = self.world
        entry = self.current
        self.drop_dead()
        if len(world.query(PrefabInstance)):
            record_overrides(world, touched_instances(world, entry.recorded_tick))
        if world.has_resource(InstanceState):
            make_prefabs(world)
        resolve_references(world)
        entry.recorded_tick = world.tick
        world.advance()
