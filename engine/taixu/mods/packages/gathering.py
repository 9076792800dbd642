"""What an installation has to work with: the files that were named, mods in work, indexes, and wishes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError
from taixu.mods.packages.fetch import is_url
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.index_source import Index, index_place, open_index
from taixu.mods.packages.install_plan import Alarm
from taixu.mods.packages.keyring import read_key_text
from taixu.mods.packages.minisign import MAX_SIGNATURE_BYTES, PublicKey, parse_public_key
from taixu.mods.packages.open_sources import OpenSources
from taixu.mods.packages.package import Package, is_mod, parse_package, read_package
from taixu.mods.packages.pins import Pins
from taixu.mods.packages.resolver import Wish
from taixu.mods.packages.revocations import Revocations
from taixu.mods.packages.version import Range, Version, parse_range
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES

if TYPE_CHECKING:
    from taixu.mods.packages.installing import InstallOptions
    from taixu.mods.packages.project_mods import ProjectMods

__all__ = ["Gathered", "NamedFile", "gather", "open_pinned_index", "remember_indexes"]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A folder or zip that somebody named."""

    package: Package
    zip: bytes
    signature: bytes | None
    key: PublicKey | None


@dataclass(slots=True)
class Gathered:
    """All that choosing versions needs."""

    files: dict[str, NamedFile]
    in_work: dict[str, Package]
    sources: OpenSources
    indexes: dict[str, Index]
    wishes: list[Wish]
    direct: set[str]
    preferred: dict[str, Version]
    alarms: list[Alarm] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(project: ProjectMods, pins: Pins, wanted: Sequence[str], options: InstallOptions) -> Gathered:
    """Read and open all of it.

    Raises
    ------
    TaixuError
        When something that was named cannot be read.
    """
    files: dict[str, NamedFile] = {}
    ranges: dict[str, Range] = {}
    for word in wanted:
        if is_url(word):
            raise UsageError(f"{word!a:.100}: name a mod of it: taixu mod install ID --index {word!a:.100}")
        if _is_path(word):
            named = _read_named(Path(word), options.key)
            if named.package.id in files:
                raise UsageError(f"{named.package.id} is named twice")
            files[named.package.id] = named
        else:
            id, _, text = word.partition("@")
            doubt = id_doubt(id)
            if doubt:
                raise UsageError(f"{word!a:.80}: there is no such file, and as an id {doubt}")
            ranges[id] = parse_range(text or "*")
    in_work = {id: package for id, package in project.in_work().items() if id not in files}
    installed: dict[str, Package] = {}
    notes: list[str] = []
    for id in project.lock:
        try:
            installed[id] = project.package(id)
        except TaixuError as error:
            notes.append(f"{error}")
    at_hand = {**{id: named.package for id, named in files.items()}, **in_work}
    indexes, alarms, said = _open_indexes(project, pins, at_hand, installed, ranges, options)
    sources = OpenSources(
        at_hand, indexes, lock=project.lock, installed=installed, pins=pins, moved="origin" in options.accept
    )
    wishes = [Wish(id, parse_range("*"), "the project") for id in sorted(at_hand)]
    wishes += [Wish(id, range, "the call") for id, range in sorted(ranges.items())]
    wishes += [Wish(id, parse_range("*"), "the project") for id, mod in project.lock.items() if mod.direct and id not in at_hand]
    fresh = (set(ranges) or set(project.lock)) if options.update else set()
    preferred = {id: mod.version for id, mod in project.lock.items() if id not in fresh}
    return Gathered(files, in_work, sources, indexes, wishes, set(files) | set(ranges), preferred, alarms, notes + said)


def open_pinned_index(place: str, pins: Pins, *, key: str = "", offline: bool = False) -> tuple[Index, bool]:
    """Open an index with the key that it is bound to, or that is named; else with the one that lies beside it.

    Returns
    -------
    index : Index
    is_trusted : bool
        False where its key was taken from itself: somebody has to agree to that.
    """
    place = index_place(place)
    pin = pins.indexes.get(place)
    if key:
        return open_index(place, key=read_key_text(key), least_serial=pin.serial if pin else 0, offline=offline), True
    if pin is not None:
        return open_index(place, key=parse_public_key(pin.key, file=place), least_serial=pin.serial, offline=offline), True
    from taixu.mods.packages.fetch import fetch

    name = f"{place.rstrip('/')}/index.pub"
    if is_url(place):
        if offline:
            raise TaixuError(f"{place}: was never asked before, and this is offline")
        text = fetch(name, max_bytes=MAX_SIGNATURE_BYTES)
    else:
        text = read_bytes(Path(name), max_bytes=MAX_SIGNATURE_BYTES)
    return open_index(place, key=parse_public_key(text.decode("utf-8", "replace"), file=name), offline=offline), False


def _is_path(word: str) -> bool:
    return os.sep in word or "/" in word or word.endswith(".zip") or word in (".", "..") or is_mod(Path(word))


def _read_named(path: Path, key: str) -> NamedFile:
    named_key = read_key_text(key) if key else None
    if not path.exists():
        raise TaixuError(f"{path}: there is no such file or folder")
    if path.suffix.lower() != ".zip" or path.is_dir():
        package = read_package(path)
        if named_key is not None:
            raise TaixuError(f"{path}: a folder is not signed; leave --key out, or name the zip")
        return NamedFile(package, package.zip_bytes(), None, None)
    data = read_bytes(path, max_bytes=MAX_ZIP_BYTES)
    signed, beside = path.with_name(f"{path.name}.minisig"), path.with_name(f"{path.name}.pub")
    signature = read_bytes(signed, max_bytes=MAX_SIGNATURE_BYTES) if signed.is_file() else None
    if named_key is not None and signature is None:
        raise TaixuError(f"{signed}: is missing, so nothing shows that the key signed it")
    package = parse_package(data, place=str(path))
    if named_key is None and signature is not None and beside.is_file() and package.id not in Pins().mods:
        text = read_bytes(beside, max_bytes=MAX_SIGNATURE_BYTES).decode("utf-8", "replace")
        named_key = parse_public_key(text, file=str(beside))
    return NamedFile(package, data, signature, named_key)


def _open_indexes(
    project: ProjectMods, pins: Pins, at_hand: dict[str, Package], installed: dict[str, Package], ranges: dict[str, Range],
    options: InstallOptions,
) -> tuple[dict[str, Index], list[Alarm], list[str]]:  # fmt: skip
    """Those that were named; and where something is to be looked for, those that it came from before."""
    indexes: dict[str, Index] = {}
    alarms: list[Alarm] = []
    notes: list[str] = []

    def add(place: str, key: str) -> None:
        index, is_trusted = open_pinned_index(place, pins, key=key, offline=options.offline)
        indexes[index.place] = index
        notes.extend(index.notes)
        if index.stale:
            alarms.append(Alarm("stale", index.stale))
        if is_trusted:
            remember_indexes([index])
        else:
            alarms.append(Alarm("index", f"{index.place} is new here; it says that its key is {index.key.name}"))

    for place in options.indexes:
        add(place, options.index_key)
    needed = {id for package in (*at_hand.values(), *installed.values()) for id in package.manifest.depends}
    missing = (needed | ranges.keys() | project.lock.keys()) - at_hand.keys() - installed.keys()
    if not missing and not options.update:
        return indexes, alarms, notes
    origins = [mod.source for mod in project.lock.values()] + [pins.mods[id].origin for id in sorted(missing & pins.mods.keys())]
    homes = {origin.removeprefix("index ") for origin in origins if origin.startswith("index ")}
    for place in sorted((homes if options.indexes else homes | pins.indexes.keys()) - indexes.keys()):
        try:
            add(place, "")
        except TaixuError as error:
            notes.append(str(error))
    return indexes, alarms, notes


def remember_indexes(indexes: Iterable[Index]) -> None:
    """Bind indexes to their keys, and keep what they withdrew."""
    pins, revocations = Pins(), Revocations()
    for index in indexes:
        pins.pin_index(index.place, key=index.key.text, serial=index.data.serial)
        revocations.learn(index.place, index.data)
