"""An index to install from: a folder on this machine, or an address on the web; what was fetched last serves offline."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import cache_folder, read_bytes, safe_join
from taixu.errors import TaixuError
from taixu.mods.packages.fetch import NotReachable, fetch, is_url, url_doubt
from taixu.mods.packages.index_format import INDEX_FILE, MAX_INDEX_BYTES, IndexData, IndexEntry, parse_index
from taixu.mods.packages.minisign import MAX_SIGNATURE_BYTES, PublicKey, Signature, parse_signature, verify

__all__ = ["Index", "open_index"]


class Index:
    """An index whose signature was checked.

    Attributes
    ----------
    place
        Its address, or its folder: what pins and lock files call it.
    key
        Who keeps it.
    notes
        What a user should know, such as that it is offline.
    stale
        Why it may be that somebody holds newer ones back; empty where it is young enough.
    """

    def __init__(self, place: str, data: IndexData, key: PublicKey, *, offline: bool, notes: tuple[str, ...] = ()) -> None:
        self.place = place
        self.data = data
        self.key = key
        self.notes = notes
        self.stale = _staleness(place, data)
        self._offline = offline

    def package(self, entry: IndexEntry) -> tuple[bytes, bytes]:
        """The bytes of a package and of its signature: of the size and the hash that the index says.

        Raises
        ------
        TaixuError
            When they are not there, or others.
        """
        signature = _read(self.place, f"{entry.file}.minisig", MAX_SIGNATURE_BYTES, offline=self._offline, cached=entry.sha256)
        data = _read(self.place, entry.file, entry.size, offline=self._offline, cached=entry.sha256)
        if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.sha256:
            raise TaixuError(f"{self.place}: {entry.file} is not the file that the index names; tell its keeper")
        if is_url(self.place):
            for name, found in ((entry.file, data), (f"{entry.file}.minisig", signature)):
                write_atomic(_cached(self.place, name, entry.sha256), found)
        return data, signature


def open_index(place: str, *, key: PublicKey, least_serial: int = 0, offline: bool = False) -> Index:
    """Read an index and check who signed it.

    Parameters
    ----------
    place
        An address ``https://...`` (where ``index.json`` lies below), or a folder.
    key
        Who has to have signed it.
    least_serial
        What was seen before: an older one hides what was withdrawn since.
    offline
        Ask nobody; take what was fetched last.

    Raises
    ------
    TaixuError
        When it is not there, is none, or is not signed by that key.
    """
    place = index_place(place)
    notes: tuple[str, ...] = ()
    try:
        data, signature = _pair(place, offline=offline)
    except NotReachable as error:
        try:
            data, signature = _pair(place, offline=True)
        except TaixuError:
            raise error from None
        offline, notes = True, (f"{error}; what was fetched last is used",)
    name = f"{place.rstrip('/')}/{INDEX_FILE}"
    verify(data, signature, key, file=name)
    found = parse_index(data, file=name)
    if found.serial < least_serial:
        back = f"from {least_serial} to {found.serial}"
        raise TaixuError(f"{name}: its serial number went back {back}; an old index may hide withdrawn mods")
    if is_url(place) and not offline:  # only what has proved good takes the place of what is known
        write_atomic(_cached(place, INDEX_FILE), data)
        write_atomic(_cached(place, f"{INDEX_FILE}.minisig"), signature.file_text)
    return Index(place, found, key, offline=offline, notes=notes)


def _staleness(place: str, data: IndexData) -> str:
    if _today() <= data.expires:
        return ""
    return f"{place} counted until {data.expires}: its keeper has gone quiet, or somebody holds back what it says now"


def _today() -> date:
    return datetime.now(UTC).date()


def index_place(place: str) -> str:
    """How an index is called everywhere: its address with a slash at the end, or its folder in full.

    Raises
    ------
    TaixuError
        When it is neither.
    """
    if "://" in place:
        doubt = url_doubt(place)
        if doubt or "?" in place:
            raise TaixuError(doubt or f"{place!a:.80}: an index has an address without a question mark")
        return place.removesuffix(INDEX_FILE).rstrip("/") + "/"
    folder = Path(place)
    folder = folder.parent if folder.name == INDEX_FILE else folder
    if not (folder / INDEX_FILE).is_file():
        raise TaixuError(f"{place}: has no {INDEX_FILE}; `taixu mod index` makes one")
    return str(folder.resolve())


def _pair(place: str, *, offline: bool) -> tuple[bytes, Signature]:
    data = _read(place, INDEX_FILE, MAX_INDEX_BYTES, offline=offline)
    name = f"{INDEX_FILE}.minisig"
    return data, parse_signature(_read(place, name, MAX_SIGNATURE_BYTES, offline=offline), file=f"{place.rstrip('/')}/{name}")


def _read(place: str, name: str, max_bytes: int, *, offline: bool, cached: str = "") -> bytes:
    if not is_url(place):
        return read_bytes(safe_join(place, name), max_bytes=max_bytes)
    file = _cached(place, name, cached)
    if offline and not file.is_file():
        raise TaixuError(f"{place}{name}: was never fetched, and this is offline")
    if (offline or cached) and file.is_file():  # packages never change under their hash
        return read_bytes(file, max_bytes=max_bytes)
    return fetch(urljoin(place, name.replace(" ", "%20")), max_bytes=max_bytes)


def _cached(place: str, name: str, cached: str = "") -> Path:
    folder = cache_folder() / "mods" / hashlib.sha256(place.encode()).hexdigest()[:24]
    if not cached:
        return folder / name
    return folder / "packages" / f"{cached}{'.minisig' if name.endswith('.minisig') else '.zip'}"
