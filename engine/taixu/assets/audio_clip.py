"""Sounds in files and sounds in arrays: WAV by itself, OGG, MP3, FLAC and more through PyAV."""

from __future__ import annotations

import io
import os
import wave
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError

__all__ = ["AudioClip", "decode_audio", "encode_wav", "read_audio", "write_wav"]

_MAX_BYTES = 1 << 28
_MAX_VALUES = 1 << 27
"""The most numbers that are decoded: 23 minutes of stereo at 48 kHz, 512 MB as float32."""


@dataclass(slots=True)
class AudioClip:
    """A sound in memory.

    Attributes
    ----------
    samples : int16 or float32 array [n, channels]
        Floats are -1 to 1.
    rate_hz : int
        Samples in a second.
    """

    samples: NDArray[np.int16] | NDArray[np.float32]
    rate_hz: int

    @property
    def duration_secs(self) -> float:
        """Its length in seconds."""
        return len(self.samples) / self.rate_hz

    def as_float(self) -> NDArray[np.float32]:
        """The samples as float32, -1 to 1."""
        if self.samples.dtype == np.int16:
            return (self.samples / np.float32(32768.0)).astype(np.float32)
        return self.samples.astype(np.float32, copy=False)

    def as_int16(self) -> NDArray[np.int16]:
        """The samples as int16, louder ones cut off."""
        if self.samples.dtype == np.int16:
            return np.asarray(self.samples, np.int16)
        rounded: NDArray[np.float32] = np.rint(self.samples * np.float32(32768.0))
        return np.clip(rounded, -32768, 32767).astype(np.int16)

    def mixed_down(self) -> AudioClip:
        """The same sound with one channel, as positional sources want it."""
        if self.samples.shape[1] == 1:
            return self
        mixed = self.as_float().mean(axis=1, keepdims=True, dtype=np.float32)
        clip = AudioClip(mixed, self.rate_hz)
        return AudioClip(clip.as_int16(), self.rate_hz) if self.samples.dtype == np.int16 else clip


def decode_audio(data: bytes, *, name: str = "sound", max_values: int = _MAX_VALUES) -> AudioClip:
    """Decode a sound: WAV, OGG, MP3, FLAC and whatever else PyAV reads.

    Raises
    ------
    TaixuError
        When it is no sound, damaged, or longer than `max_values` numbers.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        clip = _decode_wav(data, name, max_values)
        if clip is not None:
            return clip
    return _decode_other(data, name, max_values)


def read_audio(path: str | os.PathLike[str]) -> AudioClip:
    """Read and decode a sound's file; see `decode_audio`."""
    return decode_audio(read_bytes(path, max_bytes=_MAX_BYTES), name=str(path))


def _decode_wav(data: bytes, name: str, max_values: int) -> AudioClip | None:
    """Plain PCM with 8 or 16 bits; None for the rarer kinds."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, bits, rate_hz = file.getnchannels(), file.getsampwidth() * 8, file.getframerate()
            if bits not in (8, 16):
                return None
            raw = file.readframes(min(file.getnframes(), max_values // channels + 1))
    except Exception:  # the module raises much at damaged files, RuntimeError among it; PyAV has a try then
        return None
    _check(channels, rate_hz, len(raw) * 8 // bits, name=name, max_values=max_values)
    raw = raw[: len(raw) // (channels * bits // 8) * (channels * bits // 8)]
    if bits == 16:
        samples = np.frombuffer(raw, "<i2").astype(np.int16)
    else:
        samples = ((np.frombuffer(raw, np.uint8).astype(np.int16) - 128) * 256).astype(np.int16)
    return AudioClip(samples.reshape(-1, channels), rate_hz)


def _decode_other(data: bytes, name: str, max_values: int) -> AudioClip:
    import av

    parts: list[NDArray[np.float32]] = []
    count = 0
    try:
        with av.open(io.BytesIO(data), "r", metadata_errors="replace") as container:
            if not container.streams.audio:
                raise ValueError("it has no sound in it")
            stream = container.streams.audio[0]
            channels, rate_hz = stream.codec_context.channels, stream.codec_context.sample_rate
            _check(channels, rate_hz, 0, name=name, max_values=max_values)
            resampler = av.AudioResampler(format="flt", layout=stream.codec_context.layout, rate=rate_hz)
            for frame in container.decode(stream):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray().reshape(-1, channels).astype(np.float32, copy=False))
                    count += parts[-1].size
                    _check(channels, rate_hz, count, name=name, max_values=max_values)
    except TaixuError:
        raise
    except Exception as error:
        if not parts:
            reason = " ".join(str(error).split())
            raise TaixuError(f"{name}: is no sound that can be read: {reason}") from error
        # The end of a file is often damaged: what came before it is a sound all the same.
    samples = np.concatenate(parts) if parts else np.zeros((0, channels), np.float32)
    return AudioClip(np.nan_to_num(samples).astype(np.float32), rate_hz)


def _check(channels: int, rate_hz: int, count: int, *, name: str, max_values: int) -> None:
    if not 1 <= channels <= 16 or not 1 <= rate_hz <= 768_000:
        raise TaixuError(f"{name}: a sound with {channels} channels at {rate_hz} Hz is not read")
    if count > max_values:
        raise TaixuError(f"{name}: is longer than the {max_values // channels / rate_hz:.0f} seconds that are read")


def encode_wav(clip: AudioClip) -> bytes:
    """Encode a sound as a WAV file with 16 bits."""
    if clip.samples.ndim != 2 or not 1 <= clip.samples.shape[1] <= 16:
        raise UsageError(f"a sound is [samples, 1 to 16 channels], not {list(clip.samples.shape)}")
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(clip.samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(clip.rate_hz)
        file.writeframes(clip.as_int16().astype("<i2").tobytes())
    return stream.getvalue()


def write_wav(path: str | os.PathLike[str], clip: AudioClip) -> None:
    """Write a sound atomically as a WAV file with 16 bits.

    Raises
    ------
    TaixuError
        When the file cannot be written.
    """
    write_atomic(path, encode_wav(clip))
