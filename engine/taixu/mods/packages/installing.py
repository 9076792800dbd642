"""Installing: plan first, agree, then write. The lock file makes an installation count; it is written after the packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.mods.packages.consents import Consent
from taixu.mods.packages.gathering import Gathered, gather, remember_indexes
from taixu.mods.packages.identity import look_alikes
from taixu.mods.packages.index_format import IndexEntry
from taixu.mods.packages.index_source import Index
from taixu.mods.packages.install_plan import ALARMS, Alarm, Plan, PlanItem
from taixu.mods.packages.load_order import load_order, shared_columns
from taixu.mods.packages.lock import LockedMod, write_lock
from taixu.mods.packages.minisign import PublicKey, parse_public_key, parse_signature, verify
from taixu.mods.packages.package import Package, parse_package
from taixu.mods.packages.pins import ModPin, Pins
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.requests import new_requests, requests_of
from taixu.mods.packages.resolver import resolve
from taixu.mods.packages.version import parse_version

__all__ = ["InstallOptions", "apply_plan", "plan_install", "remove_mods"]


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """How to install.

    Attributes
    ----------
    indexes
        Places to look in; those of earlier installations by default.
    index_key, key
        Public keys that the index, and the packages that are named as files, have to be signed with.
    update
        Take newer versions than the lock file's: of what is named, or of all where nothing is.
    offline
        Ask nobody; take what was fetched last.
    accept
        Kinds of alarms that are agreed to.
    denied
        Capabilities that are refused, to all (``net``) or to one (``alice.fish:net``); the mods run without them.
    """

    indexes: tuple[str, ...] = ()
    index_key: str = ""
    key: str = ""
    update: bool = False
    offline: bool = False
    accept: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


@dataclass
class _Found:
    """A package with who signed it and where it is from."""

    package: Package
    key: PublicKey | None
    origin: str
    zip: bytes | None = None
    signature: bytes | None = None
    in_work: bool = False


def plan_install(folder: Path, wanted: Sequence[str], options: InstallOptions | None = None) -> Plan:
    """What installing would do to a folder of mods; only what was fetched is kept, and nothing else written.

    Parameters
    ----------
    wanted
        Folders, zips, ids, or ids with versions (``alice.swarm@^1.2``); nothing means all that the lock file and mods in work need.

    Raises
    ------
    TaixuError
        When it cannot be done; alarms do not raise.
    """
    options = options or InstallOptions()
    unknown = sorted(options.accept - set(ALARMS))
    if unknown:
        raise TaixuError(f"{unknown[0]!r} is nothing to agree to; there are {', '.join(ALARMS)}")
    pins, project = Pins(), ProjectMods(folder)
    gathered = gather(project, pins, wanted, options)
    chosen = resolve(gathered.wishes, gathered.sources.candidates, preferred=gathered.preferred)
    found: dict[str, _Found] = {}
    for id, candidate in chosen.items():
        assert candidate.version is not None
        found[id] = _found(id, candidate.version, gathered, project, pins)
        found[id].package.manifest.require_api()
    order = load_order(each.package.manifest for each in found.values())
    items = tuple(_item(id, found[id], project, gathered) for id in order)
    alarms = [*gathered.alarms, *(alarm for item in items for alarm in _alarms(item, pins, project))]
    removed = tuple(mod for id, mod in sorted(project.lock.items()) if id not in found or found[id].in_work)
    shared = tuple(shared_columns(item.package.manifest for item in items))
    return Plan(items, removed, tuple(alarms), tuple(gathered.notes), shared, tuple(gathered.indexes.values()))


def apply_plan(folder: Path, plan: Plan, options: InstallOptions | None = None) -> None:
    """Install what was agreed to, and record that it was.

    Raises
    ------
    TaixuError
        When there are alarms that were not agreed to; then nothing is written.
    """
    options = options or InstallOptions()
    open_alarms = [alarm for alarm in plan.alarms if alarm.kind not in options.accept]
    if open_alarms:
        raise TaixuError(f"{open_alarms[0].text}; --accept {open_alarms[0].kind} agrees to that")
    remember_indexes(plan.indexes)
    project, pins = ProjectMods(folder), Pins()
    folder.mkdir(parents=True, exist_ok=True)
    lock: dict[str, LockedMod] = {}
    for item in plan.items:
        if item.in_work:
            continue
        known = project.lock.get(item.package.id)
        if item.zip is not None:
            name = item.package.manifest.file_name
            write_atomic(folder / name, item.zip, follow=False)
            if item.signature is not None:
                write_atomic(folder / f"{name}.minisig", item.signature, follow=False)
            elif (folder / f"{name}.minisig").exists():
                (folder / f"{name}.minisig").unlink()
        lock[item.package.id] = _locked(item, known)
    write_lock(folder, lock)
    kept = {mod.file for mod in lock.values()}
    for mod in project.lock.values():
        if mod.file not in kept:
            _delete(folder, mod)
    for item in plan.items:
        _record(project, pins, item, options.denied)
    for mod in plan.removed:
        if mod.id not in {item.package.id for item in plan.items}:
            project.consents.forget(mod.id)


def remove_mods(folder: Path, ids: Iterable[str]) -> list[LockedMod]:
    """Remove mods, and what only they needed. Pins stay: whoever installs one again gets it from the same hands.

    Raises
    ------
    TaixuError
        When one is not installed, or another one needs it.
    """
    project = ProjectMods(folder)
    gone = set(ids)
    for id in sorted(gone - project.lock.keys()):
        near = look_alikes(id, project.lock)
        raise TaixuError(f"{id} is not installed" + (f"; did you mean {near[0]}?" if near else ""))
    manifests = {id: project.package(id).manifest for id in project.lock if id not in gone}
    manifests |= {id: package.manifest for id, package in project.in_work().items()}
    for id, manifest in sorted(manifests.items()):
        needed = sorted(set(manifest.depends) & gone)
        if needed and (id not in project.lock or project.lock[id].direct):
            raise TaixuError(f"{id} needs {needed[0]}; remove it too")
    while True:  # what nobody asked for, and nobody needs any more
        needed_now = {other for id, manifest in manifests.items() if id not in gone for other in manifest.depends}
        more = {id for id, mod in project.lock.items() if not mod.direct and id not in needed_now} - gone
        if not more:
            break
        gone |= more
    removed = [project.lock[id] for id in sorted(gone)]
    write_lock(folder, {id: mod for id, mod in project.lock.items() if id not in gone})
    for mod in removed:
        _delete(folder, mod)
        project.consents.forget(mod.id)
    return removed


def _found(id: str, version: object, gathered: Gathered, project: ProjectMods, pins: Pins) -> _Found:
    """The package of a chosen version, verified."""
    named = gathered.files.get(id)
    if named is not None:
        pin = pins.mods.get(id)
        key = named.key or (parse_public_key(pin.key, file=f"the pin of {id}") if pin is not None and pin.key else None)
        if named.signature is None:
            return _Found(named.package, None, "file", named.zip)
        if key is None:
            raise TaixuError(f"{named.package.place}: is signed by a key that is not known here; name it with --key")
        signature = parse_signature(named.signature, file=f"{named.package.place}.minisig")
        verify(named.zip, signature, key, file=named.package.place)
        return _Found(named.package, key, "file", named.zip, named.signature)
    if id in gathered.in_work:
        return _Found(gathered.in_work[id], None, "folder", in_work=True)
    locked, installed = project.lock.get(id), gathered.sources.installed.get(id)
    if locked is not None and installed is not None and locked.version == version:
        return _Found(installed, project.signer(id), locked.source)
    index = gathered.sources.index_of(id)
    assert index is not None
    entry = next(entry for each, entry in index.data.entries[id].items() if each == version)
    return _from_index(index, entry)


def _from_index(index: Index, entry: IndexEntry) -> _Found:
    """Fetch, verify with the key that the index binds the id to, and compare with what the index says."""
    data, signed = index.package(entry)
    place = f"{index.place}{'' if index.place.endswith('/') else '/'}{entry.file}"
    key = index.data.keys[entry.id]
    verify(data, parse_signature(signed, file=f"{place}.minisig"), key, file=place)
    package = parse_package(data, place=place)
    manifest = package.manifest
    says = (entry.id, entry.version, entry.content)
    relations = (dict(entry.depends), dict(entry.optional), dict(entry.conflicts))
    if says != (package.id, manifest.version, package.hash) or relations != (
        dict(manifest.depends), dict(manifest.optional), dict(manifest.conflicts)
    ):  # fmt: skip
        raise TaixuError(f"{place}: is not the package that the index describes; tell its keeper")
    return _Found(package, key, f"index {index.place}", data, signed)


def _item(id: str, found: _Found, project: ProjectMods, gathered: Gathered) -> PlanItem:
    locked, package = project.lock.get(id), found.package
    requests = tuple(requests_of(package.manifest))
    consent = project.consents.find(id)
    key = found.key.text if found.key else ""
    wanted = (each for each in requests if each.name not in _denied(consent))
    asked = new_requests(wanted, {} if consent is None else consent.granted)
    if consent is not None and consent.key != key:  # another's word was agreed to, not this one's
        asked = list(requests)
    content = "" if found.in_work else package.hash
    is_same = locked is not None and locked.content == package.hash and (found.zip is None or locked.key == key)
    is_decided = consent is not None and not asked and (bool(key) or consent.content == content)
    direct = id in gathered.direct or (locked is not None and locked.direct) or found.in_work
    return PlanItem(
        package, key, found.key.name if found.key else "", found.origin, None if is_same or found.in_work else found.zip,
        found.signature, requests, tuple(asked), None if found.in_work else locked, direct, is_decided, found.in_work,
    )  # fmt: skip


def _denied(consent: Consent | None) -> tuple[str, ...]:
    return () if consent is None else consent.denied


def _alarms(item: PlanItem, pins: Pins, project: ProjectMods) -> list[Alarm]:
    if item.in_work or (item.zip is None and item.is_decided):
        return []
    id, version, found = item.package.id, item.package.manifest.version, []
    pin = pins.mods.get(id)
    locked = project.lock.get(id)
    if pin is None and locked is not None:  # a project from another machine: what its lock file says counts as the first time
        pin = ModPin(locked.key, locked.source, str(locked.version))
    if pin is None:
        others = look_alikes(id, pins.mods.keys() | project.lock.keys())
        strangers = [other for other in others if _key_of(other, pins, project) != item.key or not item.key]
        if strangers:
            found.append(Alarm("look-alike", f"{id} looks like {strangers[0]}, which you have from somebody else"))
        return found
    if pin.key != item.key:
        before = parse_public_key(pin.key).name if pin.key else "nobody"
        found.append(Alarm("key", f"{id} was signed by {before} until now, and this one is signed by {item.key_name or 'nobody'}"))
    if pin.origin != item.origin:
        found.append(Alarm("origin", f"{id} came from {pin.origin} until now, and this one is from {item.origin}"))
    if version < parse_version(pin.version):
        found.append(Alarm("downgrade", f"{id} {version} is older than {pin.version}, which you had"))
    return found


def _key_of(id: str, pins: Pins, project: ProjectMods) -> str:
    return pins.mods[id].key if id in pins.mods else project.lock[id].key


def _locked(item: PlanItem, known: LockedMod | None) -> LockedMod:
    if item.zip is None and known is not None:
        return LockedMod(known.id, known.version, known.content, known.key, known.source, known.file, item.direct, known.enabled)
    manifest, enabled = item.package.manifest, known is None or known.enabled
    return LockedMod(
        manifest.id, manifest.version, item.package.hash, item.key, item.origin, manifest.file_name, item.direct, enabled
    )


def _record(project: ProjectMods, pins: Pins, item: PlanItem, denied: frozenset[str]) -> None:
    """The consent, for what was printed, and the pins."""
    id, version = item.package.id, str(item.package.manifest.version)
    before = project.consents.find(id)
    content = "" if item.in_work else item.package.hash
    if before is None or item.is_change or before.content != content:
        of_it = {name.removeprefix(f"{id}:") for name in denied}  # some are denied to one mod alone
        refused = {each.name for each in item.package.manifest.capabilities.values()} & (of_it | set(_denied(before)))
        project.consents.grant(id, item.requests, version=version, content=content, key=item.key, denied=refused)
    if not item.in_work and (item.zip is not None or id not in pins.mods):
        pins.pin_mod(id, key=item.key, origin=item.origin, version=version)


def _delete(folder: Path, mod: LockedMod) -> None:
    for name in (mod.file, f"{mod.file}.minisig"):
        (folder / name).unlink(missing_ok=True)
