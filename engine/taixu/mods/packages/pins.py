"""What this user has seen of mods and indexes: the key that signed, where from, how new. A change of these is never silent."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from taixu.errors import TaixuError
from taixu.mods.packages.user_files import changing, read_private, user_folder, write_private
from taixu.mods.packages.version import parse_version

__all__ = ["IndexPin", "ModPin", "Pins"]

_FILE = "pins.json"


@dataclass(frozen=True, slots=True)
class ModPin:
    """An id is bound to the key and the origin of its first installation."""

    key: str
    origin: str
    version: str
    """The highest that was installed."""
    since: str = ""


@dataclass(frozen=True, slots=True)
class IndexPin:
    """An index is bound to its key; its serial number never goes back."""

    key: str
    serial: int
    since: str = ""


class Pins:
    """All pins; each change is written at once, on top of what other processes have written meanwhile."""

    def __init__(self) -> None:
        self._read()

    def _read(self) -> None:
        raw = read_private(_FILE)
        try:
            self.mods = {id: ModPin(**pin) for id, pin in raw.get("mods", {}).items()}
            self.indexes = {place: IndexPin(**pin) for place, pin in raw.get("indexes", {}).items()}
        except (TypeError, AttributeError):
            raise TaixuError(f"{user_folder() / _FILE}: is damaged; delete it to trust everything anew") from None

    def pin_mod(self, id: str, *, key: str, origin: str, version: str) -> None:
        """Bind an id; the version that is remembered is the highest one under this key."""
        with changing():
            self._read()
            known = self.mods.get(id)
            if known is not None and known.key == key:
                version = str(max(parse_version(version), parse_version(known.version)))
            since = known.since if known is not None and known.key == key else _today()
            self.mods[id] = ModPin(key, origin, version, since)
            self._write()

    def pin_index(self, place: str, *, key: str, serial: int) -> None:
        """Bind an index; the serial number that is remembered is the highest one under this key."""
        with changing():
            self._read()
            known = self.indexes.get(place)
            is_same = known is not None and known.key == key
            pin = IndexPin(key, max(serial, known.serial), known.since) if known and is_same else IndexPin(key, serial, _today())
            if pin != known:
                self.indexes[place] = pin
                self._write()

    def forget(self, id: str) -> None:
        """Unbind an id."""
        with changing():
            self._read()
            if self.mods.pop(id, None) is not None:
                self._write()

    def _write(self) -> None:
        def plain(pins: dict[str, Any]) -> dict[str, Any]:
            return {name: asdict(pin) for name, pin in pins.items()}

        write_private(_FILE, {"mods": plain(self.mods), "indexes": plain(self.indexes)})


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())
