"""The folder ``mods/`` of a project: installed packages and mods in work, and which of them may run here.

::

    mods/mods.lock                      what is installed
    mods/alice.swarm-1.2.0.zip          packages, never unpacked, hashed again whenever they are loaded
    mods/alice.swarm-1.2.0.zip.minisig  who signed
    mods/my_fish/mod.toml               a mod in work: a folder
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.assets.paths import data_path, read_bytes
from taixu.errors import MachineError, TaixuError
from taixu.mods.packages.consents import Consent, Consents
from taixu.mods.packages.files import MANIFEST
from taixu.mods.packages.load_order import SharedColumn, load_order, shared_columns
from taixu.mods.packages.lock import LockedMod, read_lock
from taixu.mods.packages.manifest import Capability
from taixu.mods.packages.minisign import MAX_SIGNATURE_BYTES, PublicKey, parse_public_key, parse_signature, verify
from taixu.mods.packages.package import Package, parse_package, read_package
from taixu.mods.packages.pins import Pins
from taixu.mods.packages.requests import new_requests, requests_of
from taixu.mods.packages.revocations import Revocations
from taixu.mods.packages.version import parse_version
from taixu.mods.packages.world_settings import is_enabled
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES

__all__ = ["Loadable", "LoadableMods", "ProjectMods"]

_MOST_IN_WORK = 64


@dataclass(frozen=True, slots=True)
class Loadable:
    """A mod that may run.

    Attributes
    ----------
    capabilities
        What it asked for and was granted: a subset of its manifest's.
    folder
        Of a mod in work; None for installed packages.
    """

    package: Package
    capabilities: Mapping[str, Capability]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class LoadableMods:
    """What a world loads.

    Attributes
    ----------
    mods
        In load order.
    refused
        Sentences by id: mods that are there and do not run.
    shared
        Columns with two writers, to be shown before play.
    """

    mods: tuple[Loadable, ...]
    refused: Mapping[str, str]
    shared: tuple[SharedColumn, ...]


class ProjectMods:
    """The mods of one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = read_lock(folder)
        self.consents = Consents(folder)

    def package(self, id: str) -> Package:
        """An installed package, if it is what the lock file says.

        Raises
        ------
        TaixuError
            When it is missing, or was changed.
        """
        return self._checked(self.lock[id])[0]

    def signer(self, id: str) -> PublicKey | None:
        """The key that signed an installed package, verified; None where the lock file names none.

        Raises
        ------
        TaixuError
            When it did not sign it: what a lock file says is a claim.
        """
        locked = self.lock[id]
        if not locked.key:
            return None
        key = parse_public_key(locked.key, file=f"the key of {id}")
        self._verify(locked, self._checked(locked)[1], key)
        return key

    def in_work(self) -> dict[str, Package]:
        """Folders with a manifest, by id.

        Raises
        ------
        TaixuError
            When one is no mod, or two have the same id.
        """
        works, doubts = self._works()
        for sentence in doubts.values():
            raise TaixuError(sentence)
        return works

    def loadable(self, settings: Mapping[str, Any] | None = None) -> LoadableMods:
        """What a world with these settings (its ``"mods"``) may run on this machine: granted, unchanged, not withdrawn.

        Nothing raises for a single mod; why it does not run is in `refused`.
        """
        settings, refused, found = settings or {}, {}, {}
        revocations = Revocations()
        works, doubts = self._works()
        refused.update(doubts)
        for id in sorted(self.lock.keys() | works.keys()):
            locked = None if id in works else self.lock[id]
            if not is_enabled(id, settings, usual=locked is None or locked.enabled):
                refused[id] = "is off in this world"
                continue
            try:
                found[id] = self._loadable(works[id]) if locked is None else self._installed(locked, revocations)
            except TaixuError as error:
                refused[id] = str(error)
        self._drop_incomplete(found, refused)
        try:
            order = load_order(mod.package.manifest for mod in found.values())
        except TaixuError as error:
            return LoadableMods((), {**refused, **dict.fromkeys(found, str(error))}, ())
        shared = shared_columns(found[id].package.manifest for id in order)
        return LoadableMods(tuple(found[id] for id in order), refused, tuple(shared))

    def _works(self) -> tuple[dict[str, Package], dict[str, str]]:
        """Mods in work, and sentences for folders that are none; one bad folder takes no other with it."""
        works: dict[str, Package] = {}
        doubts: dict[str, str] = {}
        for file in sorted(self.folder.glob(f"*/{MANIFEST}"))[:_MOST_IN_WORK]:
            try:
                if file.parent.is_symlink():
                    raise TaixuError("is a link; a mod in work is a folder")
                package = read_package(file.parent)
                if package.id in works:
                    raise TaixuError(f"{package.id} is in {works[package.id].place} too; remove one of them")
                works[package.id] = package
            except TaixuError as error:
                doubts[file.parent.name] = str(error)
        return works, doubts

    def _installed(self, locked: LockedMod, revocations: Revocations) -> Loadable:
        package, data = self._checked(locked)
        pin = Pins().mods.get(locked.id)
        # What the lock file says of its origin is a claim; where it came from on this machine is known.
        for source in {locked.source, locked.source if pin is None else pin.origin}:
            why = revocations.find(source, id=locked.id, version=locked.version, key=locked.key, content=locked.content)
            if why:
                raise TaixuError(f"{locked.id} {locked.version} was withdrawn by its index: {why}")
        consent = self.consents.find(locked.id)
        if consent is not None and consent.content != locked.content:
            self._check_update(locked, consent, data)
        return self._granted(package, consent, None)

    def _loadable(self, package: Package) -> Loadable:
        consent = self.consents.find(package.id)
        if consent is not None and consent.content:  # given to a package, not to what lies in this folder
            consent = None
        return self._granted(package, consent, Path(package.place))

    def _granted(self, package: Package, consent: Consent | None, folder: Path | None) -> Loadable:
        manifest = package.manifest
        manifest.require_api()
        if consent is None and _is_shipped(self.folder):
            return Loadable(package, manifest.capabilities, folder)
        if consent is None:
            raise TaixuError(f"{manifest.label} was not accepted on this machine; `taixu mod install` asks")
        asked = [request for request in requests_of(manifest) if request.name not in consent.denied]
        more = new_requests(asked, consent.granted)
        if more:
            raise TaixuError(f"{manifest.label} asks for more than was accepted: {more[0].text}; `taixu mod install` asks")
        capabilities = {name: each for name, each in manifest.capabilities.items() if name not in consent.denied}
        return Loadable(package, capabilities, folder)

    def _checked(self, locked: LockedMod) -> tuple[Package, bytes]:
        file = self.folder / locked.file
        if not file.is_file():
            raise TaixuError(f"{file}: is missing; `taixu mod install` brings it back")
        data = read_bytes(file, max_bytes=MAX_ZIP_BYTES)
        package = parse_package(data, place=str(file))
        if (package.id, package.manifest.version, package.hash) != (locked.id, locked.version, locked.content):
            raise TaixuError(f"{file}: is not the package that the lock file names; somebody changed it; install it anew")
        package.manifest.require_api()
        return package, data

    def _check_update(self, locked: LockedMod, consent: Consent, data: bytes) -> None:
        """What came with the project in place of what was granted: the same key signed it, and it is newer."""
        again = "`taixu mod install` asks again"
        if not consent.key or consent.key != locked.key:
            raise TaixuError(f"{locked.id} {locked.version} is another than was accepted here; {again}")
        if locked.version < parse_version(consent.version):
            raise TaixuError(f"{locked.id} {locked.version} is older than {consent.version}, which was accepted here; {again}")
        self._verify(locked, data, parse_public_key(consent.key, file=f"the key of {locked.id}"))

    def _verify(self, locked: LockedMod, data: bytes, key: PublicKey) -> None:
        name = f"{locked.file}.minisig"
        signature = parse_signature(read_bytes(self.folder / name, max_bytes=MAX_SIGNATURE_BYTES), file=name)
        verify(data, signature, key, file=str(self.folder / locked.file))

    def _drop_incomplete(self, found: dict[str, Loadable], refused: dict[str, str]) -> None:
        """Leave out what needs something that does not run, until nothing changes; and of two enemies the later one."""
        for id in sorted(found):
            conflicts = found[id].package.manifest.conflicts if id in found else {}
            for other, range in conflicts.items():
                if other in found and found[other].package.manifest.version in range:
                    later = max(id, other)
                    refused[later] = f"does not go with {min(id, other)}; turn one of them off"
                    found.pop(later)
        while True:
            lacking = {}
            for id, mod in found.items():
                for other, range in mod.package.manifest.depends.items():
                    if other not in found or found[other].package.manifest.version not in range:
                        lacking[id] = f"needs {other} {range}, which does not run here"
            if not lacking:
                return
            refused.update(lacking)
            for id in lacking:
                found.pop(id)


def _is_shipped(folder: Path) -> bool:
    """Whether a project came with Taixu itself: who installed that has agreed to its samples."""
    try:
        return folder.resolve().is_relative_to(data_path("samples").resolve())
    except MachineError:
        return False
