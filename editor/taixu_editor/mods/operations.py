"""Operations of mods: which run in a world is an edit; installing is none, and is agreed to by who saw what it would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, Operation, Session, WorldSettings
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.install_plan import plan_lines
from taixu.mods.packages.world_settings import SETTINGS, is_enabled
from taixu_editor.mods.proposals import propose
from taixu_editor.twin.settings_edit import SetSection

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.mods.desk import ModDesk

__all__ = ["MOD_EDITS", "enabled_settings", "mod_operations"]


@dataclass(frozen=True, slots=True)
class EnableParameters:
    """A mod, by its id, and whether it runs in this world."""

    id: str
    on: bool = True
    usual: bool = field(default=True, metadata={"doc": "whether it runs in worlds that say nothing of it"})


@dataclass(frozen=True, slots=True)
class LookParameters:
    """What to install: folders, zips, ids, ids with versions; nothing means all that the project names."""

    wanted: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    update: bool = False


@dataclass(frozen=True, slots=True)
class InstallParameters:
    """An installation that was looked at, and what somebody agrees to of it."""

    agreed: str = field(metadata={"doc": "its digest, as mods.look gives it"})
    denied: tuple[str, ...] = field(default=(), metadata={"doc": 'capabilities: "net" of all, "alice.fish:net" of one'})
    accept: tuple[str, ...] = field(default=(), metadata={"doc": "alarms: key, origin, downgrade, look-alike, index, stale"})


@dataclass(frozen=True, slots=True)
class IdsParameters:
    """Mods by their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameParameters:
    """A mod that runs, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class NewParameters:
    """A new mod's id, such as ``alice.fish``."""

    id: str


def enabled_settings(section: dict[str, Any], id: str, on: bool, *, usual: bool = True) -> dict[str, Any]:
    """A world's settings of mods with one turned on or off; what is as usual is not written down."""
    found = dict(section)
    for name, holds in (("enabled", on and not usual), ("disabled", not on and usual)):
        listed = found.get(name, [])
        ids = {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
        found[name] = sorted(ids | {id} if holds else ids - {id})
    return {name: value for name, value in found.items() if value not in ([], None)}


def _enable(session: Session, p: EnableParameters) -> Command | None:
    doubt = id_doubt(p.id)
    if doubt:
        raise TaixuError(f"{p.id[:80]!r} is no mod's id: {doubt}")
    section = session.world.resource(WorldSettings).section(SETTINGS)
    if is_enabled(p.id, section, usual=p.usual) == p.on:
        return None
    return SetSection(SETTINGS, enabled_settings(section, p.id, p.on, usual=p.usual) or None)


def _no_mods(session: Session) -> str:
    return no_world(session) or ("a prefab runs no mods; go to a world that it stands in" if session.current.is_prefab else "")


MOD_EDITS = (
    Operation("mods.enable", "Turn a mod on or off", plan=_enable, parameters=EnableParameters, blocked=_no_mods),
)  # fmt: skip
"""Edits of a world's settings; each can be undone."""


def mod_operations(desk: ModDesk) -> tuple[Operation, ...]:
    """What edits nothing: files of mods come and go, and one that runs starts again."""

    def look(host: Host, p: LookParameters) -> dict[str, Any]:
        found = desk.proposals.keep(propose(desk.folder, p.wanted, indexes=p.indexes, update=p.update))
        return {"digest": found.digest, "lines": list(plan_lines(found.plan)), **found.plan.to_json()}

    def install(host: Host, p: InstallParameters) -> list[str]:
        proposal = desk.proposals.agree(p.agreed, denied=p.denied, accept=p.accept)
        desk.look_again()
        return [item.package.id for item in proposal.plan.changes]

    def remove(host: Host, p: IdsParameters) -> list[str]:
        from taixu.mods.packages.installing import remove_mods

        removed = [mod.id for mod in remove_mods(desk.folder, p.ids)]
        desk.look_again()
        return removed

    def new(host: Host, p: NewParameters) -> str:
        from taixu.mods.packages.consents import Consents
        from taixu.mods.packages.manifest import read_manifest
        from taixu.mods.packages.requests import requests_of
        from taixu.mods.packages.starting import make_mod

        if desk.listing.find(p.id) is not None:
            raise TaixuError(f"there is a mod {p.id} already; choose another id")
        folder = desk.folder / p.id.rpartition(".")[2]
        make_mod(folder, p.id)
        manifest = read_manifest((folder / "mod.toml").read_bytes())  # it asks for nothing, and is one's own
        Consents(desk.folder).grant(p.id, requests_of(manifest), version=str(manifest.version), content="", key="")
        desk.look_again()
        return str(folder)

    def check(host: Host, p: NameParameters) -> list[dict[str, str]]:
        from taixu.mods.packages.checking import check_mod

        return [
            {"severity": found.severity, "where": found.where, "message": found.message}
            for found in check_mod(_place_of(desk, p.name), components=_components(host))
        ]

    def restart(host: Host, p: NameParameters) -> None:
        desk.restart(p.name)

    def playing(session: Session) -> str:
        return "" if desk.is_playing else "nothing is played"

    return (
        Operation("mods.look", "Look at what installing mods would do", run=look, parameters=LookParameters, blocked=_no_mods),
        Operation("mods.install", "Install mods", run=install, parameters=InstallParameters, blocked=_no_mods),
        Operation("mods.remove", "Remove mods", run=remove, parameters=IdsParameters, blocked=_no_mods),
        Operation("mods.new", "New mod", run=new, parameters=NewParameters, blocked=_no_mods),
        Operation("mods.check", "Check a mod", run=check, parameters=NameParameters, blocked=_no_mods),
        Operation("mods.restart", "Start a mod again", run=restart, parameters=NameParameters, blocked=playing),
    )


def _place_of(desk: ModDesk, id: str) -> Path:
    entry = desk.listing.find(id)
    if entry is None:
        raise TaixuError(f"there is no mod {id} in this project")
    if entry.folder is not None:
        return entry.folder
    from taixu.mods.packages.lock import read_lock

    return desk.folder / read_lock(desk.folder)[id].file


def _components(host: Host) -> dict[str, list[str]]:
    return {each.name: list(each.by_name) for each in host.session.components}


