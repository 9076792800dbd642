"""``mod.toml``: who a mod is, what it needs, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.assets.findings import Finding
from taixu.errors import TaixuError
from taixu.mods.packages.files import MANIFEST
from taixu.mods.packages.manifest_reading import checked_values
from taixu.mods.packages.toml_lines import read_toml
from taixu.mods.packages.version import Range, Version, parse_range, parse_version

__all__ = ["API_VERSION", "Capability", "Manifest", "Quota", "manifest_findings", "read_manifest"]

API_VERSION = "1.0.0"
"""Of the `game` interface that mods are written for."""


@dataclass(frozen=True, slots=True)
class Capability:
    """Something that a mod asks for, beyond reading and writing columns.

    Attributes
    ----------
    why
        The mod's own reason, shown to the player.
    maximum
        Entities of ``spawn``, kilobytes of ``storage``; 0 for others.
    hosts
        Of ``net``.
    """

    name: str
    why: str
    maximum: int = 0
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quota:
    """What a mod may use up in one step. `fuel` counts in place of `ms` where it is given."""

    ms: float = 2.0
    fuel: int | None = None
    memory_mb: int = 64
    host_calls: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A mod's manifest; see the guide for what each key means."""

    id: str
    version: Version
    api: Range
    entry: str
    title: str
    licence: str
    description: str = ""
    authors: tuple[str, ...] = ()
    depends: Mapping[str, Range] = field(default_factory=dict)
    optional: Mapping[str, Range] = field(default_factory=dict)
    conflicts: Mapping[str, Range] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    capabilities: Mapping[str, Capability] = field(default_factory=dict)
    quota: Quota = Quota()

    @property
    def label(self) -> str:
        """Id and version, as in ``alice.swarm 1.2.0``."""
        return f"{self.id} {self.version}"

    @property
    def file_name(self) -> str:
        """What its package is called."""
        return f"{self.id}-{self.version}.zip"

    def require_api(self) -> None:
        """Refuse a mod that is written for another interface.

        Raises
        ------
        TaixuError
            In one sentence.
        """
        if parse_version(API_VERSION) not in self.api:
            raise TaixuError(f"{self.label}: wants the interface {self.api}, and this Taixu has {API_VERSION}; update one of them")


def read_manifest(data: bytes, *, file: str = MANIFEST) -> Manifest:
    """Read a manifest, strictly: what is unknown is wrong.

    Raises
    ------
    TaixuError
        For the first thing that is wrong, with its line.
    """
    raw, lines = read_toml(data, file=file)
    values, findings = checked_values(raw, lines)
    if findings:
        raise TaixuError(f"{file}: {findings[0]}")
    return _manifest(values)


def manifest_findings(data: bytes, *, file: str = MANIFEST) -> list[Finding]:
    """All that is wrong with a manifest; empty when it is good."""
    try:
        raw, lines = read_toml(data, file=file)
    except TaixuError as error:
        return [Finding("error", "", str(error).removeprefix(f"{file}: "))]
    return checked_values(raw, lines)[1]


def _manifest(values: Mapping[str, Any]) -> Manifest:
    """From values by path, all of them checked."""
    capabilities = {}
    for path, why in values.items():
        if path.startswith("capabilities.") and path.endswith(".why"):
            name = path.removeprefix("capabilities.").removesuffix(".why")
            above = f"capabilities.{name}."
            most = values.get(f"{above}max", values.get(f"{above}max_kb", 0))
            capabilities[name] = Capability(name, why, most, tuple(sorted(values.get(f"{above}hosts", ()))))
    quota = {path.removeprefix("quota."): value for path, value in values.items() if path.startswith("quota.")}
    return Manifest(
        **{name: values[name] for name in ("id", "entry", "title", "licence")},
        version=parse_version(values["version"]),
        api=parse_range(values["api"]),
        description=values.get("description", ""),
        authors=tuple(values.get("authors", ())),
        depends=_ranges(values, "depends"),
        optional=_ranges(values, "optional"),
        conflicts=_ranges(values, "conflicts"),
        after=_sorted(values, "order.after"),
        before=_sorted(values, "order.before"),
        read=_sorted(values, "access.read"),
        write=_sorted(values, "access.write"),
        capabilities=dict(sorted(capabilities.items())),
        quota=Quota(**quota),
    )


def _ranges(values: Mapping[str, Any], path: str) -> dict[str, Range]:
    return {id: parse_range(text) for id, text in sorted(values.get(path, {}).items())}


def _sorted(values: Mapping[str, Any], path: str) -> tuple[str, ...]:
    return tuple(sorted(values.get(path, ())))
