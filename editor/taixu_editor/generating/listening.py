"""Sounds, heard once: of a result, wherever its file lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from taixu.platform import AudioDevice

__all__ = ["Listening"]


class Listening:
    """Plays one file at a time.

    Attributes
    ----------
    file
        What sounds now; None while nothing does.
    count
        How often something was begun.
    """

    def __init__(self) -> None:
        self._device: AudioDevice | None = None
        self._voice = self._clip = 0
        self.file: Path | None = None
        self.count = 0

    def play(self, file: Path) -> None:
        """Hear a file from its beginning; what sounded before ends.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        from taixu.assets.audio_clip import read_audio
        from taixu.platform import open_audio_device

        clip = read_audio(file)
        self.stop()
        if self._device is None:
            self._device = open_audio_device()
        samples = np.rint(np.clip(clip.samples, -1.0, 1.0) * 32767).astype(np.int16)
        self._clip = self._device.upload(samples, clip.rate_hz)
        self._voice = self._device.start(self._clip, gain=1.0, pitch=1.0, direction=None, loop=False)
        self.file = file
        self.count += 1

    def stop(self) -> None:
        """Hear nothing."""
        if self._device is not None and self.file is not None:
            self._device.stop(self._voice)
            self._device.free(self._clip)
        self.file = None

    def frame(self, delta_secs: float) -> None:
        """Notice the end."""
        if self._device is not None and self.file is not None:
            self._device.advance(delta_secs)
            if self._voice in self._device.take_ended():
                self._device.free(self._clip)
                self.file = None

    def close(self) -> None:
        """Give the loudspeaker back."""
        self.stop()
        if self._device is not None:
            self._device.close()
            self._device = None
