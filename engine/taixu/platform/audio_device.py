"""`AudioDevice`: the few verbs that sound needs, one real device behind them and one that only records calls.

Distance, volume and direction are worked out by `taixu.audio`, in doubles and across cells; a device gets a
final gain and a unit vector seen from the listener (x right, y up, -z ahead). So every device sounds alike,
and a test reads exactly what would be heard.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.platform.backend import import_pyglet, pump

__all__ = [
    "AudioDevice",
    "Direction",
    "NullAudioDevice",
    "NullVoice",
    "PygletAudioDevice",
    "open_audio_device",
]

Direction = tuple[float, float, float]


class AudioDevice(Protocol):
    """What plays sounds. Handles are positive ints; a handle that has ended may be used without harm."""

    @property
    def silent(self) -> bool:
        """Whether nobody will hear anything."""
        ...

    def upload(self, samples: NDArray[np.int16], rate_hz: int) -> int:
        """Take a clip, int16 [frames, channels] with one or two channels, and return its handle."""
        ...

    def free(self, clip: int) -> None:
        """Forget a clip; voices that play it go on."""
        ...

    def start(self, clip: int, *, gain: float, pitch: float, direction: Direction | None, loop: bool) -> int:
        """Start a voice and return its handle; without a direction the clip plays as it is, in stereo."""
        ...

    def update(self, voice: int, *, gain: float, pitch: float, direction: Direction | None) -> None:
        """Change a playing voice."""
        ...

    def stop(self, voice: int) -> None:
        """Silence a voice."""
        ...

    def take_ended(self) -> list[int]:
        """Return the voices that came to their end since the last call."""
        ...

    def advance(self, dt_secs: float) -> None:
        """Let the device do its work; called once a frame."""
        ...

    def close(self) -> None:
        """Stop all and let go of the hardware; idempotent."""
        ...


@dataclass
class NullVoice:
    """A voice of the null device, as it would sound now."""

    clip: int
    gain: float
    pitch: float
    direction: Direction | None
    loop: bool
    time_secs: float = 0.0


@dataclass
class NullAudioDevice:
    """A device without a loudspeaker: it keeps time, so that sounds end when they would, and records every
    call.

    Attributes
    ----------
    calls : list of (str, dict)
        Verb and arguments in order; only kept while `record` is true, so that a server running for weeks does
        not grow.
    voices : dict of int to NullVoice
        What plays now.
    """

    record: bool = False
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    voices: dict[int, NullVoice] = field(default_factory=dict)
    durations: dict[int, float] = field(default_factory=dict)
    _ended: list[int] = field(default_factory=list)
    _next: int = 1

    @property
    def silent(self) -> bool:
        """Always true."""
        return True

    def upload(self, samples: NDArray[np.int16], rate_hz: int) -> int:
        """Keep the clip's duration."""
        clip = self._handle()
        self.durations[clip] = len(samples) / rate_hz
        self._note("upload", clip=clip, frames=len(samples), channels=samples.shape[1], rate_hz=rate_hz)
        return clip

    def free(self, clip: int) -> None:
        """Forget the clip."""
        self.durations.pop(clip, None)
        self._note("free", clip=clip)

    def start(self, clip: int, *, gain: float, pitch: float, direction: Direction | None, loop: bool) -> int:
        """Start a voice that nobody hears."""
        voice = self._handle()
        self.voices[voice] = NullVoice(clip, gain, pitch, direction, loop)
        self._note("start", voice=voice, clip=clip, gain=gain, pitch=pitch, direction=direction, loop=loop)
        return voice

    def update(self, voice: int, *, gain: float, pitch: float, direction: Direction | None) -> None:
        """Change the voice."""
        playing = self.voices.get(voice)
        if playing is not None:
            playing.gain, playing.pitch, playing.direction = gain, pitch, direction
            self._note("update", voice=voice, gain=gain, pitch=pitch, direction=direction)

    def stop(self, voice: int) -> None:
        """End the voice without reporting it as ended."""
        if self.voices.pop(voice, None) is not None:
            self._note("stop", voice=voice)

    def take_ended(self) -> list[int]:
        """Return the voices whose clip has run out."""
        ended, self._ended = self._ended, []
        return ended

    def advance(self, dt_secs: float) -> None:
        """Move every voice on by the time that passed."""
        for voice, playing in list(self.voices.items()):
            playing.time_secs += dt_secs * playing.pitch
            if not playing.loop and playing.time_secs >= self.durations.get(playing.clip, 0.0):
                del self.voices[voice]
                self._ended.append(voice)

    def close(self) -> None:
        """End all voices."""
        self.voices.clear()

    def _handle(self) -> int:
        self._next += 1
        return self._next - 1

    def _note(self, verb: str, **arguments: Any) -> None:
        if self.record:
            self.calls.append((verb, arguments))


class PygletAudioDevice:
    """The machine's loudspeakers through pyglet (XAudio2, DirectSound, OpenAL or PulseAudio)."""

    _MAX_VOICES = 64
    """Voices that play at once; a new one beyond that is refused quietly, as hardware does."""

    def __init__(self) -> None:
        self._make_player = import_pyglet("media").Player
        driver = import_pyglet("media.drivers").get_audio_driver()
        self._silent = driver is None or "Silent" in type(driver).__name__
        self._clips: dict[int, tuple[Any, Any]] = {}
        self._players: dict[int, Any] = {}
        self._ended: list[int] = []
        self._next = 1
        if not self._silent:
            listener = driver.get_listener()
            listener.position = (0.0, 0.0, 0.0)
            listener.forward_orientation = (0.0, 0.0, -1.0)
            listener.up_orientation = (0.0, 1.0, 0.0)

    @property
    def silent(self) -> bool:
        """Whether pyglet found no loudspeaker."""
        return self._silent

    def upload(self, samples: NDArray[np.int16], rate_hz: int) -> int:
        """Keep the clip as it is and as mono: only a mono source can have a direction."""
        mono = samples.astype(np.float32).mean(axis=1).astype(np.int16)
        self._clips[self._next] = (_source(samples, rate_hz), _source(mono[:, None], rate_hz))
        self._next += 1
        return self._next - 1

    def free(self, clip: int) -> None:
        """Forget the clip."""
        self._clips.pop(clip, None)

    def start(self, clip: int, *, gain: float, pitch: float, direction: Direction | None, loop: bool) -> int:
        """Start a pyglet player."""
        voice = self._next
        self._next += 1
        if len(self._players) >= self._MAX_VOICES or clip not in self._clips:
            self._ended.append(voice)
            return voice
        player = self._make_player()
        player.loop = loop
        player.queue(self._clips[clip][0 if direction is None else 1])
        self._players[voice] = player
        self.update(voice, gain=gain, pitch=pitch, direction=direction)
        if not loop:
            player.push_handlers(on_player_eos=lambda: self._end(voice))
        player.play()
        return voice

    def update(self, voice: int, *, gain: float, pitch: float, direction: Direction | None) -> None:
        """Change the player; at a distance of one, drivers add no attenuation of their own."""
        player = self._players.get(voice)
        if player is not None:
            player.volume = gain
            player.pitch = max(0.01, pitch)
            player.position = direction or (0.0, 0.0, 0.0)

    def stop(self, voice: int) -> None:
        """Delete the player."""
        player = self._players.pop(voice, None)
        if player is not None:
            player.pause()
            player.delete()

    def _end(self, voice: int) -> None:
        if voice in self._players:
            self._ended.append(voice)

    def take_ended(self) -> list[int]:
        """Return and delete the players that ran out (not within their own callback)."""
        ended, self._ended = self._ended, []
        for voice in ended:
            self.stop(voice)
        return ended

    def advance(self, dt_secs: float) -> None:
        """Let pyglet hand out the ends of sounds."""
        pump()

    def close(self) -> None:
        """Delete all players; the driver is the process's and closes with it."""
        for voice in list(self._players):
            self.stop(voice)


def _source(samples: NDArray[np.int16], rate_hz: int) -> Any:
    """Return samples as a pyglet source that any number of players can play."""
    base = import_pyglet("media.codecs.base")
    source = base.StaticSource.__new__(base.StaticSource)  # its __init__ drains a decoder; we have the samples
    source.audio_format = base.AudioFormat(samples.shape[1], 16, rate_hz)
    source._data = np.ascontiguousarray(samples, dtype="<i2").tobytes()
    source._duration = len(samples) / rate_hz
    return source


def open_audio_device() -> AudioDevice:
    """Return the machine's loudspeakers, or a null device where there are none or they do not work; never
    raises.
    """
    try:
        device = PygletAudioDevice()
    except Exception:  # missing libraries, refused devices: each driver fails in its own way
        return NullAudioDevice()
    return NullAudioDevice() if device.silent else device
