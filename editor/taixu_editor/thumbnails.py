"""Thumbnails in a window: asked for when they are seen, drawn by a worker process, shown when they have arrived."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.app import Job, Jobs
from taixu.gpu import Texture
from taixu_editor.assets.kinds import HAS_PICTURE
from taixu_editor.folders import cache_folder

if TYPE_CHECKING:
    from taixu_editor.assets.index import Asset
    from taixu_editor.window import EditorWindow

__all__ = ["Thumbnails"]

_MOST = 600
_POLL_SECS = 0.003
_TIMEOUT_SECS = 90.0
_WORKERS = 1

Key = tuple[str, str, int, int]


class Thumbnails:
    """Pictures of assets for one window. They outlive projects, as the files do."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._jobs: Jobs | None = None
        self._waiting: dict[Key, Job] = {}
        self._ready: OrderedDict[Key, tuple[Texture, float]] = OrderedDict()
        self.failures: dict[Key, str] = {}
        """Why a file has no picture."""
        self._number = 0

    def find(self, asset: Asset) -> tuple[Any, float] | None:
        """A picture as ``imgui.image`` takes it, and its width by its height; None while it is made, or can't be."""
        key = self._key(asset)
        found = self._ready.get(key)
        if found is not None:
            self._ready.move_to_end(key)
            texture, aspect = found
            return imgui.ImTextureRef(self._window.gui.painter.number_of(texture)), aspect
        if asset.kind in HAS_PICTURE and key not in self._waiting and key not in self.failures:
            self._ask(asset, key)
        return None

    def forget(self, asset: Asset) -> None:
        """Ask for a picture again when it is seen the next time."""
        key = self._key(asset)
        self.failures.pop(key, None)
        found = self._ready.pop(key, None)
        if found is not None:
            self._forget(found[0])

    def failure(self, asset: Asset) -> str:
        """Why it has no picture; empty where it has one, or will have."""
        return self.failures.get(self._key(asset), "")

    def __len__(self) -> int:
        """How many pictures are there."""
        return len(self._ready)

    @property
    def pending(self) -> int:
        """How many are being made."""
        return len(self._waiting)

    def frame(self) -> None:
        """Take in what has arrived, for a few milliseconds at most."""
        if self._jobs is not None and self._waiting:
            self._jobs.poll(_POLL_SECS)
        while len(self._ready) > _MOST:
            _, (texture, _) = self._ready.popitem(last=False)
            self._forget(texture)

    def release(self) -> None:
        """Stop what is under way, and give everything back."""
        jobs, self._jobs = self._jobs, None
        self._waiting.clear()
        if jobs is not None:
            jobs.close()
        for texture, _ in self._ready.values():
            self._forget(texture)
        self._ready.clear()

    def _key(self, asset: Asset) -> Key:
        return (str(self._window.host.session.project.root), asset.path, asset.mtime_ns, asset.size)

    def _ask(self, asset: Asset, key: Key) -> None:
        if self._jobs is None:
            # Without a limit of memory: drivers reserve address space by the dozen GB, and decoders weigh files themselves.
            self._jobs = Jobs(workers=_WORKERS, memory_mb=None)
        self._number += 1
        self._waiting[key] = self._jobs.submit(
            "taixu_editor.thumbnail_maker:make_thumbnail", (key[0], asset.path, asset.kind, str(_folder())),
            label=asset.path, priority=self._number, timeout_secs=_TIMEOUT_SECS, then=lambda job: self._arrive(key, job),
        )  # fmt: skip

    def _arrive(self, key: Key, job: Job) -> None:
        if self._waiting.pop(key, None) is None:
            return
        if job.result is None:
            self.failures[key] = str(job.error or "")
            return
        width, height, data = job.result
        pixels = np.frombuffer(data, np.uint8).reshape(height, width, 4)
        texture = self._window.device.texture((width, height), "rgba8", data=np.ascontiguousarray(pixels), label=key[1])
        self._ready[key] = (texture, width / height)

    def _forget(self, texture: Texture) -> None:
        self._window.gui.painter.forget(texture)
        texture.release()


def _folder() -> Path:
    return cache_folder() / "thumbnails"
