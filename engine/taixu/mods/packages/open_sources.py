"""Where mods may come from in one installation: packages at hand, indexes, and what is installed; each id from one place alone.

Dependency confusion is two places that offer one id, and the wrong one wins because its version is higher. So versions are never
compared across places: an id belongs to the package that was named, else to where it came from before, else to the only
index that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taixu.errors import TaixuError
from taixu.mods.packages.identity import look_alikes
from taixu.mods.packages.index_source import Index
from taixu.mods.packages.lock import LockedMod
from taixu.mods.packages.manifest import API_VERSION, Manifest
from taixu.mods.packages.package import Package
from taixu.mods.packages.pins import Pins
from taixu.mods.packages.resolver import Candidate
from taixu.mods.packages.version import Version, parse_version

__all__ = ["OpenSources", "candidate_of"]


class OpenSources:
    """What can be chosen from.

    Parameters
    ----------
    packages
        Files and folders that were named, and mods in work, by id: these versions and no others.
    indexes
        By place.
    installed
        Packages of the lock file that can be read, by id.
    moved
        Whether ids may come from another place than before: the user was asked.
    """

    def __init__(
        self, packages: Mapping[str, Package], indexes: Mapping[str, Index], *, lock: Mapping[str, LockedMod],
        installed: Mapping[str, Package], pins: Pins, moved: bool = False,
    ) -> None:  # fmt: skip
        self.packages = packages
        self.indexes = indexes
        self.lock = lock
        self.installed = installed
        self._pins = pins
        self._moved = moved

    def candidates(self, id: str) -> Sequence[Candidate]:
        """All versions of an id that can be had.

        Raises
        ------
        TaixuError
            When nobody has it, or more than one.
        """
        if id in self.packages:
            return [candidate_of(self.packages[id].manifest)]
        index = self.index_of(id)
        found = {} if index is None else _offers(index, id)
        kept = self.installed.get(id)
        if kept is not None and not self._is_withdrawn(self.lock[id]):
            found.setdefault(kept.manifest.version, candidate_of(kept.manifest))
        if not found:
            raise TaixuError(self._nowhere(id, index))
        return list(found.values())

    def index_of(self, id: str) -> Index | None:
        """The index that an id belongs to; None where none has it.

        Raises
        ------
        TaixuError
            When two have it, or its own is not open.
        """
        origin = self._pins.mods[id].origin if id in self._pins.mods else self.lock[id].source if id in self.lock else ""
        before = origin.removeprefix("index ") if origin.startswith("index ") else ""
        if before and not self._moved:
            if before in self.indexes:
                return self.indexes[before]
            if id in self.installed:
                return None
            raise TaixuError(
                f"{id}: came from {before} before, which is not asked now; name it with --index, or say --accept origin"
            )
        having = [index for place, index in sorted(self.indexes.items()) if id in index.data.entries]
        if origin and not before and having and not self._moved:
            if id in self.installed:
                return None
            raise TaixuError(
                f"{id}: came from a file before, and {having[0].place} has one of that name; --accept origin allows the move"
            )
        if len(having) > 1:
            places = ", ".join(index.place for index in having)
            raise TaixuError(f"{id}: is in more than one index ({places}); name the right one alone with --index")
        return having[0] if having else None

    def _is_withdrawn(self, locked: LockedMod) -> bool:
        index = self.indexes.get(locked.source.removeprefix("index "))
        return index is not None and index.data.revocation(
            id=locked.id, version=locked.version, key=locked.key, content=locked.content
        ) is not None

    def _nowhere(self, id: str, index: Index | None) -> str:
        if index is not None and id in index.data.entries:
            for entry in index.data.entries[id].values():
                gone = index.data.revocation(id=id, version=entry.version, key=index.data.keys[id].text, content=entry.content)
                if gone is not None:
                    return f"{id}: all versions that would do were withdrawn by {index.place}: {gone.why or 'no reason is given'}"
            return f"{id}: no version in {index.place} works with the interface {API_VERSION} of this Taixu"
        known = {other for each in self.indexes.values() for other in each.data.entries}
        known |= self.packages.keys() | self.installed.keys()
        near = look_alikes(id, known)
        asked = f"none of {len(self.indexes)} indexes has it" if self.indexes else "no index was named; name one with --index"
        return f"{id}: {asked}" + (f"; did you mean {near[0]}?" if near else "")


def candidate_of(manifest: Manifest) -> Candidate:
    """A package as a candidate."""
    relations = (tuple(table.items()) for table in (manifest.depends, manifest.optional, manifest.conflicts))
    return Candidate(manifest.id, manifest.version, *relations)


def _offers(index: Index, id: str) -> dict[Version, Candidate]:
    """Versions of an index that are not withdrawn and work with this interface."""
    interface = parse_version(API_VERSION)
    found: dict[Version, Candidate] = {}
    for version, entry in index.data.entries.get(id, {}).items():
        gone = index.data.revocation(id=id, version=version, key=index.data.keys[id].text, content=entry.content)
        if gone is None and interface in entry.api:
            relations = (tuple(table.items()) for table in (entry.depends, entry.optional, entry.conflicts))
            found[version] = Candidate(id, version, *relations)
    return found
