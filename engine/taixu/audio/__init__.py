"""Sound: sources at places, a listener, and cues by name.

Gains and directions are worked out here, for all sources at once and across the cells of a large world; the device of
`taixu.platform` only plays. On its null device a test reads what would be heard.
"""

from __future__ import annotations

from taixu.audio.clips import AudioClips
from taixu.audio.components import AudioListener, AudioSource
from taixu.audio.mixer import AudioMixer
from taixu.audio.plugin import AudioPlugin

__all__ = ["AudioClips", "AudioListener", "AudioMixer", "AudioPlugin", "AudioSource"]
