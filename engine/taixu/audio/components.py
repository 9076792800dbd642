"""Components of sound: who hears, and what is heard."""

from __future__ import annotations

from taixu.ecs import F32, AssetPath, Bool, component, field

__all__ = ["AudioListener", "AudioSource"]


@component("audio_listener")
class AudioListener:
    """The ears: -Z is ahead. Without one, the camera with the highest priority hears."""

    volume: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="Volume of everything.")


@component("audio_source")
class AudioSource:
    """A sound that comes from the entity."""

    clip: AssetPath = field(default="", doc="WAV, OGG, MP3, FLAC and more.")
    volume: F32 = field(default=1.0, minimum=0.0, maximum=4.0)
    pitch: F32 = field(default=1.0, minimum=0.05, maximum=8.0, doc="2 is an octave higher and twice as fast.")
    loop: Bool = field(default=False)
    spatial: Bool = field(default=True, doc="Whether it comes from a place; if not, it sounds the same everywhere.")
    min_distance_m: F32 = field(default=1.0, unit="m", minimum=0.01, doc="Nearer than this it gets no louder.")
    max_distance_m: F32 = field(default=100.0, unit="m", minimum=0.01, doc="Farther than this it is silent.")
    autoplay: Bool = field(default=True, doc="Start with the world.")
    playing: Bool = field(default=False, doc="Whether it sounds; goes out by itself at the end of the clip.")
