"""The plugin that makes a world heard."""

from __future__ import annotations

from pathlib import Path

from taixu.app import App, GameServices, Stage
from taixu.audio.components import AudioListener, AudioSource
from taixu.audio.mixer import AudioMixer, play_cue, step_audio, update_audio
from taixu.platform import AudioDevice

__all__ = ["AudioPlugin"]


class AudioPlugin:
    """Adds sound sources, the listener and cues; the scene's plugin comes before it.

    Parameters
    ----------
    device : AudioDevice, optional
        What plays (`taixu.platform.open_audio_device()` on a desktop); silent by default.
    root : Path, optional
        Folder of the project; `AudioMixer.clips.root` changes it later.
    """

    def __init__(self, device: AudioDevice | None = None, *, root: Path | None = None) -> None:
        self._device = device
        self._root = root

    def build(self, app: App) -> None:
        """Add components, mixer, service and system."""
        for cls in (AudioListener, AudioSource):
            app.register_component(cls)
        mixer = AudioMixer(self._device, root=self._root)
        app.insert_resource(mixer)
        app.resource(GameServices).provide("play_sound", play_cue)
        app.add_system(Stage.FIXED_LAST, step_audio)
        app.add_system(Stage.PROPAGATE, update_audio, after="propagate_transforms")
        app.on_close(mixer.device.close)
