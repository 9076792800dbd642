"""The asset database: a project's files by path, loaded in the background, reloaded when they are edited."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from taixu.app.jobs import Job, Jobs
from taixu.assets.audio_clip import AudioClip
from taixu.assets.handle import Handle, HandleTable
from taixu.assets.importers import Importer, Importers
from taixu.assets.loading import LoadedAsset, Signature, file_signature, load_asset
from taixu.assets.model import ModelData, log_notes
from taixu.assets.moved_files import MovedFiles
from taixu.assets.paths import safe_join
from taixu.assets.sidecar import read_sidecar, sidecar_path
from taixu.assets.watching import FileWatch
from taixu.errors import TaixuError

__all__ = ["AssetDatabase", "AssetState"]

AssetState = Literal["loading", "ready", "failed"]

_log = logging.getLogger(__name__)
_MEMORY_MB = 2048
_TIMEOUT_SECS = 120.0


@dataclass(slots=True, eq=False)
class _Entry:
    handle: Handle
    key: str
    path: Path
    state: AssetState = "loading"
    data: Any = None
    error: TaixuError | None = None
    content_hash: str = ""
    revision: int = 0
    tick: int = 0
    job: Job | None = None
    stale: bool = False
    dependencies: dict[Path, Signature] = field(default_factory=dict)


class AssetDatabase:
    """Assets of one project (a resource).

    Files are named by their path inside the project's folder, and nothing outside is read. Each has one handle for as
    long as it is not released. What a handle gives changes in `Jobs.poll` only.

    Parameters
    ----------
    root
        The project's folder.
    jobs
        Loads in the background; without it everything is read when it is asked for.
    importers
        Who reads what; plugins add theirs through `register_importer`.
    watch
        Pick up edits on disk in `poll` (needs `jobs`).
    """

    def __init__(
        self, root: str | Path, *, jobs: Jobs | None = None, importers: Importers | None = None, watch: bool = False,
    ) -> None:
        self.root = Path(root).resolve()
        self.importers = Importers() if importers is None else importers
        self.tick = 0
        """Goes up whenever an asset has arrived, failed or changed."""
        self._jobs = jobs
        self._entries: HandleTable[_Entry] = HandleTable()
        self._by_key: dict[tuple[str, str], _Entry] = {}
        self._moved = MovedFiles(self.root)
        self._watch = FileWatch(jobs, self._watched) if watch and jobs is not None else None

    # Asking

    def load(self, path: str, kind: str = "model", *, content_hash: str = "", priority: int = 0) -> Handle:
        """The handle of an asset; loading starts with the first call.

        Parameters
        ----------
        path
            Inside the project, with ``/``.
        kind
            ``model``, ``image``, ``audio``, or what a plugin's importer makes.
        content_hash
            Of the file when it was last referred to: finds it after it was moved.
        priority
            Higher first.
        """
        entry = self._by_key.get((kind, path))
        if entry is None:
            handle = self._entries.add(kind, _Entry(Handle(kind, -1, 0), path, self.root))
            entry = self._entries[handle]
            entry.handle = handle
            self._by_key[kind, path] = entry
            self._start(entry, content_hash=content_hash, priority=priority)
        return entry.handle

    def state(self, handle: Handle) -> AssetState:
        """``loading``, ``ready`` or ``failed``; an asset with a broken edit stays ready."""
        return self._entries[handle].state

    def get(self, handle: Handle) -> Any:
        """The asset; a placeholder until it is loaded or where it failed.

        A model's placeholder is empty, a picture's one grey pixel, a sound's silence; other kinds have None.
        """
        entry = self._entries[handle]
        return _placeholder(handle.kind, entry.key) if entry.data is None else entry.data

    def error(self, handle: Handle) -> TaixuError | None:
        """Why the latest reading failed, also while an older version is kept."""
        return self._entries[handle].error

    def revision(self, handle: Handle) -> int:
        """How often it was loaded; 0 before the first time."""
        return self._entries[handle].revision

    def content_hash(self, handle: Handle) -> str:
        """Of the file that was loaded, for references in documents; empty before."""
        return self._entries[handle].content_hash

    def path(self, handle: Handle) -> Path:
        """The file."""
        return self._entries[handle].path

    def dependencies(self, handle: Handle) -> list[Path]:
        """All files that it was read from: itself, its sidecar, buffers, textures, materials."""
        return sorted(self._entries[handle].dependencies)

    def release(self, handle: Handle) -> None:
        """Forget an asset; its handle is dead."""
        entry = self._entries.find(handle)
        if entry is not None:
            if entry.job is not None:
                entry.job.cancel()
            self._entries.remove(handle)
            del self._by_key[handle.kind, entry.key]

    def changes(self, since: int) -> list[Handle]:
        """Handles that arrived, failed or changed after a tick (of this database)."""
        if since >= self.tick:
            return []
        return [entry.handle for entry in self._by_key.values() if entry.tick > since]

    def resolve(self, path: str, content_hash: str = "") -> Path:
        """The file of a reference: at its path, or wherever its content was moved to.

        Raises
        ------
        TaixuError
            When it is neither there nor anywhere in the project, or leads out of it.
        """
        found = safe_join(self.root, path)
        if found.is_file():
            return found
        moved = self._moved.find(path, content_hash) if content_hash else None
        if moved is None:
            raise TaixuError(f"{path}: there is no such file in {self.root}")
        return moved

    def register_importer(
        self, suffix: str, function: str | Callable[[Path], Any], *, kind: str = "model", isolated: bool = True,
    ) -> None:
        """Read files of a suffix with a function; see `Importers.register`."""
        self.importers.register(suffix, function, kind=kind, isolated=isolated)

    # What a scene asks (its ModelStore)

    @property
    def version(self) -> int:
        """The same as `tick`."""
        return self.tick

    def model(self, source: str) -> tuple[ModelData, int] | None:
        """A model and its revision; None while it loads (asking starts that).

        Raises
        ------
        TaixuError
            When it cannot be read, and never could.
        """
        entry = self._entries[self.load(source)]
        if entry.data is not None:
            return entry.data, entry.revision
        if entry.error is not None:
            raise entry.error
        return None

    def wait(self, *, timeout_secs: float | None = None) -> bool:
        """Return when everything that was asked for is loaded or has failed; False when time ran out first."""
        if self._jobs is None:
            return True
        while waiting := [entry.job for entry in self._by_key.values() if entry.job is not None]:
            if not self._jobs.wait(waiting, timeout_secs=timeout_secs):
                return False
        return True

    # Running

    def poll(self) -> None:
        """Look for edits on disk now and then; call it once a frame, beside `Jobs.poll`."""
        if self._watch is not None:
            self._watch.poll(self._reload_edited)

    def reload(self, handle: Handle) -> None:
        """Read an asset again; what it gives stays until that is done."""
        entry = self._entries[handle]
        if entry.job is not None:
            entry.stale = True
        else:
            self._start(entry)

    def reload_file(self, path: str) -> None:
        """Read a file again, as whatever it was loaded."""
        for entry in list(self._by_key.values()):
            if entry.key == path:
                self.reload(entry.handle)

    def fork(self, world: object) -> AssetDatabase:
        """A forked world shares the assets."""
        return self

    def _start(self, entry: _Entry, *, content_hash: str = "", priority: int = 0) -> None:
        try:
            entry.path = self.resolve(entry.key, content_hash or entry.content_hash)
            importer, settings = self._importer(entry)
        except TaixuError as error:
            self._finish(entry, None, error)
            return
        function = importer.name if importer.function is None else importer.function
        options: dict[str, Any] = {"root": self.root, "settings": settings, "name": entry.key}
        if self._jobs is None:
            try:
                self._finish(entry, load_asset(entry.path, function, **options), None)
            except TaixuError as error:
                self._finish(entry, None, error)
            except Exception as error:  # of a plugin's importer
                text = f"{entry.key}: its importer {importer.name!r} failed: {type(error).__name__}: {error}"
                self._finish(entry, None, TaixuError(text))
        elif importer.isolated:
            entry.job = self._jobs.submit(
                "taixu.assets.loading:load_asset", (entry.path, importer.name), options, label=entry.key,
                priority=priority, memory_mb=_MEMORY_MB, timeout_secs=_TIMEOUT_SECS,
                then=lambda job: self._arrive(entry, job),
            )
        else:
            entry.job = self._jobs.submit_io(
                load_asset, (entry.path, function), options, label=entry.key, priority=priority,
                then=lambda job: self._arrive(entry, job),
            )

    def _importer(self, entry: _Entry) -> tuple[Importer, Mapping[str, Any]]:
        """Who reads a file, and how. A sidecar may choose among the registered importers only: it is data."""
        importer = self.importers.find(entry.path, entry.handle.kind)
        sidecar = read_sidecar(entry.path)
        if sidecar is None:
            return importer, {}
        if sidecar.importer not in ("", importer.name):
            raise TaixuError(
                f"{entry.key}: its sidecar wants the importer {sidecar.importer!r}, and {importer.name!r} reads such "
                "files here; install the plugin that brings it, or remove the line"
            )
        return importer, sidecar.settings

    def _arrive(self, entry: _Entry, job: Job) -> None:
        if entry.job is not job:
            return
        entry.job = None
        if job.state == "cancelled":
            return
        self._finish(entry, job.result, job.error)
        if entry.stale:
            entry.stale = False
            self._start(entry)

    def _finish(self, entry: _Entry, loaded: LoadedAsset | None, error: TaixuError | None) -> None:
        self.tick += 1
        entry.tick = self.tick
        if loaded is not None:
            entry.data, entry.content_hash = loaded.data, loaded.content_hash
            entry.dependencies = loaded.dependencies
            entry.state, entry.error = "ready", None
            entry.revision += 1
            if isinstance(loaded.data, ModelData):
                log_notes(entry.key or entry.path, loaded.data)
        else:
            entry.error = error
            entry.state = "failed" if entry.data is None else "ready"
            if entry.data is not None:
                _log.warning("%s; the last good version of %s stays", error, entry.key)
            path = entry.path if entry.path != self.root else self.root / entry.key
            for file in (path, *entry.dependencies):
                entry.dependencies[file] = file_signature(file)
        sidecar = sidecar_path(entry.path)
        entry.dependencies[sidecar] = file_signature(sidecar)

    def _watched(self) -> dict[Path, Signature]:
        found: dict[Path, Signature] = {}
        for entry in self._by_key.values():
            if entry.job is None:
                found.update(entry.dependencies)
        return found

    def _reload_edited(self, files: list[Path]) -> None:
        edited = set(files)
        for entry in list(self._by_key.values()):
            if entry.job is None and not edited.isdisjoint(entry.dependencies):
                self._start(entry)


def _placeholder(kind: str, name: str) -> Any:
    if kind == "model":
        return ModelData(name=name)
    if kind == "image":
        return np.full((1, 1, 4), 128, np.uint8)
    return AudioClip(np.zeros((0, 1), np.int16), 48_000) if kind == "audio" else None
