"""Sounds of a project by path or cue name: decoded once, handed to the device once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from taixu.assets.audio_clip import AudioClip, read_audio
from taixu.errors import TaixuError
from taixu.platform import AudioDevice

__all__ = ["AudioClips"]

_log = logging.getLogger("taixu.audio")

_SUFFIXES = ("", ".wav", ".ogg", ".flac", ".mp3")
_FOLDERS = ("", "assets", "assets/audio", "assets/sounds")


_MOST_TOLD = 50
_MOST_LOST = 1000
"""Sounds that cannot be had: so many are told, and so many remembered. Mods ask for whatever they like."""


class AudioClips:
    """The clips of a project on a device.

    Parameters
    ----------
    device : AudioDevice
        Where they are uploaded.
    root : Path, optional
        Folder of the project; a clip never comes from outside it.
    read : callable
        Decodes a file.
    """

    def __init__(
        self, device: AudioDevice, root: Path | None = None, *, read: Callable[[Path], AudioClip] = read_audio
    ) -> None:
        self._device = device
        self._read = read
        self._root = root
        self._handles: dict[str, int] = {}
        self._durations: dict[str, float] = {}
        self._lost = 0

    @property
    def root(self) -> Path | None:
        """Folder of the project; setting it forgets all clips."""
        return self._root

    @root.setter
    def root(self, root: Path | None) -> None:
        self._root = root
        self.clear()

    def add(self, name: str, clip: AudioClip) -> None:
        """Offer a clip that was made rather than read under a name."""
        self._forget(name)
        self._handles[name] = self._upload(name, clip)

    def duration_secs(self, name: str) -> float:
        """Return the length of a clip; 0 for one that cannot be had."""
        return self._durations[name] if name and self.get(name) else 0.0

    def get(self, name: str) -> int:
        """Return the device's handle of a clip; 0, with one warning, for one that cannot be had."""
        found = self._handles.get(name)
        if found is None:
            try:
                found = self._upload(name, self._read(self._locate(name)))
            except TaixuError as error:
                self._tell_lost(error)
                found = 0
            if found or self._lost <= _MOST_LOST:  # names of others' making must not fill memory
                self._handles[name] = found
        return found

    def _tell_lost(self, error: TaixuError) -> None:
        """Warn of sounds that cannot be had, until that would be all there is in the log."""
        self._lost += 1
        if self._lost <= _MOST_TOLD:
            _log.warning("%s; the world runs on without that sound", error)
        elif self._lost == _MOST_TOLD + 1:
            _log.warning("more than %d sounds cannot be had; no more of them are told", _MOST_TOLD)

    def reload(self, name: str) -> None:
        """Read a clip anew when it is played next: its file was saved."""
        self._forget(name)

    def clear(self) -> None:
        """Forget all clips."""
        self._lost = 0
        for name in list(self._handles):
            self._forget(name)

    def _forget(self, name: str) -> None:
        handle = self._handles.pop(name, 0)
        if handle:
            self._device.free(handle)

    def _upload(self, name: str, clip: AudioClip) -> int:
        self._durations[name] = clip.duration_secs
        samples = clip.as_int16()
        if samples.shape[1] > 2:
            samples = clip.mixed_down().as_int16()
        return self._device.upload(samples, clip.rate_hz)

    def _locate(self, name: str) -> Path:
        if self._root is None:
            raise TaixuError(f"sound {name!r} has no project to be found in")
        base = self._root.resolve()
        try:
            for folder in _FOLDERS:
                for suffix in _SUFFIXES:
                    place = os.path.join(base, folder, name + suffix)
                    # Most places are empty: only where something lies it is asked what it really is, which takes long.
                    if os.path.isfile(place) and (file := Path(place).resolve()).is_relative_to(base):
                        return file
        except (OSError, ValueError):
            pass  # too long for a path, or with a null character in it
        raise TaixuError(f"sound {name!r:.200} is not in {self._root}; put it into assets/ or change the name")
