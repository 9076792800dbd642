"""Sounds in and out of files."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from taixu.assets.audio_clip import AudioClip, decode_audio, encode_wav, read_audio, write_wav
from taixu.errors import TaixuError


def tone(channels: int = 2) -> AudioClip:
    times = np.arange(4410) / 44100
    wave = np.sin(2 * np.pi * 440 * times).astype(np.float32) * 0.5
    return AudioClip(np.repeat(wave[:, None], channels, axis=1), 44100)


def test_wav_round_trip(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone())
    clip = read_audio(tmp_path / "a.wav")
    assert (clip.rate_hz, clip.samples.dtype, clip.samples.shape) == (44100, np.int16, (4410, 2))
    assert clip.duration_secs == pytest.approx(0.1)
    np.testing.assert_allclose(clip.as_float(), tone().samples, atol=1 / 32768)
    np.testing.assert_array_equal(decode_audio(encode_wav(clip)).samples, clip.samples)
    assert clip.mixed_down().samples.shape == (4410, 1)


def test_eight_bits_and_loud_floats() -> None:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes((0, 128, 255)))
    assert decode_audio(stream.getvalue()).samples[:, 0].tolist() == [-32768, 0, 32512]
    assert AudioClip(np.array([[2.0], [-2.0]], np.float32), 8000).as_int16()[:, 0].tolist() == [32767, -32768]


@pytest.mark.parametrize(("container", "codec"), [
    ("ogg", "flac"), ("mp3", "libmp3lame"), ("flac", "flac"), ("wav", "pcm_f32le"),
])
def test_other_formats(container: str, codec: str) -> None:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as output:
        track = output.add_stream(codec, rate=44100, layout="stereo")
        kind = {"libmp3lame": "fltp", "flac": "s16", "pcm_f32le": "flt"}[codec]
        samples = tone().samples if kind != "s16" else tone().as_int16()
        packed = samples.T if kind == "fltp" else samples.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(packed), format=kind, layout="stereo")
        frame.rate = 44100
        frame.pts = 0
        for part in (frame, None):
            for packet in track.encode(part):
                output.mux(packet)
    clip = decode_audio(stream.getvalue())
    assert (clip.rate_hz, clip.samples.shape[1]) == (44100, 2)
    assert abs(len(clip.samples) - 4410) < 3000
    peak = np.abs(np.fft.rfft(clip.as_float()[:, 0], 44100)).argmax()
    assert abs(int(peak) - 440) <= 5


def test_real_sounds(content: Path) -> None:
    for file in sorted((content / "audio").iterdir()):
        if file.suffix in (".ogg", ".wav"):
            clip = read_audio(file)
            assert 0.05 < clip.duration_secs < 600
            assert 0.001 < np.abs(clip.as_float()).max() <= 2


def test_limits_and_nonsense() -> None:
    data = encode_wav(tone())
    with pytest.raises(TaixuError, match=r"^long\.wav: is longer than"):
        decode_audio(data, name="long.wav", max_values=1000)
    for broken in (b"", b"RIFF", b"OggS" + bytes(100), data[:30], b"RIFF" + struct.pack("<I", 4) + b"WAVE"):
        with pytest.raises(TaixuError, match=r"^noise\.wav: is no sound"):
            decode_audio(broken, name="noise.wav")
    half = decode_audio(data[: len(data) // 2])
    assert 2000 < len(half.samples) < 2300
