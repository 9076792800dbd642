"""From a package and what was agreed to, to a mod that runs: what the host grants, and loading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from taixu.mods.grants import Grants
from taixu.mods.packages.manifest import Capability, Manifest

if TYPE_CHECKING:
    from taixu.mods.host import ModHost
    from taixu.mods.loaded import LoadedMod
    from taixu.mods.packages.project_mods import Loadable

__all__ = ["FUEL_PER_MS", "grants_of", "load_all", "load_one"]

FUEL_PER_MS = Grants().fuel / 2.0
"""The usual fuel is that of the usual two milliseconds."""


def grants_of(manifest: Manifest, capabilities: Mapping[str, Capability] | None = None) -> Grants:
    """What a mod may do, of what it asks for.

    Parameters
    ----------
    capabilities
        Those that were granted; all that it asks for by default.
    """
    given, quota = manifest.capabilities if capabilities is None else capabilities, manifest.quota
    return Grants(
        read=frozenset(manifest.read), write=frozenset(manifest.write),
        capabilities={name: each.maximum for name, each in given.items()},
        hosts=frozenset(given["net"].hosts) if "net" in given else frozenset(),
        fuel=int(quota.ms * FUEL_PER_MS) if quota.fuel is None else quota.fuel, memory_bytes=quota.memory_mb << 20,
        host_calls=quota.host_calls,
    )  # fmt: skip


def load_one(host: ModHost, mod: Loadable) -> LoadedMod:
    """Load a mod into a world.

    Raises
    ------
    TaixuError
        As `ModHost.load`.
    """
    manifest = mod.package.manifest
    return host.load(manifest.id, mod.package.sources, entry=manifest.entry, grants=grants_of(manifest, mod.capabilities))


def load_all(host: ModHost, mods: Iterable[Loadable]) -> dict[str, str]:
    """Load mods in the order in which they are given.

    Returns
    -------
    dict
        Why some were not loaded, by id; those that need them are left out too.
    """
    from taixu.errors import TaixuError

    refused: dict[str, str] = {}
    for mod in mods:
        lacking = sorted(set(mod.package.manifest.depends) & refused.keys())
        try:
            if lacking:
                raise TaixuError(f"needs {lacking[0]}, which is not loaded")
            load_one(host, mod)
        except TaixuError as error:
            refused[mod.package.id] = str(error)
    return refused
