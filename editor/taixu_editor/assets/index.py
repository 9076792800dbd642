"""What files a project has, found in the background and found again when they change."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from taixu.app import Job
from taixu_editor.assets.kinds import asset_kind

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["Asset", "AssetIndex", "scan_assets"]

_SKIPPED = frozenset({"__pycache__", "node_modules", "out", "pyrightconfig.json", "typings", "venv"})
_MOST = 20_000
_DEEPEST = 16
_SIDECAR = ".asset.toml"
_MOST_SIDECAR = 1 << 18
_RESCAN_SECS = 2.0


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the project.

    Attributes
    ----------
    path
        From the project's folder, with ``/``: what worlds call it.
    kind
        A key of `ASSET_KINDS`.
    tags, licence
        As its sidecar says.
    """

    path: str
    kind: str
    size: int = 0
    mtime_ns: int = 0
    tags: tuple[str, ...] = ()
    licence: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path without the last part; empty at the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found: files by path, all folders, and whether there were too many to show."""

    assets: tuple[Asset, ...] = ()
    folders: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(slots=True)
class SidecarCache:
    """Tags and licence by sidecar, as long as it is not written anew."""

    known: dict[str, tuple[int, tuple[str, ...], str]] = field(default_factory=dict)

    def read(self, file: str, mtime_ns: int) -> tuple[tuple[str, ...], str]:
        """Tags and licence; none where the file is broken, which its own panel says."""
        found = self.known.get(file)
        if found is None or found[0] != mtime_ns:
            found = self.known[file] = (mtime_ns, *_read_sidecar(file))
        return found[1:]


def _read_sidecar(file: str) -> tuple[tuple[str, ...], str]:
    try:
        with open(file, "rb") as stream:
            values = tomllib.loads(stream.read(_MOST_SIDECAR).decode())
    except (OSError, ValueError, RecursionError):
        return (), ""
    tags, licence = values.get("tags", []), values.get("licence", "")
    kept = tuple(str(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
    return kept, licence if isinstance(licence, str) else ""


def scan_assets(root: str | os.PathLike[str], cache: SidecarCache | None = None) -> Scan:
    """Look through a project's folder; hidden files and links to folders are left out."""
    cache = cache or SidecarCache()
    base = os.fspath(root)
    assets: list[Asset] = []
    folders: list[str] = []
    sidecars: dict[str, tuple[str, int]] = {}
    found: list[tuple[str, int, int]] = []
    waiting = [("", 0)]
    while waiting and len(found) < _MOST:
        folder, depth = waiting.pop()
        try:
            with os.scandir(os.path.join(base, folder)) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _SKIPPED:
                        continue
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(path)
                        if depth < _DEEPEST:
                            waiting.append((path, depth + 1))
                    elif entry.is_file():
                        facts = entry.stat()
                        if entry.name.endswith(_SIDECAR):
                            sidecars[path.removesuffix(_SIDECAR)] = (entry.path, facts.st_mtime_ns)
                        else:
                            found.append((path, facts.st_size, facts.st_mtime_ns))
        except OSError:  # gone, or not ours to read
            continue
    for path, size, mtime_ns in found[:_MOST]:
        tags, licence = cache.read(*sidecars[path]) if path in sidecars else ((), "")
        assets.append(Asset(path, asset_kind(path), size, mtime_ns, tags, licence))
    assets.sort(key=lambda asset: asset.path.casefold())
    return Scan(tuple(assets), tuple(sorted(folders, key=str.casefold)), len(found) >= _MOST)


class AssetIndex:
    """The files of the project that is open in a host; `frame` keeps it fresh and never waits."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.assets: tuple[Asset, ...] = ()
        self.folders: tuple[str, ...] = ()
        self.by_path: dict[str, Asset] = {}
        self.version = 0
        """Goes up when anything was found to be different."""
        self.is_known = False
        """Whether the project was looked through."""
        self.is_cut = False
        self._changed: list[str] = []
        self._root: Path | None = None
        self._cache = SidecarCache()
        self._job: Job | None = None
        self._next = 0.0

    @property
    def has_sidecars(self) -> bool:
        """Whether anything is said of any file."""
        return bool(self._cache.known)

    def frame(self) -> None:
        """Begin another look when it is time."""
        session = self._host.session
        if not session.worlds:
            return
        if session.project.root != self._root:
            self._root, self.is_known, self._job = session.project.root, False, None
            self._take(Scan())
            self._next, self._changed = 0.0, []
        if (self._job is None or self._job.done) and monotonic() >= self._next:
            self._next = monotonic() + _RESCAN_SECS
            root = self._root
            self._job = self._host.jobs.submit_io(
                scan_assets, (root, self._cache), label="assets", then=lambda job: self._arrive(job, root)
            )

    def take_changed(self) -> list[str]:
        """Files that were written since the last call, by whomever."""
        found, self._changed = self._changed, []
        return found

    def refresh(self) -> None:
        """Look again at the next frame: something was changed."""
        self._next = 0.0

    def _arrive(self, job: Job, root: Path | None) -> None:
        if job.result is None or root != self._root:
            return
        if not self.is_known or (job.result.assets, job.result.folders) != (self.assets, self.folders):
            self._take(job.result)
        self.is_known = True

    def _take(self, scan: Scan) -> None:
        for asset in scan.assets if self.is_known else ():
            before = self.by_path.get(asset.path)
            if before is not None and (before.mtime_ns, before.size) != (asset.mtime_ns, asset.size):
                self._changed.append(asset.path)
        self.assets, self.folders, self.is_cut = scan.assets, scan.folders, scan.is_cut
        self.by_path = {asset.path: asset for asset in scan.assets}
        self.version += 1
