"""A folder of mods in a world that runs: which of them are loaded, following the world's settings and what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.mods.granting import grants_of, load_all
from taixu.mods.packages.load_order import SharedColumn
from taixu.mods.packages.package import Package, read_package
from taixu.mods.packages.project_mods import Loadable, ProjectMods

if TYPE_CHECKING:
    from taixu.mods.host import ModHost

__all__ = ["FolderMods", "folder_stamp"]

Stamp = tuple[tuple[str, int, int], ...]
_MOST_FILES = 2000


class FolderMods:
    """The mods of a folder that run in a world.

    Parameters
    ----------
    host : ModHost
    folder : Path
        Of a project: ``mods``.

    Attributes
    ----------
    loaded : dict of str to Loadable
        Those that run, by id, in load order.
    refused : dict of str to str
        Why the others do not.
    shared : tuple of SharedColumn
        Columns with two writers.
    """

    def __init__(self, host: ModHost, folder: Path) -> None:
        self.folder = folder
        self.loaded: dict[str, Loadable] = {}
        self.refused: dict[str, str] = {}
        self.shared: tuple[SharedColumn, ...] = ()
        self._host = host
        self._settings: dict[str, Any] | None = None
        self._stamps: dict[str, Stamp] = {}

    def follow(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Load what may run with a world's settings (its ``"mods"``), end what may not; gives why some do not.

        Those that run already, and are what they were, run on.

        Raises
        ------
        TaixuError
            When the folder cannot be read; nothing has changed then.
        """
        found = ProjectMods(self.folder).loadable(settings)
        wanted = {mod.package.id: mod for mod in found.mods}
        for id, mod in list(self.loaded.items()):
            if id not in wanted or not _is_same(mod, wanted[id]):
                self._end(id)
        fresh = tuple(mod for id, mod in wanted.items() if id not in self.loaded)
        self.refused = dict(found.refused) | load_all(self._host, fresh)
        self.loaded = {id: mod for id, mod in wanted.items() if id in self._host.mods}
        self.shared = found.shared
        self._settings = dict(settings)
        self._stamps = {id: folder_stamp(mod.folder) for id, mod in self.loaded.items() if mod.folder is not None}
        others = [id for id in self._host.mods if id not in self.loaded]
        self._host.mods = {id: self._host.mods[id] for id in (*self.loaded, *others)}
        return self.refused

    def follow_changes(self, settings: Mapping[str, Any]) -> None:
        """Load and end mods where the settings are others than they were."""
        if self._settings is not None and dict(settings) != self._settings:
            self.follow(settings)

    def restart(self, id: str) -> None:
        """Start one anew, from nothing, in its place of the order.

        Raises
        ------
        TaixuError
            When none of that id runs here, or it cannot be loaded.
        """
        mod = self.loaded.get(id)
        if mod is None:
            raise TaixuError(f"there is no mod {id} that could start again: {self.refused.get(id, 'none of that id is loaded')}")
        order = list(self._host.mods)
        self._host.unload(id)
        if mod.folder is not None:
            mod = self.loaded[id] = Loadable(read_package(mod.folder), mod.capabilities, mod.folder)
            self._stamps[id] = folder_stamp(Path(mod.package.place))
        load_all(self._host, (mod,))
        self._host.mods = {each: self._host.mods[each] for each in order if each in self._host.mods}

    def reload_changed(self) -> list[str]:
        """Reload mods in work that were saved since; their state is kept, and one that does not start runs on as it was."""
        reloaded = []
        for id, mod in list(self.loaded.items()):
            if mod.folder is None or (stamp := folder_stamp(mod.folder)) == self._stamps[id]:
                continue
            self._stamps[id] = stamp
            try:
                if self._reload(id, mod, read_package(mod.folder)):
                    reloaded.append(id)
            except TaixuError as error:
                text = f"mod {id!r} is not reloaded, its last good version runs on: {error}"
                if id in self._host.mods:
                    self._host.say("error", text, mod=self._host.mods[id])
        return reloaded

    def names(self) -> list[str]:
        """Ids of all that lie in the folder, or the names of folders that are no mods."""
        found = ProjectMods(self.folder).loadable({})
        return [*(mod.package.id for mod in found.mods), *found.refused]

    def clear(self) -> None:
        """End all of them."""
        for id in list(self.loaded):
            self._end(id)

    def _reload(self, id: str, mod: Loadable, package: Package) -> bool:
        is_same = grants_of(package.manifest) == grants_of(mod.package.manifest) and package.id == id
        if is_same and package.manifest.entry == mod.package.manifest.entry:
            self.loaded[id] = Loadable(package, mod.capabilities, mod.folder)
            return self._host.reload(id, package.sources)
        self.follow(self._settings or {})  # it asks for other things than it did: that is looked at as when it was first loaded
        if id not in self.loaded:
            raise TaixuError(self.refused.get(id, "it is another mod now"))
        return True

    def _end(self, id: str) -> None:
        self.loaded.pop(id, None)
        self._stamps.pop(id, None)
        if id in self._host.mods:
            self._host.unload(id)


def folder_stamp(folder: Path) -> Stamp:
    """What changes when a source or the manifest of a mod in work is saved."""
    found = []
    for file in sorted([*folder.rglob("*.py"), *folder.glob("*.toml")])[:_MOST_FILES]:
        try:
            facts = file.stat()
        except OSError:
            continue
        found.append((str(file), facts.st_mtime_ns, facts.st_size))
    return tuple(found)


def _is_same(one: Loadable, other: Loadable) -> bool:
    """Whether what runs is what would be loaded now; a mod in work is reloaded, not loaded anew, where it only was written."""
    if one.capabilities != other.capabilities or one.folder != other.folder:
        return False
    if one.folder is not None:
        return grants_of(one.package.manifest) == grants_of(other.package.manifest)
    return one.package.hash == other.package.hash
