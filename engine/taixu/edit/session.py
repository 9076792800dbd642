"""An editing session: a project, its open worlds, what is selected. The editor is a window onto one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from taixu.app import App, Components
from taixu.ecs import World
from taixu.edit.commands import Command, RevertEntries
from taixu.edit.findings import Finding
from taixu.edit.history import History
from taixu.edit.ids import id_number, id_text, new_id
from taixu.edit.instantiate import InstanceState, make_prefabs
from taixu.edit.kept import resolve_references
from taixu.edit.migrations import Migrations
from taixu.edit.overrides import apply_to_prefab, record_overrides, touched_instances
from taixu.edit.prefab import PrefabInstance, PrefabLibrary
from taixu.edit.project import Project
from taixu.edit.world_document import ResolveAsset
from taixu.edit.world_file import read_world, save_document, write_world
from taixu.errors import TaixuError

__all__ = ["OpenWorld", "Session"]


@dataclass(slots=True)
class OpenWorld:
    """A world that is open: its app, its file, its history and selection."""

    app: App
    path: Path | None = None
    history: History = field(default_factory=History)
    selection: tuple[str, ...] = ()
    """Stable ids; the last is the active one."""
    findings: list[Finding] = field(default_factory=list)
    """What was doubtful when it was read."""
    recorded_tick: int = 0
    """Up to when edits of prefab instances are recorded as their overrides."""


class Session:
    """Open worlds of one project; commands go to the active one.

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
        """Open a world's file, or bring the one that is open to the front.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        path = Path(path)
        for place, entry in enumerate(self.worlds):
            if entry.path is not None and entry.path.resolve() == path.resolve():
                self.active = place
                return entry
        app = self._app()
        migrations = app.resource(Migrations) if app.world.has_resource(Migrations) else None
        try:
            findings = read_world(
                path, app.world, app.components, migrations=migrations, resolve_asset=self.resolve_asset
            )
        except BaseException:
            app.close()
            raise
        self.worlds.append(OpenWorld(app, path, findings=findings, recorded_tick=app.world.tick))
        app.world.advance()
        self.active = len(self.worlds) - 1
        return self.current

    def save(self, path: Path | str | None = None) -> Path:
        """Save the active world, under another name if one is given."""
        entry = self.current
        target = Path(path) if path is not None else entry.path
        if target is None:
            raise TaixuError("this world has no file yet; give it a name")
        write_world(target, entry.app.world, hash_asset=self.project.hash_asset)
        entry.path = target
        entry.history.mark_saved()
        return target

    def close(self) -> None:
        """Close the active world; whoever calls has asked about unsaved changes."""
        self.current.app.close()
        del self.worlds[self.active]
        self.active = min(self.active, len(self.worlds) - 1)

    # Edits

    def do(self, command: Command, *, label: str = "", merge: Hashable = None) -> None:
        """Do a command in the active world; see `History.do`."""
        self.history.do(self, command, label=label, merge=merge)
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

    def redo(self) -> bool:
        """Do again what was undone last; False where there is nothing."""
        done = self.history.redo(self)
        self._after()
        return done

    def select(self, entities: Iterable[str]) -> None:
        """Select entities by stable id."""
        chosen = tuple(dict.fromkeys(entities))
        for text in chosen:
            self.entity(text)
        self.current.selection = chosen

    def new_id(self) -> str:
        """A fresh stable id for a command that makes an entity."""
        return id_text(new_id(self.world))

    def entity(self, text: str) -> int:
        """The handle of a stable id.

        Raises
        ------
        TaixuError
            When nobody has it.
        """
        found = self.world.find(id_number(text))
        if found is None:
            raise TaixuError(f"there is no entity {text} in this world")
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
            raise TaixuError(f"there is no component {name!r}; known are {', '.join(x.name for x in self.components)}")
        return declared.cls

    # Prefabs

    def revert(self, instance: str, *, child: str | None = None, component: str | None = None,
               field: str | None = None) -> None:
        """Make an instance, or a part of it, as its prefab says (one step that can be undone)."""
        self.do(RevertEntries(instance, child, component, field), label="Revert to prefab")

    def apply_to_prefab(self, instance: str) -> Path:
        """Write what is different in an instance into its prefab's file; all its instances follow."""
        source, document = apply_to_prefab(self.world, self.entity(instance))
        path = self.project.file(source)
        save_document(path, document)
        for entry in self.worlds:
            if entry is not self.current and entry.app.world.has_resource(PrefabLibrary):
                entry.app.world.resource(PrefabLibrary).forget(source)
        return path

    def _app(self) -> App:
        app = self._make_app()
        if app.world.has_resource(PrefabLibrary):
            app.world.resource(PrefabLibrary).read = self.project.read_asset
        return app

    def _after(self) -> None:
        """An edit of a prefab's child is a difference of its instance; the dead are not selected."""
        world = self.world
        entry = self.current
        entry.selection = tuple(text for text in entry.selection if world.find(id_number(text)) is not None)
        if len(world.query(PrefabInstance)):
            record_overrides(world, touched_instances(world, entry.recorded_tick))
        if world.has_resource(InstanceState):
            make_prefabs(world)
        resolve_references(world)
        entry.recorded_tick = world.tick
        world.advance()
