"""What lies in a project's folder of mods, read whole: for who shows it. A thread does that, packages may be large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.mods.packages.load_order import SharedColumn, shared_columns
from taixu.mods.packages.manifest import Manifest
from taixu.mods.packages.package import Package
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.requests import Request, requests_of
from taixu.mods.packages.world_settings import is_enabled

__all__ = ["Listing", "ModEntry", "listing_stamp", "read_listing"]

_ASKS = "`taixu mod install`"
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ModEntry:
    """One mod of the project.

    Attributes
    ----------
    id
        Or the name of a folder that is no mod.
    manifest
        None where it cannot be read.
    folder
        Of a mod in work; None for an installed one.
    signer, key
        Who signed it, verified, by name and as the public key; empty where nobody did.
    origin
        ``index PLACE``, ``file`` or empty.
    requests, denied
        What it asks for, and the capabilities that were refused.
    why
        Why it does not run, whatever the world says; empty where it may.
    needs_consent
        Whether it would run if somebody agreed.
    usual
        Whether it runs where a world says nothing of it.
    bytes_total, files
        Of the package.
    """

    id: str
    manifest: Manifest | None = None
    folder: Path | None = None
    signer: str = ""
    key: str = ""
    origin: str = ""
    requests: tuple[Request, ...] = ()
    denied: tuple[str, ...] = ()
    why: str = ""
    needs_consent: bool = False
    usual: bool = True
    bytes_total: int = 0
    files: int = 0

    @property
    def title(self) -> str:
        """What people read."""
        return self.manifest.title if self.manifest is not None else self.id

    @property
    def version(self) -> str:
        """As text; empty where it is not known."""
        return str(self.manifest.version) if self.manifest is not None else ""

    def is_on(self, settings: Mapping[str, Any]) -> bool:
        """Whether a world's settings have it run."""
        return is_enabled(self.id, settings, usual=self.usual)


@dataclass(frozen=True, slots=True)
class Listing:
    """All mods of a folder, those that can run in load order, the others after them."""

    entries: tuple[ModEntry, ...] = ()
    problem: str = ""

    def find(self, id: str) -> ModEntry | None:
        """The one of an id."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def shared(self, settings: Mapping[str, Any]) -> list[SharedColumn]:
        """Columns with two writers among those that a world has run."""
        return shared_columns(
            entry.manifest for entry in self.entries if entry.manifest is not None and not entry.why and entry.is_on(settings)
        )


def read_listing(folder: Path) -> Listing:
    """Read everything; what is wrong with one mod is said of it, and takes no other with it."""
    try:
        project = ProjectMods(folder)
        found = project.loadable({"enabled": _ids(project)})
        order = [mod.package.id for mod in found.mods]
        packages = {mod.package.id: mod.package for mod in found.mods}
        works = {mod.package.id for mod in found.mods if mod.folder is not None}
        entries = []
        for id in (*order, *sorted(found.refused.keys() - set(order))):
            package, folder_of = packages.get(id), None
            if package is None:
                package, folder_of = _looked_up(project, id)
            elif id in works:
                folder_of = Path(package.place)
            entries.append(_entry(project, id, package, folder_of, found.refused.get(id, "")))
    except TaixuError as error:
        return Listing(problem=str(error))
    return Listing(tuple(entries))


def listing_stamp(folder: Path) -> Stamp:
    """What changes when something of the folder does, or a decision about it: cheap enough to be asked for often."""
    from taixu.mods.packages.user_files import user_folder

    found = []
    for file in (*sorted(folder.glob("*")), *sorted(folder.glob("*/*.toml")), *sorted(folder.glob("*/*.py")),
                 *sorted(user_folder().glob("*.json"))):  # fmt: skip
        try:
            facts = file.stat()
        except OSError:
            continue
        found.append((str(file), facts.st_mtime_ns, facts.st_size))
    return tuple(found)


def _ids(project: ProjectMods) -> list[str]:
    try:
        works = list(project.in_work())
    except TaixuError:  # `loadable` says which folder is none
        works = []
    return sorted({*project.lock, *works})


def _looked_up(project: ProjectMods, id: str) -> tuple[Package | None, Path | None]:
    """A package that does not run, to be shown all the same."""
    try:
        if id in project.lock:
            return project.package(id), None
        package = project.in_work().get(id)
        return package, None if package is None else Path(package.place)
    except TaixuError:
        return None, None


def _entry(project: ProjectMods, id: str, package: Package | None, folder: Path | None, why: str) -> ModEntry:
    locked = project.lock.get(id) if folder is None else None
    signer = key = ""
    if locked is not None and locked.key and package is not None:
        try:
            found = project.signer(id)
            signer, key = (found.name, found.text) if found is not None else ("", "")
        except TaixuError as error:
            why = why or str(error)
    consent = project.consents.find(id)
    manifest = None if package is None else package.manifest
    return ModEntry(
        id, manifest, folder, signer, key, "" if locked is None else locked.source,
        () if manifest is None else tuple(requests_of(manifest)), () if consent is None else consent.denied,
        why.partition(f"; {_ASKS}")[0], _ASKS in why, locked is None or locked.enabled,
        0 if package is None else sum(map(len, package.contents.values())), 0 if package is None else len(package.contents),
    )  # fmt: skip
