"""What indexes have withdrawn, remembered: a withdrawn mod does not load, also where the index is out of reach."""

from __future__ import annotations

from dataclasses import asdict

from taixu.errors import TaixuError
from taixu.mods.packages.index_format import IndexData, Revocation
from taixu.mods.packages.user_files import changing, read_private, user_folder, write_private
from taixu.mods.packages.version import Version, parse_range

__all__ = ["Revocations"]

_FILE = "revoked.json"


class Revocations:
    """All that was withdrawn, by index. An index speaks only of mods that came from it."""

    def __init__(self) -> None:
        self._read()

    def _read(self) -> None:
        try:
            self._known = {
                place: tuple(
                    Revocation(**{**each, "versions": None if each.get("versions") is None else parse_range(each["versions"])})
                    for each in listed
                )
                for place, listed in read_private(_FILE).items()
            }
        except (TypeError, AttributeError, KeyError):
            raise TaixuError(f"{user_folder() / _FILE}: is damaged; delete it, and run `taixu mod install --update`") from None

    def learn(self, place: str, index: IndexData) -> None:
        """Take over what an index says now."""
        if self._known.get(place, ()) == index.revoked:
            return
        with changing():
            self._read()
            self._known[place] = index.revoked
            write_private(_FILE, {
                name: [asdict(each) | {"versions": each.versions and each.versions.text} for each in listed]
                for name, listed in self._known.items() if listed
            })  # fmt: skip

    def find(self, source: str, *, id: str, version: Version, key: str, content: str) -> str:
        """Why a mod is withdrawn; empty where it is not.

        Parameters
        ----------
        source
            Where it came from, as the lock file says.
        """
        for each in self._known.get(source.removeprefix("index "), ()) if source.startswith("index ") else ():
            if each.meets(id=id, version=version, key=key, content=content):
                return each.why or "no reason is given"
        return ""
